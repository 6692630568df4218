"""Documents in memory, laid where the program can read them."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Optional, Union


@dataclass(frozen=True)
class Text:
    """A document that lies in no file. Its name is the one that reports call it by; its ending says what it is."""

    text: str
    name: Optional[str] = None


#: A call: `{"tool": "run_job", "args": {"a": 1}, "ts": "2026-03-01T10:00:00Z", "grant": "ann"}`.
Record = Mapping[str, Any]
#: A policy or a catalogue.
Document = Union[str, "os.PathLike[str]", Text, Mapping[str, Any]]
#: Recorded calls: a file or folder in any format, text of one, one call, or calls one by one.
Trace = Union[str, "os.PathLike[str]", Text, Record, Iterable[Record]]


class Desk(AbstractContextManager["Desk"]):
    """A folder for the documents of one run, which is gone afterwards."""

    def __init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="gatelint-")
        # Links are followed as the program does, so that its paths begin as these do.
        self._folder = Path(self._temporary.name).resolve()
        self._count = 0

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self._temporary.cleanup()

    def document(self, document: Document, stem: str = "policy") -> str:
        """The path of a document."""
        if isinstance(document, Mapping):
            document = Text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
        if not isinstance(document, Text):
            return os.fspath(document)
        ending = "json" if document.text.lstrip().startswith(("{", "[")) else "yaml"
        return self._write(document.name or f"{stem}.{ending}", document.text)

    def trace(self, trace: Trace) -> str:
        """The path of a trace."""
        if isinstance(trace, Text):
            return self._write(trace.name or "trace.jsonl", trace.text)
        if isinstance(trace, (str, os.PathLike)):
            return os.fspath(trace)
        records = [trace] if isinstance(trace, Mapping) else trace
        lines = (json.dumps(dict(record), ensure_ascii=False) + "\n" for record in records)
        return self._write("trace.jsonl", "".join(lines))

    def clean(self, text: str) -> str:
        """Text of the program with documents called by their names alone."""
        for number in range(self._count, 0, -1):
            folder = str(self._folder / str(number)) + os.sep
            text = text.replace(json.dumps(folder)[1:-1], "").replace(folder, "")
        return text

    def _write(self, name: str, text: str) -> str:
        if Path(name).name != name:
            raise ValueError(f"a name of a text is one without folders, not {name!r}")
        self._count += 1
        path = self._folder / str(self._count) / name
        path.parent.mkdir()
        path.write_bytes(text.encode())
        return str(path)

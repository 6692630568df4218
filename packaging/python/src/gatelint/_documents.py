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
from typing import Optional, Union, cast

from ._program import GatelintError, refused


@dataclass(frozen=True)
class Text:
    """A document that lies in no file. Its name is the one that reports call it by; its ending says what it is."""

    text: str
    name: Optional[str] = None

    def __post_init__(self) -> None:
        for field, value, types, said in (
            ("text", self.text, (str,), "a str"),
            ("name", self.name, (str, type(None)), "a str or None"),
        ):
            if not isinstance(value, types):
                raise TypeError(f"Text() argument {field} must be {said}, not {type(value).__name__}")


#: A call: `{"tool": "run_job", "args": {"a": 1}, "ts": "2026-03-01T10:00:00Z", "grant": "ann"}`.
Record = Mapping[str, object]
#: A policy or a catalogue.
Document = Union[str, "os.PathLike[str]", Text, Mapping[str, object]]
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
        """The path of a document, which has been read: it is one already, or a text."""
        if not isinstance(document, Text):
            return cast(str, document)
        ending = "json" if document.text.lstrip().startswith(("{", "[")) else "yaml"
        return self._write(document.name or f"{stem}.{ending}", document.text)

    def trace(self, trace: Trace) -> str:
        """The path of a trace, which has been read: it is one already, a text, or lines."""
        if isinstance(trace, str):
            return trace
        if not isinstance(trace, Text):
            trace = Text("".join(cast(Iterable[str], trace)))
        return self._write(trace.name or "trace.jsonl", trace.text)

    def clean(self, text: str) -> str:
        """Text of the program with documents called by their names alone."""
        for number in range(self._count, 0, -1):
            folder = str(self._folder / str(number)) + os.sep
            text = text.replace(json.dumps(folder)[1:-1], "").replace(folder, "")
        return text

    def _write(self, name: str, text: str) -> str:
        if Path(name).name != name or name == "..":
            raise GatelintError(f"a name of a text is one without folders, not {name!r}", 2)
        self._count += 1
        path = self._folder / str(self._count) / name
        with refused(repr(name)):
            # Of another name the program would write other letters.
            name.encode()
            path.parent.mkdir()
            path.write_bytes(text.encode())
        return str(path)

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

from ._program import GatelintError, refused


@dataclass(frozen=True)
class Text:
    """A document that lies in no file. Its name is the one that reports call it by; its ending says what it is."""

    text: str
    name: Optional[str] = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise TypeError(f"a text is a str, not {type(self.text).__name__}")


#: A call: `{"tool": "run_job", "args": {"a": 1}, "ts": "2026-03-01T10:00:00Z", "grant": "ann"}`.
Record = Mapping[str, Any]
#: A policy or a catalogue.
Document = Union[str, "os.PathLike[str]", Text, Mapping[str, Any]]
#: Recorded calls: a file or folder in any format, text of one, one call, or calls one by one.
Trace = Union[str, "os.PathLike[str]", Text, Record, Iterable[Record]]


def documents(given: Union[Document, Iterable[Document]]) -> list[Document]:
    """Documents, of which there may be one alone."""
    if isinstance(given, (str, os.PathLike, Text, Mapping)):
        return [given]
    return list(given)


def words(given: Union[str, Iterable[str]]) -> list[str]:
    """Words, of which there may be one alone."""
    return [given] if isinstance(given, str) else list(given)


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
            document = Text(_json(document, indent=2))
        if not isinstance(document, Text):
            return _path(document, "a document is a path, gatelint.Text or a mapping")
        ending = "json" if document.text.lstrip().startswith(("{", "[")) else "yaml"
        return self._write(document.name or f"{stem}.{ending}", document.text)

    def trace(self, trace: Trace) -> str:
        """The path of a trace."""
        if isinstance(trace, Text):
            return self._write(trace.name or "trace.jsonl", trace.text)
        if isinstance(trace, Mapping):
            trace = [trace]
        if isinstance(trace, (str, bytes, os.PathLike)) or not isinstance(trace, Iterable):
            return _path(trace, "a trace is a path, gatelint.Text, a call, or calls")
        return self._write("trace.jsonl", "".join(map(_record, trace)))

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


def _path(given: object, wanted: str) -> str:
    path = os.fspath(given) if isinstance(given, (str, os.PathLike)) else None
    if not isinstance(path, str):
        raise TypeError(f"{wanted}, not {type(given).__name__}; several are arguments of their own")
    return path


def _record(record: object) -> str:
    if not isinstance(record, Mapping):
        wanted = "a call among calls is a mapping"
        raise TypeError(f"{wanted}, not {type(record).__name__}; several traces are arguments of their own")
    return _json(record)


def _json(mapping: Mapping[str, Any], indent: Optional[int] = None) -> str:
    with refused("a mapping that is no JSON"):
        return json.dumps(dict(mapping), ensure_ascii=False, indent=indent) + "\n"

"""Finds the program and runs it."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_NAME = "gatelint.exe" if os.name == "nt" else "gatelint"


class GatelintError(Exception):
    """What the program says when it cannot do what it is asked to."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        #: The exit status: 2 for wrong usage and invalid input, 3 where there was nothing to look at.
        self.status = status


def _candidates() -> Iterator[Path]:
    """Where the program may be, that of this very wheel first."""
    package = Path(__file__).parent
    try:
        files = importlib.metadata.files("gatelint") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    if any(Path(str(file.locate())) == Path(__file__) for file in files):
        yield from (Path(str(file.locate())) for file in files if file.name == _NAME)
    # `pip install --target DIR` moves it behind the back of the list of files.
    yield package.parent / "bin" / _NAME
    yield Path(sysconfig.get_path("scripts")) / _NAME
    found = shutil.which("gatelint")
    if found:
        yield Path(found)


def program() -> str:
    """The path of the program: that of this wheel, else the one on the PATH."""
    for path in _candidates():
        if path.is_file():
            return str(path.resolve())
    raise GatelintError("there is no program `gatelint`: install the wheel anew, or put it on the PATH", 2)


@contextmanager
def refused(what: str) -> Iterator[None]:
    """What the system refuses is an error of ours: no such file, a name that is too long, no text."""
    try:
        yield
    except OSError as error:
        raise GatelintError(f"{what}: {error.strerror}", 2) from error
    except (ValueError, RecursionError) as error:
        raise GatelintError(f"{what}: {error}", 2) from error


def run(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Runs the program with nothing on its standard input."""
    command = [program(), *arguments]
    with refused(command[0]):
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "NO_COLOR": "1"},
            check=False,
        )

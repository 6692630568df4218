"""Which program is run."""

from __future__ import annotations

import importlib.metadata
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Optional

import pytest

import gatelint
from gatelint import GatelintError, _program


def installed() -> set[str]:
    """The files of the wheel, where the module is installed by one."""
    try:
        return {str(file) for file in importlib.metadata.files("gatelint") or []}
    except importlib.metadata.PackageNotFoundError:
        return set()


def test_the_module_runs_the_program() -> None:
    said = subprocess.run([sys.executable, "-m", "gatelint", "--version"], capture_output=True, text=True)
    own = subprocess.run([gatelint.program(), "--version"], capture_output=True, text=True)
    assert said.stdout == own.stdout
    assert own.stdout.startswith("gatelint ")
    refused = subprocess.run([sys.executable, "-m", "gatelint", "lint", "none.json"], capture_output=True)
    assert refused.returncode == 2


#: `python -m gatelint` with another program.
AS_PROGRAM = """
import pathlib, sys
from gatelint import __main__, _program
path = pathlib.Path(sys.argv.pop(1))
_program._candidates = lambda: iter([path])
sys.exit(__main__.main())
"""


@pytest.mark.skipif(os.name == "nt", reason="no process becomes another one there")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGQUIT", "SIGHUP", "SIGUSR2", "SIGPIPE", "SIGKILL"])
def test_the_module_becomes_the_program_so_that_signals_meet_it(tmp_path: Path, name: str) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nulimit -c 0\necho $$ $1\nexec sleep 60\n")
    program.chmod(0o755)
    command = [sys.executable, "-c", AS_PROGRAM, str(program), "a b"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == f"{running.pid} a b\n"
        running.send_signal(getattr(signal, name))
        assert running.wait() == -getattr(signal, name)


@pytest.mark.parametrize("content", [None, "", "nothing that runs"])
def test_the_module_says_in_a_line_that_there_is_no_program_to_run(tmp_path: Path, content: Optional[str]) -> None:
    program = tmp_path / "program"
    if content is not None:
        program.write_text(content)
        program.chmod(0o755 if content else 0o644)
    done = subprocess.run([sys.executable, "-c", AS_PROGRAM, str(program)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert done.stderr.startswith("gatelint: "), done.stderr
    assert "there is no program" in done.stderr or str(program) in done.stderr


def test_a_program_that_is_nowhere_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_program, "_candidates", lambda: iter([tmp_path / "gatelint"]))
    with pytest.raises(GatelintError, match="there is no program"):
        gatelint.lint({})


def test_the_program_of_the_wheel_comes_before_that_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "gatelint"
    other.write_text("#!/bin/sh\nexit 9\n")
    other.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert list(_program._candidates())[-1] == other
    if not installed():
        pytest.skip("the module is not installed")
    assert gatelint.program() != str(other)


def test_the_wheel_brings_what_belongs_beside_the_program() -> None:
    files = installed()
    if not files:
        pytest.skip("the module is not installed")
    for wanted in [
        "share/man/man1/gatelint.1",
        "share/man/man1/gatelint-lint.1",
        "share/bash-completion/completions/gatelint",
        "share/zsh/site-functions/_gatelint",
        "share/fish/vendor_completions.d/gatelint.fish",
        "share/gatelint/schemas/lint.schema.json",
    ]:
        assert any(file.endswith(wanted) for file in files), wanted
    assert "gatelint/py.typed" in files

"""The commands of the program as functions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, Optional, Union, cast

from ._arguments import checked
from ._documents import Desk, Document, Trace
from ._program import GatelintError, run
from ._types import Decision, DiffReport, LintReport, ReplayReport


@checked
def lint(
    *policies: Document,
    server: Optional[str] = None,
    catalogue: Union[Document, Iterable[Document]] = (),
    dialect: Optional[str] = None,
    select: Union[str, Iterable[str]] = (),
    ignore: Union[str, Iterable[str]] = (),
    options: Union[str, Iterable[str]] = (),
) -> LintReport:
    """What is wrong or dangerous in policies; without one, in those below this folder.

    A policy that is broken is a finding. One that cannot be read at all is an error, and so is that there is none.
    """
    with Desk() as desk:
        rules = {"select": ",".join(select) or None, "ignore": ",".join(ignore) or None}
        arguments = _options(server=server, dialect=dialect, **rules) + _catalogues(desk, catalogue)
        paths = [desk.document(policy) for policy in policies]
        out = _out(desk, ["lint", "--format", "json", "--fail-on", "none", *arguments], options, paths)
        return cast(LintReport, _read(out))


@checked
def replay(
    *traces: Trace,
    policy: Document,
    dialect: Optional[str] = None,
    options: Union[str, Iterable[str]] = (),
) -> ReplayReport:
    """What a policy would have done to recorded calls, summed up."""
    out = _replayed(traces, policy, dialect, ["--format", "json"], options)
    return cast(ReplayReport, _read(out))


@checked
def decide(
    *traces: Trace,
    policy: Document,
    dialect: Optional[str] = None,
    options: Union[str, Iterable[str]] = (),
) -> list[Decision]:
    """The decision on each call, in the order of time.

    `n` is the number of the call and `line` where it stands, counted from 1. Calls that the policy is not about have
    no decision. Counters run through the calls: for one call alone give one.
    """
    out = _replayed(traces, policy, dialect, ["--decisions"], options)
    return [cast(Decision, _read(line)) for line in out.split("\n") if line]


@checked
def diff(
    old: Document,
    new: Document,
    *,
    trace: Optional[Trace] = None,
    server: Optional[str] = None,
    catalogue: Union[Document, Iterable[Document]] = (),
    dialect: Optional[str] = None,
    options: Union[str, Iterable[str]] = (),
) -> DiffReport:
    """What the new policy lets pass that the old one refused: for all calls, and for recorded ones."""
    with Desk() as desk:
        arguments = _options(server=server, dialect=dialect) + _catalogues(desk, catalogue)
        arguments += _options(trace=None if trace is None else desk.trace(trace))
        paths = [desk.document(old, "old"), desk.document(new, "new")]
        out = _out(desk, ["diff", "--format", "json", "--fail-on", "none", *arguments], options, paths)
        return cast(DiffReport, _read(out))


def _replayed(
    traces: Iterable[Trace],
    policy: Document,
    dialect: Optional[str],
    form: list[str],
    options: Union[str, Iterable[str]],
) -> str:
    with Desk() as desk:
        arguments = _options(policy=desk.document(policy), dialect=dialect)
        paths = [desk.trace(trace) for trace in traces]
        if not paths:
            raise TypeError("replay() and decide() must be given one of traces at least")
        return _out(desk, ["replay", *arguments, *form], options, paths)


def _options(**values: Optional[str]) -> list[str]:
    return [f"--{name}={value}" for name, value in values.items() if value is not None]


def _catalogues(desk: Desk, given: Union[Document, Iterable[Document]]) -> list[str]:
    return [f"--catalogue={desk.document(one, 'tools')}" for one in cast(Iterable[Document], given)]


def _read(out: str) -> Any:
    """What a command wrote, which options may have made something else than JSON."""
    try:
        return json.loads(out)
    except ValueError:
        start = out.partition("\n")[0]
        raise GatelintError(f"the program was told to write something else than its report: {start!r}", 2) from None


def _out(desk: Desk, arguments: list[str], options: Union[str, Iterable[str]], paths: list[str]) -> str:
    """What a command writes, unless it could not do its work."""
    given = list(options)
    if "--watch" in given:
        raise GatelintError('options="--watch" never ends: call the function again instead', 2)
    done = run([*arguments, *given, "--", *paths])
    out = desk.clean(done.stdout)
    if done.returncode in (0, 1):
        return out
    said = re.sub(r"^error: ", "", desk.clean(done.stderr).strip())
    if arguments[0] == "lint" and done.returncode == 2 and out:
        # A policy that is broken makes the status 2 as well, but that is what was asked: it stands in the report.
        unreadable = cast(LintReport, _read(out))["unreadable"]
        if not unreadable:
            return out
        said = "\n".join(f"{one['file']}: {one['message']}" for one in unreadable)
    raise GatelintError(said or f"the program ended with status {done.returncode}", done.returncode)

"""What people write, which mypy --strict takes as it stands, and the program too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Optional, TypedDict, Union

import gatelint

from .conftest import POLICY


class Call(TypedDict):
    tool: str
    ts: str


def several() -> Iterator[dict[str, object]]:
    yield {"tool": "run_job"}


def test_calls_are_of_any_type_of_mapping() -> None:
    objects: list[dict[str, object]] = [{"tool": "run_job", "args": {"a": 1}}]
    texts: list[dict[str, str]] = [{"tool": "run_job"}]
    anything: list[dict[str, Any]] = [{"tool": "run_job"}]
    records: list[gatelint.Record] = [{"tool": "run_job"}, {"tool": "run_job", "args": {"a": 1}}]
    typed: list[Call] = [{"tool": "run_job", "ts": "2026-03-01T10:00:00Z"}]
    either: list[Union[dict[str, str], dict[str, object]]] = [*texts, *objects]
    unnamed = [{"tool": "run_job", "ts": f"2026-03-01T10:00:0{n}Z"} for n in range(2)]
    mixed = [{"tool": "run_job", "args": {"n": n}} for n in range(2)]
    nothing: Optional[list[dict[str, object]]] = None
    for count in (
        len(gatelint.decide(objects, policy=POLICY)),
        len(gatelint.decide(texts, policy=POLICY)),
        len(gatelint.decide(anything, policy=POLICY)),
        len(gatelint.decide(records[0], policy=POLICY)),
        len(gatelint.decide(typed, policy=POLICY)),
        len(gatelint.decide(typed[0], policy=POLICY)),
        len(gatelint.decide(either, policy=POLICY)) - 1,
        len(gatelint.decide(unnamed, policy=POLICY)) - 1,
        len(gatelint.decide(mixed, policy=POLICY)) - 1,
        len(gatelint.decide(tuple(objects), policy=POLICY)),
        len(gatelint.decide(several(), policy=POLICY)),
        len(gatelint.decide(objects, texts, policy=POLICY)) - 1,
        gatelint.replay(texts, policy=POLICY)["calls"],
        gatelint.diff(POLICY, POLICY, trace=objects)["calls"],
    ):
        assert count == 1
    assert gatelint.diff(POLICY, POLICY, trace=nothing)["calls"] == 0


def test_documents_are_of_any_type_of_mapping() -> None:
    texts: dict[str, str] = {"version": "1", "default": "deny"}
    objects: dict[str, object] = {**texts, "tools": {"run_job": {}}}
    unnamed = {"version": "1", "default": "deny", "tools": {"run_job": {}}}
    tools: list[dict[str, object]] = [{"tools": []}]
    names: list[str] = []
    for one in (gatelint.lint(texts), gatelint.lint(*[objects]), gatelint.lint(unnamed, catalogue=tools, select=names)):
        assert len(one["policies"]) == 1
    assert gatelint.decide([{"tool": "x"}, {"tool": "y", "args": {"a": 1}}], policy=objects)[0]["outcome"] == "deny"

"""What the program writes as JSON, as types. The schemas of the wheel (`share/gatelint/schemas`) say all of it."""

from __future__ import annotations

from typing import Any, Literal, Optional, TypedDict

Severity = Literal["error", "warning", "info"]
Outcome = Literal["allow", "ask", "deny", "throttle", "indeterminate"]


class _Place(TypedDict):
    line: int
    column: int
    end_line: int
    end_column: int


class Related(_Place):
    """Another place that belongs to a finding."""

    message: str
    pointer: Optional[str]


class Edit(_Place):
    """What a fix writes in the place of something."""

    text: str


class Fix(TypedDict):
    """How a finding can be mended."""

    title: str
    safety: Literal["safe", "unsafe"]
    edits: list[Edit]


# `class` is a word of Python's, so that the type is not written as a class.
Finding = TypedDict(
    "Finding",
    {
        "rule": str,
        "class": Literal["invalid", "risk"],
        "severity": Severity,
        "message": str,
        "help": Optional[str],
        "file": str,
        "pointer": Optional[str],
        "line": int,
        "column": int,
        "end_line": int,
        "end_column": int,
        "related": list[Related],
        "facts": dict[str, Any],
        "fix": Optional[Fix],
        "fingerprint": str,
    },
)


class _JudgedPolicy(TypedDict):
    file: str
    dialect: Optional[str]
    server: Optional[str]
    server_named: bool
    server_certain: bool


class JudgedPolicy(_JudgedPolicy, total=False):
    """A policy that was judged."""

    unknown_scopes: list[str]


class _LintSummary(TypedDict):
    policies: int
    error: int
    warning: int
    info: int
    ignored: int
    baselined: int
    stale_baseline: int
    passed_over: list[str]


class LintSummary(_LintSummary, total=False):
    """How much was judged and found."""

    passed_over_though: dict[str, str]


class LintReport(TypedDict):
    """What `lint` finds (`lint.schema.json`)."""

    schema_version: int
    findings: list[Finding]
    policies: list[JudgedPolicy]
    unreadable: list[dict[str, str]]
    summary: LintSummary


class _Decision(TypedDict):
    n: int
    ts: Optional[str]
    file: str
    line: int
    id: str
    grant: str
    tool: str
    outcome: Outcome
    rule: str
    pointer: str
    message: str
    retry_at: Optional[str]
    missing: Optional[str]
    assumed: Optional[str]


class Decision(_Decision, total=False):
    """The decision on one call (`decision.schema.json`)."""

    place: str
    args: Any


class ReplayReport(TypedDict):
    """What a policy would have done to recorded calls (`replay.schema.json`)."""

    schema_version: int
    policies: list[str]
    calls: int
    grants: int
    first: Optional[str]
    last: Optional[str]
    untimed: int
    outcomes: dict[Outcome, int]
    uninspected: int
    timeline: dict[str, Any]
    tools: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    limits: list[dict[str, Any]]
    groups: dict[str, Any]
    coverage: Optional[dict[str, Any]]
    what_if: Optional[list[dict[str, Any]]]
    recorded: Optional[dict[str, Any]]
    missing: dict[str, int]
    assumed: list[dict[str, Any]]
    not_covered: list[dict[str, Any]]
    shared_policies: list[Any]
    unanswered: int
    refused: int
    passed_over: list[Any]
    unknown_fields: dict[str, Any]
    bad_lines: int
    bad_line_examples: list[dict[str, Any]]


class DiffReport(TypedDict):
    """What a change of a policy lets pass (`diff.schema.json`)."""

    schema_version: int
    old: str
    new: str
    fate: Literal["stayed", "renamed", "new", "unread", "removed"]
    access: dict[str, Any]
    traced: bool
    calls: int
    changes: dict[str, int]
    matrix: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    edits: list[dict[str, Any]]
    text_diff: str

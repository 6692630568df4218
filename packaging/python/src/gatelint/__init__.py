"""Lint, replay and compare the policies that decide which tools AI agents may call.

Every function runs the program `gatelint` and gives back what it writes as JSON::

    >>> import gatelint
    >>> policy = {"version": "1", "default": "deny", "tools": {"find_runbooks": {}}}
    >>> [finding["rule"] for finding in gatelint.lint(policy)["findings"]]
    []
    >>> [d["outcome"] for d in gatelint.decide({"tool": "wipe"}, policy=policy)]
    ['deny']

A document is a path, `Text` for text that lies in no file, or a mapping, which stands for a document in JSON.
Several policies or traces are several arguments; other arguments that may be several take one, too.
What cannot be done with what was given is a `GatelintError`; what is of the wrong type is a `TypeError`.
"""

from ._documents import Document, Record, Text, Trace
from ._program import GatelintError, program
from ._run import decide, diff, lint, replay
from ._types import (
    Decision,
    DiffReport,
    Edit,
    Finding,
    Fix,
    JudgedPolicy,
    LintReport,
    LintSummary,
    Related,
    ReplayReport,
)

__all__ = [
    "Decision",
    "DiffReport",
    "Document",
    "Edit",
    "Finding",
    "Fix",
    "GatelintError",
    "JudgedPolicy",
    "LintReport",
    "LintSummary",
    "Record",
    "Related",
    "ReplayReport",
    "Text",
    "Trace",
    "decide",
    "diff",
    "lint",
    "program",
    "replay",
]

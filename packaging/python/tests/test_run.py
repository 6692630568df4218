"""The functions, by the program itself."""

from __future__ import annotations

import copy
import inspect
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Union

import pytest

import gatelint
from gatelint import Document, GatelintError, Text
from gatelint._arguments import KINDS

from .conftest import POLICY


def wider() -> dict[str, Any]:
    policy = copy.deepcopy(POLICY)
    policy["tools"]["drop"] = {}
    return policy


def calls_of(*seconds: int) -> list[dict[str, Any]]:
    return [{"tool": "run_job", "grant": "é", "ts": f"2026-03-01T10:{n // 60:02}:{n % 60:02}Z"} for n in seconds]


def test_lint_finds_the_same_in_a_path_a_text_and_a_mapping(tmp_path: Path) -> None:
    policy = {**POLICY, "tools": {"run_job": {"rate_limit": 5}}}
    path = tmp_path / "written.json"
    path.write_text(json.dumps(policy, indent=2))
    documents: list[tuple[gatelint.Document, str]] = [
        (path, str(path)),
        (policy, "policy.json"),
        (Text(json.dumps(policy), "a b.json"), "a b.json"),
    ]
    for document, name in documents:
        found = gatelint.lint(document)["findings"]
        assert [one["rule"] for one in found if one["class"] == "invalid"] == ["legacy-field"]
        assert {one["file"] for one in found} == {name}


def test_lint_takes_yaml_and_what_a_server_lists() -> None:
    tools = {"tools": [{"name": "run_job", "inputSchema": {"type": "object"}}]}
    policy = Text('version: "1"\ndefault: deny\ntools:\n  run_jbo: {}\n')
    found = gatelint.lint(policy, catalogue=[tools], server="tools", select=["unknown-tool"])["findings"]
    assert [(one["rule"], one["facts"]["nearest"]) for one in found] == [("unknown-tool", "run_job")]
    assert found[0]["file"] == "policy.yaml"
    found = gatelint.lint(policy, catalogue=[tools], server="tools", ignore=["unknown-tool"])["findings"]
    assert "unknown-tool" not in {one["rule"] for one in found}


def test_a_broken_policy_is_a_finding_and_a_missing_one_an_error() -> None:
    assert gatelint.lint(Text("{"))["findings"][0]["rule"] == "syntax-error"
    with pytest.raises(GatelintError, match="missing.json: No such file") as caught:
        gatelint.lint("missing.json")
    assert caught.value.status == 2
    with pytest.raises(GatelintError, match="no policy found") as caught:
        gatelint.lint()
    assert caught.value.status == 3


def test_decide_counts_through_the_calls() -> None:
    decisions = gatelint.decide(calls_of(0, 1, 59), calls_of(60), policy=POLICY)
    assert [one["outcome"] for one in decisions] == ["allow", "throttle", "throttle", "allow"]
    assert decisions[1]["retry_at"] == "2026-03-01T10:01:00Z"
    assert decisions[0]["grant"] == "é"
    assert decisions[0]["file"] == "trace.jsonl"
    assert [one["outcome"] for one in gatelint.decide(calls_of(0)[0], policy=POLICY)] == ["allow"]


def test_replay_sums_up_paths_texts_and_records(tmp_path: Path) -> None:
    text = "".join(json.dumps(call) + "\n" for call in calls_of(0, 1))
    path = tmp_path / "-march.jsonl"
    path.write_text(text)
    for trace in (path.name, path, Text(text), calls_of(0, 1), iter(calls_of(0, 1))):
        report = gatelint.replay(trace, policy=POLICY)
        assert (report["calls"], report["outcomes"]["throttle"]) == (2, 1)
        assert report["policies"] == ["policy.json"]


def test_replay_refuses_what_is_no_call() -> None:
    with pytest.raises(GatelintError, match="^trace.jsonl is not a trace") as caught:
        gatelint.replay(Text("nothing\n"), policy=POLICY)
    assert (caught.value.status, "gatelint-" in str(caught.value)) == (2, False)
    text = Text('{"tool": "run_job"}\nnothing\n')
    with pytest.raises(GatelintError, match="^trace.jsonl:2: not a call"):
        gatelint.replay(text, policy=POLICY)
    report = gatelint.replay(text, policy=POLICY, options=["--allow-bad-lines"])
    assert (report["bad_lines"], report["calls"]) == (1, 1)


def test_diff_tells_what_is_let_pass() -> None:
    report = gatelint.diff(POLICY, wider(), trace=[{"tool": "drop", "ts": "2026-03-01T10:00:00Z"}])
    assert report["access"]["loosened"]["certain"] == 1
    assert (report["calls"], report["changes"]["loosened"]) == (1, 1)
    assert (report["old"], report["new"]) == ("old.json", "new.json")
    assert report["text_diff"].startswith("--- old.json\n+++ new.json\n")
    assert gatelint.diff(POLICY, POLICY)["access"]["loosened"]["certain"] == 0


def test_an_option_that_there_is_not_is_an_error_with_its_words() -> None:
    with pytest.raises(GatelintError, match="--selct"):
        gatelint.lint(POLICY, options=["--selct=x"])


LONG = "x" * 300 + ".json"


@pytest.mark.parametrize("name", ["../x.json", "a/x.json", "..", ".", "/", LONG, "a\0b", "a\ud800", "a\udc80"])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    for call in (lambda: gatelint.lint(Text("{}", name)), lambda: gatelint.replay(Text("", name), policy=POLICY)):
        with pytest.raises(GatelintError) as caught:
            call()
        assert repr(name) in str(caught.value)
        assert caught.value.status == 2


def test_a_text_without_a_name_is_called_by_what_it_is() -> None:
    assert gatelint.lint(Text("{}", ""))["policies"][0]["file"] == "policy.json"


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    circle: dict[str, Any] = {}
    circle["again"] = circle
    calls: list[Callable[[], object]] = [
        lambda: gatelint.lint(Text("\ud800")),
        lambda: gatelint.lint({"version": "\ud800"}),
        lambda: gatelint.lint(circle),
        lambda: gatelint.lint("a\0b"),
        lambda: gatelint.lint(POLICY, server="\ud800"),
        lambda: gatelint.replay(calls_of(1), policy="a\0b"),
        lambda: gatelint.replay(policy=""),
        lambda: gatelint.diff("", POLICY),
    ]
    for call in calls:
        with pytest.raises(GatelintError):
            call()


@pytest.mark.parametrize("options", ["--help", ["--help"], ["--format", "human"]])
def test_options_that_leave_no_report_are_refused(options: Union[str, list[str]]) -> None:
    for call in (
        lambda: gatelint.lint(POLICY, options=options),
        lambda: gatelint.replay(calls_of(1), policy=POLICY, options=options),
        lambda: gatelint.decide(calls_of(1), policy=POLICY, options=options),
        lambda: gatelint.diff(POLICY, POLICY, options=options),
    ):
        with pytest.raises(GatelintError):
            call()


def test_a_text_is_a_text() -> None:
    with pytest.raises(TypeError, match="argument text must be a str, not bytes"):
        Text(b"{}")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="argument name must be a str or None, not int"):
        Text("{}", 0)  # type: ignore[arg-type]


def test_one_of_several_may_stand_alone(tmp_path: Path) -> None:
    tools = {"tools": [{"name": "run_job", "inputSchema": {"type": "object"}}]}
    path = tmp_path / "tools.json"
    path.write_text(json.dumps(tools))
    policy = {**POLICY, "tools": {"run_jbo": {}}}
    given: list[Document] = [path, str(path), tools, Text(json.dumps(tools), "tools.json")]
    for catalogue in given:
        found = gatelint.lint(policy, catalogue=catalogue, server="tools", select="unknown-tool", options="-q")
        assert [one["rule"] for one in found["findings"]] == ["unknown-tool"]
        assert gatelint.lint(policy, catalogue=catalogue, ignore="unknown-tool") is not None


FUNCTIONS: list[Callable[..., Any]] = [gatelint.lint, gatelint.replay, gatelint.decide, gatelint.diff]
#: What each function cannot do without.
NEEDED: dict[str, Any] = {"policy": POLICY, "old": POLICY, "new": POLICY}


def given(function: Callable[..., Any], name: str, value: object) -> Callable[[], Any]:
    """A call of a function with one argument as it is given."""
    parameters = inspect.signature(function).parameters
    named = {one: NEEDED[one] for one in parameters if one in NEEDED}
    several = [value] if parameters[name].kind is inspect.Parameter.VAR_POSITIONAL else []
    if not several:
        named[name] = value
    if "traces" in parameters and not several:
        # Those before the others are given by their places.
        several = [calls_of(1)]
    return lambda: function(*several, **named)


ARGUMENTS = [(function, name) for function in FUNCTIONS for name in inspect.signature(function).parameters]


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_a_value_of_the_wrong_type_is_a_type_error_with_the_argument(function: Callable[..., Any], name: str) -> None:
    values: list[object] = [3, b"x", object()]
    if KINDS[name].each:
        values += [[3], [object()]]
    for value in values:
        with pytest.raises(TypeError) as caught:
            given(function, name, value)()
        said = str(caught.value)
        assert said.startswith(f"{function.__name__}() argument {name}"), said
        assert " must be a" in said, said
        assert ", not " in said, said


@pytest.mark.parametrize(("function", "name"), ARGUMENTS)
def test_what_no_program_can_be_given_is_an_error_with_the_argument(function: Callable[..., Any], name: str) -> None:
    for value in ("a\0b", "a\ud800"):
        with pytest.raises(GatelintError, match=f"^{function.__name__}.. argument {name}") as caught:
            given(function, name, value)()
        assert gatelint.program() not in str(caught.value)


def test_several_where_one_is_meant_is_a_type_error() -> None:
    some: Any = ["a.json", "b.json"]
    for call, argument in (
        (lambda: gatelint.lint(some), r"lint\(\) argument policies\[0\] .*several are arguments of their own"),
        (lambda: gatelint.replay(some, policy=POLICY), r"argument traces\[0\]\[0\] .*several traces"),
        (lambda: gatelint.replay([Text("")], policy=POLICY), r"argument traces\[0\]\[0\] .*several traces"),  # type: ignore[list-item]
        (lambda: gatelint.decide(calls_of(1), policy=some), "decide.* argument policy must be a path.*, not list"),
        (lambda: gatelint.lint(POLICY, select=["a", 3]), r"argument select\[1\] must be a str, not int"),  # type: ignore[list-item]
        (lambda: gatelint.lint({"a": {1}}), "argument policies.* must hold what JSON has: .*set"),
        (lambda: gatelint.decide(policy=POLICY), "must be given one of traces at least"),
        (lambda: gatelint.decide({}), r"decide\(\): missing .*policy"),  # type: ignore[call-arg]
    ):
        with pytest.raises(TypeError, match=argument):
            call()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: gatelint.lint(""), "lint() argument policies[0] is an empty path"),
        (lambda: gatelint.lint(POLICY, server=""), "`catalogue=FILE`"),
        (lambda: gatelint.lint(POLICY, dialect="x"), "'dialect=NAME[@VERSION]'"),
        (lambda: gatelint.lint(POLICY, options="--selct"), "'options=\"--selct\"'"),
        (lambda: gatelint.lint(POLICY, options="--watch"), "never ends"),
        (lambda: gatelint.decide([], policy=POLICY), 'options="--allow-empty"'),
        (lambda: gatelint.diff(POLICY, POLICY, trace=""), "diff() argument trace is an empty path"),
        (lambda: gatelint.decide(Text("{}\nx --y"), policy=POLICY), 'options="--map"'),
    ],
)
def test_errors_speak_of_arguments_and_not_of_a_command_line(call: Callable[[], object], said: str) -> None:
    with pytest.raises(GatelintError) as caught:
        call()
    words = str(caught.value)
    assert said in words, words
    assert not re.search(r"Usage:|For more information|(?<!options=\")--[a-z]", words), words


def test_what_a_document_holds_is_not_taken_for_an_option() -> None:
    text = '{"tools": {"git push --force": {} --force'
    with pytest.raises(GatelintError) as caught:
        gatelint.diff(POLICY, Text(text))
    assert f" 1 | {text}\n" in str(caught.value)


def test_no_document_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    gatelint.lint(POLICY)
    with pytest.raises(GatelintError):
        gatelint.diff(POLICY, Text("{"))
    assert list(tmp_path.iterdir()) == []

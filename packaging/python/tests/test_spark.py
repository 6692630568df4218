"""The example for Apache Spark, where that is installed."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import gatelint

from .conftest import ROOT

pytest.importorskip("pyspark")
pytest.importorskip("pandas")


def trace(folder: Path) -> None:
    """Calls out of order across files, most of them of one grant."""
    chance = random.Random(7)
    folder.mkdir()
    files: list[list[str]] = [[], [], []]
    for number in range(3000):
        hour, minute = divmod(number // 60 + chance.randrange(3), 60)
        call: dict[str, Any] = {
            "ts": f"2026-03-0{1 + number % 2}T{hour:02}:{minute:02}:{number % 60:02}.{number % 1000:03}Z",
            "id": str(number),
            "grant": "most" if chance.random() < 0.6 else f"g{chance.randrange(50)}",
            "tool": chance.choice(["run_runbook", "find_runbooks", "wipe"]),
            "args": {"runbookName": chance.choice(["backup", "wipe"])},
        }
        chance.choice(files).append(json.dumps(call))
    for number, lines in enumerate(files):
        folder.joinpath(f"{number}.jsonl").write_text("\n".join(lines) + "\n")


def test_a_trace_in_partitions_is_decided_as_the_whole_though_a_task_fails(tmp_path: Path) -> None:
    import pyarrow.parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]

    trace(tmp_path / "traces")
    policy = str(ROOT / "docs/example/policy.json")
    # A program that breaks once in the middle of its output.
    program = tmp_path / "program"
    program.write_text(
        f'#!/bin/sh\ncase "$*" in *--decisions*) mkdir "{tmp_path}/broken" 2>/dev/null '
        f'&& {{ "{gatelint.program()}" "$@" | head -c 999; exit 7; }};; esac\nexec "{gatelint.program()}" "$@"\n'
    )
    program.chmod(0o755)
    options = ["--master", "local[2,4]"]
    example = [str(ROOT / "docs/example/spark.py"), policy, "traces", "out"]
    environment = {**os.environ, "GATELINT": str(program), "PYSPARK_PYTHON": sys.executable}
    subprocess.run(["spark-submit", *options, *example], check=True, env=environment)
    assert (tmp_path / "broken").exists()
    summary = json.loads((tmp_path / "out/summary.json").read_text())
    assert summary == gatelint.replay("traces", policy=policy)
    rows = pyarrow.parquet.read_table("out/decisions").to_pylist()
    decided = {row["id"]: (row["outcome"], row["rule"]) for row in rows if row["part"] is None}
    whole = {one["id"]: (one["outcome"], one["rule"]) for one in gatelint.decide("traces", policy=policy)}
    assert len([row for row in rows if row["part"] is None]) == 3000
    assert decided == whole


def line(number: int, **fields: Any) -> str:
    """A call of the tool `run_runbook` by one grant; a field that is None is left out."""
    call = {"ts": "2026-03-01T10:00:00Z", "id": str(number), "grant": "g", "tool": "run_runbook", "args": {"runbookName": "backup"}}
    return json.dumps({name: value for name, value in (call | fields).items() if value is not None}) + "\n"


# What a trace may hold, by the names of files: the first call of a grant and day passes, and no other.
ODD = {
    "forms of times.jsonl": [
        line(1, ts=1772359200),
        line(2, ts="2026-03-01t10:00:00z"),
        line(3, ts="2026-03-01T23:30:00-02:00"),
        line(4, ts="2026-03-02 00:00:00.123456789Z"),
        line(5, ts="2026-03-02T23:59:60Z"),
        line(6, ts=1772495999.5),
        line(7, ts="1583-03-01T10:00:00+05:30"),
        line(8, ts="0001-01-02T00:00:00Z"),
        line(9, ts=2026),
        line(10, ts="1970-01-01T23:59:59.999999999Z"),
    ],
    # Of calls with one time, that which stands first passes: the files come by the names of their folders and then their own.
    "same/a b.jsonl": [line(11, grant="same")],
    "same/a!.jsonl": [line(12, grant="same")],
    "same/a/b.jsonl": [line(13, grant="same")],
    "same!.jsonl": [line(14, grant="same")],
    "same+%20.jsonl": [line(15, grant="other")],
    "same+.jsonl": [line(16, grant="other")],
    "space.jsonl": ["\ufeff" + line(17).replace('"args"', '\r"args"'), "\n", " \t\r\n", line(18).replace("\n", "\r\n"), "\x0c\n"],
    "long.jsonl": [
        line(19, grant="huge").replace('"backup"', "1" + "0" * 1100),
        line(20, grant="huge"),
        line(21, grant="g" * 1_100_000),
        line(22, grant="g" * 1_100_000),
        line(23, grant="deep", args={"deep": json.loads("[" * 100 + "]" * 100)}),
    ],
    "packed.json.gz": [line(24, grant="\U0001f600"), line(25, grant="\U0001f600").replace("\\ud83d\\ude00", "\U0001f600")],
    "_SUCCESS": [],
}
LIMIT = {"counter": "runs", "window": "day", "max": 1, "scope": "grant"}


def write(files: dict[str, list[str]]) -> None:
    for name, lines in files.items():
        path = Path("traces", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(lines).encode()
        path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)


@pytest.fixture(scope="module")
def example() -> Iterator[Any]:
    """The example, and Spark with few partitions."""
    from pyspark.sql import SparkSession  # type: ignore[import-not-found,import-untyped,unused-ignore]

    found = importlib.util.spec_from_file_location("example", ROOT / "docs/example/spark.py")
    assert found and found.loader
    module = importlib.util.module_from_spec(found)
    # Partitions are not put together, few as the calls are.
    few = {"ui.enabled": "false", "sql.shuffle.partitions": "3", "sql.adaptive.coalescePartitions.enabled": "false"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GATELINT", gatelint.program())
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        builder = SparkSession.builder.master("local[2]")
        session = builder.config(map={f"spark.{name}": value for name, value in few.items()}).getOrCreate()
        found.loader.exec_module(module)
        yield module
        session.stop()


def policy(document: dict[str, Any]) -> str:
    """Where the document lies, for processes in any folder."""
    path = Path("policy.json").resolve()
    path.write_text(json.dumps(document))
    return str(path)


COUNTING = {"version": "1", "default": "allow", "tools": {"run_runbook": {"limits": [LIMIT]}}}


def run(example: Any, policy: str) -> int:
    """The status of the example; Java stays in the folder in which it was started."""
    status: int = example.main(policy, str(Path("traces").resolve()), str(Path("out").resolve()))
    return status


def whole(policy: str, *options: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([gatelint.program(), "replay", "--policy", policy, *options, "traces"], stdout=subprocess.PIPE)


def same(example: Any, policy: str) -> list[dict[str, Any]]:
    """Decides the trace in parts and at once, and gives the decisions where nothing differs, the status neither."""
    import pyarrow.parquet  # type: ignore[import-not-found,import-untyped,unused-ignore]

    summary = whole(policy, "--format", "json")
    assert run(example, policy) == summary.returncode
    given, expected = json.loads(Path("out/summary.json").read_bytes()), json.loads(summary.stdout)
    for report in given, expected:
        # These name files, of which those of the parts are others.
        report.pop("bad_line_examples")
        report.pop("passed_over")
    assert given == expected
    rows = pyarrow.parquet.read_table("out/decisions").drop_columns(["ts", "retry_at"]).to_pylist()
    decisions = [row for row in rows if row["part"] is None]
    names = ["id", "grant", "tool", "outcome", "rule", "pointer", "message", "missing", "assumed"]
    at_once = [json.loads(decision) for decision in whole(policy, "--decisions").stdout.splitlines()]
    by_file = Counter((str(Path(one["file"]).resolve()), *(one[name] for name in names)) for one in at_once)
    assert Counter((row["file"].removeprefix("file:"), *(row[name] for name in names)) for row in decisions) == by_file
    assert len({(row["file"], row["position"]) for row in decisions}) == len(decisions)
    return decisions


def test_what_a_record_may_hold_is_read_as_the_program_reads_it(example: Any) -> None:
    write(ODD)
    decisions = same(example, policy(COUNTING))
    assert len(decisions) == 25
    assert {row["id"] for row in decisions if row["outcome"] == "allow" and row["grant"] in ("same", "other")} == {"13", "15"}


@pytest.mark.parametrize("grant_days", [1, 4])
def test_bad_lines_are_counted_and_make_the_status(example: Any, grant_days: int) -> None:
    bad = ["nonsense\n", line(1, ts="yesterday"), line(2, grant=5), line(3, tool=None), '{"a":1,"a":2}\n', "[]\n", "\x0b\n"]
    write({"1.jsonl": [*bad, *(line(4, ts=f"2026-03-0{1 + day}T10:00:00Z") for day in range(grant_days))]})
    assert len(same(example, policy(COUNTING))) == grant_days
    assert json.loads(Path("out/summary.json").read_bytes())["bad_lines"] == len(bad)


def test_where_nothing_is_counted_no_call_needs_a_time(example: Any) -> None:
    write({"1.jsonl": [line(1, ts=None), line(2, tool="wipe"), line(3, ts=None, tool="wipe")]})
    decisions = same(example, policy({"version": "1", "default": "deny", "tools": {"run_runbook": {}}}))
    assert Counter(row["outcome"] for row in decisions) == {"allow": 1, "deny": 2}


def test_a_partition_may_hold_calls_of_other_servers_alone(example: Any) -> None:
    write({"1.jsonl": [line(n, server=f"s{n % 2}", grant=f"g{n % 4}", ts=f"2026-03-0{1 + n % 5}T10:00:00Z") for n in range(40)]})
    assert len(same(example, "s0=" + policy(COUNTING))) == 20
    write({"1.jsonl": [line(1, server="s1")]})
    os.rename("out", "before")
    assert same(example, "s0=" + policy(COUNTING)) == []


def test_the_place_of_an_agents_rule_is_kept(example: Any) -> None:
    Path("project/.claude").mkdir(parents=True)
    Path("project/.claude/settings.json").write_text(json.dumps({"permissions": {"deny": ["Bash(rm *)"]}}))
    write({"1.jsonl": [line(1, tool="Bash", args={"command": "rm x"})]})
    project = str(Path("project").resolve())
    (decision,) = same(example, project)
    assert decision["place"] == json.loads(whole(project, "--decisions").stdout)["place"]


@pytest.mark.parametrize("name", ["_a.jsonl", ".a.jsonl", "_folder/a.jsonl", "README.md", "a.jsonl.bz2"])
def test_files_that_only_one_of_both_reads_are_refused(example: Any, name: str) -> None:
    write({"1.jsonl": [line(1)], name: [line(2)]})
    with pytest.raises(SystemExit, match=name):
        run(example, policy(COUNTING))
    assert not Path("out").exists()


def test_a_trace_without_calls_ends_as_one_process_does(example: Any) -> None:
    write({"folder/1.jsonl": []})
    assert same(example, policy(COUNTING)) == []
    assert whole("policy.json").returncode == 3


def test_nothing_is_summed_up_of_calls_that_may_be_of_any_day(example: Any) -> None:
    write({"1.jsonl": [line(1), line(2, ts=None)]})
    assert run(example, policy(COUNTING)) == 2
    assert not Path("out/summary.json").exists()


def test_what_was_written_before_is_kept(example: Any) -> None:
    write({"1.jsonl": [line(1)]})
    Path("out").mkdir()
    with pytest.raises(FileExistsError):
        run(example, policy(COUNTING))

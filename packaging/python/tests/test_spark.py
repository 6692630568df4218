"""The example for Apache Spark, where that is installed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
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
    options = ["--master", "local[2,4]", "--conf", "spark.sql.parquet.compression.codec=gzip"]
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

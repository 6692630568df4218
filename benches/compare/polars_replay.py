"""The work of `gatelint replay` on the trace and policy of `make_trace`, as a query: `POLARS_MAX_THREADS=1 polars_replay.py TRACE`."""

import sys

import polars as pl

ARGUMENTS = {"project": pl.String, "env": pl.String, "count": pl.Int64, "force": pl.Boolean}
SCHEMA = {"ts": pl.String, "grant": pl.String, "tool": pl.String, "args": pl.Struct(ARGUMENTS)}

argument = pl.col("args").struct.field
calls = pl.scan_ndjson(sys.argv[1], schema=SCHEMA).filter(
    argument("project").str.contains(r"^[a-z]+-[0-9]+$"),
    ~(argument("count") > 990),
    ~((argument("env") == "prod") & argument("force")),
)
minutes = calls.group_by("grant", "tool", pl.col("ts").str.slice(0, 16)).len("calls")
allowed = pl.min_horizontal("calls", pl.lit(10)).sum().alias("allowed")
print(minutes.select(allowed, (pl.col("calls").sum() - allowed).alias("throttled")).collect().row(0))

"""The work of `gatelint replay` on the trace and policy of `make_trace`, as a query: `duckdb_replay.py TRACE [THREADS]`."""

import sys

import duckdb

QUERY = r"""
SELECT sum(least(calls, 10)) AS allowed, sum(greatest(calls - 10, 0)) AS throttled
FROM (
    SELECT count(*) AS calls
    FROM read_json(?, format = 'newline_delimited', columns = {
        'ts': 'TIMESTAMP', 'grant': 'VARCHAR', 'tool': 'VARCHAR',
        'args': 'STRUCT(project VARCHAR, env VARCHAR, "count" BIGINT, "force" BOOLEAN)'})
    WHERE regexp_matches(args.project, '^[a-z]+-[0-9]+$')
        AND NOT args."count" > 990
        AND NOT (args.env = 'prod' AND args."force")
    GROUP BY "grant", tool, date_trunc('minute', ts)
)
"""

threads = int(sys.argv[2]) if len(sys.argv) > 2 else 1
connection = duckdb.connect(config={"threads": threads})
print(connection.execute(QUERY, [sys.argv[1]]).fetchone())

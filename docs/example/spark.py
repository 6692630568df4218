"""Decides a trace of any size with Apache Spark: spark-submit spark.py POLICY TRACES OUT

TRACES holds gatelint's own records, one a line. OUT is made: OUT/decisions is Parquet with a row for each decision, OUT/summary.json what
`gatelint replay --format json` says of the whole, and the exit status is that of it.
"""

import json, os, re, subprocess, sys, tempfile
from pathlib import Path
from subprocess import DEVNULL, PIPE

import pyarrow as pa
from pyspark.sql import SparkSession, functions as f

REPLAY = [os.environ.get("GATELINT", "gatelint"), "replay", "--trace-format", "record"]
OF_TRACES = re.compile(r".*[^/]\.(jsonl|ndjson|json|log|txt|har|traj)(\.(gz|zst|[0-9]*))?", re.DOTALL)  # what `replay` reads of a folder
TIME = r"^([0-9-]{10})[T ]([0-9:]{5})(:[0-9.,]+)?(Z|[+-][0-9:]+)$"
ROW = pa.schema({"file": pa.string(), "position": pa.int64(), "decision": pa.string(), "part": pa.string()})
DECISION = """ts timestamp, id string, grant string, tool string, outcome string, rule string, pointer string, place string,
              message string, retry_at timestamp, missing string, assumed string"""
LONG = dict.fromkeys(["maxNumLen", "maxStringLen", "maxNestingDepth"], str(1 << 28))  # Spark reads JSON as long as `replay` does


def replay(*arguments, stdout=PIPE):
    done = subprocess.run([*REPLAY, *arguments], stdin=DEVNULL, stdout=stdout, stderr=PIPE)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return done.stdout


def deciding(policy):
    options = ["--policy", policy, "--allow-bad-lines", "--allow-empty"]  # what they allow is judged of the whole

    def decide(batches):  # the lines of one partition, in the order in which they stand
        with tempfile.TemporaryDirectory() as folder, open(f"{folder}/trace", "wb") as trace, open(f"{folder}/out", "w+b") as out:
            places = []
            for batch in batches:
                trace.writelines(line.as_buffer().to_pybytes() + b"\n" for line in batch["value"])
                places.append(batch.select(["file", "position"]))
            if not places:
                return
            trace.flush()
            replay(*options, "--decisions", trace.name, stdout=out)
            places = pa.Table.from_batches(places).combine_chunks().to_batches()[0]
            out.seek(0)
            while lines := out.readlines(1 << 24):
                of_calls = places.take(pa.array(int(re.search(rb'"line":(\d+)', line)[1]) - 1 for line in lines))
                yield pa.record_batch([*of_calls.columns, pa.array(lines, pa.string()), pa.nulls(len(lines), pa.string())], ROW)
            yield pa.RecordBatch.from_pylist([{"part": replay(*options, "--format", "part", trace.name).decode()}], ROW)

    return decide


def files(spark, traces):  # all that lie there, also those that Spark passes over
    path = spark._jvm.org.apache.hadoop.fs.Path(traces)
    walk = path.getFileSystem(spark._jsc.hadoopConfiguration()).listFiles(path, True)
    while walk.hasNext():
        yield walk.next().getPath().toUri().toString()


def main(policy, traces, out):
    spark = SparkSession.builder.appName("gatelint").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    spark.conf.set("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")  # which has the years before 1900
    lines = spark.read.text(traces, lineSep="\n", recursiveFileLookup=True)
    if differ := {file for file in files(spark, traces) if OF_TRACES.fullmatch(file)} ^ set(lines.inputFiles()):
        sys.exit(f"only one of Spark and gatelint would read {sorted(differ)}: see docs/spark.md for names of files")
    os.mkdir(out)
    key = json.loads(replay("--policy", policy, "--partition-key", "--format", "json"))["partition_by"]
    record = f.from_json("value", "ts string" + "".join(f", `{name}` string" for name in key), LONG)
    ts = f.upper(record["ts"])
    minute = f.regexp_replace(ts, TIME, "$1T$2:00$4")  # a leap second and any fraction are of its day
    seconds = f.timestamp_seconds(f.floor(ts.try_cast("decimal(21,9)")))
    day = f.to_date(f.when(ts.rlike(TIME), f.try_to_timestamp(minute)).otherwise(seconds))
    by = [day if name == "day" else f.coalesce(record[name], f.lit("")) for name in key if name != "call"]
    file = f.url_decode(f.replace("_metadata.file_path", f.lit("+"), f.lit("%2B"))).alias("file")
    block, position = f.col("_metadata.file_block_start").alias("block"), f.monotonically_increasing_id().alias("position")
    calls = lines.select("value", file, block, position).where(f.col("value").rlike(r"[^ \t\r\f]"))
    parted = calls.repartition(*by) if by else calls
    # `replay` puts them into the order of time. Of one time, that comes first which stands first, folder by folder.
    ordered = parted.sortWithinPartitions(f.replace("file", f.lit("/"), f.lit("\0")), "block", "position").drop("block")
    decided = ordered.mapInArrow(deciding(policy), "file string, position long, decision string, part string")
    rows = decided.withColumn("decision", f.from_json("decision", DECISION, {"mode": "FAILFAST", **LONG}))
    # Written once, and read from there: what a task that failed had written is in no file.
    rows.select("file", "position", "decision.*", "part").write.parquet(f"{out}/decisions", compression="gzip")
    parts = spark.read.parquet(f"{out}/decisions").where("part is not null").select("part")
    with tempfile.TemporaryDirectory() as folder:
        for number, row in enumerate(parts.toLocalIterator()):
            Path(folder, str(number)).write_bytes(row.part.encode())
        whole = ["--merge", *Path(folder).iterdir()] if any(Path(folder).iterdir()) else ["-"]  # without lines there is no part
        done = subprocess.run([*REPLAY, "--policy", policy, "--format", "json", *whole], stdin=DEVNULL, stdout=PIPE)
    if done.stdout:
        Path(out, "summary.json").write_bytes(done.stdout)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Decides a trace of any size with Apache Spark: spark-submit spark.py POLICY TRACES OUT

OUT/decisions is Parquet with a row for each decision, OUT/summary.json what `gatelint replay --format json` says of the whole.
"""

import glob, json, os, subprocess, sys, tempfile

import pyarrow as pa
import pyarrow.json
from pyspark.sql import SparkSession, functions as f

TIME, TEXT, WHOLE = pa.timestamp("us", "UTC"), pa.string(), pa.int64()
DECISION = {"line": WHOLE, "ts": TIME, "id": TEXT, "grant": TEXT, "tool": TEXT, "outcome": TEXT, "rule": TEXT,
            "pointer": TEXT, "message": TEXT, "retry_at": TIME, "missing": TEXT, "assumed": TEXT}  # fmt: skip
ROW = {"file": TEXT, "place": WHOLE, **DECISION, "part": TEXT}  # where the call stands; last the summary of a part
SQL = {TIME: "timestamp", TEXT: "string", WHOLE: "long"}


def replay(*arguments, **options):
    return subprocess.run([os.environ.get("GATELINT", "gatelint"), "replay", *arguments], check=True, **options).stdout


def deciding(policy):
    def decide(batches):  # the calls of one partition, in the order of time
        with tempfile.TemporaryDirectory() as folder, open(f"{folder}/trace", "wb") as trace, open(f"{folder}/out", "wb") as out:
            places = []
            for batch in batches:
                trace.writelines(line.as_buffer().to_pybytes() + b"\n" for line in batch["value"])
                places.append(batch.select(["file", "place"]))
            if not places:
                return
            trace.flush()
            replay("--policy", policy, "--decisions", trace.name, stdout=out)
            places = pa.Table.from_batches(places)
            parse = pa.json.ParseOptions(pa.schema(DECISION.items()), unexpected_field_behavior="ignore")
            for batch in pa.json.open_json(out.name, parse_options=parse) if os.path.getsize(out.name) else ():
                place = places.take(pa.compute.subtract(batch["line"], 1)).combine_chunks().to_batches()[0]
                columns = [place["file"], place["place"], *(batch[name] for name in DECISION), pa.nulls(len(batch), TEXT)]
                yield pa.record_batch(columns, pa.schema(ROW.items()))
            part = replay("--policy", policy, "--format", "part", trace.name, stdout=subprocess.PIPE).decode()
            yield pa.RecordBatch.from_pylist([{"part": part}], pa.schema(ROW.items()))

    return decide


def main(policy, traces, out):
    spark = SparkSession.builder.appName("gatelint").config("spark.sql.session.timeZone", "UTC").getOrCreate()
    key = json.loads(replay("--policy", policy, "--partition-key", "--format", "json", stdout=subprocess.PIPE))
    lines = spark.read.text(traces).select("value", "_metadata.file_path", "_metadata.file_block_start")
    field = lambda name: f.coalesce(f.get_json_object("value", f"$.{name}"), f.lit(""))
    calls = lines.select("value", f.col("file_path").alias("file"), f.col("file_block_start").alias("block"),
                         f.monotonically_increasing_id().alias("place"), f.to_timestamp(field("ts")).alias("time"))  # fmt: skip
    by = [f.to_date("time") if name == "day" else field(name) for name in key["partition_by"] if name != "call"]
    parted = calls.repartition(*by) if by else calls
    ordered = parted.sortWithinPartitions("time", "file", "block", "place")
    schema = ", ".join(f"`{name}` {SQL[kind]}" for name, kind in ROW.items())
    # Written once, and read from there: what a task that failed had written is in no file.
    ordered.mapInArrow(deciding(policy), schema).write.mode("overwrite").parquet(f"{out}/decisions")
    parts = spark.read.parquet(f"{out}/decisions").where("part is not null").select("part")
    with tempfile.TemporaryDirectory() as folder, open(f"{out}/summary.json", "wb") as summary:
        for number, row in enumerate(parts.toLocalIterator()):
            with open(f"{folder}/{number}", "w") as part:
                part.write(row.part)
        replay("--policy", policy, "--format", "json", "--merge", *glob.glob(f"{folder}/*"), stdout=summary)


if __name__ == "__main__":
    main(*sys.argv[1:])

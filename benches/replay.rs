//! The steps of a replay, each on top of the one before, so that a regression shows where it is:
//! `cargo bench`. Compare them with each other and with an earlier run on the same machine.

use std::io::Write;

use divan::{Bencher, black_box, counter::BytesCount};
use gatelint::engine::{Call, CallResult, Counters, Gate, GrantId, Surroundings};
use gatelint::policy;
use gatelint::replay::{By, Decided, Replay, Summary};
use gatelint::source::Document;
use gatelint::trace::{Block, GrantBy, Item, Trace, TraceOptions, parse_record, parse_time};
use tempfile::NamedTempFile;

const LINE: &str = r#"{"ts":"2026-03-01T10:00:00.250Z","grant":"ci-runner","session":"s-17","server":"octopus","tool":"run_runbook","args":{"project":"alpha","env":"staging","count":7,"note":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},"id":"c-1","result":"ok"}"#;

/// How many calls the trace has.
const CALLS: usize = 20_000;

const CHECKS: &str = r#"{"version": "1", "default": "deny", "tools": {"run_runbook": {
    "require": [{"conditions": [
        {"path": "args.project", "op": "regex", "value": "^[a-z-]+$"},
        {"path": "args.env", "op": "in", "value": ["dev", "staging", "prod"]}]}],
    "deny_if": [{"conditions": [{"path": "args.count", "op": "gt", "value": 1000}]}]}}}"#;

const LIMIT: &str = r#"{"version": "1", "default": "deny", "tools": {"run_runbook": {
    "limits": [{"counter": "rate", "window": "minute", "max": 10, "scope": "grant"}]}}}"#;

/// How many calls an item stands for.
fn count_of(item: &Item<'_, '_>) -> usize {
    match item {
        Item::Calls(calls) => calls.len(),
        Item::Bad(_) => 0,
    }
}

fn main() {
    divan::main();
}

/// A file with the same call over and over.
fn trace_file() -> (NamedTempFile, BytesCount) {
    let mut file = NamedTempFile::new().expect("there is room for a temporary file");
    let text = format!("{LINE}\n").repeat(CALLS);
    file.write_all(text.as_bytes()).expect("it can be written");
    (file, BytesCount::of_str(&text))
}

fn open(file: &NamedTempFile) -> Trace {
    Trace::open(&[file.path().to_owned()], TraceOptions::default()).expect("it is a trace")
}

fn gate(policy: &str) -> Gate {
    let document = Document::read("policy.json", policy.as_bytes().to_vec());
    Gate::new(&policy::read(&document, None).policy.expect("the policy is valid"))
}

#[divan::bench]
fn a_read(bencher: Bencher<'_, '_>) {
    let (file, bytes) = trace_file();
    bencher.counter(bytes).bench_local(|| {
        let (mut trace, mut block) = (open(&file), Block::default());
        while trace.next(&mut block).expect("it can be read") {}
    });
}

#[divan::bench]
fn b_scan(bencher: Bencher<'_, '_>) {
    let (file, bytes) = trace_file();
    bencher.counter(bytes).bench_local(|| {
        let (mut trace, mut block, mut calls) = (open(&file), Block::default(), 0);
        while trace.next(&mut block).expect("it can be read") {
            block.visit(0, |item| calls += count_of(&item));
        }
        assert_eq!(calls, CALLS);
    });
}

/// The traces of the folder that `SHAPES` names, such as `benches/compare/shapes.py` writes.
fn shapes() -> Vec<String> {
    let folder = std::env::var_os("SHAPES").map(std::fs::read_dir);
    let files = folder.map(|files| files.expect("SHAPES is a folder")).into_iter().flatten();
    let mut paths: Vec<String> =
        files.flatten().map(|file| file.path().display().to_string()).collect();
    paths.retain(|path| path.ends_with(".jsonl"));
    paths.sort();
    paths
}

#[divan::bench(args = shapes())]
fn b_scan_shape(bencher: Bencher<'_, '_>, path: &str) {
    let bytes = std::fs::metadata(path).expect("it is there").len();
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let paths = [path.into()];
        let mut trace = Trace::open(&paths, TraceOptions::default()).expect("it is a trace");
        let (mut block, mut calls) = (Block::default(), 0);
        while trace.next(&mut block).expect("it can be read") {
            block.visit(0, |item| calls += count_of(&item));
        }
        calls
    });
}

/// What a line of an unusual shape costs instead.
#[divan::bench]
fn b_scan_unusual_line(bencher: Bencher<'_, '_>) {
    let bytes = BytesCount::of_str(LINE);
    bencher.counter(bytes).bench(|| parse_record(black_box(LINE), &GrantBy::Grant).is_ok());
}

#[divan::bench]
fn b_scan_time(bencher: Bencher<'_, '_>) {
    bencher.bench(|| parse_time(black_box("\"2026-03-01T10:00:00.250Z\"")));
}

fn decide(bencher: Bencher<'_, '_>, policy: &str) {
    let gate = gate(policy);
    let record = parse_record(LINE, &GrantBy::Grant).expect("the record is valid");
    let mut counters = Counters::in_time_order();
    let mut grant = 0;
    bencher.bench_local(|| {
        grant = (grant + 1) % 20_000;
        let call = Call {
            tool: &record.tool,
            grant: GrantId(grant),
            time: record.time,
            in_order: true,
            after: None,
            arguments: record.arguments.as_arguments(),
            result: CallResult::Ok,
            around: Surroundings::default(),
        };
        gate.decide(black_box(&call), &mut counters).outcome
    });
}

#[divan::bench]
fn c_checks(bencher: Bencher<'_, '_>) {
    decide(bencher, CHECKS);
}

#[divan::bench]
fn d_counters(bencher: Bencher<'_, '_>) {
    decide(bencher, LIMIT);
}

#[divan::bench(sample_size = 10_000)]
fn e_summary(bencher: Bencher<'_, '_>) {
    let gate = gate(LIMIT);
    let record = parse_record(LINE, &GrantBy::Grant).expect("the record is valid");
    let mut replay = Replay::new(&gate);
    let decision = replay.decide(&record, GrantId(0), record.time);
    let charged = replay.charged().to_vec();
    let mut summary = Summary::new([("policy.json", &gate)], By::Tool);
    let mut number = 0;
    bencher.bench_local(|| {
        number += 1;
        summary.add(black_box(Decided {
            number,
            policy: Some(0),
            record: &record,
            grant: GrantId(number as u32 % 20_000),
            time: record.time,
            decision: &decision,
            charged: &charged,
        }));
    });
}

#[divan::bench]
fn policy_from_text(bencher: Bencher<'_, '_>) {
    bencher.bench(|| {
        let document = Document::read("policy.json", CHECKS.as_bytes().to_vec());
        policy::read(black_box(&document), None).defects.len()
    });
}

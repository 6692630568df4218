//! The steps of a replay, each on its own, so that a regression shows where it is:
//! `cargo bench`.

use divan::{Bencher, black_box, counter::BytesCount};
use toolgate::engine::{Call, Counters, Gate, GrantId};
use toolgate::policy;
use toolgate::replay::{By, Decided, Replay, Summary};
use toolgate::source::Document;
use toolgate::trace::{GrantBy, parse_record, parse_time};

const LINE: &str = r#"{"ts":"2026-03-01T10:00:00.250Z","grant":"ci-runner","session":"s-17","server":"octopus","tool":"run_runbook","args":{"project":"alpha","env":"staging","count":7,"note":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},"id":"c-1","result":"ok"}"#;

const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {"run_runbook": {
    "require": [{"conditions": [
        {"path": "args.project", "op": "regex", "value": "^[a-z-]+$"},
        {"path": "args.env", "op": "in", "value": ["dev", "staging", "prod"]}]}],
    "deny_if": [{"conditions": [{"path": "args.count", "op": "gt", "value": 1000}]}],
    "limits": [{"counter": "rate", "window": "minute", "max": 10, "scope": "grant"}]}}}"#;

fn main() {
    divan::main();
}

#[divan::bench]
fn time(bencher: Bencher<'_, '_>) {
    bencher.bench(|| parse_time(black_box("\"2026-03-01T10:00:00.250Z\"")));
}

#[divan::bench]
fn record(bencher: Bencher<'_, '_>) {
    let bytes = BytesCount::of_str(LINE);
    bencher.counter(bytes).bench(|| parse_record(black_box(LINE), &GrantBy::Grant).is_ok());
}

#[divan::bench]
fn decision(bencher: Bencher<'_, '_>) {
    let document = Document::read("policy.json", POLICY.as_bytes().to_vec());
    let policy = policy::read(&document, None).policy.expect("the policy is valid");
    let gate = Gate::new(&policy);
    let record = parse_record(LINE, &GrantBy::Grant).expect("the record is valid");
    let mut counters = Counters::default();
    let mut grant = 0;
    bencher.bench_local(|| {
        grant = (grant + 1) % 20_000;
        let call = Call {
            tool: &record.tool,
            grant: GrantId(grant),
            time: record.time,
            in_order: true,
            arguments: record.arguments.as_arguments(),
            failed_upstream: false,
        };
        gate.decide(black_box(&call), &mut counters).outcome
    });
}

#[divan::bench(sample_size = 10_000)]
fn summary(bencher: Bencher<'_, '_>) {
    let document = Document::read("policy.json", POLICY.as_bytes().to_vec());
    let policy = policy::read(&document, None).policy.expect("the policy is valid");
    let gate = Gate::new(&policy);
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
        let document = Document::read("policy.json", POLICY.as_bytes().to_vec());
        policy::read(black_box(&document), None).defects.len()
    });
}

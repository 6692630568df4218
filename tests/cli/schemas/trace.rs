//! The schema of a recorded call.

use std::collections::BTreeSet;
use std::fs;

use gatelint::trace::{GrantBy, parse_record};
use serde_json::Value;

use super::{ROOT, validator};

#[test]
fn the_schema_of_a_record_and_its_reader_agree_on_what_is_a_call() {
    let schema = validator("trace");
    let full = r#"{"ts":"2026-03-01T10:00:00.250Z","grant":"g","session":"s","server":"o","client":"c","tool":"t","args":{"a":1},"id":"c-1","result":"ok","decision":"throttle","cwd":"/srv","mode":"plan","team":["red"]}"#;
    let calls = [
        r#"{"tool":"t"}"#,
        full,
        r#"{"tool":"t","ts":1772359200}"#,
        r#"{"tool":"t","ts":1772359200.250}"#,
        r#"{"tool":"t","ts":-1}"#,
        r#"{"tool":"t","ts":-62135596800}"#,
        r#"{"tool":"t","ts":"2026-03-01T12:00:00.123456789+02:00"}"#,
        r#"{"tool":"t","ts":null,"grant":null,"session":null,"server":null,"client":null,"id":null}"#,
        r#"{"tool":"t","args":null,"args_keys":null,"args_hash":null,"decision":null}"#,
        r#"{"tool":"t","args":["not","an","object"]}"#,
        r#"{"tool":"t","args_keys":["a","b"],"id":7}"#,
        r#"{"tool":"t","args_hash":"sha256:0","result":"tool_error","decision":"allow"}"#,
        r#"{"tool":"t","result":"upstream_error","decision":"deny"}"#,
        r#"{"tool":"t","result":"unknown"}"#,
        r#"{"tool":"t","args_missing":"truncated"}"#,
        r#"{"tool":"t","args_missing":null}"#,
        r#"{"tool":"t","cwd":"/srv","mode":"plan","roots":["/srv","/tmp"],"permitted":"refused"}"#,
    ];
    let others = [
        "{}",
        "[]",
        r#"["t",null,null,null,null,null,null,null,null,"ok",null]"#,
        "null",
        r#""run_job""#,
        r#"{"tool":null}"#,
        r#"{"tool":7}"#,
        r#"{"Tool":"t"}"#,
        r#"{"tool":"t","ts":"noon"}"#,
        r#"{"tool":"t","ts":"2026-03-01"}"#,
        r#"{"tool":"t","ts":"1772359200"}"#,
        r#"{"tool":"t","ts":"2026-03-01T12:00:00.1234567890Z"}"#,
        r#"{"tool":"t","ts":1772359200250}"#,
        r#"{"tool":"t","ts":-62135596801}"#,
        r#"{"tool":"t","ts":true}"#,
        r#"{"tool":"t","grant":7}"#,
        r#"{"tool":"t","session":7}"#,
        r#"{"tool":"t","server":{}}"#,
        r#"{"tool":"t","client":["c"]}"#,
        r#"{"tool":"t","args_keys":"a"}"#,
        r#"{"tool":"t","args_keys":[1]}"#,
        r#"{"tool":"t","args_hash":0}"#,
        r#"{"tool":"t","result":"maybe"}"#,
        r#"{"tool":"t","result":null}"#,
        r#"{"tool":"t","decision":"indeterminate"}"#,
        r#"{"tool":"t","decision":true}"#,
    ];
    let lines = calls.map(|line| (line, true)).into_iter().chain(others.map(|line| (line, false)));
    for (line, is_call) in lines {
        let read = parse_record(line, &GrantBy::Grant);
        assert_eq!(read.is_ok(), is_call, "the reader: {line}: {read:?}");
        let value = serde_json::from_str(line).unwrap();
        assert_eq!(schema.is_valid(&value), is_call, "the schema: {line}");
    }
    // The reader passes over this; who writes a trace had better not.
    let line = r#"{"tool":"t","id":{"a":1}}"#;
    assert!(parse_record(line, &GrantBy::Grant).is_ok());
    assert!(!schema.is_valid(&serde_json::from_str(line).unwrap()));
    // Every field that the schema names stands in some call above.
    let named: BTreeSet<String> =
        super::schema("trace")["properties"].as_object().unwrap().keys().cloned().collect();
    let used: BTreeSet<String> = calls
        .iter()
        .flat_map(|line| serde_json::from_str::<serde_json::Map<_, _>>(line).unwrap())
        .map(|(field, _)| field)
        .filter(|field| field != "team")
        .collect();
    assert_eq!(named, used);
}

#[test]
fn every_recorded_call_of_the_conformance_sets_follows_the_schema() {
    let schema = validator("trace");
    let mut calls = 0;
    for kind in ["cases", "rollback", "quirks"] {
        let path = format!("{ROOT}/fixtures/conformance/intercept/{kind}.jsonl");
        for line in fs::read_to_string(path).unwrap().lines() {
            let set: Value = serde_json::from_str(line).unwrap();
            for call in set["calls"].as_array().unwrap() {
                assert!(schema.is_valid(call), "{kind} {}: {call}", set["name"]);
                calls += 1;
            }
        }
    }
    assert_eq!(calls, 20_367);
}

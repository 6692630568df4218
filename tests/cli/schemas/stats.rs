//! The schema of what is in a trace.

use gatelint::engine::Missing;
use gatelint::trace::Format;
use serde_json::{Value, json};

use super::{refuses, schema, tolerated, validator};
use crate::support::Folder;

const TRACE: &str = r#"{"ts":0,"tool":"a","grant":"g","session":"s","server":"o","client":"c","args":{},"decision":"deny"}
{"tool":"a","args_hash":"x","result":"tool_error"}
{"tool":"b","args_keys":[]}
{"tool":"b","args":7}
{"tool":"b","args_missing":"truncated"}
{"tool":"b"}
nonsense
"#;

fn stats() -> Value {
    let folder = Folder::with(&[("t.jsonl", TRACE)]);
    let (status, output) = folder.run_json(&["trace", "stats", "t.jsonl", "--format", "json"]);
    assert_eq!(status, 2, "a line is not valid");
    output
}

#[test]
fn the_numbers_of_a_trace_follow_the_schema_and_anything_else_is_refused() {
    let schema = validator("stats");
    let output = stats();
    assert_eq!(
        output["arguments"]["unknown"],
        json!({"hashed-arguments": 1, "truncated-arguments": 1})
    );
    // A reason may be missing, because only those that occur are there; fields have any name.
    let expected = [
        "/arguments/unknown/hashed-arguments removed",
        "/arguments/unknown/truncated-arguments removed",
        "/unknown_fields extended",
    ];
    assert_eq!(tolerated(&schema, &output), expected);
    for (place, value) in [
        ("/calls", json!(-1)),
        ("/first", json!("noon")),
        ("/files/0/format", json!("csv")),
        ("/tools/0/calls", json!(0)),
        ("/arguments/unknown", json!({"time": 1})),
    ] {
        refuses(&schema, &output, place, value);
    }
}

#[test]
fn the_schema_of_the_numbers_knows_every_format() {
    let formats = json!(Format::ALL.map(Format::name));
    assert_eq!(schema("stats")["$defs"]["file"]["properties"]["format"]["enum"], formats);
    let schema = schema("stats");
    let reasons =
        schema["properties"]["arguments"]["properties"]["unknown"]["propertyNames"].clone();
    let reasons: Vec<Value> = reasons["enum"].as_array().unwrap().clone();
    let codes: Vec<Value> = Missing::ALL.map(|missing| json!(missing.code())).to_vec();
    assert!(reasons.iter().all(|reason| codes.contains(reason)), "{reasons:?}");
}

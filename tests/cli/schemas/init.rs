//! The schema of policies to begin with.

use serde_json::{Value, json};

use super::{tolerated, validator};
use crate::support::Folder;
use crate::transcript::{Made, Transcript};

#[test]
fn policies_to_begin_with_follow_their_schema() {
    let call = |tool: &str, second: u32| {
        format!(
            r#"{{"tool":"{tool}","ts":"2026-03-01T10:00:{second:02}Z","args":{{"env":"dev"}}}}"#
        )
    };
    let mut trace: Vec<String> = (0..12).map(|second| call("run_x", second)).collect();
    trace.push(call("delete_x", 13));
    let trace = trace.join("\n");
    let folder = Folder::with(&[("trace.jsonl", &trace)]);
    let schema = validator("init");
    let (status, output) = folder.run_json(&["init", "--trace", "trace.jsonl", "--format", "json"]);
    assert_eq!((status, &output["replay"]["deny"]), (1, &json!(0)));
    assert_eq!(output["tools"][0]["choice"], "limit");
    let condition =
        json!({"path": "args.env", "op": "in", "values": ["dev"], "optional": false, "calls": 12});
    assert_eq!(output["tools"][1]["conditions"], json!([condition]));
    assert_eq!(output["tools"][1]["max"], 12);
    assert_eq!(tolerated(&schema, &output), [""; 0]);

    let calls = r#"{"server":"a","tool":"list_x"}
{"server":"b","tool":"list_y"}"#;
    let folder = folder.file("several.jsonl", calls);
    let (status, output) =
        folder.run_json(&["init", "--trace", "several.jsonl", "--format", "json"]);
    assert_eq!((status, &output["policies"][1]["server"]), (0, &json!("b")));
    assert_eq!(tolerated(&schema, &output), [""; 0]);

    let arguments = ["init", "--server", "@paretools/http", "--tool", "run", "--format", "json"];
    let (status, output) = folder.run_json(&arguments);
    assert_eq!((status, &output["replay"]), (0, &Value::Null));
    assert_eq!(tolerated(&schema, &output), [""; 0]);

    let transcript =
        Transcript::new("/w/p").bash("npm test", Made::Approved).bash("make", Made::Approved);
    let folder = folder.file("session.jsonl", transcript.text());
    let arguments = ["init", "--trace", "session.jsonl", "--to", "claude-code", "--format", "json"];
    let (status, output) = folder.run_json(&arguments);
    assert_eq!((status, &output["questions"]["left"]), (0, &json!(1)));
    assert_eq!(tolerated(&schema, &output), [""; 0]);
}

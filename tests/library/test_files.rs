//! Test files as the reader and their schema see them.

use gatelint::source::Document;
use gatelint::testing;
use serde_json::{Value, json};

/// A test file in which every field of the schema stands somewhere.
fn whole() -> Value {
    json!({
        "for": ["p.json", {"jobs": "p.json"}], "home": "h", "start": "2026-03-01T10:00:00Z",
        "assume": ["ask=deny"],
        "calls": {"run": {"tool": "run", "args": {"id": 1}}, "slow": {"like": "run", "grant": "g"}},
        "cases": [
            {"name": "limits", "call": "run", "start": "2026-03-01T10:00:00Z", "steps": [
                {"repeat": "2 every 4s", "expect": "allow"},
                {"at": "30s", "call": {"like": "slow", "mode": "m"}, "repeat": 3, "expect": "ask"}]},
            {"name": "one", "call": {"tool": "t", "server": "s", "session": "x", "client": "c",
                "result": "ok", "cwd": "/p", "roots": ["/p"]}, "at": "1m", "repeat": 3,
                "expect": {"outcome": "throttle", "retry": "1m", "rule": "r", "message": "m"}},
            {"name": "rows", "call": {"tool": "pay"}, "table": [
                {"name": "much", "args": {"n": 6}, "expect": "deny"},
                {"args_keys": ["a"], "expect": {"outcome": "indeterminate", "missing": "time"}},
                {"args_missing": "hashed", "expect": "deny"}]}],
        "statements": [
            {"name": "n", "deny": "pay", "when": [{"path": "args.n", "op": "gt", "value": 5}]},
            {"limit": ["a", "b"], "max": 3, "window": "day", "total": true}, {"default": "deny"},
            {"allow": {"category": "Read"}, "unless": [{"path": "args.n", "op": "in", "value": [1]}]}]
    })
}

/// The pointers of all values below one.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(k, v)| places(v, &format!("{at}/{k}"), found)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(i, v)| places(v, &format!("{at}/{i}"), found));
        }
        _ => {}
    }
}

/// A document with the value at a place replaced, removed, or under another key.
fn mutants(whole: &Value, at: &str) -> Vec<Value> {
    let values = [
        json!(null),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(7),
        json!("x"),
        json!(""),
        json!("+5"),
        json!("5 s"),
        json!([]),
        json!({}),
        json!([{}]),
        json!(true),
        json!({"x": 1}),
    ];
    let replaced = values.into_iter().map(|value| {
        let mut mutant = whole.clone();
        *mutant.pointer_mut(at).unwrap() = value;
        mutant
    });
    let mut found: Vec<Value> = replaced.collect();
    let Some((parent, key)) = at.rsplit_once('/') else { return found };
    for other in [None, Some("odd"), Some("at"), Some("start"), Some("repeat")] {
        let mut mutant = whole.clone();
        if let Some(map) = mutant.pointer_mut(parent).and_then(Value::as_object_mut) {
            let value = map.remove(key).unwrap();
            map.extend(other.map(|other| (other.to_owned(), value)));
            found.push(mutant);
        }
    }
    found
}

#[test]
fn no_file_is_read_that_the_schema_does_not_allow() {
    let schema: Value =
        serde_json::from_str(include_str!("../../schemas/test.schema.json")).unwrap();
    let schema = jsonschema::draft7::new(&schema).unwrap();
    let is_read = |name: &str, value: &Value| {
        testing::read(&Document::read(name, value.to_string().into_bytes())).is_ok()
    };
    let whole = whole();
    assert!(schema.is_valid(&whole) && is_read("a.test.json", &whole));
    let mut all = Vec::new();
    places(&whole, "", &mut all);
    let (mut valid, mut invalid) = (0, 0);
    for at in all {
        for mutant in mutants(&whole, &at) {
            let is_valid = schema.iter_errors(&mutant).next().is_none();
            let read = is_read("a.test.json", &mutant);
            assert!(is_valid || !read, "{at}: {mutant}");
            assert_eq!(read, is_read("a.test.yaml", &mutant), "{at}: {mutant}");
            *(if read { &mut valid } else { &mut invalid }) += 1;
        }
    }
    assert!(valid > 20 && invalid > 500, "{valid} {invalid}");
}

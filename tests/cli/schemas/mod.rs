//! The schemas of `schemas/`: that they are schemas, that they describe every field, and that
//! what the program writes and reads is what they say.
//!
//! A schema that allows too much is as wrong as one that allows too little. So beside the real
//! outputs every output with one thing changed is tried as well: a field less, a field more, a
//! value of another type.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use gatelint::catalogue::{Category, LockChange, Vocabulary};
use gatelint::diff::Change;
use gatelint::engine::{Missing, Outcome};
use gatelint::export::Loss;
use gatelint::lint::RULES;
use gatelint::policy::{Dialect, Order, Window};
use gatelint::replay::By;
use gatelint::solver::Why;
use gatelint::trace::{GrantBy, parse_record};
use jsonschema::Validator;
use serde_json::{Value, json};
use tempfile::TempDir;

mod explain;
mod stats;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

// Schemas as such

/// Every schema of the folder with its file's name.
fn schemas() -> Vec<(String, Value)> {
    let mut found: Vec<(String, Value)> = fs::read_dir(format!("{ROOT}/schemas"))
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

fn schema(name: &str) -> Value {
    let file = format!("{name}.schema.json");
    schemas().into_iter().find(|(found, _)| *found == file).expect("the schema exists").1
}

fn validator(name: &str) -> Validator {
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema(name)).unwrap()
}

/// The pointers of all properties without a description, their own or that of the definition they
/// refer to. Conditions (`if`, `then`, `else`) only narrow what is described elsewhere.
fn undescribed(root: &Value) -> Vec<String> {
    let mut found = Vec::new();
    visit(root, root, "", &mut found);
    found
}

fn visit(root: &Value, schema: &Value, at: &str, found: &mut Vec<String>) {
    let Some(keywords) = schema.as_object() else { return };
    for (keyword, value) in keywords {
        let at = format!("{at}/{keyword}");
        match (keyword.as_str(), value) {
            ("properties", Value::Object(properties)) => {
                for (name, property) in properties {
                    let at = format!("{at}/{name}");
                    if !is_described(root, property) {
                        found.push(at.clone());
                    }
                    visit(root, property, &at, found);
                }
            }
            ("$defs", Value::Object(definitions)) => {
                for (name, definition) in definitions {
                    visit(root, definition, &format!("{at}/{name}"), found);
                }
            }
            ("items" | "additionalProperties", value) => visit(root, value, &at, found),
            ("allOf" | "anyOf" | "oneOf", Value::Array(alternatives)) => {
                for (index, alternative) in alternatives.iter().enumerate() {
                    visit(root, alternative, &format!("{at}/{index}"), found);
                }
            }
            _ => {}
        }
    }
}

fn is_described(root: &Value, property: &Value) -> bool {
    let is_sentence = |text: &str| text.len() > 10 && text.ends_with('.');
    match (&property["description"], &property["$ref"]) {
        (Value::String(text), _) => is_sentence(text),
        (_, Value::String(reference)) => {
            let definition = reference.strip_prefix('#').and_then(|at| root.pointer(at));
            is_described(root, definition.expect("references lead to definitions"))
        }
        _ => false,
    }
}

#[test]
fn every_schema_is_valid_and_is_named_after_its_file() {
    let schemas = schemas();
    let names: Vec<&str> = schemas.iter().map(|(name, _)| name.as_str()).collect();
    for name in
        ["catalogue", "decision", "diff", "explain", "init", "lint", "replay", "stats", "trace"]
    {
        assert!(names.contains(&format!("{name}.schema.json").as_str()), "{names:?}");
    }
    for (name, schema) in &schemas {
        let error = jsonschema::draft202012::meta::validate(schema).err();
        assert!(error.is_none(), "{name}: {error:?}");
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema", "{name}");
        assert_eq!(schema["$id"], **name);
    }
}

#[test]
fn every_property_of_every_schema_is_described_in_a_sentence() {
    for (name, schema) in schemas() {
        assert!(is_described(&schema, &schema), "{name} itself");
        assert_eq!(undescribed(&schema), [""; 0], "{name}");
    }
}

#[test]
fn a_broken_schema_and_a_property_without_a_description_are_noticed() {
    let mut lint = schema("lint");
    *lint.pointer_mut("/$defs/line/type").unwrap() = json!("number of a line");
    assert!(jsonschema::draft202012::meta::validate(&lint).is_err());

    let mut lint = schema("lint");
    lint["$defs"]["line"].as_object_mut().unwrap().remove("description");
    lint["properties"]["summary"]["properties"]["info"]["description"] = json!("");
    let expected = [
        "/$defs/edit/properties/line",
        "/$defs/finding/properties/line",
        "/$defs/related/properties/line",
        "/properties/summary/properties/info",
    ];
    assert_eq!(undescribed(&lint), expected);
}

#[test]
fn the_schemas_know_exactly_the_words_that_the_program_has() {
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(schema("lint")["$defs"]["rule"]["enum"], json!(rules));

    let categories: Vec<&str> = Category::ALL.iter().map(|category| category.word()).collect();
    assert_eq!(schema("lint")["$defs"]["category"]["enum"], json!(categories));
    let windows = json!(Window::ALL.map(Window::name));
    assert_eq!(schema("lint")["$defs"]["window"]["enum"], windows);
    let operators = json!([Order::Lt, Order::Lte, Order::Gt, Order::Gte].map(Order::name));
    let comparison = &schema("lint")["$defs"]["string_number_bypass_facts"]["properties"];
    assert_eq!(comparison["operator"]["enum"], operators);
    let dialects = json!([Dialect::V1.code(), Dialect::Intercept.code(), null]);
    assert_eq!(schema("lint")["$defs"]["policy"]["properties"]["dialect"]["enum"], dialects);

    let outcomes = json!(Outcome::ALL.map(Outcome::name));
    assert_eq!(schema("decision")["$defs"]["outcome"]["enum"], outcomes);
    assert_eq!(schema("diff")["$defs"]["outcome"]["enum"], outcomes);
    assert_eq!(schema("replay")["$defs"]["outcomes"]["required"], outcomes);
    assert_eq!(schema("replay")["$defs"]["by"]["enum"], json!(By::ALL.map(By::name)));
    assert_eq!(schema("replay-row")["properties"]["by"]["enum"], json!(By::ALL.map(By::name)));
    let mut window = windows.clone();
    window.as_array_mut().unwrap().push(Value::Null);
    let limit = schema("replay")["$defs"]["limit"].clone();
    assert_eq!(limit["properties"]["window"]["enum"], window);

    let changes = json!(Change::ALL.map(Change::name));
    assert_eq!(schema("diff")["$defs"]["group"]["properties"]["change"]["enum"], changes);
    assert_eq!(schema("diff")["properties"]["changes"]["required"], changes);

    let mut reasons = json!(Why::ALL.map(Why::code));
    reasons.as_array_mut().unwrap().push(Value::Null);
    let why = schema("diff")["$defs"]["lost"]["properties"]["why"].clone();
    assert_eq!(why["enum"], reasons);
    for code in Why::ALL.map(Why::code) {
        let explained = format!(" {code}: ");
        assert!(why["description"].as_str().unwrap().contains(&explained), "{code}");
    }

    let mut missing = json!(Missing::ALL.map(Missing::code));
    assert_eq!(schema("replay")["properties"]["missing"]["propertyNames"]["enum"], missing);
    missing.as_array_mut().unwrap().push(Value::Null);
    let decision = schema("decision")["$defs"]["missing"].clone();
    assert_eq!(schema("decision")["properties"]["assumed"]["enum"], missing);
    let side = schema("diff")["$defs"]["side"]["properties"]["missing"].clone();
    assert_eq!(decision["enum"], missing);
    assert_eq!(decision, side, "both describe the facts in the same words");
    for code in Missing::ALL.map(Missing::code) {
        let explained = format!(" {code}: ");
        assert!(decision["description"].as_str().unwrap().contains(&explained), "{code}");
    }
}

// Outputs

/// A folder with files, in which the program is run.
struct Folder(TempDir);

impl Folder {
    fn with(files: &[(&str, &str)]) -> Folder {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Folder(folder)
    }

    /// Runs the program; its exit status and what it writes to standard output.
    fn run(&self, arguments: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_gatelint"))
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    }

    fn run_json(&self, arguments: &[&str]) -> (i32, Value) {
        let (status, text) = self.run(arguments);
        (status, serde_json::from_str(&text).unwrap())
    }
}

fn accepts(schema: &Validator, output: &Value) {
    let errors: Vec<String> =
        schema.iter_errors(output).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(errors, [""; 0], "{output:#}");
}

/// The changes of a valid output, one thing at a time, that the schema does not mind: each value
/// replaced by one that stands nowhere, each field removed, each object and list extended.
fn tolerated(schema: &Validator, output: &Value) -> Vec<String> {
    accepts(schema, output);
    let mut found = Vec::new();
    let mut attempt = |what: String, change: &dyn Fn(&mut Value)| {
        let mut changed = output.clone();
        change(&mut changed);
        assert_ne!(changed, *output, "{what} changes nothing");
        if schema.is_valid(&changed) {
            found.push(what);
        }
    };
    for place in places(output) {
        let is_list = output.pointer(&place).unwrap().is_array();
        let nonsense = if is_list { json!({ "surplus": 1 }) } else { json!([0.5]) };
        attempt(format!("{place} replaced"), &|output| {
            *output.pointer_mut(&place).unwrap() = nonsense.clone();
        });
        attempt(format!("{place} extended"), &|output| match output.pointer_mut(&place).unwrap() {
            Value::Object(fields) => _ = fields.insert("surplus".into(), json!(1)),
            Value::Array(elements) => elements.push(json!([0.5])),
            scalar => *scalar = json!({ "surplus": 1 }),
        });
        let Some((parent, key)) = place.rsplit_once('/') else { continue };
        if output.pointer(parent).unwrap().is_object() {
            attempt(format!("{place} removed"), &|output| {
                let fields = output.pointer_mut(parent).unwrap().as_object_mut().unwrap();
                fields.remove(&key.replace("~1", "/").replace("~0", "~")).unwrap();
            });
        }
    }
    found
}

/// The pointers of a value and of everything in it.
fn places(value: &Value) -> Vec<String> {
    let below = |key: &str, value: &Value| {
        let key = key.replace('~', "~0").replace('/', "~1");
        places(value).into_iter().map(|rest| format!("/{key}{rest}")).collect::<Vec<_>>()
    };
    let mut found = vec![String::new()];
    match value {
        Value::Object(fields) => {
            found.extend(fields.iter().flat_map(|(key, value)| below(key, value)));
        }
        Value::Array(elements) => {
            let elements = elements.iter().enumerate();
            found.extend(elements.flat_map(|(index, value)| below(&index.to_string(), value)));
        }
        _ => {}
    }
    found
}

/// Asserts that an output which is valid as it is becomes invalid with another value at a place.
fn refuses(schema: &Validator, output: &Value, place: &str, value: Value) {
    assert!(schema.is_valid(output));
    let mut changed = output.clone();
    *changed.pointer_mut(place).expect("the place exists") = value.clone();
    assert!(!schema.is_valid(&changed), "{place} may be {value}");
}

#[test]
fn an_output_with_a_loose_schema_is_noticed() {
    let schema = json!({
        "required": ["a"],
        "properties": { "a": { "type": "integer" }, "b": { "type": "array" } }
    });
    let schema = jsonschema::draft202012::new(&schema).unwrap();
    let found = tolerated(&schema, &json!({ "a": 1, "b": ["x/y"] }));
    let expected =
        [" replaced", " extended", "/b extended", "/b removed", "/b/0 replaced", "/b/0 extended"];
    assert_eq!(found, expected);
}

// lint

const POLICY_WITH_MISTAKES: &str = r#"{
  "version": "1",
  "default": "allow",
  "tools": {
    "lösche": {"limits": [{"counter": "ä", "window": "minutes", "max": 5, "scope": "grant"}]},
    "delete_x": {"deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 9}]}]},
    "delete_x": {
      "deny_if": [
        {"conditions": [
          {"path": "args.n", "op": "gt", "value": 9},
          {"path": "args.n", "op": "lt", "value": 2}]},
        {"conditions": [{"path": "args.m", "op": "gte", "value": 5}]}]}
  }
}
"#;

/// What a finding says and where, without the words.
fn gist(finding: &Value) -> Value {
    let place = |of: &Value| json!([of["line"], of["column"], of["end_line"], of["end_column"]]);
    let related: Vec<Value> = finding["related"].as_array().unwrap().iter().map(place).collect();
    json!([finding["rule"], finding["class"], finding["severity"], place(finding), related])
}

/// The first finding of a rule.
fn with_rule<'o>(output: &'o Value, rule: &str) -> &'o Value {
    let findings = output["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["rule"] == rule).expect("the rule found something")
}

/// The output with only one of its findings, so that trying every change of it stays quick.
fn alone(output: &Value, finding: &Value) -> Value {
    let mut output = output.clone();
    output["findings"] = json!([finding]);
    output
}

#[test]
fn findings_follow_the_schema_and_stand_where_the_mistakes_are() {
    let folder = Folder::with(&[("policy.json", POLICY_WITH_MISTAKES)]);
    let (status, output) = folder.run_json(&["lint", "policy.json", "--format", "json"]);
    assert_eq!(status, 1);
    let findings = output["findings"].as_array().unwrap();
    // Of `delete_x` only the last entry is judged, and of that one nothing slips past what never
    // denies anything.
    let expected = [
        json!(["default-allow", "risk", "warning", [3, 14, 3, 21], []]),
        json!(["unknown-window", "invalid", "error", [5, 54, 5, 63], []]),
        json!(["duplicate-key", "risk", "error", [7, 5, 7, 15], [[6, 5, 6, 15]]]),
        json!(["reachable-destructive-tool", "risk", "warning", [7, 5, 7, 15], []]),
        json!(["contradictory-conditions", "risk", "error", [11, 11, 11, 53], [[10, 11, 10, 53]]]),
        json!(["missing-argument-bypass", "risk", "warning", [12, 25, 12, 68], []]),
        json!(["string-number-bypass", "risk", "warning", [12, 25, 12, 68], []]),
    ];
    assert_eq!(findings.iter().map(gist).collect::<Vec<_>>(), expected);
    let window = with_rule(&output, "unknown-window");
    assert_eq!(window["pointer"], "/tools/lösche/limits/0/window");
    assert_eq!(window["facts"], json!({ "found": "`minutes`", "nearest": "minute" }));
    assert_eq!(window["fix"]["edits"][0]["text"], "\"minute\"");
    let clash = with_rule(&output, "contradictory-conditions");
    assert_eq!(
        clash["facts"],
        json!({ "tool": "delete_x", "subject": "args.n", "never_denies": true, "alone": false })
    );
    let count = |severity| findings.iter().filter(|found| found["severity"] == severity).count();
    assert_eq!(
        output["summary"],
        json!({
            "policies": 1,
            "error": count("error"),
            "warning": count("warning"),
            "info": count("info"),
            "ignored": 0,
            "baselined": 0,
            "stale_baseline": 0
        })
    );
    assert_eq!(
        output["policies"],
        json!([{ "file": "policy.json", "dialect": "v1", "server": null, "server_named": false }])
    );
    let schema = validator("lint");
    for finding in findings {
        assert_eq!(tolerated(&schema, &alone(&output, finding)), [""; 0]);
    }
}

#[test]
fn places_that_no_editor_knows_and_words_that_nobody_uses_are_refused() {
    let folder = Folder::with(&[("policy.json", POLICY_WITH_MISTAKES)]);
    let (_, output) = folder.run_json(&["lint", "policy.json", "--format", "json"]);
    let clash = with_rule(&output, "contradictory-conditions");
    let output = alone(&output, clash);
    let schema = validator("lint");
    for (place, value) in [
        ("/schema_version", json!(2)),
        ("/findings/0/line", json!(0)),
        ("/findings/0/column", json!(0)),
        ("/findings/0/end_line", json!(0)),
        ("/findings/0/end_column", json!(0)),
        ("/findings/0/related/0/line", json!(0)),
        ("/findings/0/related/0/column", json!(0)),
        ("/findings/0/line", json!(1.5)),
        ("/findings/0/line", Value::Null),
        ("/findings/0/pointer", json!("tools/delete_x")),
        ("/findings/0/rule", json!("contradictory_conditions")),
        ("/findings/0/rule", json!("default-allow")),
        ("/findings/0/rule", json!("duplicate-key")),
        ("/findings/0/class", json!("invalid")),
        ("/findings/0/severity", json!("Error")),
        ("/findings/0/message", json!("")),
        ("/findings/0/facts", Value::Null),
        ("/findings/0/facts", json!({})),
        ("/findings/0/facts/subject", json!("n")),
        ("/findings/0/facts/alone", json!(true)),
        ("/findings/0/related", json!([])),
        ("/findings/0/related/0/message", json!("")),
        ("/policies/0/dialect", json!("v2")),
        ("/policies/0/dialect", json!("PolicyLayer version 1")),
        ("/policies/0/dialect", json!("Intercept")),
        ("/policies/0/server_named", json!(true)),
        ("/summary/info", json!(-1)),
    ] {
        refuses(&schema, &output, place, value);
    }
}

#[test]
fn a_document_that_cannot_be_read_to_its_end_is_a_finding_and_no_policy() {
    let broken = "{\n  \"version\": \"1\",\n  \"tools\": {\"é\": ]\n}\n";
    let folder = Folder::with(&[("broken.json", broken)]);
    let (status, output) =
        folder.run_json(&["lint", "broken.json", "absent.json", "--format", "json"]);
    assert_eq!(status, 2);
    let [finding] = output["findings"].as_array().unwrap().as_slice() else {
        panic!("one finding: {output:#}")
    };
    assert_eq!((&finding["rule"], &finding["class"]), (&json!("syntax-error"), &json!("invalid")));
    assert_eq!(finding["file"], "broken.json");
    assert_eq!((&finding["line"], &finding["column"]), (&json!(3), &json!(18)));
    assert_eq!(finding["pointer"], Value::Null);
    assert_eq!(finding["facts"]["problem"], "syntax");
    assert_eq!(finding["facts"]["message"], finding["message"]);
    assert_eq!(output["policies"].as_array().unwrap().len(), 1);
    assert_eq!(output["policies"][0]["dialect"], Value::Null);
    assert_eq!(output["unreadable"].as_array().unwrap().len(), 1);
    assert_eq!(output["unreadable"][0]["file"], "absent.json");
    assert_eq!(
        (&output["summary"]["policies"], &output["summary"]["error"]),
        (&json!(1), &json!(1))
    );
    let schema = validator("lint");
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    refuses(&schema, &output, "/policies/0/server", json!("shop"));
    refuses(&schema, &output, "/unreadable/0/message", json!(""));
}

#[test]
fn an_output_without_any_document_follows_the_schema() {
    let folder = Folder::with(&[("notes.txt", "nothing here")]);
    let (status, output) = folder.run_json(&["lint", ".", "--format", "json"]);
    assert_eq!(status, 3);
    assert_eq!((&output["findings"], &output["policies"]), (&json!([]), &json!([])));
    assert_eq!(tolerated(&validator("lint"), &output), [""; 0]);
}

const SHOP: &str = r#"{"server": "shop", "tools": [
  {"name": "run_job", "category": "Execute",
   "arguments": {"script": {"required": true}, "count": {"type": "number"}}},
  {"name": "put_x", "category": "Write", "annotations": {"readOnlyHint": true}},
  {"name": "start_job", "category": "Execute"},
  {"name": "stop_job", "category": "Execute"},
  {"name": "update_x", "category": "Write"},
  {"name": "delete_x", "category": "Destructive"},
  {"name": "wipe", "category": "Destructive"},
  {"name": "hidden_x", "category": "Read"},
  {"name": "pay", "category": "Financial"}]}"#;

const RISKS: &str = r#"{"version": "1", "default": "allow", "hide": ["hidden_x"], "tools": {
  "run_job": {},
  "start_job": {"limits": [
    {"counter": "a", "window": "hour", "max": 100, "scope": "grant"}]},
  "stop_job": {"limits": [
    {"counter": "a", "window": "minute", "max": 100, "scope": "grant"},
    {"counter": "b", "window": "hour", "max": 10000, "scope": "grant"}]},
  "update_x": {},
  "delete_x": {},
  "delet_x": {},
  "hidden_x": {},
  "*": {},
  "pay": {
    "require": [{"conditions": [{"path": "args.note", "op": "regex", "value": "ok"}]}],
    "deny_if": [
      {"conditions": [
        {"path": "args.amount", "op": "gt", "value": 100},
        {"path": "args.amount", "op": "lt", "value": 10.5}]},
      {"conditions": [{"path": "args.currency", "op": "in", "value": []}]},
      {"conditions": [{"path": "args.amount", "op": "lte", "value": 0.5}]}]}}}"#;

const MISTAKES: &str = r#"{
  // JSON has no comments
  "version": 1, "tools": {
  "a": {
    "limtis": [],
    "rate_limit": {},
    "require": [{"conditions": [
      {"path": "x", "op": "=", "value": 1},
      {"path": "args.x", "op": "regex", "value": "(?=x)"},
      {"path": "args.y"}]}],
    "limits": [
      {"counter": "a", "window": "minutes", "max": 0, "scope": "user"},
      {"counter": "b", "window": "day", "max": 1, "scope": "grant"},
      {"counter": "b", "window": "day", "max": 2, "scope": "grant"}]},
  "b": {},
  "b": []}}"#;

const INTERCEPT_MISTAKES: &str = r#"version: "1"
hide: [x, x]
tools:
  t:
    rules:
      - {name: a, rate_limit: 10 per minute}
      - {action: deny}
      - {name: b, conditions: [{path: state.t.none, op: lte, value: 1}]}
      - name: c
        conditions: [{path: state.t.n, op: lte, value: -3}]
        state: {counter: n, window: day}
      - name: d
        conditions: [{path: state.t.m, op: lt, value: 4}]
        state: {counter: m, window: hour, increment: 5}
---
version: "1"
"#;

const MORE: &str = r#"{"version": "1", "default": "deny", "hide": ["hidden_x", "hidden_x"], "tools": {
  "put_x": {},
  "zzz": {},
  "run_job": {
    "require": [
      {"conditions": [{"path": "args.scrip", "op": "eq", "value": 1}]},
      {"conditions": [{"path": "args.count", "op": "regex", "value": "^1$"}]}],
    "limits": [
      {"counter": "start_job_rate", "window": "minute", "max": 1, "scope": "grant"},
      {"counter": "start_job_rate", "window": "day", "max": 9, "scope": "grant"}]},
  "start_job": {
    "deny_if": [{"conditions": []}],
    "limits": [{"counter": "n", "window": "minute", "max": 1, "scope": "grant"}]}}}"#;

const DEAD: &str = r#"{"version": "1", "default": "deny", "tools": {
  "run_job": {
    "deny_if": [
      {"conditions": [{"path": "args.count", "op": "gt", "value": 1}]},
      {"conditions": [{"path": "args.count", "op": "gt", "value": 2}]},
      {"conditions": [{"path": "args.count", "op": "neq", "value": "3"}]},
      {"conditions": [{"path": "args.script", "op": "not_in", "value": []}]}]},
  "stop_job": {
    "require": [{"conditions": [{"path": "args.name", "op": "regex", "value": "^a[0-9]$"}]}],
    "deny_if": [
      {"conditions": [{"path": "args.name", "op": "eq", "value": "b"}]},
      {"conditions": [{"path": "args.name", "op": "regex", "value": "^a"}]}],
    "limits": [{"counter": "n", "window": "minute", "max": 1, "scope": "grant"}]}}}"#;

const MORE_INTERCEPT: &str = r#"version: "1"
default: deny  # gatelint: ignore[default-allow] nothing to ignore
tools:
  # gatelint: ignore[default-alow] misspelt
  a.b:
    rules: [{name: a, rate_limit: 10/minute}]
  t:
    rules:
      - {name: b, conditions: [{path: args.x, op: eq, value: "1000000"}, {path: args.y, op: neq, value: 1}]}
      - {name: c, conditions: [{path: args.z, op: lt, value: 3}], state: {counter: n, window: day}}
      - name: d
        conditions: [{path: state.t.m, op: lt, value: 4}]
        state: {counter: m, window: hour, increment_from: args.amount}
"#;

const ONLY_WILDCARD: &str = "version: \"1\"\ndefault: deny\ntools: {\"*\": {rules: []}}\n";

fn findings_of_every_rule() -> Value {
    let folder = Folder::with(&[
        ("shop.json", SHOP),
        ("risks.json", RISKS),
        ("mistakes.json", MISTAKES),
        ("mistakes.yaml", INTERCEPT_MISTAKES),
        ("more.json", MORE),
        ("more.yaml", MORE_INTERCEPT),
        ("wildcard.yaml", ONLY_WILDCARD),
        ("dead.json", DEAD),
        ("tool-list.json", r#"{"tools": [{"name": "run_job"}]}"#),
        ("broken.json", "{"),
    ]);
    let arguments = ["lint", "--catalogue", "shop.json", "--server", "shop", "--format", "json"];
    let documents = [
        "risks.json",
        "mistakes.json",
        "mistakes.yaml",
        "tool-list.json",
        "broken.json",
        "more.json",
        "more.yaml",
        "wildcard.yaml",
        "dead.json",
    ];
    // Also those that must be selected.
    let rules = RULES.iter().map(|rule| rule.name).collect::<Vec<_>>().join(",");
    let select = ["--select", &rules];
    let (status, output) = folder.run_json(&[&arguments[..], &select, &documents[..]].concat());
    assert_eq!(status, 2);
    output
}

#[test]
fn findings_of_every_rule_follow_the_schema_with_their_facts() {
    let output = findings_of_every_rule();
    let findings = output["findings"].as_array().unwrap();
    let found: BTreeSet<&str> =
        findings.iter().map(|finding| finding["rule"].as_str().unwrap()).collect();
    assert_eq!(found, RULES.iter().map(|rule| rule.name).collect());

    let schema = validator("lint");
    accepts(&schema, &output);
    for finding in findings {
        assert_eq!(tolerated(&schema, &alone(&output, finding)), [""; 0]);
    }
    let all_facts = |rule: &str, file: &str| {
        let of = |finding: &&Value| finding["rule"] == rule && finding["file"] == file;
        findings.iter().filter(of).map(|finding| &finding["facts"]).collect::<Vec<_>>()
    };
    let facts = |rule: &str, file: &str| all_facts(rule, file)[0].clone();
    // These two are found while a version 1 policy is read, and in an Intercept policy by a rule.
    let missing = json!({ "violation": "missing-field", "field": "default" });
    assert_eq!(facts("missing-default", "mistakes.json"), missing);
    assert_eq!(facts("missing-default", "mistakes.yaml"), json!({}));
    assert_eq!(facts("non-positive-limit", "mistakes.json"), json!({ "max": "0" }));
    let shut = |rule, max, amount| json!({ "rule": rule, "max": max, "amount": amount });
    assert_eq!(
        all_facts("non-positive-limit", "mistakes.yaml"),
        [&shut("c", -3, 1), &shut("d", 3, 5)]
    );
    assert_eq!(facts("default-allow", "risks.json"), json!({ "listed": 8, "ruled": false }));
    assert_eq!(facts("literal-wildcard", "risks.json"), json!({}));
    let wildcard = with_rule(&output, "literal-wildcard");
    assert_eq!(
        (&gist(wildcard), &wildcard["pointer"]),
        (&json!(["literal-wildcard", "risk", "error", [12, 3, 12, 6], []]), &json!("/tools/*"))
    );
    assert_eq!(
        all_facts("burst-window", "risks.json"),
        [&json!({
            "tools": ["start_job"], "calls": 100, "window": "hour", "recommended_per_minute": 10
        })]
    );
    assert_eq!(
        all_facts("loose-limit", "risks.json"),
        [&json!({
            "tools": ["stop_job"],
            "category": "Execute",
            "calls": 100,
            "window": "minute",
            "recommended_per_minute": 10
        })]
    );
    assert_eq!(
        all_facts("contradictory-conditions", "risks.json"),
        [
            &json!({
                "tool": "pay", "subject": "args.amount", "never_denies": true, "alone": false
            }),
            &json!({
                "tool": "pay", "subject": "args.currency", "never_denies": true, "alone": true
            })
        ]
    );
    assert_eq!(
        all_facts("string-number-bypass", "risks.json"),
        [&json!({ "tool": "pay", "argument": "args.amount", "operator": "lte", "bound": 0.5 })]
    );
    assert_eq!(
        all_facts("missing-argument-bypass", "risks.json"),
        [&json!({ "tool": "pay", "argument": "args.amount", "optional": false })]
    );
    assert_eq!(
        facts("unknown-tool", "risks.json"),
        json!({ "tool": "delet_x", "server": "shop", "nearest": "delete_x" })
    );
    assert_eq!(
        facts("unlisted-risky-tool", "risks.json"),
        json!({ "server": "shop", "category": "Destructive", "tools": ["wipe"] })
    );
    assert_eq!(
        all_facts("shadowed-rule", "dead.json"),
        [&json!({ "behind_require": false }), &json!({ "behind_require": true })]
    );
    let always = |argument: &str, declared: Option<&str>| {
        json!({
            "argument": argument, "declared": declared, "whole_entry": true, "denies": true
        })
    };
    assert_eq!(
        all_facts("always-true-condition", "dead.json"),
        [&always("args.count", Some("number")), &always("args.script", None)]
    );
    assert_eq!(
        all_facts("dead-limit", "dead.json"),
        [&json!({ "tool": "stop_job", "reason": "entries-together" })]
    );
    assert_eq!(output["policies"][0]["server"], "shop");
    assert_eq!(output["policies"][0]["server_named"], true);
    assert_eq!(output["policies"][0]["dialect"], "v1");
    assert_eq!(output["policies"][2]["dialect"], "intercept");
}

#[test]
fn a_limit_that_tools_share_is_one_finding_with_all_of_them() {
    let policy = r#"{"version": "1", "default": "allow",
  "all_tools": {"limits": [
    {"counter": "calls", "window": "minute", "max": 40, "scope": "grant"}]},
  "tools": {
    "run_job": {"limits": [
      {"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant"}]},
    "start_job": {}, "stop_job": {}, "update_x": {}}}"#;
    let hourly = policy.replace("minute", "hour");
    let files = [("shop.json", SHOP), ("policy.json", policy), ("hourly.json", &hourly)];
    let folder = Folder::with(&files);
    let arguments = ["lint", "--catalogue", "shop.json", "--server", "shop", "--format", "json"];
    let lint = |file| {
        let (status, output) = folder.run_json(&[&arguments[..], &[file]].concat());
        assert_eq!(status, 1);
        output
    };
    let of = |output: &Value, rule: &str| -> Vec<Value> {
        let findings = output["findings"].as_array().unwrap();
        let of_rule = findings.iter().filter(|finding| finding["rule"] == rule);
        of_rule
            .map(|finding| {
                assert_eq!(finding["pointer"], "/all_tools/limits/0/max");
                finding["facts"].clone()
            })
            .collect()
    };
    let schema = validator("lint");
    let output = lint("policy.json");
    let loose = |tools: Value, category, recommended| {
        json!({
            "tools": tools,
            "category": category,
            "calls": 40,
            "window": "minute",
            "recommended_per_minute": recommended
        })
    };
    assert_eq!(
        of(&output, "loose-limit"),
        [
            loose(json!(["start_job", "stop_job"]), "Execute", 10),
            loose(json!(["update_x"]), "Write", 30)
        ]
    );
    let default = with_rule(&output, "default-allow");
    assert_eq!(default["facts"], json!({ "listed": 4, "ruled": true }));
    let finding = with_rule(&output, "loose-limit");
    let output = alone(&output, finding);
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    refuses(&schema, &output, "/findings/0/facts/tools", json!(["start_job", "start_job"]));

    let output = lint("hourly.json");
    let burst = json!({
        "tools": ["start_job", "stop_job"],
        "calls": 40,
        "window": "hour",
        "recommended_per_minute": 10
    });
    assert_eq!(of(&output, "burst-window"), [burst]);
    let output = alone(&output, with_rule(&output, "burst-window"));
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    refuses(&schema, &output, "/findings/0/facts/tools", json!(["start_job", "start_job"]));
}

#[test]
fn facts_that_no_rule_can_find_are_refused() {
    let output = findings_of_every_rule();
    let schema = validator("lint");
    for (rule, fact, value) in [
        ("burst-window", "recommended_per_minute", json!(0)),
        ("burst-window", "window", json!("week")),
        ("burst-window", "calls", json!(-1)),
        ("burst-window", "tools", json!([])),
        ("default-allow", "listed", json!(-1)),
        ("default-allow", "ruled", json!(1)),
        ("loose-limit", "category", json!("execute")),
        ("loose-limit", "tools", json!([])),
        ("missing-argument-bypass", "argument", json!("amount")),
        ("reachable-destructive-tool", "confidence", json!(1.5)),
        ("unbounded-write-tool", "confidence", json!(-0.5)),
        ("string-number-bypass", "operator", json!("eq")),
        ("unlisted-risky-tool", "tools", json!([])),
        ("unvalidated-execute-argument", "arguments", json!([])),
    ] {
        let output = alone(&output, with_rule(&output, rule));
        refuses(&schema, &output, &format!("/findings/0/facts/{fact}"), value);
    }
    // Whatever a finding without facts is called, it cannot have any; what has some needs them.
    for finding in output["findings"].as_array().unwrap() {
        let mut changed = finding.clone();
        changed["class"] = json!("risk");
        changed["facts"] = json!({});
        let is_valid = schema.is_valid(&alone(&output, &changed));
        let has_none = [
            "literal-wildcard",
            "missing-default",
            "uninspected-arguments",
            "wildcard-misses-unlisted",
        ]
        .map(Value::from);
        assert_eq!(is_valid, has_none.contains(&finding["rule"]), "{changed}");
        let mut limit_of = |max, amount| {
            changed["facts"] = json!({ "rule": "a", "max": max, "amount": amount });
            schema.is_valid(&alone(&output, &changed))
        };
        if finding["rule"] == "non-positive-limit" {
            assert!(limit_of(0, 1) && limit_of(1, 2) && limit_of(-1, 2), "{changed}");
            assert!(!limit_of(1, 1) && !limit_of(0, 0) && !limit_of(-1, -2), "{changed}");
        }
        if finding["rule"] == "contradictory-conditions" {
            let mut changed = finding.clone();
            changed["facts"]["alone"] = json!(!finding["facts"]["alone"].as_bool().unwrap());
            assert!(!schema.is_valid(&alone(&output, &changed)), "{changed}");
        }
    }
    for (place, value) in [
        ("/policies/0/server", json!("")),
        ("/policies/0/server_named", json!("yes")),
        ("/findings/0/help", json!("")),
    ] {
        refuses(&schema, &output, place, value);
    }
}

// baseline and configuration

#[test]
fn a_baseline_follows_the_schema() {
    let folder = Folder::with(&[("policy.json", POLICY_WITH_MISTAKES), ("broken.yaml", "a: [")]);
    let (status, _) = folder.run(&["lint", "policy.json", "--write-baseline=base.json"]);
    assert_eq!(status, 0);
    let text = fs::read_to_string(folder.0.path().join("base.json")).unwrap();
    let mut output: Value = serde_json::from_str(&text).unwrap();
    let fingerprints = |output: &Value| output["findings"].as_array().unwrap().len();
    assert_eq!(fingerprints(&output), 7);
    let schema = validator("baseline");
    accepts(&schema, &output);
    // One with a pointer and one without are enough to try every change of.
    let findings = output["findings"].as_array_mut().unwrap();
    findings.sort_by_key(|finding| finding["pointer"].is_null());
    findings.drain(1..6);
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    refuses(&schema, &output, "/version", json!(2));
    refuses(&schema, &output, "/findings/0/content", json!("short"));
}

#[test]
fn the_schema_of_the_configuration_refuses_what_its_reader_refuses() {
    let schema = validator("config");
    let valid = json!({
        "select": ["default-allow"],
        "ignore": ["loose-limit"],
        "rules": { "default-allow": { "severity": "error", "ignorable": false } },
        "limits": { "Execute": 5 },
        "policies": [{ "files": "a/*.json", "server": "paretools/http" }],
        "include": ["a"],
        "ignores": [{ "rule": "loose-limit", "files": "a", "pointer": "/tools/x", "reason": "r" }],
        "baseline": "b.json"
    });
    assert!(schema.is_valid(&valid));
    let read = |config: &Value| {
        let folder = Folder::with(&[("gatelint.yaml", &config.to_string())]);
        folder.run(&["config"]).0 == 0
    };
    assert!(read(&valid));
    for (place, value) in [
        ("/select", json!("default-allow")),
        ("/rules/default-allow/severity", json!("fatal")),
        ("/rules/default-allow/ignorable", json!("no")),
        ("/limits/Execute", json!(0)),
        ("/limits", json!({ "Read": 5 })),
        ("/policies/0/server", json!("")),
        ("/policies/0", json!({ "files": "a" })),
        ("/ignores/0/reason", json!("")),
        ("/ignores/0/pointer", json!("tools")),
        ("/baseline", json!(1)),
        ("/include", json!([1])),
    ] {
        refuses(&schema, &valid, place, value.clone());
        let mut changed = valid.clone();
        *changed.pointer_mut(place).unwrap() = value;
        assert!(!read(&changed), "{place} is read: {changed}");
    }
}

// replay

const POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "hide": ["drop_all"],
  "tools": {
    "run_job": {"limits": [
      {"counter": "run_job_rate", "window": "minute", "max": 2, "scope": "grant"}]},
    "deploy": {
      "require": [{
        "conditions": [{"path": "args.env", "op": "in", "value": ["test"]}],
        "on_deny": "Only test."}],
      "limits": [{"counter": "deploy_rate", "window": "hour", "max": 1, "scope": "grant"}]},
    "export": {"require": [{"conditions": [{"path": "args.to", "op": "eq", "value": "disk"}]}]},
    "import": {}
  }
}
"#;

const TRACE: &str = r#"{"tool":"run_job","ts":"2026-03-01T10:00:00.25Z","grant":"ci","args":{}}
{"tool":"run_job","ts":"2026-03-01T11:00:01+01:00","grant":"ci","args":{}}
no JSON
{"tool":"run_job","ts":"2026-03-01T10:00:40Z","grant":"ci","args":{}}
{"tool":"deploy","ts":"2026-03-01T10:00:41Z","grant":"ann","args":{"env":"prod"}}
{"tool":"deploy","ts":"2026-03-01T10:00:42Z","grant":"ann","args":{"env":"test"}}
{"tool":"export","ts":1772359243,"grant":"bob","args_hash":"sha256:0"}
{"ts":1772359244,"grant":"bob"}
{"tool":"import","ts":1772359245,"grant":"bob","args_hash":"sha256:0"}
{"tool":"drop_all"}
"#;

#[test]
fn a_summary_follows_the_schema_and_counts_what_the_trace_holds() {
    let folder = Folder::with(&[("policy.json", POLICY), ("trace.jsonl", TRACE)]);
    let arguments = ["replay", "--policy", "policy.json", "trace.jsonl", "--format", "json"];
    let (status, output) = folder.run_json(&arguments);
    assert_eq!(status, 2, "bad lines make the exit status 2");
    let allowing = [&arguments[..], &["--allow-bad-lines"]].concat();
    assert_eq!(folder.run_json(&allowing), (0, output.clone()));

    assert_eq!((&output["calls"], &output["grants"]), (&json!(8), &json!(4)));
    assert_eq!(
        output["outcomes"],
        json!({ "allow": 4, "deny": 2, "throttle": 1, "indeterminate": 1 })
    );
    assert_eq!(output["first"], "2026-03-01T10:00:00.25Z");
    assert_eq!(output["last"], "2026-03-01T10:00:45Z");
    let tools: Vec<&Value> =
        output["tools"].as_array().unwrap().iter().map(|tool| &tool["tool"]).collect();
    assert_eq!(tools, ["deploy", "drop_all", "export", "import", "run_job"]);
    assert_eq!(
        output["tools"][4],
        json!({ "tool": "run_job", "allow": 2, "deny": 0, "throttle": 1, "indeterminate": 0 })
    );
    let rules: Vec<Value> = output["rules"].as_array().unwrap().iter().map(rule_gist).collect();
    let expected = [
        json!(["(hidden)", "/hide/0", "deny", 1]),
        json!(["/tools/deploy/require/args.env-in", "/tools/deploy/require/0", "deny", 1]),
        json!(["/tools/run_job/limits/run_job_rate", "/tools/run_job/limits/0", "throttle", 1]),
    ];
    assert_eq!(rules, expected);
    assert_eq!(
        output["limits"][1],
        json!({
            "policy": 0,
            "rule": "/tools/run_job/limits/run_job_rate",
            "pointer": "/tools/run_job/limits/0",
            "window": "minute",
            "max": 2,
            "shared": false,
            "peak": {
                "used": 2,
                "possible": 2,
                "percent": 100.0,
                "grant": "ci",
                "window": "2026-03-01T10:00:00Z"
            },
            "calls": 1,
            "holds": 1,
            "held_seconds": 20,
            "first": {
                "grant": "ci",
                "from": "2026-03-01T10:00:40Z",
                "until": "2026-03-01T10:01:00Z"
            }
        })
    );
    assert_eq!(output["limits"][0]["peak"]["used"], 1);
    assert_eq!(output["limits"].as_array().unwrap().len(), 2);
    assert_eq!(
        output["timeline"]["buckets"][0],
        json!({
            "from": "2026-03-01T10:00:00Z", "allow": 1, "deny": 0, "throttle": 0, "indeterminate": 0
        })
    );
    assert_eq!((&output["timeline"]["seconds"], &output["untimed"]), (&json!(1), &json!(1)));
    assert_eq!(output["rules"][2]["top_grants"], json!([{ "name": "ci", "calls": 1 }]));
    assert_eq!(output["missing"], json!({ "hashed-arguments": 1 }));
    assert_eq!(output["bad_lines"], 2);
    let lines: Vec<(&Value, &Value)> = output["bad_line_examples"]
        .as_array()
        .unwrap()
        .iter()
        .map(|bad| (&bad["file"], &bad["line"]))
        .collect();
    let file = json!("trace.jsonl");
    assert_eq!(lines, [(&file, &json!(3)), (&file, &json!(8))]);

    // Which facts are missing differs from trace to trace; that is all that may be left out.
    let schema = validator("replay");
    assert_eq!(tolerated(&schema, &output), ["/missing/hashed-arguments removed"]);
    for (place, value) in [
        ("/schema_version", json!(2)),
        ("/calls", json!(-1)),
        ("/first", json!("yesterday")),
        ("/last", json!(1772359245)),
        ("/outcomes/deny", json!(0.5)),
        ("/missing", json!({ "a good night's sleep": 1 })),
        ("/missing", json!({ "the arguments were hashed": 1 })),
        ("/missing", json!({ "hashed-arguments": 0 })),
        ("/rules/0/outcome", json!("allow")),
        ("/rules/0/rule", json!("")),
        ("/rules/0/pointer", json!("")),
        ("/rules/0/pointer", json!("hide/0")),
        ("/rules/0/calls", json!(0)),
        ("/limits/1/holds", json!(0)),
        ("/limits/1/first", Value::Null),
        ("/limits/1/window", json!("week")),
        ("/limits/1/peak/used", json!(-1)),
        ("/timeline/seconds", json!(0)),
        ("/groups/by", json!("day")),
        ("/assumed", json!([{ "assumption": "time=maybe", "calls": 1 }])),
        ("/groups/rows/0/calls", json!(0)),
        ("/limits/1/first/until", json!("10:01")),
        ("/bad_line_examples/0/line", json!(0)),
        ("/bad_line_examples", json!(vec![output["bad_line_examples"][0].clone(); 11])),
    ] {
        refuses(&schema, &output, place, value);
    }
}

fn rule_gist(rule: &Value) -> Value {
    json!([rule["rule"], rule["pointer"], rule["outcome"], rule["calls"]])
}

#[test]
fn the_summary_of_an_empty_trace_and_of_one_without_times_follow_the_schema() {
    let untimed = "{\"tool\":\"run_job\"}\n".repeat(3);
    let folder =
        Folder::with(&[("policy.json", POLICY), ("empty.jsonl", ""), ("untimed.jsonl", &untimed)]);
    let run =
        |trace| folder.run_json(&["replay", "--policy", "policy.json", trace, "--format", "json"]);
    let schema = validator("replay");
    let (status, empty) = run("empty.jsonl");
    assert_eq!((status, &empty["calls"], &empty["first"]), (3, &json!(0), &Value::Null));
    assert_eq!(tolerated(&schema, &empty), [""; 0]);

    let (status, untimed) = run("untimed.jsonl");
    assert_eq!((status, &untimed["last"]), (0, &Value::Null));
    assert_eq!(untimed["outcomes"]["indeterminate"], 1);
    assert_eq!(untimed["missing"], json!({ "time": 1 }));
    assert_eq!(tolerated(&schema, &untimed), ["/missing/time removed"]);
}

#[test]
fn a_comparison_with_what_was_recorded_follows_the_schema() {
    let lines: String = ["allow", "deny", "throttle"]
        .iter()
        .map(|decision| format!("{{\"tool\":\"drop_all\",\"ts\":0,\"decision\":\"{decision}\"}}\n"))
        .collect();
    let folder = Folder::with(&[("policy.json", POLICY), ("trace.jsonl", &lines)]);
    let arguments = ["replay", "--policy", "policy.json", "trace.jsonl", "--format", "json"];
    let (status, output) = folder.run_json(&[&arguments[..], &["--compare-recorded"]].concat());
    assert_eq!((status, &output["recorded"]["disagree"]), (0, &json!(2)));
    let schema = validator("replay");
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    refuses(&schema, &output, "/recorded/examples/0/recorded", json!("indeterminate"));
    refuses(&schema, &output, "/recorded/examples/0/outcome", json!("indeterminate"));
    refuses(&schema, &output, "/recorded/examples/0/n", json!(0));
}

#[test]
fn calls_under_several_policies_follow_the_schema() {
    let trace = "{\"tool\":\"import\",\"server\":\"a\"}\n{\"tool\":\"import\",\"server\":\"b\"}\n\
        {\"tool\":\"import\",\"server\":\"c\"}\n{\"tool\":\"import\"}\n";
    let folder =
        Folder::with(&[("policy.json", POLICY), ("b.json", POLICY), ("trace.jsonl", trace)]);
    let arguments =
        ["replay", "--policy", "a=policy.json", "--policy", "b=b.json", "--behind-gateway", "c"];
    let (status, output) =
        folder.run_json(&[&arguments[..], &["trace.jsonl", "--format", "json"]].concat());
    assert_eq!((status, &output["calls"]), (0, &json!(3)));
    assert_eq!(output["policies"], json!(["policy.json", "b.json"]));
    assert_eq!(output["not_covered"], json!([{ "name": "", "calls": 1 }]));
    let schema = validator("replay");
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    assert_eq!(rule_gist(&output["rules"][0]), json!(["(no policy)", "", "deny", 1]));
    refuses(&schema, &output, "/rules/0/pointer", json!("/default"));
    refuses(&schema, &output, "/rules/0/policy", json!(0));
    refuses(&schema, &output, "/rules/0/rule", json!("(hidden)"));

    let text = folder.run(&[&arguments[..], &["trace.jsonl", "--decisions"]].concat()).1;
    let decisions: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((decisions.len(), &decisions[2]["rule"]), (3, &json!("(no policy)")));
    let schema = validator("decision");
    decisions.iter().for_each(|decision| accepts(&schema, decision));
    refuses(&schema, &decisions[2], "/pointer", json!("/default"));
}

#[test]
fn a_rule_that_denies_and_throttles_has_an_entry_for_each() {
    let policy = r#"version: "1"
default: deny
tools:
  deploy:
    rules:
      - name: twice in test
        conditions:
          - {path: args.env, op: eq, value: test}
          - {path: state.deploy.done, op: lte, value: 2}
        state: {counter: done, window: day}
"#;
    let trace: String = ["test", "test", "test", "prod", "test", "prod", "test"]
        .iter()
        .map(|env| format!("{{\"tool\":\"deploy\",\"ts\":0,\"args\":{{\"env\":\"{env}\"}}}}\n"))
        .collect();
    let folder = Folder::with(&[("policy.yaml", policy), ("trace.jsonl", &trace)]);
    let arguments = ["replay", "--policy", "policy.yaml", "trace.jsonl", "--format", "json"];
    let (status, output) = folder.run_json(&arguments);
    assert_eq!(status, 0);
    let rules: Vec<Value> = output["rules"].as_array().unwrap().iter().map(rule_gist).collect();
    let expected = [
        json!(["twice in test", "/tools/deploy/rules/0", "deny", 2]),
        json!(["twice in test", "/tools/deploy/rules/0", "throttle", 3]),
    ];
    assert_eq!(rules, expected);
    assert_eq!(
        (output["limits"].as_array().unwrap().len(), &output["limits"][0]["calls"]),
        (1, &json!(3))
    );
    assert_eq!(tolerated(&validator("replay"), &output), [""; 0]);
}

#[test]
fn a_limit_that_no_call_can_ever_pass_holds_nobody() {
    let policy = r#"version: "1"
default: deny
tools:
  pay:
    rules:
      - name: budget
        conditions: [{path: state.pay.spent, op: lte, value: 3}]
        state: {counter: spent, window: day, increment_from: args.amount}
"#;
    let call = r#"{"tool":"pay","ts":"2026-03-01T10:00:00Z","args":{"amount":5}}"#;
    let folder = Folder::with(&[("policy.yaml", policy), ("trace.jsonl", call)]);
    let arguments = ["replay", "--policy", "policy.yaml", "trace.jsonl", "--format", "json"];
    let (status, output) = folder.run_json(&arguments);
    assert_eq!(status, 0);
    assert_eq!(
        output["limits"],
        json!([{
            "policy": 0,
            "rule": "budget",
            "pointer": "/tools/pay/rules/0",
            "window": "day",
            "max": 3,
            "shared": true,
            "peak": {
                "used": 0, "possible": 0, "percent": 0.0, "grant": null, "window": null
            },
            "calls": 1,
            "holds": 0,
            "held_seconds": 0,
            "first": null
        }])
    );
    let schema = validator("replay");
    assert_eq!(tolerated(&schema, &output), [""; 0]);
    let hold = json!({
        "grant": "", "from": "2026-03-01T10:00:00Z", "until": "2026-03-02T00:00:00Z"
    });
    refuses(&schema, &output, "/limits/0/first", hold);
    refuses(&schema, &output, "/limits/0/held_seconds", json!(1));
}

// replay --decisions

#[test]
fn every_decision_follows_the_schema_and_says_who_refused_and_until_when() {
    let folder = Folder::with(&[("policy.json", POLICY), ("trace.jsonl", TRACE)]);
    let (status, text) =
        folder.run(&["replay", "--policy", "policy.json", "trace.jsonl", "--decisions"]);
    assert_eq!(status, 2);
    let decisions: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let outcomes: Vec<&Value> = decisions.iter().map(|decision| &decision["outcome"]).collect();
    assert_eq!(
        outcomes,
        ["allow", "allow", "throttle", "deny", "allow", "indeterminate", "allow", "deny"]
    );
    let schema = validator("decision");
    for (index, decision) in decisions.iter().enumerate() {
        assert_eq!(decision["n"], index + 1);
        assert_eq!(tolerated(&schema, decision), [""; 0]);
    }
    assert_eq!(
        decisions[2],
        json!({
            "n": 3,
            "ts": "2026-03-01T10:00:40Z",
            "file": "trace.jsonl",
            "line": 4,
            "id": "",
            "grant": "ci",
            "tool": "run_job",
            "outcome": "throttle",
            "rule": "/tools/run_job/limits/run_job_rate",
            "pointer": "/tools/run_job/limits/0",
            "message": "Rate limit exceeded for run_job_rate",
            "retry_at": "2026-03-01T10:01:00Z",
            "missing": null,
            "assumed": null
        })
    );
    assert_eq!(decisions[3]["message"], "Only test.");
    let missing: Vec<&Value> = decisions.iter().map(|decision| &decision["missing"]).collect();
    let none = &Value::Null;
    let hashed = json!("hashed-arguments");
    assert_eq!(missing, [none, none, none, none, none, &hashed, none, none]);
    assert_eq!((&decisions[7]["ts"], &decisions[7]["grant"]), (&Value::Null, &json!("")));
    assert_eq!(decisions[7]["pointer"], "/hide/0");
}

#[test]
fn a_decision_that_contradicts_itself_is_refused() {
    let schema = validator("decision");
    let decision = |outcome: &str, rule: &str, retry_at: Value| {
        let pointer = if rule.is_empty() { "" } else { "/tools/t/limits/0" };
        json!({
            "n": 1, "ts": "2026-03-01T10:00:00Z", "file": "f", "line": 1, "id": "", "grant": "", "tool": "t", "outcome": outcome,
            "rule": rule, "pointer": pointer, "message": "", "retry_at": retry_at, "missing": null,
            "assumed": null
        })
    };
    let time = || json!("2026-03-01T10:01:00Z");
    let undecided = |mut decision: Value| {
        decision["missing"] = json!("time");
        decision
    };
    for valid in [
        decision("allow", "", Value::Null),
        decision("deny", "r", Value::Null),
        decision("throttle", "r", time()),
        decision("throttle", "r", Value::Null),
        undecided(decision("indeterminate", "", Value::Null)),
    ] {
        assert!(schema.is_valid(&valid), "{valid}");
        let is_refusal = valid["rule"] == "r";
        let (rule, pointer) = if is_refusal { ("", "") } else { ("r", "/default") };
        refuses(&schema, &valid, "/rule", json!(rule));
        refuses(&schema, &valid, "/pointer", json!(pointer));
        let mut worded = valid.clone();
        worded["message"] = json!("Wait.");
        assert_eq!(schema.is_valid(&worded), is_refusal, "{worded}");
        for (place, value) in [
            ("/n", json!(0)),
            ("/line", json!(0)),
            ("/ts", json!("2026-03-01 10h")),
            ("/ts", json!(1772359200)),
            ("/outcome", json!("Deny")),
            ("/pointer", json!("tools")),
            ("/retry_at", json!("soon")),
            ("/missing", json!("no timestamps")),
            ("/missing", if valid["missing"].is_null() { json!("time") } else { Value::Null }),
        ] {
            refuses(&schema, &valid, place, value);
        }
        for fact in Missing::ALL.map(Missing::code) {
            let mut changed = valid.clone();
            changed["missing"] = json!(fact);
            assert_eq!(schema.is_valid(&changed), valid["outcome"] == "indeterminate", "{changed}");
        }
    }
    for invalid in [
        decision("allow", "r", Value::Null),
        decision("allow", "", time()),
        undecided(decision("allow", "", Value::Null)),
        decision("deny", "", Value::Null),
        decision("deny", "r", time()),
        undecided(decision("deny", "r", Value::Null)),
        decision("throttle", "", time()),
        undecided(decision("throttle", "r", time())),
        decision("indeterminate", "", Value::Null),
        undecided(decision("indeterminate", "r", Value::Null)),
    ] {
        assert!(!schema.is_valid(&invalid), "{invalid}");
    }
}

#[test]
fn a_decision_has_the_arguments_of_its_call_only_where_they_are_asked_for() {
    let trace =
        "{\"tool\":\"import\",\"id\":7,\"args\":{\"password\":\"x\"}}\n{\"tool\":\"import\"}\n";
    let folder = Folder::with(&[("policy.json", POLICY), ("trace.jsonl", trace)]);
    let arguments = ["replay", "--policy", "policy.json", "trace.jsonl", "--decisions"];
    let run = |more: &[&str]| folder.run(&[&arguments[..], more].concat()).1;
    assert!(!run(&[]).contains("password"));
    let shown = run(&["--show-args"]);
    let decisions: Vec<Value> =
        shown.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&decisions[0]["id"], &decisions[0]["line"]), (&json!("7"), &json!(1)));
    assert_eq!(decisions[0]["args"], json!({ "password": "x" }));
    assert_eq!(decisions[1]["args"], Value::Null);
    let schema = validator("decision");
    decisions.iter().for_each(|decision| accepts(&schema, decision));
}

// replay --format jsonl

#[test]
fn every_row_of_groups_follows_the_schema() {
    let folder = Folder::with(&[("policy.json", POLICY), ("trace.jsonl", TRACE)]);
    let arguments =
        ["replay", "--policy", "policy.json", "trace.jsonl", "--format", "jsonl", "--by"];
    let schema = validator("replay-row");
    for by in By::ALL.map(By::name) {
        let text = folder.run(&[&arguments[..], &[by, "--top", "2"]].concat()).1;
        let rows: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let calls: u64 = rows.iter().map(|row| row["calls"].as_u64().unwrap()).sum();
        assert_eq!(calls, 8, "{text}");
        for row in &rows {
            assert_eq!(tolerated(&schema, row), [""; 0]);
            assert_eq!(row["by"], by);
        }
        let rest = rows.iter().map(|row| row["rest"].as_u64().unwrap()).sum::<u64>();
        let expected = match by {
            "grant" => 2,
            "tool" => 3,
            "rule" => 2,
            _ => 0,
        };
        assert_eq!((rows.len(), rest), (if expected > 0 { 3 } else { rows.len() }, expected));
    }
    let first = folder.run(&[&arguments[..], &["grant"]].concat()).1;
    let row: Value = serde_json::from_str(first.lines().next().unwrap()).unwrap();
    for (place, value) in [
        ("/by", json!("day")),
        ("/rest", json!(-1)),
        ("/calls", json!(0)),
        ("/closest_used", json!(0)),
        ("/closest_pointer", json!("")),
    ] {
        refuses(&schema, &row, place, value);
    }
}

// diff

const NEW_POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "hide": [],
  "tools": {
    "run_job": {"limits": [
      {"counter": "run_job_rate", "window": "minute", "max": 1, "scope": "grant"}]},
    "deploy": {
      "require": [{
        "conditions": [{"path": "args.env", "op": "in", "value": ["test", "prod"]}],
        "on_deny": "Only test."}],
      "limits": [{"counter": "deploy_rate", "window": "hour", "max": 1, "scope": "grant"}]},
    "export": {},
    "import": {"require": [{"conditions": [{"path": "args.of", "op": "eq", "value": "disk"}]}]}
  }
}
"#;

fn diff(old: &str, new: &str) -> (i32, Value) {
    let folder = Folder::with(&[("old.json", old), ("new.json", new), ("trace.jsonl", TRACE)]);
    let policies = ["diff", "old.json", "new.json"];
    let trace = ["--trace", "trace.jsonl", "--allow-bad-lines", "--format", "json"];
    folder.run_json(&[&policies[..], &trace[..]].concat())
}

#[test]
fn a_comparison_follows_the_schema_and_gives_every_change_to_its_edit() {
    let (status, output) = diff(POLICY, NEW_POLICY);
    assert_eq!(status, 1, "loosened calls make the exit status 1");
    assert_eq!(output["calls"], 8);
    assert_eq!(
        output["changes"],
        json!({
            "loosened": 1, "maybe-loosened": 1, "tightened": 2, "maybe-tightened": 1, "reworded": 1
        })
    );
    let edits: Vec<Value> = output["edits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| json!([edit["kind"], edit["old"], edit["new"], edit["before"], edit["after"]]))
        .collect();
    let max = "/tools/run_job/limits/0/max";
    let envs = "/tools/deploy/require/0/conditions/0/value";
    let condition =
        |argument| json!([{ "conditions": [{ "path": argument, "op": "eq", "value": "disk" }] }]);
    let expected = [
        json!(["removed", "/hide/0", "/hide", "drop_all", null]),
        json!(["changed", max, max, 2, 1]),
        json!(["added", envs, format!("{envs}/1"), null, "prod"]),
        json!(["removed", "/tools/export/require", "/tools/export", condition("args.to"), null]),
        json!(["added", "/tools/import", "/tools/import/require", null, condition("args.of")]),
    ];
    assert_eq!(edits, expected);

    let groups: Vec<Value> = output["groups"].as_array().unwrap().iter().map(group_gist).collect();
    let expected = [
        json!(["loosened", 2, [4]]),
        json!(["maybe-loosened", 3, [6]]),
        json!(["tightened", 1, [2]]),
        json!(["tightened", 2, [5]]),
        json!(["maybe-tightened", 4, [7]]),
        json!(["reworded", 0, [8]]),
    ];
    assert_eq!(groups, expected);
    // Call 5 meets a limit that was not edited; call 4, now allowed, took the room in it. Calls 6
    // and 7 cannot be told on one side, but the rules of their own tools were edited.
    assert_eq!(consequences(&output), [0, 0, 0, 1, 0, 0]);
    let tightened = &output["groups"][2];
    assert_eq!((&tightened["grants"], &tightened["tools"]), (&json!(["ci"]), &json!(["run_job"])));
    assert_eq!(tightened["first"], "2026-03-01T10:00:01Z");
    assert_eq!(
        tightened["flips"][0]["new"],
        json!({
            "outcome": "throttle",
            "rule": "/tools/run_job/limits/run_job_rate",
            "pointer": "/tools/run_job/limits/0",
            "message": "Rate limit exceeded for run_job_rate",
            "missing": null
        })
    );
    assert_eq!(output["groups"][1]["flips"][0]["old"]["missing"], "hashed-arguments");
    assert_eq!(output["groups"][4]["flips"][0]["new"]["missing"], "hashed-arguments");
    let sum: u64 =
        output["matrix"].as_array().unwrap().iter().map(|c| c["calls"].as_u64().unwrap()).sum();
    assert_eq!(sum, 8);
    assert!(output["text_diff"].as_str().unwrap().contains("\n-  \"hide\": [\"drop_all\"],\n"));
}

/// A group's change, its edit, and the numbers of its calls.
fn group_gist(group: &Value) -> Value {
    let flips = group["flips"].as_array().unwrap();
    assert_eq!(group["calls"], flips.len());
    let numbers: Vec<&Value> = flips.iter().map(|flip| &flip["n"]).collect();
    json!([group["change"], group["edit"], numbers])
}

/// How many calls of each group are only a consequence.
fn consequences(output: &Value) -> Vec<u64> {
    let groups = output["groups"].as_array().unwrap();
    groups.iter().map(|group| group["consequences"].as_u64().unwrap()).collect()
}

/// The changes of a comparison that its schema does not mind, without those of values: what stood
/// in a policy and was changed, added or removed may be anything, and so may the arguments of a
/// call.
fn tolerated_but_for_values(output: &Value) -> Vec<String> {
    let is_value = |what: &String| {
        let (place, change) = what.split_once(' ').unwrap();
        let parts: Vec<&str> = place.split('/').collect();
        if let Some(at) = parts.iter().position(|part| *part == "args") {
            return parts[1] == "access" && (at + 1 < parts.len() || change == "extended");
        }
        let inside = parts.len() > 4 || change != "removed";
        inside && matches!(parts[..], ["", "edits", _, "before" | "after", ..])
    };
    tolerated(&validator("diff"), output).into_iter().filter(|what| !is_value(what)).collect()
}

#[test]
fn a_comparison_with_anything_changed_is_refused_but_for_the_values_of_policies() {
    let (_, output) = diff(POLICY, NEW_POLICY);
    let schema = validator("diff");
    assert_eq!(tolerated_but_for_values(&output), [""; 0]);
    let tolerated = tolerated(&schema, &output);
    assert!(tolerated.contains(&"/edits/0/before replaced".to_owned()), "{tolerated:?}");
    for (place, value) in [
        ("/schema_version", json!(0)),
        ("/changes/loosened", json!(-1)),
        ("/matrix/0/calls", json!(0)),
        ("/matrix/0/old", json!("allowed")),
        ("/groups/0/change", json!("maybe_loosened")),
        ("/groups/0/edit", json!(-1)),
        ("/groups/0/grants", json!([])),
        ("/groups/0/grants", json!(["ann", "ann"])),
        ("/groups/0/tools", json!([])),
        ("/groups/0/tools", json!(["deploy", "deploy"])),
        ("/groups/0/flips", json!([])),
        ("/groups/0/first", json!("")),
        ("/groups/0/first", Value::Null),
        ("/groups/0/last", Value::Null),
        ("/groups/0/flips/0/n", json!(0)),
        ("/groups/0/flips/0/new/rule", json!("somebody")),
        ("/groups/0/flips/0/new/pointer", json!("/default")),
        ("/groups/0/flips/0/new/message", json!("Welcome.")),
        ("/groups/0/flips/0/old/rule", json!("")),
        ("/groups/0/flips/0/old/pointer", json!("")),
        ("/groups/0/flips/0/old/pointer", json!("hide/0")),
        ("/groups/0/flips/0/new/outcome", json!("indeterminate")),
        ("/groups/1/flips/0/old/outcome", json!("allow")),
        ("/groups/1/flips/0/old/outcome", json!("deny")),
        ("/groups/1/flips/0/old/missing", json!("no timestamps")),
        ("/groups/1/flips/0/old/missing", Value::Null),
        ("/groups/0/flips/0/old/missing", json!("time")),
        ("/groups/0/flips/0/new/missing", json!("time")),
        ("/edits/0/kind", json!("moved")),
        ("/edits/0/after", json!(1)),
        ("/edits/2/before", json!(1)),
        ("/edits/0/old", json!("hide/0")),
        ("/edits/0/new", json!("hide")),
    ] {
        refuses(&schema, &output, place, value);
    }
}

#[test]
fn what_is_shown_for_all_calls_follows_the_schema_and_contradicts_nothing() {
    let old = r#"{"version": "1", "default": "deny", "hide": ["drop"], "tools": {
      "pay": {"require": [{"conditions": [{"path": "args.amount", "op": "lte", "value": 5}]}]},
      "run": {"limits": [{"counter": "c", "window": "hour", "max": 3, "scope": "grant"}]},
      "odd": {"require": [{"conditions": [{"path": "args.q", "op": "regex", "value": "\\Bx"}]}]}}}"#;
    let new = r#"{"version": "1", "default": "deny", "tools": {"drop": {}, "pay": {},
      "run": {"limits": [{"counter": "c", "window": "minute", "max": 2, "scope": "grant"}]},
      "odd": {"require": [{"conditions": [{"path": "args.q", "op": "regex", "value": "x"}]}]}}}"#;
    let folder = Folder::with(&[("old.json", old), ("new.json", new)]);
    let (status, output) = folder.run_json(&["diff", "old.json", "new.json", "--format", "json"]);
    assert_eq!(status, 1);
    let access = &output["access"];
    assert_eq!((&output["traced"], &output["calls"]), (&json!(false), &json!(0)));
    assert_eq!(access["loosened"], json!({"certain": 3, "unknown": 1}));
    let shown: Vec<Value> = access["tools"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|tool| tool["loosened"].as_array().unwrap().iter().map(move |lost| (tool, lost)))
        .map(|(tool, lost)| {
            json!([
                tool["tool"],
                lost["protection"],
                lost["args"],
                lost["burst"]["calls"],
                lost["why"]
            ])
        })
        .collect();
    let expected = [
        json!(["drop", "hide", {}, null, null]),
        json!(["pay", "require", {}, null, null]),
        json!(["run", "limit", null, 4, null]),
        json!(["odd", "require", null, null, "pattern"]),
    ];
    assert_eq!(shown, expected);
    let batches = &access["tools"][2]["loosened"][0]["burst"]["batches"];
    assert_eq!(
        (&batches[0]["calls"], &batches[1]["ts"]),
        (&json!(2), &json!("2026-01-01T00:01:00Z"))
    );
    assert_eq!(tolerated_but_for_values(&output), [""; 0]);
    let schema = validator("diff");
    let lost = "/access/tools/1/loosened/0";
    for (place, value) in [
        ("/access/tools/1/tool", Value::Null),
        ("/access/tools/1/which", json!("all")),
        (&format!("{lost}/evidence"), json!("unknown")),
        (&format!("{lost}/args"), Value::Null),
        (&format!("{lost}/why"), json!("timeout")),
        (&format!("{lost}/pointer"), json!("")),
        ("/access/tools/2/loosened/0/burst", Value::Null),
        ("/access/tools/2/loosened/0/burst/batches", json!([])),
        ("/access/tools/3/loosened/0/why", Value::Null),
    ] {
        refuses(&schema, &output, place, value);
    }
}

#[test]
fn comparing_a_policy_with_itself_gives_an_empty_comparison_that_follows_the_schema() {
    let (status, output) = diff(POLICY, POLICY);
    assert_eq!(status, 0);
    assert_eq!((&output["groups"], &output["edits"]), (&json!([]), &json!([])));
    assert_eq!(output["text_diff"], "");
    assert_eq!(tolerated(&validator("diff"), &output), [""; 0]);
}

#[test]
fn a_change_that_cannot_be_told_is_given_to_an_edit_in_the_rules_of_its_tool() {
    let old = r#"{"version": "1", "default": "deny", "tools": {"export": {}, "import": {}}}"#;
    let new = r#"version: "1"
default: deny
tools:
  export:
    rules: []
  import:
    rules: [{name: disk, conditions: [{path: args.of, op: eq, value: disk}]}]
"#;
    let call = r#"{"tool":"import","args_hash":"sha256:0"}"#;
    let folder = Folder::with(&[("old.json", old), ("new.yaml", new), ("trace.jsonl", call)]);
    let arguments = ["diff", "old.json", "new.yaml", "--trace", "trace.jsonl"];
    let (status, output) = folder.run_json(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(status, 0);
    let group = &output["groups"][0];
    assert_eq!(group_gist(group), json!(["maybe-tightened", 1, [1]]));
    assert_eq!(output["edits"][1]["new"], "/tools/import/rules");
    assert_eq!(consequences(&output), [0]);
    assert_eq!((&group["first"], &group["last"]), (&Value::Null, &Value::Null));
    accepts(&validator("diff"), &output);
}

#[test]
fn a_change_that_no_single_edit_explains_has_none() {
    let old = r#"{"version": "1", "default": "allow", "hide": ["a", "b"],
  "all_tools": {"limits": [{"counter": "calls", "window": "day", "max": 1, "scope": "grant"}]}}"#;
    let new = old.replace(r#"["a", "b"]"#, "[]");
    let trace = ["a", "b", "c"].map(|tool| format!("{{\"tool\":\"{tool}\",\"ts\":0}}")).join("\n");
    let folder = Folder::with(&[("old.json", old), ("new.json", &new), ("trace.jsonl", &trace)]);
    let arguments = ["diff", "old.json", "new.json", "--trace", "trace.jsonl"];
    let (status, output) = folder.run_json(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(status, 1);
    assert_eq!(output["edits"].as_array().unwrap().len(), 2);
    let groups: Vec<Value> = output["groups"].as_array().unwrap().iter().map(group_gist).collect();
    // Each of the two that are hidden no more would take the room of `c` without the other.
    let expected =
        [json!(["loosened", 0, [1]]), json!(["tightened", null, [3]]), json!(["reworded", 1, [2]])];
    assert_eq!(groups, expected);
    assert_eq!(consequences(&output), [0, 1, 0]);
    assert_eq!(tolerated_but_for_values(&output), [""; 0]);
}

#[test]
fn a_group_starts_at_its_first_known_time() {
    let old = r#"{"version": "1", "default": "deny", "hide": ["a"]}"#;
    let new = r#"{"version": "1", "default": "deny", "hide": []}"#;
    let trace = r#"{"tool":"a"}
{"tool":"a","ts":"2026-03-01T10:00:00Z"}
{"tool":"a","ts":"2026-03-01T11:00:00Z"}
{"tool":"a"}
"#;
    let folder = Folder::with(&[("old.json", old), ("new.json", new), ("trace.jsonl", trace)]);
    let arguments = ["diff", "old.json", "new.json", "--trace", "trace.jsonl"];
    let (status, output) = folder.run_json(&[&arguments[..], &["--format", "json"]].concat());
    assert_eq!(status, 0);
    let group = &output["groups"][0];
    assert_eq!(group_gist(group), json!(["reworded", 0, [1, 2, 3, 4]]));
    assert_eq!((&group["flips"][0]["ts"], &group["flips"][3]["ts"]), (&Value::Null, &Value::Null));
    assert_eq!(
        (&group["first"], &group["last"]),
        (&json!("2026-03-01T10:00:00Z"), &json!("2026-03-01T11:00:00Z"))
    );
    assert_eq!(tolerated_but_for_values(&output), [""; 0]);
}

#[test]
fn a_tool_that_is_listed_or_no_longer_is_decides_its_calls_itself() {
    let few = r#"{"version": "1", "default": "deny", "tools": {"a": {}}}"#;
    let more = r#"{"version": "1", "default": "deny", "tools": {"a": {}, "b": {}, "c": {}}}"#;
    for (old, new, change, fails) in [(few, more, "loosened", 1), (more, few, "tightened", 0)] {
        let trace = "{\"tool\":\"a\"}\n{\"tool\":\"c\"}\n{\"tool\":\"c\"}\n";
        let folder = Folder::with(&[("old.json", old), ("new.json", new), ("trace.jsonl", trace)]);
        let arguments = ["diff", "old.json", "new.json", "--trace", "trace.jsonl"];
        let (status, output) = folder.run_json(&[&arguments[..], &["--format", "json"]].concat());
        assert_eq!(status, fails);
        assert_eq!(group_gist(&output["groups"][0]), json!([change, 1, [2, 3]]));
        assert_eq!(consequences(&output), [0]);
        accepts(&validator("diff"), &output);
    }
}

// Statements

#[test]
fn decided_statements_follow_their_schema() {
    let statements = r#"{"assert": [
      {"deny": "drop*"}, {"deny": "pay", "when": [{"path": "args.n", "op": "gt", "value": 5}]},
      {"limit": "run", "max": 3, "window": "hour"},
      {"deny": "odd", "when": [{"path": "args.q", "op": "regex", "value": "\\Bx"}]}]}"#;
    let policy = r#"{"version": "1", "default": "deny", "tools": {"pay": {},
      "run": {"limits": [{"counter": "c", "window": "minute", "max": 2, "scope": "grant"}]},
      "odd": {"deny_if": [{"conditions": [{"path": "args.q", "op": "regex", "value": "^yx$"}]}]}}}"#;
    let folder = Folder::with(&[("a.json", statements), ("p.json", policy)]);
    let (status, output) = folder.run_json(&["assert", "a.json", "p.json", "--format", "json"]);
    assert_eq!(status, 1);
    let verdicts: Vec<Value> = output["policies"][0]["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| {
            json!([answer["verdict"], answer["args"], answer["burst"]["calls"], answer["why"]])
        })
        .collect();
    let expected = [
        json!(["proved", null, null, null]),
        json!(["fails", {"n": 6}, null, null]),
        json!(["fails", null, 4, null]),
        json!(["unknown", null, null, "pattern"]),
    ];
    assert_eq!(verdicts, expected);
    let arguments = |what: &String| {
        what.contains("/args") && (what.contains("/args/") || what.ends_with("extended"))
    };
    let schema = validator("assertions");
    let tolerated: Vec<String> =
        tolerated(&schema, &output).into_iter().filter(|what| !arguments(what)).collect();
    assert_eq!(tolerated, [""; 0]);
    for (place, value) in [
        ("/policies/0/answers/0/tool", json!("drop")),
        ("/policies/0/answers/1/args", Value::Null),
        ("/policies/0/answers/1/verdict", json!("proved")),
        ("/policies/0/answers/2/burst", Value::Null),
        ("/policies/0/answers/3/why", Value::Null),
    ] {
        refuses(&schema, &output, place, value);
    }
    accepts(&validator("assert"), &serde_json::from_str(statements).unwrap());
}

#[test]
fn the_schemas_of_statements_say_the_same_as_those_they_share_words_with() {
    assert_eq!(schema("assert")["$defs"]["condition"], schema("policy-v1")["$defs"]["condition"]);
    for shared in ["burst", "batch", "count", "some"] {
        assert_eq!(schema("assertions")["$defs"][shared], schema("diff")["$defs"][shared]);
    }
    let why = |schema: Value, owner: &str| schema["$defs"][owner]["properties"]["why"].clone();
    assert_eq!(why(schema("assertions"), "answer"), why(schema("diff"), "lost"));
}

// Traces

#[test]
fn the_schema_of_a_record_and_its_reader_agree_on_what_is_a_call() {
    let schema = validator("trace");
    let full = r#"{"ts":"2026-03-01T10:00:00.250Z","grant":"g","session":"s","server":"o","client":"c","tool":"t","args":{"a":1},"id":"c-1","result":"ok","decision":"throttle","team":["red"]}"#;
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
        self::schema("trace")["properties"].as_object().unwrap().keys().cloned().collect();
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

// catalogue

#[test]
fn every_record_that_is_shown_found_or_imported_follows_the_schema_of_catalogues() {
    let folder = Folder::with(&[("weather.json", r#"{"tools": [{"name": "get_x"}]}"#)]);
    let schema = validator("catalogue");
    for arguments in
        [["show", "@paretools/http"], ["search", "runbook"], ["import", "weather.json"]]
    {
        let arguments = [&["catalogue"], &arguments[..], &["--format", "json"]].concat();
        let (status, output) = folder.run_json(&arguments);
        assert_eq!(status, 0);
        accepts(&schema, &output);
    }
}

#[test]
fn the_list_of_servers_follows_its_schema() {
    let folder = Folder::with(&[]);
    let (_, mut output) = folder.run_json(&["catalogue", "list", "--format", "json"]);
    let servers = output["servers"].as_array_mut().unwrap();
    assert_eq!(servers.len(), 4);
    servers.truncate(1);
    assert_eq!(servers[0]["categories"]["Execute"], 3);
    assert_eq!(tolerated(&validator("catalogue-list"), &output), [""; 0]);
}

#[test]
fn explanations_follow_their_schema() {
    let folder = Folder::with(&[]);
    let (_, output) = folder.run_json(&["catalogue", "explain", "run_runbook", "--format", "json"]);
    assert_eq!(output["records"][0]["judgement"]["confidence"], 1.0);
    assert_eq!(output["by_name"]["evidence"], json!(["name: run"]));
    assert_eq!(tolerated(&validator("catalogue-explain"), &output), [""; 0]);
}

#[test]
fn locks_and_what_changed_since_follow_their_schemas() {
    let before = r#"{"tools": [
        {"name": "a_get", "description": "Gets.", "inputSchema": {"properties": {"x": {"type": "string"}}, "required": ["x"]}, "annotations": {"readOnlyHint": true}},
        {"name": "b_list"}]}"#;
    let after = before
        .replace("b_list", "delete_everything")
        .replace("\"Gets.\"", "\"Deletes the thing.\"")
        .replace("\"x\"", "\"y\"");
    let folder = Folder::with(&[("before.json", before), ("after.json", &after)]);
    let check = |file: &'static str, more: &[&str]| {
        let arguments = ["catalogue", "check", file, "--server", "s", "--format", "json"];
        folder.run(&[&arguments[..], more].concat())
    };
    assert_eq!(check("before.json", &["--write-lock"]), (0, String::new()));
    let lock = fs::read_to_string(folder.0.path().join("gatelint.lock")).unwrap();
    let lock: Value = serde_json::from_str(&lock).unwrap();
    assert_eq!(lock["servers"][0]["tools"][0]["arguments"]["x"]["required"], true);
    let expected = [
        "/servers/0/tools/0/arguments/x/type removed",
        "/servers/0/tools/0/arguments/x/required removed",
    ];
    let loose = tolerated(&validator("catalogue-lock"), &lock);
    let optional = |what: &&String| !what.ends_with(" removed");
    assert_eq!(loose.iter().filter(optional).collect::<Vec<_>>(), [""; 0]);
    assert!(expected.iter().all(|what| loose.iter().any(|found| found == what)), "{loose:?}");

    let (status, output) = check("after.json", &[]);
    let output: Value = serde_json::from_str(&output).unwrap();
    let changes = output["changes"].as_array().unwrap();
    let names: Vec<&Value> = changes.iter().map(|change| &change["change"]).collect();
    let expected =
        ["new-tool", "vanished-tool", "raised-risk", "changed-arguments", "changed-description"];
    assert_eq!(
        (status, names),
        (1, expected.iter().map(|name| json!(name)).collect::<Vec<_>>().iter().collect())
    );
    assert_eq!(tolerated(&validator("catalogue-check"), &output), [""; 0]);
    let known = json!(LockChange::ALL.map(LockChange::name));
    let schema = schema("catalogue-check");
    assert_eq!(schema["properties"]["changes"]["items"]["properties"]["change"]["enum"], known);
}

// init

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
    assert_eq!((status, &output["replay"]["deny"]), (1, &json!(1)));
    assert_eq!(output["tools"][0]["choice"], "hide");
    assert_eq!(output["tools"][1]["conditions"], json!([{"path": "args.env", "values": ["dev"]}]));
    assert_eq!(output["tools"][1]["max"], 12);
    assert_eq!(tolerated(&schema, &output), [""; 0]);

    let arguments = ["init", "--server", "@paretools/http", "--tool", "run", "--format", "json"];
    let (status, output) = folder.run_json(&arguments);
    assert_eq!((status, &output["replay"]), (0, &Value::Null));
    assert_eq!(tolerated(&schema, &output), [""; 0]);
}

// export

#[test]
fn exports_follow_their_schema() {
    let policy = r#"{"version": "1", "default": "deny", "hide": ["wipe"], "tools": {
        "free": {},
        "slow": {"limits": [{"counter": "c", "window": "minute", "max": 5, "scope": "grant"}]}}}"#;
    let folder = Folder::with(&[("policy.json", policy)]);
    let schema = validator("export");
    for (to, losses) in [("claude-code", 2), ("codex", 1)] {
        let arguments = ["export", "policy.json", "--to", to, "--as", "s", "--format", "json"];
        let (status, output) = folder.run_json(&arguments);
        assert_eq!((status, output["lost"].as_array().unwrap().len()), (0, losses));
        assert_eq!((&output["ask"], &output["deny"]), (&json!(["slow"]), &json!(["wipe"])));
        assert_eq!(tolerated(&schema, &output), [""; 0]);
    }
    let known = json!(Loss::ALL.map(Loss::name));
    let what = &schema_of_loss()["what"]["enum"];
    assert_eq!(what, &known);
}

fn schema_of_loss() -> Value {
    schema("export")["properties"]["lost"]["items"]["properties"].clone()
}

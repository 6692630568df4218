//! The schemas of `schemas/`: that they are schemas, that they describe every field, and that
//! what the program writes and reads is what they say.
//!
//! A schema that allows too much is as wrong as one that allows too little. So beside the real
//! outputs every output with one thing changed is tried as well: a field less, a field more, a
//! value of another type.

mod assert;
mod catalogue;
mod config;
mod convert;
mod decision;
mod diff;
mod explain;
mod init;
mod lint;
mod partition_key;
mod replay;
mod replay_row;
mod stats;
mod test;
mod trace;

use std::fs;

use gatelint::catalogue::{Category, Vocabulary};
use gatelint::diff::Change;
use gatelint::engine::{Missing, Outcome};
use gatelint::lint::RULES;
use gatelint::policy::{Agent, Dialect, Order, Window};
use gatelint::replay::By;
use gatelint::solver::Why;
use jsonschema::Validator;
use serde_json::{Value, json};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

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
            ("$defs" | "definitions", Value::Object(definitions)) => {
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
        let error = jsonschema::meta::validate(schema).err();
        assert!(error.is_none(), "{name}: {error:?}");
        // What people write: the draft that editors know best, and whose own schema is the
        // smallest to compile at the start of every run. What the program writes: the newest.
        let is_written_by_people = ["test", "config", "policy-v1", "policy-intercept"]
            .contains(&name.trim_end_matches(".schema.json"));
        let draft = match is_written_by_people {
            true => "http://json-schema.org/draft-07/schema#",
            false => "https://json-schema.org/draft/2020-12/schema",
        };
        assert_eq!(schema["$schema"], draft, "{name}");
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
    assert!(jsonschema::meta::validate(&lint).is_err());

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
    let agents = [Agent::ClaudeCode, Agent::Codex, Agent::Gemini, Agent::OpenCode];
    let [claude_code, codex, gemini, opencode] = agents.map(|agent| Dialect::Agent(agent).code());
    let dialects = json!([
        Dialect::V1.code(),
        Dialect::INTERCEPT.code(),
        claude_code,
        codex,
        gemini,
        opencode,
        null
    ]);
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

//! What the JSON Schema of a tool's arguments says of values, without the words that it has for people
//! and for agents: facts that a record may keep, and nothing that a server could say something with.

use serde_json::{Map, Value};

/// Keys whose values are facts as they stand.
const FACTS: [&str; 22] = [
    "type",
    "enum",
    "const",
    "format",
    "pattern",
    "required",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "$ref",
    "$id",
    "$anchor",
    "dependentRequired",
];

/// Keys with a schema, or a list of them, below.
const SCHEMAS: [&str; 13] = [
    "items",
    "prefixItems",
    "additionalItems",
    "additionalProperties",
    "propertyNames",
    "contains",
    "anyOf",
    "oneOf",
    "allOf",
    "not",
    "if",
    "then",
    "else",
];

/// Keys with schemas by names below.
const NAMED: [&str; 5] =
    ["properties", "patternProperties", "$defs", "definitions", "dependentSchemas"];

/// The schema without titles, descriptions, examples, defaults and whatever else it says.
pub(super) fn facts(schema: Value) -> Value {
    match schema {
        Value::Object(members) => {
            let kept = members.into_iter().filter_map(|(key, value)| {
                let value = fact(&key, value)?;
                Some((key, value))
            });
            Value::Object(kept.collect())
        }
        Value::Array(schemas) => Value::Array(schemas.into_iter().map(facts).collect()),
        other => other,
    }
}

fn fact(key: &str, value: Value) -> Option<Value> {
    match value {
        value if FACTS.contains(&key) => Some(value),
        value if SCHEMAS.contains(&key) => Some(facts(value)),
        Value::Object(named) if NAMED.contains(&key) => {
            let each = named.into_iter().map(|(name, schema)| (name, facts(schema)));
            Some(Value::Object(each.collect::<Map<_, _>>()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_are_left_out_and_facts_stay() {
        let schema = json!({
            "$schema": "x", "title": "T", "description": "D", "type": "object", "required": ["a"],
            "properties": {
                "description": {"type": "string", "description": "D", "enum": ["a"], "default": "a"},
                "list": {"type": "array", "items": {"title": "T", "type": ["string", "null"]}},
            },
            "anyOf": [{"description": "D", "minProperties": 1}],
            "additionalProperties": false,
        });
        let expected = json!({
            "type": "object", "required": ["a"],
            "properties": {
                "description": {"type": "string", "enum": ["a"]},
                "list": {"type": "array", "items": {"type": ["string", "null"]}},
            },
            "anyOf": [{"minProperties": 1}],
            "additionalProperties": false,
        });
        assert_eq!(facts(schema), expected);
    }
}

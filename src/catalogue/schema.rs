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

/// What a schema says of the place to which some keys lead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Property<'s> {
    /// The schema of what stands there.
    Known(&'s Value),
    /// None of what it names is there.
    Absent {
        /// How many of the keys lead somewhere.
        depth: usize,
        /// Whether it says that there is nothing that it does not name.
        closed: bool,
        /// The object that lacks the next key.
        within: &'s Value,
    },
    /// It leaves open what is there.
    Open,
}

/// The only values that a schema has, if it lists them: all in one place, or one by one.
pub fn choices(schema: &Value) -> Option<Vec<&Value>> {
    if let Some(listed) = schema.get("enum").and_then(Value::as_array) {
        return Some(listed.iter().collect());
    }
    if let Some(only) = schema.get("const") {
        return Some(vec![only]);
    }
    if schema.get("type").and_then(Value::as_str) == Some("null") {
        return Some(vec![&Value::Null]);
    }
    let either = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array())?;
    let each: Option<Vec<_>> = either.iter().map(choices).collect();
    each.map(|lists| lists.concat())
}

/// What a schema says of the place to which some keys lead.
pub(super) fn property<'s>(root: &'s Value, keys: &[String]) -> Property<'s> {
    let mut schema = plain(root, root);
    for (depth, key) in keys.iter().enumerate() {
        let Some(named) = schema.get("properties").and_then(Value::as_object) else {
            return Property::Open;
        };
        let more = schema.get("additionalProperties");
        let may_have = ["patternProperties", "anyOf", "oneOf", "allOf", "if", "dependentSchemas"];
        schema = match (named.get(key), more) {
            (Some(found), _) => plain(root, found),
            (None, Some(Value::Bool(false))) => {
                return Property::Absent { depth, closed: true, within: schema };
            }
            (None, Some(_)) => return Property::Open,
            (None, None) if may_have.iter().any(|key| schema.get(key).is_some()) => {
                return Property::Open;
            }
            (None, None) => return Property::Absent { depth, closed: false, within: schema },
        };
    }
    Property::Known(schema)
}

/// A schema with its references within the document followed, and the only alternative to null taken.
fn plain<'s>(root: &'s Value, mut schema: &'s Value) -> &'s Value {
    /// References that lead to references are followed so often.
    const MOST: usize = 8;
    for _ in 0..MOST {
        let target = schema.get("$ref").and_then(Value::as_str);
        let target = target.and_then(|target| root.pointer(target.strip_prefix('#')?));
        let only = || {
            let choices = ["anyOf", "oneOf"].into_iter().find_map(|key| schema.get(key));
            let is_null =
                |choice: &&Value| choice.get("type").and_then(Value::as_str) == Some("null");
            let mut others = choices?.as_array()?.iter().filter(|choice| !is_null(choice));
            others.next().filter(|_| others.next().is_none())
        };
        match target.or_else(only) {
            Some(next) => schema = next,
            None => break,
        }
    }
    schema
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

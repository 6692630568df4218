//! What a tool's input schema says for certain about its arguments.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::catalogue::{ArgumentType, Tool};

/// The sorts of values, in the order in which a witness is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Text,
    Number,
    Bool,
    List,
    Object,
    Null,
}

/// A set of sorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sorts(u8);

/// The part of a JSON Schema that the solver goes by: `type`, `enum`, `const`, `properties`,
/// `required` and `additionalProperties: false`. Everything else in it is passed over, so that it
/// never excludes a call that the schema allows.
#[derive(Clone, Debug)]
pub struct Shape {
    sorts: Sorts,
    /// Numbers have no fraction.
    whole: bool,
    /// The only values there are.
    values: Option<Vec<Value>>,
    properties: BTreeMap<String, Shape>,
    required: BTreeSet<String>,
    /// There are no other properties.
    closed: bool,
}

impl Sort {
    pub(super) const ALL: [Sort; 6] =
        [Sort::Text, Sort::Number, Sort::Bool, Sort::List, Sort::Object, Sort::Null];

    fn of(value: &Value) -> Sort {
        match value {
            Value::Null => Sort::Null,
            Value::Bool(_) => Sort::Bool,
            Value::Number(_) => Sort::Number,
            Value::String(_) => Sort::Text,
            Value::Array(_) => Sort::List,
            Value::Object(_) => Sort::Object,
        }
    }

    fn of_word(word: &str) -> Option<Sort> {
        Some(match word {
            "null" => Sort::Null,
            "boolean" => Sort::Bool,
            "number" | "integer" => Sort::Number,
            "string" => Sort::Text,
            "array" => Sort::List,
            "object" => Sort::Object,
            _ => return None,
        })
    }
}

impl Sorts {
    const ALL: Sorts = Sorts(0b11_1111);

    fn has(self, sort: Sort) -> bool {
        self.0 & (1 << sort as u8) != 0
    }

    fn with(self, sort: Sort) -> Sorts {
        Sorts(self.0 | (1 << sort as u8))
    }
}

impl Shape {
    /// Any value at all.
    pub fn any() -> Shape {
        Shape {
            sorts: Sorts::ALL,
            whole: false,
            values: None,
            properties: BTreeMap::new(),
            required: BTreeSet::new(),
            closed: false,
        }
    }

    /// What the catalogue knows about the arguments of a tool; `None` if it knows nothing.
    pub fn of_tool(tool: &Tool) -> Option<Shape> {
        if let Some(schema) = &tool.schema {
            return Some(Shape::of_schema(schema));
        }
        let mut shape = Shape::any();
        for (name, argument) in tool.arguments.as_ref()? {
            let mut property = Shape::any();
            if let Some(kind) = argument.kind {
                property.whole = kind == ArgumentType::Integer;
                // A record says nothing of null, which many servers take for "none".
                property.sorts = Sorts(0).with(Sort::Null).with(match kind {
                    ArgumentType::String => Sort::Text,
                    ArgumentType::Number | ArgumentType::Integer => Sort::Number,
                    ArgumentType::Boolean => Sort::Bool,
                    ArgumentType::Array => Sort::List,
                    ArgumentType::Object => Sort::Object,
                });
            }
            shape.properties.insert(name.clone(), property);
            if argument.required {
                shape.required.insert(name.clone());
            }
        }
        Some(shape)
    }

    /// What a JSON Schema says for certain.
    pub fn of_schema(schema: &Value) -> Shape {
        let mut shape = Shape::any();
        let Some(schema) = schema.as_object() else { return shape };
        (shape.sorts, shape.whole) = sorts(schema);
        shape.values = schema
            .get("enum")
            .and_then(Value::as_array)
            .cloned()
            .or_else(|| schema.get("const").map(|value| vec![value.clone()]));
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            shape.properties = properties
                .iter()
                .map(|(name, schema)| (name.clone(), Shape::of_schema(schema)))
                .collect();
        }
        let required = schema.get("required").and_then(Value::as_array);
        shape.required =
            required.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        shape.closed = schema.get("additionalProperties") == Some(&Value::Bool(false))
            && !schema.contains_key("patternProperties");
        shape
    }

    pub(super) fn allows(&self, sort: Sort) -> bool {
        self.sorts.has(sort)
    }

    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    pub(super) fn values(&self) -> Option<&[Value]> {
        self.values.as_deref()
    }

    /// What is said of a property; none if there can be no such property.
    pub(super) fn property(&self, name: &str) -> Option<Option<&Shape>> {
        match self.properties.get(name) {
            Some(shape) => Some(Some(shape)),
            None if self.closed => None,
            None => Some(None),
        }
    }

    pub(super) fn required(&self) -> impl Iterator<Item = &str> {
        self.required.iter().map(String::as_str)
    }

    pub(super) fn requires(&self, name: &str) -> bool {
        self.required.contains(name)
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether a value may stand here.
    pub(super) fn admits(&self, value: &Value) -> bool {
        let is_whole = || value.as_f64().is_some_and(|number| number.fract() == 0.0);
        let is_listed = |values: &[Value]| values.iter().any(|listed| is_equal(listed, value));
        self.sorts.has(Sort::of(value))
            && (!self.whole || !value.is_number() || is_whole())
            && self.values().is_none_or(is_listed)
            && value.as_object().is_none_or(|object| {
                object.iter().all(|(name, value)| match self.property(name) {
                    Some(shape) => shape.is_none_or(|shape| shape.admits(value)),
                    None => false,
                }) && self.required().all(|name| object.contains_key(name))
            })
    }
}

/// Whether two values are equal to a JSON Schema: 5 is 5.0.
fn is_equal(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        _ => one == other,
    }
}

/// The sorts that `type` names, or that the alternatives of `anyOf` or `oneOf` all name.
fn sorts(schema: &serde_json::Map<String, Value>) -> (Sorts, bool) {
    let words = match schema.get("type") {
        Some(Value::String(word)) => Some(vec![word.as_str()]),
        Some(Value::Array(words)) => words.iter().map(Value::as_str).collect(),
        _ => None,
    };
    if let Some(words) = words {
        let found: Option<Vec<Sort>> = words.iter().map(|word| Sort::of_word(word)).collect();
        let Some(found) = found else { return (Sorts::ALL, false) };
        let mut sorts = found.into_iter().fold(Sorts(0), Sorts::with);
        if schema.get("nullable") == Some(&Value::Bool(true)) {
            sorts = sorts.with(Sort::Null);
        }
        return (sorts, words.contains(&"integer") && !words.contains(&"number"));
    }
    let alternatives = ["anyOf", "oneOf"].into_iter().find_map(|key| schema.get(key)?.as_array());
    let Some(alternatives) = alternatives else { return (Sorts::ALL, false) };
    let union = alternatives.iter().fold((Sorts(0), true), |(union, whole), alternative| {
        let (found, found_whole) = alternative.as_object().map_or((Sorts::ALL, false), sorts);
        (Sorts(union.0 | found.0), whole && (found_whole || !found.has(Sort::Number)))
    });
    (union.0, union.1 && union.0.has(Sort::Number))
}

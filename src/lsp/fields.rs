//! What the schemas say of a policy's fields.

use std::sync::LazyLock;

use serde_json::Value;

use crate::policy::Dialect;

static V1: LazyLock<Value> =
    LazyLock::new(|| parse(include_str!("../../schemas/policy-v1.schema.json")));
static INTERCEPT: LazyLock<Value> =
    LazyLock::new(|| parse(include_str!("../../schemas/policy-intercept.schema.json")));

fn parse(text: &str) -> Value {
    serde_json::from_str(text).expect("schemas are valid JSON, as a test shows")
}

/// The schema of what keys and indexes lead to.
pub(super) fn schema_at<'k>(
    dialect: Dialect,
    path: impl IntoIterator<Item = &'k str>,
) -> Option<&'static Value> {
    let root: &'static Value = match dialect {
        Dialect::V1 => &V1,
        _ => &INTERCEPT,
    };
    path.into_iter().try_fold(root, |schema, key| child(root, resolved(root, schema)?, key))
}

/// What a field does; of a definition that it refers to where it says nothing itself.
pub(super) fn description(dialect: Dialect, schema: &'static Value) -> Option<&'static str> {
    let root: &'static Value = match dialect {
        Dialect::V1 => &V1,
        _ => &INTERCEPT,
    };
    let own = schema["description"].as_str();
    own.or_else(|| resolved(root, schema)?["description"].as_str())
}

/// The fields that an object has, with what each does.
pub(super) fn fields<'k>(
    dialect: Dialect,
    path: impl IntoIterator<Item = &'k str>,
) -> Vec<(&'static str, &'static str)> {
    let root: &'static Value = match dialect {
        Dialect::V1 => &V1,
        _ => &INTERCEPT,
    };
    let schema = schema_at(dialect, path).and_then(|schema| resolved(root, schema));
    let properties = schema.and_then(|schema| schema["properties"].as_object());
    properties
        .into_iter()
        .flatten()
        .filter(|(name, _)| !name.starts_with('$'))
        .map(|(name, schema)| (name.as_str(), description(dialect, schema).unwrap_or_default()))
        .collect()
}

fn resolved(root: &'static Value, schema: &'static Value) -> Option<&'static Value> {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(root, root.pointer(reference.strip_prefix('#')?)?),
        None => Some(schema),
    }
}

fn child(root: &'static Value, schema: &'static Value, key: &str) -> Option<&'static Value> {
    let found = schema["properties"].get(key);
    let found = found.or_else(|| schema.get("additionalProperties").filter(|all| all.is_object()));
    let found = found.or_else(|| schema.get("items"));
    let alternatives = || schema["anyOf"].as_array().or_else(|| schema["oneOf"].as_array());
    found.or_else(|| alternatives()?.iter().find_map(|one| child(root, resolved(root, one)?, key)))
}

/// What the operators do.
pub(super) const OPERATORS: [(&str, &str); 11] = [
    ("eq", "Equal: numbers as numbers, everything else by type and value."),
    ("neq", "Not equal, for a value that is there."),
    ("in", "Equal to one of a list."),
    ("not_in", "Equal to none of a list, for a value that is there."),
    ("lt", "A number that is less."),
    ("lte", "A number that is less or equal."),
    ("gt", "A number that is greater."),
    ("gte", "A number that is greater or equal."),
    ("regex", "Text in which an RE2 pattern is found anywhere."),
    ("contains", "Text with a part, or a list with an element."),
    ("exists", "Whether the argument is there and not null."),
];

/// What a condition, a limit or a policy may have under a key, where it is one of a few words.
pub(super) fn words(key: &str) -> &'static [(&'static str, &'static str)] {
    match key {
        "op" => &OPERATORS,
        "window" => &[
            ("minute", "From :00 to the next minute, in UTC."),
            ("hour", "From :00:00 to the next hour, in UTC."),
            ("day", "From midnight to the next, in UTC."),
        ],
        "default" => &[
            ("deny", "Tools that are not listed are denied."),
            ("allow", "Tools that are not listed may be called."),
        ],
        "action" => &[("evaluate", "The conditions must hold."), ("deny", "Every call is denied.")],
        "scope" => &[("grant", "Every grant has a counter of its own.")],
        "rate_limit" => &[
            ("10/minute", "As recommended for tools that run something."),
            ("30/minute", "As recommended for tools that write."),
            ("100/hour", "In an hour."),
            ("1000/day", "In a day."),
        ],
        _ => &[],
    }
}

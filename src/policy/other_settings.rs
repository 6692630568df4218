//! Settings that open or close access and that no rule stands for.

use serde_json::{Map, Value};

use crate::source::Node;

/// A setting that is there, by its fields with dots between them, and what it is set to as JSON text.
pub type OtherSetting = (&'static str, String);

/// Those of some settings that a tree has. A field that is named `*` stands for every one.
pub(super) fn other_settings(root: &Node, known: &[&'static str]) -> Vec<OtherSetting> {
    let found = known.iter().map(|name| (*name, value(root, name)));
    found.filter_map(|(name, value)| Some((name, value?.to_string()))).collect()
}

fn value(node: &Node, name: &str) -> Option<Value> {
    let (field, rest) = name.split_once('.').map_or((name, None), |(f, rest)| (f, Some(rest)));
    let within = |node: &Node| rest.map_or_else(|| Some(node.to_json()), |rest| value(node, rest));
    if field != "*" {
        return within(node.get(field)?);
    }
    let entries = node.live_entries();
    let each = entries.filter_map(|e| Some((e.key.text.to_string(), within(&e.value)?)));
    let all: Map<String, Value> = each.collect();
    (!all.is_empty()).then_some(Value::Object(all))
}

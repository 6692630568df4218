//! Settings that open or close access and that no rule stands for.

use serde_json::{Map, Value};

use crate::source::{Entry, Node};

/// A setting that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherSetting {
    /// Its fields with dots between them.
    pub name: &'static str,
    /// The server that it is about, whose rules tell what comes or goes with it: only where both of two policies
    /// have the server its setting may differ.
    pub server: Option<Box<str>>,
    /// What it is set to, as JSON text.
    pub value: String,
}

impl OtherSetting {
    /// A setting that is about no server.
    pub(super) fn new(name: &'static str, value: String) -> OtherSetting {
        OtherSetting { name, server: None, value }
    }

    /// Whether another one is the same setting, whatever it is set to.
    pub fn is_same(&self, other: &OtherSetting) -> bool {
        (self.name, &self.server) == (other.name, &other.server)
    }
}

/// Those of some settings that a tree has. A field that is named `*` stands for every one.
pub(super) fn other_settings(root: &Node, known: &[&'static str]) -> Vec<OtherSetting> {
    let found = known.iter().map(|name| (*name, value(root, name)));
    found.filter_map(|(name, value)| Some(OtherSetting::new(name, value?.to_string()))).collect()
}

/// How each server of a field is reached: what is said of it but for the fields that rules stand for, or that are
/// settings themselves. `name` is the setting's.
pub(super) fn server_settings(
    root: &Node,
    (name, field): (&'static str, &str),
    ruled: &[&str],
) -> Vec<OtherSetting> {
    let server = |entry: &Entry| {
        let fields = entry.value.live_entries().filter(|field| !ruled.contains(&&*field.key.text));
        let fields = fields.map(|field| (field.key.text.to_string(), field.value.to_json()));
        let value = Value::Object(fields.collect()).to_string();
        OtherSetting { name, server: Some(entry.key.text.to_string().into()), value }
    };
    root.get(field).into_iter().flat_map(Node::live_entries).map(server).collect()
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

//! Fixes for what stands in a policy of version 1 without the list or the object that it belongs into. What is
//! written with it is mended on the way: a fix must not bring in what the gateway refuses.

use super::fix::{Fix, Safety};
use super::legacy_fix::apart;
use crate::policy::{Dialect, Holder, argument_path, limit_rule, operator_meant, rate_limit};
use crate::source::{Draft, Editor, Entry, Kind, Node, Pointer, all_of};

/// The fields of a condition.
const CONDITION: [&str; 3] = ["path", "op", "value"];

/// The fix for an entry that is a condition and lacks the list of them.
pub(super) fn unwrapped(editor: Editor<'_>, root: &Node, pointer: &Pointer) -> Option<Fix> {
    let node = root.at(pointer).filter(|node| node.get("conditions").is_none())?;
    let edit = editor.replace(pointer, &entry(node)?);
    Fix::new(Safety::Safe, "put the test into `conditions`", [edit])
}

/// The fix for one thing where a list of such things is to be.
pub(super) fn unlisted(editor: Editor<'_>, root: &Node, pointer: &Pointer) -> Option<Fix> {
    let tokens: Vec<_> = pointer.tokens().collect();
    let tokens: Vec<&str> = tokens.iter().map(|token| &**token).collect();
    let node = root.at(pointer)?;
    let element = match tokens.as_slice() {
        ["hide"] => Draft::Text(node.as_str()?.to_owned()),
        ["all_tools", "limits"] | ["tools", _, "limits"] => limit(node, Holder::of(&tokens))?,
        ["tools", _, "require" | "deny_if"] if node.is_map() => entry(node)?,
        ["tools", _, "require" | "deny_if", _, "conditions"] => condition(node)?,
        _ => return None,
    };
    let edit = editor.replace(pointer, &Draft::List(vec![element]));
    Fix::new(Safety::Safe, "write it as a list", [edit])
}

/// The fix for fields that a limit lacks, as far as there is but one value for them or they are only a name.
pub(super) fn missing_fields<'f>(
    editor: Editor<'_>,
    pointer: &Pointer,
    fields: impl IntoIterator<Item = &'f str>,
) -> Option<Fix> {
    let tokens: Vec<_> = pointer.tokens().collect();
    let tokens: Vec<&str> = tokens.iter().map(|token| &**token).collect();
    let (["tools", _, "limits", _] | ["all_tools", "limits", _]) = tokens.as_slice() else {
        return None;
    };
    let holder = Holder::of(&tokens[..tokens.len() - 1]);
    let added = fields.into_iter().filter_map(|field| Some((field, plain_value(field, holder)?)));
    let added: Vec<(&str, Draft)> = added.collect();
    let edits = added.iter().map(|(field, value)| editor.insert(pointer, field, value));
    let title = format!("add {}", all_of(added.iter().map(|(field, _)| *field)));
    apart(title, edits).filter(|_| !added.is_empty())
}

fn plain_value(field: &str, holder: Holder<'_>) -> Option<Draft> {
    match field {
        "scope" => Some("grant".into()),
        "counter" => Some(Draft::Text(format!("{}_rate", holder.name()))),
        _ => None,
    }
}

/// A limit with all its fields, from one that stands alone: as older pages write it, or without its list.
fn limit(node: &Node, holder: Holder<'_>) -> Option<Draft> {
    if let Some((max, window)) = rate_limit(node) {
        return Some(limit_rule(Dialect::V1, holder, max, window));
    }
    let Draft::Object(mut fields) = Draft::of(node)? else { return None };
    for field in ["counter", "scope"].into_iter().filter(|field| node.get(field).is_none()) {
        fields.push((field.to_owned(), plain_value(field, holder)?));
    }
    Some(Draft::Object(fields))
}

/// An entry of `require` or `deny_if`, from one that may be the condition itself.
fn entry(node: &Node) -> Option<Draft> {
    if node.get("conditions").is_some() {
        return Draft::of(node);
    }
    let Draft::Object(fields) = condition(node)? else { return None };
    let (test, rest): (Vec<_>, Vec<_>) =
        fields.into_iter().partition(|(key, _)| CONDITION.contains(&&**key));
    let conditions = Draft::List(vec![Draft::Object(test)]);
    let wrapped = [("conditions".to_owned(), conditions)];
    Some(Draft::Object(wrapped.into_iter().chain(rest).collect()))
}

/// A condition, with what else stands beside it; path and operator as they are plainly meant.
fn condition(node: &Node) -> Option<Draft> {
    let Kind::Map(map) = &node.kind else { return None };
    let is_whole = CONDITION.iter().all(|field| node.get(field).is_some());
    (is_whole && node.defined.is_none()).then_some(())?;
    let field = |entry: &Entry| {
        let text = entry.value.as_str();
        let meant = match (&*entry.key.text, text) {
            ("op", Some(text)) => operator_meant(text),
            ("path", Some(text)) if !text.starts_with("args.") => {
                argument_path(text).filter(|meant| meant.is_plain).map(|meant| meant.path)
            }
            _ => None,
        };
        let value = meant.map(Draft::Text).or_else(|| Draft::of(&entry.value))?;
        Some((entry.key.text.to_string(), value))
    };
    map.entries().iter().map(field).collect::<Option<_>>().map(Draft::Object)
}

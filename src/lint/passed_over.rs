//! What it comes to that Gemini CLI passes over a field.

use super::finding::Finding;
use super::severity::Severity;
use crate::policy::{Defect, Location};
use crate::source::{Document, Format, Node, Pointer};

/// What narrows a rule to some calls of its tool.
const PATTERNS: [&str; 3] = ["argsPattern", "commandPrefix", "commandRegex"];

/// Parts of names that look as if they narrowed a rule to some calls.
const NARROWING: [&str; 12] = [
    "pattern", "regex", "prefix", "path", "file", "command", "arg", "glob", "match", "url", "host",
    "domain",
];

/// Says what a field that is passed over leaves open, and how bad that is.
pub(super) fn weigh(
    finding: &mut Finding,
    document: &Document,
    defect: &Defect,
    (field, nearest): (&str, Option<&str>),
) {
    let Some(rule) = rule_around(document, defect) else {
        if document.format == Format::Json {
            // What settings allow in vain is asked about.
            let stops = nearest.is_some_and(|nearest| nearest != "allowed");
            finding.severity = if stops { Severity::Error } else { Severity::Info };
            if !stops {
                finding.help = Some("remove it, or leave it: it allows nothing".to_owned());
            }
        } else if nearest == Some("rule") {
            finding.message = format!("{} No rule in it counts", finding.message);
        }
        return;
    };
    let meant = nearest.unwrap_or(field).to_lowercase();
    let narrows = NARROWING.iter().any(|part| meant.contains(part));
    let allows = rule.get("decision").and_then(Node::as_str) == Some("allow");
    finding.severity = match (narrows, allows, nearest) {
        (true, true, _) => Severity::Error,
        (true, false, _) | (false, _, Some(_)) => Severity::Warning,
        // A label changes nothing.
        (false, _, None) => Severity::Info,
    };
    let is_whole = PATTERNS.iter().all(|field| rule.get(field).is_none());
    if let Some(holds) = holds_for_all(rule).filter(|_| narrows && is_whole) {
        let begin = if nearest.is_some() { " Without" } else { "; without" };
        finding.message = format!("{}{begin} it {holds}", finding.message);
    }
}

/// The rule that a defect stands in.
fn rule_around<'d>(document: &'d Document, defect: &Defect) -> Option<&'d Node> {
    let Location::Place(place) = &defect.location else { return None };
    let rule = place.pointer.parent();
    let is_rule = rule.parent() == Pointer::root().key("rule");
    document.root.as_ref().filter(|_| is_rule)?.at(&rule)
}

/// What a rule does whose only narrowing field is passed over; none where its tools are not plain names.
fn holds_for_all(rule: &Node) -> Option<String> {
    let does = match rule.get("decision").and_then(Node::as_str) {
        Some("allow") => "allows",
        Some("deny") => "refuses",
        _ => "asks about",
    };
    let named = rule.get("toolName")?;
    let names = std::iter::once(named).chain(named.elements()).filter_map(Node::as_str);
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let are_plain = names.iter().all(|name| !name.contains('*'));
    are_plain.then(|| format!("the rule {does} every call of {}", names.join(", ")))
}

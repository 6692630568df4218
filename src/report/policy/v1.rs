//! A drafted policy as PolicyLayer's document, version "1".

use crate::init::{Choice, Condition, Draft, Drafted};
use crate::report::common::json::to_text;

/// What a denied call is told where a person may approve it; PolicyLayer's catalogue pages say so.
pub(in crate::report) const NEEDS_APPROVAL: &str = "Requires human approval.";

/// The text of a policy.
pub(in crate::report) fn policy_text(draft: &Draft) -> String {
    let hidden = draft.tools.iter().filter(|tool| tool.choice == Choice::Hide);
    let hidden: Vec<String> = hidden.map(|tool| format!("    {}", to_text(&tool.name))).collect();
    let listed: Vec<String> = draft.tools.iter().filter_map(entry).collect();
    let mut parts = vec!["  \"version\": \"1\"".to_owned(), "  \"default\": \"deny\"".to_owned()];
    if !hidden.is_empty() {
        parts.push(format!("  \"hide\": [\n{}\n  ]", hidden.join(",\n")));
    }
    if !listed.is_empty() {
        parts.push(format!("  \"tools\": {{\n{}\n  }}", listed.join(",\n")));
    }
    format!("{{\n{}\n}}\n", parts.join(",\n"))
}

fn entry(tool: &Drafted) -> Option<String> {
    let rules = match tool.choice {
        Choice::Hide | Choice::LeaveOut(_) => return None,
        Choice::Allow => rules(tool, None),
        Choice::Limit(max) => rules(tool, Some(limit(&tool.name, max))),
        Choice::DenyAll => {
            let message = to_text(&NEEDS_APPROVAL);
            let entry = format!("{{ \"conditions\": [], \"on_deny\": {message} }}");
            rules(tool, Some(format!("\"deny_if\": [{entry}]")))
        }
    };
    Some(format!("    {}: {rules}", to_text(&tool.name)))
}

fn rules(tool: &Drafted, rule: Option<String>) -> String {
    let required =
        tool.conditions.iter().map(|condition| format!("        {}", require(condition)));
    let required: Vec<String> = required.collect();
    let require = format!("\"require\": [\n{}\n      ]", required.join(",\n"));
    let rules = (!required.is_empty()).then_some(require).into_iter().chain(rule);
    let lines: Vec<String> = rules.map(|rule| format!("      {rule}")).collect();
    match lines.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{\n{}\n    }}", lines.join(",\n")),
    }
}

fn limit(tool: &str, max: u32) -> String {
    let counter = to_text(&format!("{tool}_rate"));
    format!(
        "\"limits\": [{{ \"counter\": {counter}, \"window\": \"minute\", \"max\": {max}, \"scope\": \"grant\" }}]"
    )
}

fn require(condition: &Condition) -> String {
    let path = to_text(&format!("args.{}", condition.path.join(".")));
    let (op, value) = match condition.values.as_slice() {
        [value] => ("eq", to_text(value)),
        values => ("in", to_text(&values)),
    };
    format!("{{ \"conditions\": [{{ \"path\": {path}, \"op\": \"{op}\", \"value\": {value} }}] }}")
}

//! A policy as PolicyLayer's document, version "1".

use crate::policy::{V1, V1Entry, V1Tool};
use crate::report::common::json::to_text;

/// The text of a policy.
pub(super) fn text(policy: &V1) -> String {
    let hidden: Vec<String> =
        policy.hide.iter().map(|name| format!("    {}", to_text(name))).collect();
    let listed = policy.tools.0.iter();
    let listed: Vec<String> = listed
        .map(|(name, tool)| format!("    {}: {}", to_text(name), rules(tool, "    ")))
        .collect();
    let mut parts = vec![
        format!("  \"version\": {}", to_text(&policy.version)),
        format!("  \"default\": {}", to_text(&policy.default)),
    ];
    if !hidden.is_empty() {
        parts.push(format!("  \"hide\": [\n{}\n  ]", hidden.join(",\n")));
    }
    if !policy.all_tools.is_empty() {
        parts.push(format!("  \"all_tools\": {}", rules(&policy.all_tools, "  ")));
    }
    if !listed.is_empty() {
        parts.push(format!("  \"tools\": {{\n{}\n  }}", listed.join(",\n")));
    }
    format!("{{\n{}\n}}\n", parts.join(",\n"))
}

/// The rules of a tool, whose entry is indented so far.
fn rules(tool: &V1Tool, indent: &str) -> String {
    let mut lines = Vec::new();
    if !tool.require.is_empty() {
        let required = tool.require.iter().map(|one| format!("{indent}    {}", entry(one)));
        let required: Vec<String> = required.collect();
        lines.push(format!("\"require\": [\n{}\n{indent}  ]", required.join(",\n")));
    }
    if !tool.deny_if.is_empty() {
        let denied: Vec<String> = tool.deny_if.iter().map(entry).collect();
        lines.push(format!("\"deny_if\": [{}]", denied.join(", ")));
    }
    if !tool.limits.is_empty() {
        let limits = tool.limits.iter().map(|limit| {
            object(&[
                ("counter", to_text(&limit.counter)),
                ("window", to_text(&limit.window)),
                ("max", to_text(&limit.max)),
                ("scope", to_text(&limit.scope)),
            ])
        });
        lines.push(format!("\"limits\": [{}]", limits.collect::<Vec<_>>().join(", ")));
    }
    let lines: Vec<String> = lines.iter().map(|line| format!("{indent}  {line}")).collect();
    match lines.is_empty() {
        true => "{}".to_owned(),
        false => format!("{{\n{}\n{indent}}}", lines.join(",\n")),
    }
}

fn entry(entry: &V1Entry) -> String {
    let conditions = entry.conditions.iter().map(|condition| {
        object(&[
            ("path", to_text(&condition.path)),
            ("op", to_text(&condition.op)),
            ("value", to_text(&condition.value)),
        ])
    });
    let conditions = format!("[{}]", conditions.collect::<Vec<_>>().join(", "));
    let mut fields = vec![("conditions", conditions)];
    fields.extend(entry.on_deny.as_ref().map(|message| ("on_deny", to_text(message))));
    object(&fields)
}

/// An object on one line.
fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
    format!("{{ {} }}", fields.join(", "))
}

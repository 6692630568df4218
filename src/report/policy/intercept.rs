//! A policy as the document of PolicyLayer/Intercept.

use std::fmt::Write;

use serde_json::Value;

use crate::policy::{Intercept, InterceptRule, WrittenCondition};
use crate::report::common::escape::escape;
use crate::report::common::json::{double_quoted, to_text};

/// The text of a policy.
pub(super) fn text(policy: &Intercept) -> String {
    let mut out = format!("version: \"{}\"\ndefault: {}\n", policy.version, policy.default);
    if !policy.hide.is_empty() {
        out.push_str("hide:\n");
        policy.hide.iter().for_each(|name| _ = writeln!(out, "  - {}", scalar(name)));
    }
    if policy.tools.0.is_empty() {
        out.push_str("tools: {}\n");
        return out;
    }
    out.push_str("tools:\n");
    for (name, tool) in &policy.tools.0 {
        let list = if tool.rules.is_empty() { "rules: []" } else { "rules:" };
        _ = writeln!(out, "  {}:\n    {list}", scalar(name));
        tool.rules.iter().for_each(|rule| write_rule(&mut out, rule));
    }
    out
}

fn write_rule(out: &mut String, rule: &InterceptRule) {
    let conditions: Vec<String> = rule.conditions.iter().map(condition).collect();
    let conditions = (!conditions.is_empty()).then(|| format!("[{}]", conditions.join(", ")));
    let fields = [
        ("action", rule.action.map(str::to_owned)),
        ("conditions", conditions),
        ("rate_limit", rule.rate_limit.clone()),
        ("on_deny", rule.on_deny.as_deref().map(scalar)),
    ];
    if let Some(comment) = &rule.comment {
        _ = writeln!(out, "      # {}", escape(comment));
    }
    _ = writeln!(out, "      - name: {}", scalar(&rule.name));
    for (key, value) in fields {
        value.into_iter().for_each(|value| _ = writeln!(out, "        {key}: {value}"));
    }
}

fn condition(condition: &WrittenCondition) -> String {
    let (path, value) = (scalar(&condition.path), operand(&condition.value));
    format!("{{path: {path}, op: {}, value: {value}}}", condition.op)
}

fn operand(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(operand).collect();
            format!("[{}]", values.join(", "))
        }
        other => to_text(other),
    }
}

/// Text as a YAML scalar: plain where nothing could take it for anything else, else in the double
/// quotes of JSON, which YAML reads alike.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.');
    let word = |c: char| c.is_ascii_lowercase() || c == '_';
    // A single word might be one of YAML's names for true, false and null.
    let is_name = text.contains(['_', '-', ' ']) && text.starts_with(word);
    match is_name && text.chars().all(plain) && !text.ends_with(' ') {
        true => text.to_owned(),
        false => double_quoted(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::common::escape::hostile;
    use crate::source::Document;

    #[test]
    fn any_text_comes_back_from_yaml() {
        for text in [
            "run_job",
            "run",
            "yes",
            "null",
            "a: b",
            "- a",
            "run ",
            "",
            "1",
            "0x1",
            "a#b",
            "a #b",
            "~",
            "\u{1b}[31m",
            "\u{202e}",
            "\u{e0041}",
            "a ##[error]b",
            "::a::b",
            "😀_a",
            "\"\\\n",
            "a.b",
            "a_b.c",
            "é_é",
        ] {
            let yaml = format!("{}: {}\n", scalar(text), scalar(text));
            let root = Document::read("a.yaml", yaml.clone().into_bytes()).root.unwrap();
            assert_eq!(&*root.entries()[0].key.text, text, "{yaml}");
            assert_eq!(root.get(text).unwrap().as_str(), Some(text), "{yaml}");
            assert_eq!(hostile(yaml.trim_end()).next(), None, "{yaml}");
        }
    }
}

//! A policy as the document of PolicyLayer/Intercept.

use std::fmt::Write;

use serde_json::Value;

use crate::policy::{Intercept, InterceptRule, WrittenCondition};
use crate::report::common::escape::escape;
use crate::report::common::json::to_text;
use crate::report::common::yaml::scalar;

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

//! A drafted policy as the document of PolicyLayer/Intercept.

use std::fmt::Write;

use super::v1::NEEDS_APPROVAL;
use crate::init::{Choice, Draft, Drafted};
use crate::report::common::json::{double_quoted, to_text};

/// The text of a policy.
pub(in crate::report) fn policy_text(draft: &Draft) -> String {
    let mut out = String::from("version: \"1\"\ndefault: deny\n");
    let mut hidden = draft.tools.iter().filter(|tool| tool.choice == Choice::Hide).peekable();
    if hidden.peek().is_some() {
        out.push_str("hide:\n");
        hidden.for_each(|tool| _ = writeln!(out, "  - {}", scalar(&tool.name)));
    }
    let mut listed = draft.tools.iter().filter(|tool| is_listed(tool)).peekable();
    if listed.peek().is_none() {
        out.push_str("tools: {}\n");
        return out;
    }
    out.push_str("tools:\n");
    listed.for_each(|tool| write_tool(&mut out, tool));
    out
}

fn is_listed(tool: &Drafted) -> bool {
    !matches!(tool.choice, Choice::Hide | Choice::LeaveOut(_))
}

fn write_tool(out: &mut String, tool: &Drafted) {
    _ = writeln!(out, "  {}:", scalar(&tool.name));
    if tool.choice == Choice::Allow && tool.conditions.is_empty() {
        out.push_str("    rules: []\n");
        return;
    }
    out.push_str("    rules:\n");
    for condition in &tool.conditions {
        let path = format!("args.{}", condition.path.join("."));
        let (name, path) = (scalar(&format!("{path} as recorded")), scalar(&path));
        let (op, value) = match condition.values.as_slice() {
            [only] => ("eq", value(only)),
            several => {
                let several: Vec<String> = several.iter().map(value).collect();
                ("in", format!("[{}]", several.join(", ")))
            }
        };
        _ = writeln!(out, "      - name: {name}");
        _ = writeln!(out, "        conditions: [{{path: {path}, op: {op}, value: {value}}}]");
    }
    match tool.choice {
        Choice::Limit(max) => {
            _ = writeln!(out, "      - name: {}", scalar(&format!("{}_rate", tool.name)));
            _ = writeln!(out, "        rate_limit: {max}/minute");
        }
        Choice::DenyAll => {
            _ = writeln!(out, "      - name: requires approval");
            _ = writeln!(
                out,
                "        action: deny\n        on_deny: {}",
                to_text(&NEEDS_APPROVAL)
            );
        }
        _ => {}
    }
}

fn value(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| to_text(value), scalar)
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
            let shown =
                yaml.trim_end().chars().all(|c| !crate::report::common::escape::is_hostile(c));
            assert!(shown, "{yaml}");
        }
    }
}

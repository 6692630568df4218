//! Statements about what settings of Claude Code say, against calls: none breaks what is proved, and every call
//! that is shown does.

use gatelint::engine::{Gate, Outcome};
use gatelint::policy::Agent;
use gatelint::solver::Evidence;
use serde_json::json;

use super::files::{CLAUDE, COMMANDS, PATHS, calls, read};
use super::{Made, decided, pairs};
use crate::solver::random::Random;
use crate::solver::statements::{Meeting, violations};

const PATTERNS: [&str; 7] = ["^git", "push", "^rm ", "x$", "env", "^(ls|cat)", "src/"];

const TOOLS: [(&str, &str); 4] =
    [("Bash", "command"), ("Read", "file_path"), ("WebFetch", "url"), ("mcp__hub__push", "")];

/// A statement about a tool with some name and argument.
fn statement(random: &mut Random, tool: &str, argument: &str) -> serde_json::Value {
    let claim = *random.pick(&["deny", "ask", "limit"]);
    if claim == "limit" {
        return json!({"limit": tool, "max": 3, "window": "hour"});
    }
    let mut said = json!({ (claim): tool });
    if !argument.is_empty() && random.below(2) == 0 {
        let (path, value) = (format!("args.{argument}"), *random.pick(&PATTERNS));
        said[*random.pick(&["when", "unless"])] =
            json!([{"path": path, "op": "regex", "value": value}]);
    }
    said
}

#[test]
fn no_call_breaks_what_is_proved_of_settings_and_every_call_that_is_shown_does() {
    let made = calls(
        &[
            ("Bash", "command", &COMMANDS),
            ("Read", "file_path", &PATHS),
            ("WebFetch", "url", &["https://a.example.com/", "https://b.test/"]),
            ("mcp__hub__push", "", &[""]),
        ],
        &["", "default", "plan", "acceptEdits", "bypassPermissions"],
    );
    let mut random = Random(31);
    let (mut proved, mut broken, mut missed) = (0, 0, 0);
    for _ in 0..pairs() * 12 {
        let mut permissions = json!({});
        for list in ["allow", "ask", "deny"] {
            permissions[list] = (0..random.below(4)).map(|_| *random.pick(&CLAUDE)).collect();
        }
        let text = json!({ "permissions": permissions }).to_string();
        let policy = read(Agent::ClaudeCode, &[("/p/.claude/settings.json", text)]);
        let gate = Gate::new(&policy);
        let (tool, argument) = *random.pick(&TOOLS);
        let said = statement(&mut random, tool, argument);
        let [when, unless] = ["when", "unless"].map(|field| Meeting::new(&said[field]));
        let breaks = |call: &Made, folder: &str| {
            let outcome = decided(&gate, call, folder);
            when.is_met(&call.1).unwrap_or(true)
                && !unless.is_met(&call.1).unwrap_or(false)
                && (outcome == Outcome::Allow || (outcome == Outcome::Ask && said["ask"].is_null()))
        };
        let first = made.iter().find(|call| call.0 == tool && breaks(call, "/p"));
        let shown = format!("{said} of {permissions}");
        match violations(&said, &policy).first().map(|first| &first.evidence) {
            None => {
                proved += 1;
                assert_eq!(first, None, "{shown}");
            }
            Some(Evidence::Recorded(call)) => {
                broken += 1;
                let mode = call.mode.clone().unwrap_or_default();
                let own = (call.tool.clone(), call.arguments.to_string(), mode);
                let folder = call.folder.as_deref().unwrap_or_default();
                assert!(own.0 == tool && breaks(&own, folder), "{shown}: {own:?}");
            }
            Some(_) => missed += usize::from(first.is_some()),
        }
    }
    assert!(proved > 5 && broken > 40, "{proved} proved, {broken} broken");
    assert!(missed * 20 < broken, "{missed} that a tried call shows were told as unknown");
}

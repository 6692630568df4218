use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{PermissionContext, RuleCheck};
use crate::policy::Agent;
use crate::source::{Node, Place, Pointer};

rule! {
    /// ## What it does
    /// Finds rules of Codex that prompt or forbid and have no example of a command that they hold for, and such that forbid without a word why.
    ///
    /// ## Why is this bad?
    /// Codex holds rules against their examples when it starts: a rule that does not match what it was written for is noticed. The justification is what the model is told.
    ///
    /// ## Example
    /// ```starlark
    /// prefix_rule(pattern=["git", "push"], decision="forbidden")
    /// ```
    ///
    /// ## Use instead
    /// ```starlark
    /// prefix_rule(
    ///     pattern=["git", "push"],
    ///     decision="forbidden",
    ///     match=["git push origin main"],
    ///     justification="a person pushes",
    /// )
    /// ```
    "missing-example", Info, off RuleCheck::Permissions(check)
}

#[derive(Serialize)]
struct MissingExample {
    reason: &'static str,
    decision: String,
}

impl Facts for MissingExample {
    fn message(&self) -> String {
        match self.reason {
            "missing-example" => "the rule has no example that it is held against".to_owned(),
            _ => "the rule forbids and does not say why".to_owned(),
        }
    }

    fn help(&self) -> Option<String> {
        let text = match self.reason {
            "missing-example" => {
                "add `match = [\"…\"]`, and `not_match` for what must not be meant"
            }
            _ => "add `justification = \"…\"`, which the model is told",
        };
        Some(text.to_owned())
    }
}

fn check(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    if context.agent != Agent::Codex {
        return;
    }
    let root = Pointer::root();
    let calls = findings.node(&root).map(Node::elements).unwrap_or_default();
    for (at, call) in calls.iter().enumerate() {
        let decision = call.get("decision").and_then(Node::as_str).unwrap_or("allow");
        let is_rule = call.get("function").and_then(Node::as_str) == Some("prefix_rule");
        if !is_rule || decision == "allow" {
            continue;
        }
        let lacks = |fields: &[&str]| fields.iter().all(|field| call.get(field).is_none());
        let found = [
            ("missing-example", lacks(&["match", "not_match"])),
            (
                "forbidden-without-justification",
                decision == "forbidden" && lacks(&["justification"]),
            ),
        ];
        for (reason, _) in found.into_iter().filter(|(_, is_so)| *is_so) {
            let facts = MissingExample { reason, decision: decision.to_owned() };
            let place = Place::value(root.index(at).key("function"));
            findings.add(&RULE, RULE.severity, place, facts);
        }
    }
}

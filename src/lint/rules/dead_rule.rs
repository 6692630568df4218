use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::permissions::{Dead, DeadRule, PermissionContext, dead_rules};
use crate::lint::{RuleCheck, Severity};
use crate::policy::Ruling;
use crate::source::Pointer;

rule! {
    /// ## What it does
    /// Finds rules of permission files that never count: forms that the agent does not take for a rule, or takes for another one (`Write(src/**)`, `mcp__server__tool(*)`, `["git push"]`, `commandRegex = "^git"`), and rules of which every call is decided by another rule, which is named. What a rule is written for is tried with the rules of all files.
    ///
    /// ## Why is this bad?
    /// A refusal that never counts is a protection that is not there; a permission that never counts is a question that somebody meant to be spared.
    ///
    /// ## Example
    /// ```json
    /// {"permission": {"bash": {"git push*": "deny", "*": "allow"}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"permission": {"bash": {"*": "ask", "git push*": "deny"}}}
    /// ```
    "dead-rule", Error, RuleCheck::Permissions(check)
}

#[derive(Serialize)]
struct DeadRuleFacts {
    reason: &'static str,
    /// The rule in the words of its file.
    rule: String,
    /// A call that it is written for, and does not decide.
    witness: Option<String>,
    /// What counts instead, with its file and line.
    instead: Option<String>,
    #[serde(skip)]
    why: &'static str,
    #[serde(skip)]
    advice: &'static str,
    #[serde(skip)]
    is_narrow: bool,
}

impl Facts for DeadRuleFacts {
    fn message(&self) -> String {
        let Self { rule, why, .. } = self;
        match (&self.witness, &self.instead) {
            (Some(witness), Some(instead)) => {
                format!(
                    "`{rule}` never counts: {instead} decides `{witness}` and whatever else it is about"
                )
            }
            (Some(witness), None) if why.is_empty() => {
                format!("`{rule}` never holds, not even for `{witness}`")
            }
            _ if self.is_narrow => format!("`{rule}` does less than it seems to: {why}"),
            _ if why.is_empty() => format!("`{rule}` never holds for anything"),
            _ => format!("`{rule}` never does what it says: {why}"),
        }
    }

    fn help(&self) -> Option<String> {
        Some(self.advice.to_owned())
    }
}

/// A refusal or question that is not there is a mistake; a permission that is not there only costs a question.
fn severity(dead: &Dead<'_>) -> Severity {
    match (dead.ruling, dead.is_redundant) {
        (_, true) | (Ruling::Allow, _) => Severity::Info,
        _ if dead.is_narrow() => Severity::Warning,
        (Ruling::Ask, _) if dead.is_stricter => Severity::Info,
        (Ruling::Ask, _) => Severity::Warning,
        (Ruling::Deny, _) => Severity::Error,
    }
}

fn check(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    for dead in dead_rules(context, findings.node(&Pointer::root())) {
        let severity = severity(&dead);
        let (reason, why, advice) = match &dead.how {
            DeadRule::Form(form) => (form.reason, form.why, form.instead),
            DeadRule::Missed(reason) if dead.ruling == Ruling::Allow => {
                (*reason, "", "write it as the agent reads it, or take it out")
            }
            DeadRule::Missed(reason @ "compound-spec") => {
                (*reason, "", "write each of the commands as a rule of its own")
            }
            DeadRule::Missed(reason) => (*reason, "", "write it as the agent reads it"),
            DeadRule::Shadowed { reason, advice, .. } => (*reason, "", *advice),
        };
        let instead = match &dead.how {
            DeadRule::Shadowed { by, .. } => Some(by.clone()),
            DeadRule::Form(_) | DeadRule::Missed(_) => None,
        };
        let (rule, witness) = (dead.text.clone(), dead.witness.clone());
        let is_narrow = dead.is_narrow();
        let facts = DeadRuleFacts { reason, rule, witness, instead, why, advice, is_narrow };
        let related = dead.other.map(|other| (other, "this rule counts instead".to_owned()));
        findings.add_permission(&RULE, severity, dead.origin, facts, related.into_iter().collect());
    }
}

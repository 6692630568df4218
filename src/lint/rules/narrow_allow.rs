use serde::Serialize;

use crate::engine::Outcome;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::permissions::{PermissionContext, Probe, usual};
use crate::lint::{RuleCheck, Severity};
use crate::policy::Ruling;

rule! {
    /// ## What it does
    /// Finds allowed commands that are asked about all the same with a variable set in front or with their output led into a file. One finding a file: it is so for every rule.
    ///
    /// ## Why is this bad?
    /// It is not: such a command does more than the rule names. But whoever wonders why the agent asks finds the reason here.
    ///
    /// ## Example
    /// ```json
    /// {"permissions": {"allow": ["Bash(npm test)"]}}
    /// ```
    ///
    /// ## Use instead
    /// Let the agent ask, or allow just the command that is needed: `"Bash(FOO=1 npm test)"`.
    "narrow-allow", Info, off RuleCheck::Permissions(check)
}

#[derive(Serialize)]
struct NarrowAllow {
    reason: &'static str,
    rule: String,
    command: String,
    witness: String,
}

impl Facts for NarrowAllow {
    fn message(&self) -> String {
        let Self { rule, command, witness, .. } = self;
        format!("`{rule}` lets `{command}` run, and `{witness}` is asked about")
    }

    fn help(&self) -> Option<String> {
        Some("allow the very command that is needed, if it is needed often".to_owned())
    }
}

/// What is done to a command, with the name that has.
const WAYS: [(&str, &str, &str); 2] =
    [("allow-needs-safe-env", "FOO=1 ", ""), ("redirection-not-covered", "", " > out.log")];

fn check(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    let own = context.own(Ruling::Allow);
    for (reason, before, behind) in WAYS {
        let found = own.iter().find_map(|written| {
            let command = written.own().flat_map(|rule| usual(context.agent, rule)).next()?;
            let decide = |command: &str| {
                let probe = Probe::command(context.agent, command);
                context.prober.decide(&probe, written.mode())
            };
            let runs = decide(&command);
            let witness = format!("{before}{command}{behind}");
            let is_narrow = runs.outcome == Outcome::Allow
                && runs.is_of(written.origin)
                && decide(&witness).outcome == Outcome::Ask;
            is_narrow.then_some((written, command, witness))
        });
        if let Some((written, command, witness)) = found {
            let facts = NarrowAllow { reason, rule: written.text().to_owned(), command, witness };
            findings.add_permission(&RULE, Severity::Info, written.origin, facts, Vec::new());
        }
    }
}

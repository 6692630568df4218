use serde::Serialize;

use crate::lint::RuleCheck;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::permissions::{Hole, PermissionContext, holes};

rule! {
    /// ## What it does
    /// Finds rules of permission files that stop one way to a file and leave another open: reading is refused, and a shell command that reads the same runs without a question; `Edit` is refused, which is not `Write`; a question about a path that the shell does not ask. Each is told with the call that runs.
    ///
    /// ## Why is this bad?
    /// A secret that the reading tool may not read is not kept from an agent that may run `less .env`.
    ///
    /// ## Example
    /// ```json
    /// {"permissions": {"allow": ["Bash"], "deny": ["Read(.env)"]}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"permissions": {"allow": ["Bash(npm test)"], "deny": ["Read(.env)"]}}
    /// ```
    "partial-deny", Error, RuleCheck::Permissions(check)
}

#[derive(Serialize)]
struct PartialDeny {
    reason: &'static str,
    /// The rule in the words of its file.
    rule: String,
    /// What it stops.
    stopped: String,
    /// What it does not stop.
    witness: String,
    /// What comes of that.
    outcome: &'static str,
    #[serde(skip)]
    advice: &'static str,
}

impl Facts for PartialDeny {
    fn message(&self) -> String {
        let Self { rule, stopped, witness, outcome, .. } = self;
        let comes =
            if *outcome == "ask" { "is only asked about" } else { "runs without a question" };
        format!("`{rule}` is about `{stopped}`, and `{witness}` {comes}")
    }

    fn help(&self) -> Option<String> {
        Some(self.advice.to_owned())
    }
}

fn check(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    for hole in holes(context) {
        let Hole { origin, reason, rule, stopped, witness, outcome, advice, severity, others } =
            hole;
        let outcome = outcome.name();
        let facts = PartialDeny { reason, rule, stopped, witness, outcome, advice };
        let related =
            others.into_iter().map(|other| (other, "the same is so of this rule".to_owned()));
        findings.add_permission(&RULE, severity, origin, facts, related.collect());
    }
}

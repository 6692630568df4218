use serde::Serialize;

use crate::catalogue::{Category, Contradiction};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds listed tools whose server claims that they only read or do not destroy, while their name and arguments say otherwise.
    /// It is information only where somebody decided what the tool does and the policy does not follow the claim, but limits the tool or looks at its arguments, and of a built-in server where what the tool does was guessed.
    /// It needs the server's annotations, from the catalogue or its `tools/list`.
    /// It is information only where nothing shows harm that nobody can simply undo: `run_report` may well only read.
    ///
    /// ## Why is this bad?
    /// Annotations are claims of the server. Clients that believe them call the tool without asking anybody.
    ///
    /// ## Example
    /// ```json
    /// {"name": "delete_station", "annotations": {"readOnlyHint": true}}
    /// ```
    ///
    /// ## Use instead
    /// The rules for what the tool does, not for what it says: hide it, or require arguments that somebody has chosen.
    "annotation-contradicts-name", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Contradicts {
    tool: String,
    category: Category,
    claim: &'static str,
    #[serde(skip)]
    described: String,
}

impl Facts for Contradicts {
    fn message(&self) -> String {
        format!("the server claims `{}` for `{}`, which {}", self.claim, self.tool, self.described)
    }

    fn help(&self) -> Option<String> {
        Some("do not rely on the claim, and ask whoever keeps the server".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (listed, tool) in context.reachable() {
        let Some(contradiction) = tool.contradiction() else { continue };
        let facts = Contradicts {
            tool: listed.name.clone(),
            category: tool.category,
            claim: match contradiction {
                Contradiction::NotReadOnly => "readOnlyHint",
                Contradiction::Destroys => "destructiveHint: false",
            },
            described: context.describe(tool),
        };
        let is_built_in = context.server().is_some_and(|known| known.is_built_in());
        let is_held = context.limits(listed).next().is_some() || context.is_looked_at(listed);
        let is_settled = match tool.is_guess() {
            // Where nobody looked at the tool, the guess may be wrong and not the claim.
            true => is_built_in,
            // Who knows what it does and holds it does not follow the claim.
            false => is_held,
        };
        let is_shown = tool.surely_harms() && !is_settled;
        let most = if is_shown { RULE.severity } else { Severity::Info };
        let severity = context.weigh(tool, most);
        findings.add(&RULE, severity, Place::key(listed.pointer.clone()), facts);
    }
}

use serde::Serialize;

use crate::catalogue::Vocabulary;
use crate::lint::bypass::{Bypass, Hole, in_denied};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds `deny_if` conditions, and `neq` and `not_in` in a `require`, on paths, addresses, hosts, SQL, commands, branches and kinds that miss another spelling of what they name, or what does as much, and shows a value that passes.
    /// Where a `require` on the same argument says which values are allowed, it is judged together with what is denied, by `bypassable-allow-list`; one denied value of a closed enumeration is good.
    /// What an argument holds is known from the catalogue or the server's `tools/list`; where it is a guess from its name alone, the finding is information.
    ///
    /// ## Why is this bad?
    /// There are many ways to write the same: ` DROP TABLE users` for `^drop`, `refs/heads/main` for `main`, `Secrets` for `secrets`, `http://2130706433/` for `127.0.0.1`. Nobody lists them all.
    ///
    /// ## Example
    /// ```json
    /// {"deny_if": [{"conditions": [{"path": "args.branch", "op": "in", "value": ["main", "release"]}]}]}
    /// ```
    ///
    /// ## Use instead
    /// `require` with what is wanted:
    ///
    /// ```json
    /// {"require": [{"conditions": [{"path": "args.branch", "op": "regex", "value": "^agent/[a-z0-9-]+$"}]}]}
    /// ```
    "bypassable-deny-list", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct BypassableDenyList {
    tool: String,
    argument: String,
    holds: &'static str,
    operator: &'static str,
    witness: serde_json::Value,
    arguments: serde_json::Value,
    why: String,
}

impl Facts for BypassableDenyList {
    fn message(&self) -> String {
        let BypassableDenyList { argument, operator, witness, why, .. } = self;
        format!("this `{operator}` misses {witness} as `{argument}`: {why}")
    }

    fn help(&self) -> Option<String> {
        Some("say with `require` which values are wanted; what is not named is denied".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for hole in in_denied(context, RULE.severity) {
        let Hole { listed, condition, what, severity, bypass, .. } = hole;
        let Bypass { value, arguments, why } = bypass;
        let facts = BypassableDenyList {
            tool: listed.name.clone(),
            argument: condition.subject.to_string(),
            holds: what.word(),
            operator: condition.predicate.operator(),
            witness: value,
            arguments,
            why,
        };
        findings.add(&RULE, severity, Place::value(condition.pointer.clone()), facts);
    }
}

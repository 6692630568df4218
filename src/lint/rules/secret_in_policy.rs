use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::secrecy::secrets;
use crate::lint::{Context, RuleCheck};

rule! {
    /// ## What it does
    /// Finds passwords, tokens and keys in messages, values, descriptions and comments. No output shows them.
    /// UUIDs, hashes, addresses of mail, ARNs and patterns of tokens are none; neither is what only says that a secret belongs there.
    ///
    /// ## Why is this bad?
    /// A policy is committed and read by many, and every agent that is refused is told the message. What stands in it is known to all of them, for ever.
    ///
    /// ## Example
    /// ```json
    /// {"require": [{"conditions": [{"path": "args.channel", "op": "eq", "value": "C01"}],
    ///   "on_deny": "Closed; the override password is hunter22."}]}
    /// ```
    ///
    /// ## Use instead
    /// Words that say whom to ask, and a new secret in place of the one that was known:
    ///
    /// ```json
    /// {"require": [{"conditions": [{"path": "args.channel", "op": "eq", "value": "C01"}],
    ///   "on_deny": "Closed; ask the on-call person."}]}
    /// ```
    "secret-in-policy", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct SecretInPolicy {
    what: &'static str,
}

impl Facts for SecretInPolicy {
    fn message(&self) -> String {
        format!("{} stands here, where everybody who reads the policy finds it", self.what)
    }

    fn help(&self) -> Option<String> {
        Some("take it out, and have it replaced by a new one: it is known".to_owned())
    }
}

fn check(_: &Context<'_>, findings: &mut Findings<'_>) {
    for secret in secrets(findings.document()) {
        let facts = SecretInPolicy { what: secret.what };
        match secret.place {
            Some(place) => _ = findings.add(&RULE, RULE.severity, place, facts),
            None => findings.add_text(&RULE, RULE.severity, secret.span.into(), facts),
        }
    }
}

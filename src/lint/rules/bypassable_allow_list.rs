use serde::Serialize;

use crate::catalogue::Vocabulary;
use crate::lint::bypass::{Bypass, Hole, Kept, SafePattern, in_allowed};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::fix::{Fix, Safety};
use crate::lint::{Context, RuleCheck};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds `require` conditions on paths, addresses, hosts, SQL, commands, code and e-mail addresses that let through what they seem to keep out, and shows a value that passes.
    /// Everything that the policy asks of a call is taken together, so that a prefix beside a denial of `..` is good. Lists of whole values are good, and so are patterns that close the host or the folder and let only plain names follow.
    /// What an argument holds is known from the catalogue or the server's `tools/list`; where it is a guess from its name alone, the finding is information.
    ///
    /// ## Why is this bad?
    /// `^/srv/docs/` reads like a fence around a folder, but `/srv/docs/../../etc/shadow` begins with it too. `^https://docs.example.org` begins `https://docs.example.org.evil.example/`, `^git status` begins `git status; rm -rf /`.
    ///
    /// ## Example
    /// ```json
    /// {"require": [{"conditions": [{"path": "args.path", "op": "regex", "value": "^/srv/docs/"}]}]}
    /// ```
    ///
    /// ## Use instead
    /// A list of whole values, or a pattern of the whole text that has no room for more:
    ///
    /// ```json
    /// {"require": [{"conditions": [{"path": "args.path", "op": "regex", "value": "^/srv/docs(/[A-Za-z0-9_-]+)*/[A-Za-z0-9_-]+\\.md$"}]}]}
    /// ```
    "bypassable-allow-list", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct BypassableAllowList {
    tool: String,
    argument: String,
    holds: &'static str,
    operator: &'static str,
    witness: serde_json::Value,
    arguments: serde_json::Value,
    why: String,
    /// What the pattern of the fix keeps of the recorded calls.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<Kept>,
}

impl Facts for BypassableAllowList {
    fn message(&self) -> String {
        let BypassableAllowList { argument, operator, witness, why, .. } = self;
        format!("this `{operator}` lets {witness} through as `{argument}`: {why}")
    }

    fn help(&self) -> Option<String> {
        let help = match self.holds {
            "path" => {
                "list the paths, or say what may follow with plain names only, as `^/folder(/[A-Za-z0-9_-]+)*$`"
            }
            "url" | "host" => {
                "escape the dots, and close the host with a slash, a port of digits or the end, as `^https://host\\.example(:[0-9]{1,5})?(/|$)`"
            }
            "sql" => {
                "list the statements, or let through one that reads, without a `;`, as `^(?i:select)\\s[^;]*$`"
            }
            "command" => {
                "list the commands, or let only plain words follow, as `^git (status|log)( [A-Za-z0-9][A-Za-z0-9_-]*)*$`"
            }
            _ => "list the values, or tie the pattern to the whole text",
        };
        Some(help.to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for hole in in_allowed(context, RULE.severity) {
        let Hole { listed, condition, what, severity, bypass, safe } = hole;
        let Bypass { value, arguments, why } = bypass;
        let facts = BypassableAllowList {
            tool: listed.name.clone(),
            argument: condition.subject.to_string(),
            holds: what.word(),
            operator: condition.predicate.operator(),
            witness: value,
            arguments,
            why,
            kept: safe.as_ref().and_then(|safe| safe.kept),
        };
        let fix = safe.and_then(|SafePattern { text, kept }| {
            let edit = |key, text: &str| {
                findings.editor().replace(&condition.pointer.key(key), &text.into())
            };
            let edits = [edit("op", "regex"), edit("value", &text)];
            let keeps = kept
                .map(|Kept { calls, of }| format!(", which keeps {calls} of {of} recorded calls"));
            let title = format!("write `{text}`{}", keeps.unwrap_or_default());
            Fix::new(Safety::Unsafe, title, edits)
        });
        findings.add(&RULE, severity, Place::value(condition.pointer.clone()), facts).fixed_by(fix);
    }
}

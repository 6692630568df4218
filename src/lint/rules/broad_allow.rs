use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::permissions::{
    Broad, PermissionContext, broad_rules, has_empty_prefix, is_whole_shell, usual,
};
use crate::lint::{RuleCheck, Severity};
use crate::policy::{Agent, Ruling};
use crate::source::{LineTable, Node, Place, Pointer};

rule! {
    /// ## What it does
    /// Finds rules of permission files that allow more than they name: a program that runs other commands with anything behind it (`python3 *`, `npx *`, `docker run *`, `find *`), a `*` before the subcommand (`git * main`), a name without an end (`ls*` is `lsof` as well), an empty prefix, every file or host, everything. Each is told with a command that the rules let run.
    ///
    /// A program that is there to run what it is given is a warning: a shell, an interpreter (`awk` and `sed` too), a wrapper, a runner, `find` by its expressions. Information is what a program for something else runs by an option, a setting or one subcommand of it (`git *`, `tar *`, `make test *`), and what reaches out of the project without running another program: what sends anything anywhere (`curl *`, `gh api *`), tells a secret (`gh auth *`), writes any file (`tee *`) or installs code from anywhere (`pip install *`).
    ///
    /// ## Why is this bad?
    /// Who may run `python3 *` may run anything: no refusal of another command holds any more.
    ///
    /// ## Example
    /// ```json
    /// {"permissions": {"allow": ["Bash(python3 *)"]}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"permissions": {"allow": ["Bash(python3 -m pytest *)"]}}
    /// ```
    "broad-allow", Warning, RuleCheck::Permissions(check)
}

#[derive(Serialize)]
struct BroadAllow {
    reason: &'static str,
    /// The rule in the words of its file.
    rule: String,
    /// A call that it lets run without a question.
    witness: String,
    /// Where it is written what the program runs.
    source: Option<&'static str>,
}

impl Facts for BroadAllow {
    fn message(&self) -> String {
        let Self { rule, witness, .. } = self;
        format!("`{rule}` lets `{witness}` run without a question")
    }

    fn help(&self) -> Option<String> {
        Some(
            match self.reason {
                "interpreter-allowed" | "interpreter-allowed-unsandboxed" => {
                    "allow the few commands that are needed with their arguments, or let it be asked about"
                }
                "sends-anything" | "writes-anything" | "tells-secret" | "installs-anything" => {
                    "allow the commands that are needed with all their arguments, or let it be asked about"
                }
                "every-file-changed" | "every-file-read" => {
                    "name the folders that are needed: what lies outside of the project is asked about otherwise"
                }
                "every-host" => "name the hosts that are needed: `WebFetch(domain:docs.rs)`",
                "read-allow-opens-env" => {
                    "write `\"*.env\": \"ask\"` and `\"*.env.*\": \"ask\"` behind it: the last rule that matches counts"
                }
                "no-word-boundary" => "write a blank before the `*`",
                "wildcard-before-subcommand" => "put the `*` at the end, behind the subcommand",
                "forgotten-decision" => {
                    "say what is to happen: a rule without `decision` allows, outside of the sandbox"
                }
                "empty-prefix" => "name what commands begin with",
                _ => "let everything be asked about, and allow the few that are needed",
            }
            .to_owned(),
        )
    }
}

fn check(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    for written in context.own(Ruling::Allow) {
        if is_whole_shell(context, &written) && has_empty_prefix(&written, findings) {
            let (rule, witness) = (written.text().to_owned(), "curl example.com".to_owned());
            let facts = BroadAllow { reason: "empty-prefix", rule, witness, source: None };
            findings.add_permission(&RULE, Severity::Warning, written.origin, facts, Vec::new());
        }
    }
    if context.agent == Agent::Codex {
        forgotten(context, findings);
    }
    for broad in broad_rules(context) {
        let Broad { reason, rule, witness, source, is_certain, origin } = broad;
        let severity = if is_certain { Severity::Warning } else { Severity::Info };
        let facts = BroadAllow { reason, rule, witness, source };
        findings.add_permission(&RULE, severity, origin, facts, Vec::new());
    }
}

/// Rules of Codex without a decision, which allow.
fn forgotten(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    let root = Pointer::root();
    let calls = findings.node(&root).map(Node::elements).unwrap_or_default();
    let own = context.own(Ruling::Allow);
    let lines = LineTable::new(&findings.document().text);
    for (at, call) in calls.iter().enumerate() {
        let is_rule = call.get("function").and_then(Node::as_str) == Some("prefix_rule");
        let line = lines.line_of(call.span.start()) + 1;
        let written = own.iter().find(|rule| rule.origin.line as usize == line);
        let Some(written) = written.filter(|_| is_rule && call.get("decision").is_none()) else {
            continue;
        };
        let witness = written.own().flat_map(|rule| usual(context.agent, rule)).next();
        let (rule, witness) = (written.text().to_owned(), witness.unwrap_or_default());
        let facts = BroadAllow { reason: "forgotten-decision", rule, witness, source: None };
        let place = Place::value(root.index(at).key("function"));
        findings.add(&RULE, Severity::Info, place, facts);
    }
}

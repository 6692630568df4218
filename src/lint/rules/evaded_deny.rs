use std::collections::BTreeMap;

use serde::Serialize;

use crate::engine::Outcome;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::permissions::{Evasion, Kind, PermissionContext, evasions};
use crate::lint::{RuleCheck, Severity};
use crate::policy::{Agent, Dialect};

rule! {
    /// ## What it does
    /// Finds commands that a permission file refuses, or asks about, and that run without a question when they are written in another way: with an option before the subcommand (`git -C . push`), behind a wrapper (`env git push`), by an interpreter (`bash -c 'git push'`), with flags in another order (`rm -r -f`), two blanks, a redirection, quotes.
    /// Each is tried with the rules of all files, and only what comes out as allowed is told, with the command.
    ///
    /// ## Why is this bad?
    /// The rule stands for a protection that is not there: an agent whose command was refused tries the next best way to write it.
    ///
    /// ## Example
    /// ```json
    /// {"permissions": {"allow": ["Bash"], "deny": ["Bash(git push *)"]}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"permissions": {"allow": ["Bash(git status)", "Bash(git diff *)"], "deny": ["Bash(git push *)"]}}
    /// ```
    "evaded-deny", Error, RuleCheck::Permissions(check)
}

#[derive(Serialize)]
struct EvadedDeny {
    reason: &'static str,
    agent: &'static str,
    /// The rule that is evaded.
    rule: String,
    /// What it stops.
    command: String,
    /// The same in another way, which runs.
    witness: String,
    /// What is done to it.
    way: Kind,
    /// What lets it run.
    allowed_by: String,
    /// How many rules are evaded so.
    rules: usize,
    /// Where it is written that the witness runs the same.
    source: &'static str,
    #[serde(skip)]
    is_asked: bool,
}

impl Facts for EvadedDeny {
    fn message(&self) -> String {
        let Self { rule, command, witness, allowed_by, rules, .. } = self;
        let does = if self.is_asked { "asks about" } else { "stops" };
        let more = match rules - 1 {
            0 => String::new(),
            1 => "; another rule is evaded so as well".to_owned(),
            more => format!("; {more} more rules are evaded so as well"),
        };
        format!("`{rule}` {does} `{command}` but not `{witness}`, which runs by {allowed_by}{more}")
    }

    fn help(&self) -> Option<String> {
        let program = self.witness.split(' ').next().unwrap_or_default();
        Some(
            match (self.agent, self.way) {
                ("codex", Kind::Option | Kind::Flag | Kind::Wrapper | Kind::Path) => {
                    return Some(format!(
                        "ask about the program whatever stands behind it: prefix_rule(pattern=[\"{program}\"], decision=\"prompt\"); what no rule names runs in the sandbox alone"
                    ));
                }
                ("codex", _) => {
                    "ask about what is given to a shell: prefix_rule(pattern=[[\"bash\", \"sh\", \"zsh\"], [\"-c\", \"-lc\"]], decision=\"prompt\"); what no rule names runs in the sandbox alone"
                }
                ("opencode", _) => {
                    "let other commands be asked about (`\"*\": \"ask\"` as the first pattern of `bash`) and allow the few that are needed"
                }
                ("gemini", _) => {
                    "let the shell be asked about, and allow by prefix the few commands that are needed"
                }
                _ => "allow the few commands that are needed instead of all, so that others are asked about; or turn the sandbox on",
            }
            .to_owned(),
        )
    }
}

/// The names that the specification of an agent has for kinds of ways.
fn reason(agent: Agent, kind: Kind) -> &'static str {
    use Kind::{Argument, Flag, Interpreter, Option, Path, Wrapper};
    match (agent, kind) {
        (_, Argument) => "exact-command",
        (Agent::ClaudeCode, Option | Flag) => "deny-evaded-by-option",
        (Agent::ClaudeCode, Wrapper | Interpreter) => "deny-evaded-by-interpreter",
        (Agent::ClaudeCode, _) => "deny-evaded-by-spelling",
        (Agent::Codex, Option | Flag) => "option-before-subcommand",
        (Agent::Codex, Wrapper | Interpreter) => "wrapper-not-covered",
        (Agent::Codex, Path) => "host-executable-narrows",
        (Agent::Codex, _) => "forbidden-evaded-by-shell-syntax",
        (Agent::OpenCode, _) => "deny-evaded",
        (Agent::Gemini, _) => "prefix-evaded",
    }
}

/// What no rule of Codex names runs in the sandbox alone, unless there is none.
fn severity(context: &PermissionContext<'_>, reason: &str, evasion: &Evasion<'_>) -> Severity {
    match (context.agent, evasion.outcome) {
        (Agent::Codex, _) if evasion.is_by_rule => Severity::Error,
        (Agent::Codex, _) if reason == "forbidden-evaded-by-shell-syntax" => Severity::Warning,
        (Agent::Codex, _) => Severity::Info,
        (_, Outcome::Ask) => Severity::Warning,
        // With an argument more a command need not be the same.
        _ if evasion.kind == Kind::Argument => Severity::Warning,
        _ => Severity::Error,
    }
}

fn check(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    let mut by_reason: BTreeMap<&str, Vec<Evasion<'_>>> = BTreeMap::new();
    for evasion in evasions(context) {
        let of_reason = by_reason.entry(reason(context.agent, evasion.kind)).or_default();
        if of_reason.iter().all(|known| known.origin != evasion.origin) {
            of_reason.push(evasion);
        }
    }
    for (reason, mut evasions) in by_reason {
        // A refusal that is not there is worse than a question.
        evasions.sort_by_key(|evasion| std::cmp::Reverse(evasion.outcome));
        let first = &evasions[0];
        let facts = EvadedDeny {
            reason,
            agent: Dialect::Agent(context.agent).code(),
            rule: first.rule.clone(),
            command: first.command.clone(),
            witness: first.variant.clone(),
            way: first.kind,
            allowed_by: first.allowed_by.clone(),
            rules: evasions.len(),
            source: first.source,
            is_asked: first.outcome == Outcome::Ask,
        };
        let related = evasions[1..]
            .iter()
            .map(|other| (other.origin, format!("evaded so as well, by `{}`", other.variant)));
        let severity = severity(context, reason, first);
        let related = related.collect();
        findings.add_permission(&RULE, severity, first.origin, facts, related);
    }
}

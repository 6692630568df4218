use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, PermissionContext, RuleCheck, Severity};
use crate::policy::{Agent, Default, FileOwner};
use crate::source::{Node, Place, Pointer};

rule! {
    /// ## What it does
    /// Finds policies whose default is to allow.
    ///
    /// Of the permission files of agents: lists of OpenCode that only allow, beside which everything else is allowed as well; the mode `bypassPermissions` of Claude Code; and `danger-full-access` of Codex, where commands without a rule run without a sandbox.
    ///
    /// ## Why is this bad?
    /// A tool that the policy does not list may be called without any rule: also one that the server adds tomorrow, or one whose name was misspelt in the policy.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": "allow", "tools": {"run_job": {}}}
    /// ```
    ///
    /// ## Use instead
    /// `"default": "deny"`, and an entry under `tools` for every tool that is to be called; `{}` allows one without rules.
    "default-allow", Warning, RuleCheck::Both(check, check_permissions)
}

#[derive(Serialize)]
struct DefaultAllow {
    listed: usize,
    /// Whether rules for all tools apply to what is not listed.
    ruled: bool,
}

impl Facts for DefaultAllow {
    fn message(&self) -> String {
        let rules =
            if self.ruled { "only under the rules of all tools" } else { "without any rule" };
        format!("tools that the policy does not list may be called {rules}")
    }

    fn help(&self) -> Option<String> {
        Some("deny by default and list the tools that are to be called".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    if context.policy.default == Default::Allow && context.unlisted_is_reachable() {
        let place = Place::value(Pointer::root().key("default"));
        let all_tools = &context.policy.all_tools;
        let facts = DefaultAllow {
            listed: context.policy.tools.iter().filter(|tool| tool.name != "*").count(),
            ruled: !(all_tools.checks.is_empty() && all_tools.limits.is_empty()),
        };
        findings.add(&RULE, RULE.severity, place, facts);
    }
}

/// What a permission file leaves open.
#[derive(Serialize)]
struct LeftOpen {
    reason: &'static str,
    /// What is open: a permission of OpenCode, a mode.
    what: String,
    #[serde(skip)]
    message: String,
    #[serde(skip)]
    help: &'static str,
}

impl Facts for LeftOpen {
    fn message(&self) -> String {
        self.message.clone()
    }

    fn help(&self) -> Option<String> {
        Some(self.help.to_owned())
    }
}

fn check_permissions(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    match context.agent {
        Agent::OpenCode => allow_lists(findings),
        Agent::ClaudeCode if matches!(context.owner, FileOwner::User | FileOwner::Managed) => {
            let place = Pointer::root().key("permissions").key("defaultMode");
            let facts = LeftOpen {
                reason: "bypass-by-default",
                what: "bypassPermissions".to_owned(),
                message: "every call runs without a question, but for what `deny` and `ask` name"
                    .to_owned(),
                help: "choose `default`, and allow the few that are to run unasked",
            };
            word(findings, place, "bypassPermissions", facts);
        }
        Agent::Codex => {
            let facts = LeftOpen {
                reason: "full-access-by-default",
                what: "danger-full-access".to_owned(),
                message: "commands without a rule run without a question and without a sandbox"
                    .to_owned(),
                help: "write `workspace-write`, and allow by rules what must run outside of it",
            };
            word(findings, Pointer::root().key("sandbox_mode"), "danger-full-access", facts);
        }
        _ => {}
    }
}

/// Adds a finding where a word stands.
fn word(findings: &mut Findings<'_>, place: Pointer, word: &str, facts: LeftOpen) {
    if findings.node(&place).and_then(Node::as_str) == Some(word) {
        findings.add(&RULE, Severity::Warning, Place::value(place), facts);
    }
}

/// Lists of OpenCode that only allow, where what they do not name is allowed anyhow.
fn allow_lists(findings: &mut Findings<'_>) {
    /// The permissions whose own default asks.
    const ASKED: [&str; 2] = ["doom_loop", "external_directory"];
    let place = Pointer::root().key("permission");
    let Some(permission) = findings.node(&place) else { return };
    if permission.get("*").is_some() {
        return;
    }
    for entry in permission.live_entries() {
        let (name, patterns) = (&*entry.key.text, &entry.value);
        let mut said = patterns.live_entries().map(|entry| entry.value.as_str());
        let only_allows = patterns.is_map() && !patterns.entries().is_empty();
        let has_rest = patterns.get("*").is_some() || name.contains('*') || ASKED.contains(&name);
        if only_allows && !has_rest && said.all(|word| word == Some("allow")) {
            let facts = LeftOpen {
                reason: "default-is-allow",
                what: name.to_owned(),
                message: format!(
                    "the list for `{name}` only allows, and OpenCode allows what it does not name as well"
                ),
                help: "begin the list with `\"*\": \"ask\"` or `\"*\": \"deny\"`: the last rule that matches counts",
            };
            findings.add(&RULE, Severity::Warning, Place::key(place.key(name)), facts);
        }
    }
}

use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{PermissionContext, RuleCheck, Severity};
use crate::policy::{Agent, FileOwner, Ruling};
use crate::source::{Format, Node, Place, Pointer};

rule! {
    /// ## What it does
    /// Finds modes and settings of agents that have no effect where they stand, are retired, or take the effect from rules.
    ///
    /// Of Claude Code: `bypassPermissions` and `auto` in the settings of a project, rules that allow beside `bypassPermissions` of the user, and `allowManagedPermissionRulesOnly` outside of the administrator's settings.
    /// Of Codex: rules that prompt under `approval_policy = "never"`, rules that allow under a sandbox that only reads, and `on-failure`.
    /// Of OpenCode: what lets the agent `plan` edit, and switches of tools beside permissions for the same. Of Gemini CLI: whole tools that are allowed in the mode `plan` too, and rules of priority 950, which are taken for answers that a user gave.
    ///
    /// ## Why is this bad?
    /// A mode that is passed over leaves another one in force than its author thinks; rules that a mode takes the effect from protect nothing or allow nothing.
    ///
    /// ## Example
    /// ```json
    /// {"permissions": {"defaultMode": "bypassPermissions"}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"permissions": {"defaultMode": "default"}}
    /// ```
    "void-mode", Warning, RuleCheck::Permissions(check)
}

#[derive(Serialize)]
struct VoidMode {
    reason: &'static str,
    /// What is set, as it is written.
    setting: String,
    #[serde(skip)]
    message: String,
    #[serde(skip)]
    help: &'static str,
}

impl Facts for VoidMode {
    fn message(&self) -> String {
        self.message.clone()
    }

    fn help(&self) -> Option<String> {
        Some(self.help.to_owned())
    }
}

fn check(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    match context.agent {
        Agent::ClaudeCode => claude_code(context, findings),
        Agent::Codex => codex(context, findings),
        Agent::OpenCode => opencode(findings),
        Agent::Gemini => gemini(findings),
    }
}

/// Adds a finding at a value.
fn add(
    findings: &mut Findings<'_>,
    severity: Severity,
    place: Pointer,
    reason: &'static str,
    [setting, message]: [String; 2],
    help: &'static str,
) {
    let facts = VoidMode { reason, setting, message, help };
    findings.add(&RULE, severity, Place::value(place), facts);
}

fn claude_code(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    let permissions = Pointer::root().key("permissions");
    let place = permissions.key("defaultMode");
    let mode = findings.node(&place).and_then(Node::as_str).unwrap_or_default();
    let is_of_project = matches!(context.owner, FileOwner::Project | FileOwner::Local);
    if is_of_project && matches!(mode, "bypassPermissions" | "auto") {
        let message = format!(
            "`{mode}` has no effect in the settings of a project: sessions start in the mode `default`"
        );
        let help =
            "remove it; of the modes that a project may set `plan` and `dontAsk` let less run";
        let words = [mode.to_owned(), message];
        add(findings, Severity::Warning, place, "bypass-committed", words, help);
    } else if mode == "bypassPermissions" {
        let list = permissions.key("allow");
        let allowed = findings.node(&list).map_or(0, |list| list.elements().len());
        if allowed > 0 {
            let message = format!(
                "everything runs in the mode `{mode}`, so that the list `allow` ({allowed}) has no effect; `deny` and `ask` hold"
            );
            let help =
                "choose another mode, and keep the list; or write what must not run into `deny`";
            let words = [mode.to_owned(), message];
            add(findings, Severity::Warning, place, "allow-in-bypass", words, help);
        }
    }
    let managed_only = Pointer::root().key("allowManagedPermissionRulesOnly");
    let is_set = findings.node(&managed_only).is_some_and(|node| node.to_json() == true);
    if is_set && context.owner != FileOwner::Managed {
        let setting = "allowManagedPermissionRulesOnly".to_owned();
        let message = format!("`{setting}` counts in the administrator's settings alone");
        let help = "move it to `managed-settings.json`";
        let words = [setting, message];
        add(findings, Severity::Warning, managed_only, "managed-only-setting", words, help);
    }
}

fn codex(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    let text = |findings: &Findings<'_>, place: &Pointer| {
        findings.node(place).and_then(Node::as_str).map(str::to_owned)
    };
    let written = context.written();
    let of_rules = |ruling: Ruling| {
        let is_written = |file: &str| file.ends_with(".rules");
        let rules = written.iter().filter(|rule| rule.ruling == ruling);
        rules.filter(|rule| rule.origin.file.as_deref().is_some_and(is_written)).count()
    };
    let prompts = of_rules(Ruling::Ask);
    let approval = Pointer::root().key("approval_policy");
    match text(findings, &approval).as_deref() {
        Some("never") if prompts > 0 => {
            let message = format!(
                "nobody is asked under `never`: what {} {} about is denied",
                rules_in_words(prompts),
                if prompts == 1 { "asks" } else { "ask" },
            );
            let help = "write `on-request`, or `forbidden` where that is meant";
            let words = ["never".to_owned(), message];
            add(findings, Severity::Info, approval, "never-turns-prompt-into-deny", words, help);
        }
        Some("on-failure") => {
            let message = "`on-failure` is deprecated and asks as `on-request` does".to_owned();
            let words = ["on-failure".to_owned(), message];
            let help = "write `on-request`";
            add(findings, Severity::Info, approval, "retired-setting", words, help);
        }
        _ => {}
    }
    let sandbox = Pointer::root().key("sandbox_mode");
    let allowed = of_rules(Ruling::Allow);
    if text(findings, &sandbox).as_deref() == Some("read-only") && allowed > 0 {
        let message = format!(
            "commands that {} allow run outside of the sandbox, and write in spite of `read-only`",
            rules_in_words(allowed)
        );
        let help = "let commands that write be asked about: `decision = \"prompt\"`";
        let words = ["read-only".to_owned(), message];
        add(findings, Severity::Warning, sandbox, "read-only-with-allow-rule", words, help);
    }
}

fn rules_in_words(count: usize) -> String {
    if count == 1 { "1 rule".to_owned() } else { format!("{count} rules") }
}

fn opencode(findings: &mut Findings<'_>) {
    let root = Pointer::root();
    switches(findings, &root);
    let agents = root.key("agent");
    for agent in findings.node(&agents).into_iter().flat_map(Node::live_entries) {
        switches(findings, &agents.key(&agent.key.text));
    }
    let place = root.key("permission").key("edit");
    let edit = findings.node(&place).and_then(Node::as_str);
    // What an agent has of its own counts for more; a file of one agent speaks for no other.
    let of_plan = |agents: &str| {
        findings.node(&root.key(agents).key("plan").key("permission").key("edit")).is_some()
    };
    let is_of_one = findings.document().format == Format::Yaml;
    if edit == Some("allow") && !is_of_one && !["agent", "mode"].into_iter().any(of_plan) {
        let message =
            "`edit` is allowed for every agent, also for `plan`, which may not edit otherwise"
                .to_owned();
        let help = "say it of the agent that is to edit: `agent.build.permission.edit`";
        let words = ["edit".to_owned(), message];
        add(findings, Severity::Info, place, "plan-mode-opened", words, help);
    }
}

/// Switches of tools beside permissions for the same, which count.
fn switches(findings: &mut Findings<'_>, place: &Pointer) {
    /// The tools that go by the permission `edit`.
    const EDITORS: [&str; 3] = ["write", "patch", "multiedit"];
    let switches = findings.node(&place.key("tools")).into_iter().flat_map(Node::live_entries);
    for switch in switches {
        let tool = &*switch.key.text;
        let name = if EDITORS.contains(&tool) { "edit" } else { tool };
        let said = findings.node(&place.key("permission").key(name));
        let is_milder = said.is_some_and(|said| said.as_str() != Some("deny"));
        if switch.value.to_json() == false && is_milder {
            let message = format!(
                "`tools.{tool}` has no effect: `permission.{name}` stands beside it, and counts"
            );
            let help = "say it once, under `permission`; `deny` is what the switch says";
            let at = place.key("tools").key(tool);
            let words = [format!("tools.{tool}"), message];
            add(findings, Severity::Warning, at, "tools-and-permission", words, help);
        }
    }
}

/// The tools that the mode `plan` is there to keep shut.
const SHUT_IN_PLAN: [&str; 4] = ["run_shell_command", "write_file", "replace", "*"];

fn gemini(findings: &mut Findings<'_>) {
    let list = Pointer::root().key("rule");
    let rules = findings.node(&list).map(Node::elements).unwrap_or_default();
    let is_generated = findings.document().name.ends_with("auto-saved.toml");
    for (at, rule) in rules.iter().enumerate() {
        let text = |field: &str| rule.get(field).and_then(Node::as_str);
        let priority = rule.get("priority").and_then(Node::scalar);
        if priority.is_some_and(|priority| &*priority.text == "950") && !is_generated {
            let message = "a rule of priority 950 is taken for an answer that a user gave for good, and is dropped where `disableAlwaysAllow` is set".to_owned();
            let help = match text("decision") {
                Some("deny") => "write 951, so that the denial stays where answers are dropped",
                _ => "leave it, if it is to be dropped with the answers",
            };
            let words = ["950".to_owned(), message];
            let place = list.index(at).key("priority");
            add(findings, Severity::Info, place, "priority-950", words, help);
        }
        let narrows = ["commandPrefix", "commandRegex", "argsPattern", "modes", "mcpName"];
        let is_whole = narrows.iter().all(|field| rule.get(field).is_none());
        let tool = text("toolName").filter(|tool| SHUT_IN_PLAN.contains(tool));
        if let Some(tool) = tool.filter(|_| is_whole && text("decision") == Some("allow")) {
            let message =
                format!("`{tool}` is allowed in the mode `plan` too, which is to keep it shut");
            let help = "say in which modes: `modes = [\"default\", \"autoEdit\"]`";
            let words = [tool.to_owned(), message];
            let place = list.index(at).key("toolName");
            add(findings, Severity::Info, place, "user-allow-outranks-plan-mode", words, help);
        }
    }
}

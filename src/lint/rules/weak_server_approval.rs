use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::permissions::place as place_of;
use crate::lint::{PermissionContext, RuleCheck, Severity};
use crate::policy::{Agent, FileOwner, FileScope, Origin, Ruling};
use crate::source::{Entry, Node, Place, Pointer};

rule! {
    /// ## What it does
    /// Finds what makes the approval of tools weaker than it looks.
    ///
    /// Of Codex: servers whose tools are to be asked about under `approval_policy = "never"`, where all of them run; what a project approves for everybody who trusts it; trust in what a server says of its own tools; lists of tools that are empty.
    /// Of OpenCode: permissions of one agent that are milder than what the administrator says of all. Of Gemini CLI: servers that are trusted, or allowed by name, so that every tool of theirs runs.
    ///
    /// ## Why is this bad?
    /// Tools that a person was to look at run without a question; what a server says of itself it may say of any tool.
    ///
    /// ## Example
    /// ```toml
    /// approval_policy = "never"
    /// [mcp_servers.shop]
    /// default_tools_approval_mode = "prompt"
    /// ```
    ///
    /// ## Use instead
    /// ```toml
    /// approval_policy = "on-request"
    /// [mcp_servers.shop]
    /// default_tools_approval_mode = "prompt"
    /// ```
    "weak-server-approval", Error, RuleCheck::Permissions(check)
}

#[derive(Serialize)]
struct WeakApproval {
    reason: &'static str,
    /// The server, or the agent of OpenCode.
    server: String,
    #[serde(skip)]
    message: String,
    #[serde(skip)]
    help: &'static str,
}

impl Facts for WeakApproval {
    fn message(&self) -> String {
        self.message.clone()
    }

    fn help(&self) -> Option<String> {
        Some(self.help.to_owned())
    }
}

fn check(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    match context.agent {
        Agent::Codex => codex(context, findings),
        Agent::OpenCode => opencode(context, findings),
        Agent::Gemini => gemini(findings),
        Agent::ClaudeCode => {}
    }
}

/// The entries of an object, with their places.
fn entries<'d>(findings: &Findings<'d>, place: &Pointer) -> Vec<(&'d Entry, Pointer)> {
    let object = findings.node(place).into_iter().flat_map(Node::live_entries);
    object.map(|entry| (entry, place.key(&entry.key.text))).collect()
}

fn codex(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    let is_never = context.permissions().mode.as_deref() == Some("never");
    for (server, place) in entries(findings, &Pointer::root().key("mcp_servers")) {
        let name = &*server.key.text;
        let mode = place.key("default_tools_approval_mode");
        codex_mode(context, is_never, (name, None), mode, findings);
        for (tool, place) in entries(findings, &place.key("tools")) {
            let tool = Some(&*tool.key.text);
            codex_mode(context, is_never, (name, tool), place.key("approval_mode"), findings);
        }
        let list = place.key("enabled_tools");
        let is_empty = |list: &Node| list.type_name() == "a list" && list.elements().is_empty();
        if findings.node(&list).is_some_and(is_empty) {
            let facts = WeakApproval {
                reason: "enabled_tools=[]",
                server: name.to_owned(),
                message: format!("an empty list hides every tool of `{name}`"),
                help: "write `enabled = false` if that is meant, else the tools that are to be offered",
            };
            findings.add(&RULE, Severity::Info, Place::value(list), facts);
        }
    }
}

/// When the tools of a server, or one of them, are asked about.
fn codex_mode(
    context: &PermissionContext<'_>,
    is_never: bool,
    (server, tool): (&str, Option<&str>),
    place: Pointer,
    findings: &mut Findings<'_>,
) {
    let Some(mode) = findings.node(&place).and_then(Node::as_str) else { return };
    let of = match tool {
        Some(tool) => format!("`{tool}` of `{server}`"),
        None => format!("every tool of `{server}`"),
    };
    let (reason, severity, message, help) = match mode {
        "prompt" if is_never => (
            "never-overrides-mcp-prompt",
            Severity::Error,
            format!(
                "{of} runs without a question: nobody is asked under `approval_policy = \"never\"`"
            ),
            "write `approval_policy = \"on-request\"`, or name the tools in `disabled_tools`",
        ),
        "approve" if tool.is_none() && context.owner == FileOwner::Project => (
            "project-config-loosens-mcp",
            Severity::Warning,
            format!("the project lets {of} run without a question, whatever the user says of it"),
            "approve single tools: `tools.NAME.approval_mode = \"approve\"`",
        ),
        "auto" | "writes" => (
            "readonly-hint-trusted",
            Severity::Info,
            format!(
                "under `{mode}` {of} runs without a question that the server itself calls read-only"
            ),
            "write `prompt` where the server is not yours, and approve single tools",
        ),
        _ => return,
    };
    let facts = WeakApproval { reason, server: server.to_owned(), message, help };
    findings.add(&RULE, severity, Place::value(place), facts);
}

/// What an agent is given that the administrator has stricter for all of them. That one file denies for all and
/// allows for one agent is how such an exception is written.
fn opencode(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    let permissions = context.permissions();
    let is_managed = |origin: &Origin| {
        let mut managed = permissions.files.iter().filter(|f| f.scope == FileScope::Managed);
        !context.is_own(origin) && managed.any(|file| origin.file.as_ref() == Some(&file.name))
    };
    let written = context.written();
    for (agent, place) in entries(findings, &Pointer::root().key("agent")) {
        for (said, place) in entries(findings, &place.key("permission")) {
            let (agent, name) = (&*agent.key.text, &*said.key.text);
            let own =
                Ruling::ALL.into_iter().find(|ruling| said.value.as_str() == Some(ruling.name()));
            let general = Pointer::root().key("permission").key(name);
            let stricter = written.iter().find(|rule| {
                let is_stricter = own.is_some_and(|own| own < rule.ruling);
                is_stricter && rule.origin.pointer == general && is_managed(rule.origin)
            });
            let (Some(own), Some(stricter)) = (own, stricter) else { continue };
            let facts = WeakApproval {
                reason: "agent-overrides",
                server: agent.to_owned(),
                message: format!(
                    "the agent `{agent}` has `{}` for `{name}`, which counts before the administrator's `{}`{}",
                    own.name(),
                    stricter.ruling.name(),
                    place_of(stricter.origin).map_or_else(String::new, |at| format!(" ({at})")),
                ),
                help: "say the same of the agent as the administrator does, or nothing",
            };
            findings.add(&RULE, Severity::Warning, Place::value(place), facts);
        }
    }
}

fn gemini(findings: &mut Findings<'_>) {
    for (server, place) in entries(findings, &Pointer::root().key("mcpServers")) {
        let trust = place.key("trust");
        if findings.node(&trust).is_some_and(|node| node.to_json() == true) {
            let name = server.key.text.to_string();
            let facts = WeakApproval {
                reason: "server-trusted",
                message: format!(
                    "every tool of `{name}` runs without a question, in every mode but `plan`"
                ),
                server: name,
                help: "remove `trust`, and allow single tools by a policy",
            };
            findings.add(&RULE, Severity::Warning, Place::value(trust), facts);
        }
    }
    let list = Pointer::root().key("mcp").key("allowed");
    let allowed = findings.node(&list).map(Node::elements).unwrap_or_default();
    for (at, server) in allowed.iter().enumerate() {
        let Some(name) = server.as_str() else { continue };
        let facts = WeakApproval {
            reason: "allowed-server-runs-unasked",
            server: name.to_owned(),
            message: format!(
                "`{name}` is not only let in by this list: every tool of it runs without a question"
            ),
            help: "ask by a policy about the tools that change something",
        };
        findings.add(&RULE, Severity::Info, Place::value(list.index(at)), facts);
    }
}

//! Telling the permission files of agents from other documents: by their places, else by what they say.

use crate::policy::agent_file::AgentFile;
use crate::policy::dialect::{Agent, Dialect};
use crate::source::starlark::FUNCTIONS;
use crate::source::{Document, Format, Kind, Node, slip};

/// What agents say of permissions at the top of a file; a slip for one of them is meant to say it too.
const CLAUDE_CODE: [&str; 11] = [
    "permissions",
    "allow",
    "ask",
    "deny",
    "allowedTools",
    "disallowedTools",
    "defaultMode",
    "additionalDirectories",
    "disableBypassPermissionsMode",
    "disableAutoMode",
    "allowManagedPermissionRulesOnly",
];
const CODEX: [&str; 6] = [
    "approval_policy",
    "sandbox_mode",
    "sandbox_workspace_write",
    "approvals_reviewer",
    "projects",
    "profile",
];
const CODEX_SERVER: [&str; 5] =
    ["enabled", "enabled_tools", "disabled_tools", "default_tools_approval_mode", "tools"];
const GEMINI: [(&str, &[&str]); 3] = [
    ("tools", &["core", "allowed", "exclude", "confirmationRequired"]),
    ("mcp", &["allowed", "excluded", "autoAllowInHeadless"]),
    ("security", &["disableAlwaysAllow"]),
];
const GEMINI_TOP: [&str; 2] = ["policyPaths", "adminPolicyPaths"];

/// The agent that reads a document at its place.
pub(super) fn by_place(document: &Document) -> Option<Agent> {
    AgentFile::of_name(&document.name).map(|file| file.agent)
}

/// The agent that a document names as the one that it is for.
pub(super) fn by_schema(root: &Node) -> Option<Agent> {
    let schema = root.get("$schema")?.as_str()?;
    let is_of = |words: &str| schema.contains(words);
    match () {
        () if is_of("claude-code-settings") => Some(Agent::ClaudeCode),
        () if is_of("opencode.ai/config") => Some(Agent::OpenCode),
        () => None,
    }
}

/// The agent whose permissions a document has, by what it says of them.
pub(super) fn by_signs(document: &Document) -> Option<Agent> {
    if document.format == Format::Starlark {
        return Some(Agent::Codex);
    }
    let root = document.root.as_ref()?;
    let has = |agent| {
        let is_one = match (agent, document.format) {
            (Agent::ClaudeCode, Format::Json) => has_lists(root),
            (Agent::OpenCode, Format::Json) => has_words(root),
            (Agent::Codex, Format::Toml) => says_codex(root),
            (Agent::Gemini, Format::Toml) => has_gemini_rules(root),
            (Agent::Gemini, Format::Json) => says_gemini(root),
            _ => false,
        };
        is_one.then_some(agent)
    };
    by_schema(root).or_else(|| Agent::ALL.into_iter().find_map(has))
}

/// Whether a permission file says anything of permissions, or cannot be read.
pub(super) fn says_something(agent: Agent, document: &Document) -> bool {
    let is_agent = matches!(agent, Agent::ClaudeCode | Agent::Gemini);
    let is_settings = is_agent && document.format == Format::Json;
    // An empty one is dropped, or keeps the program from starting.
    let Some(root) = &document.root else { return is_settings || !document.text.trim().is_empty() };
    let is_front_matter = document.format == Format::Yaml;
    match agent {
        Agent::ClaudeCode => !root.is_map() || has_field(root, &CLAUDE_CODE),
        Agent::Codex if document.format == Format::Starlark => true,
        Agent::Codex => says_codex(root),
        Agent::OpenCode if is_front_matter => has_field(root, &["permission", "tools"]),
        Agent::OpenCode => says_opencode(root),
        Agent::Gemini if document.format == Format::Toml => !root.entries().is_empty(),
        Agent::Gemini => says_gemini(root) || crate::policy::gemini::is_unheard(document),
    }
}

/// The notation of a text that has no name of its own, for a dialect or by its signs.
pub(super) fn notation(text: &str, dialect: Option<Dialect>) -> Option<Format> {
    let is_object = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '/']);
    let is_call = |line: &str| {
        let called = line.split_once('(').map(|(name, _)| name.trim_end());
        FUNCTIONS.iter().any(|(name, _)| Some(*name) == called)
    };
    let has_calls = text.lines().any(is_call);
    let begins =
        |starts: &[&str]| text.lines().any(|line| starts.iter().any(|s| line.starts_with(s)));
    match dialect {
        Some(dialect) => Some(match dialect.agent()? {
            Agent::ClaudeCode | Agent::OpenCode => Format::Json,
            Agent::Gemini if is_object => Format::Json,
            Agent::Codex if has_calls => Format::Starlark,
            Agent::Gemini | Agent::Codex => Format::Toml,
        }),
        None if is_object => None,
        None if has_calls => Some(Format::Starlark),
        None => begins(&["[[rule]]", "approval_policy =", "sandbox_mode =", "[mcp_servers."])
            .then_some(Format::Toml),
    }
}

/// Whether one of these fields is there, or a slip for one.
fn has_field(node: &Node, fields: &[&str]) -> bool {
    node.live_entries().any(|entry| slip(&entry.key.text, fields.iter().copied()).is_some())
}

/// Whether there are lists of rules as Claude Code has them, for its tools.
fn has_lists(root: &Node) -> bool {
    const TOOLS: [&str; 9] =
        ["Bash", "Read", "Edit", "Write", "WebFetch", "WebSearch", "Glob", "Grep", "mcp__"];
    let Some(permissions) = root.get("permissions") else { return false };
    let lists = ["allow", "ask", "deny"].iter().filter_map(|list| permissions.get(list));
    let mut rules = lists.flat_map(Node::elements).filter_map(Node::as_str);
    let is_set = |field: &str| permissions.get(field).is_some();
    rules.any(|rule| TOOLS.iter().any(|tool| rule.starts_with(tool)))
        || is_set("defaultMode")
        || is_set("disableBypassPermissionsMode")
}

/// Whether `permission` says of names what OpenCode says.
fn has_words(root: &Node) -> bool {
    fn is_said(node: &Node, depth: usize) -> bool {
        let is_word = matches!(node.as_str(), Some("allow" | "ask" | "deny"));
        let entries = node.entries();
        let all = || entries.iter().all(|entry| is_said(&entry.value, depth - 1));
        is_word || depth > 0 && !entries.is_empty() && all()
    }
    root.get("permission").is_some_and(|permission| is_said(permission, 2))
}

fn says_opencode(root: &Node) -> bool {
    let says = |node: &Node| has_field(node, &["permission", "tools"]);
    let of_agents = || ["agent", "mode"].iter().filter_map(|field| root.get(field));
    let known = |key: &str| crate::policy::opencode::is_top_field(key);
    !root.is_map()
        || says(root)
        || of_agents().any(|agents| agents.live_entries().any(|agent| says(&agent.value)))
        || root.live_entries().any(|entry| !known(&entry.key.text))
}

fn says_codex(root: &Node) -> bool {
    let servers = root.get("mcp_servers").map(Node::entries).unwrap_or_default();
    has_field(root, &CODEX)
        || servers.iter().any(|server| has_field(&server.value, &CODEX_SERVER))
        || root.get("mcp_servers").is_some_and(|servers| !servers.is_map())
}

fn has_gemini_rules(root: &Node) -> bool {
    let is_rule = |rule: &Node| {
        rule.get("decision").is_some() && (rule.get("toolName").or(rule.get("mcpName"))).is_some()
    };
    root.get("rule").is_some_and(|rules| rules.elements().iter().any(is_rule))
}

fn says_gemini(root: &Node) -> bool {
    let is_said = |(group, fields): &(&str, &[&str])| {
        let group = root.get(group);
        group.is_some_and(|group| {
            fields.iter().any(|field| match group.get(field) {
                Some(value) => matches!(value.kind, Kind::Seq(_) | Kind::Scalar(_)),
                None => false,
            })
        })
    };
    let servers = root.get("mcpServers").map(Node::entries).unwrap_or_default();
    GEMINI.iter().any(is_said)
        || servers.iter().any(|server| server.value.get("trust").is_some())
        || GEMINI_TOP.iter().any(|field| root.get(field).is_some())
}

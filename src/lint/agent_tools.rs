//! The tools that permission files name, and what their agents call tools.

use crate::lint::permissions::PermissionContext;
use crate::policy::{Agent, Ruling};
use crate::source::{Node, Place, Pointer, slip};

/// A tool that a permission file names.
#[derive(Clone)]
pub(super) struct Named {
    /// Where.
    pub(super) place: Place,
    /// The whole text at that place.
    pub(super) text: String,
    /// The tool's name in it.
    pub(super) tool: String,
    /// The server that it is of, where that stands elsewhere.
    pub(super) server: Option<String>,
}

/// The tools of Claude Code that its versions up to 2.1.332 have.
const CLAUDE_CODE: [&str; 36] = [
    "Agent",
    "AskUserQuestion",
    "Bash",
    "BashOutput",
    "CronCreate",
    "CronDelete",
    "CronList",
    "Edit",
    "EnterPlanMode",
    "EnterWorktree",
    "ExitPlanMode",
    "ExitWorktree",
    "Glob",
    "Grep",
    "KillShell",
    "ListMcpResourcesTool",
    "LSP",
    "Monitor",
    "NotebookEdit",
    "PowerShell",
    "Read",
    "ReadMcpResourceTool",
    "SendMessage",
    "Skill",
    "SlashCommand",
    "Task",
    "TaskCreate",
    "TaskGet",
    "TaskList",
    "TaskOutput",
    "TaskStop",
    "TaskUpdate",
    "TodoWrite",
    "WebFetch",
    "WebSearch",
    "Write",
];

/// Names that Claude Code's rules had once, or that are only shown, and what has taken their place.
const RETIRED: [(&str, &str); 7] = [
    ("LS", "Bash(ls *)"),
    ("MultiEdit", "Edit"),
    ("View", "Read"),
    ("NotebookRead", "Read"),
    ("GlobTool", "Glob"),
    ("GrepTool", "Grep"),
    ("Stop Task", "TaskStop"),
];

/// What other agents, or the lines that Claude Code shows of calls, call tools that its rules know by other names.
const SHOWN: [(&str, &[&str]); 3] = [
    ("Bash", &["Shell", "execute_command", "run_shell_command", "shell"]),
    ("Edit", &["Update", "apply_patch", "replace", "str_replace"]),
    ("WebFetch", &["Fetch", "fetch_url", "web_fetch"]),
];

/// What other agents call tools that Gemini CLI has by other names; those of its own that settings alone know
/// (`ShellTool`) among them.
const ELSEWHERE: [(&str, &[&str]); 8] = [
    (
        "run_shell_command",
        &[
            "Bash",
            "Shell",
            "ShellTool",
            "bash",
            "execute_command",
            "exec_command",
            "run_command",
            "run_terminal_cmd",
            "run_terminal_command",
            "shell",
            "delete_file",
        ],
    ),
    ("replace", &["Edit", "EditTool", "apply_patch", "edit", "edit_file", "str_replace"]),
    ("write_file", &["Write", "WriteFileTool", "create_file", "write", "write_to_file"]),
    ("read_file", &["Read", "ReadFileTool", "read", "view_file"]),
    ("list_directory", &["LS", "LSTool", "list_dir", "list_files", "ls"]),
    ("grep_search", &["Grep", "GrepTool", "grep", "search_files"]),
    ("google_web_search", &["WebSearch", "WebSearchTool", "search_web", "web_search", "websearch"]),
    ("web_fetch", &["WebFetch", "WebFetchTool", "fetch_url", "read_url_content", "webfetch"]),
];

const OPENCODE: [&str; 20] = [
    "bash",
    "doom_loop",
    "edit",
    "external_directory",
    "glob",
    "grep",
    "list",
    "lsp",
    "multiedit",
    "patch",
    "plan_enter",
    "plan_exit",
    "question",
    "read",
    "skill",
    "task",
    "todowrite",
    "webfetch",
    "websearch",
    "write",
];

const GEMINI: [&str; 24] = [
    "activate_skill",
    "ask_user",
    "cli_help",
    "codebase_investigator",
    "complete_task",
    "enter_plan_mode",
    "exit_plan_mode",
    "get_internal_docs",
    "glob",
    "google_web_search",
    "grep_search",
    "invoke_agent",
    "list_directory",
    "list_mcp_resources",
    "read_file",
    "read_many_files",
    "read_mcp_resource",
    "replace",
    "run_shell_command",
    "search_file_content",
    "update_topic",
    "web_fetch",
    "write_file",
    "write_todos",
];

/// The agent's tool that is meant by a name that none has; whether the name once was one.
pub(super) fn meant(agent: Agent, name: &str) -> Option<(&'static str, bool)> {
    let known: &[&'static str] = match agent {
        Agent::ClaudeCode => &CLAUDE_CODE,
        Agent::OpenCode => &OPENCODE,
        Agent::Gemini => &GEMINI,
        Agent::Codex => return None,
    };
    let name = name.trim();
    let mut retired = RETIRED.iter().filter(|_| agent == Agent::ClaudeCode);
    let retired = retired.find(|(old, _)| old.eq_ignore_ascii_case(name));
    if let Some((_, now)) = retired {
        return Some((now, true));
    }
    if let Some(own) = of_others(agent, name) {
        return Some((own, false));
    }
    // What is so short is a slip for anything.
    let is_one = known.contains(&name) || name.contains('*');
    let same = || known.iter().find(|known| known.eq_ignore_ascii_case(name)).copied();
    let near = || slip(name, known.iter().copied()).filter(|known| known.len() > 3);
    (!is_one).then(|| same().or_else(near)).flatten().map(|meant| (meant, false))
}

/// The agent's tool for what others call by a name.
pub(super) fn of_others(agent: Agent, name: &str) -> Option<&'static str> {
    let known: &[(&'static str, &[&str])] = match agent {
        Agent::ClaudeCode => &SHOWN,
        Agent::Gemini => &ELSEWHERE,
        Agent::Codex | Agent::OpenCode => &[],
    };
    known.iter().find(|(_, names)| names.contains(&name)).map(|(own, _)| *own)
}

/// The tools that a file names.
pub(super) fn named(context: &PermissionContext<'_>, root: &Node) -> Vec<Named> {
    let top = Pointer::root();
    match context.agent {
        Agent::ClaudeCode => {
            Ruling::ALL.iter().flat_map(|ruling| claude_code(root, ruling.name())).collect()
        }
        Agent::OpenCode => opencode(root),
        Agent::Gemini => gemini(root, &top),
        Agent::Codex => codex(root, &top.key("mcp_servers")),
    }
}

impl Named {
    fn whole(place: Place, text: &str, server: Option<&str>) -> Named {
        let server = server.map(str::to_owned);
        Named { place, text: text.to_owned(), tool: text.to_owned(), server }
    }
}

/// The keys of an object.
fn keys(object: Option<&Node>, place: &Pointer, server: Option<&str>) -> Vec<Named> {
    let entries = object.into_iter().flat_map(Node::live_entries);
    let names = entries.map(|entry| &*entry.key.text);
    names.map(|name| Named::whole(Place::key(place.key(name)), name, server)).collect()
}

/// A text, or the texts of a list.
fn values(value: Option<&Node>, place: &Pointer, server: Option<&str>) -> Vec<Named> {
    let named = |node: &Node, place: Pointer| {
        Some(Named::whole(Place::value(place), node.as_str()?, server))
    };
    let Some(value) = value else { return Vec::new() };
    let listed = value.elements().iter().enumerate();
    let listed = listed.filter_map(|(at, node)| named(node, place.index(at)));
    named(value, place.clone()).into_iter().chain(listed).collect()
}

fn claude_code(root: &Node, list: &str) -> Vec<Named> {
    let place = Pointer::root().key("permissions").key(list);
    let of_server = |tool: &str| {
        let (server, tool) = tool.strip_prefix("mcp__")?.split_once("__")?;
        Some((server.to_owned(), tool.to_owned()))
    };
    let mut all = called(root.at(&place), &place);
    for named in &mut all {
        if let Some((server, tool)) = of_server(&named.tool) {
            (named.server, named.tool) = (Some(server), tool);
        }
    }
    all
}

/// The tools of rules that may have arguments in parentheses.
fn called(list: Option<&Node>, place: &Pointer) -> Vec<Named> {
    let mut all = values(list, place, None);
    for named in &mut all {
        named.tool.truncate(named.text.find('(').unwrap_or(named.text.len()));
    }
    all
}

/// Those of a file, and of the agents and modes in it.
fn opencode(root: &Node) -> Vec<Named> {
    let top = Pointer::root();
    let inner = ["agent", "mode"].into_iter().flat_map(|kind| {
        let entries = root.get(kind).into_iter().flat_map(Node::live_entries);
        let place = Pointer::root().key(kind);
        entries.map(move |entry| (place.key(&entry.key.text), &entry.value))
    });
    let of_block = |(place, block): (Pointer, &Node)| {
        ["permission", "tools"].map(|list| keys(block.get(list), &place.key(list), None)).concat()
    };
    [(top, root)].into_iter().chain(inner).flat_map(of_block).collect()
}

/// Those of rules, and of the lists of settings, which know some tools by the names of their classes as well.
fn gemini(root: &Node, top: &Pointer) -> Vec<Named> {
    let rules = root.get("rule").map(Node::elements).unwrap_or_default().iter().enumerate();
    let of_rule = |(at, rule): (usize, &Node)| {
        let server = rule.get("mcpName").and_then(Node::as_str);
        values(rule.get("toolName"), &top.key("rule").index(at).key("toolName"), server)
    };
    let of_list = |list: &str| {
        let place = top.key("tools").key(list);
        let mut all = called(root.at(&place), &place);
        all.retain(|named| !named.tool.ends_with("Tool"));
        all
    };
    let lists = ["core", "allowed", "exclude", "confirmationRequired"];
    rules.flat_map(of_rule).chain(lists.into_iter().flat_map(of_list)).collect()
}

fn codex(root: &Node, servers: &Pointer) -> Vec<Named> {
    let of_server = |(name, server): (&str, &Node)| {
        let place = servers.key(name);
        let lists = ["enabled_tools", "disabled_tools"];
        let listed = lists.map(|list| values(server.get(list), &place.key(list), Some(name)));
        let tools = keys(server.get("tools"), &place.key("tools"), Some(name));
        listed.into_iter().flatten().chain(tools).collect::<Vec<_>>()
    };
    let entries = root.at(servers).into_iter().flat_map(Node::live_entries);
    entries.map(|entry| (&*entry.key.text, &entry.value)).flat_map(of_server).collect()
}

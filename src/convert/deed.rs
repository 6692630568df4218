//! What agents do, whatever they call their tools: the ground on which their rules are compared.

use serde_json::json;

use crate::policy::Agent;

/// A kind of thing that agents do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Running a shell command.
    Command,
    /// Reading a file.
    Read,
    /// Looking for words in files.
    Grep,
    /// Looking for files by their names.
    Glob,
    /// Listing a folder.
    List,
    /// Writing or changing a file.
    Change,
    /// Fetching what an address leads to.
    Fetch,
    /// Searching the web.
    Search,
    /// Handing work to another agent.
    Delegate,
    /// Taking up a skill.
    Skill,
    /// Keeping a list of what is to be done.
    Todo,
    /// Calling a tool of a server.
    Server,
}

impl Kind {
    /// Everything that an agent does by itself.
    pub const OWN: [Kind; 11] = [
        Kind::Command,
        Kind::Read,
        Kind::Grep,
        Kind::Glob,
        Kind::List,
        Kind::Change,
        Kind::Fetch,
        Kind::Search,
        Kind::Delegate,
        Kind::Skill,
        Kind::Todo,
    ];

    /// What it is, in the plural.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Command => "commands",
            Kind::Read => "reading files",
            Kind::Change => "changing files",
            Kind::Fetch => "addresses",
            Kind::Grep => "searches in files",
            Kind::Glob => "searches for files",
            Kind::List => "lists of folders",
            Kind::Search => "web searches",
            Kind::Delegate => "other agents",
            Kind::Skill => "skills",
            Kind::Todo => "lists of tasks",
            Kind::Server => "tools of servers",
        }
    }
}

/// The folder that paths without a beginning lead from where two agents are compared.
pub const FOLDER: &str = "/work/project";

/// The home folder there.
pub const HOME: &str = "/home/user";

/// An agent's own tools: the kind of thing that a tool does, its name, the argument that says to what.
const TOOLS: [(Agent, Kind, &str, &str); 36] = [
    (Agent::ClaudeCode, Kind::Command, "Bash", "command"),
    (Agent::ClaudeCode, Kind::Read, "Read", "file_path"),
    (Agent::ClaudeCode, Kind::Grep, "Grep", "path"),
    (Agent::ClaudeCode, Kind::Glob, "Glob", "path"),
    (Agent::ClaudeCode, Kind::Skill, "Skill", "skill"),
    (Agent::ClaudeCode, Kind::Todo, "TodoWrite", "todos"),
    (Agent::ClaudeCode, Kind::Change, "Write", "file_path"),
    (Agent::ClaudeCode, Kind::Change, "Edit", "file_path"),
    (Agent::ClaudeCode, Kind::Fetch, "WebFetch", "url"),
    (Agent::ClaudeCode, Kind::Search, "WebSearch", "query"),
    (Agent::ClaudeCode, Kind::Delegate, "Agent", "subagent_type"),
    (Agent::OpenCode, Kind::Command, "bash", "command"),
    (Agent::OpenCode, Kind::Read, "read", "filePath"),
    (Agent::OpenCode, Kind::Grep, "grep", "path"),
    (Agent::OpenCode, Kind::Glob, "glob", "path"),
    (Agent::OpenCode, Kind::List, "list", "path"),
    (Agent::OpenCode, Kind::Skill, "skill", "name"),
    (Agent::OpenCode, Kind::Todo, "todowrite", "todos"),
    (Agent::OpenCode, Kind::Change, "write", "filePath"),
    (Agent::OpenCode, Kind::Change, "edit", "filePath"),
    (Agent::OpenCode, Kind::Fetch, "webfetch", "url"),
    (Agent::OpenCode, Kind::Search, "websearch", "query"),
    (Agent::OpenCode, Kind::Delegate, "task", "subagent_type"),
    (Agent::Gemini, Kind::Command, "run_shell_command", "command"),
    (Agent::Gemini, Kind::Read, "read_file", "file_path"),
    (Agent::Gemini, Kind::Grep, "grep_search", "dir_path"),
    (Agent::Gemini, Kind::Glob, "glob", "dir_path"),
    (Agent::Gemini, Kind::List, "list_directory", "dir_path"),
    (Agent::Gemini, Kind::Skill, "activate_skill", "name"),
    (Agent::Gemini, Kind::Todo, "write_todos", "todos"),
    (Agent::Gemini, Kind::Change, "write_file", "file_path"),
    (Agent::Gemini, Kind::Change, "replace", "file_path"),
    (Agent::Gemini, Kind::Fetch, "web_fetch", "prompt"),
    (Agent::Gemini, Kind::Search, "google_web_search", "query"),
    (Agent::Gemini, Kind::Delegate, "invoke_agent", "agent_name"),
    (Agent::Codex, Kind::Command, "exec_command", "cmd"),
];

/// What is looked for, which no rule is about but those about everything.
const SOUGHT: &str = "what_nobody_looks_for";

/// Whether an agent has a tool of its own of this name.
pub(super) fn is_own_tool(agent: Agent, name: &str) -> bool {
    TOOLS.iter().any(|(of, _, tool, _)| (*of, *tool) == (agent, name))
}

/// Something that an agent may be about to do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Deed {
    /// What kind of thing it is.
    pub kind: Kind,
    /// The command, the path, the address, the words, the agent or the tool.
    pub object: String,
    /// The server whose tool it is; empty for what the agent does by itself.
    pub server: String,
}

/// A deed as the call of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeedCall {
    /// The tool.
    pub tool: String,
    /// Its arguments, as JSON.
    pub arguments: String,
}

impl Deed {
    /// Something that the agent does by itself.
    pub fn own(kind: Kind, object: impl Into<String>) -> Deed {
        Deed { kind, object: object.into(), server: String::new() }
    }

    /// The call of a server's tool.
    pub fn of_server(server: &str, tool: &str) -> Deed {
        Deed { kind: Kind::Server, object: tool.to_owned(), server: server.to_owned() }
    }

    /// The calls by which an agent may do it, or by which a gateway sees it; none where it has no tool for it.
    pub fn calls(&self, agent: Option<Agent>) -> Vec<DeedCall> {
        if self.kind == Kind::Server {
            return vec![DeedCall { tool: self.object.clone(), arguments: "{}".to_owned() }];
        }
        let tools =
            TOOLS.into_iter().filter(|(of, kind, ..)| (Some(*of), *kind) == (agent, self.kind));
        let call = |(_, _, tool, argument): (_, _, &str, &str)| DeedCall {
            tool: tool.to_owned(),
            arguments: match self.kind {
                Kind::Grep | Kind::Glob => json!({ argument: self.object, "pattern": SOUGHT }),
                Kind::Todo => json!({ argument: [] }),
                _ => json!({ argument: self.object }),
            }
            .to_string(),
        };
        tools.map(call).collect()
    }

    /// The call as a record, on one line; none where the agent has no tool for it.
    pub fn record(&self, agent: Option<Agent>) -> Option<String> {
        let DeedCall { tool, arguments } = self.calls(agent).into_iter().next()?;
        let arguments: serde_json::Value = serde_json::from_str(&arguments).ok()?;
        Some(match &*self.server {
            "" => json!({ "tool": tool, "args": arguments }).to_string(),
            server => json!({ "server": server, "tool": tool, "args": arguments }).to_string(),
        })
    }
}

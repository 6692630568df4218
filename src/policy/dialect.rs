//! The notations of policies and their versions.

use std::fmt;
use std::path::Path;

use crate::disk;

/// The notations of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// PolicyLayer's document, version "1".
    V1,
    /// The document of PolicyLayer/Intercept, as one of its versions reads it.
    Intercept(InterceptVersion),
    /// The permission files of an agent.
    Agent(Agent),
}

/// The agents whose permission files are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// OpenCode, as its version 1.18.33 decides.
    OpenCode,
    /// Codex, as its version 0.171.0 decides.
    Codex,
    /// Gemini CLI, as its core 0.61.0 decides.
    Gemini,
    /// Claude Code, as its version 2.1.332 decides.
    ClaudeCode,
}

impl Agent {
    /// All agents.
    pub const ALL: [Agent; 4] = [Agent::OpenCode, Agent::Codex, Agent::Gemini, Agent::ClaudeCode];

    /// What lies in the folder of a project that has permissions for the agent, as paths.
    pub fn marks(self) -> &'static [&'static str] {
        match self {
            Agent::OpenCode => &["opencode.json", "opencode.jsonc", ".opencode"],
            Agent::Codex => &[".codex", ".codex/config.toml", ".codex/rules/default.rules"],
            Agent::Gemini => &[".gemini/policies", ".gemini/settings.json"],
            Agent::ClaudeCode => &[".claude/settings.json", ".claude/settings.local.json"],
        }
    }

    /// The agents that have permissions in the folder of a project.
    pub fn of_folder(folder: &Path) -> Vec<Agent> {
        // What is there and cannot be read counts, so that it is told.
        let stands = |mark: &&str| !matches!(disk::look(&folder.join(mark)), Ok(None));
        let has_files = |agent: &Agent| agent.marks().iter().any(&stands);
        Agent::ALL.into_iter().filter(has_files).collect()
    }

    /// The modes that there are; none where they are the names of whatever agents somebody has.
    pub fn modes(self) -> &'static [&'static str] {
        match self {
            Agent::ClaudeCode => {
                &["default", "acceptEdits", "plan", "auto", "dontAsk", "bypassPermissions"]
            }
            Agent::Codex => &["on-request", "on-failure", "never", "granular"],
            Agent::Gemini => &["default", "autoEdit", "yolo", "plan"],
            Agent::OpenCode => &[],
        }
    }

    /// The mode that sessions begin in where nothing says another one.
    pub fn usual_mode(self) -> &'static str {
        match self {
            Agent::ClaudeCode | Agent::Gemini => "default",
            Agent::OpenCode => "build",
            Agent::Codex => "on-request",
        }
    }
}

/// The versions of Intercept that read the document differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InterceptVersion {
    /// 1.1, whose decisions are known exactly.
    V1_1,
    /// The newest of which something is known: the changes of 2026-03-31 and later.
    Latest,
}

impl Dialect {
    /// Intercept's document, as the newest version reads it.
    pub const INTERCEPT: Dialect = Dialect::Intercept(InterceptVersion::Latest);

    /// OpenCode's permissions.
    pub const OPENCODE: Dialect = Dialect::Agent(Agent::OpenCode);

    /// Codex's permissions.
    pub const CODEX: Dialect = Dialect::Agent(Agent::Codex);
    /// Claude Code's permissions.
    pub const CLAUDE_CODE: Dialect = Dialect::Agent(Agent::ClaudeCode);
    /// Gemini CLI's policies.
    pub const GEMINI: Dialect = Dialect::Agent(Agent::Gemini);

    /// The names that users give, each with what it stands for: the bare one of a dialect for its
    /// newest version.
    pub const NAMES: [(&str, Dialect, &str); 13] = [
        ("v1", Dialect::V1, "PolicyLayer's document, version \"1\""),
        ("v1@1", Dialect::V1, "The same, with its version"),
        ("intercept", Dialect::INTERCEPT, "The document of PolicyLayer/Intercept"),
        (
            "intercept@1.1",
            Dialect::Intercept(InterceptVersion::V1_1),
            "As its version 1.1 reads it",
        ),
        ("intercept@latest", Dialect::INTERCEPT, "As the newest version reads it"),
        (
            "opencode",
            Dialect::OPENCODE,
            "The permissions of OpenCode, in opencode.json and the like",
        ),
        ("opencode@1.18.33", Dialect::OPENCODE, "As its version 1.18.33 decides"),
        (
            "codex",
            Dialect::CODEX,
            "The permissions of Codex, in .codex/rules and .codex/config.toml",
        ),
        ("codex@0.171.0", Dialect::CODEX, "As its version 0.171.0 decides"),
        ("gemini", Dialect::GEMINI, "The policies of Gemini CLI, in .gemini/policies and settings"),
        ("gemini@0.61.0", Dialect::GEMINI, "As its core 0.61.0 decides"),
        (
            "claude-code",
            Dialect::CLAUDE_CODE,
            "The permissions of Claude Code, in .claude/settings.json and the like",
        ),
        ("claude-code@2.1.332", Dialect::CLAUDE_CODE, "As its version 2.1.332 decides"),
    ];

    /// The dialect of one of its names: `NAME[@VERSION]`.
    pub fn of_name(given: &str) -> Option<Dialect> {
        Dialect::NAMES.into_iter().find(|(name, ..)| *name == given).map(|found| found.1)
    }

    /// The agent whose permission files it is.
    pub fn agent(self) -> Option<Agent> {
        match self {
            Dialect::Agent(agent) => Some(agent),
            Dialect::V1 | Dialect::Intercept(_) => None,
        }
    }

    /// Whether it is a version of Intercept's document.
    pub fn is_intercept(self) -> bool {
        matches!(self, Dialect::Intercept(_))
    }

    /// The dialect's name with its version, as the command line takes it.
    pub fn versioned(self) -> &'static str {
        match self {
            Dialect::V1 => "v1",
            Dialect::Intercept(InterceptVersion::V1_1) => "intercept@1.1",
            Dialect::Intercept(InterceptVersion::Latest) => "intercept@latest",
            Dialect::Agent(Agent::OpenCode) => "opencode@1.18.33",
            Dialect::Agent(Agent::Codex) => "codex@0.171.0",
            Dialect::Agent(Agent::Gemini) => "gemini@0.61.0",
            Dialect::Agent(Agent::ClaudeCode) => "claude-code@2.1.332",
        }
    }

    /// The dialect's name in machine-readable output and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Dialect::V1 => "v1",
            Dialect::Intercept(_) => "intercept",
            Dialect::Agent(Agent::OpenCode) => "opencode",
            Dialect::Agent(Agent::Codex) => "codex",
            Dialect::Agent(Agent::Gemini) => "gemini",
            Dialect::Agent(Agent::ClaudeCode) => "claude-code",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Dialect::V1 => "PolicyLayer version 1",
            Dialect::Intercept(InterceptVersion::V1_1) => "Intercept 1.1",
            Dialect::Intercept(InterceptVersion::Latest) => "Intercept",
            Dialect::Agent(Agent::OpenCode) => "OpenCode",
            Dialect::Agent(Agent::Codex) => "Codex",
            Dialect::Agent(Agent::Gemini) => "Gemini CLI",
            Dialect::Agent(Agent::ClaudeCode) => "Claude Code",
        })
    }
}

//! What calls do, whatever the agent, and the tools that agents have for it.

use super::dialect::Agent;

/// What a call does, as far as agents have tools of their own for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// It runs a shell text.
    Shell,
    /// It reads a file.
    Read,
    /// It changes a file.
    Edit,
    /// It gets something from the web.
    Fetch,
}

impl CallKind {
    /// All kinds.
    pub const ALL: [CallKind; 4] =
        [CallKind::Shell, CallKind::Read, CallKind::Edit, CallKind::Fetch];
}

/// A tool of an agent, with the argument that says what is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindTool {
    /// The tool.
    pub tool: &'static str,
    /// The argument with the shell text, the path or the address.
    pub argument: &'static str,
    /// Whether the path stands in a patch.
    pub is_patch: bool,
}

impl Agent {
    /// The tool that an agent has for a kind of calls; none where it has none, or does it by the shell.
    pub fn tool_for(self, kind: CallKind) -> Option<KindTool> {
        let (tool, argument) = match (self, kind) {
            (Agent::ClaudeCode, CallKind::Shell) => ("Bash", "command"),
            (Agent::ClaudeCode, CallKind::Read) => ("Read", "file_path"),
            (Agent::ClaudeCode, CallKind::Edit) => ("Edit", "file_path"),
            (Agent::ClaudeCode, CallKind::Fetch) => ("WebFetch", "url"),
            (Agent::Codex, CallKind::Shell) => ("exec_command", "cmd"),
            (Agent::Codex, CallKind::Edit) => ("apply_patch", "input"),
            (Agent::Codex, CallKind::Read | CallKind::Fetch) => return None,
            (Agent::OpenCode, CallKind::Shell) => ("bash", "command"),
            (Agent::OpenCode, CallKind::Read) => ("read", "filePath"),
            (Agent::OpenCode, CallKind::Edit) => ("edit", "filePath"),
            (Agent::OpenCode, CallKind::Fetch) => ("webfetch", "url"),
            (Agent::Gemini, CallKind::Shell) => ("run_shell_command", "command"),
            (Agent::Gemini, CallKind::Read) => ("read_file", "file_path"),
            (Agent::Gemini, CallKind::Edit) => ("replace", "file_path"),
            (Agent::Gemini, CallKind::Fetch) => ("web_fetch", "prompt"),
        };
        let is_patch = (self, kind) == (Agent::Codex, CallKind::Edit);
        Some(KindTool { tool, argument, is_patch })
    }
}

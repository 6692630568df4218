//! The formats of traces, and which one a file is in.

use serde_json::Value;

use super::reader::Reader;
use super::{claude_code, claude_code_hook, claude_desktop, github_workflow, intercept_events};
use super::{mcp, mcp_tap, mcp_tape};

/// A format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// Event logs of Intercept.
    InterceptEvents,
    /// Our own record, one call a line.
    Record,
    /// Traces of mcp-tape.
    McpTape,
    /// Audit logs of mcp-tap.
    McpTap,
    /// `rpc-messages.jsonl` of GitHub Agentic Workflows.
    GithubWorkflow,
    /// The MCP logs of Claude Desktop.
    ClaudeDesktop,
    /// Transcripts of Claude Code.
    ClaudeCode,
    /// Hook input of Claude Code.
    ClaudeCodeHook,
    /// MCP JSON-RPC messages, one message a line.
    Mcp,
}

impl Format {
    /// All formats. Where a line could be in several, the first of them is taken.
    pub const ALL: [Format; 9] = [
        Format::InterceptEvents,
        Format::Record,
        Format::McpTape,
        Format::McpTap,
        Format::GithubWorkflow,
        Format::ClaudeDesktop,
        Format::ClaudeCode,
        Format::ClaudeCodeHook,
        Format::Mcp,
    ];

    /// The name by which the user asks for it.
    pub fn name(self) -> &'static str {
        match self {
            Format::InterceptEvents => "intercept",
            Format::Record => "record",
            Format::McpTape => "mcp-tape",
            Format::McpTap => "mcp-tap",
            Format::GithubWorkflow => "github-workflow",
            Format::ClaudeDesktop => "claude-desktop",
            Format::ClaudeCode => "claude-code",
            Format::ClaudeCodeHook => "claude-code-hook",
            Format::Mcp => "mcp",
        }
    }

    /// What it is, in a few words.
    pub fn description(self) -> &'static str {
        match self {
            Format::InterceptEvents => "an event log of Intercept, with the decisions it took",
            Format::Record => "toolgate's own record: one JSON object with `tool` a line",
            Format::McpTape => "a trace of mcp-tape (`t`, `dir`, `raw`)",
            Format::McpTap => "an audit log of mcp-tap (`direction`, `message_type`, `params`)",
            Format::GithubWorkflow => "`rpc-messages.jsonl` of GitHub Agentic Workflows",
            Format::ClaudeDesktop => "the MCP logs of Claude Desktop (text)",
            Format::ClaudeCode => "a transcript of Claude Code",
            Format::ClaudeCodeHook => "hook input of Claude Code, one JSON object a line",
            Format::Mcp => "MCP JSON-RPC messages, one a line",
        }
    }

    /// The format of a unit that is JSON, if it tells.
    pub(super) fn of_json(value: &Value) -> Option<Format> {
        let value = match value {
            Value::Array(elements) => elements.first()?,
            value => value,
        };
        Format::ALL.into_iter().find(|format| value.is_object() && format.recognises(value))
    }

    /// The format of a line that is not JSON, if it tells.
    pub(super) fn of_text(line: &str) -> Option<Format> {
        claude_desktop::recognises(line).then_some(Format::ClaudeDesktop)
    }

    fn recognises(self, unit: &Value) -> bool {
        let has = |key: &str| unit.get(key).is_some();
        match self {
            Format::InterceptEvents => intercept_events::recognises(unit),
            Format::Record => has("tool") && !has("jsonrpc"),
            Format::McpTape => mcp_tape::recognises(unit),
            Format::McpTap => mcp_tap::recognises(unit),
            Format::GithubWorkflow => github_workflow::recognises(unit),
            // Text, of which a line may happen to be JSON.
            Format::ClaudeDesktop => false,
            Format::ClaudeCode => claude_code::recognises(unit),
            Format::ClaudeCodeHook => claude_code_hook::recognises(unit),
            Format::Mcp => mcp::recognises(unit),
        }
    }

    /// A reader for a file in this format; none for our own record, whose lines are calls already.
    pub(super) fn reader(self) -> Option<Box<dyn Reader>> {
        Some(match self {
            Format::Record => return None,
            Format::McpTape => Box::new(mcp_tape::McpTape::default()),
            Format::McpTap => Box::new(mcp_tap::McpTap::default()),
            Format::GithubWorkflow => Box::new(github_workflow::GithubWorkflow::default()),
            Format::ClaudeDesktop => Box::new(claude_desktop::ClaudeDesktop::default()),
            Format::InterceptEvents => Box::new(intercept_events::InterceptEvents::default()),
            Format::ClaudeCode => Box::new(claude_code::ClaudeCode::default()),
            Format::ClaudeCodeHook => Box::new(claude_code_hook::ClaudeCodeHook::default()),
            Format::Mcp => Box::new(mcp::Mcp::default()),
        })
    }
}

//! The formats of traces, and which one a file is in.

mod claude_code;
mod claude_code_hook;
mod claude_desktop;
mod codex;
pub(super) mod common;
mod copilot;
mod github_workflow;
mod inspect;
mod intercept;
mod mcp;
mod mcp_tap;
mod mcp_tape;
mod messages;
mod openai_agents;
mod otlp;

use serde_json::Value;

use self::common::reader::Reader;

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
    /// Spans of OpenTelemetry.
    Otlp,
    /// Rollouts of Codex.
    Codex,
    /// Requests to models and their answers.
    Messages,
    /// Spans of the OpenAI Agents SDK.
    OpenaiAgents,
    /// Logs of Inspect AI.
    Inspect,
    /// Events of GitHub's Copilot CLI.
    Copilot,
}

impl Format {
    /// All formats. Where a line could be in several, the first of them is taken.
    pub const ALL: [Format; 15] = [
        Format::InterceptEvents,
        Format::Record,
        Format::McpTape,
        Format::McpTap,
        Format::GithubWorkflow,
        Format::ClaudeDesktop,
        Format::ClaudeCode,
        Format::ClaudeCodeHook,
        Format::Otlp,
        Format::Codex,
        Format::OpenaiAgents,
        Format::Inspect,
        Format::Copilot,
        Format::Messages,
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
            Format::Otlp => "otlp",
            Format::Codex => "codex",
            Format::Messages => "messages",
            Format::OpenaiAgents => "openai-agents",
            Format::Inspect => "inspect",
            Format::Copilot => "copilot",
        }
    }

    /// What it is, in a few words.
    pub fn description(self) -> &'static str {
        match self {
            Format::InterceptEvents => "an event log of Intercept, with the decisions it took",
            Format::Record => "gatelint's own record: one JSON object with `tool` a line",
            Format::McpTape => "a trace of mcp-tape (`t`, `dir`, `raw`)",
            Format::McpTap => "an audit log of mcp-tap (`direction`, `message_type`, `params`)",
            Format::GithubWorkflow => "`rpc-messages.jsonl` of GitHub Agentic Workflows",
            Format::ClaudeDesktop => "the MCP logs of Claude Desktop (text)",
            Format::ClaudeCode => "a transcript of Claude Code",
            Format::ClaudeCodeHook => "hook input of Claude Code, one JSON object a line",
            Format::Mcp => "MCP JSON-RPC messages, one a line",
            Format::Otlp => "spans of OpenTelemetry or OpenInference in OTLP/JSON",
            Format::Codex => "rollouts of Codex",
            Format::Messages => "requests and answers of OpenAI's and Anthropic's APIs",
            Format::OpenaiAgents => "spans of the OpenAI Agents SDK",
            Format::Inspect => "logs of Inspect AI in JSON",
            Format::Copilot => "events of GitHub's Copilot CLI",
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
            Format::InterceptEvents => intercept::recognises(unit),
            Format::Record => has("tool") && !has("jsonrpc"),
            Format::McpTape => mcp_tape::recognises(unit),
            Format::McpTap => mcp_tap::recognises(unit),
            Format::GithubWorkflow => github_workflow::recognises(unit),
            // Text, of which a line may happen to be JSON.
            Format::ClaudeDesktop => false,
            Format::ClaudeCode => claude_code::recognises(unit),
            Format::ClaudeCodeHook => claude_code_hook::recognises(unit),
            Format::Mcp => mcp::recognises(unit),
            Format::Otlp => otlp::recognises(unit),
            Format::Codex => codex::recognises(unit),
            Format::Messages => messages::recognises(unit),
            Format::OpenaiAgents => openai_agents::recognises(unit),
            Format::Inspect => inspect::recognises(unit),
            Format::Copilot => copilot::recognises(unit),
        }
    }

    /// Whether programs write the same call to several files: transcripts that go on from others,
    /// and logs of one server beside those of all.
    pub(super) fn repeats_calls(self) -> bool {
        matches!(self, Format::ClaudeCode | Format::ClaudeDesktop | Format::Codex)
    }

    /// A reader for a file in this format; none for our own record, whose lines are calls already.
    pub(super) fn reader(self) -> Option<Box<dyn Reader>> {
        Some(match self {
            Format::Record => return None,
            Format::McpTape => Box::new(mcp_tape::McpTape::default()),
            Format::McpTap => Box::new(mcp_tap::McpTap::default()),
            Format::GithubWorkflow => Box::new(github_workflow::GithubWorkflow::default()),
            Format::ClaudeDesktop => Box::new(claude_desktop::ClaudeDesktop::default()),
            Format::InterceptEvents => Box::new(intercept::InterceptEvents::default()),
            Format::ClaudeCode => Box::new(claude_code::ClaudeCode::default()),
            Format::ClaudeCodeHook => Box::new(claude_code_hook::ClaudeCodeHook::default()),
            Format::Mcp => Box::new(mcp::Mcp::default()),
            Format::Otlp => Box::new(otlp::Spans::default()),
            Format::Codex => Box::new(codex::Rollout::default()),
            Format::Messages => Box::new(messages::Conversations::default()),
            Format::OpenaiAgents => Box::new(openai_agents::Spans::default()),
            Format::Inspect => Box::new(inspect::Logs),
            Format::Copilot => Box::new(copilot::Events::default()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    use super::common::reader::Calls;
    use crate::trace::reading::outline::outline;

    /// The recorded traces, with the format that each must be found to have.
    const FIXTURES: [(&str, Format); 13] = [
        ("runbook-burst.jsonl", Format::Record),
        ("mcp-everything.jsonl", Format::Mcp),
        ("mcp-filesystem.jsonl", Format::Mcp),
        ("otlp-fastmcp.jsonl", Format::Otlp),
        ("otlp-pydantic-ai.jsonl", Format::Otlp),
        ("openinference.jsonl", Format::Otlp),
        ("codex.jsonl", Format::Codex),
        ("openai-chat.jsonl", Format::Messages),
        ("openai-responses.jsonl", Format::Messages),
        ("anthropic.jsonl", Format::Messages),
        ("openai-agents.jsonl", Format::OpenaiAgents),
        ("inspect.json", Format::Inspect),
        ("copilot.jsonl", Format::Copilot),
    ];

    /// The units of a recorded trace: its lines, or all of a document.
    fn units(name: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/traces");
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        if name.ends_with(".json") { vec![text] } else { text.lines().map(str::to_owned).collect() }
    }

    #[test]
    fn every_unit_of_a_fixture_is_of_its_format_or_of_none() {
        for (name, format) in FIXTURES {
            let found: Vec<_> = units(name)
                .iter()
                .filter_map(|unit| Format::of_json(&outline(unit).unwrap()))
                .collect();
            assert!(found.iter().all(|found| *found == format), "{name}: {found:?}");
            assert_eq!(found.first(), Some(&format), "{name}");
        }
    }

    #[test]
    fn no_reader_panics_on_what_is_cut_off_or_not_its_own() {
        for (name, _) in FIXTURES {
            let units = units(name);
            for mut reader in Format::ALL.into_iter().filter_map(Format::reader) {
                let mut calls = Calls::default();
                for unit in &units {
                    for length in [unit.len(), unit.len() / 2, unit.len() / 5] {
                        let end = unit.floor_char_boundary(length);
                        _ = reader.take(&unit[..end], &mut calls);
                    }
                }
                reader.finish(&mut calls);
            }
        }
    }
}

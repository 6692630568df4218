//! Converted policies: the text of an agent's rules, and what is lost in it.

mod beginnings;
mod claude_code;
mod codex;
mod gemini;
mod human;
mod json;
mod losses;
mod opencode;

pub use human::{write_compared, write_losses, write_named};
pub use json::write_converted_json;
pub use losses::{ConvertLoss, losses_of_agent, losses_of_gateway};

use crate::convert::AgentDraft;
use crate::policy::Agent;

/// The text of a draft in the notation of an agent.
pub fn agent_text(draft: &AgentDraft, to: Agent) -> String {
    match to {
        Agent::ClaudeCode => claude_code::text(draft),
        Agent::Codex => codex::text(draft),
        Agent::Gemini => gemini::text(draft),
        Agent::OpenCode => opencode::text(draft),
    }
}

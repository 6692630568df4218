//! Writing a policy in another dialect.
//!
//! What the other dialect cannot say is written stricter where there is a choice, and named. That
//! the result of a gateway's policy lets the same calls pass is for the solver to prove, not for this module
//! to promise; what is written for agents is held against what it is made from, deed by deed.

mod check;
mod converted;
mod deed;
mod draft;
mod from_agent;
mod oracle;
mod parts;
mod regex;
mod spelling;
mod standings;
mod tighten;
mod to_intercept;
mod to_v1;
mod tool_names;
mod trials;
mod value;
mod wording;

pub use check::{Comparison, Difference, compare, is_of_file};
pub use converted::{Converted, Loss};
pub use deed::{Deed, DeedCall, Kind};
pub use draft::{AgentDraft, Area, AreaRule, UNKNOWN_TOOL};
pub use from_agent::of_standings;
pub use oracle::{Oracle, Verdict};
pub use standings::{Standings, ToolLoss};
pub use tool_names::ToolNames;
pub use trials::{Trials, trials};
pub use wording::Wording;

use crate::policy::{Agent, Dialect, Policy};

/// Writes a gateway's policy in a gateway's dialect.
pub fn convert(policy: &Policy, to: Dialect) -> Converted {
    match to {
        Dialect::V1 => to_v1::convert(policy),
        _ => to_intercept::convert(policy),
    }
}

/// The name of a file in a dialect, for telling the format of a text that has no file.
pub fn file_name(to: Dialect) -> &'static str {
    match to {
        Dialect::V1 => "converted.json",
        Dialect::Intercept(_) => "converted.yaml",
        Dialect::Agent(Agent::ClaudeCode) => "settings.json",
        Dialect::Agent(Agent::OpenCode) => "opencode.json",
        Dialect::Agent(Agent::Gemini) => "converted.toml",
        Dialect::Agent(Agent::Codex) => "config.toml",
    }
}

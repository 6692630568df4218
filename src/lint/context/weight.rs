//! How much a finding weighs that rests on what is known of a tool, and how that is said.

use super::Context;
use crate::catalogue::{Category, Tool};
use crate::lint::Severity;

impl Context<'_> {
    /// The weight of a finding that rests on a tool's category: a guess weighs less, and so does
    /// the record of a server that may be the wrong one.
    pub fn weigh(&self, tool: &Tool, severity: Severity) -> Severity {
        /// Below this a guess is hardly more than a suspicion.
        const FAIR: f64 = 0.5;
        match tool.is_guess() {
            true if tool.confidence < FAIR || tool.is_mere_suspicion() => Severity::Info,
            true => severity.min(Severity::Warning),
            false if self.server.is_some_and(|known| known.is_certain()) => severity,
            false => severity.min(Severity::Warning),
        }
    }

    /// The weight of a finding that rests on a tool's arguments: where the server may be the wrong
    /// one, they may be those of another tool.
    pub fn weigh_arguments(&self, tool: &Tool, severity: Severity) -> Severity {
        match self.server.is_some_and(|known| known.is_certain()) {
            true => self.weigh(tool, severity),
            false => Severity::Info,
        }
    }

    /// The weight of a finding that rests on what a server announces of a tool's arguments, whatever the
    /// tool is taken for.
    pub fn weigh_announced(&self, tool: &Tool, severity: Severity) -> Severity {
        match self.server.is_some_and(|known| known.is_certain()) {
            true if tool.is_guess() => severity.min(Severity::Warning),
            true => severity,
            false => Severity::Info,
        }
    }

    /// "is an Execute tool", with the reason where that was guessed.
    pub fn describe(&self, tool: &Tool) -> String {
        let article = match tool.category {
            Category::Execute => "an",
            _ => "a",
        };
        /// More evidence than this hides the point.
        const SHOWN: usize = 3;
        let evidence = tool.evidence.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>();
        match (tool.is_guess(), evidence.as_slice()) {
            (true, []) => format!("may be {article} {} tool", tool.category),
            (true, evidence) => {
                format!("seems to be {article} {} tool ({})", tool.category, evidence.join(", "))
            }
            (false, _) => match self.server.filter(|known| !known.is_certain()) {
                Some(known) => {
                    format!("is {article} {} tool of {}", tool.category, known.server.name)
                }
                None => format!("is {article} {} tool", tool.category),
            },
        }
    }
}

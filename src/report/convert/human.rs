//! What is lost, for people.

use std::fmt::Write;

use super::losses::ConvertLoss;
use crate::convert::AgentDraft;
use crate::policy::Dialect;
use crate::report::common::escape::escape;

/// Writes what is lost, a line each with the call that shows it.
pub fn write_losses(out: &mut String, losses: &[ConvertLoss]) {
    for loss in losses {
        let place = loss.place.iter().map(|place| format!("{place}: "));
        let tool = loss.tool.iter().map(|tool| format!("`{}`: ", tool.replace('`', "'")));
        let before: String = place.chain(tool).collect();
        _ = write!(out, "warning: {}", escape(&format!("{before}{}", loss.message)));
        if let Some(witness) = &loss.witness {
            let (from, to) = (witness.from.name(), witness.to.name());
            let call = witness.call.replace('\'', r"'\''");
            _ = write!(out, ", such as '{}', from {from} to {to}", escape(&call));
        }
        out.push('\n');
    }
}

/// Writes that the result names commands which the agent that it is for would run by itself.
pub fn write_named(out: &mut String, draft: &AgentDraft, to: Dialect) {
    let named: usize = draft.areas.values().map(|area| area.unasked.len()).sum();
    if named > 0 {
        _ = writeln!(
            out,
            "note: {named} commands are named that {to} runs without a question where nothing is said; letters stand for all that begin with them"
        );
    }
}

/// Writes how many calls were decided under both policies, and how many that rules are about were not tried.
pub fn write_compared(out: &mut String, (deeds, untried): (usize, usize), is_milder: bool) {
    let result = match is_milder {
        true => "what passes more easily in the result is named above",
        false => "none passes more easily in the result",
    };
    _ = writeln!(out, "note: {deeds} calls were decided under both; {result}");
    if untried > 0 {
        _ = writeln!(out, "note: {untried} more calls that the rules are about were not tried");
    }
}

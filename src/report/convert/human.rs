//! What is lost, for people.

use std::fmt::Write;

use super::losses::ConvertLoss;
use crate::report::common::escape::escape;

/// Writes what is lost, a line each, and below it the call that shows it.
pub fn write_losses(out: &mut String, losses: &[ConvertLoss]) {
    for loss in losses {
        let place = loss.place.iter().map(|place| format!("{place}: "));
        let tool = loss.tool.iter().map(|tool| format!("`{tool}`: "));
        let before: String = place.chain(tool).collect();
        _ = writeln!(out, "warning: {}", escape(&format!("{before}{}", loss.message)));
        if let Some(witness) = &loss.witness {
            let (from, to) = (witness.from.name(), witness.to.name());
            let call = witness.call.replace('\'', r"'\''");
            _ = writeln!(out, "  such as '{}', from {from} to {to}", escape(&call));
        }
    }
}

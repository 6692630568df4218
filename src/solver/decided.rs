//! What decides the call that shows something.

use super::evidence::{Evidence, Recorded};
use super::question::decision;
use super::version::Version;
use crate::engine::{Arguments, Decision, Surroundings};

/// What a policy says of a call of a tool that shows something, of several calls of the last one as if it were
/// the first. None where no call shows it.
pub fn decided<'v>(
    evidence: &Evidence,
    tool: &str,
    version: &'v Version<'_>,
) -> Option<Decision<'v>> {
    let (tool, arguments) = match evidence {
        Evidence::Call(arguments) => (tool, arguments),
        Evidence::Recorded(call) => (call.tool.as_str(), &call.arguments),
        Evidence::Burst(burst) => {
            burst.batches.last().map(|batch| (batch.tool.as_str(), &batch.arguments))?
        }
        Evidence::Unknown(_) => return None,
    };
    let around = match evidence {
        Evidence::Recorded(call) => surroundings(call),
        _ => Surroundings::default(),
    };
    Some(decision(version.gate(), tool, Arguments::Json(&arguments.to_string()), around))
}

fn surroundings(call: &Recorded) -> Surroundings<'_> {
    Surroundings {
        folder: call.folder.as_deref().unwrap_or_default(),
        mode: call.mode.as_deref().unwrap_or_default(),
        ..Surroundings::default()
    }
}

//! Two policies of agents compared for all calls.

use super::change::{ToolChange, ToolName};
use crate::policy::Policy;
use crate::solver::{AgentPair, Budget, LostCalls, Shapes};

/// The names that agents have for the tools of the server that is known.
pub(super) fn tools(old: &Policy, new: &Policy, shapes: &Shapes) -> Vec<String> {
    let Some(server) = &shapes.server else { return Vec::new() };
    let policies = [old, new].into_iter().filter_map(|policy| policy.permissions.as_ref());
    let names = policies.flat_map(|permissions| {
        let naming = permissions.server_tools;
        shapes.names().map(move |tool| naming.name(server, tool))
    });
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What changes, tool by tool.
pub(super) fn changes<'p>(
    pair: &AgentPair<'p>,
    shapes: &Shapes,
    budget: &Budget,
) -> Vec<ToolChange<'p>> {
    let mut found: Vec<ToolChange<'p>> = Vec::new();
    for is_reversed in [false, true] {
        for LostCalls { tool, is_other, lost } in pair.lost(is_reversed, budget) {
            let category = (!is_other).then(|| shapes.category(&tool));
            let tool = if is_other { ToolName::Other(tool) } else { ToolName::Named(tool) };
            let at = found.iter().position(|known| known.tool == tool).unwrap_or_else(|| {
                let (loosened, tightened) = (Vec::new(), Vec::new());
                found.push(ToolChange { tool, category, loosened, tightened });
                found.len() - 1
            });
            let side = match is_reversed {
                false => &mut found[at].loosened,
                true => &mut found[at].tightened,
            };
            side.extend(lost);
        }
    }
    found
}

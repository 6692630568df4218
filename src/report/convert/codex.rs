//! Servers' tools in Codex's `config.toml` (<https://developers.openai.com/codex/mcp>). Nothing else of a draft
//! can be said there: Codex runs what no rule names, in its sandbox.

use std::fmt::Write as _;

use crate::convert::{AgentDraft, Standings};
use crate::policy::Ruling;
use crate::report::common::json::double_quoted;

/// The text of a draft.
pub(super) fn text(draft: &AgentDraft) -> String {
    // A gateway that lets a call pass does not say that nobody need be asked before.
    let approves = !draft.areas.is_empty();
    let servers = draft.servers.iter().map(|(name, standings)| server(name, standings, approves));
    servers.collect::<Vec<_>>().join("\n")
}

fn server(name: &str, standings: &Standings, approves: bool) -> String {
    let table = format!("mcp_servers.{}", key(name));
    let mut out = format!("[{table}]\n");
    if standings.others == Ruling::Deny {
        let callable = standings.tools.iter().filter(|(_, ruling)| **ruling != Ruling::Deny);
        write_list(&mut out, "enabled_tools", callable.map(|(name, _)| name.as_str()));
    }
    write_list(&mut out, "disabled_tools", standings.of_ruling(Ruling::Deny));
    let others = mode(standings.others, approves);
    if let Some(mode) = others {
        _ = writeln!(out, "default_tools_approval_mode = \"{mode}\"");
    }
    for (tool, ruling) in &standings.tools {
        if let Some(mode) = mode(*ruling, approves).filter(|mode| Some(*mode) != others) {
            _ = writeln!(out, "\n[{table}.tools.{}]\napproval_mode = \"{mode}\"", key(tool));
        }
    }
    out
}

/// When a tool is asked about, where that is said.
fn mode(ruling: Ruling, approves: bool) -> Option<&'static str> {
    match ruling {
        Ruling::Allow => approves.then_some("approve"),
        Ruling::Ask => Some("prompt"),
        Ruling::Deny => None,
    }
}

fn write_list<'n>(out: &mut String, name: &str, tools: impl Iterator<Item = &'n str>) {
    let tools: Vec<String> = tools.map(|tool| format!("  {},\n", double_quoted(tool))).collect();
    match tools.is_empty() {
        true => _ = writeln!(out, "{name} = []"),
        false => _ = writeln!(out, "{name} = [\n{}]", tools.concat()),
    }
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { double_quoted(name) }
}

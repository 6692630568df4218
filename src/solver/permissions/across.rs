//! Policies of two agents: calls that both have tools for are tried, and nothing is proved.

use serde_json::json;

use super::bench::{Case, Shown, file};
use super::lost_calls::{LostCalls, unknown};
use super::pair::AgentPair;
use super::samples::{self, Sampler};
use super::texts::{COMMANDS, PATHS};
use crate::policy::{CallKind, KindTool};
use crate::solver::{Budget, Why, unused_name};

/// The address that is tried where no rule names one.
const ADDRESS: &str = "https://example.com/";

/// What the new policy lets pass that the old one did not, as far as tried calls show it.
pub(super) fn lost<'p>(
    pair: &AgentPair<'p>,
    is_reversed: bool,
    budget: &Budget,
) -> Vec<LostCalls<'p>> {
    let mut found = Vec::new();
    let mut shown = Vec::new();
    for kind in CallKind::ALL {
        let [Some(old), Some(new)] = pair.agents.map(|agent| agent?.tool_for(kind)) else {
            continue;
        };
        let texts = texts(pair, kind, [old, new]);
        let cases = texts.iter().map(|text| [old, new].map(|tool| case(pair, tool, text)));
        let own = decide(pair, cases, is_reversed, budget);
        if own.is_empty() {
            let tool = new.tool.to_owned();
            found.push(LostCalls { tool, is_other: false, lost: vec![unknown(Why::Agents)] });
        }
        shown.extend(own);
    }
    let [old, new] = [pair.old, pair.new].map(|permissions| permissions.server_tools);
    let servers = servers(pair);
    let cases = servers.iter().map(|(server, tool)| {
        [old, new].map(|names| Case {
            tool: names.name(server, tool),
            arguments: json!({}),
            mode: None,
            folder: None,
        })
    });
    shown.extend(decide(pair, cases, is_reversed, budget));
    file(shown, None, &mut found);
    let names: Vec<&str> = found.iter().map(|lost| lost.tool.as_str()).collect();
    let tool = unused_name(&names);
    found.push(LostCalls { tool, is_other: true, lost: vec![unknown(Why::Agents)] });
    found
}

fn decide<'p>(
    pair: &AgentPair<'p>,
    cases: impl Iterator<Item = [Case; 2]>,
    is_reversed: bool,
    budget: &Budget,
) -> Vec<Shown<'p>> {
    let in_time = cases.take_while(|_| budget.look().is_ok());
    let shown = in_time
        .filter_map(|[old, new]| pair.bench.shown_of([&old, &new], is_reversed).ok().flatten());
    shown.collect()
}

fn case(pair: &AgentPair<'_>, tool: KindTool, text: &str) -> Case {
    let text = if tool.is_patch { samples::patch(text) } else { text.to_owned() };
    let mut folders = [pair.old, pair.new].into_iter();
    Case {
        tool: tool.tool.to_owned(),
        arguments: json!({ (tool.argument): text }),
        mode: None,
        folder: folders.find_map(|permissions| samples::folder(&permissions.ground)),
    }
}

/// What rules of either policy say is done by calls of a kind, and what is tried anyway.
fn texts(pair: &AgentPair<'_>, kind: CallKind, tools: [KindTool; 2]) -> Vec<String> {
    let mut found: Vec<String> = match kind {
        CallKind::Shell => COMMANDS.map(str::to_owned).to_vec(),
        CallKind::Read | CallKind::Edit => PATHS.map(str::to_owned).to_vec(),
        CallKind::Fetch => vec![ADDRESS.to_owned()],
    };
    for (permissions, tool) in pair.placed.iter().zip(tools).filter(|(_, tool)| !tool.is_patch) {
        let rules = permissions.rules.iter().filter(|rule| rule.is_written()).collect();
        let sampler = Sampler { permissions, rules, pairs: Vec::new() };
        let given = sampler.of_tool(tool.tool).into_iter();
        found
            .extend(given.filter_map(|given| Some(given.get(tool.argument)?.as_str()?.to_owned())));
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|text| seen.insert(text.clone()));
    found
}

/// The tools of servers that rules of either policy name, each with its server.
fn servers(pair: &AgentPair<'_>) -> Vec<(String, String)> {
    let mut found = vec![("x".to_owned(), "x".to_owned())];
    for permissions in [pair.old, pair.new] {
        let names = permissions.server_tools;
        let parts = |name: &str| {
            let (server, tool) = name.strip_prefix(names.before)?.split_once(names.between)?;
            Some((server.to_owned(), tool.to_owned()))
        };
        let spelt = permissions.names().into_iter().filter(|_| !names.before.is_empty());
        found.extend(spelt.filter_map(parts));
    }
    found
}

//! The tool uses of Claude Code: how its logs name tools, and how they repeat them.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use super::mcp_name;
use super::reader::Calls;
use super::waiting::{MAX_WAITING, Waiting};
use crate::trace::record::{CallResult, Record};

/// What the program calls itself when it connects to a server.
const CLIENT: &str = "claude-code";

/// A call of a tool by the name that Claude Code gives it: `mcp__SERVER__TOOL` for one of a server,
/// `mcp__plugin_PLUGIN_SERVER__TOOL` for one of a plugin's server, and anything else for one of its
/// own. Policies know a tool by the name that its server gives it.
///
/// Claude Code itself takes the first `__` for the end of the server's name, and the names of
/// plugins have no underscores (<https://code.claude.com/docs/en/mcp>).
pub(in crate::trace) fn call_of(name: &str) -> Record<'static> {
    let (server, tool) = mcp_name::split(name);
    let of_plugin = server.and_then(|server| server.strip_prefix("plugin_")?.split_once('_'));
    let server = of_plugin.map(|(_, server)| server).or(server).unwrap_or_default();
    Record {
        server: server.to_owned().into(),
        client: CLIENT.into(),
        result: CallResult::Unknown,
        ..Record::of_tool(tool.to_owned())
    }
}

/// The tool uses of a file, each of which is one call, however often it is repeated.
#[derive(Debug, Default)]
pub(in crate::trace) struct ToolUses {
    waiting: Waiting,
    /// The calls without a result, by session and id.
    open: HashMap<String, u64>,
    /// Hashes of the sessions and ids that were seen: they are many in a long file.
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl ToolUses {
    /// Takes a call, unless it is repeated. One without an id is taken every time; `key` tells it
    /// from other calls of its session until it has its result.
    pub(in crate::trace) fn begin(&mut self, call: Record<'static>, key: &str) {
        let key = self.key(&call.session, key);
        if !call.id.is_empty() && !self.seen.insert(self.hasher.hash_one(&key)) {
            return;
        }
        // Results may never come.
        if self.open.len() > 2 * MAX_WAITING {
            let waiting = &self.waiting;
            self.open.retain(|_, number| !waiting.is_past(*number));
        }
        let number = self.waiting.push(call);
        self.open.insert(key, number);
    }

    /// Whether a call was taken and has no result yet.
    pub(in crate::trace) fn is_open(&self, session: &str, key: &str) -> bool {
        self.open.contains_key(&self.key(session, key))
    }

    /// What came of a call.
    pub(in crate::trace) fn end(&mut self, session: &str, key: &str, result: CallResult) {
        if let Some(number) = self.open.remove(&self.key(session, key)) {
            self.waiting.settle(number, result);
        }
    }

    pub(in crate::trace) fn give_out(&mut self, calls: &mut Calls) {
        self.waiting.give_out(calls);
    }

    pub(in crate::trace) fn finish(&mut self, calls: &mut Calls) {
        self.waiting.finish(calls);
    }

    fn key(&self, session: &str, key: &str) -> String {
        format!("{session}\n{key}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_split_into_server_and_tool() {
        for (name, server, tool) in [
            ("mcp__github__create_issue", "github", "create_issue"),
            ("mcp__claude_ai_Gmail__search__all", "claude_ai_Gmail", "search__all"),
            ("mcp__plugin_code-review_git_hub__list", "git_hub", "list"),
            ("mcp__plugin_x__list", "plugin_x", "list"),
            ("Bash", "", "Bash"),
            ("mcp__only", "", "mcp__only"),
            ("mcp____x", "", "mcp____x"),
            ("mcp__x__", "", "mcp__x__"),
        ] {
            let call = call_of(name);
            assert_eq!((&*call.server, &*call.tool), (server, tool), "{name}");
        }
    }

    #[test]
    fn calls_with_ids_are_taken_once_and_others_every_time() {
        let mut uses = ToolUses::default();
        let mut calls = Calls::default();
        let call = |id: &'static str| Record { id: id.into(), ..Record::of_tool("t") };
        for id in ["1", "2", "1", "", ""] {
            uses.begin(call(id), id);
        }
        uses.end("", "1", CallResult::ToolError);
        uses.begin(call("1"), "1");
        assert!(uses.is_open("", "2") && !uses.is_open("", "1"));
        uses.finish(&mut calls);
        let seen: Vec<_> =
            std::iter::from_fn(|| calls.pop()).map(|call| (call.id, call.result)).collect();
        let ids: Vec<_> = seen.iter().map(|(id, _)| &**id).collect();
        assert_eq!(ids, ["1", "2", "", ""]);
        assert_eq!(seen[0].1, CallResult::ToolError);
    }
}

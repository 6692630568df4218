//! The tool uses of Claude Code, as its transcripts and its hooks tell them.

use serde_json::value::RawValue;

use super::mcp_name;
use crate::trace::record::{CallResult, Record, RecordArguments};

/// What the program calls itself when it connects to a server.
const CLIENT: &str = "claude-code";

/// A use of a tool.
#[derive(Default)]
pub(in crate::trace) struct ToolUse<'a> {
    /// The tool's name: `mcp__SERVER__TOOL` for one of a server, `mcp__plugin_PLUGIN_SERVER__TOOL`
    /// for one of a plugin's server, and anything else for one of Claude Code's own.
    pub(in crate::trace) name: &'a str,
    /// The session.
    pub(in crate::trace) session: &'a str,
    /// What tells it from others of its session; empty where that is not told.
    pub(in crate::trace) id: &'a str,
    /// The arguments.
    pub(in crate::trace) input: Option<&'a RawValue>,
}

impl ToolUse<'_> {
    /// The call. Policies know a tool by the name that its server gives it.
    pub(in crate::trace) fn call(&self) -> Record<'static> {
        let mut call = mcp_name::call(None, self.name);
        call.client = CLIENT.into();
        call.session = self.session.to_owned().into();
        call.id = self.id.to_owned().into();
        call.result = CallResult::Unknown;
        if let Some(input) = self.input {
            call.arguments = RecordArguments::Json(input.get().to_owned().into());
        }
        call
    }
}

/// The key of a call within a file of several sessions.
pub(in crate::trace) fn key(session: &str, id: &str) -> String {
    format!("{session}\n{id}")
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
            let call = ToolUse { name, ..ToolUse::default() }.call();
            assert_eq!((&*call.server, &*call.tool), (server, tool), "{name}");
        }
    }
}

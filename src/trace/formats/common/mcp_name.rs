//! The names by which clients tell the tools of MCP servers from each other.
//!
//! Claude Code, Codex and others call the tool `add` of the server `notes` `mcp__notes__add`. A
//! server that came with a plugin of Claude Code is called `plugin_<plugin>_<server>`; the names of
//! plugins have no underscores (<https://code.claude.com/docs/en/mcp>).

use crate::trace::record::Record;

/// A call of a tool of a server, where the log tells the server; or of a tool by such a name.
pub(in crate::trace) fn call(server: Option<&str>, name: &str) -> Record<'static> {
    let (server, tool) = server.map_or_else(|| split(name), |server| (Some(server), name));
    let mut call = Record::of_tool(tool.to_owned());
    call.server = server.unwrap_or_default().to_owned().into();
    call
}

/// The server and the tool of a name that is both with an underscore between them, where the user names
/// the server; of several the longest. Agents write `_` for what names of tools may not have.
pub(in crate::trace) fn of_named_server<'a>(
    name: &'a str,
    servers: &'a [String],
) -> Option<(&'a str, &'a str)> {
    let tool = |server: &str| {
        let mut rest = name.chars();
        let is_same = |(letter, found): (char, char)| {
            letter == found || (found == '_' && !letter.is_ascii_alphanumeric())
        };
        let begins =
            server.chars().all(|letter| rest.next().is_some_and(|found| is_same((letter, found))));
        let tool = rest.as_str().strip_prefix('_').filter(|tool| begins && !tool.is_empty());
        tool.map(|tool| &name[name.len() - tool.len()..])
    };
    let known = servers.iter().filter_map(|server| Some((server.as_str(), tool(server)?)));
    known.max_by_key(|(server, _)| server.len())
}

/// The server and the tool of a name; no server where the name is not of this form. A tool's own
/// name may have `__` in it, that of a server has not.
fn split(name: &str) -> (Option<&str>, &str) {
    let parts = name.strip_prefix("mcp__").and_then(|rest| rest.split_once("__"));
    match parts {
        Some((server, tool)) if !server.is_empty() && !tool.is_empty() => {
            (Some(own_name(server)), tool)
        }
        _ => (None, name),
    }
}

/// The name that a server has by itself, without the plugin that it came with.
pub(in crate::trace) fn own_name(server: &str) -> &str {
    let of_plugin = server.strip_prefix("plugin_").and_then(|server| server.split_once('_'));
    match of_plugin {
        Some((_, server)) if !server.is_empty() => server,
        _ => server,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_the_user_names_ends_where_its_name_does() {
        let servers = ["my_notes", "my", "big box", ""].map(str::to_owned);
        for (name, found) in [
            ("my_notes_add", Some(("my_notes", "add"))),
            ("my_other", Some(("my", "other"))),
            ("big_box_open", Some(("big box", "open"))),
            ("my_notes_", Some(("my", "notes_"))),
            ("other_add", None),
            ("my", None),
        ] {
            assert_eq!(of_named_server(name, &servers), found, "{name}");
        }
    }

    #[test]
    fn a_name_is_split_into_server_and_tool_only_where_it_has_both() {
        for (name, server, tool) in [
            ("mcp__notes__add", Some("notes"), "add"),
            ("mcp__notes__add__all", Some("notes"), "add__all"),
            ("mcp__my_notes__add_all", Some("my_notes"), "add_all"),
            ("mcp__plugin_tools_notes__add", Some("notes"), "add"),
            ("mcp__plugin_x__add", Some("plugin_x"), "add"),
            ("Bash", None, "Bash"),
            ("mcp__notes", None, "mcp__notes"),
            ("mcp__notes__", None, "mcp__notes__"),
            ("mcp____add", None, "mcp____add"),
            ("notes__add", None, "notes__add"),
        ] {
            assert_eq!(split(name), (server, tool), "{name}");
        }
    }
}

//! Forms of rules that hold for nothing that is called, and what was probably meant.

use super::written::SHELL;
use crate::policy::call_rules::{CallTest, ToolTest};
use crate::policy::dead_form::DeadForm;
use crate::policy::permissions::{PermissionRule, SubjectTest};

/// A form, and whether a test is of it.
type Row = (DeadForm, fn(&CallTest) -> bool);

/// The forms; the first that fits is told.
static FORMS: [Row; 9] = [
    (
        DeadForm {
            reason: "exclude-with-arguments",
            why: "what is excluded is a tool, and parentheses are part of its name",
            instead: "write a rule in a policy file: toolName = \"run_shell_command\", commandPrefix = \"…\", decision = \"deny\"",
        },
        |test| name(test).is_some_and(|name| name.contains('(')),
    ),
    (
        DeadForm {
            reason: "mcpname-star-with-tool",
            why: "`mcpName = \"*\"` goes with `toolName = \"*\"` alone",
            instead: "name the server",
        },
        |test| name(test).is_some_and(|name| name.starts_with("mcp_*_")),
    ),
    (
        DeadForm {
            reason: "dead-wildcard",
            why: "a `*` means something only as `*`, `mcp_*` and `mcp_<server>_*`",
            instead: "name each tool, or all tools of the server",
        },
        |test| name(test).is_some_and(|name| name.contains('*')),
    ),
    (
        DeadForm {
            reason: "server-name-needs-sanitising",
            why: "in the names of tools every character of the server but letters, digits and `_-.:` is `_`, and this one is compared as it is",
            instead: "give the server a name of letters, digits, `-` and `.`",
        },
        |test| {
            let is_kept = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
            test.server.as_deref().is_some_and(|s| !s.chars().all(is_kept) || s.starts_with("mcp_"))
        },
    ),
    (
        DeadForm {
            reason: "double-underscore",
            why: "tools of servers are called `mcp_<server>_<tool>`, with one `_`",
            instead: "write `mcpName` and `toolName`, or `mcp_<server>_<tool>`",
        },
        |test| test.server.is_none() && name(test).is_some_and(|name| name.contains("__")),
    ),
    (
        DeadForm {
            reason: "pattern-key-on-wrong-tool",
            why: "`commandPrefix` and `commandRegex` look for a command, which this tool is not given",
            instead: "write `argsPattern` for what this tool is given",
        },
        |test| {
            let source = test.arguments.as_ref().map_or("", |pattern| pattern.source());
            let is_shell = |name: &str| name == SHELL || name.starts_with("mcp_");
            source.starts_with("\"command\":\"") && name(test).is_some_and(|name| !is_shell(name))
        },
    ),
    (
        DeadForm {
            reason: "prefix-with-trailing-space",
            why: "a blank follows a prefix anyway, so that this takes two",
            instead: "take the blank out",
        },
        |test| {
            let source = test.arguments.as_ref().map_or("", |pattern| pattern.source());
            source.ends_with(r#" (?:[\s"]|\\")"#)
        },
    ),
    (
        DeadForm {
            reason: "regex-never-matches",
            why: "`commandRegex` begins where the command does, and what follows the command is a quote: `^` and `$` never match there",
            instead: "leave `^` out, and write `\"` in place of `$`",
        },
        |test| {
            let source = test.arguments.as_ref().map_or("", |pattern| pattern.source());
            let command = source.strip_prefix("\"command\":\"");
            command.is_some_and(|regex| {
                regex.starts_with('^') || (regex.ends_with('$') && !regex.ends_with("\\$"))
            })
        },
    ),
    (
        DeadForm {
            reason: "regex-never-matches",
            why: "`argsPattern` is about the text of all arguments, which begins with `{\"`: `^` matches before nothing else",
            instead: "leave `^` out, or write `\"command\":\"` in place of it, and so of other arguments",
        },
        |test| {
            let source = test.arguments.as_ref().map_or("", |pattern| pattern.source());
            let text = source.strip_prefix('^').unwrap_or_default();
            let is_begun = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
            is_begun && !text.contains('|') && !text[1..].starts_with(['?', '*', '{'])
        },
    ),
];

/// A list with nothing in it, of which no rule comes.
pub(in crate::policy) const EMPTY_LIST: DeadForm = DeadForm {
    reason: "empty-list",
    why: "one of its lists is empty, and it stands for no rule",
    instead: "name in the list what the rule is about",
};

/// The only tool that a test is about, by the first of its names.
fn name(test: &CallTest) -> Option<&str> {
    match &test.tool {
        ToolTest::Named(names) => names.first().map(|name| &**name),
        ToolTest::Any | ToolTest::OfServers | ToolTest::OfServer(_) => None,
    }
}

/// The form of a rule.
pub(in crate::policy) fn dead_form(rule: &PermissionRule) -> Option<DeadForm> {
    let SubjectTest::Call(test) = &rule.test else { return None };
    FORMS.iter().find(|(_, is)| is(test)).map(|(form, _)| *form)
}

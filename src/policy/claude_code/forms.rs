//! Forms of rules that never hold, and what was probably meant.

use super::rules::MAIN;
use crate::policy::dead_form::{BARE_EDIT, DeadForm};
use crate::policy::permissions::Ruling;

/// A rule as it is written.
struct Written<'t> {
    ruling: Ruling,
    text: &'t str,
    tool: &'t str,
    /// What stands in parentheses.
    spec: Option<&'t str>,
    /// Whether nothing is made of it.
    is_void: bool,
}

/// The parameters of tools that only rules which forbid know.
const PARAMETERS: [(&str, &str); 8] = [
    ("Bash", "run_in_background"),
    ("Bash", "timeout"),
    ("Bash", "description"),
    ("Agent", "model"),
    ("Agent", "subagent_type"),
    ("Task", "model"),
    ("Task", "subagent_type"),
    ("WebSearch", "query"),
];

/// A form, and whether a rule is of it.
type Row = (DeadForm, fn(&Written<'_>) -> bool);

const fn form(reason: &'static str, why: &'static str, instead: &'static str) -> DeadForm {
    DeadForm { reason, why, instead }
}

/// The forms; the first that fits is told. They are numbered in the specification of the dialect.
static FORMS: [Row; 23] = [
    (
        form(
            "unclosed-parenthesis",
            "its parenthesis does not close at the end",
            "write `Tool(specification)` with nothing behind it",
        ),
        |rule| rule.is_void && rule.text.contains('(') && !rule.text.trim().ends_with(')'),
    ),
    (
        form(
            "dead-blank",
            "a blank at its start or end, before the parenthesis or before `:*` counts as part of it",
            "take the blank out",
        ),
        |rule| {
            let spec = rule.spec.unwrap_or_default();
            let inner = spec.strip_suffix(":*").unwrap_or(spec);
            let blank = inner.trim() != inner && spec != " *" && rule.tool == "Bash";
            rule.is_void
                && (rule.text.trim() != rule.text || rule.tool.trim() != rule.tool || blank)
        },
    ),
    (
        form(
            "comma-in-rule",
            "a comma separates no rules: the text is one rule",
            "write each as an element of the list",
        ),
        |rule| rule.tool.contains(',') || rule.is_list_of_commands(),
    ),
    (
        form(
            "wrong-brackets",
            "what a tool is asked about stands in round brackets, and with other signs there it is the name of no tool",
            "write `Tool(specification)`",
        ),
        |rule| {
            let rest = MAIN.iter().find_map(|(tool, _)| rule.text.strip_prefix(tool));
            rest.is_some_and(|rest| rest.starts_with(['{', '[', '<', ':', '=']))
        },
    ),
    (
        form(
            "wrong-star",
            "neither `**` nor `mcp*` stands for tools",
            "write `*` for every tool, `mcp__*` for all tools of servers",
        ),
        |rule| rule.is_void && rule.ruling != Ruling::Allow && ["**", "mcp*"].contains(&rule.text),
    ),
    (
        form(
            "mcp-rule-with-parentheses",
            "rules for tools of servers take no parentheses, and one that has some is skipped",
            "leave the parentheses out",
        ),
        |rule| rule.tool.starts_with("mcp__") && rule.spec.is_some(),
    ),
    (
        form(
            "mcp-name-not-normalised",
            "in the names of servers and tools every character but letters, digits, `_` and `-` is `_`",
            "write the name as it stands in a call, with `_` in place of other characters",
        ),
        |rule| {
            let is_kept = |c: char| c.is_ascii_alphanumeric() || "_-*".contains(c);
            rule.tool.starts_with("mcp__")
                && !rule.tool.contains(['?', '[', '{', '(', '|', '^', '$'])
                && !rule.tool.chars().all(is_kept)
        },
    ),
    (
        form(
            "mcp-name-not-normalised",
            "names of tools of servers begin with `mcp__`, and have `__` before the tool",
            "write `mcp__server` for all tools of a server, or `mcp__server__tool`",
        ),
        |rule| {
            let start = rule.tool.get(..4).map(str::to_lowercase);
            let is_meant = start.is_some_and(|start| ["mcp_", "mcp-", "mcp:"].contains(&&*start));
            is_meant && !rule.tool.starts_with("mcp__")
        },
    ),
    (
        form(
            "mcp-name-not-normalised",
            "it names no tool behind the server",
            "write `mcp__server` for all tools of a server, or `mcp__server__tool`",
        ),
        |rule| rule.is_void && rule.tool.starts_with("mcp__") && !rule.tool.contains('*'),
    ),
    (
        form(
            "unanchored-allow-glob",
            "a rule that allows takes a `*` only behind `mcp__<server>__`",
            "name each tool that is to run: `mcp__server__tool`",
        ),
        |rule| rule.is_void && rule.ruling == Ruling::Allow && rule.tool.contains('*'),
    ),
    (
        form(
            "empty-prefix",
            "nothing stands before the `*`",
            "name the command: `Bash(npm test:*)`",
        ),
        |rule| rule.is_void && (matches!(rule.spec, Some("" | ":*")) || rule.text.ends_with("()")),
    ),
    (
        form(
            "search-star-inside",
            "it holds in the project, where nobody is asked about a search, and not outside of it",
            "write `Read(~/dir/**)` for a folder outside of the project",
        ),
        |rule| {
            let is_star = rule.spec == Some("*") && ["Glob", "Grep"].contains(&rule.tool);
            is_star && rule.ruling == Ruling::Allow
        },
    ),
    (
        form(
            "dead-path-tool",
            "only `Read(path)` and `Edit(path)` are rules for paths; they hold for the other tools as well",
            "write `Edit(path)` for what changes files, `Read(path)` for what reads and searches",
        ),
        |rule| {
            const TOOLS: [&str; 5] = ["Write", "MultiEdit", "NotebookEdit", "Glob", "Grep"];
            rule.is_void && TOOLS.contains(&rule.tool) && rule.spec.is_some()
        },
    ),
    (
        form(
            "param-on-main-field",
            "a rule about a parameter may not name what the tool is asked by itself",
            "write what it is about alone: `Bash(rm *)`, `Read(path)`, `WebFetch(domain:host)`",
        ),
        |rule| MAIN.iter().any(|(tool, name)| *tool == rule.tool && rule.names(name)),
    ),
    (
        form(
            "param-in-allow",
            "only rules that deny or ask look at a parameter",
            "allow what the tool is about, and deny the parameter",
        ),
        |rule| {
            let is_known = |(tool, name): &(&str, &str)| *tool == rule.tool && rule.names(name);
            let is_prefix = rule.tool == "Bash" && rule.spec.is_some_and(|s| s.ends_with(":*"));
            rule.ruling == Ruling::Allow && !is_prefix && PARAMETERS.iter().any(is_known)
        },
    ),
    (
        form(
            "webfetch-not-domain",
            "addresses go by `domain:` and a host alone, without scheme, port and path",
            "write `WebFetch(domain:example.com)`",
        ),
        |rule| {
            let is_address = rule.spec.is_some_and(|spec| {
                let host = spec.strip_prefix("domain:");
                spec.starts_with("http")
                    || host.is_some_and(|host| host.contains(['/', '@', ' ', ':']))
            });
            rule.tool == "WebFetch" && (rule.is_void || is_address)
        },
    ),
    (
        form(
            "agent-glob",
            "this tool takes a whole name, no pattern",
            "write the whole name, or the tool without parentheses",
        ),
        |rule| rule.is_void && ["Agent", "Task", "Skill", "WebSearch"].contains(&rule.tool),
    ),
    (
        form(
            "colon-star-not-last",
            "`:*` is a prefix only at the very end, elsewhere the colon is itself",
            "write `*` with a blank before it, or end the rule with `:*`",
        ),
        |rule| {
            let spec = rule.spec.filter(|_| rule.tool == "Bash").unwrap_or_default();
            let mut words = spec.split(' ');
            let first = words.next().unwrap_or_default();
            first.ends_with(":*") && words.next().is_some() || rule.joins_by_colon(first)
        },
    ),
    (
        form(
            "dead-path",
            "a path may not begin with `..`, `!` or `#`, nor be `~`, `.` or `/` alone",
            "write the path from the project (`/dir/**`), from home (`~/dir/**`) or from the root (`//dir/**`)",
        ),
        |rule| {
            let is_root = rule.spec.is_some_and(|spec| spec == "/" || spec == "./");
            ["Read", "Edit"].contains(&rule.tool) && (rule.is_void || is_root)
        },
    ),
    (
        form(
            "dead-path",
            "variables are not put in: `$` is a letter of the folder's name",
            "write `~/` for the home folder, `/` for the project",
        ),
        |rule| {
            let has_variable = rule.spec.is_some_and(|spec| spec.starts_with('$'));
            ["Read", "Edit"].contains(&rule.tool) && has_variable
        },
    ),
    (
        form(
            BARE_EDIT,
            "it is about the tool `Edit` alone, and `Write` is asked about all the same",
            "write `Edit(**)`, which holds for every tool that changes files",
        ),
        |rule| rule.ruling == Ruling::Allow && rule.text == "Edit(*)",
    ),
    (
        form(
            "compound-spec",
            "it holds for just this text: other commands are taken apart at `;`",
            "write a rule for each of the commands",
        ),
        |rule| {
            let spec = rule.bash().unwrap_or_default();
            rule.ruling != Ruling::Allow && spec.contains(';') && !spec.contains(['"', '\'', '\\'])
        },
    ),
    (
        form(
            "quoted-spec",
            "it holds for the command with just these quotes",
            "end it before the quotes, with ` *`",
        ),
        |rule| rule.bash().is_some_and(|spec| spec.contains(['"', '\''])),
    ),
];

impl Written<'_> {
    /// Whether it is about a parameter of this name.
    fn names(&self, name: &str) -> bool {
        let before = self.spec.and_then(|spec| spec.split_once(':'));
        before.is_some_and(|(before, _)| before.trim() == name)
    }

    /// Whether the first word of a command has a colon where a blank is meant, as in `rm:-rf`. A path has signs or
    /// large letters, and so have the names of parameters but for those that are known.
    fn joins_by_colon(&self, first: &str) -> bool {
        let first = first.strip_suffix(":*").unwrap_or(first);
        let Some((name, rest)) = first.split_once(':') else { return false };
        let is_parameter =
            PARAMETERS.iter().any(|(tool, known)| (*tool, *known) == (self.tool, name));
        let is_program = name.len() > 1 && name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        let is_behind = rest.starts_with(|c: char| c.is_ascii_lowercase() || c == '-');
        is_program && is_behind && !is_parameter
    }

    /// Whether several commands stand in it, with commas between them.
    fn is_list_of_commands(&self) -> bool {
        let spec = self.spec.filter(|spec| self.tool == "Bash" && !spec.contains(['"', '\'', '{']));
        let mut parts = spec.unwrap_or_default().split(',').peekable();
        let is_word = |part: &str| part.starts_with(|letter: char| letter.is_ascii_lowercase());
        let first = parts.next().unwrap_or_default();
        let is_apart = |part: &str| part.starts_with(' ') || !first.contains(' ');
        let has_more = parts.peek().is_some();
        has_more && is_word(first) && parts.all(|part| is_apart(part) && is_word(part.trim_start()))
    }

    /// What stands in the parentheses of a rule for one command, without a `*`.
    fn bash(&self) -> Option<&str> {
        self.spec.filter(|spec| self.tool == "Bash" && !self.is_void && !spec.contains('*'))
    }
}

/// The form of a rule.
pub(in crate::policy) fn dead_form(ruling: Ruling, text: &str, is_void: bool) -> Option<DeadForm> {
    let (tool, spec) = match text.split_once('(') {
        Some((tool, rest)) => (tool, Some(rest.strip_suffix(')').unwrap_or(rest))),
        None => (text, None),
    };
    let rule = Written { ruling, text, tool, spec, is_void };
    FORMS.iter().find(|(_, is)| is(&rule)).map(|(form, _)| *form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_that_mean_nothing_are_told_by_name_and_good_ones_are_not() {
        let reason = |ruling, text, is_void| dead_form(ruling, text, is_void).map(|f| f.reason);
        for (text, expected) in [
            (" Bash", "dead-blank"),
            ("Bash( npm test)", "dead-blank"),
            ("Bash(npm run :*)", "dead-blank"),
            ("mcp__a__b(*)", "mcp-rule-with-parentheses"),
            ("mcp__my server", "mcp-name-not-normalised"),
            ("Write(src/**)", "dead-path-tool"),
            ("WebFetch(example.com)", "webfetch-not-domain"),
            ("Agent(help*)", "agent-glob"),
            ("Bash(:*)", "empty-prefix"),
            ("Read(../x)", "dead-path"),
            ("Read,Edit", "comma-in-rule"),
            ("mcp*", "wrong-star"),
        ] {
            assert_eq!(reason(Ruling::Deny, text, true), Some(expected), "{text}");
        }
        for (text, expected) in [
            ("Bash(rm,mv)", "comma-in-rule"),
            ("Bash(git *, npm *)", "comma-in-rule"),
            ("Bash{rm}", "wrong-brackets"),
            ("Bash[rm *]", "wrong-brackets"),
            ("WebFetch:domain:a.com", "wrong-brackets"),
            ("Bash(rm:-rf *)", "colon-star-not-last"),
            ("Bash(git:push:*)", "colon-star-not-last"),
            ("MCP__github", "mcp-name-not-normalised"),
            ("mcp_github_get_issue", "mcp-name-not-normalised"),
            ("WebFetch(domain:example.com:443)", "webfetch-not-domain"),
            ("Read($HOME/.ssh/**)", "dead-path"),
            ("Edit(/)", "dead-path"),
        ] {
            assert_eq!(reason(Ruling::Deny, text, false), Some(expected), "{text}");
        }
        assert_eq!(reason(Ruling::Allow, "Glob(*)", true), Some("search-star-inside"));
        assert_eq!(reason(Ruling::Deny, "Glob(*)", false), None);
        assert_eq!(reason(Ruling::Allow, "mcp__*", true), Some("unanchored-allow-glob"));
        let address = "WebFetch(https://example.com)";
        assert_eq!(reason(Ruling::Deny, address, false), Some("webfetch-not-domain"));
        assert_eq!(
            reason(Ruling::Deny, "WebFetch(domain:a.com/)", false),
            Some("webfetch-not-domain")
        );
        assert_eq!(reason(Ruling::Deny, "Bash(a; b)", false), Some("compound-spec"));
        assert_eq!(reason(Ruling::Allow, "Bash(git commit -m \"x\")", false), Some("quoted-spec"));
        assert_eq!(reason(Ruling::Allow, "Edit(*)", false), Some("bare-edit-is-not-write"));
        assert_eq!(reason(Ruling::Deny, "Bash(command:rm *)", false), Some("param-on-main-field"));
        assert_eq!(reason(Ruling::Allow, "Bash(git:* push)", false), Some("colon-star-not-last"));
        for text in [
            "Bash(npm test:*)",
            "Bash(timeout:*)",
            "Bash(npm run test:unit)",
            "Bash(C:/Python/python.exe *)",
            "Bash(echo 'a' *)",
            "Edit(**)",
            "WebFetch(domain:a.com)",
            "Write",
            "Read(./.env)",
            "Read(//**)",
            "Bash(cut -d, -f1 *)",
            "Bash(kubectl get pods,svc *)",
            "Bash(rg --type-add a,b *)",
            "mcp__github__get_*",
            "NewTool",
        ] {
            assert_eq!(reason(Ruling::Allow, text, false), None, "{text}");
        }
    }
}

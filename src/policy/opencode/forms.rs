//! Forms of rules that hold for nothing that is asked, and what was probably meant.

use super::tools::{OUTSIDE, TOOLS};
use crate::policy::dead_form::DeadForm;
use crate::policy::permissions::{PermissionRule, Ruling, SubjectTest};
use crate::policy::wildcard::{Wildcard, WildcardSyntax};

/// A rule: the name of the permission, the pattern as it is written.
struct Written<'r> {
    ruling: Ruling,
    name: &'r str,
    pattern: &'r str,
}

/// A form, and whether a rule is of it.
type Row = (DeadForm, fn(&Written<'_>) -> bool);

/// The permissions that the program asks for.
/// Source: <https://opencode.ai/v1/docs/permissions>.
const NAMES: [&str; 20] = [
    "read",
    "edit",
    "glob",
    "grep",
    "list",
    "bash",
    "task",
    "skill",
    "lsp",
    "todoread",
    "todowrite",
    "question",
    "webfetch",
    "websearch",
    "codesearch",
    "external_directory",
    "doom_loop",
    "plan_enter",
    "plan_exit",
    "invalid",
];

/// Tools that change files, all of which are asked about as `edit`.
const EDITORS: [&str; 4] = ["write", "patch", "multiedit", "apply_patch"];

/// The forms; the first that fits is told.
static FORMS: [Row; 13] = [
    (
        DeadForm {
            reason: "write-or-patch-key",
            why: "every change of a file is asked about as `edit`",
            instead: "write `edit`",
        },
        |rule| EDITORS.contains(&rule.name),
    ),
    (
        DeadForm {
            reason: "dead-name",
            why: "tools of servers are called `<server>_<tool>`, with `_` for every other character",
            instead: "write `<server>_<tool>`, or `<server>_*` for all tools of a server",
        },
        |rule| {
            let is_kept = |c: char| c.is_ascii_alphanumeric() || "_-*?".contains(c);
            rule.name.starts_with("mcp__") || !rule.name.chars().all(is_kept)
        },
    ),
    (
        DeadForm {
            reason: "external-directory-without-slash-star",
            why: "folders are asked about with `/*` behind them",
            instead: "write the folder with `/*` behind it",
        },
        |rule| rule.name == OUTSIDE && !rule.pattern.ends_with('*'),
    ),
    (
        DeadForm {
            reason: "tilde-in-path",
            why: "paths are compared as they lead from the project's root, which `~` does not",
            instead: "write the path from the project's root, or a rule for `external_directory`",
        },
        |rule| {
            rule.is_path() && (rule.pattern.starts_with('~') || rule.pattern.starts_with("$HOME"))
        },
    ),
    (
        DeadForm {
            reason: "path-form",
            why: "paths are compared as they lead from the project's root, without `./` or `/` in front",
            instead: "write the path from the project's root: `src/*`, `.env`",
        },
        |rule| {
            rule.is_path()
                && rule.pattern.starts_with(['/', '.'])
                && (rule.pattern.starts_with('/') || rule.pattern.starts_with("./"))
        },
    ),
    (
        DeadForm {
            reason: "path-form",
            why: "`!` turns nothing around: it is a letter of the path",
            instead: "write the path without it and the other action: the last rule that matches counts",
        },
        |rule| rule.is_path() && rule.pattern.starts_with('!'),
    ),
    (
        DeadForm {
            reason: "path-for-search",
            why: "a search is asked about what is searched for, not where",
            instead: "deny `grep` as a whole, or let it be asked about",
        },
        |rule| {
            let is_path = rule.pattern.contains('/') || rule.pattern.starts_with("*.");
            rule.name == "grep" && rule.ruling != Ruling::Allow && is_path
        },
    ),
    (
        DeadForm {
            reason: "tool-around-command",
            why: "`bash` is asked about the command alone, without the name of a tool around it",
            instead: "write what stands in the parentheses",
        },
        |rule| rule.name == "bash" && rule.pattern.starts_with("Bash("),
    ),
    (
        DeadForm {
            reason: "path-in-command",
            why: "it holds for commands that end so, not for each that has the path in it",
            instead: "write the path under `read` and `edit`, and let commands be asked about",
        },
        |rule| rule.is_for_path() && rule.pattern.starts_with("**/"),
    ),
    (
        DeadForm {
            reason: "path-under-bash",
            why: "`bash` is asked about whole commands, not about the paths in them",
            instead: "write the path under `read` and `edit`, and let commands be asked about",
        },
        |rule| {
            let is_hidden = rule.pattern.strip_prefix('.').is_some_and(|rest| {
                rest.starts_with(|letter: char| letter.is_ascii_alphanumeric())
            });
            let is_elsewhere = ["~/", "$HOME/", "/etc/", "/home/", "/root/", "/var/", "/proc/"];
            rule.is_for_path()
                && (is_hidden || is_elsewhere.iter().any(|start| rule.pattern.starts_with(start)))
        },
    ),
    (
        DeadForm {
            reason: "colon-star",
            why: "`:*` is no prefix here: the colon is itself",
            instead: "write a blank in place of the colon: `git push *`",
        },
        |rule| rule.name == "bash" && rule.pattern.ends_with(":*"),
    ),
    (
        DeadForm {
            reason: "doubled-blank",
            why: "a blank matches one blank, so that this takes two",
            instead: "write one blank",
        },
        |rule| rule.name == "bash" && rule.pattern.contains("  "),
    ),
    (
        DeadForm {
            reason: "mcp-argument-pattern",
            why: "of this tool no argument is looked at",
            instead: "rule on the tool as a whole: a word in place of the patterns",
        },
        |rule| {
            let syntax = WildcardSyntax { question: true, ..WildcardSyntax::default() };
            let name = Wildcard::new(rule.name, syntax);
            let known = NAMES.iter().copied().chain(TOOLS.iter().map(|tool| tool.tool));
            rule.pattern != "*" && !known.into_iter().any(|known| name.matches(known))
        },
    ),
];

impl Written<'_> {
    fn is_path(&self) -> bool {
        matches!(self.name, "read" | "edit")
    }

    /// Whether it forbids commands by one word, as a path is.
    fn is_for_path(&self) -> bool {
        let is_program = self.pattern.ends_with(".sh") || self.pattern.contains("/bin/");
        let forbids = self.ruling != Ruling::Allow;
        forbids && self.name == "bash" && !self.pattern.contains(' ') && !is_program
    }
}

/// The form of a rule.
pub(in crate::policy) fn dead_form(rule: &PermissionRule) -> Option<DeadForm> {
    let pattern = match &rule.test {
        SubjectTest::Anything => "*",
        SubjectTest::Text(_) | SubjectTest::Unsure(..) => {
            let behind = rule.text.split_once('`').map_or("", |(_, behind)| behind);
            behind.strip_suffix('`').unwrap_or(behind)
        }
        _ => return None,
    };
    let written = Written { ruling: rule.ruling, name: rule.name.source(), pattern };
    FORMS.iter().find(|(_, is)| is(&written)).map(|(form, _)| *form)
}

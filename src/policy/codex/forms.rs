//! Forms of rules that hold for nothing that a session runs, and what was probably meant.

use crate::policy::dead_form::DeadForm;
use crate::policy::permissions::{PermissionRule, SubjectTest};

/// The words of a rule: in each place one of several.
type Places<'r> = &'r [Vec<Box<str>>];

/// A form, and whether a rule is of it.
type Row = (DeadForm, fn(Places<'_>) -> bool);

/// The shells whose text is taken apart before rules are asked.
const SHELLS: [&str; 3] = ["bash", "sh", "zsh"];

/// The forms; the first that fits is told.
static FORMS: [Row; 5] = [
    (
        DeadForm {
            reason: "prefix-rule-for-tool",
            why: "prefix rules are about commands, not about tools",
            instead: "set `approval_mode` of the server's tool in config.toml",
        },
        |places| any(&places[..1], |word| word.starts_with("mcp__") || word == "apply_patch"),
    ),
    (
        DeadForm {
            reason: "words-in-one-token",
            why: "each word of a command is an element of its own",
            instead: "write the words apart: `[\"git\", \"push\"]`",
        },
        |places| any(&places[..1], |word| word.contains(' ') && !word.starts_with('/')),
    ),
    (
        DeadForm {
            reason: "glob-token",
            why: "words are compared as they are, a `*` is no pattern",
            instead: "leave the `*` out: a rule holds for whatever follows its words",
        },
        |places| any(places, |word| word == "*" || word == "**" || word.ends_with('*')),
    ),
    (
        DeadForm {
            reason: "part-of-a-token",
            why: "words are compared whole, and none ends so: `make:` is not the beginning of `make:model`",
            instead: "name each word: `[\"php\", \"artisan\", [\"make:model\", \"make:test\"]]`",
        },
        |places| {
            let [_, .., last] = places else { return false };
            let is_begun = |word: &str| {
                let name = word
                    .strip_suffix(':')
                    .or(word.strip_prefix("--").and_then(|w| w.strip_suffix('=')));
                name.is_some_and(|name| {
                    name.chars().all(|c| c.is_ascii_alphanumeric() || "-_:".contains(c))
                        && !name.is_empty()
                })
            };
            places.len() > 1 && any(std::slice::from_ref(last), is_begun)
        },
    ),
    (
        DeadForm {
            reason: "wrapper-prefixed-rule",
            why: "a plain text for a shell is taken apart before rules are asked, so that this holds for just these words",
            instead: "write the command's own words, without the shell",
        },
        |places| {
            let [shell, flag, text, ..] = places else { return false };
            let name = |word: &str| SHELLS.contains(&word.rsplit('/').next().unwrap_or(word));
            let is_flag = |word: &str| word == "-c" || word == "-lc";
            any(std::slice::from_ref(shell), name)
                && any(std::slice::from_ref(flag), is_flag)
                && any(std::slice::from_ref(text), |word| word.contains(' '))
        },
    ),
];

fn any(places: Places<'_>, is: impl Fn(&str) -> bool) -> bool {
    places.iter().flatten().any(|word| is(word))
}

/// A name in `disabled_tools` that is the agent's and not the server's.
const OF_AGENT: DeadForm = DeadForm {
    reason: "disabled-tools-unknown-name",
    why: "tools are named as their server has them, without `mcp__` and the server",
    instead: "write the tool's own name",
};

/// The form of a rule.
pub(in crate::policy) fn dead_form(rule: &PermissionRule) -> Option<DeadForm> {
    if rule.text.starts_with("mcp__") && rule.text.ends_with(" is disabled") {
        return Some(OF_AGENT);
    }
    let SubjectTest::Words(places) = &rule.test else { return None };
    FORMS.iter().find(|(_, is)| !places.is_empty() && is(places)).map(|(form, _)| *form)
}

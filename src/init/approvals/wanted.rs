//! What rules a call would need to pass without a question.

use std::collections::{BTreeMap, BTreeSet};

use super::credentials::{has_secret, is_secret_file};
use super::observed::AskedCall;
use super::programs;
use crate::policy::paths::{is_within, relative, resolved};
use crate::policy::url_host;
use crate::shell::{plain_commands, runs_others};

/// The longest command that becomes a rule as it stands.
const LONGEST: usize = 200;

/// What a call needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// All of these.
    Rules(Vec<Want>),
    /// No rule lets it pass, and why.
    Nothing(&'static str),
}

/// What one rule is to allow, before it is known what else there is like it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Want {
    /// A command, as it stands; and its subcommand where that may stand for more.
    Command(String, Option<String>),
    /// A changed file: its folder in the project, and its whole path there.
    Change(String, String),
    /// A host.
    Host(String),
    /// A tool by its name.
    Tool(String),
}

impl Want {
    /// The command that a rule would be about as it stands.
    pub(super) fn command(&self) -> Option<&str> {
        match self {
            Want::Command(exact, _) => Some(exact),
            _ => None,
        }
    }
}

pub(super) const NOT_PLAIN: &str = "its text can only be allowed as a whole";
const SECRET: &str = "it may hold a secret";
const OUTSIDE: &str = "it is outside of the project, or hidden there";
const OTHER: &str = "rules that allow cannot name it";

/// What a call needs.
pub(super) fn need(call: &AskedCall) -> Need {
    if !call.server.is_empty() {
        return named(format!("mcp__{}__{}", plain(&call.server), plain(&call.tool)));
    }
    match &*call.tool {
        "Bash" => call.text("command").map_or(Need::Nothing(OTHER), |text| of_command(&text)),
        "Edit" | "Write" => change(call),
        "WebFetch" => {
            let host = call.text("url").and_then(|url| url_host(&url));
            // An address without a name may be one of the own network.
            let is_named = |host: &String| host.chars().any(|letter| letter.is_ascii_alphabetic());
            let host = host.filter(|host| host.contains('.') && is_host(host) && is_named(host));
            host.map_or(Need::Nothing(OTHER), |host| Need::Rules(vec![Want::Host(host)]))
        }
        "WebSearch" => named("WebSearch".to_owned()),
        // Questions to the person are no permissions.
        _ => Need::Nothing(OTHER),
    }
}

fn named(name: String) -> Need {
    Need::Rules(vec![Want::Tool(name)])
}

/// A name as Claude Code spells it.
fn plain(name: &str) -> String {
    let is_kept = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    name.chars().map(|letter| if is_kept(letter) { letter } else { '_' }).collect()
}

fn is_host(host: &str) -> bool {
    host.chars().all(|letter| letter.is_ascii_alphanumeric() || ".-".contains(letter))
}

/// What the commands of a shell text need.
fn of_command(text: &str) -> Need {
    let Ok(Some(commands)) = plain_commands(text) else { return Need::Nothing(NOT_PLAIN) };
    let mut wants = Vec::new();
    for words in &commands {
        if words.is_empty() {
            continue;
        }
        if runs_others(words) {
            return Need::Nothing(programs::RUNS);
        }
        if let Some(why) = programs::harm(words) {
            return Need::Nothing(why);
        }
        if has_secret(words) {
            return Need::Nothing(SECRET);
        }
        let subcommand = programs::subcommand(words);
        let exact = words.join(" ");
        // What stands in quotes cannot be put together again from the words.
        let is_exact = is_plain(&exact) && text.contains(&exact) && exact.len() <= LONGEST;
        if !is_exact && subcommand.is_none() {
            return Need::Nothing(NOT_PLAIN);
        }
        let exact = if is_exact { exact } else { String::new() };
        wants.push(Want::Command(exact, subcommand));
    }
    match wants.is_empty() {
        true => Need::Nothing(NOT_PLAIN),
        false => Need::Rules(wants),
    }
}

/// Whether a command is plain words with one blank between them.
fn is_plain(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "_=:@%+,./-".contains(letter))
    };
    text.split(' ').all(is_word)
}

/// What the change of a file needs: its folder within the project.
fn change(call: &AskedCall) -> Need {
    let root = call.root();
    let Some(path) = call.text("file_path").filter(|_| root.starts_with('/')) else {
        return Need::Nothing(OTHER);
    };
    let whole = resolved(root, &path);
    let way = relative(root, &whole);
    let is_visible = !way.split('/').any(|part| part.starts_with('.') || part.is_empty());
    let is_sayable = way.chars().all(|letter| letter.is_alphanumeric() || "_-./ ".contains(letter));
    if !is_within(&whole, root) || !is_visible || !is_sayable {
        return Need::Nothing(OUTSIDE);
    }
    if is_secret_file(&way) {
        return Need::Nothing(SECRET);
    }
    let folder = way.split_once('/').map_or("", |(folder, _)| folder);
    Need::Rules(vec![Want::Change(folder.to_owned(), way)])
}

/// What rules stand for wants: one for several alike, where there are several.
pub(super) fn rules(
    wants: &BTreeSet<Want>,
    is_free: &dyn Fn(&str) -> bool,
) -> BTreeMap<Want, String> {
    let alike = |want: &Want| {
        let same = |other: &&Want| match (want, other) {
            (Want::Command(_, Some(one)), Want::Command(_, Some(other))) => one == other,
            (Want::Change(one, _), Want::Change(other, _)) => one == other && !one.is_empty(),
            _ => false,
        };
        wants.iter().filter(same).count() > 1
    };
    let rule = |want: &Want| -> Option<String> {
        Some(match want {
            Want::Command(exact, Some(subcommand)) if alike(want) || exact.is_empty() => {
                let rule = format!("Bash({subcommand} *)");
                match is_free(&rule) {
                    true => rule,
                    false if exact.is_empty() => return None,
                    false => format!("Bash({exact})"),
                }
            }
            Want::Command(exact, _) => format!("Bash({exact})"),
            Want::Change(folder, _) if alike(want) => format!("Edit(/{folder}/**)"),
            Want::Change(_, way) => format!("Edit(/{way})"),
            Want::Host(host) => format!("WebFetch(domain:{host})"),
            Want::Tool(name) => name.clone(),
        })
    };
    wants.iter().filter_map(|want| Some((want.clone(), rule(want)?))).collect()
}

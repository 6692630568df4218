//! The `permission` of OpenCode's `opencode.json` (<https://opencode.ai/docs/permissions>), whose last rule counts
//! that matches.

use std::collections::BTreeMap;

use crate::convert::{AgentDraft, Area, Kind, Standings, ToolNames, Wording};
use crate::policy::Ruling;
use crate::report::common::json::to_text;

/// What is about everything. Of the tools of all servers nothing else is, so that what has no key of its own is
/// denied with them.
const ALL: &str = "*";

fn is_all(names: &ToolNames) -> bool {
    names.pattern() == ALL
}

/// The text of a draft.
pub(super) fn text(draft: &AgentDraft) -> String {
    let mut entries: Vec<(String, String)> = Vec::new();
    if !draft.areas.is_empty() {
        let is_denied = draft.denies_by_default() || draft.denied.iter().any(is_all);
        let rest = if is_denied { Ruling::Deny } else { Ruling::Ask };
        entries.push((ALL.to_owned(), word(rest)));
    }
    let denied = draft.denied.iter().filter(|names| !is_all(names));
    entries.extend(denied.map(|names| (names.pattern().to_owned(), word(Ruling::Deny))));
    for (kind, area) in &draft.areas {
        own(&mut entries, *kind, area);
    }
    entries.extend(servers(draft.servers.iter()));
    let entries: Vec<String> =
        entries.iter().map(|(key, value)| format!("\n    {}: {value}", to_text(key))).collect();
    format!("{{\n  \"permission\": {{{}\n  }}\n}}\n", entries.join(","))
}

fn word(ruling: Ruling) -> String {
    to_text(&ruling.name())
}

fn own(entries: &mut Vec<(String, String)>, kind: Kind, area: &Area) {
    let mut add = |key: &str, value: String| entries.push((key.to_owned(), value));
    match kind {
        // Of a shell text that has no command in it nothing is asked where commands are told apart.
        Kind::Command => {
            let is_open =
                area.rules.is_empty() && area.unasked.is_empty() && area.floor == Ruling::Allow;
            add("bash", word(if is_open { Ruling::Allow } else { Ruling::Deny }));
        }
        Kind::Read => {
            add("read", paths(area));
        }
        // Of these it is told by what is looked for, not by where; what lies outside has a key of its own.
        Kind::Grep => add("grep", word(looking(area))),
        Kind::Glob => add("glob", word(looking(area))),
        Kind::List => add("list", word(looking(area))),
        Kind::Change => {
            add("edit", paths(area));
            add("external_directory", word(area.floor.max(Ruling::Ask)));
        }
        Kind::Fetch => add("webfetch", word(area.strictest())),
        Kind::Search => add("websearch", word(area.floor)),
        Kind::Delegate => add("task", word(area.floor)),
        Kind::Skill => add("skill", word(area.floor)),
        Kind::Todo => add("todowrite", word(area.floor)),
        Kind::Server => {}
    }
}

/// The strictest that becomes of looking into a file or folder of the project.
fn looking(area: &Area) -> Ruling {
    area.rules.iter().map(|rule| rule.ruling).fold(area.inside, Ruling::max)
}

/// What becomes of paths; those of names come last, the first of them at the end.
fn paths(area: &Area) -> String {
    let mut rules = vec![("*".to_owned(), area.inside), ("../*".to_owned(), area.floor)];
    for rule in area.rules.iter().rev() {
        let Wording::Part(part) = &rule.wording else { continue };
        let mut names = vec![part.clone(), part.to_lowercase(), part.to_uppercase()];
        names.dedup();
        rules.extend(names.into_iter().map(|name| (format!("*{name}*"), rule.ruling)));
    }
    let rules: Vec<String> = rules
        .iter()
        .map(|(pattern, ruling)| format!("{}: {}", to_text(pattern), word(*ruling)))
        .collect();
    format!("{{{}}}", rules.join(", "))
}

/// The tools of servers: those of a server that no rule names, then those that one does.
fn servers<'s>(
    servers: impl Iterator<Item = (&'s String, &'s Standings)>,
) -> impl Iterator<Item = (String, String)> {
    let (mut others, mut named) = (BTreeMap::new(), BTreeMap::new());
    // Two names may become one; the stricter counts.
    let add = |rules: &mut BTreeMap<String, Ruling>, key, ruling| {
        let rule = rules.entry(key).or_insert(ruling);
        *rule = ruling.max(*rule);
    };
    for (name, standings) in servers {
        let name = plain(name);
        add(&mut others, format!("{name}_*"), standings.others);
        for (tool, ruling) in &standings.tools {
            add(&mut named, format!("{name}_{}", plain(tool)), *ruling);
        }
    }
    others.into_iter().chain(named).map(|(key, ruling)| (key, word(ruling)))
}

/// A name as OpenCode spells it.
fn plain(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    name.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}

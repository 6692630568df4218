//! The `permission` of OpenCode's `opencode.json` (<https://opencode.ai/docs/permissions>), whose last rule counts
//! that matches.

use crate::convert::{AgentDraft, Area, Kind, Standings, Wording};
use crate::policy::Ruling;
use crate::report::common::json::to_text;

/// The text of a draft.
pub(super) fn text(draft: &AgentDraft) -> String {
    let mut entries: Vec<(String, String)> = Vec::new();
    if !draft.areas.is_empty() {
        let rest = if draft.denies_by_default() { Ruling::Deny } else { Ruling::Ask };
        entries.push(("*".to_owned(), word(rest)));
    }
    entries
        .extend(draft.denied.iter().map(|names| (names.pattern().to_owned(), word(Ruling::Deny))));
    for (kind, area) in &draft.areas {
        own(&mut entries, *kind, area);
    }
    for (name, standings) in &draft.servers {
        server(&mut entries, name, standings);
    }
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
            for tool in ["grep", "glob", "list"] {
                let rules = area.rules.iter().map(|rule| rule.ruling);
                add(tool, word(rules.chain([area.inside]).max().unwrap_or(Ruling::Ask)));
            }
        }
        Kind::Change => {
            add("edit", paths(area));
            add("external_directory", word(area.floor.max(Ruling::Ask)));
        }
        Kind::Fetch => add("webfetch", word(area.strictest())),
        Kind::Search => add("websearch", word(area.floor)),
        Kind::Delegate => add("task", word(area.floor)),
        Kind::Server => {}
    }
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

fn server(entries: &mut Vec<(String, String)>, name: &str, standings: &Standings) {
    entries.push((format!("{}_*", plain(name)), word(standings.others)));
    let mut named: std::collections::BTreeMap<String, Ruling> = std::collections::BTreeMap::new();
    for (tool, ruling) in &standings.tools {
        // Two names may become one; the stricter counts.
        let rule = named.entry(format!("{}_{}", plain(name), plain(tool))).or_insert(*ruling);
        *rule = (*rule).max(*ruling);
    }
    entries.extend(named.into_iter().map(|(key, ruling)| (key, word(ruling))));
}

/// A name as OpenCode spells it.
fn plain(name: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    name.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}

//! A file of policies for Gemini CLI (<https://geminicli.com/docs/reference/policy-engine>): the first rule counts
//! that holds, by its priority.
//!
//! Rules with a pattern are taken as they stand; to others Gemini adds what it thinks of a command itself,
//! which may be milder. So every rule about commands has one. A pattern looks at the text of all arguments,
//! in which every argument stands between two NULs.

use std::fmt::Write as _;

use crate::convert::{AgentDraft, Area, AreaRule, Kind, Standings, ToolNames, Wording};
use crate::policy::{JsPattern, Ruling};
use crate::report::common::json::double_quoted;

/// The highest priority that a rule may have.
const HIGHEST: usize = 999;

/// What a plain command is made of, as a class of characters.
const PLAIN: &str = "A-Za-z0-9 _=:@%+,.\\/-";

/// What follows the start of a command that has no plain text: another character, two blanks, a path that
/// leads out of the project.
const ODD: &str = r#"[^"]*(?:[^"A-Za-z0-9 _=:@%+,.\/-]|  | \/|\.\.)"#;

/// The same of a path within the project, as it is written there; and what is hidden.
const LEADS_OUT: &str = r#"(?![^"]*(?:\.\.|\/\.|\/\/))"#;

/// What may stand before the words of a command.
const BEFORE: [&str; 2] = ["", r#"[^"]*[ \/]"#];

/// The names of the tools of a kind.
fn tools(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Command => &["run_shell_command"],
        Kind::Read => &["read_file", "read_many_files"],
        Kind::Grep => &["grep_search"],
        Kind::Glob => &["glob"],
        Kind::List => &["list_directory"],
        Kind::Change => &["write_file", "replace"],
        Kind::Fetch => &["web_fetch"],
        Kind::Search => &["google_web_search"],
        Kind::Delegate => &["invoke_agent"],
        Kind::Skill => &["activate_skill"],
        Kind::Todo => &["write_todos"],
        Kind::Server => &[],
    }
}

/// A rule as it is written, but for its priority.
struct Entry {
    server: Option<String>,
    tools: Vec<String>,
    pattern: Option<String>,
    ruling: Ruling,
}

/// The text of a draft.
pub(super) fn text(draft: &AgentDraft) -> String {
    let mut entries: Vec<Entry> = Vec::new();
    draft.areas.iter().for_each(|(kind, area)| own(&mut entries, *kind, area));
    draft.servers.iter().for_each(|(name, standings)| server(&mut entries, name, standings));
    if draft.denied.iter().any(ToolNames::is_of_any) {
        entries.push(Entry {
            server: Some("*".to_owned()),
            tools: vec!["*".to_owned()],
            pattern: None,
            ruling: Ruling::Deny,
        });
    }
    if !draft.areas.is_empty() {
        let rest = if draft.denies_by_default() { Ruling::Deny } else { Ruling::Ask };
        entries.push(Entry {
            server: None,
            tools: vec!["*".to_owned()],
            pattern: None,
            ruling: rest,
        });
    }
    let highest = entries.len().min(HIGHEST);
    let mut out = String::new();
    for (at, entry) in entries.iter().enumerate() {
        // Of equal priorities the first counts.
        write_entry(&mut out, entry, highest.saturating_sub(at));
    }
    out
}

fn write_entry(out: &mut String, entry: &Entry, priority: usize) {
    let gap = if out.is_empty() { "" } else { "\n" };
    _ = writeln!(out, "{gap}[[rule]]");
    if let Some(server) = &entry.server {
        _ = writeln!(out, "mcpName = {}", double_quoted(server));
    }
    let tools: Vec<String> = entry.tools.iter().map(|tool| double_quoted(tool)).collect();
    match &*tools {
        [tool] => _ = writeln!(out, "toolName = {tool}"),
        tools => _ = writeln!(out, "toolName = [{}]", tools.join(", ")),
    }
    if let Some(pattern) = &entry.pattern {
        _ = writeln!(out, "argsPattern = {}", double_quoted(pattern));
    }
    let decision = match entry.ruling {
        Ruling::Allow => "allow",
        Ruling::Ask => "ask_user",
        Ruling::Deny => "deny",
    };
    _ = writeln!(out, "decision = \"{decision}\"\npriority = {priority}");
}

fn own(entries: &mut Vec<Entry>, kind: Kind, area: &Area) {
    let names = || tools(kind).iter().map(|tool| (*tool).to_owned()).collect::<Vec<_>>();
    let mut add = |pattern: Option<String>, ruling| {
        entries.push(Entry { server: None, tools: names(), pattern, ruling });
    };
    if kind == Kind::Command && area.denies_some() {
        // What is denied may hide in what is not plain.
        add(Some(format!("{}{ODD}", key("command"))), Ruling::Deny);
    }
    let unasked = area.unasked.iter().map(|(text, ruling)| AreaRule {
        ruling: *ruling,
        wording: Wording::Words { text: text.clone(), exact: false },
    });
    for rule in unasked.chain(area.rules.iter().cloned()) {
        for pattern in patterns(&rule) {
            add(Some(pattern), rule.ruling);
        }
    }
    let argument = match kind {
        Kind::Read | Kind::Change => Some("file_path"),
        Kind::Grep | Kind::Glob | Kind::List => Some("dir_path"),
        _ => None,
    };
    // Where all of it passes, nothing need be said of some.
    let is_inside = area.inside == Ruling::Allow && area.floor != Ruling::Allow;
    if let Some(argument) = argument.filter(|_| is_inside) {
        let path = "[A-Za-z0-9_][A-Za-z0-9_ .\\/-]*\"";
        add(Some(format!("{}{LEADS_OUT}{path}", key(argument))), Ruling::Allow);
    }
    match (kind, area.floor) {
        // Without a pattern what reads would pass without a question.
        (Kind::Command, floor) => add(Some(key("command")), floor),
        (_, floor) => add(None, floor),
    }
}

/// The beginning of an argument in the text of all.
fn key(argument: &str) -> String {
    format!("\\0\"{argument}\":\"")
}

/// The patterns of a rule, each of which is enough.
fn patterns(rule: &AreaRule) -> Vec<String> {
    match (&rule.wording, rule.ruling) {
        (Wording::Words { text, exact }, Ruling::Allow) => {
            let (text, end) = (JsPattern::escaped(text), format!(" [{PLAIN}]*\""));
            let whole = format!("{}{text}\"", key("command"));
            let longer = format!("{}(?!{ODD}){text}{end}", key("command"));
            std::iter::once(whole).chain((!exact).then_some(longer)).collect()
        }
        // Wherever the words stand in it: behind a wrapper, by a path. Gemini drops an expression that
        // repeats a group with a repetition in it.
        (Wording::Words { text, .. }, _) => {
            let end = format!("{}[ \"]", JsPattern::escaped(text));
            BEFORE.map(|before| format!("{}{before}{end}", key("command"))).into()
        }
        (Wording::Pattern(pattern), _) => {
            let parts: Vec<String> = pattern.split('*').map(JsPattern::escaped).collect();
            let text = parts.join("[^\"]*");
            BEFORE.map(|before| format!("{}{before}{text}", key("command"))).into()
        }
        (Wording::Part(part), Ruling::Ask | Ruling::Deny) => vec![caseless(part)],
        // What is longer is not allowed, which is made of plain letters alone.
        (Wording::Longer(letters), _) => {
            vec![format!("{}[{PLAIN}]{{{letters}}}", key("command"))]
        }
        _ => Vec::new(),
    }
}

/// A pattern of a text in small or large letters.
fn caseless(text: &str) -> String {
    let letter = |letter: char| match letter.is_ascii_alphabetic() {
        true => format!("[{}{}]", letter.to_ascii_lowercase(), letter.to_ascii_uppercase()),
        false => JsPattern::escaped(&letter.to_string()),
    };
    text.chars().map(letter).collect()
}

fn server(entries: &mut Vec<Entry>, name: &str, standings: &Standings) {
    for ruling in [Ruling::Deny, Ruling::Ask, Ruling::Allow] {
        let tools: Vec<String> = standings.of_ruling(ruling).map(str::to_owned).collect();
        if !tools.is_empty() {
            entries.push(Entry { server: Some(name.to_owned()), tools, pattern: None, ruling });
        }
    }
    let others = vec!["*".to_owned()];
    entries.push(Entry {
        server: Some(name.to_owned()),
        tools: others,
        pattern: None,
        ruling: standings.others,
    });
}

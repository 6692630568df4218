//! Texts that the tests of rules hold for: where a pattern leaves something open, some of what may stand there.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::policy::paths::{is_within, relative};
use crate::policy::{
    CommandPattern, CommandTest, Ground, JsPattern, PathPattern, SubjectTest, Wildcard,
    WildcardSyntax,
};

/// What stands for a `*`, each in its turn.
const FILLS: [&str; 5] = ["", "x", "y z", "a/b", "-v q"];

/// How many entries of a table of commands are tried.
const MAX_ENTRIES: usize = 4;

/// The arguments that are tried for a text that may stand anywhere.
const ANYWHERE: [&str; 3] = ["command", "file_path", "x"];

/// What is thought to be the removal of everything.
const CRITICAL: &str = "rm -rf /";

/// What is tried for a command that may be any.
pub(super) const COMMANDS: [&str; 6] =
    ["x", "ls", "rm -rf x", "curl https://example.com", "echo x > x", "git push"];

/// What is tried for a path that may be any.
pub(super) const PATHS: [&str; 6] = ["x", "a/b", ".env", ".git/config", "/etc/hosts", "../x"];

/// Texts of subjects for which a test holds, or may.
pub(super) fn texts(test: &SubjectTest, ground: &Ground) -> Vec<String> {
    match test {
        SubjectTest::Text(pattern) | SubjectTest::Unsure(pattern, _) => fills(pattern.source()),
        SubjectTest::Words(places) => words(places),
        SubjectTest::Program(places, paths) => {
            let path = paths.as_ref().and_then(|paths| paths.first());
            let given = words(places);
            let whole = |text: &String| match (path, text.split_once(' ')) {
                (Some(path), Some((_, rest))) => format!("{path} {rest}"),
                (Some(path), None) => path.to_string(),
                (None, _) => format!("/usr/bin/{text}"),
            };
            given.iter().map(whole).collect()
        }
        SubjectTest::ForcedRemoval => vec!["rm -rf x".to_owned()],
        SubjectTest::Below(folders) => {
            folders.iter().map(|folder| format!("{}/x", folder.trim_end_matches('/'))).collect()
        }
        SubjectTest::Inside(folders) => {
            let below = folders.iter().map(|folder| format!("{folder}/x"));
            below.chain(["x".to_owned()]).collect()
        }
        SubjectTest::Path(pattern) | SubjectTest::Classified(Some(pattern)) => {
            paths(pattern, ground)
        }
        SubjectTest::Host(pattern) | SubjectTest::UrlHost { pattern, .. } => {
            let hosts =
                fills(pattern.source()).into_iter().filter(|host| !host.contains([' ', '/']));
            hosts.map(|host| format!("https://{host}/")).collect()
        }
        SubjectTest::Named(name) => vec![name.to_string()],
        SubjectTest::Link => ground.links.iter().take(1).map(|(link, _)| link.clone()).collect(),
        SubjectTest::Command(test) => commands(test),
        _ => Vec::new(),
    }
}

/// Texts for which the tests of two rules hold, as far as one can be made from the patterns.
pub(super) fn both(one: &SubjectTest, other: &SubjectTest, ground: &Ground) -> Vec<String> {
    match (one, other) {
        (SubjectTest::Path(one), SubjectTest::Path(other)) => {
            let below = |folder: &PathPattern, name: &PathPattern| {
                let folders = paths(folder, ground);
                let name = name.source().trim_start_matches("**/");
                let is_open = !name.starts_with('/');
                let name = name.replace('*', "x");
                let inside = folders.into_iter().map(move |folder| format!("{folder}/{name}"));
                inside.filter(move |_| is_open).collect::<Vec<_>>()
            };
            [below(one, other), below(other, one)].concat()
        }
        _ => patterns(one)
            .iter()
            .flat_map(|one| patterns(other).into_iter().filter_map(|other| one.meet(&other)))
            .collect(),
    }
}

/// The patterns of the texts of a test.
fn patterns(test: &SubjectTest) -> Vec<Wildcard> {
    let plain = |text: &str| Wildcard::new(text, WildcardSyntax::default());
    match test {
        SubjectTest::Text(pattern) | SubjectTest::Unsure(pattern, _) => vec![pattern.clone()],
        SubjectTest::Command(CommandTest::Matches(pattern, _)) => match pattern {
            CommandPattern::Exact(text) => vec![plain(text)],
            CommandPattern::Prefix(text) => vec![plain(text), plain(&format!("{text} *"))],
            CommandPattern::Glob(pattern) => vec![pattern.clone()],
        },
        _ => Vec::new(),
    }
}

/// A pattern with something in the places that it leaves open.
pub(super) fn fills(pattern: &str) -> Vec<String> {
    let pattern = pattern.replace('?', "x");
    let mut texts: Vec<String> = Vec::new();
    for fill in FILLS {
        let text = pattern.replace('*', fill).trim_end().to_owned();
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

fn words(places: &[Vec<Box<str>>]) -> Vec<String> {
    let mut texts = Vec::new();
    // Every alternative of a place is tried once, with the first one of all others.
    for at in 0..places.len() {
        for word in &places[at] {
            let chosen = places.iter().enumerate().map(|(place, words)| match place == at {
                true => shown(word),
                false => words.first().map_or_else(String::new, |word| shown(word)),
            });
            texts.push(chosen.collect::<Vec<_>>().join(" "));
        }
    }
    texts.sort();
    texts.dedup();
    texts.iter().flat_map(|text| [text.clone(), format!("{text} x")]).collect()
}

/// A word as a shell reads it.
fn shown(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=@,+%".contains(letter);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// Paths that a line of gitignore names, as they lead from where the agent was started.
fn paths(pattern: &PathPattern, ground: &Ground) -> Vec<String> {
    let line = pattern.source().replace("\\ ", " ");
    let way = line.trim_start_matches('/').trim_end_matches('/').replace("**/", "*");
    let way = way.replace("**", "*").replace(['?', '['], "x").replace(']', "");
    let fill = |fill: &str| way.replace('*', fill);
    // Of a folder that nobody knows, paths lead from where the agent was started.
    let folder = pattern.begin(ground.start.as_deref(), ground.home.as_deref());
    let whole = |way: String| match folder {
        Some(folder) => format!("{}/{way}", folder.trim_end_matches('/')),
        None => way,
    };
    let from_start = |path: String| match &ground.start {
        Some(start) if is_within(&path, start) => relative(start, &path),
        _ => path,
    };
    let mut ways: Vec<String> = ["x", "", "a/b"].into_iter().map(fill).collect();
    ways.extend([format!("{}/x", ways[0]), format!("a/{}", ways[0])]);
    ways.retain(|way| !way.is_empty());
    ways.dedup();
    ways.into_iter().map(whole).map(from_start).collect()
}

fn commands(test: &CommandTest) -> Vec<String> {
    match test {
        CommandTest::Matches(CommandPattern::Exact(text), _) => vec![text.to_string()],
        CommandTest::Matches(CommandPattern::Prefix(text), _) => {
            vec![text.to_string(), format!("{text} x"), format!("{text} -v q")]
        }
        CommandTest::Matches(CommandPattern::Glob(pattern), _) => fills(pattern.source()),
        CommandTest::Plain(table) => {
            let entries = table.iter().take(MAX_ENTRIES);
            entries.flat_map(|one| [one.words.to_owned(), format!("{} x", one.words)]).collect()
        }
        CommandTest::Critical => vec![CRITICAL.to_owned()],
    }
}

/// Arguments whose text an expression matches, as a name and a value: those that it spells out.
pub(super) fn arguments(pattern: &JsPattern) -> Vec<(String, String)> {
    let Some(text) = spelt(pattern.source()) else { return Vec::new() };
    let text = text.trim_start_matches(['{', '\0']);
    let Some((name, value)) = text.strip_prefix('"').and_then(|rest| rest.split_once("\":\""))
    else {
        return anywhere(text);
    };
    let value = value.split("\",\"").next().unwrap_or_default();
    let value = value.trim_end_matches(['"', '}', '\\', ' ', '\0']).replace("\\\"", "\"");
    let more = |behind: &str| (name.to_owned(), format!("{value}{behind}"));
    ["", " x", "x"].map(more).into_iter().collect()
}

/// The same of a text that may stand anywhere in the arguments, if it can be the value of one.
fn anywhere(text: &str) -> Vec<(String, String)> {
    let is_value = !text.contains(['"', '\\', '\0']);
    let names = if is_value { &ANYWHERE[..] } else { &[] };
    names.iter().map(|name| ((*name).to_owned(), text.to_owned())).collect()
}

/// A text that an expression matches; none where it has something that is not followed.
fn spelt(source: &str) -> Option<String> {
    let hir = regex_syntax::parse(source).ok()?;
    let mut text = String::new();
    spell(&hir, &mut text)?;
    Some(text)
}

fn spell(hir: &Hir, text: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => text.push_str(std::str::from_utf8(&literal.0).ok()?),
        HirKind::Class(Class::Unicode(class)) => {
            let has = |letter: &char| {
                class.iter().any(|range| range.start() <= *letter && *letter <= range.end())
            };
            let plain = ['x', 'X', '7', ' ', '/', '"'].into_iter().find(has);
            text.push(plain.or_else(|| class.iter().next().map(|range| range.start()))?);
        }
        HirKind::Class(_) => return None,
        HirKind::Repetition(repetition) => {
            for _ in 0..repetition.min.min(64) {
                spell(&repetition.sub, text)?;
            }
        }
        HirKind::Capture(capture) => spell(&capture.sub, text)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| spell(part, text))?,
        HirKind::Alternation(parts) => spell(parts.first()?, text)?,
    }
    Some(())
}

//! What a rule of an agent asks of its subject, in words that every agent's rules may be made of.

use crate::policy::{
    Agent, CallTest, CommandPattern, CommandTest, JsPattern, PermissionRule, Ruling, SubjectTest,
    ToolTest, Wildcard,
};

use super::deed::Kind;
use super::regex::{Sought, sought};

/// What a rule is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Wording {
    /// Everything of its kind.
    Everything,
    /// The command of these words, or those that begin with them.
    Words {
        /// The words, with one blank between them.
        text: String,
        /// Whether nothing may follow.
        exact: bool,
    },
    /// The commands that match, where `*` is any text.
    Pattern(String),
    /// At least all that has this text in it, in small or large letters: a part of a path, or a host.
    Part(String),
    /// The commands of more letters than this.
    Longer(usize),
    /// Something else, which only the agent's own rules can say.
    Unsaid,
}

impl Wording {
    /// The commands of words that are all among these, where there are some.
    pub(super) fn narrowed(self) -> Wording {
        match &self {
            Wording::Pattern(pattern) => match pattern.strip_suffix('*').map(str::trim_end) {
                Some(text) if !text.contains('*') && !text.is_empty() => {
                    Wording::Words { text: text.to_owned(), exact: false }
                }
                _ => self,
            },
            _ => self,
        }
    }
}

/// How many rules one may become: alternatives multiply.
const MAX_ALTERNATIVES: usize = 64;

/// What stands before a command in the arguments of a call, as Gemini's rules look at them.
const COMMAND_KEY: &str = "\"command\":\"";

/// What stands behind a prefix there.
const PREFIX_END: &str = r#"(?:[\s"]|\\")"#;

/// What an agent's rules know a kind by: for rules that allow the name that all of it needs, else every one.
pub(super) fn names(agent: Agent, kind: Kind, allows: bool) -> &'static [&'static str] {
    match (agent, kind) {
        (Agent::ClaudeCode, Kind::Command) => &["Bash"],
        (Agent::ClaudeCode, Kind::Read) => &["Read"],
        (Agent::ClaudeCode, Kind::Change) if allows => &["Write"],
        (Agent::ClaudeCode, Kind::Change) => &["Edit", "Write"],
        (Agent::ClaudeCode, Kind::Fetch) => &["WebFetch"],
        (Agent::ClaudeCode, Kind::Grep) => &["Grep"],
        (Agent::ClaudeCode, Kind::Glob) => &["Glob"],
        (Agent::ClaudeCode, Kind::Skill) => &["Skill"],
        (Agent::ClaudeCode, Kind::Todo) => &["TodoWrite"],
        (Agent::ClaudeCode, Kind::Search) => &["WebSearch"],
        (Agent::ClaudeCode, Kind::Delegate) => &["Agent", "Task"],
        (Agent::OpenCode, Kind::Command) => &["bash"],
        (Agent::OpenCode, Kind::Read) => &["read"],
        (Agent::OpenCode, Kind::Change) => &["edit"],
        (Agent::OpenCode, Kind::Fetch) => &["webfetch"],
        (Agent::OpenCode, Kind::Grep) => &["grep"],
        (Agent::OpenCode, Kind::Glob) => &["glob"],
        (Agent::OpenCode, Kind::List) => &["list"],
        (Agent::OpenCode, Kind::Skill) => &["skill"],
        (Agent::OpenCode, Kind::Todo) => &["todowrite"],
        (Agent::OpenCode, Kind::Search) => &["websearch"],
        (Agent::OpenCode, Kind::Delegate) => &["task"],
        (Agent::Codex, Kind::Command) => &["command"],
        (Agent::Gemini, Kind::Command) => &["run_shell_command"],
        (Agent::Gemini, Kind::Read) => &["read_file"],
        (Agent::Gemini, Kind::Change) if allows => &["write_file"],
        (Agent::Gemini, Kind::Change) => &["write_file", "replace"],
        (Agent::Gemini, Kind::Fetch) => &["web_fetch"],
        (Agent::Gemini, Kind::Grep) => &["grep_search", "search_file_content"],
        (Agent::Gemini, Kind::Glob) => &["glob"],
        (Agent::Gemini, Kind::List) => &["list_directory"],
        (Agent::Gemini, Kind::Skill) => &["activate_skill"],
        (Agent::Gemini, Kind::Todo) => &["write_todos"],
        (Agent::Gemini, Kind::Search) => &["google_web_search"],
        (Agent::Gemini, Kind::Delegate) => &["invoke_agent"],
        _ => &[],
    }
}

/// Whether a rule is about one of these names.
pub(super) fn is_about(rule: &PermissionRule, names: &[&str]) -> bool {
    names.iter().any(|name| match &rule.test {
        SubjectTest::Call(test) => tool_is(test, name),
        _ => rule.name.matches(name),
    })
}

fn tool_is(test: &CallTest, name: &str) -> bool {
    test.server.is_none()
        && match &test.tool {
            ToolTest::Any => true,
            ToolTest::OfServers | ToolTest::OfServer(_) => false,
            ToolTest::Named(names) => names.iter().any(|known| **known == *name),
        }
}

/// What a rule asks; each of several is enough. A rule that is another one's second form says nothing.
pub(super) fn wordings(rule: &PermissionRule, kind: Kind) -> Vec<Wording> {
    match &rule.test {
        SubjectTest::Anything => vec![Wording::Everything],
        SubjectTest::Text(pattern) => vec![of_text(pattern, kind)],
        SubjectTest::Words(places) => of_places(places),
        SubjectTest::Program(..) => Vec::new(),
        SubjectTest::Command(CommandTest::Matches(pattern, _)) => vec![of_command(pattern)],
        SubjectTest::Path(pattern) => vec![part_of(pattern.source())],
        SubjectTest::Unsure(..) => vec![part_of(specification(&rule.text))],
        SubjectTest::UrlHost { pattern, .. } if pattern.is_all() => vec![Wording::Everything],
        SubjectTest::UrlHost { pattern, .. } => vec![part_of(pattern.source())],
        SubjectTest::Call(test) => of_call(test, kind, rule.ruling == Ruling::Allow),
        _ => vec![Wording::Unsaid],
    }
}

/// What stands in the parentheses of a rule.
fn specification(text: &str) -> &str {
    let inside = text.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(text)
}

fn of_text(pattern: &Wildcard, kind: Kind) -> Wording {
    let source = pattern.source();
    match kind {
        _ if pattern.is_all() => Wording::Everything,
        Kind::Command => of_command(&match source.strip_suffix(" *") {
            Some(words) if !words.contains('*') => CommandPattern::Prefix(words.into()),
            _ if source.contains(['*', '?']) => CommandPattern::glob(source),
            _ => CommandPattern::Exact(source.into()),
        }),
        _ => part_of(source),
    }
}

fn of_command(pattern: &CommandPattern) -> Wording {
    match pattern {
        CommandPattern::Exact(text) => Wording::Words { text: text.to_string(), exact: true },
        CommandPattern::Prefix(text) => Wording::Words { text: text.to_string(), exact: false },
        CommandPattern::Glob(pattern) if pattern.is_all() => Wording::Everything,
        CommandPattern::Glob(pattern) if pattern.source().contains('?') => Wording::Unsaid,
        CommandPattern::Glob(pattern) => Wording::Pattern(pattern.source().to_owned()),
    }
}

/// The commands of words of which each is one of several.
fn of_places(places: &[Vec<Box<str>>]) -> Vec<Wording> {
    if places.iter().map(Vec::len).product::<usize>() > MAX_ALTERNATIVES {
        return vec![Wording::Unsaid];
    }
    let mut texts = vec![String::new()];
    for place in places {
        let longer = |text: &String| {
            let gap = if text.is_empty() { "" } else { " " };
            place.iter().map(move |word| format!("{text}{gap}{word}")).collect::<Vec<_>>()
        };
        texts = texts.iter().flat_map(longer).collect();
    }
    texts.into_iter().map(|text| Wording::Words { text, exact: false }).collect()
}

/// What a pattern of paths or hosts has in it at least: the longest of its fixed parts.
fn part_of(pattern: &str) -> Wording {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    let parts = pattern.split(|letter| !is_plain(letter));
    let is_name = |part: &&str| part.chars().any(|letter| letter.is_ascii_alphanumeric());
    match parts.filter(is_name).max_by_key(|part| part.len()) {
        Some(part) => Wording::Part(part.to_owned()),
        None => Wording::Everything,
    }
}

fn of_call(test: &CallTest, kind: Kind, allows: bool) -> Vec<Wording> {
    let is_bare =
        test.annotations.is_empty() && test.caller.is_none() && test.interactive.is_none();
    let unsaid = || vec![Wording::Unsaid];
    match &test.arguments {
        None if is_bare => vec![Wording::Everything],
        Some(pattern) if is_bare => of_arguments(pattern)
            .map(|words| vec![words])
            .or_else(|| of_expression(pattern.source(), kind, allows))
            .unwrap_or_else(unsaid),
        _ => unsaid(),
    }
}

/// What an expression looks for; for what allows only what it says exactly, else at least that.
fn of_expression(source: &str, kind: Kind, allows: bool) -> Option<Vec<Wording>> {
    let command = source.strip_prefix(COMMAND_KEY);
    let found = sought(command.unwrap_or(source), command.is_some())?;
    let wording = |Sought { text, is_exact }: Sought| match kind {
        _ if allows && !(is_exact && command.is_some()) => Some(Wording::Unsaid),
        Kind::Command if command.is_some() => Some(Wording::Pattern(format!("{text}*"))),
        Kind::Command => Some(Wording::Pattern(format!("*{text}*"))),
        _ => Some(part_of(&text)).filter(|part| *part != Wording::Everything),
    };
    found.into_iter().map(wording).collect()
}

/// The words that a pattern was made of which looks for commands that begin with them.
fn of_arguments(pattern: &JsPattern) -> Option<Wording> {
    let escaped = pattern.source().strip_prefix(COMMAND_KEY)?.strip_suffix(PREFIX_END)?;
    let text = escaped.replace('\\', "");
    let is_one = JsPattern::escaped(&text) == escaped && is_plain(&text);
    is_one.then_some(Wording::Words { text, exact: false })
}

/// Whether a command is nothing but plain words with single blanks between them, of which none leads
/// out of the project.
pub(super) fn is_plain(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && !word.starts_with('/')
            && !word.contains("..")
            && word
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "_=:@%+,./-".contains(letter))
    };
    text.split(' ').all(is_word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_the_longest_fixed_part_of_its_pattern_in_it() {
        for (pattern, part) in [
            ("/.env", Some(".env")),
            ("*.pem", Some(".pem")),
            ("secrets/**/x", Some("secrets")),
            ("a[bc]long?", Some("long")),
            ("**", None),
            ("*", None),
        ] {
            let expected = part.map_or(Wording::Everything, |part| Wording::Part(part.to_owned()));
            assert_eq!(part_of(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn only_plain_words_within_the_project_are_allowed_elsewhere() {
        for plain in ["git log", "npm run build:x", "a -b=c d/e.rs"] {
            assert!(is_plain(plain), "{plain}");
        }
        for odd in ["git  log", "cat /etc/x", "cat ../x", "a > b", "a 'b'", "a $b", "a;b", ""] {
            assert!(!is_plain(odd), "{odd}");
        }
    }

    #[test]
    fn a_star_at_the_end_is_narrowed_to_words() {
        let narrowed = |pattern: &str| Wording::Pattern(pattern.to_owned()).narrowed();
        let words = Wording::Words { text: "git status".to_owned(), exact: false };
        assert_eq!(narrowed("git status*"), words);
        assert_eq!(narrowed("git * main"), Wording::Pattern("git * main".to_owned()));
    }
}

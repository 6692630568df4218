//! The forms in which rules know the parts of a shell text.

use super::words::{bare, base_name, behind, collapsed, is_assignment};
use crate::policy::{CommandPattern, CommandTest, PartsProfile, PlainCommand, Reach};
use crate::shell::{Feature, Part, Parts, TooLong};

/// A part, as rules know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PartForms {
    /// The whole text, trimmed; none where it is that of a longer one.
    whole: String,
    /// What it may turn out to be.
    wide: Vec<String>,
    /// The same as it is written, for patterns of whole texts.
    wide_written: Vec<String>,
    /// What rules that allow are held against; none where it cannot be told what is run.
    narrow: Vec<String>,
    /// The same as it is written, for patterns of whole texts.
    narrow_written: Vec<String>,
    /// Its words where only the program and what it is given count; none where it is more than that.
    plain: Option<Vec<String>>,
    /// Whether the agent never does it without asking.
    is_critical: bool,
    /// Whether it changes nothing at all, such as an assignment.
    is_nothing: bool,
}

/// How many forms a part has at most: wrappers may be nested.
const MAX_FORMS: usize = 64;

impl PartForms {
    /// Whether a test holds.
    pub(super) fn holds(&self, test: &CommandTest) -> bool {
        match test {
            CommandTest::Plain(table) => {
                let is_one = |words: &Vec<String>| PlainCommand::is_one(table, words);
                self.is_nothing || self.plain.as_ref().is_some_and(is_one)
            }
            CommandTest::Critical => self.is_critical,
            CommandTest::Matches(pattern, reach) => self.matches(pattern, *reach),
        }
    }

    fn matches(&self, pattern: &CommandPattern, reach: Reach) -> bool {
        let any = |forms: &[String]| forms.iter().any(|form| pattern.matches(form));
        let is_exact = matches!(pattern, CommandPattern::Exact(_));
        let written = |forms: &[String]| is_exact && any(forms);
        let is_piped = self.whole.replace("||", "").contains('|');
        let whole = is_exact && pattern.matches(&self.whole);
        match reach {
            Reach::Narrow if is_exact => any(&self.narrow_written) || (whole && !is_piped),
            Reach::Narrow => any(&self.narrow),
            Reach::Wide => any(&self.wide) || written(&self.wide_written),
            Reach::WideAndWhole => any(&self.wide) || written(&self.wide_written) || whole,
        }
    }

    /// All texts that patterns are held against.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let forms = [&self.wide, &self.wide_written, &self.narrow, &self.narrow_written];
        let forms = forms.into_iter().flatten().map(String::as_str);
        forms.chain([self.whole.as_str(), self.text()])
    }

    /// The text that stands for the part.
    pub(super) fn text(&self) -> &str {
        self.wide.first().map_or(&self.whole, String::as_str)
    }
}

/// The forms of all parts of a text.
pub(super) fn forms(
    text: &str,
    profile: &PartsProfile,
    ground: &Places<'_>,
) -> Result<Vec<PartForms>, TooLong> {
    let whole = text.trim_matches(|c: char| c.is_ascii_whitespace());
    // What ends in a pipe, or is the beginning of a block, is read without that.
    let piped = whole.strip_suffix('|').filter(|rest| !rest.ends_with('|'));
    let inner = piped.unwrap_or(whole);
    let inner =
        if starts_block(inner) { inner.split_once(' ').map_or(inner, |(_, r)| r) } else { inner };
    let parts = Parts::read(inner)?;
    let is_open = is_open(whole, &parts, profile);
    let mut all: Vec<PartForms> = Vec::new();
    let assigned = assignments(text);
    for part in &parts.parts {
        let mut one = PartForms { whole: whole.to_owned(), ..PartForms::default() };
        (one.wide, one.wide_written) = wide(part, profile, &assigned);
        // What is assigned may be read-only; no rule of a file allows it.
        if !is_open && !part.is_nested && parts.has(Feature::Assigned) {
            one.plain = plain(part, profile);
        } else if !is_open && !part.is_nested {
            (one.narrow, one.narrow_written) = narrow(part, profile);
            one.plain = plain(part, profile);
        }
        one.is_critical = is_critical(part, ground) || parts.has(Feature::Calculated);
        all.push(one);
    }
    if parts.has(Feature::Broken) {
        let rest = PartForms {
            whole: whole.to_owned(),
            wide: vec![collapsed(whole)],
            ..PartForms::default()
        };
        all.push(rest);
    }
    if all.is_empty() {
        let wide = if whole.is_empty() { Vec::new() } else { vec![whole.to_owned()] };
        let is_critical = parts.has(Feature::Calculated);
        let is_nothing = !is_open && (is_comment(whole) || parts.redirects.is_empty());
        all.push(PartForms {
            whole: whole.to_owned(),
            wide,
            is_nothing,
            is_critical,
            ..PartForms::default()
        });
    } else if is_open {
        all.push(PartForms { whole: whole.to_owned(), ..PartForms::default() });
    }
    Ok(all)
}

/// Whether a pattern holds for every part of a shell text; not where the text is too long to tell.
pub fn covers_command(
    text: &str,
    pattern: &CommandPattern,
    reach: Reach,
    profile: &PartsProfile,
) -> bool {
    let parts = forms(text, profile, &Places { start: None, home: None });
    parts.is_ok_and(|parts| parts.iter().all(|part| part.matches(pattern, reach)))
}

/// The folders that paths are understood by.
pub(super) struct Places<'a> {
    pub(super) start: Option<&'a str>,
    pub(super) home: Option<&'a str>,
}

fn is_comment(text: &str) -> bool {
    text.lines().all(|line| line.trim_start().starts_with('#') || line.trim().is_empty())
}

/// Whether what is run cannot be told from the text alone, so that nothing in it is allowed.
fn is_open(whole: &str, parts: &Parts<'_>, profile: &PartsProfile) -> bool {
    let broken = parts.has(Feature::Broken);
    let kinds = [
        Feature::Substitution,
        Feature::Nesting,
        Feature::Background,
        Feature::Heredoc,
        Feature::Declaration,
        Feature::Calculated,
    ];
    let unknown = parts.variables.iter().any(|name| !profile.known_variables.contains(name));
    let folders = parts.parts.iter().filter(|part| program(part) == Some("cd")).count();
    let odd = |letter: char| {
        letter.is_whitespace() && !letter.is_ascii_whitespace()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
    };
    let has_git = parts.parts.iter().any(|part| program(part) == Some("git"));
    broken
        || unknown
        || kinds.iter().any(|kind| parts.has(*kind))
        || folders > 1
        || (folders > 0 && has_git)
        || whole.chars().count() > profile.max_length
        || whole.contains(odd)
        || has_brace_list(whole)
        || whole.contains("\\ ")
        || parts.parts.iter().any(|part| is_odd(part, profile))
        || parts.parts.iter().any(|part| leads_back(part, folders > 0))
}

/// Whether a text is the beginning of a block, which is read as a command all the same.
fn starts_block(text: &str) -> bool {
    let first = text.split_whitespace().next();
    matches!(first, Some("if" | "while" | "until")) && !text.contains([';', '\n'])
}

/// Whether a text has words in braces that stand for several.
fn has_brace_list(text: &str) -> bool {
    let (mut quote, mut open) = (None, false);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\\', None | Some('"')) => _ = letters.next(),
            ('\'' | '"', None) => quote = Some(letter),
            (closing, Some(opened)) if closing == opened => quote = None,
            ('{', None) => open = true,
            ('}', None) => open = false,
            (' ' | '\n' | '\t', None) => open = false,
            (',', None) if open => return true,
            ('.', None) if open && letters.clone().next() == Some('.') => return true,
            _ => {}
        }
    }
    false
}

/// Whether a part runs something in a way that the agent does not follow.
fn is_odd(part: &Part<'_>, profile: &PartsProfile) -> bool {
    let words: Vec<String> = part.pieces.iter().map(|piece| bare(piece.text)).collect();
    let words = &words[part.assignments.min(words.len())..];
    let starts = |entry: &&str| {
        let mut given = words.iter();
        entry.split(' ').all(|word| given.next().is_some_and(|given| given == word))
    };
    let Some(name) = words.first() else { return false };
    let known = profile.wrappers.iter().any(|wrapper| {
        wrapper.narrow
            && wrapper.operands > 0
            && wrapper.name == *name
            && behind(wrapper, words, 1, false).is_none()
    });
    let acts = |word: &String| profile.find_actions.iter().any(|action| word.starts_with(action));
    known
        || profile.odd_programs.iter().any(starts)
        || (name == "find" && words.iter().any(acts))
        || part.pieces[..part.assignments].iter().any(|piece| {
            let name = piece.text.split('=').next().unwrap_or_default();
            name.contains('[') || name == "IFS" || piece.text.contains("=~")
        })
}

/// Whether a part has a path that leads out of a folder that it just led into.
fn leads_back(part: &Part<'_>, has_moved: bool) -> bool {
    part.pieces.iter().map(|piece| bare(piece.text)).any(|word| {
        let below = word.trim_start_matches("../");
        let back = below.ends_with("/..") || below.contains("/../");
        back || (has_moved && word.starts_with("..") && program(part) != Some("cd"))
    })
}

fn program<'t>(part: &Part<'t>) -> Option<&'t str> {
    part.pieces.get(part.assignments).map(|piece| piece.text)
}

/// The values of variables that are set in a text with a fixed value.
fn assignments(text: &str) -> Vec<(&str, &str)> {
    let statements = text.split([';', '\n', '&', '|']);
    let pair = |statement: &'_ str| statement.trim().split_once('=').map(|_| ());
    statements
        .filter(|statement| pair(statement).is_some())
        .filter_map(|statement| statement.trim().split_once('='))
        .filter(|(name, value)| {
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            !name.is_empty()
                && name.chars().all(is_name)
                && !value.contains([' ', '$', '`', '"', '\''])
        })
        .collect()
}

/// What a part may turn out to be.
fn wide(
    part: &Part<'_>,
    profile: &PartsProfile,
    assigned: &[(&str, &str)],
) -> (Vec<String>, Vec<String>) {
    let words: Vec<String> = part.pieces.iter().map(|piece| bare(piece.text)).collect();
    let (mut forms, mut written) = (Vec::new(), Vec::new());
    if words.is_empty() {
        return (forms, written);
    }
    let mut open = vec![(0, false)];
    let mut seen = vec![0];
    while let Some((from, is_loose)) = open.pop() {
        add_forms(&mut forms, part, &words, from, is_loose, assigned);
        written.extend((!is_loose).then(|| part.text_from(from)));
        if forms.len() > MAX_FORMS * 4 || seen.len() > MAX_FORMS {
            break;
        }
        for (next, is_loose) in wide_steps(part, &words, from, profile) {
            if next > from && next < words.len() && !seen.contains(&next) {
                seen.push(next);
                open.push((next, is_loose));
            }
        }
    }
    (forms, written)
}

fn add_forms(
    forms: &mut Vec<String>,
    part: &Part<'_>,
    words: &[String],
    from: usize,
    is_loose: bool,
    assigned: &[(&str, &str)],
) {
    let mut add = |form: String| {
        let form = if is_loose { format!("{form} ") } else { form };
        if !forms.contains(&form) {
            forms.push(form);
        }
    };
    let written = part.text_from(from);
    add(collapsed(&written));
    add(collapsed(&format!("{written} {}", part.herestring)));
    let plain = words[from..].join(" ");
    let first = base_name(&words[from]);
    let rest = words[from + 1..].iter().map(String::as_str);
    add(std::iter::once(first).chain(rest).collect::<Vec<_>>().join(" "));
    let sources = part.pieces[from..].iter().map(|piece| piece.text);
    let named = std::iter::once(first).chain(sources.skip(1));
    add(named.collect::<Vec<_>>().join(" "));
    if plain.contains('$') {
        let value = |word: &String| {
            let name = word.strip_prefix('$').unwrap_or_default();
            let known = assigned.iter().find(|(known, _)| *known == name);
            known.map_or(word.clone(), |(_, value)| (*value).to_owned())
        };
        add(words[from..].iter().map(value).collect::<Vec<_>>().join(" "));
    }
    add(plain);
}

/// Where what a word runs may begin, by the number of the word.
fn wide_steps(
    part: &Part<'_>,
    words: &[String],
    from: usize,
    profile: &PartsProfile,
) -> Vec<(usize, bool)> {
    if is_assignment(part.pieces[from].text) {
        return vec![(from + 1, false)];
    }
    let name = base_name(&words[from]);
    let mut steps = Vec::new();
    for wrapper in profile.wrappers.iter().filter(|wrapper| wrapper.name == name) {
        steps.extend(behind(wrapper, words, from + 1, true).map(|next| (next, false)));
    }
    if let ("env", Some("-S")) | ("script", Some("-c")) =
        (name, words.get(from + 1).map(String::as_str))
    {
        steps = vec![(from + 2, true)];
    }
    let inner = steps.first().and_then(|(next, _)| words.get(*next));
    let is_wide_only = |word: &String| {
        let known = profile.wrappers.iter().filter(|wrapper| wrapper.name == *word);
        let mut known = known.peekable();
        known.peek().is_some() && known.all(|wrapper| !wrapper.narrow)
    };
    if name == "nice" && inner.is_some_and(is_wide_only) {
        steps.clear();
    }
    steps
}

/// The forms of a part that rules which allow are held against, and the same as they are written.
fn narrow(part: &Part<'_>, profile: &PartsProfile) -> (Vec<String>, Vec<String>) {
    let words: Vec<String> = part.pieces.iter().map(|piece| bare(piece.text)).collect();
    let (mut forms, mut written) = (Vec::new(), Vec::new());
    let mut add = |from: usize| {
        forms.extend([collapsed(&part.text_from(from)), words[from..].join(" ")]);
        written.push(part.text_from(from));
    };
    add(0);
    let mut at = 0;
    while at < part.assignments && is_harmless(part.pieces[at].text, profile) {
        at += 1;
    }
    if at == part.assignments {
        loop {
            if at > 0 {
                add(at);
            }
            let Some(piece) = part.pieces.get(at) else { break };
            let known = profile.wrappers.iter().filter(|wrapper| wrapper.narrow);
            let next = known
                .filter(|wrapper| wrapper.name == piece.text)
                .find_map(|wrapper| behind(wrapper, &words, at + 1, false));
            let Some(next) = next else { break };
            at = next;
        }
    }
    (forms, written)
}

fn is_harmless(assignment: &str, profile: &PartsProfile) -> bool {
    let Some((name, value)) = assignment.split_once('=') else { return false };
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.:,@%+".contains(c);
    profile.harmless_variables.contains(&name) && !value.is_empty() && value.chars().all(plain)
}

/// The words of a part that is nothing but a program and what it is given.
fn plain(part: &Part<'_>, profile: &PartsProfile) -> Option<Vec<String>> {
    let words: Vec<String> = part.pieces.iter().map(|piece| bare(piece.text)).collect();
    if part.assignments > 0 {
        return None;
    }
    let timed = profile.wrappers.iter().find(|wrapper| wrapper.name == "timeout");
    let from = match words.first().map(String::as_str) {
        Some("timeout") => timed.and_then(|wrapper| behind(wrapper, &words, 1, false))?,
        _ => 0,
    };
    Some(words[from..].to_vec())
}

/// Whether a part removes what nobody wants to lose.
fn is_critical(part: &Part<'_>, places: &Places<'_>) -> bool {
    let words: Vec<String> = part.pieces.iter().map(|piece| bare(piece.text)).collect();
    let mut rest = words[part.assignments.min(words.len())..].iter();
    if !matches!(rest.next().map(|word| base_name(word)), Some("rm" | "rmdir")) {
        return false;
    }
    rest.filter(|word| !word.starts_with('-')).any(|word| {
        let path = word.trim_end_matches('/');
        if matches!(path, "" | "~" | "." | ".." | "*" | "$HOME" | "/*" | "$PWD") {
            return true;
        }
        let start = places.start.unwrap_or("/");
        path.starts_with('/') && crate::policy::paths::is_within(start, path)
            || places.home == Some(path)
    })
}

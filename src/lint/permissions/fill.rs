//! Texts that patterns match: what stands for the signs in them.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::policy::{Ground, PathPattern};

/// A word that no pattern names: what matches it matches anything in its place.
pub const FRESH: &str = "qzv7kq";

/// What stands for a `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Star {
    /// A word that nobody names.
    Fresh,
    /// Nothing.
    Nothing,
    /// What people write: a word after a blank or a slash, else nothing.
    Usual,
}

/// A text for a pattern of `*`, and `?` where that is a sign.
pub fn fill(pattern: &str, star: Star, has_question: bool) -> String {
    let mut text = String::new();
    for letter in pattern.chars() {
        match (letter, star) {
            ('*', Star::Fresh) if !text.ends_with(FRESH) => text.push_str(FRESH),
            ('*', Star::Usual) if text.ends_with([' ', '/']) => text.push_str("main"),
            ('*', _) => {}
            ('?', _) if has_question => text.push('q'),
            (letter, _) => text.push(letter),
        }
    }
    text.trim_end().to_owned()
}

/// The quote that is open at the end of a text for a shell, and where it stands.
pub fn open_quote(text: &str) -> Option<(usize, char)> {
    let (mut open, mut is_escaped) = (None, false);
    for (at, letter) in text.char_indices() {
        let quote = open.map(|(_, quote)| quote);
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' if quote != Some('\'') => is_escaped = true,
            '\'' | '"' if quote.is_none() => open = Some((at, letter)),
            _ if quote == Some(letter) => open = None,
            _ => {}
        }
    }
    open
}

/// A text for a pattern of commands that ends with a `*`, with the quote closed that the pattern leaves open.
pub fn closed(mut command: String) -> String {
    command.extend(open_quote(&command).map(|(_, quote)| quote));
    command
}

/// All that a pattern of `*` is tried with.
pub fn fills(pattern: &str, has_question: bool) -> Vec<String> {
    let mut texts: Vec<String> = Vec::new();
    for star in [Star::Usual, Star::Fresh, Star::Nothing] {
        let text = fill(pattern, star, has_question);
        if !text.is_empty() && !texts.contains(&text) {
            texts.push(text);
        }
    }
    texts
}

/// A path that a line of gitignore names; none where it has signs that are not filled in, or where nobody knows
/// which folder it begins at.
pub fn path(pattern: &PathPattern, ground: &Ground) -> Option<String> {
    let line = pattern.source();
    if line.contains(['[', '\\', '!', '{', '$']) {
        return None;
    }
    let way = line.trim_start_matches('/').replace("**/", "").replace("**", FRESH);
    let way = way.replace('*', FRESH).replace('?', "q");
    let way = if way.ends_with('/') { format!("{way}{FRESH}") } else { way };
    let folder = pattern.begin(ground.start.as_deref(), ground.home.as_deref())?;
    Some(format!("{}/{way}", folder.trim_end_matches('/')))
}

/// A text that a regular expression matches; none where it has something that is not filled in.
pub fn expression(source: &str) -> Option<String> {
    let hir = regex_syntax::ParserBuilder::new().utf8(true).build().parse(source).ok()?;
    let mut text = String::new();
    spell(&hir, &mut text).then_some(text)
}

/// Adds the plainest text of an expression; whether that was possible.
fn spell(hir: &Hir, text: &mut String) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
            Ok(literal) => {
                text.push_str(literal);
                true
            }
            Err(_) => false,
        },
        HirKind::Class(class) => match letter(class) {
            Some(letter) => {
                text.push(letter);
                true
            }
            None => false,
        },
        HirKind::Repetition(repetition) => {
            (0..repetition.min.min(64)).all(|_| spell(&repetition.sub, text))
        }
        HirKind::Capture(capture) => spell(&capture.sub, text),
        HirKind::Concat(parts) => parts.iter().all(|part| spell(part, text)),
        HirKind::Alternation(parts) => parts.first().is_some_and(|part| spell(part, text)),
    }
}

/// A letter of a class: a plain one where there is one.
fn letter(class: &Class) -> Option<char> {
    let Class::Unicode(class) = class else { return None };
    let has = |letter: char| class.iter().any(|r| r.start() <= letter && letter <= r.end());
    let plain = ['q', 'Q', '7', ' ', '/', '"'].into_iter().find(|letter| has(*letter));
    plain.or_else(|| class.iter().next().map(|range| range.start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_filled_with_words_where_people_write_some() {
        assert_eq!(fill("git push *", Star::Usual, false), "git push main");
        assert_eq!(fill("git push*", Star::Usual, false), "git push");
        assert_eq!(fill("git push*", Star::Fresh, false), format!("git push{FRESH}"));
        assert_eq!(fills("ls", false), ["ls"]);
        assert_eq!(fill("a?", Star::Nothing, true), "aq");
    }

    #[test]
    fn lines_and_expressions_match_what_they_are_filled_to() {
        for line in ["/src/**", "*.env", "secret/", "**/key.pem", "/etc/**/x"] {
            let pattern = PathPattern::new("/p", line, false).unwrap();
            assert!(pattern.matches(&path(&pattern, &Ground::default()).unwrap()), "{line}");
        }
        for source in ["\"command\":\"git (push|pull)", "[a-z]+\\.env$", "x{2}|y"] {
            let regex = regex::Regex::new(source).unwrap();
            assert!(regex.is_match(&expression(source).unwrap()), "{source}");
        }
    }
}

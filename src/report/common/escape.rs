//! Making hostile text harmless to show.

use std::borrow::Cow;
use std::fmt::Write;

use crate::source::is_hidden;

/// Escapes what could move the cursor, colour the terminal, show text in another order or not at
/// all, or be taken for a command in a job's log: such characters become `\u{…}`.
pub fn escape(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut plain = 0;
    for (at, character) in hostile(text) {
        out.push_str(&text[plain..at]);
        _ = write!(out, "\\u{{{:x}}}", character as u32);
        plain = at + character.len_utf8();
    }
    match plain {
        0 => Cow::Borrowed(text),
        plain => Cow::Owned(out + &text[plain..]),
    }
}

/// The characters of a text that are not to be shown as they are, with their places.
pub(in crate::report) fn hostile(text: &str) -> impl Iterator<Item = (usize, char)> {
    let is_hostile =
        |(at, character): &(usize, char)| is_hidden(*character) || is_marker(text, *at);
    text.char_indices().filter(is_hostile)
}

/// Whether at this place stands the second `#` of `##[` or `##vso[`. GitHub in its older notation
/// and Azure take what follows for a command wherever it stands
/// (<https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands>).
fn is_marker(text: &str, at: usize) -> bool {
    let Some((before, [b'#', behind @ ..])) = text.as_bytes().split_at_checked(at) else {
        return false;
    };
    let vso = behind.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"vso["));
    before.last() == Some(&b'#') && (vso || behind.first() == Some(&b'['))
}

/// Output for people in which no line is a command to GitHub or Azure: theirs begin with `::` behind
/// blanks (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>), or hold
/// one of the markers that [`escape`] knows.
pub fn without_commands(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive(['\n', '\r']) {
        let start = line.len() - without_blanks(line).len();
        let mut plain = 0;
        if line[start..].starts_with("::") {
            out.push_str(&line[..start]);
            out.push_str("\\u{3a}");
            plain = start + 1;
        }
        for (at, _) in line.match_indices('#').filter(|(at, _)| is_marker(line, *at)) {
            out.push_str(&line[plain..at]);
            out.push_str("\\u{23}");
            plain = at + 1;
        }
        out.push_str(&line[plain..]);
    }
    Cow::Owned(out)
}

/// A line without the blanks and colours that it begins with.
fn without_blanks(line: &str) -> &str {
    let mut rest = line.trim_start();
    while let Some(color) = rest.strip_prefix("\x1b[") {
        let Some((_, behind)) = color.split_once('m') else { break };
        rest = behind.trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_characters_are_spelt_out_and_others_left_alone() {
        assert_eq!(
            escape("a\x1b[31m\u{202e}b\u{200b}\u{e0041}\n"),
            r"a\u{1b}[31m\u{202e}b\u{200b}\u{e0041}\u{a}"
        );
        assert!(matches!(escape("naïve 日本 файл ملف กำ हिन्दी 😀 \\u # ## #["), Cow::Borrowed(_)));
    }

    #[test]
    fn what_unicode_hides_is_hidden() {
        let hidden = [
            '\u{ad}',
            '\u{34f}',
            '\u{604}',
            '\u{61c}',
            '\u{115f}',
            '\u{17b4}',
            '\u{180b}',
            '\u{2028}',
            '\u{2066}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffff}',
            '\u{1bca0}',
            '\u{1d173}',
            '\u{e0001}',
            '\u{e0fff}',
            '\0',
            '\u{7f}',
            '\u{9b}',
        ];
        assert_eq!(hidden.into_iter().find(|character| !is_hidden(*character)), None);
        let seen = ['a', ' ', '~', 'é', 'ß', 'ї', '日', 'م', '\u{301}', '😀', '\u{a0}', '⠿'];
        assert_eq!(seen.into_iter().find(|character| is_hidden(*character)), None);
    }

    #[test]
    fn no_line_is_a_command_whatever_stands_before_it() {
        let text = "::a::b\n \u{3000}\t::c\n\x1b[1m ::d\nx ::e:: y\n##[group]f\n#####vSo[g]\n";
        let tame = without_commands(text);
        assert_eq!(
            tame,
            "\\u{3a}:a::b\n \u{3000}\t\\u{3a}:c\n\x1b[1m \\u{3a}:d\nx ::e:: y\n#\\u{23}[group]f\n####\\u{23}vSo[g]\n"
        );
        assert_eq!(without_commands(&tame), tame);
        assert_eq!(escape("x##[error]y ##vso[z]"), r"x#\u{23}[error]y #\u{23}vso[z]");
    }
}

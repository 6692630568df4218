//! Names of tools that are not what they seem: patterns, and names that look like others.

use unicode_normalization::UnicodeNormalization;
use unicode_security::{MixedScript, skeleton};

use crate::source::is_unseen;

/// Whether a name is written as a pattern. Gateways compare names letter by letter.
pub(super) fn is_pattern(name: &str) -> bool {
    let name = name.trim();
    let between = |open: char, close: char| {
        let (_, rest) = name.split_once(open)?;
        Some(rest.rsplit_once(close)?.0)
    };
    // A single word in braces stands for itself, as in `GET /users/{id}`.
    let choices =
        between('{', '}').is_some_and(|inner| inner.contains(',') || inner.contains(".."));
    let class = between('[', ']').is_some_and(|inner| !inner.is_empty());
    let anchored = name.starts_with('^') || name.ends_with('$');
    // Nobody writes patterns with blanks in them, but for one that stands for what comes behind.
    let is_text = name.contains(|letter: char| letter.is_whitespace() || letter.is_control());
    let ends_with_all = name.split_whitespace().count() == 2 && name.ends_with(" *");
    let any = anything(name);
    ends_with_all
        || !is_text && (choices || class || anchored || any || name.contains(['*', '?', '|']))
}

/// What stands for any letters in the patterns of languages other than that of globs.
const ANYTHING: [&str; 5] = [".+", "\\w+", "\\w*", "\\S+", "\\d+"];

/// Whether there is something in a name that stands for any letters elsewhere.
fn anything(name: &str) -> bool {
    // As many in a hundred are no pattern.
    let is_percentage =
        name.trim_end_matches('%').ends_with(|letter: char| letter.is_ascii_digit());
    let is_like =
        name.len() > 1 && !is_percentage && (name.ends_with('%') || name.starts_with('%'));
    is_like || ANYTHING.iter().any(|any| name.contains(any))
}

/// A pattern as a glob, whatever language it is written in.
pub(super) fn as_glob(name: &str) -> String {
    let name = name.trim();
    let mut glob = name.trim_start_matches('^').trim_end_matches('$').to_owned();
    if anything(name) {
        ANYTHING.iter().chain(&["%"]).for_each(|any| glob = glob.replace(any, "*"));
    }
    if glob == name { name.to_owned() } else { glob }
}

/// Whether a name alone shows that it is to be taken for another one: there is something in it that
/// is not seen, a sign or a wide letter that has its double in ASCII, or a word with letters of other
/// scripts that stand for those of ASCII.
pub(super) fn is_disguised(name: &str) -> bool {
    let is_blank = |letter: char| letter.is_whitespace() && letter != ' ';
    let is_wide = |letter: char| {
        letter.is_alphabetic() && letter.nfkd().all(|part| part.is_ascii_alphanumeric())
    };
    let is_double = |letter: char| {
        !letter.is_ascii()
            && (is_wide(letter) || (!letter.is_alphanumeric() && seems_ascii(&letter)))
    };
    let in_ascii = name.contains(|letter: char| letter.is_ascii_alphabetic());
    name.trim() != name
        || name.contains(|letter| is_unseen(letter) || is_blank(letter) || is_double(letter))
        || name
            .split(|letter: char| !letter.is_alphanumeric())
            .any(|word| is_mixed(word) || (in_ascii && is_masked(word)))
}

/// Whether letters that look like those of ASCII stand among such of ASCII.
fn is_mixed(word: &str) -> bool {
    word.contains(|letter: char| letter.is_ascii_alphabetic())
        && word.chars().any(|letter| letter.is_alphabetic() && seems_ascii(&letter))
        && !word.is_single_script()
}

/// Whether all letters of a word are Greek, Cyrillic or Armenian ones that look like those of ASCII; a
/// single one may be a symbol.
fn is_masked(word: &str) -> bool {
    let near = |letter: &char| ('\u{370}'..='\u{58f}').contains(letter) && seems_ascii(letter);
    word.chars().count() > 1 && word.chars().all(|letter| near(&letter))
}

fn seems_ascii(letter: &char) -> bool {
    !letter.is_ascii() && skeleton(letter.encode_utf8(&mut [0; 4])).all(|part| part.is_ascii())
}

/// The characters that tell a name from one that looks like it, as Unicode numbers them, the first
/// few: what is not ASCII or controls something, and blanks at its ends.
pub(super) fn strange(name: &str) -> Vec<String> {
    const MOST: usize = 16;
    let mut strange: Vec<char> = Vec::new();
    for letter in strange_characters(name) {
        if !strange.contains(&letter) && strange.len() < MOST {
            strange.push(letter);
        }
    }
    strange.into_iter().map(|letter| format!("U+{:04X}", u32::from(letter))).collect()
}

/// Whether a name has no such character.
pub(super) fn is_plain(name: &str) -> bool {
    strange_characters(name).next().is_none()
}

fn strange_characters(name: &str) -> impl Iterator<Item = char> {
    let start = name.len() - name.trim_start().len();
    let end = start + name.trim().len();
    let is_strange = move |(at, letter): &(usize, char)| {
        !letter.is_ascii() || letter.is_ascii_control() || !(start..end).contains(at)
    };
    name.char_indices().filter(is_strange).map(|(_, letter)| letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::look;

    #[test]
    fn patterns_are_told_from_names() {
        for name in [
            "delete_*",
            "*",
            "**",
            "audit.*",
            "write_?",
            "{get,list}_user",
            "item_{1..3}",
            "[gs]et",
            "[!a]b",
            "^drop_",
            "drop$",
            "get|list",
            "delete_* ",
            " *",
            "DELETE *",
            "delete_.+",
            "delete_\\w+",
            "get_%",
            "%_user",
        ] {
            assert!(is_pattern(name), "{name}");
        }
        for name in [
            "",
            "delete_job",
            "a.b-c/d:e",
            "GET /users/{id}",
            "list[]",
            "c++",
            "is it *?",
            "mcp__x__y",
            "c++ ",
            "grow_by_10%",
            "App\\widget",
            "50% off",
            "%",
            "multiply a * b",
        ] {
            assert!(!is_pattern(name), "{name}");
        }
    }

    #[test]
    fn what_looks_alike_has_one_look() {
        for name in [
            "delete_us\u{435}r",
            "d\u{435}l\u{435}t\u{435}_user",
            "delete_user ",
            "\u{a0}delete_user",
            "delete_\u{200b}user",
            "delete_user\u{feff}",
            "delete_user\u{e0041}",
            "delete_user\u{2800}",
            "delete_user\n",
            "\u{ff44}elete_user",
            "\u{1d41d}elete_user",
            "delete_use\u{301}r",
            "delete_us\u{e9}r",
            "de\u{ad}lete_user",
        ] {
            assert_eq!(look(name), "delete_user", "{name:?}");
            assert!(!strange(name).is_empty(), "{name:?}");
        }
        assert_eq!(look("\u{3bf}pen"), "open");
        assert_ne!(look("か"), look("が"));
        assert_ne!(look("कि"), look("का"));
        assert_ne!(look("get_v1"), look("get_vl"));
    }

    #[test]
    fn a_name_of_one_script_is_no_disguise() {
        for name in [
            "delete_us\u{435}r",
            "get_\u{441}\u{43e}\u{440}\u{435}",
            "a\u{2010}b",
            "a\u{ff3f}b",
            "x ",
            "\u{a0}x",
            "a\u{200b}b",
            "\u{ff44}o",
            "d\u{3bf}",
            "x\u{7}",
        ] {
            assert!(is_disguised(name), "{name:?}");
        }
        for name in [
            "",
            "get_user",
            "send an email",
            "ändere_daten",
            "caf\u{e9}",
            "yaz\u{131}_sil",
            "удалить_user",
            "get_用户",
            "列表",
            "ユーザーを消す",
            "compute_\u{3b1}",
            "σ_x",
            "GetUser2",
            "naïve",
        ] {
            assert!(!is_disguised(name), "{name:?}");
        }
    }
}

//! The words of commands, without quotes and behind what only runs another command.

use crate::policy::Wrapper;

/// A text without quotes, as the shell sees it where nothing is put in.
pub(super) fn bare(text: &str) -> String {
    let (mut bare, mut quote) = (String::new(), None);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\'' | '"', None) => quote = Some(letter),
            (closing, Some(open)) if closing == open => quote = None,
            ('\\', None | Some('"')) => bare.extend(letters.next().filter(|next| *next != '\n')),
            _ => bare.push(letter),
        }
    }
    bare
}

/// A text whose blanks are single.
pub(super) fn collapsed(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// The last name of a path.
pub(super) fn base_name(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// Whether a word sets a variable.
pub(super) fn is_assignment(word: &str) -> bool {
    let Some((name, _)) = word.split_once('=') else { return false };
    let name = name.strip_suffix('+').unwrap_or(name);
    let name = name.split_once('[').map_or(name, |(name, _)| name);
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Where the command behind a wrapper begins; none where that cannot be told.
pub(super) fn behind(
    wrapper: &Wrapper,
    words: &[String],
    mut at: usize,
    is_wide: bool,
) -> Option<usize> {
    while let Some(word) = words.get(at).filter(|word| word.starts_with('-') && word.len() > 1) {
        if word == "--" {
            if !(is_wide && wrapper.any_flags) {
                return None;
            }
            at += 1;
            break;
        }
        let is_number = wrapper.numbers && word[1..].chars().all(|c| c.is_ascii_digit());
        let short = |valued: &&&str| valued.len() == 2 && word.starts_with(**valued);
        let long = |valued: &&&str| {
            valued.starts_with("--")
                && word.split_once('=').is_some_and(|(name, _)| name == **valued)
        };
        if wrapper.valued.contains(&&**word) {
            at += 2;
        } else if is_number
            || wrapper.flags.contains(&&**word)
            || wrapper.valued.iter().any(|valued| short(&valued) || long(&valued))
            || (is_wide && wrapper.any_flags)
        {
            at += 1;
        } else {
            return None;
        }
    }
    for _ in 0..wrapper.operands {
        let word = words.get(at)?;
        if wrapper.name == "timeout" && !word.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        {
            return None;
        }
        at += 1;
    }
    (at < words.len()).then_some(at)
}

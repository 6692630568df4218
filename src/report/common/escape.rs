//! Making hostile text harmless to show.

use std::borrow::Cow;
use std::fmt::Write;

/// Escapes what could move the cursor, colour the terminal, or show text in another order or not
/// at all: control, bidirectional and zero-width characters become `\u{…}`.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hostile(character) {
            _ = write!(out, "\\u{{{:x}}}", character as u32);
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

/// Whether a character is not to reach a terminal as it is.
pub(in crate::report) fn is_hostile(character: char) -> bool {
    matches!(character,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'
        // Soft hyphen, grapheme joiner, blank Braille, Arabic letter mark, Mongolian vowel separator, Hangul fillers.
        | '\u{ad}' | '\u{34f}' | '\u{2800}' | '\u{61c}' | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
        // Zero-width characters and marks of direction.
        | '\u{200b}'..='\u{200f}'
        // Line and paragraph separators, embeddings and overrides.
        | '\u{2028}'..='\u{202e}'
        // Word joiner, invisible operators, isolates.
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        // No characters at all, which XML forbids.
        | '\u{fdd0}'..='\u{fdef}' | '\u{fffe}'..='\u{ffff}'
        // Tags, which spell hidden ASCII.
        | '\u{e0000}'..='\u{e007f}'
        // Variation selectors, which can carry hidden bytes.
        | '\u{fe00}'..='\u{fe0e}' | '\u{e0100}'..='\u{e01ef}')
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
        assert!(matches!(escape("naïve 日本 😀 \\u"), Cow::Borrowed(_)));
    }
}

//! Text quoted as Go's `%q` does, which the gateways use in their messages.

use std::fmt::Write;
use std::sync::LazyLock;

use regex::Regex;

/// Quotes a text as Go's `strconv.Quote` does: what Go does not take for printable is escaped.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            '\x07' => out.push_str("\\a"),
            '\x08' => out.push_str("\\b"),
            '\x0c' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\x0b' => out.push_str("\\v"),
            ' '..='~' => out.push(character),
            '\0'..='\x7f' => _ = write!(out, "\\x{:02x}", character as u32),
            _ if is_printable(character) => out.push(character),
            '\u{80}'..='\u{ffff}' => _ = write!(out, "\\u{:04x}", character as u32),
            _ => _ = write!(out, "\\U{:08x}", character as u32),
        }
    }
    out.push('"');
    out
}

/// Go's `unicode.IsPrint` for what is not ASCII: letters, marks, numbers, punctuation, symbols.
fn is_printable(character: char) -> bool {
    static PRINTABLE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^[\p{L}\p{M}\p{N}\p{P}\p{S}]$").expect("the pattern is ours")
    });
    PRINTABLE.is_match(character.encode_utf8(&mut [0; 4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_as_go_does() {
        assert_eq!(quote("a\"b\\"), r#""a\"b\\""#);
        assert_eq!(
            quote("\x01\x07\n\u{a0}\u{200b}é\u{e0001}"),
            r#""\x01\a\n\u00a0\u200bé\U000e0001""#
        );
    }
}

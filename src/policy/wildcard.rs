//! Patterns of `*` and `?` that a whole text must match.

/// What the signs of a wildcard mean to the program that reads it; `*` is any text, also none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WildcardSyntax {
    /// Whether `?` is one UTF-16 unit, as in JavaScript; else it is itself.
    pub question: bool,
    /// Whether a backslash counts as a slash, in the pattern and in the text.
    pub backslash_is_slash: bool,
    /// Whether a pattern that ends in a blank and `*` also matches without the two.
    pub open_end: bool,
}

/// A pattern that a whole text must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wildcard {
    source: Box<str>,
    syntax: WildcardSyntax,
    signs: Box<[Sign]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Any,
    One,
    Unit(u16),
}

const SLASH: u16 = b'/' as u16;
const BACKSLASH: u16 = b'\\' as u16;

impl Wildcard {
    /// Prepares a pattern.
    pub fn new(source: &str, syntax: WildcardSyntax) -> Wildcard {
        let sign = |unit| match unit {
            unit if unit == u16::from(b'*') => Sign::Any,
            unit if unit == u16::from(b'?') && syntax.question => Sign::One,
            BACKSLASH if syntax.backslash_is_slash => Sign::Unit(SLASH),
            unit => Sign::Unit(unit),
        };
        Wildcard { source: source.into(), syntax, signs: source.encode_utf16().map(sign).collect() }
    }

    /// The pattern as it is written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it is `*` alone.
    pub fn is_all(&self) -> bool {
        *self.signs == [Sign::Any]
    }

    /// Whether a whole text matches.
    pub fn matches(&self, text: &str) -> bool {
        if self.is_all() {
            return true;
        }
        let swaps = self.syntax.backslash_is_slash;
        let unit = |unit| if swaps && unit == BACKSLASH { SLASH } else { unit };
        let text: Vec<u16> = text.encode_utf16().map(unit).collect();
        if is_match(&self.signs, &text) {
            return true;
        }
        match &*self.signs {
            [shorter @ .., Sign::Unit(0x20), Sign::Any] if self.syntax.open_end => {
                is_match(shorter, &text)
            }
            _ => false,
        }
    }
}

/// Goes back to the last `*` only, so that the time is that of pattern times text at most.
fn is_match(signs: &[Sign], text: &[u16]) -> bool {
    let (mut sign, mut at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match signs.get(sign) {
            Some(Sign::Any) => {
                star = Some((sign, at));
                sign += 1;
            }
            Some(Sign::One) => (sign, at) = (sign + 1, at + 1),
            Some(Sign::Unit(unit)) if *unit == text[at] => (sign, at) = (sign + 1, at + 1),
            _ => match &mut star {
                Some((behind, from)) => {
                    *from += 1;
                    (sign, at) = (*behind + 1, *from);
                }
                None => return false,
            },
        }
    }
    signs[sign..].iter().all(|sign| *sign == Sign::Any)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: WildcardSyntax =
        WildcardSyntax { question: true, backslash_is_slash: true, open_end: true };

    #[test]
    fn a_star_is_any_text_and_all_else_stands_for_itself() {
        for (pattern, matched, missed) in [
            (
                "git push*",
                &["git push", "git push-x", "git push\n"][..],
                &["git  push", "xgit push"][..],
            ),
            ("*test*", &["test", "npm test x"], &["tes"]),
            ("a*b*c", &["abc", "axxbxxbc"], &["ab", "abcd"]),
            ("[a-z]{1}.", &["[a-z]{1}."], &["a", "b."]),
            ("", &[""], &["x"]),
            ("**", &["", "x/y"], &[]),
        ] {
            for syntax in [ALL, WildcardSyntax::default()] {
                let wildcard = Wildcard::new(pattern, syntax);
                assert!(matched.iter().all(|text| wildcard.matches(text)), "{pattern}");
                assert!(!missed.iter().any(|text| wildcard.matches(text)), "{pattern}");
            }
        }
    }

    #[test]
    fn the_other_signs_mean_what_the_syntax_says() {
        let matches =
            |pattern: &str, syntax, text: &str| Wildcard::new(pattern, syntax).matches(text);
        let plain = WildcardSyntax::default();
        assert!(matches("n?m", ALL, "npm") && !matches("n?m", plain, "npm"));
        // An emoji is two units in JavaScript.
        assert!(matches("??", ALL, "\u{1f600}") && !matches("?", ALL, "\u{1f600}"));
        assert!(matches("a\\b", ALL, "a/b") && matches("a/b", ALL, "a\\b"));
        assert!(!matches("a\\b", plain, "a/b"));
        assert!(matches("ls *", ALL, "ls") && !matches("ls *", ALL, "lsof"));
        assert!(!matches("ls *", plain, "ls"));
    }

    #[test]
    fn a_hostile_pattern_takes_no_exponential_time() {
        let wildcard = Wildcard::new(&"a*".repeat(500), ALL);
        assert!(!wildcard.matches(&format!("{}b", "a".repeat(400))));
    }
}

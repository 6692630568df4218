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

    /// The only text that it matches; none where it matches several.
    pub fn only(&self) -> Option<&str> {
        let is_fixed = |sign: &Sign| matches!(sign, Sign::Unit(unit) if !self.swaps(*unit));
        self.signs.iter().all(is_fixed).then_some(&self.source)
    }

    /// Whether a unit stands for another one as well.
    fn swaps(&self, unit: u16) -> bool {
        self.syntax.backslash_is_slash && unit == SLASH
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
        let units = text.encode_utf16().map(unit);
        // Most texts are told from what they begin with.
        let fixed = self.signs.iter().take_while(|sign| **sign != Sign::Any);
        if fixed
            .zip(units.clone())
            .any(|(sign, own)| *sign != Sign::Unit(own) && *sign != Sign::One)
        {
            return false;
        }
        let text: Vec<u16> = units.collect();
        self.forms().any(|form| is_match(form, &text))
    }

    /// The first word of every text that it matches; none where they have several.
    pub fn first_word(&self) -> Option<&str> {
        let is_sign = |letter: char| letter == '*' || (letter == '?' && self.syntax.question);
        let fixed = self.source.find(is_sign).map_or(&*self.source, |at| &self.source[..at]);
        let word = first_word(fixed);
        let is_whole = word.len() < fixed.len() || fixed.len() == self.source.len();
        let is_plain = !self.syntax.backslash_is_slash || !word.contains(['/', '\\']);
        (is_whole && is_plain).then_some(word)
    }

    /// What a text must match one of: the signs, and where their end is open the same without it.
    fn forms(&self) -> impl Iterator<Item = &[Sign]> {
        let shorter = match &*self.signs {
            [shorter @ .., Sign::Unit(0x20), Sign::Any] if self.syntax.open_end => Some(shorter),
            _ => None,
        };
        std::iter::once(&*self.signs).chain(shorter)
    }

    /// Whether every text that another pattern matches, matches this one too. Where this says no, it may
    /// be so all the same: signs of the other are held against signs of this one, as if each stood for
    /// something that nothing else stands for.
    pub fn covers(&self, other: &Wildcard) -> bool {
        let covers = |theirs: &[Sign]| self.forms().any(|own| covers(own, theirs));
        self.is_all() || (self.syntax == other.syntax && other.forms().all(covers))
    }

    /// A text that both patterns match; none where there is none, or the two are read in other ways.
    pub fn meet(&self, other: &Wildcard) -> Option<String> {
        if self.syntax != other.syntax {
            return None;
        }
        let pairs = self.forms().flat_map(|own| other.forms().map(move |theirs| (own, theirs)));
        pairs.into_iter().find_map(|(own, theirs)| meet(own, theirs))
    }

    /// Whether it is certain that no text matches both patterns.
    pub fn is_apart_from(&self, other: &Wildcard) -> bool {
        self.syntax == other.syntax && self.meet(other).is_none()
    }
}

/// What a text begins with, up to its first blank.
pub fn first_word(text: &str) -> &str {
    text.split([' ', '\t', '\n']).next().unwrap_or(text)
}

/// Whether signs match all that other signs match: a `*` stands for any signs, every other sign for one.
fn covers(own: &[Sign], theirs: &[Sign]) -> bool {
    is_match_by(own, theirs, |own, theirs| match own {
        Sign::One => theirs != Sign::Any,
        own => own == theirs,
    })
}

/// What stands for a sign that may be anything.
const ANY: u16 = b'x' as u16;

/// A text that both lists of signs match, if there is one.
fn meet(one: &[Sign], other: &[Sign]) -> Option<String> {
    let (width, height) = (one.len() + 1, other.len() + 1);
    // Whether what is left of both, from here on, can still meet.
    let mut open = vec![false; width * height];
    let steps = |at: usize, by: usize| {
        let (first, second) = (one.get(at), other.get(by));
        let both = match (first, second) {
            (Some(Sign::Unit(unit)), Some(Sign::Unit(same))) if unit == same => Some(*unit),
            (Some(Sign::Unit(unit)), Some(Sign::One))
            | (Some(Sign::One), Some(Sign::Unit(unit))) => Some(*unit),
            (Some(Sign::One), Some(Sign::One)) => Some(ANY),
            _ => None,
        };
        let unit = |sign: Option<&Sign>| match sign {
            Some(Sign::Unit(unit)) => Some(*unit),
            Some(Sign::One) => Some(ANY),
            _ => None,
        };
        let star = |sign: Option<&Sign>| sign == Some(&Sign::Any);
        let by_first = star(first).then(|| unit(second)).flatten();
        let by_second = star(second).then(|| unit(first)).flatten();
        [
            star(first).then_some((at + 1, by, None)),
            star(second).then_some((at, by + 1, None)),
            both.map(|unit| (at + 1, by + 1, Some(unit))),
            by_first.map(|unit| (at, by + 1, Some(unit))),
            by_second.map(|unit| (at + 1, by, Some(unit))),
        ]
    };
    for at in (0..width).rev() {
        for by in (0..height).rev() {
            let is_end = (at, by) == (one.len(), other.len());
            let mut next = steps(at, by).into_iter().flatten();
            open[at * height + by] = is_end || next.any(|(at, by, _)| open[at * height + by]);
        }
    }
    let (mut at, mut by, mut text) = (0, 0, Vec::new());
    while (at, by) != (one.len(), other.len()) {
        let mut next = steps(at, by).into_iter().flatten();
        let (next_at, next_by, unit) = next.find(|(at, by, _)| open[at * height + by])?;
        (at, by) = (next_at, next_by);
        text.extend(unit);
    }
    Some(String::from_utf16_lossy(&text))
}

fn is_match(signs: &[Sign], text: &[u16]) -> bool {
    is_match_by(signs, text, |sign, unit| sign == Sign::One || sign == Sign::Unit(unit))
}

/// Goes back to the last `*` only, so that the time is that of pattern times text at most.
fn is_match_by<T: Copy>(signs: &[Sign], text: &[T], is_one: impl Fn(Sign, T) -> bool) -> bool {
    let (mut sign, mut at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while at < text.len() {
        match signs.get(sign) {
            Some(Sign::Any) => {
                star = Some((sign, at));
                sign += 1;
            }
            Some(own) if is_one(*own, text[at]) => (sign, at) = (sign + 1, at + 1),
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
    fn a_pattern_covers_another_only_where_it_matches_all_of_its_texts() {
        let open = WildcardSyntax { question: true, backslash_is_slash: true, open_end: true };
        let plain = WildcardSyntax::default();
        let signs = ["", "a", "b", "*", "?", " ", " *", "a*", "*a", "a b", "\\", "/"];
        let patterns: Vec<String> =
            signs.iter().flat_map(|one| signs.map(|other| format!("{one}{other}"))).collect();
        let letters = ["", "a", "b", " ", "/", "\\", "x"];
        let two: Vec<String> =
            letters.iter().flat_map(|one| letters.map(|other| format!("{one}{other}"))).collect();
        let texts: Vec<String> = two
            .iter()
            .flat_map(|one| two.iter().map(move |other| format!("{one}{other}")))
            .collect();
        for syntax in [open, plain] {
            let all: Vec<(Wildcard, Vec<bool>)> = patterns
                .iter()
                .map(|pattern| Wildcard::new(pattern, syntax))
                .map(|own| (own.clone(), texts.iter().map(|text| own.matches(text)).collect()))
                .collect();
            let mut covered = 0;
            for (own, matched) in &all {
                for (other, theirs) in &all {
                    let is_within = theirs.iter().zip(matched).all(|(their, own)| own | !their);
                    assert!(is_within || !own.covers(other), "{own:?} {other:?}");
                    covered += usize::from(own.covers(other));
                    let meets = theirs.iter().zip(matched).any(|(their, own)| *own && *their);
                    assert!(!meets || !own.is_apart_from(other), "{own:?} {other:?}");
                    let both = own.meet(other);
                    assert!(both.is_none_or(|text| own.matches(&text) && other.matches(&text)));
                }
            }
            assert!(covered > patterns.len() * 10, "{covered}");
        }
    }

    #[test]
    fn a_first_word_is_that_of_every_text_that_matches() {
        let word =
            |pattern: &str, syntax| Wildcard::new(pattern, syntax).first_word().map(str::to_owned);
        for (pattern, first) in [
            ("git push *", Some("git")),
            ("git *", Some("git")),
            ("git", Some("git")),
            ("git*", None),
            ("* push", None),
            (" git*", Some("")),
        ] {
            assert_eq!(word(pattern, ALL).as_deref(), first, "{pattern}");
            assert_eq!(word(pattern, WildcardSyntax::default()).as_deref(), first, "{pattern}");
        }
        // A slash stands for a backslash as well, and `?` for any sign.
        assert_eq!(word("./x *", ALL), None);
        assert_eq!(word("g?t push", ALL), None);
        assert_eq!(word("g?t push", WildcardSyntax::default()).as_deref(), Some("g?t"));
    }

    #[test]
    fn a_hostile_pattern_takes_no_exponential_time() {
        let wildcard = Wildcard::new(&"a*".repeat(500), ALL);
        assert!(!wildcard.matches(&format!("{}b", "a".repeat(400))));
    }
}

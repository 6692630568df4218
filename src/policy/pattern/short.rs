//! Patterns followed by hand through a short text. To build the automaton of a large one takes a tenth
//! of a second or more, which nobody waits for who asks about a few words.

use std::sync::atomic::{AtomicU32, Ordering};

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};

/// Places in a text: bit `n` is the place before byte `n`.
type Places = u64;

/// How many texts are followed by hand; who asks about more has use for the automaton.
const FEW: u32 = 64;

/// A pattern that is followed by hand as long as that is worth it.
#[derive(Debug)]
pub(super) struct Short {
    hir: Hir,
    asked: AtomicU32,
}

impl Short {
    pub(super) fn new(hir: Hir) -> Short {
        Short { hir, asked: AtomicU32::new(0) }
    }

    /// Whether the pattern matches anywhere in a text; none where the text is longer than that can be
    /// told of, the pattern looks for what Go has no name for, or many texts were asked about.
    pub(super) fn is_match(&self, text: &str) -> Option<bool> {
        let everywhere = places(text, |_| true)?;
        (self.asked.load(Ordering::Relaxed) < FEW).then_some(())?;
        self.asked.fetch_add(1, Ordering::Relaxed);
        Some(behind(&self.hir, text, everywhere)? != 0)
    }
}

/// The places between characters of which something holds.
fn places(text: &str, holds: impl Fn(usize) -> bool) -> Option<Places> {
    (text.len() < Places::BITS as usize).then_some(())?;
    let places = (0..=text.len()).filter(|at| text.is_char_boundary(*at) && holds(*at));
    Some(places.map(|at| 1 << at).sum())
}

/// Where a part of a pattern may end that starts at one of some places.
fn behind(hir: &Hir, text: &str, from: Places) -> Option<Places> {
    Some(match hir.kind() {
        HirKind::Empty => from,
        HirKind::Literal(literal) => {
            let is_there = |at: usize| text.as_bytes()[at..].starts_with(&literal.0);
            (from & places(text, is_there)?) << literal.0.len()
        }
        HirKind::Class(class) => text
            .char_indices()
            .filter(|(at, one)| from & (1 << at) != 0 && holds(class, *one))
            .map(|(at, one)| 1 << (at + one.len_utf8()))
            .sum(),
        HirKind::Look(look) => from & looked_at(*look, text)?,
        HirKind::Repetition(repetition) => repeated(repetition, text, from)?,
        HirKind::Capture(capture) => behind(&capture.sub, text, from)?,
        HirKind::Concat(parts) => {
            parts.iter().try_fold(from, |from, part| behind(part, text, from))?
        }
        HirKind::Alternation(parts) => {
            parts.iter().try_fold(0, |all, part| Some(all | behind(part, text, from)?))?
        }
    })
}

fn holds(class: &Class, one: char) -> bool {
    match class {
        Class::Unicode(class) => {
            let ranges = class.ranges();
            let next = ranges.partition_point(|range| range.end() < one);
            ranges.get(next).is_some_and(|range| range.start() <= one)
        }
        Class::Bytes(class) => u8::try_from(one).is_ok_and(|byte| {
            byte.is_ascii()
                && class.iter().any(|range| (range.start()..=range.end()).contains(&byte))
        }),
    }
}

fn repeated(repetition: &Repetition, text: &str, from: Places) -> Option<Places> {
    let (mut all, mut at) = (0, from);
    for times in 0.. {
        let is_enough = times >= repetition.min;
        // What leads to no new place will not later either.
        if at == 0 || is_enough && at | all == all {
            break;
        }
        if is_enough {
            all |= at;
        }
        if repetition.max == Some(times) {
            break;
        }
        at = behind(&repetition.sub, text, at)?;
    }
    Some(all)
}

fn looked_at(look: Look, text: &str) -> Option<Places> {
    let bytes = text.as_bytes();
    let is_word = |at: Option<usize>| {
        let byte = at.and_then(|at| bytes.get(at));
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let is_edge = |at: usize| is_word(at.checked_sub(1)) != is_word(Some(at));
    let is_break =
        |at: Option<usize>| at.is_none_or(|at| bytes.get(at).is_none_or(|byte| *byte == b'\n'));
    match look {
        Look::Start => places(text, |at| at == 0),
        Look::End => places(text, |at| at == text.len()),
        Look::StartLF => places(text, |at| is_break(at.checked_sub(1))),
        Look::EndLF => places(text, |at| is_break(Some(at))),
        Look::WordAscii => places(text, is_edge),
        Look::WordAsciiNegate => places(text, |at| !is_edge(at)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use regex_syntax::ParserBuilder;

    use super::{FEW, Short};
    use crate::policy::Pattern;

    #[test]
    fn what_is_followed_by_hand_matches_what_the_automaton_does() {
        let texts =
            ["", "x", "ab", "aab", "../../etc/passwd", "a\nb", "日本", "é k", "DROP TABLE; --"];
        for source in [
            "",
            "a",
            "^a",
            "b$",
            "^ab?$",
            "(?m)^b$",
            "a{2}",
            "^a{1,2}b*$",
            "^(?:a|b){3}$",
            r"\bk",
            r"\B",
            r"^\B",
            r"(?i)^[\p{L}]{1,255}$",
            r"^(?:a*)*$",
            r"^(a|)+b",
            "[^a]b",
            ".",
            "^.*$",
            "(?s)^.{0,20}$",
            r"^[^\x00-\x{10FFFF}]*$",
            r"^\W+$",
            r"(?:[\w./-]{3}){2,}",
            "(?i)drop",
            "(){5}",
        ] {
            let pattern = Pattern::compile(source).unwrap();
            let hir = ParserBuilder::new().build().parse(pattern.translated()).unwrap();
            let short = Short::new(hir);
            for text in texts {
                assert_eq!(short.is_match(text), Some(pattern.is_match(text)), "{source} {text:?}");
            }
            assert_eq!(short.is_match(&"a".repeat(64)), None);
        }
    }

    #[test]
    fn many_texts_are_for_the_automaton() {
        let hir = ParserBuilder::new().build().parse("a").unwrap();
        let short = Short::new(hir);
        assert!((0..FEW).all(|_| short.is_match("a") == Some(true)));
        assert_eq!(short.is_match("a"), None);
    }
}

//! Patterns as automata. They are made when they are needed, so that a document of many takes no more
//! than those at work.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use regex::{Error, Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

use super::short::Short;
use super::translate::NEST_LIMIT;
use super::whole::Whole;

/// What a compiled pattern may take, in bytes; as much as Go allows its own.
const SIZE_LIMIT: usize = 128 << 20;

/// What one may take that is small, in bytes.
const SMALL: usize = 1 << 20;

/// What the most that one may take is, in bytes, if it surely is large.
const LARGE: usize = 8 * SMALL;

/// How many large ones are at hand, whoever asked for them last.
const AT_HAND: usize = 4;

/// The large ones that were asked for last, by what they were made of.
static LATEST: Mutex<VecDeque<(String, Regex)>> = Mutex::new(VecDeque::new());

/// A pattern that can be compiled. A small one is made once for all its copies; a large one is kept by who
/// matches with it, not by its copies.
#[derive(Clone, Debug)]
pub(super) struct Compiled {
    large: OnceLock<Box<Regex>>,
    shared: Arc<Shared>,
}

/// What all copies of a pattern have in common.
#[derive(Debug, Default)]
struct Shared {
    small: OnceLock<Regex>,
    whole: Whole,
    /// What a large one is followed by until its automaton is made.
    short: Option<Short>,
    is_large: bool,
}

impl Compiled {
    /// Compiles a translated pattern, or says in Go's words why that cannot be.
    pub(super) fn new(translated: &str) -> Result<Compiled, String> {
        let parsed = ParserBuilder::new().nest_limit(NEST_LIMIT).build().parse(translated).ok();
        let most = parsed.as_ref().map(most_bytes);
        let of = |shared| Ok(Compiled { large: OnceLock::new(), shared: Arc::new(shared) });
        let later = |short: Option<Hir>| {
            let (is_large, short) = (short.is_some(), short.map(Short::new));
            of(Shared { short, is_large, ..Shared::default() })
        };
        // That it can be built is known without.
        match most {
            Some(0..SMALL) => return later(None),
            Some(LARGE..SIZE_LIMIT) => return later(parsed),
            _ => {}
        }
        match build(translated, SMALL) {
            Ok(regex) => of(Shared { small: regex.into(), ..Shared::default() }),
            Err(Error::CompiledTooBig(_)) => {
                large(translated)?;
                later(parsed)
            }
            Err(other) => Err(other.to_string()),
        }
    }

    /// Whether it takes much to follow the pattern.
    pub(super) fn is_large(&self) -> bool {
        self.shared.is_large
    }

    /// Whether a large one whose automaton is still to be made matches in a short text; none where that
    /// is to be asked of the automaton.
    pub(super) fn of_short(&self, text: &str) -> Option<bool> {
        let short = self.shared.short.as_ref().filter(|_| self.large.get().is_none());
        short?.is_match(text)
    }

    /// Whether a small one that is asked about many texts matches in one; none where that is to be asked of
    /// the automaton.
    pub(super) fn of_whole(&self, translated: &str, text: &str) -> Option<bool> {
        (!self.is_large()).then(|| self.shared.whole.is_match(translated, text))?
    }

    /// The automaton of the pattern that it was made of.
    pub(super) fn regex(&self, translated: &str) -> &Regex {
        let small = || build(translated, SIZE_LIMIT).map_err(|error| error.to_string());
        let made = |regex: Result<Regex, String>| regex.expect("it can be compiled");
        match self.is_large() {
            true => self.large.get_or_init(|| Box::new(made(large(translated)))),
            false => self.shared.small.get_or_init(|| made(small())),
        }
    }
}

/// The most that the automaton of a pattern may take, in bytes: a state for each byte that it reads,
/// with what `regex-automata` needs for one.
fn most_bytes(hir: &Hir) -> usize {
    const STATE: usize = 48;
    let of = |states: usize| states.saturating_mul(STATE);
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => of(1),
        HirKind::Literal(literal) => of(literal.0.len()),
        HirKind::Class(Class::Bytes(class)) => of(class.ranges().len()),
        HirKind::Class(Class::Unicode(class)) => {
            let sequences = class.iter().flat_map(|one| Utf8Sequences::new(one.start(), one.end()));
            of(sequences.map(|sequence| sequence.len()).sum())
        }
        HirKind::Capture(capture) => most_bytes(&capture.sub).saturating_add(of(2)),
        HirKind::Repetition(repetition) => {
            let times = repetition.max.unwrap_or(repetition.min.saturating_add(1)).max(1) as usize;
            most_bytes(&repetition.sub).saturating_add(of(2)).saturating_mul(times)
        }
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(most_bytes).fold(of(2 * parts.len()), usize::saturating_add)
        }
    }
}

/// A large one: that of the last time, or a new one.
fn large(translated: &str) -> Result<Regex, String> {
    let latest = || LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, regex)) = latest().iter().find(|(of, _)| of == translated) {
        return Ok(regex.clone());
    }
    let regex = build(translated, SIZE_LIMIT).map_err(|error| match error {
        Error::CompiledTooBig(_) => "expression too large".to_owned(),
        other => other.to_string(),
    })?;
    let mut latest = latest();
    latest.push_back((translated.to_owned(), regex.clone()));
    if latest.len() > AT_HAND {
        latest.pop_front();
    }
    Ok(regex)
}

fn build(translated: &str, size_limit: usize) -> Result<Regex, Error> {
    RegexBuilder::new(translated).size_limit(size_limit).nest_limit(NEST_LIMIT).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_compiled_when_it_is_needed() {
        let small = Compiled::new("^a+$").unwrap();
        assert!(!small.is_large() && small.shared.small.get().is_none());
        assert!(small.regex("^a+$").is_match("aa") && !small.regex("^a+$").is_match("b"));
        assert!(small.clone().shared.small.get().is_some(), "a copy has what was made");
        let pattern = r"^[\p{L}\p{N}]{1,255}$";
        let large = Compiled::new(pattern).unwrap();
        assert!(large.is_large() && large.large.get().is_none());
        assert!(large.regex(pattern).is_match("é1") && !large.regex(pattern).is_match("-"));
        // What is known to be small enough without being built can be built.
        let large = [pattern, r"(?i)^\p{L}{1,1000}$", r"(\w|\pL\pN?){400}", r"(?:[^a]{90}){9}"];
        let small = ["", "a", "^a+$", r"\bab|(c)?", "[^a]", "(?i)ab{3,9}$", r"^\pL$"];
        for pattern in large.into_iter().chain(small) {
            let hir = ParserBuilder::new().build().parse(pattern).unwrap();
            let most = most_bytes(&hir);
            assert!(
                most >= SIZE_LIMIT || build(pattern, most.max(SMALL)).is_ok(),
                "{pattern} {most}"
            );
        }
        assert!(matches!(build(r"\pL", 1 << 10), Err(Error::CompiledTooBig(_))));
    }
}

//! Small patterns as automata that are made as a whole. To follow one takes no memory that is filled on
//! the way, for which threads would wait for each other.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use regex_automata::Input;
use regex_automata::dfa::dense::{self, Config, DFA};
use regex_automata::dfa::{Automaton, StartKind};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::syntax;

use super::compiled::NEST_LIMIT;

/// How many texts are asked about before the automaton is made: for fewer it is not worth it.
pub(super) const FEW: u32 = 64;

/// What an automaton may take, in bytes, and what may be needed to make it.
const MOST: usize = 64 << 10;

/// The automaton of a pattern, once it is worth it; none for one that takes too much.
#[derive(Debug, Default)]
pub(super) struct Whole {
    asked: AtomicU32,
    made: OnceLock<Option<DFA<Vec<u32>>>>,
}

impl Whole {
    /// Whether a translated pattern, always the same one, matches anywhere in a text; none where that is to be
    /// asked of another automaton.
    pub(super) fn is_match(&self, translated: &str, text: &str) -> Option<bool> {
        if self.asked.load(Ordering::Relaxed) < FEW {
            self.asked.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        let automaton = self.made.get_or_init(|| make(translated)).as_ref()?;
        let found = automaton.try_search_fwd(&Input::new(text).earliest(true));
        found.ok().map(|place| place.is_some())
    }
}

fn make(translated: &str) -> Option<DFA<Vec<u32>>> {
    let limits = Config::new().dfa_size_limit(Some(MOST)).determinize_size_limit(Some(4 * MOST));
    let thompson = thompson::Config::new().which_captures(WhichCaptures::None);
    dense::Builder::new()
        .configure(limits.start_kind(StartKind::Unanchored))
        .syntax(syntax::Config::new().nest_limit(NEST_LIMIT))
        .thompson(thompson.nfa_size_limit(Some(MOST)))
        .build(translated)
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_automaton_is_made_for_who_asks_often() {
        let whole = Whole::default();
        assert!((0..FEW).all(|_| whole.is_match("^a+$", "aa").is_none()));
        assert_eq!(whole.is_match("^a+$", "aa"), Some(true));
        assert_eq!(whole.is_match("^a+$", "ab"), Some(false));
        assert!(make(r"^[\pL\pN]{1,64}$").is_none(), "it takes too much");
    }
}

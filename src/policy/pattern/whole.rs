//! Small patterns as automata that are made as a whole. To follow one takes no memory that is filled on
//! the way, for which threads would wait for each other.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use regex_automata::Input;
use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Config, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::syntax;

use super::translate::NEST_LIMIT;

/// How many texts are asked about before the automaton is made: for fewer it is not worth it.
pub(super) const FEW: u32 = 64;

/// How many states an automaton may have.
const MOST_STATES: usize = 512;

/// What may be needed to make it, in bytes.
const MOST_BYTES: usize = 1 << 20;

/// The automaton of a pattern, once it is worth it; none for one that is large.
#[derive(Debug, Default)]
pub(super) struct Whole {
    asked: AtomicU32,
    made: OnceLock<Option<Automaton>>,
}

/// An automaton over the bytes of a text.
#[derive(Debug)]
struct Automaton {
    /// Which bytes are told apart: the class of each.
    classes: [u8; 256],
    class_count: usize,
    /// The state that follows each state by each class, state by state.
    next: Vec<u16>,
    /// Whether the pattern is found where the text ends in a state.
    found_at_end: Vec<bool>,
}

/// The pattern was found; what follows takes nothing back.
const FOUND: u16 = 0;

/// The pattern can no longer be found.
const NEVER: u16 = 1;

/// The state in which a text begins.
const START: u16 = 2;

impl Whole {
    /// Whether a translated pattern, always the same one, matches anywhere in a text; none where that is to be
    /// asked of another automaton. It must have no `\B`, which holds between the bytes of a character.
    pub(super) fn is_match(&self, translated: &str, text: &str) -> Option<bool> {
        if self.asked.load(Ordering::Relaxed) < FEW {
            self.asked.fetch_add(1, Ordering::Relaxed);
            return None;
        }
        self.made.get_or_init(|| Automaton::new(translated)).as_ref().map(|made| made.finds(text))
    }
}

impl Automaton {
    fn new(translated: &str) -> Option<Automaton> {
        let config = Config::new().skip_cache_capacity_check(true).cache_capacity(MOST_BYTES);
        let thompson = thompson::Config::new().which_captures(WhichCaptures::None);
        let dfa = DFA::builder()
            // States are known by their numbers, so they must never be given up.
            .configure(config.minimum_cache_clear_count(Some(0)))
            .syntax(syntax::Config::new().nest_limit(NEST_LIMIT))
            .thompson(thompson.nfa_size_limit(Some(MOST_BYTES)))
            .build(translated)
            .ok()?;
        let mut cache = dfa.create_cache();
        let mut classes = [0; 256];
        let mut bytes = Vec::new();
        for byte in 0..=u8::MAX {
            let class = dfa.byte_classes().get(byte);
            classes[usize::from(byte)] = class;
            if usize::from(class) == bytes.len() {
                bytes.push(byte);
            }
        }
        let start = dfa.start_state_forward(&mut cache, &Input::new("")).ok()?;
        let mut states = vec![start];
        let mut numbers = HashMap::from([(start, START)]);
        let mut number = |state: LazyStateID, states: &mut Vec<LazyStateID>| match state {
            _ if state.is_match() => Some(FOUND),
            _ if state.is_dead() => Some(NEVER),
            _ if state.is_quit() => None,
            _ => match numbers.entry(state) {
                Entry::Occupied(known) => Some(*known.get()),
                Entry::Vacant(_) if states.len() == MOST_STATES => None,
                Entry::Vacant(new) => {
                    states.push(state);
                    Some(*new.insert(START + states.len() as u16 - 1))
                }
            },
        };
        let fixed = [FOUND, NEVER].into_iter().flat_map(|state| bytes.iter().map(move |_| state));
        let mut next: Vec<u16> = fixed.collect();
        let mut found_at_end = vec![true, false];
        let mut at = 0;
        while let Some(state) = states.get(at).copied() {
            for byte in &bytes {
                let state = dfa.next_state(&mut cache, state, *byte).ok()?;
                next.push(number(state, &mut states)?);
            }
            found_at_end.push(dfa.next_eoi_state(&mut cache, state).ok()?.is_match());
            at += 1;
        }
        Some(Automaton { classes, class_count: bytes.len(), next, found_at_end })
    }

    fn finds(&self, text: &str) -> bool {
        let mut state = START;
        for byte in text.bytes() {
            let class = usize::from(self.classes[usize::from(byte)]);
            state = self.next[usize::from(state) * self.class_count + class];
            if state <= NEVER {
                return state == FOUND;
            }
        }
        self.found_at_end[usize::from(state)]
    }
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
        assert!(Automaton::new(r"^[\pL\pN]{1,64}$").is_none(), "it is large");
    }
}

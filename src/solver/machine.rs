//! A pattern as a lazy automaton over the bytes of a text.

use std::cell::RefCell;

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

use super::Why;
use crate::policy::Pattern;

/// What one pattern may take for its states, in bytes.
const CACHE_SIZE: usize = 24 << 20;

/// What one pattern may take before it is made lazy, in bytes.
const NFA_SIZE: usize = 8 << 20;

/// Patterns that were read nest no deeper than this.
const NEST_LIMIT: u32 = 2_000;

/// A pattern that is followed byte by byte, until it is found anywhere in the text.
pub(super) struct Machine {
    dfa: DFA,
    cache: RefCell<Cache>,
    start: At,
}

/// How far a machine has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum At {
    /// Not decided yet.
    Live(LazyStateID),
    /// The pattern was found; nothing that follows takes it back.
    Found,
    /// The pattern can no longer be found.
    Never,
}

impl Machine {
    /// The machine of a pattern.
    pub(super) fn of_pattern(pattern: &Pattern) -> Result<Machine, Why> {
        let translated = pattern.translated();
        match pattern.has_not_boundary() {
            // `\B` holds between the bytes of a character too, where the engine does not look. What
            // comes before the pattern is made of whole characters, so that it does not begin there.
            true => Machine::new(&format!("(?s:.)*(?:{translated})"), Anchored::Yes),
            false => Machine::new(translated, Anchored::No),
        }
    }

    /// The machine that finds a text.
    pub(super) fn of_text(text: &str) -> Result<Machine, Why> {
        Machine::new(&regex_syntax::escape(text), Anchored::No)
    }

    fn new(pattern: &str, anchored: Anchored) -> Result<Machine, Why> {
        let config = Config::new()
            .cache_capacity(CACHE_SIZE)
            .skip_cache_capacity_check(true)
            // States are remembered by their number, so the cache must never be cleared.
            .minimum_cache_clear_count(Some(0));
        let dfa = DFA::builder()
            .configure(config)
            .syntax(syntax::Config::new().nest_limit(NEST_LIMIT))
            .thompson(thompson::Config::new().nfa_size_limit(Some(NFA_SIZE)))
            .build(pattern)
            .map_err(|_| Why::Pattern)?;
        let mut cache = dfa.create_cache();
        let input = Input::new("").anchored(anchored);
        let start = dfa.start_state_forward(&mut cache, &input).map_err(|_| Why::Pattern)?;
        let start = At::of(start)?;
        Ok(Machine { dfa, cache: RefCell::new(cache), start })
    }

    pub(super) fn start(&self) -> At {
        self.start
    }

    /// Which bytes the machine does not tell apart: a number for each.
    pub(super) fn class(&self, byte: u8) -> u8 {
        self.dfa.byte_classes().get(byte)
    }

    pub(super) fn next(&self, at: At, byte: u8) -> Result<At, Why> {
        let At::Live(state) = at else { return Ok(at) };
        let cache = &mut self.cache.borrow_mut();
        At::of(self.dfa.next_state(cache, state, byte).map_err(|_| Why::TooManyStates)?)
    }

    /// Whether the pattern is found when the text ends here.
    pub(super) fn is_found(&self, at: At) -> Result<bool, Why> {
        let At::Live(state) = at else { return Ok(at == At::Found) };
        let cache = &mut self.cache.borrow_mut();
        let end = self.dfa.next_eoi_state(cache, state).map_err(|_| Why::TooManyStates)?;
        Ok(end.is_match())
    }
}

impl At {
    fn of(state: LazyStateID) -> Result<At, Why> {
        Ok(match state {
            _ if state.is_match() => At::Found,
            _ if state.is_dead() => At::Never,
            _ if state.is_quit() => return Err(Why::Pattern),
            _ => At::Live(state),
        })
    }
}

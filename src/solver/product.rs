//! The shortest text that some patterns are found in and others are not.

use std::collections::{HashMap, HashSet, VecDeque};

use smallvec::SmallVec;

use super::Why;
use super::answer::Found;
use super::budget::Budget;
use super::machine::{At, Machine};
use super::utf8::Utf8;

/// Machines that must find their pattern (`true`) or must not.
pub(super) type Wanted<'m> = (&'m Machine, bool);

/// Where all machines are, which of the excluded texts may still follow, and how much of a
/// character is missing.
#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    machines: SmallVec<[At; 4]>,
    excluded: Option<u32>,
    utf8: Utf8,
}

/// In which order states are visited.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strategy {
    /// The shortest texts first.
    Breadth,
    /// Ever longer texts, for when the shortest one is too long for that.
    Depth,
}

/// Searches breadth first, so that the text is as short as can be; of equally short ones the most
/// readable. None of the `excluded` texts is it. No more than so many states are visited.
pub(super) fn shortest_text(
    wanted: &[Wanted<'_>],
    excluded: &[&str],
    states: usize,
    budget: &Budget,
) -> Found<String> {
    let mut found = search(wanted, excluded, Strategy::Breadth, states, budget);
    if found == Err(Why::TooManyStates)
        && let Ok(Some(text)) = search(wanted, excluded, Strategy::Depth, states / 4, budget)
    {
        found = Ok(Some(text));
    }
    match found {
        Ok(Some(text)) => Found::One(text),
        Ok(None) => Found::None,
        Err(why) => Found::Unknown(why),
    }
}

fn search(
    wanted: &[Wanted<'_>],
    excluded: &[&str],
    strategy: Strategy,
    most: usize,
    budget: &Budget,
) -> Result<Option<String>, Why> {
    let trie = Trie::new(excluded);
    let bytes = representatives(wanted, excluded);
    let start = State {
        machines: wanted.iter().map(|(machine, _)| machine.start()).collect(),
        excluded: Some(0),
        utf8: Utf8::BOUNDARY,
    };
    if is_hopeless(&start, wanted) {
        return Ok(None);
    }
    if is_goal(&start, wanted, &trie)? {
        return Ok(Some(String::new()));
    }
    // How each state was reached: from which one, by which byte.
    let mut reached: Vec<(u32, u8)> = vec![(0, 0)];
    let mut known: HashSet<State> = HashSet::from([start.clone()]);
    let mut waiting = VecDeque::from([(0, start)]);
    while let Some((number, state)) = next_state(&mut waiting, strategy) {
        budget.step()?;
        for byte in &bytes {
            let Some(next) = step(&state, wanted, &trie, *byte)? else { continue };
            if known.contains(&next) {
                continue;
            }
            if reached.len() >= most {
                return Err(Why::TooManyStates);
            }
            let new = reached.len() as u32;
            reached.push((number, *byte));
            if is_goal(&next, wanted, &trie)? {
                return Ok(Some(spell(&reached, new)));
            }
            known.insert(next.clone());
            waiting.push_back((new, next));
        }
    }
    Ok(None)
}

fn next_state(waiting: &mut VecDeque<(u32, State)>, strategy: Strategy) -> Option<(u32, State)> {
    match strategy {
        Strategy::Breadth => waiting.pop_front(),
        Strategy::Depth => waiting.pop_back(),
    }
}

fn step(state: &State, wanted: &[Wanted<'_>], trie: &Trie, byte: u8) -> Result<Option<State>, Why> {
    let Some(utf8) = state.utf8.next(byte) else { return Ok(None) };
    let mut machines = SmallVec::with_capacity(wanted.len());
    for ((machine, _), at) in wanted.iter().zip(&state.machines) {
        machines.push(machine.next(*at, byte)?);
    }
    let excluded = state.excluded.and_then(|node| trie.next(node, byte));
    let next = State { machines, excluded, utf8 };
    Ok((!is_hopeless(&next, wanted)).then_some(next))
}

/// Whether nothing that follows can make it the text that is wanted.
fn is_hopeless(state: &State, wanted: &[Wanted<'_>]) -> bool {
    let fails = |((_, wanted), at): (&Wanted<'_>, &At)| match at {
        At::Found => !wanted,
        At::Never => *wanted,
        At::Live(_) => false,
    };
    wanted.iter().zip(&state.machines).any(fails)
}

fn is_goal(state: &State, wanted: &[Wanted<'_>], trie: &Trie) -> Result<bool, Why> {
    if state.utf8 != Utf8::BOUNDARY || state.excluded.is_some_and(|node| trie.is_end(node)) {
        return Ok(false);
    }
    for ((machine, wanted), at) in wanted.iter().zip(&state.machines) {
        if machine.is_found(*at)? != *wanted {
            return Ok(false);
        }
    }
    Ok(true)
}

fn spell(reached: &[(u32, u8)], mut number: u32) -> String {
    let mut bytes = Vec::new();
    while number != 0 {
        let (from, byte) = reached[number as usize];
        bytes.push(byte);
        number = from;
    }
    bytes.reverse();
    String::from_utf8(bytes).expect("every step was one of UTF-8")
}

/// What tells bytes apart: their part in UTF-8, whether an excluded text spells them, and each
/// machine.
type Class = (u8, Option<u8>, SmallVec<[u8; 4]>);

/// One byte of each class that nothing tells apart, the most readable first.
fn representatives(wanted: &[Wanted<'_>], excluded: &[&str]) -> Vec<u8> {
    let mut is_spelt = [false; 256];
    excluded.iter().flat_map(|text| text.bytes()).for_each(|byte| is_spelt[byte as usize] = true);
    let mut seen: HashSet<Class> = HashSet::new();
    let mut bytes = Vec::new();
    for byte in readable_first() {
        let classes = wanted.iter().map(|(machine, _)| machine.class(byte)).collect();
        let own = is_spelt[byte as usize].then_some(byte);
        if seen.insert((Utf8::class(byte), own, classes)) {
            bytes.push(byte);
        }
    }
    bytes
}

/// All bytes: letters and digits, then marks, then what starts and continues Latin and other
/// letters, then the rest.
fn readable_first() -> impl Iterator<Item = u8> {
    const FIRST: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./:@ ";
    let letters = [0xc3, 0xa9, 0xe4, 0xb8, 0xf0, 0x9f];
    let is_first = move |byte: &u8| FIRST.contains(byte) || letters.contains(byte);
    let printable = (0x21..=0x7e).filter(move |byte| !is_first(byte));
    let rest = (0..=255u8).filter(move |byte| !(0x21..=0x7e).contains(byte) && !is_first(byte));
    FIRST.iter().copied().chain(printable).chain(letters).chain(rest)
}

/// The excluded texts, byte by byte.
struct Trie(Vec<(HashMap<u8, u32>, bool)>);

impl Trie {
    fn new(texts: &[&str]) -> Trie {
        let mut nodes: Vec<(HashMap<u8, u32>, bool)> = vec![(HashMap::new(), false)];
        for text in texts {
            let mut at = 0;
            for byte in text.bytes() {
                let new = nodes.len() as u32;
                let next = *nodes[at as usize].0.entry(byte).or_insert(new);
                if next == new {
                    nodes.push((HashMap::new(), false));
                }
                at = next;
            }
            nodes[at as usize].1 = true;
        }
        Trie(nodes)
    }

    fn next(&self, node: u32, byte: u8) -> Option<u32> {
        self.0[node as usize].0.get(&byte).copied()
    }

    fn is_end(&self, node: u32) -> bool {
        self.0[node as usize].1
    }
}

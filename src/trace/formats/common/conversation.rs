//! Conversations that are told again and again: every request to a model repeats what was said before.
//!
//! A message is known by what it says and by all messages before it, so that only the common beginning
//! of two conversations is a repetition, and an id that is used again in another is not.

use std::collections::{HashMap, HashSet, VecDeque};
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::LazyLock;

use crate::trace::json;

/// What hashes rest on: the same in all files of a trace, another in every process.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// How many calls of a conversation may wait for their answers: more than wait for anything.
const MAX_OPEN: usize = 4_096;

/// All that was told in a file, as far as it tells what is told again.
#[derive(Debug, Default)]
pub(in crate::trace) struct Conversations {
    /// The messages up to the first with calls of each conversation.
    told: HashMap<u64, Told>,
    /// Those behind it that have calls: eight bytes each. No others need be known there.
    called: HashSet<u64>,
    count: u32,
}

/// What is known of a message that was told.
#[derive(Clone, Copy, Debug)]
struct Told {
    /// The number of the conversation that it belongs to, from 0.
    conversation: u32,
    /// Whether a telling ended with it.
    is_end: bool,
    /// Whether another message followed.
    goes_on: bool,
}

impl Told {
    /// Whether what follows goes on with the conversation, instead of beginning like it.
    fn is_open(self) -> bool {
        self.is_end && !self.goes_on
    }
}

/// A conversation as far as it has been followed.
#[derive(Clone, Debug, Default)]
pub(in crate::trace) struct Thread {
    /// What stands for all messages so far.
    place: u64,
    /// The conversation, once a message was new; until then that of the latest message.
    conversation: Option<u32>,
    has_calls: bool,
    is_open: bool,
    /// The latest calls that were not answered: what stands for their ids, and what tells them from all
    /// others.
    open: VecDeque<(u64, u64)>,
}

/// What is known of a message when it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::trace) struct Step {
    /// Whether it was not told before; of one without calls that is known only up to the first call.
    pub(in crate::trace) is_new: bool,
    /// The number of its conversation, from 0.
    pub(in crate::trace) conversation: u32,
    /// Whether the conversation begins with it, but for what it has in common with others.
    pub(in crate::trace) begins: bool,
}

/// What stands for something in this process.
pub(in crate::trace) fn hash(what: impl Hash) -> u64 {
    HASHER.hash_one(what)
}

/// What stands for a JSON value in this process, however it is laid out.
pub(in crate::trace) fn hash_json(json: &str) -> u64 {
    json::hash_value(json, &*HASHER)
}

/// Hashes what comes in pieces.
pub(in crate::trace) fn hasher() -> impl Hasher {
    HASHER.build_hasher()
}

impl Conversations {
    /// Follows a conversation by a message.
    pub(in crate::trace) fn follow(
        &mut self,
        thread: &mut Thread,
        message: u64,
        calls: bool,
    ) -> Step {
        let before = thread.place;
        thread.place = hash((before, message));
        if let Some(conversation) = thread.conversation.filter(|_| thread.has_calls) {
            let is_new = calls && self.called.insert(thread.place);
            return Step { is_new, conversation, begins: false };
        }
        if let Some(told) = self.told.get(&thread.place) {
            thread.conversation = Some(told.conversation);
            thread.is_open = told.is_open();
            thread.has_calls = calls;
            return Step { is_new: false, conversation: told.conversation, begins: false };
        }
        // A beginning without a call, such as instructions or a question that is asked again, is common
        // to many conversations.
        let continues = thread.conversation.filter(|_| thread.is_open);
        if let Some(told) = self.told.get_mut(&before) {
            told.goes_on = true;
        }
        let conversation = continues.unwrap_or(self.count);
        if continues.is_none() {
            self.count += 1;
        }
        (thread.conversation, thread.is_open) = (Some(conversation), true);
        thread.has_calls = calls;
        self.told.insert(thread.place, Told { conversation, is_end: false, goes_on: false });
        Step { is_new: true, conversation, begins: continues.is_none() }
    }

    /// Says that a telling ends here.
    pub(in crate::trace) fn end(&mut self, thread: &mut Thread) {
        if let Some(told) = self.told.get_mut(&thread.place) {
            told.is_end = true;
            thread.is_open = told.is_open();
        }
    }
}

impl Thread {
    /// A conversation that goes on from an answer that it does not repeat, by that one's id.
    pub(in crate::trace) fn after(answer: &str) -> Thread {
        Thread { place: hash(answer), ..Thread::default() }
    }

    /// What tells a call of the latest message from all other calls, by its number in the message.
    pub(in crate::trace) fn key(&self, number: usize) -> u64 {
        // None has the key that stands for none.
        hash((self.place, number)).max(1)
    }

    /// Says that a call waits for its answer.
    pub(in crate::trace) fn open(&mut self, id: &str, key: u64) {
        if self.open.len() == MAX_OPEN {
            self.open.pop_front();
        }
        self.open.push_back((hash(id), key));
    }

    /// The key of the call that is answered: the first of its id, or the first without one.
    pub(in crate::trace) fn answer(&mut self, id: &str) -> Option<u64> {
        let id = hash(id);
        let index = self.open.iter().position(|(open, _)| *open == id)?;
        self.open.remove(index).map(|(_, key)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tells messages, those in capitals with a call, and gives the conversation of each new one.
    fn tell(conversations: &mut Conversations, messages: &str) -> Vec<u32> {
        let mut thread = Thread::default();
        let mut new = Vec::new();
        for message in messages.chars() {
            let step = conversations.follow(&mut thread, hash(message), message.is_uppercase());
            new.extend(step.is_new.then_some(step.conversation));
        }
        conversations.end(&mut thread);
        new
    }

    #[test]
    fn only_a_common_beginning_is_a_repetition() {
        let mut told = Conversations::default();
        assert_eq!(tell(&mut told, "uA"), [0, 0]);
        assert_eq!(tell(&mut told, "uArB"), [0], "it goes on");
        assert_eq!(tell(&mut told, "uArC"), [0], "it branches behind a call");
        assert_eq!(tell(&mut told, "vA"), [1, 1]);
        assert!(tell(&mut told, "uArB").is_empty());
    }

    #[test]
    fn conversations_may_begin_alike() {
        let mut told = Conversations::default();
        assert_eq!(tell(&mut told, "suA"), [0, 0, 0]);
        assert_eq!(tell(&mut told, "suB"), [1]);
        assert_eq!(tell(&mut told, "svB"), [2, 2]);
        assert_eq!(tell(&mut told, "x"), [3]);
        assert_eq!(tell(&mut told, "xA"), [3], "it is answered");
        assert_eq!(tell(&mut told, "xB"), [4], "it is asked again");
    }

    #[test]
    fn calls_of_one_id_are_answered_in_their_order() {
        let mut thread = Thread::default();
        thread.open("a", 1);
        thread.open("a", 2);
        thread.open("", 3);
        assert_eq!(
            (thread.answer("a"), thread.answer(""), thread.answer("a")),
            (Some(1), Some(3), Some(2))
        );
        assert_eq!(thread.answer("a"), None);
    }
}

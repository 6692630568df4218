//! Calls that stand in several files of a trace count once.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashMap;

use super::block::Block;
use crate::engine::Outcome;
use crate::trace::formats::Format;
use crate::trace::record::{CallResult, Record, Toolset};

/// A hash in halves, so that an entry of a table has twelve bytes and not sixteen.
type Key = [u32; 2];

/// The calls that were seen, by their hashes.
#[derive(Debug, Default)]
pub(in crate::trace) struct Repeated {
    seen: HashMap<Key, Seen>,
    /// What only later copies tell of calls.
    later: HashMap<Key, (CallResult, Option<Outcome>)>,
    /// Whether something was told of a call that was given out before.
    is_late: bool,
    hasher: RandomState,
}

/// The file of a call, and in the lowest bit whether it is known what came of it.
#[derive(Clone, Copy, Debug)]
struct Seen(u32);

impl Seen {
    fn new(file: u32, is_told: bool) -> Seen {
        Seen(file << 1 | u32::from(is_told))
    }

    fn file(self) -> u32 {
        self.0 >> 1
    }

    fn is_told(self) -> bool {
        self.0 & 1 == 1
    }
}

impl Repeated {
    /// Begins to read the trace anew. What copies tell is not forgotten.
    pub(in crate::trace) fn begin(&mut self) {
        self.seen.clear();
        self.is_late = false;
    }

    /// Whether a copy told something of a call that was given out before, so that it is worth it to
    /// begin anew.
    pub(in crate::trace) fn is_late(&self) -> bool {
        self.is_late
    }

    /// Takes those calls out of a block that stood in another file before.
    pub(in crate::trace) fn take_out(&mut self, block: &mut Block, format: Format) {
        let is_of_agent = format.toolset() != Toolset::Server;
        let file = block.file;
        block.calls.retain_mut(|call| match call {
            Ok(call) => self.is_new(call, is_of_agent, file),
            Err(_) => true,
        });
    }

    /// Whether a call was not seen in another file before; now it was, and has what a copy tells of it.
    fn is_new(&mut self, call: &mut Record<'_>, is_of_agent: bool, file: u32) -> bool {
        let keys = self.keys(call, is_of_agent);
        let keys = || keys.iter().flatten();
        let is_told =
            |call: &Record<'_>| call.result != CallResult::Unknown || call.decision.is_some();
        let known = keys().find_map(|key| self.seen.get(key).filter(|seen| seen.file() != file));
        if let Some(known) = known.copied() {
            if is_told(call) && !known.is_told() {
                let told = (call.result, call.decision);
                keys().for_each(|key| _ = self.later.insert(*key, told));
                self.is_late = true;
            }
            let seen = Seen::new(known.file(), known.is_told() || is_told(call));
            keys().for_each(|key| _ = self.seen.insert(*key, seen));
            return false;
        }
        if !is_told(call)
            && let Some((result, decision)) = keys().find_map(|key| self.later.get(key))
        {
            (call.result, call.decision) = (*result, *decision);
        }
        keys().for_each(|key| _ = self.seen.insert(*key, Seen::new(file, is_told(call))));
        true
    }

    /// By what copies of a call are known; none for a call of which nothing tells them from others. A
    /// session names its calls; a transcript that goes on from another may have another session, and
    /// has the calls with their times.
    fn keys(&self, call: &Record<'_>, is_of_agent: bool) -> [Option<Key>; 2] {
        let halves = |hash: u64| [hash as u32, (hash >> 32) as u32];
        if call.copy_key != 0 {
            return [Some(halves(call.copy_key)), None];
        }
        if call.id.is_empty() {
            return [None, None];
        }
        let of_session = (is_of_agent && !call.session.is_empty())
            .then(|| self.hasher.hash_one((&call.session, &call.id)));
        let of_time = call.time.is_some().then(|| {
            self.hasher.hash_one((
                &call.id,
                call.time,
                &call.server,
                &call.tool,
                call.arguments.json(),
            ))
        });
        [of_session, of_time].map(|hash| hash.map(halves))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::record::{GrantBy, parse};

    fn call(line: &str) -> Record<'_> {
        parse(line, &GrantBy::Grant).unwrap()
    }

    #[test]
    fn copies_are_known_by_session_or_time_and_nothing_else() {
        let mut repeated = Repeated::default();
        let mut is_new = |line, file| repeated.is_new(&mut call(line), true, file);
        let first = r#"{"tool":"t","id":"1","session":"a","ts":1}"#;
        assert!(is_new(first, 0) && is_new(first, 0), "one file may use an id again");
        assert!(!is_new(r#"{"tool":"t","id":"1","session":"a","ts":2}"#, 1));
        assert!(!is_new(r#"{"tool":"t","id":"1","session":"fork","ts":1}"#, 1));
        assert!(is_new(r#"{"tool":"t","id":"1","session":"b","ts":3}"#, 1));
        assert!(is_new(r#"{"tool":"t","id":"1"}"#, 0) && is_new(r#"{"tool":"t","id":"1"}"#, 1));
        assert!(is_new(r#"{"tool":"t"}"#, 0) && is_new(r#"{"tool":"t"}"#, 1));
    }

    #[test]
    fn what_a_later_copy_tells_is_known_when_the_trace_is_read_again() {
        let mut repeated = Repeated::default();
        let first = r#"{"tool":"t","id":"1","session":"a","result":"unknown"}"#;
        let later = r#"{"tool":"t","id":"1","session":"a","result":"tool_error"}"#;
        assert!(repeated.is_new(&mut call(first), true, 0) && !repeated.is_late());
        assert!(!repeated.is_new(&mut call(later), true, 1) && repeated.is_late());
        repeated.begin();
        let mut again = call(first);
        assert!(repeated.is_new(&mut again, true, 0));
        assert_eq!(again.result, CallResult::ToolError);
        assert!(!repeated.is_new(&mut call(later), true, 1) && !repeated.is_late());
    }
}

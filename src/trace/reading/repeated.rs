//! Calls that stand in several files of a trace count once.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashMap;

use super::block::Block;
use crate::engine::Outcome;
use crate::trace::formats::Format;
use crate::trace::record::{CallResult, Record, Toolset};

/// The calls that were seen, by their hashes.
#[derive(Debug, Default)]
pub(in crate::trace) struct Repeated {
    /// The file of each, and whether it is known what came of it.
    seen: HashMap<u64, (u32, bool)>,
    /// What only later copies tell of calls.
    later: HashMap<u64, (CallResult, Option<Outcome>)>,
    /// Whether something was told of a call that was given out before.
    is_late: bool,
    hasher: RandomState,
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
        let known = keys().find_map(|key| self.seen.get(key).filter(|(other, _)| *other != file));
        if let Some((other, was_told)) = known.copied() {
            if is_told(call) && !was_told {
                let told = (call.result, call.decision);
                keys().for_each(|key| _ = self.later.insert(*key, told));
                self.is_late = true;
            }
            let is_told = was_told || is_told(call);
            keys().for_each(|key| _ = self.seen.insert(*key, (other, is_told)));
            return false;
        }
        if !is_told(call)
            && let Some((result, decision)) = keys().find_map(|key| self.later.get(key))
        {
            (call.result, call.decision) = (*result, *decision);
        }
        keys().for_each(|key| _ = self.seen.insert(*key, (file, is_told(call))));
        true
    }

    /// By what copies of a call are known; none for a call of which nothing tells them from others. A
    /// session names its calls; a transcript that goes on from another may have another session, and
    /// has the calls with their times.
    fn keys(&self, call: &Record<'_>, is_of_agent: bool) -> [Option<u64>; 2] {
        if call.copy_key != 0 {
            return [Some(call.copy_key), None];
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
        [of_session, of_time]
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

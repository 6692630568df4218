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
    /// Whether it is known what came of each.
    seen: HashMap<u64, bool>,
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

    /// Takes those calls out of a block that stood in it or in another before.
    pub(in crate::trace) fn take_out(&mut self, block: &mut Block, format: Format) {
        let is_of_agent = format.toolset() != Toolset::Server;
        block.calls.retain_mut(|call| match call {
            Ok(call) => self.is_new(call, is_of_agent),
            Err(_) => true,
        });
    }

    /// Whether a call was not seen before; now it was, and has what a copy tells of it.
    fn is_new(&mut self, call: &mut Record<'_>, is_of_agent: bool) -> bool {
        let keys = self.keys(call, is_of_agent);
        let is_told = call.result != CallResult::Unknown || call.decision.is_some();
        let known = keys.iter().flatten().find_map(|key| self.seen.get(key).copied());
        if known == Some(false) && is_told {
            let told = (call.result, call.decision);
            keys.iter().flatten().for_each(|key| _ = self.later.insert(*key, told));
            self.is_late = true;
        }
        if known.is_none()
            && let Some((result, decision)) =
                keys.iter().flatten().find_map(|key| self.later.get(key)).filter(|_| !is_told)
        {
            (call.result, call.decision) = (*result, *decision);
            keys.iter().flatten().for_each(|key| _ = self.seen.insert(*key, true));
            return true;
        }
        let is_known = known.unwrap_or(false) || is_told;
        keys.iter().flatten().for_each(|key| _ = self.seen.insert(*key, is_known));
        known.is_none()
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
        let mut is_new = |line| repeated.is_new(&mut call(line), true);
        assert!(is_new(r#"{"tool":"t","id":"1","session":"a","ts":1}"#));
        assert!(!is_new(r#"{"tool":"t","id":"1","session":"a","ts":2}"#));
        assert!(!is_new(r#"{"tool":"t","id":"1","session":"fork","ts":1}"#));
        assert!(is_new(r#"{"tool":"t","id":"1","session":"b","ts":3}"#));
        assert!(is_new(r#"{"tool":"t","id":"1"}"#) && is_new(r#"{"tool":"t","id":"1"}"#));
        assert!(is_new(r#"{"tool":"t"}"#) && is_new(r#"{"tool":"t"}"#));
    }

    #[test]
    fn what_a_later_copy_tells_is_known_when_the_trace_is_read_again() {
        let mut repeated = Repeated::default();
        let first = r#"{"tool":"t","id":"1","session":"a","result":"unknown"}"#;
        let later = r#"{"tool":"t","id":"1","session":"a","result":"tool_error"}"#;
        assert!(repeated.is_new(&mut call(first), true) && !repeated.is_late());
        assert!(!repeated.is_new(&mut call(later), true) && repeated.is_late());
        repeated.begin();
        let mut again = call(first);
        assert!(repeated.is_new(&mut again, true));
        assert_eq!(again.result, CallResult::ToolError);
        assert!(!repeated.is_new(&mut call(later), true) && !repeated.is_late());
    }
}

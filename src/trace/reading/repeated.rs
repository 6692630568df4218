//! Calls that stand in several files of a trace count once.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

use super::block::Block;
use crate::trace::record::Record;

/// The calls that were seen, by their hashes: eight bytes each.
#[derive(Debug, Default)]
pub(in crate::trace) struct Repeated {
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl Repeated {
    /// Takes those calls out of a block that stood in it or in another before.
    pub(in crate::trace) fn take_out(&mut self, block: &mut Block) {
        block.calls.retain(|call| call.as_ref().map_or(true, |call| self.is_new(call)));
    }

    /// Whether a call was not seen before; now it was. A transcript that goes on from another may
    /// have another session, so that a call is known by its id, its time, its server and its tool.
    fn is_new(&mut self, call: &Record<'_>) -> bool {
        if call.id.is_empty() {
            return true;
        }
        let known_by = (&call.id, call.time, &call.server, &call.tool);
        self.seen.insert(self.hasher.hash_one(known_by))
    }
}

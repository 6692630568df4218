//! A call with its decision.

use crate::engine::{Charge, Decision, GrantId, Timestamp};
use crate::trace::Record;

/// A decided call.
#[derive(Clone, Copy, Debug)]
pub struct Decided<'a, 'g> {
    /// Its number in the trace, counted from 1.
    pub number: u64,
    /// The number of the policy that it was decided under; none where its server has none.
    pub policy: Option<u32>,
    /// What was recorded of it.
    pub record: &'a Record<'a>,
    /// Who called.
    pub grant: GrantId,
    /// Its time, as it was decided.
    pub time: Option<Timestamp>,
    /// The decision.
    pub decision: &'a Decision<'g>,
    /// The limits that were charged for it.
    pub charged: &'a [Charge],
}

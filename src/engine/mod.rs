//! The engine: a policy compiled into a [`Gate`], which decides one call at a time.
//!
//! It has no clock and no state of its own: time comes with the call, counters from the caller.

mod arguments;
mod assume;
mod assumption;
mod call;
mod charging;
mod check;
mod counters;
mod decision;
mod gate;
mod limit;
mod observer;
mod parting;
mod permissions;
mod predicate;
mod rules;
mod seen;
mod time;
mod walk;

pub use arguments::{Arguments, Found, Member, Value};
pub use assume::{Assumptions, Choice};
pub use assumption::Assumption;
pub use call::{Call, CallResult, Surroundings};
pub use check::Sight;
pub use counters::{Counters, GrantId};
pub use decision::{Cause, Decision, Missing, Outcome, Reason};
pub use gate::Gate;
pub use limit::{Charge, LimitFacts};
pub use parting::Parting;
pub use permissions::Holding;
pub use permissions::covers_command;
pub use predicate::{Prepared, holds};
pub use seen::{Met, Seen};
pub use time::Timestamp;
pub use walk::{Answer, CheckStep, ConditionStep, LimitStep, Room, Walk};

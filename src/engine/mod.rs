//! The engine: a policy compiled into a [`Gate`], which decides one call at a time.
//!
//! It has no clock and no state of its own: time comes with the call, counters from the caller.

mod arguments;
mod call;
mod check;
mod counters;
mod decision;
mod gate;
mod limit;
mod predicate;
mod time;

pub use arguments::{Arguments, Found, Value};
pub use call::Call;
pub use counters::{Counters, GrantId};
pub use decision::{Cause, Decision, Missing, Outcome, Reason};
pub use gate::Gate;
pub use predicate::{Prepared, holds};
pub use time::Timestamp;

//! What the permission files of agents let pass that others did not: proved, a call, or unknown.
//!
//! The rules of both policies are held against each other (`list.rs`), tool by tool and mode by mode. What
//! that leaves open is tried: calls that the rules are about, made of their patterns, are decided by the engine
//! under both policies. So a call that is shown is one, and what is proved rests on the rules alone. Where
//! neither succeeds the answer is unknown.
//!
//! Settings that no rule stands for (hooks, sandboxes) are compared as they are written: where one differs nothing is
//! proved. A classifier, a server and the disk are taken to say the same to both policies.

mod across;
mod bench;
mod cover;
mod direction;
mod list;
mod lost_calls;
mod modes;
mod moved;
mod pair;
mod samples;
mod stated;
mod texts;

pub use lost_calls::LostCalls;
pub use modes::OTHER_MODE;
pub use pair::AgentPair;
pub use stated::{Said, Stated};

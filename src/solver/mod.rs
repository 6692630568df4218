//! Questions about all calls, not only recorded ones: is there a call that one policy lets pass
//! and another refuses, do two entries contradict each other, does one make another one dead?
//!
//! The language of conditions is small enough to be decided exactly. A question becomes a
//! conjunction of conditions and opposites of conditions; each looks at one argument, and each
//! argument is solved by itself, by the sorts of JSON values: numbers by trying one of each region
//! that the conditions tell apart, texts by sets and by a product of automata, lists by elements
//! that must and must not be in them. Where that gives no answer the conditions suggest calls to try.
//! What is left over is "unknown" with its reason, never "proved". Every call that is found is decided
//! by the engine before it is given out.
//!
//! Calls whose arguments are not an object are asked about where just one of two policies forwards
//! them, as Intercept does; version "1" decides them by its rules. Calls with a number beyond a 64-bit
//! float, which Intercept forwards as well, are not asked about.

mod answer;
mod budget;
mod burst;
mod conditions;
mod decided;
mod entries;
mod equal;
mod evidence;
mod list;
mod literal;
mod loosened;
mod lost;
mod machine;
mod number;
mod overall;
mod passing;
mod permissions;
mod product;
mod query;
mod question;
mod sample;
mod shape;
mod shapes;
mod spell;
mod steps;
mod text;
mod tree;
mod utf8;
mod version;

#[cfg(test)]
mod tests;

pub use answer::Why;
pub use budget::{Budget, Shares};
pub use conditions::Conditions;
pub use decided::decided;
pub use entries::Entries;
pub use equal::equal_values;
pub use evidence::{Batch, Burst, Evidence, Recorded};
pub use loosened::{Loosened, loosened, unused_name};
pub use lost::{Lost, Protection, lost, lost_both_ways, passed_by_both, refused};
pub use overall::lost_overall;
pub use passing::{Passing, Test};
pub use permissions::{AgentPair, LostCalls, OTHER_MODE, Said, Stated};
pub use shape::Shape;
pub use shapes::Shapes;
pub use steps::Steps;
pub use version::Version;

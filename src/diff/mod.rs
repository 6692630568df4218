//! Comparing two versions of a policy: on recorded calls, which decisions change and which edit
//! of the document changed them; for all calls, which protections are lost.

mod access;
mod agents;
mod attribute;
mod change;
mod compared;
mod edits;
mod flip;
mod reach;

pub use access::AccessChanges;
pub use attribute::{Comparison, FlipGroup, Flips, Gates, Matrix};
pub use change::{Certainty, ToolChange, ToolName};
pub use compared::{Compared, Fate, History, Origin, unified_diff};
pub use edits::{Edit, EditKind, edits, undo};
pub use flip::{Change, Flip, Side};
pub use reach::{Prospects, Reach};

//! What the rules of the linter know of an agent's permission files, and how they ask what comes of a call.

mod alone;
mod broad;
mod context;
mod dead;
mod evasion;
mod fill;
mod holes;
mod probe;
mod samples;
mod signs;
mod ways;
mod witnesses;

pub use broad::{Broad, broad_rules, has_empty_prefix, is_whole_shell};
pub use context::{PermissionContext, Project, WrittenRule};
pub use dead::{Dead, DeadRule, dead_rules};
pub use evasion::{Evasion, evasions};
pub use holes::{Hole, holes};
pub use probe::{Probe, place, shell_of};
pub use samples::{usual, usual_path};
pub use signs::literal_signs;
pub use ways::Kind;

//! What the rules of the linter know of an agent's permission files, and how they ask what comes of a call.

mod alone;
mod context;

pub use context::{PermissionContext, Project, WrittenRule};

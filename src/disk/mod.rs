//! Files and folders of this machine: nothing is read but files that end, and where a folder is served to others
//! nothing outside of it.

mod entry;
mod files;
mod folder;
mod ignored;
mod served;
mod walk;

pub use entry::{Entry, Facts, Kind};
pub use files::{entries, facts, look, open, read};
pub use served::{confine, holds, is_confined, leads_out};
pub use walk::{Met, Walk};

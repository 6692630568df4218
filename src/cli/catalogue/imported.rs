//! What came of importing.

use crate::catalogue::{Changed, Imported};
use crate::cli::common::output::print_error;
use crate::report::write_warnings;

/// What came of importing.
pub(super) struct Import {
    /// The servers, each by another name.
    pub(super) servers: Vec<Imported>,
    /// What speaks against starting the others, which were not.
    pub(super) objections: Vec<Changed>,
    /// Whether one of those asked for could not be imported, which has been told.
    pub(super) failed: bool,
}

/// Says beside a file that is written what of the servers' announcements a person should look at.
pub(super) fn print_warnings(servers: &[Imported]) {
    let mut text = String::new();
    write_warnings(&mut text, servers);
    print_error(&text);
}

//! What a part of a trace comes to, for `gatelint replay --merge` alone.

use std::io::{self, Write};

use crate::replay::Part;
use crate::report::common::json;

/// Writes a part on one line.
///
/// # Errors
/// The output cannot be written.
pub fn write_replay_part(out: &mut dyn Write, part: &Part) -> io::Result<()> {
    json::write_line(out, part)
}

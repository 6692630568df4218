//! The built program as a user meets it: one file a subcommand.

mod diff;
mod explain;
mod lint;
#[cfg(unix)]
mod record;
mod replay;
mod rule;
mod support;
mod trace;
mod trace_input;

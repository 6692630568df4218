//! The built program as a user meets it: one file a subcommand.

mod assert;
mod convert;
mod diff;
mod diff_access;
mod diff_git;
mod lint;
mod replay;
mod rule;
mod support;

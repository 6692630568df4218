//! The built program as a user meets it: one file a subcommand.

mod assert;
mod catalogue;
mod convert;
mod diff;
mod diff_access;
mod diff_git;
mod explain;
mod export;
mod formats;
mod init;
mod lint;
mod live;
#[cfg(unix)]
mod record;
mod replay;
mod replay_agents;
mod rule;
mod support;
mod trace;
mod trace_input;

//! The built program as a user meets it: one file a subcommand.

mod assert;
mod catalogue;
mod completions;
mod config;
mod convert;
mod diff;
mod diff_access;
mod diff_git;
mod explain;
mod export;
mod fixing;
mod hiding;
mod init;
mod lint;
mod lint_formats;
mod live;
mod lsp;
#[cfg(unix)]
mod record;
mod replay;
mod replay_agents;
mod rule;
mod support;
mod trace;
mod trace_formats;
mod trace_input;
mod vocabulary;

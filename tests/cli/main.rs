//! The built program as a user meets it: one file a subcommand.

mod completions;
mod config;
mod diff;
mod fixing;
mod formats;
mod hiding;
mod lint;
mod lsp;
mod replay;
mod rule;
mod support;

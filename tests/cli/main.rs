//! The built program as a user meets it: one file a subcommand.

mod catalogue;
mod diff;
mod export;
mod init;
mod lint;
mod live;
mod replay;
mod rule;
mod support;

//! The built program as a user meets it: one file a subcommand.

mod diff;
mod formats;
mod lint;
mod replay;
mod replay_agents;
mod rule;
mod support;
mod trace_input;

//! The built program as a user meets it: one file a subcommand.

mod diff;
mod lint;
mod replay;
mod replay_agents;
mod rule;
mod support;

//! What the subcommands share: options, input, output, errors, exit statuses.

pub(in crate::cli) mod assume;
pub(in crate::cli) mod catalogue_options;
pub(in crate::cli) mod config_input;
pub(in crate::cli) mod dialect;
pub(in crate::cli) mod error;
pub(in crate::cli) mod exit;
pub(in crate::cli) mod input;
pub(in crate::cli) mod output;
pub(in crate::cli) mod output_file;
pub(in crate::cli) mod policies;
pub(in crate::cli) mod spooled;
pub(in crate::cli) mod trace_input;
pub(in crate::cli) mod watch;

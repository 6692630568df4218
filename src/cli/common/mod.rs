//! What the subcommands share: options, input, output, errors, exit statuses.

pub(super) mod again;
pub(super) mod agents;
pub(super) mod assume;
pub(super) mod call_choice;
pub(super) mod catalogue_options;
pub(super) mod clock;
pub(super) mod config_input;
pub(super) mod coverage;
pub(super) mod dialect;
pub(super) mod error;
pub(super) mod exit;
pub(super) mod fail_on;
pub(super) mod input;
pub(super) mod interrupt;
pub(super) mod names;
pub(super) mod output;
pub(super) mod output_file;
pub(super) mod policies;
pub(super) mod spooled;
pub(super) mod test_file;
pub(super) mod trace_input;
mod unread;
pub(super) mod verbosity;
pub(super) mod watch;
pub(super) mod withheld;

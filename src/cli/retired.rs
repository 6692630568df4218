//! Commands and options of earlier builds, and what says the same now.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The command, the option that it had, and what is written instead.
const RETIRED: [(&str, &str, &str); 5] = [
    ("lint", "--exit-zero", "--fail-on none"),
    ("diff", "--one-grant", "--assume grants=one"),
    ("convert", "--one-grant", "--assume grants=one"),
    ("init", "--dialect", "--to NAME[@VERSION]"),
    ("init", "--what-if", "replay --what-if"),
];

/// The command, and what is written instead.
const RETIRED_COMMANDS: [(&str, &str); 1] = [("export", "convert --to claude-code|codex")];

/// What is written now instead of the command or the option that an error is about, if it is one of these.
pub(super) fn instead(
    error: &clap::Error,
    arguments: &[String],
) -> Option<(&'static str, &'static str)> {
    if error.kind() == ErrorKind::InvalidSubcommand {
        let Some(ContextValue::String(command)) = error.get(ContextKind::InvalidSubcommand) else {
            return None;
        };
        return RETIRED_COMMANDS.into_iter().find(|(old, _)| old == command);
    }
    if error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let is_meant = |(command, old, _): &&(&str, &str, &str)| {
        old == option
            && arguments
                .iter()
                .find(|given| !given.starts_with('-'))
                .is_some_and(|given| given == command)
    };
    RETIRED.iter().find(is_meant).map(|(_, old, now)| (*old, *now))
}

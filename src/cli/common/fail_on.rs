//! `--fail-on`: what makes the exit status 1.

use super::error::CliError;

/// Refuses `none` beside anything else: one of the two would be meant for nothing.
pub(in crate::cli) fn check<T: PartialEq>(fail_on: &[T], none: &T) -> Result<(), CliError> {
    if fail_on.len() > 1 && fail_on.contains(none) {
        return Err(CliError::usage(
            "`--fail-on none` stands alone",
            "write `none`, or only what is to make the exit status 1",
        ));
    }
    Ok(())
}

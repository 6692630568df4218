//! Exit statuses, decided in one place.

use std::process::{ExitCode, Termination};

/// What the help text says of exit statuses.
pub(in crate::cli) const HELP: &str = "Examples:\n  \
    gatelint lint .\n  \
    gatelint replay calls.jsonl --policy policy.json\n  \
    gatelint diff old.json new.json\n\n\
    Exit status:\n  \
    0  nothing at or above --fail-on\n  \
    1  there is something at or above --fail-on\n  \
    2  wrong usage, unreadable or invalid input\n  \
    3  nothing was checked (no policy found, empty trace), unless --allow-empty\n\
    `record` ends as the server that it runs; see its own help";

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Nothing at or above `--fail-on`.
    Ok,
    /// Findings, refused calls or changes at or above `--fail-on`.
    Found,
    /// Wrong usage, unreadable or invalid input, or an internal error.
    Error,
    /// Nothing was checked.
    Nothing,
    /// What a recorded server ended with.
    OfServer(u8),
}

impl ExitStatus {
    /// The status of a check: bad input weighs more than nothing to check, and that more than
    /// what was found.
    pub fn of(unreadable: bool, empty: bool, found: bool) -> ExitStatus {
        match (unreadable, empty, found) {
            (true, ..) => ExitStatus::Error,
            (_, true, _) => ExitStatus::Nothing,
            (.., true) => ExitStatus::Found,
            _ => ExitStatus::Ok,
        }
    }

    fn code(self) -> u8 {
        match self {
            ExitStatus::Ok => 0,
            ExitStatus::Found => 1,
            ExitStatus::Error => 2,
            ExitStatus::Nothing => 3,
            ExitStatus::OfServer(code) => code,
        }
    }
}

impl Termination for ExitStatus {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_input_weighs_more_than_nothing_and_nothing_more_than_findings() {
        assert_eq!(ExitStatus::of(true, true, true).code(), 2);
        assert_eq!(ExitStatus::of(false, true, true).code(), 3);
        assert_eq!(ExitStatus::of(false, false, true).code(), 1);
        assert_eq!(ExitStatus::of(false, false, false).code(), 0);
    }
}

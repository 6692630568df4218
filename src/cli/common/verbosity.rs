//! `--quiet` and `--verbose`.

use clap::Args;

use crate::report::Detail;

#[derive(Debug, Args)]
pub(in crate::cli) struct Verbosity {
    /// Write the summary line only, in place of what is written for people.
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Say also of every file whether it was looked at, as what, and why others were passed over; of tests also
    /// which cases pass.
    #[arg(short, long)]
    verbose: bool,
}

impl Verbosity {
    /// How much is said.
    pub(in crate::cli) fn detail(&self) -> Detail {
        match (self.quiet, self.verbose) {
            (true, _) => Detail::Summary,
            (_, true) => Detail::Files,
            _ => Detail::Findings,
        }
    }
}

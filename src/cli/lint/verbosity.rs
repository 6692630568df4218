//! `--quiet` and `--verbose`.

use clap::Args;

use crate::report::Detail;

#[derive(Debug, Args)]
pub(super) struct Verbosity {
    /// Write the summary line only, in place of what is written for people.
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Say also of every file whether it was looked at, as what, and why others were passed over.
    #[arg(short, long)]
    verbose: bool,
}

impl Verbosity {
    /// How much is said.
    pub(super) fn detail(&self) -> Detail {
        match (self.quiet, self.verbose) {
            (true, _) => Detail::Summary,
            (_, true) => Detail::Files,
            _ => Detail::Findings,
        }
    }
}

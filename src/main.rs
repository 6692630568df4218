//! The `gatelint` binary: parse, run, exit.

use clap::Parser;
use gatelint::cli::{Cli, ExitStatus, run};

fn main() -> ExitStatus {
    run(Cli::parse())
}

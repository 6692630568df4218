//! The `toolgate` binary: parse, run, exit.

use clap::Parser;
use toolgate::cli::{Cli, ExitStatus, run};

fn main() -> ExitStatus {
    run(Cli::parse())
}

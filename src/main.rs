//! The `gatelint` binary: parse, run, exit.

use gatelint::cli::{ExitStatus, parse, run};

fn main() -> ExitStatus {
    parse().map_or_else(|status| status, run)
}

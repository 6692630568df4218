//! `toolgate diff`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::exit::ExitStatus;
use super::input::{self, Loaded};
use super::lint::OutputFormat;
use super::output::{OutputOptions, print, stdout};
use super::trace_input::{self, TraceOptions};
use crate::diff::{Change, Compared, Comparison, Flips, Gates};
use crate::report::{write_diff, write_diff_json};
use crate::source::Node;

/// How many calls of each group people are shown unless they ask for all.
const SHOWN: usize = 10;

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The old policy.
    old: PathBuf,
    /// The new policy.
    new: PathBuf,
    /// Recorded calls to decide under both: a file, a folder, or `-` for standard input. More than
    /// one are one trace.
    #[arg(long = "trace", required = true, value_name = "TRACE")]
    traces: Vec<PathBuf>,
    /// The changes that make the exit status 1. A call that cannot be told counts as loosened or
    /// tightened where it may be.
    #[arg(long, value_enum, default_value_t = FailOn::Loosened, value_name = "CHANGE")]
    fail_on: FailOn,
    /// Show every call that changes, not only the first of each group.
    #[arg(long)]
    all: bool,
    /// How the comparison is written. JSON always holds every call.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
    #[command(flatten)]
    trace: TraceOptions,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Loosened,
    Tightened,
    /// Any change, also of a call that is refused as before but by another rule or message.
    Any,
    None,
}

pub(super) fn run(
    arguments: &DiffArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let old = input::policy(&arguments.old)?;
    let new = input::policy(&arguments.new)?;
    let gates = Gates::new((&old.policy, root(&old)), (&new.policy, root(&new)));
    let every = arguments.all || arguments.format == OutputFormat::Json;
    let mut comparison = Comparison::new(&gates, if every { usize::MAX } else { SHOWN });
    let run = trace_input::read(&arguments.traces, &arguments.trace, |call| {
        comparison.add(call.record, call.grant, call.time);
        Ok(())
    })?;
    let flips = comparison.finish();
    let compared = Compared::new(&old.document, &new.document, gates.edits());
    match arguments.format {
        OutputFormat::Json => {
            let mut out = stdout();
            write_diff_json(&mut out, &compared, &flips)?;
            out.flush()?;
        }
        OutputFormat::Human if run.calls == 0 => {}
        OutputFormat::Human => {
            let mut text = String::new();
            write_diff(&mut text, &compared, &flips, &output.style());
            print(&text)?;
        }
    }
    let trace = &arguments.trace;
    let found = arguments.fail_on.is_met(&flips);
    Ok(ExitStatus::of(trace.is_bad(&run), trace.is_empty(&run), found))
}

/// The tree of a policy that was read.
fn root(loaded: &Loaded) -> &Node {
    loaded.document.root.as_ref().expect("a document without a tree is no policy")
}

impl FailOn {
    fn is_met(self, flips: &Flips) -> bool {
        let any = |changes: &[Change]| changes.iter().any(|change| flips.count(*change) > 0);
        match self {
            FailOn::Loosened => any(&[Change::Loosened, Change::MaybeLoosened]),
            FailOn::Tightened => any(&[Change::Tightened, Change::MaybeTightened]),
            FailOn::Any => any(&Change::ALL),
            FailOn::None => false,
        }
    }
}

//! `gatelint trace stats`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::common::call_choice::{CallChoice, NOTHING_CHOSEN};
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::fail_on;
use crate::cli::common::output::{OutputFormat, OutputOptions, print, print_error, stdout};
use crate::cli::common::trace_input;
use crate::cli::common::trace_input::TraceOptions;
use crate::replay::{NumberedCall, Visitor};
use crate::report::{StatsReport, write_stats, write_stats_json};
use crate::trace::Stats;

#[derive(Debug, Args)]
pub(super) struct StatsArguments {
    /// Recorded calls: files, folders, or `-` for standard input. Together they are one trace.
    #[arg(required = true)]
    traces: Vec<PathBuf>,
    /// How the numbers are written. JSON always holds every name.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
    /// What makes the exit status 1: files that gave no call.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LIST")]
    fail_on: Vec<FailOn>,
    #[command(flatten)]
    choice: CallChoice,
    #[command(flatten)]
    trace: TraceOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    PassedOver,
    None,
}

/// Counts the calls that were chosen.
struct Counting<'c> {
    stats: Stats,
    choice: &'c CallChoice,
}

impl Visitor for Counting<'_> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        if self.choice.has(&call) {
            self.stats.add(call.record, call.time);
        }
        Ok(())
    }
}

pub(super) fn run(
    arguments: &StatsArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    fail_on::check(&arguments.fail_on, &FailOn::None)?;
    let options = arguments.trace.in_any_order();
    let counting = || Counting { stats: Stats::default(), choice: &arguments.choice };
    let mut run = trace_input::read_in_order(&arguments.traces, &options, counting)?;
    arguments.choice.say_untimed();
    let mut stats = run.visitors.pop().map(|counting| counting.stats).unwrap_or_default();
    stats.refused = run.refused;
    let report = StatsReport {
        stats: &stats,
        files: &run.files,
        passed_over: &run.passed_over,
        unknown_fields: &run.unknown_fields,
        bad_lines: run.bad_lines,
        bad_examples: &run.bad_examples,
    };
    match arguments.format {
        OutputFormat::Json => {
            let mut out = stdout();
            write_stats_json(&mut out, &report)?;
            out.flush()?;
        }
        OutputFormat::Human if stats.calls == 0 => {}
        OutputFormat::Human => {
            let mut text = String::new();
            write_stats(&mut text, &report, &output.style());
            print(&text)?;
        }
    }
    let trace = &arguments.trace;
    let is_empty = run.calls > 0 && stats.calls == 0 && !trace.allow_empty;
    if is_empty {
        print_error(NOTHING_CHOSEN);
    }
    let found = arguments.fail_on.contains(&FailOn::PassedOver) && !run.passed_over.is_empty();
    Ok(ExitStatus::of(trace.is_bad(&run), trace.is_empty(&run) || is_empty, found))
}

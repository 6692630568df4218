//! `gatelint trace stats`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::output::{OutputFormat, OutputOptions, print, stdout};
use crate::cli::common::trace_input;
use crate::cli::common::trace_input::TraceOptions;
use crate::report::{write_stats, write_stats_json};
use crate::trace::Stats;

#[derive(Debug, Args)]
pub(super) struct StatsArguments {
    /// Recorded calls: files, folders, or `-` for standard input. Together they are one trace.
    #[arg(required = true)]
    traces: Vec<PathBuf>,
    /// How the numbers are written. JSON always holds every name.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
    #[command(flatten)]
    trace: TraceOptions,
}

pub(super) fn run(
    arguments: &StatsArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let mut stats = Stats::default();
    let run = trace_input::read(&arguments.traces, &arguments.trace, |call| {
        stats.add(call.record, call.time);
        Ok(())
    })?;
    stats.refused = run.refused;
    match arguments.format {
        OutputFormat::Json => {
            let mut out = stdout();
            let (bad, examples) = (run.bad_lines, &run.bad_examples);
            write_stats_json(&mut out, &stats, &run.files, bad, examples)?;
            out.flush()?;
        }
        OutputFormat::Human if run.calls == 0 => {}
        OutputFormat::Human => {
            let mut text = String::new();
            let style = output.style();
            write_stats(&mut text, &stats, &run.files, run.bad_lines, &style);
            print(&text)?;
        }
    }
    let trace = &arguments.trace;
    Ok(ExitStatus::of(trace.is_bad(&run), trace.is_empty(&run), false))
}

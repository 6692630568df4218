//! `gatelint trace convert`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::cli::common::call_choice::CallChoice;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::output_file::{OutputFile, Readers};
use crate::cli::common::trace_input;
use crate::cli::common::trace_input::TraceOptions;
use crate::replay::Run;
use crate::report::write_record;

#[derive(Debug, Args)]
pub(super) struct ConvertArguments {
    /// Recorded calls: files, folders, or `-` for standard input. Together they are one trace.
    #[arg(required = true)]
    traces: Vec<PathBuf>,
    #[command(flatten)]
    file: OutputFile,
    #[command(flatten)]
    choice: CallChoice,
    #[command(flatten)]
    trace: TraceOptions,
}

pub(super) fn run(arguments: &ConvertArguments) -> Result<ExitStatus, CliError> {
    arguments.file.check()?;
    let run = arguments.file.write_with(Readers::Owner, |out| convert(arguments, out))?;
    arguments.choice.say_untimed();
    let trace = &arguments.trace;
    Ok(ExitStatus::of(trace.is_bad(&run), trace.is_empty(&run), false))
}

fn convert(arguments: &ConvertArguments, out: &mut dyn Write) -> Result<Run<()>, CliError> {
    let mut unordered = None;
    let run = trace_input::read(&arguments.traces, &arguments.trace, |call| {
        if !arguments.choice.has(&call) {
            return Ok(());
        }
        if call.time.is_none() && !call.record.in_order {
            unordered = unordered.or(Some(call.number));
        }
        match unordered {
            // What is written behind it would have a place that nobody knows.
            Some(_) => Ok(()),
            None => write_record(out, call.record, call.time),
        }
    })?;
    match unordered {
        Some(number) => Err(CliError::NoOrder { number }),
        None => Ok(run),
    }
}

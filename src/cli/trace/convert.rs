//! `toolgate trace convert`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use crate::cli::error::CliError;
use crate::cli::exit::ExitStatus;
use crate::cli::output::{stdout, write_whole};
use crate::cli::trace_input::{self, Reading, TraceOptions};
use crate::report::write_record;

#[derive(Debug, Args)]
pub(super) struct ConvertArguments {
    /// Recorded calls: files, folders, or `-` for standard input. Together they are one trace.
    #[arg(required = true)]
    traces: Vec<PathBuf>,
    /// Write to this file instead of standard output, whole or not at all.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    trace: TraceOptions,
}

pub(super) fn run(arguments: &ConvertArguments) -> Result<ExitStatus, CliError> {
    let reading = match &arguments.output {
        Some(path) => write_whole(path, |out| convert(arguments, out))?,
        None => {
            let mut out = stdout();
            let reading = convert(arguments, &mut out)?;
            out.flush()?;
            reading
        }
    };
    let trace = &arguments.trace;
    Ok(ExitStatus::of(reading.is_bad(trace), reading.is_empty(trace), false))
}

fn convert(arguments: &ConvertArguments, out: &mut dyn Write) -> Result<Reading, CliError> {
    let mut unordered = None;
    let reading = trace_input::read(&arguments.traces, &arguments.trace, |call| {
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
        None => Ok(reading),
    }
}

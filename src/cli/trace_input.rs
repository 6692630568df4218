//! Traces as commands take them.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::output::print_error;
use crate::engine::{GrantId, Timestamp};
use crate::replay::{Grants, Pace};
use crate::report::escape;
use crate::source::nearest;
use crate::trace::{BadLine, Format, GrantBy, Item, Record, Trace};

/// How many lines that are not valid are named one by one.
const NAMED_BAD_LINES: usize = 10;

/// Options of every command that reads a trace.
#[derive(Debug, Args)]
pub(super) struct TraceOptions {
    /// The format of the trace; without it, it is found from the first lines.
    #[arg(long, value_enum, value_name = "FORMAT")]
    trace_format: Option<FormatName>,
    /// What stands for the grant: `grant`, `session`, `server`, `client`, or a field of the record.
    #[arg(long, default_value = "grant", value_name = "FIELD")]
    grant_by: GrantBy,
    /// Give calls without a time one, so long after each other: `1s`, `250ms`, `2m`.
    #[arg(long, value_parser = parse_pace, value_name = "TIME")]
    pace: Option<Duration>,
    /// Lines that are not valid do not make the exit status 2.
    #[arg(long)]
    pub(super) allow_bad_lines: bool,
    /// A trace without calls is not an error.
    #[arg(long)]
    pub(super) allow_empty: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FormatName {
    /// Our own record: one JSON object with `tool` a line.
    Record,
    /// MCP JSON-RPC messages, one a line.
    Mcp,
}

/// What was read of a trace beside its calls.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) grants: Grants,
    pub(super) calls: u64,
    pub(super) bad_lines: u64,
    pub(super) bad_examples: Vec<BadLine>,
}

/// A call as it comes out of a trace.
pub(super) struct NumberedCall<'a> {
    pub(super) number: u64,
    pub(super) record: &'a Record<'a>,
    pub(super) grant: GrantId,
    pub(super) time: Option<Timestamp>,
}

/// Reads a trace to its end; lines that are not valid are counted and named on standard error.
/// A failing visitor ends the visits.
pub(super) fn read(
    paths: &[PathBuf],
    options: &TraceOptions,
    visit: impl FnMut(NumberedCall<'_>) -> std::io::Result<()>,
) -> Result<Reading, CliError> {
    let reading = read_again(paths, options, visit)?;
    name_bad_lines(&reading);
    if reading.calls == 0 && !options.allow_empty {
        print_error(
            "error: the trace holds no call\n  help: check that it is the right file, or allow this with --allow-empty\n",
        );
    }
    Ok(reading)
}

/// Reads a trace, and says nothing of what was said when it was read before.
pub(super) fn read_again(
    paths: &[PathBuf],
    options: &TraceOptions,
    mut visit: impl FnMut(NumberedCall<'_>) -> std::io::Result<()>,
) -> Result<Reading, CliError> {
    let format = options.trace_format.map(|format| match format {
        FormatName::Record => Format::Record,
        FormatName::Mcp => Format::Mcp,
    });
    let mut pace = options.pace.map(Pace::new);
    let mut reading = Reading::default();
    let mut failed = Ok(());
    let mut granted = false;
    let trace = Trace::open(paths, format, options.grant_by.clone())?;
    trace.for_each(|item| match item {
        Item::Call(record) if failed.is_ok() => {
            reading.calls += 1;
            granted |= !record.grant.is_empty();
            let time = match &mut pace {
                Some(pace) => pace.time(record.time),
                None => record.time,
            };
            let grant = reading.grants.id(&record.grant);
            failed = visit(NumberedCall { number: reading.calls, record, grant, time });
        }
        Item::Call(_) => {}
        Item::Bad(bad) => {
            reading.bad_lines += 1;
            if reading.bad_examples.len() < NAMED_BAD_LINES {
                reading.bad_examples.push(bad);
            }
        }
    })?;
    failed?;
    if let GrantBy::Field(field) = &options.grant_by
        && !granted
        && reading.calls > 0
    {
        return Err(unknown_field(field));
    }
    Ok(reading)
}

/// Without an error a misspelt field would make one grant of all.
fn unknown_field(field: &str) -> CliError {
    let help = match nearest(field, ["grant", "session", "server", "client"]) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "name a field that the records of the trace have".to_owned(),
    };
    CliError::UnknownName { what: "call with a field", name: field.to_owned(), help }
}

fn name_bad_lines(reading: &Reading) {
    for bad in &reading.bad_examples {
        let BadLine { file, line, reason } = bad;
        print_error(&format!("error: {}:{line}: {}\n", escape(file), escape(reason)));
    }
    if reading.bad_lines > 0 {
        let more = reading.bad_lines - reading.bad_examples.len() as u64;
        if more > 0 {
            print_error(&format!("error: and {more} more like these\n"));
        }
        let lines = if reading.bad_lines == 1 { "line is" } else { "lines are" };
        print_error(&format!(
            "error: {} {lines} not valid and decided nothing\n  help: mend them, or let them pass with --allow-bad-lines\n",
            reading.bad_lines
        ));
    }
}

impl Reading {
    /// Whether lines that are not valid must make the command fail.
    pub(super) fn is_bad(&self, options: &TraceOptions) -> bool {
        self.bad_lines > 0 && !options.allow_bad_lines
    }

    /// Whether nothing was read though something should have been.
    pub(super) fn is_empty(&self, options: &TraceOptions) -> bool {
        self.calls == 0 && !options.allow_empty
    }
}

fn parse_pace(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(|byte| byte.is_ascii_digit()).count();
    let number: u64 =
        text[..digits].parse().map_err(|_| "write a number and a unit, such as `1s`")?;
    let milliseconds = match &text[digits..] {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    if number == 0 {
        return Err("the time must be more than nothing".to_owned());
    }
    let product = milliseconds.and_then(|unit| number.checked_mul(unit));
    product
        .map(Duration::from_millis)
        .ok_or_else(|| "the unit is one of `ms`, `s`, `m`, `h`".to_owned())
}

//! `toolgate replay`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::exit::ExitStatus;
use super::input;
use super::lint::OutputFormat;
use super::output::{OutputOptions, print, stdout};
use super::trace_input::{self, TraceOptions};
use crate::engine::{Gate, Outcome};
use crate::replay::{By, Decided, Replay, Summary};
use crate::report::{ReplayReport, write_decision, write_replay, write_replay_json};

#[derive(Debug, Args)]
pub(super) struct ReplayArguments {
    /// The policy.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// Recorded calls: files, folders, or `-` for standard input. Together they are one trace.
    #[arg(required = true)]
    traces: Vec<PathBuf>,
    /// Write every decision as a line of JSON instead of a summary.
    #[arg(long, conflicts_with = "format")]
    decisions: bool,
    /// Outcomes that make the exit status 1, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "OUTCOME")]
    fail_on: Vec<FailOn>,
    /// What the calls are grouped by.
    #[arg(long, value_enum, default_value_t = By::Tool, conflicts_with = "decisions")]
    by: By,
    /// How many groups are shown; the others are summed up. 20 for people, all for machines unless
    /// given.
    #[arg(long, value_name = "NUMBER", conflicts_with = "decisions")]
    top: Option<usize>,
    /// How the summary is written.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
    #[command(flatten)]
    trace: TraceOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Deny,
    Throttle,
    Indeterminate,
    None,
}

impl FailOn {
    fn outcome(self) -> Option<Outcome> {
        match self {
            FailOn::Deny => Some(Outcome::Deny),
            FailOn::Throttle => Some(Outcome::Throttle),
            FailOn::Indeterminate => Some(Outcome::Indeterminate),
            FailOn::None => None,
        }
    }
}

pub(super) fn run(
    arguments: &ReplayArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let loaded = input::policy(&arguments.policy)?;
    let gate = Gate::new(&loaded.policy);
    let mut replay = Replay::new(&gate);
    let mut summary = Summary::new([(&*loaded.document.name, &gate)], arguments.by);
    let mut out = stdout();
    let reading = trace_input::read(&arguments.traces, &arguments.trace, |call| {
        let decision = replay.decide(call.record, call.grant, call.time);
        summary.add(Decided {
            number: call.number,
            policy: 0,
            record: call.record,
            grant: call.grant,
            time: call.time,
            decision: &decision,
            charged: replay.charged(),
        });
        if !arguments.decisions {
            return Ok(());
        }
        let (grant, tool) = (&call.record.grant, &call.record.tool);
        write_decision(&mut out, call.number, call.time, grant, tool, &decision)
    })?;
    let totals = summary.totals(&reading.grants);
    let report = ReplayReport {
        totals: &totals,
        top: arguments.top,
        bad_lines: reading.bad_lines,
        bad_examples: &reading.bad_examples,
    };
    match arguments.format {
        _ if arguments.decisions => {}
        OutputFormat::Json => write_replay_json(&mut out, &report)?,
        OutputFormat::Human if reading.calls == 0 => {}
        OutputFormat::Human => {
            let mut text = String::new();
            write_replay(&mut text, &report, &output.style());
            print(&text)?;
        }
    }
    out.flush()?;
    let mut failing = arguments.fail_on.iter().filter_map(|fail_on| fail_on.outcome());
    let found = failing.any(|outcome| summary.count(outcome) > 0);
    let trace = &arguments.trace;
    Ok(ExitStatus::of(reading.is_bad(trace), reading.is_empty(trace), found))
}

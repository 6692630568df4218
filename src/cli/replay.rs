//! `toolgate replay`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::exit::ExitStatus;
use super::input;
use super::output::{OutputOptions, stdout};
use super::trace_input::{self, TraceOptions};
use crate::engine::{Gate, Outcome};
use crate::replay::{By, Decided, Replay, Summary};
use crate::report::{
    ReplayReport, Style, write_decision, write_replay, write_replay_csv, write_replay_json,
    write_replay_jsonl, write_replay_junit, write_replay_markdown,
};

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
    /// Write the arguments of each call too; they may hold secrets.
    #[arg(long, requires = "decisions")]
    show_args: bool,
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
    #[arg(long, value_enum, default_value_t = SummaryFormat::Human)]
    format: SummaryFormat,
    #[command(flatten)]
    trace: TraceOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SummaryFormat {
    /// For people.
    Human,
    /// The whole summary for machines, with a `schema_version`.
    Json,
    /// A line of JSON for each group.
    Jsonl,
    /// A row for each group.
    Csv,
    /// A test case for each group, which fails where calls were refused.
    Junit,
    /// For a comment on a pull request.
    Markdown,
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
        let decided = Decided {
            number: call.number,
            policy: 0,
            record: call.record,
            grant: call.grant,
            time: call.time,
            decision: &decision,
            charged: replay.charged(),
        };
        summary.add(decided);
        if !arguments.decisions {
            return Ok(());
        }
        write_decision(&mut out, &decided, call.file, arguments.show_args)
    })?;
    let totals = summary.totals(&reading.grants);
    let report = ReplayReport {
        totals: &totals,
        top: arguments.top,
        bad_lines: reading.bad_lines,
        bad_examples: &reading.bad_examples,
    };
    if !arguments.decisions {
        write_summary(&mut out, &report, arguments.format, &output.style())?;
    }
    out.flush()?;
    let mut failing = arguments.fail_on.iter().filter_map(|fail_on| fail_on.outcome());
    let found = failing.any(|outcome| summary.count(outcome) > 0);
    let trace = &arguments.trace;
    Ok(ExitStatus::of(reading.is_bad(trace), reading.is_empty(trace), found))
}

/// Writes the summary. Where there was no call, people are told so elsewhere.
fn write_summary(
    out: &mut dyn Write,
    report: &ReplayReport<'_>,
    format: SummaryFormat,
    style: &Style,
) -> io::Result<()> {
    let mut text = String::new();
    match format {
        SummaryFormat::Human if report.totals.calls() == 0 => {}
        SummaryFormat::Human => write_replay(&mut text, report, style),
        SummaryFormat::Markdown => write_replay_markdown(&mut text, report),
        SummaryFormat::Json => write_replay_json(out, report)?,
        SummaryFormat::Jsonl => write_replay_jsonl(out, report)?,
        SummaryFormat::Csv => write_replay_csv(out, report)?,
        SummaryFormat::Junit => write_replay_junit(out, report)?,
    }
    out.write_all(text.as_bytes())
}

//! `toolgate replay`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::error::CliError;
use super::exit::ExitStatus;
use super::input;
use super::lint::OutputFormat;
use super::output::{OutputOptions, print, stdout};
use super::trace_input::{self, TraceOptions};
use crate::engine::{Decision, Gate, Outcome};
use crate::replay::{NumberedCall, Replay, Run, Summary, Visitor};
use crate::report::{write_decision, write_replay, write_replay_json};

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
    /// How the summary is written.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
    #[command(flatten)]
    trace: TraceOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Deny,
    Throttle,
    Indeterminate,
    None,
}

impl FailOn {
    /// The outcome that fails, if one does.
    pub(super) fn outcome(self) -> Option<Outcome> {
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
    let mut out = stdout();
    let (traces, options) = (&arguments.traces, &arguments.trace);
    let decider = || Decider { replay: options.replay(&gate), summary: Summary::default() };
    let (run, summary) = if arguments.decisions {
        let writer = DecisionWriter { decider: decider(), out: &mut out };
        summed_up(trace_input::read_alone(traces, options, writer)?, |writer| writer.decider)
    } else {
        summed_up(trace_input::read_parallel(traces, options, decider)?, |decider| decider)
    };
    match arguments.format {
        _ if arguments.decisions => {}
        OutputFormat::Json => {
            let (bad, examples) = (run.bad_lines, &run.bad_examples);
            write_replay_json(&mut out, &summary, &run.grants, bad, examples)?;
        }
        OutputFormat::Human if run.calls == 0 => {}
        OutputFormat::Human => {
            let mut text = String::new();
            write_replay(&mut text, &summary, &run.grants, &output.style());
            print(&text)?;
        }
    }
    out.flush()?;
    let mut failing = arguments.fail_on.iter().filter_map(|fail_on| fail_on.outcome());
    let found = failing.any(|outcome| summary.count(outcome) > 0);
    let trace = &arguments.trace;
    Ok(ExitStatus::of(trace.is_bad(&run), trace.is_empty(&run), found))
}

/// Decides calls and sums them up.
struct Decider<'g> {
    replay: Replay<'g>,
    summary: Summary,
}

impl<'g> Decider<'g> {
    fn decide(&mut self, call: NumberedCall<'_>) -> Decision<'g> {
        let decision = self.replay.decide(call.record, call.grant, call.time);
        self.summary.add(&call.record.tool, call.grant, call.time, &decision);
        decision
    }
}

impl Visitor for Decider<'_> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        self.decide(call);
        Ok(())
    }
}

/// What a run read, and what its visitors' summaries come to.
fn summed_up<'g, V>(mut run: Run<V>, decider: impl Fn(V) -> Decider<'g>) -> (Run<()>, Summary) {
    let visitors = std::mem::take(&mut run.visitors).into_iter();
    let summary = visitors.map(|visitor| decider(visitor).summary).reduce(Summary::merge);
    (run.without_visitors(), summary.unwrap_or_default())
}

/// Decides calls, writes every decision and sums them up.
struct DecisionWriter<'g, 'o, W> {
    decider: Decider<'g>,
    out: &'o mut W,
}

impl<W: Write> Visitor for DecisionWriter<'_, '_, W> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        let decision = self.decider.decide(call);
        let (grant, tool) = (&call.record.grant, &call.record.tool);
        write_decision(self.out, call.number, call.time, grant, tool, &decision)
    }

    fn pause(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

//! `gatelint replay`.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::common::assume::{self, AssumeOptions};
use super::common::call_choice::{CallChoice, NOTHING_CHOSEN};
use super::common::coverage;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::fail_on;
use super::common::fail_on::{OrCoverage, or_coverage};
use super::common::output::{OutputOptions, print_error, stdout};
use super::common::policies;
use super::common::policies::{Chosen, PolicyOptions};
use super::common::trace_input;
use super::common::trace_input::TraceOptions;
use super::common::verbosity::Verbosity;
use crate::engine::{Assumptions, Gate, Outcome, Seen};
use crate::policy::Policy;
use crate::replay::{
    AGENT, By, Decided, Gateway, NumberedCall, Policies, Routed, Run, Summary, Visitor,
    without_limits,
};
use crate::report::{
    Comment, CoverageReport, ReplayReport, Style, without_commands, write_decision, write_replay,
    write_replay_csv, write_replay_html, write_replay_json, write_replay_jsonl, write_replay_junit,
    write_replay_markdown,
};

const NOTHING_RECORDED: &str = "error: no call has a recorded decision, so nothing was compared\n  help: replay without --compare-recorded, or name a trace that has the gateway's own decisions\n";

const NOTHING_COVERED: &str = "error: no call is to a server with a policy, so none was decided\n  help: check the names of the servers, or give one policy for all of them as --policy PATH\n";

const ONLY_AGENT: &str = "error: every call is of the agent's own tools, which no gateway sees, so none was decided\n  help: give these tools a policy as --policy agent=PATH\n";

#[derive(Debug, Args)]
pub(super) struct ReplayArguments {
    #[command(flatten)]
    policies: PolicyOptions,
    /// A server that is behind the gateway: without a policy its calls are denied, by `(no policy)`.
    /// Calls to other servers without a policy are not decided, only counted. `agent` stands for the
    /// agent's own tools, which are decided like those of servers then.
    #[arg(long, value_name = "NAME")]
    behind_gateway: Vec<String>,
    /// Recorded calls: files, folders, or `-` for standard input. Together they are one trace.
    #[arg(required = true)]
    traces: Vec<PathBuf>,
    /// Write every decision as a line of JSON instead of a summary.
    #[arg(long, conflicts_with = "format")]
    decisions: bool,
    /// Write the arguments of each call too; they may hold secrets.
    #[arg(long, requires = "decisions")]
    show_args: bool,
    #[command(flatten)]
    assume: AssumeOptions,
    /// Compare with the decisions that the trace recorded, and show where they disagree.
    #[arg(long, conflicts_with = "decisions")]
    compare_recorded: bool,
    /// Show what other limits than those of the policies would have throttled, each alone.
    #[arg(long, conflicts_with = "decisions")]
    what_if: bool,
    /// Show which rules, conditions, limits and tools of the policies the calls come to, and which not.
    #[arg(long, conflicts_with = "decisions")]
    coverage: bool,
    /// What makes the exit status 1: outcomes, calls that the record decided differently, files that
    /// gave no call, or too little coverage; separated by commas.
    #[arg(long, value_parser = or_coverage::<FailOn>(), value_delimiter = ',', value_name = "LIST")]
    fail_on: Vec<OrCoverage<FailOn>>,
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
    verbosity: Verbosity,
    #[command(flatten)]
    choice: CallChoice,
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
    /// A page with charts and tables, whole in one file.
    Html,
    /// What the calls cover of the policies, for editors and code hosts; implies --coverage.
    Lcov,
}

impl SummaryFormat {
    /// Whether it has a place for coverage.
    fn tells_coverage(self) -> bool {
        !matches!(self, SummaryFormat::Jsonl | SummaryFormat::Csv | SummaryFormat::Junit)
    }

    /// Whether it has a place for whatever else is asked for.
    fn tells_more(self) -> bool {
        matches!(self, SummaryFormat::Human | SummaryFormat::Json | SummaryFormat::Html)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Ask,
    Deny,
    Throttle,
    Indeterminate,
    /// A recorded decision that is another one; implies --compare-recorded.
    Disagree,
    /// A file that gave no call.
    PassedOver,
    None,
}

impl ReplayArguments {
    /// Whether it is looked at what calls come to.
    fn gathers_coverage(&self) -> bool {
        let of_coverage = self.fail_on.iter().any(OrCoverage::is_of_coverage);
        self.coverage || self.format == SummaryFormat::Lcov || of_coverage
    }
}

impl FailOn {
    fn is_met(self, report: &ReplayReport<'_>) -> bool {
        let totals = report.totals;
        match self {
            FailOn::Ask => totals.counts.of(Outcome::Ask) > 0,
            FailOn::Deny => totals.counts.of(Outcome::Deny) > 0,
            FailOn::Throttle => totals.counts.of(Outcome::Throttle) > 0,
            FailOn::Indeterminate => totals.counts.of(Outcome::Indeterminate) > 0,
            FailOn::Disagree => {
                totals.recorded.as_ref().is_some_and(|compared| compared.disagreeing > 0)
            }
            FailOn::PassedOver => !report.passed_over.is_empty(),
            FailOn::None => false,
        }
    }
}

pub(super) fn run(
    arguments: &ReplayArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    fail_on::check(&arguments.fail_on, &OrCoverage::Is(FailOn::None))?;
    coverage::check(arguments.coverage, arguments.format.tells_coverage())?;
    let assumptions = arguments.assume.together();
    let chosen = arguments.policies.load(arguments.assume.start())?;
    assume::check_mode(&assumptions, chosen.iter().map(|chosen| &chosen.loaded.policy))?;
    let policies = policies::compile(&chosen, &arguments.behind_gateway, &assumptions)?;
    let lifted = weighed(arguments, &chosen, &assumptions)?;
    let mut out = stdout();
    let servers = chosen.iter().filter_map(|chosen| chosen.server.as_ref());
    let options = arguments.trace.for_servers(servers.chain(&arguments.behind_gateway));
    let (traces, options) = (&arguments.traces, &options);
    let unseen = arguments.gathers_coverage().then(|| coverage::unseen(&chosen, &policies));
    let decider = || Decider::new(&policies, lifted.as_ref(), unseen.clone(), arguments);
    let (run, summary, seen) = if arguments.decisions {
        let writer =
            DecisionWriter { decider: decider(), show_args: arguments.show_args, out: &mut out };
        summed_up(trace_input::read_alone(traces, options, writer)?, |writer| writer.decider)
    } else if policies.count_grants_together() {
        // Grants that share counters cannot be parted.
        summed_up(trace_input::read_in_order(traces, options, decider)?, |decider| decider)
    } else {
        summed_up(trace_input::read_parallel(traces, options, decider)?, |decider| decider)
    };
    let totals = summary.totals(&run.grants);
    let secrets = arguments.policies.secrets(arguments.show_args)?;
    let covered = seen.map(|seen| coverage::report(&chosen, &policies, &seen, &secrets));
    let looked_at: Vec<_> =
        chosen.iter().map(|one| (&one.loaded.document, &one.loaded.policy)).collect();
    let report = ReplayReport {
        totals: &totals,
        policies: &looked_at,
        files: &run.files,
        assumptions: &assumptions,
        started: &assume::started(&arguments.assume.all),
        top: arguments.top,
        refused: run.refused,
        passed_over: &run.passed_over,
        unknown_fields: &run.unknown_fields,
        bad_lines: run.bad_lines,
        bad_examples: &run.bad_examples,
        coverage: covered.as_ref(),
    };
    if !arguments.decisions {
        write_summary(&mut out, &report, arguments, &output.style())?;
    }
    out.flush()?;
    let trace = &arguments.trace;
    let uncompared = totals.recorded.as_ref().is_some_and(|compared| compared.calls() == 0);
    if uncompared && totals.calls() > 0 {
        print_error(NOTHING_RECORDED);
    }
    if run.calls > 0 {
        let idle = summary.idle_policies().map(|number| &chosen[number]);
        policies::warn_of_idle(idle, &totals.not_covered);
    }
    trace_input::say_whose_calls(&run, policies.count_by_grant());
    arguments.choice.say_untimed();
    let undecided = run.calls > 0 && totals.calls() == 0;
    if undecided {
        print_error(match totals.not_covered.as_slice() {
            [] if arguments.choice.is_given() => NOTHING_CHOSEN,
            [(name, _)] if name == AGENT => ONLY_AGENT,
            _ => NOTHING_COVERED,
        });
    }
    let empty = trace.is_empty(&run) || ((undecided || uncompared) && !trace.allow_empty);
    let share = report.coverage.map(CoverageReport::share);
    let is_met = |fail_on: &FailOn| fail_on.is_met(&report);
    let found = arguments.fail_on.iter().filter(|one| one.is_met(share, is_met)).count() > 0;
    Ok(ExitStatus::of(trace.is_bad(&run), empty, found))
}

/// The policies without their limits, where other limits are to be weighed.
fn weighed(
    arguments: &ReplayArguments,
    chosen: &[Chosen],
    assumptions: &Assumptions,
) -> Result<Option<Policies>, CliError> {
    if arguments.what_if && !arguments.format.tells_more() {
        return Err(CliError::usage(
            "--what-if is for people and for the formats `json` and `html`",
            "leave out --format, or write `--format json` or `--format html`",
        ));
    }
    let lifted = |policy: &Policy| Gate::new(&without_limits(policy));
    let gated = &arguments.behind_gateway;
    let compiled = || policies::compile_with(chosen, gated, assumptions, lifted);
    arguments.what_if.then(compiled).transpose()
}

/// Decides calls and sums them up.
struct Decider<'g> {
    gateway: Gateway<'g>,
    /// The same without limits, where other limits are to be weighed.
    lifted: Option<Gateway<'g>>,
    summary: Summary,
    /// What the calls that count have met of each policy, where that is wanted.
    seen: Option<Vec<Seen>>,
    choice: &'g CallChoice,
}

impl<'g> Decider<'g> {
    fn new(
        policies: &'g Policies,
        lifted: Option<&'g Policies>,
        seen: Option<Vec<Seen>>,
        arguments: &'g ReplayArguments,
    ) -> Decider<'g> {
        let summary = Summary::new(policies.iter(), arguments.by);
        let summary = match lifted {
            Some(_) => summary.weighing_limits(policies.iter().map(|(_, gate)| gate)),
            None => summary,
        };
        let gateway = |policies| Gateway::new(policies, |gate| arguments.trace.replay(gate));
        let disagree = OrCoverage::Is(FailOn::Disagree);
        let compares = arguments.compare_recorded || arguments.fail_on.contains(&disagree);
        Decider {
            gateway: gateway(policies),
            lifted: lifted.map(gateway),
            summary: if compares { summary.comparing_recorded() } else { summary },
            seen,
            choice: &arguments.choice,
        }
    }

    /// Decides a call, if a policy covers it, and goes on with the decision.
    fn decide(
        &mut self,
        call: NumberedCall<'_>,
        then: impl FnOnce(&Decided<'_, '_>) -> io::Result<()>,
    ) -> io::Result<()> {
        let is_chosen = self.choice.has(&call);
        let seen = self.seen.as_deref_mut().filter(|_| is_chosen);
        let routed = self.gateway.decide_seeing(call.record, call.grant, call.time, seen);
        let wanted = self.lifted.as_mut().and_then(|gateway| {
            let policy = gateway.decide(call.record, call.grant, call.time)?.policy;
            Some((policy, gateway.charged(policy)))
        });
        if !is_chosen {
            return Ok(());
        }
        let Some(Routed { policy, decision }) = routed else {
            self.summary.add_uncovered(call.record);
            return Ok(());
        };
        if let Some((policy, charged)) = wanted {
            self.summary.add_wanted(policy, charged);
        }
        let decided = Decided {
            number: call.number,
            policy,
            record: call.record,
            grant: call.grant,
            time: call.time,
            decision: &decision,
            charged: self.gateway.charged(policy),
        };
        self.summary.add(decided);
        then(&decided)
    }
}

impl Visitor for Decider<'_> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        self.decide(call, |_| Ok(()))
    }
}

/// What a run read, and what its visitors' summaries come to.
fn summed_up<'g, V>(
    mut run: Run<V>,
    decider: impl Fn(V) -> Decider<'g>,
) -> (Run<()>, Summary, Option<Vec<Seen>>) {
    let mut deciders = std::mem::take(&mut run.visitors).into_iter().map(decider);
    let Decider { mut summary, mut seen, .. } = deciders.next().expect("every run has a visitor");
    for other in deciders {
        summary.merge(other.summary);
        let both = seen.iter_mut().flatten().zip(other.seen.into_iter().flatten());
        both.for_each(|(seen, more)| seen.merge(&more));
    }
    (run.without_visitors(), summary, seen)
}

/// Decides calls, writes every decision and sums them up.
struct DecisionWriter<'g, 'o, W> {
    decider: Decider<'g>,
    show_args: bool,
    out: &'o mut W,
}

impl<W: Write> Visitor for DecisionWriter<'_, '_, W> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        let (out, show_args) = (&mut *self.out, self.show_args);
        self.decider.decide(call, |decided| write_decision(out, decided, call.file, show_args))
    }

    fn pause(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes the summary. Where there was no call, people are told so elsewhere.
fn write_summary(
    out: &mut dyn Write,
    report: &ReplayReport<'_>,
    arguments: &ReplayArguments,
    style: &Style,
) -> io::Result<()> {
    let mut text = String::new();
    match arguments.format {
        SummaryFormat::Human if report.totals.calls() == 0 => {}
        SummaryFormat::Human => {
            write_replay(&mut text, report, style, arguments.verbosity.detail());
        }
        SummaryFormat::Markdown => {
            let mut comment = Comment::new("replay", arguments.policies.paths());
            write_replay_markdown(&mut comment, report);
            text = comment.finish();
        }
        SummaryFormat::Html => text = write_replay_html(report),
        SummaryFormat::Json => write_replay_json(out, report)?,
        SummaryFormat::Jsonl => write_replay_jsonl(out, report)?,
        SummaryFormat::Lcov => text.extend(report.coverage.map(coverage::lcov)),
        SummaryFormat::Csv => write_replay_csv(out, report)?,
        SummaryFormat::Junit => write_replay_junit(out, report)?,
    }
    out.write_all(without_commands(&text).as_bytes())
}

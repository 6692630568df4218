//! `gatelint replay`.

mod arguments;
mod decider;
mod partition_key;
mod parts;
mod read;

use std::collections::BTreeSet;
use std::io::{self, Write};

pub(super) use self::arguments::ReplayArguments;
use self::arguments::{FailOn, SummaryFormat};
use self::decider::{Decider, DecisionWriter};
use self::read::Read;
use crate::cli::common::assume;
use crate::cli::common::call_choice::NOTHING_CHOSEN;
use crate::cli::common::coverage;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::fail_on;
use crate::cli::common::fail_on::OrCoverage;
use crate::cli::common::output::{OutputOptions, print_error, stdout};
use crate::cli::common::policies;
use crate::cli::common::policies::Chosen;
use crate::cli::common::trace_input;
use crate::engine::{Assumptions, Gate};
use crate::policy::Policy;
use crate::replay::{AGENT, Policies, Run, without_limits};
use crate::report::{
    Comment, CoverageReport, ReplayReport, Style, without_commands, write_replay, write_replay_csv,
    write_replay_html, write_replay_json, write_replay_jsonl, write_replay_junit,
    write_replay_markdown, write_replay_part,
};

const NOTHING_RECORDED: &str = "error: no call has a recorded decision, so nothing was compared\n  help: replay without --compare-recorded, or name a trace that has the gateway's own decisions\n";

const NOTHING_COVERED: &str = "error: no call is to a server with a policy, so none was decided\n  help: check the names of the servers, or give one policy for all of them as --policy PATH\n";

const ONLY_AGENT: &str = "error: every call is of the agent's own tools, which no gateway sees, so none was decided\n  help: give these tools a policy as --policy agent=PATH\n";

pub(super) fn run(
    arguments: &ReplayArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    if arguments.partition_key {
        return partition_key::run(arguments);
    }
    fail_on::check(&arguments.fail_on, &OrCoverage::Is(FailOn::None))?;
    parts::check(arguments)?;
    coverage::check(arguments.coverage, arguments.format.tells_coverage())?;
    let assumptions = arguments.assume.together();
    let chosen = arguments.policies.load(arguments.assume.start())?;
    assume::check_mode(&assumptions, chosen.iter().map(|chosen| &chosen.loaded.policy))?;
    let policies = policies::compile(&chosen, &arguments.behind_gateway, &assumptions)?;
    let options = || parts::options(arguments, &chosen);
    let mut out = stdout();
    let read = match arguments.merge.is_empty() {
        true => replayed(arguments, &chosen, &policies, &assumptions, &mut out)?,
        false => parts::merged(arguments, &options())?,
    };
    let Read { run, totals, seen, .. } = &read;
    let secrets = arguments.policies.secrets(arguments.show_args)?;
    let covered = seen.as_ref().map(|seen| coverage::report(&chosen, &policies, seen, &secrets));
    let looked_at: Vec<_> =
        chosen.iter().map(|one| (&one.loaded.document, &one.loaded.policy)).collect();
    let report = ReplayReport {
        totals,
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
    let is_part = arguments.format == SummaryFormat::Part;
    let trace = &arguments.trace;
    let uncompared = totals.recorded.as_ref().is_some_and(|compared| compared.calls() == 0);
    if uncompared && totals.calls() > 0 {
        print_error(NOTHING_RECORDED);
    }
    if run.calls > 0 && !is_part {
        let idle = totals.idle_policies().map(|number| &chosen[number]);
        policies::warn_of_idle(idle, &totals.not_covered);
    }
    trace_input::say_whose_calls(run, policies.count_by_grant());
    arguments.choice.say_untimed();
    let undecided = run.calls > 0 && totals.calls() == 0;
    if undecided {
        print_error(match totals.not_covered.as_slice() {
            [] if arguments.choice.is_given() => NOTHING_CHOSEN,
            [(name, _)] if name == AGENT => ONLY_AGENT,
            _ => NOTHING_COVERED,
        });
    }
    let empty = trace.is_empty(run) || ((undecided || uncompared) && !trace.allow_empty);
    let share = report.coverage.map(CoverageReport::share);
    let is_met = |fail_on: &FailOn| fail_on.is_met(&report);
    let found = arguments.fail_on.iter().filter(|one| one.is_met(share, is_met)).count() > 0;
    let status = ExitStatus::of(trace.is_bad(run), empty, found);
    if is_part {
        write_replay_part(&mut out, &read.part(options()))?;
        out.flush()?;
    }
    Ok(status)
}

/// Decides the calls of a trace.
fn replayed(
    arguments: &ReplayArguments,
    chosen: &[Chosen],
    policies: &Policies,
    assumptions: &Assumptions,
    out: &mut dyn Write,
) -> Result<Read, CliError> {
    let lifted = weighed(arguments, chosen, assumptions)?;
    let servers = chosen.iter().filter_map(|chosen| chosen.server.as_ref());
    let options = arguments.trace.for_servers(servers.chain(&arguments.behind_gateway));
    let (traces, options) = (&arguments.traces, &options);
    let unseen = arguments.gathers_coverage().then(|| coverage::unseen(chosen, policies));
    let decider = || Decider::new(policies, lifted.as_ref(), unseen.clone(), arguments);
    if arguments.decisions {
        let writer = DecisionWriter { decider: decider(), show_args: arguments.show_args, out };
        let run = trace_input::read_alone(traces, options, writer)?;
        return Ok(summed_up(run, |writer| writer.decider));
    }
    let run = match policies.count_grants_together() {
        // Grants that share counters cannot be parted.
        true => trace_input::read_in_order(traces, options, decider)?,
        false => trace_input::read_parallel(traces, options, decider)?,
    };
    Ok(summed_up(run, |decider| decider))
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

/// What a run read, and what its visitors' summaries come to.
fn summed_up<'g, V>(mut run: Run<V>, decider: impl Fn(V) -> Decider<'g>) -> Read {
    let mut deciders = std::mem::take(&mut run.visitors).into_iter().map(decider);
    let Decider { mut summary, mut seen, mut parted, .. } =
        deciders.next().expect("every run has a visitor");
    for other in deciders {
        summary.merge(other.summary);
        let both = seen.iter_mut().flatten().zip(other.seen.into_iter().flatten());
        both.for_each(|(seen, more)| seen.merge(&more));
        parted.merge(other.parted);
    }
    let (totals, grants) = (summary.totals(&run.grants), summary.grants().clone());
    let names = BTreeSet::new();
    Read { run: run.without_visitors(), totals, seen, grants, names, parted }
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
        SummaryFormat::Part => {}
    }
    out.write_all(without_commands(&text).as_bytes())
}

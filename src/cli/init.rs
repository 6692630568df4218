//! `gatelint init`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::common::dialect;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input;
use super::common::names::{server, unknown_tool};
use super::common::output::{OutputFormat, OutputOptions, print_error, stdout};
use super::common::output_file::OutputFile;
use super::common::spooled::Spooled;
use super::common::trace_input;
use super::common::trace_input::TraceOptions;
use crate::catalogue::{Catalogue, Server, Subject, Tool, classify};
use crate::engine::Gate;
use crate::init::{Choice, Draft, Fit, Observed, Observer, Proof};
use crate::lint::{Report, Severity, lint};
use crate::policy::{self, Dialect};
use crate::replay::Counts;
use crate::report::{Begun, escape, policy_text, write_begun, write_begun_json, write_what_if};
use crate::source::{Document, nearest};
use crate::trace::Toolset;

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    #[command(flatten)]
    origin: Origin,
    /// A tool of the server; without it, all of them.
    #[arg(long = "tool", value_name = "NAME", conflicts_with = "traces")]
    tools: Vec<String>,
    /// The dialect to write.
    #[arg(long, value_parser = dialect::written_parser(), default_value = "v1", value_name = "NAME[@VERSION]")]
    to: Dialect,
    /// Add servers to the catalogue: our own records, an answer to `tools/list`, or an index.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    catalogue: Vec<PathBuf>,
    #[command(flatten)]
    fit: FitOptions,
    #[command(flatten)]
    trace: TraceOptions,
    #[command(flatten)]
    file: OutputFile,
    /// What is written to standard output: the policy for people, for machines also the reasons.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
struct Origin {
    /// The server whose tools the policy is for.
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// The tools the policy is for: an answer to `tools/list`, or a record.
    #[arg(long, value_name = "FILE", conflicts_with = "server")]
    from: Option<PathBuf>,
    /// Recorded calls: a file, a folder, or `-` for standard input. The policy allows what they
    /// needed and no more.
    #[arg(long = "trace", value_name = "TRACE")]
    traces: Vec<PathBuf>,
}

/// How closely the policy follows a trace.
#[derive(Debug, Args)]
struct FitOptions {
    /// How many times the observed calls a minute a limit lets through, up to what is recommended.
    #[arg(long, default_value_t = 2.0, value_name = "TIMES", value_parser = parse_headroom)]
    headroom: f64,
    /// The share of the minutes, in percent, whose calls a limit must let through.
    #[arg(long, default_value_t = 100.0, value_name = "PERCENT", value_parser = parse_percentile)]
    percentile: f64,
    /// How many calls a tool must have before an argument that was always the same must stay so.
    #[arg(long, default_value_t = 10, value_name = "CALLS")]
    min_calls: u64,
    /// Suggest no conditions on arguments.
    #[arg(long)]
    no_conditions: bool,
    /// Let a tool be called although the catalogue recommends to hide or deny it: with a trace as often
    /// as it was, and with the recorded values of its arguments where they were few; without one ten
    /// times a minute.
    #[arg(long, value_name = "TOOL")]
    allow: Vec<String>,
    /// Show what each limit would have throttled, instead of the policy.
    #[arg(long, requires = "traces", conflicts_with = "format")]
    what_if: bool,
}

pub(super) fn run(
    arguments: &InitArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    arguments.file.check()?;
    let (catalogue, name) = arguments.catalogue()?;
    let server = name.map(|name| server(&catalogue, &name)).transpose()?;
    match (server, arguments.origin.traces.as_slice()) {
        (Some(server), []) => recommended(arguments, &catalogue, server, output),
        (server, traces) => fitted(arguments, traces, &catalogue, server, output),
    }
}

/// The policy that the catalogue recommends for a server.
fn recommended(
    arguments: &InitArguments,
    catalogue: &Catalogue,
    server: &Server,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let named: Vec<&str> = match arguments.tools.as_slice() {
        [] => server.tools.iter().map(|tool| &*tool.name).collect(),
        tools => tools.iter().map(String::as_str).collect(),
    };
    let mut tools: Vec<&Tool> = Vec::with_capacity(named.len());
    for name in named {
        let tool = server.tool(name).ok_or_else(|| unknown_tool(server, name))?;
        if !tools.iter().any(|present| present.name == tool.name) {
            tools.push(tool);
        }
    }
    let allowed = &arguments.fit.allow;
    if let Some(name) = allowed.iter().find(|name| !tools.iter().any(|tool| tool.name == **name)) {
        return Err(unknown_tool(server, name));
    }
    let without = Draft::recommended(tools, arguments.to);
    let draft = without.clone().allowing(allowed);
    say_idle(allowed, &without, &draft);
    let (report, _) = written(&draft, catalogue, Some(&server.name));
    input::sound(catalogue)?;
    let begun = Begun { draft: &draft, report: &report, server: Some(&server.name), proof: None };
    finish(arguments, &begun, output)
}

/// The policy that lets recorded calls through, and little else.
fn fitted(
    arguments: &InitArguments,
    traces: &[PathBuf],
    catalogue: &Catalogue,
    server: Option<&Server>,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let spooled = Spooled::of(traces)?;
    let traces = spooled.paths();
    let (mut observer, mut of_agent) = (Observer::new(arguments.to == Dialect::V1), 0);
    let run = trace_input::read(traces, &arguments.trace, |call| {
        match call.record.toolset {
            Toolset::Agent => of_agent += 1,
            _ => observer.add(call.record, call.grant, call.time),
        }
        Ok(())
    })?;
    if arguments.trace.is_bad(&run) || run.calls == 0 {
        let (bad, empty) = (arguments.trace.is_bad(&run), arguments.trace.is_empty(&run));
        return Ok(ExitStatus::of(bad, empty, false));
    }
    trace_input::say_whose_calls(&run, arguments.to == Dialect::V1);
    trace_input::say_of_agent(of_agent, run.calls);
    let observed = observer.finish();
    for name in arguments.fit.allow.iter().filter(|name| !observed.tools.contains_key(*name)) {
        let near = nearest(name, observed.tools.keys().map(String::as_str));
        let help = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        let warning = format!("warning: --allow {name} changes nothing: no call is of it{help}");
        print_error(&format!("{}\n", escape(&warning)));
    }
    let server = server.or_else(|| recognised(catalogue, &observed));
    let judge = |name: &str| match server.and_then(|server| server.tool(name)) {
        Some(tool) => (tool.category, tool.confidence),
        None => {
            let verdict = classify(&Subject::named(name));
            (verdict.category, verdict.confidence)
        }
    };
    let fit = arguments.fit.fit();
    let without = Fit { allowed: Vec::new(), ..fit.clone() };
    let without = without.draft(&observed, judge, arguments.to);
    let draft = fit.draft(&observed, judge, arguments.to);
    say_idle(&fit.allowed, &without, &draft);
    let server = server.map(|server| &*server.name);
    let (report, document) = written(&draft, catalogue, server);
    input::sound(catalogue)?;
    let counts = replayed(&document, traces, &arguments.trace, &draft)?;
    let proof = Proof { observed, counts, exact: arguments.fit.percentile >= 100.0 };
    let begun = Begun { draft: &draft, report: &report, server, proof: Some(&proof) };
    finish(arguments, &begun, output)
}

/// Says which tools that were to be allowed are treated as they would be without that.
fn say_idle(allowed: &[String], without: &Draft, draft: &Draft) {
    for name in allowed {
        let Some(tool) = draft.tool(name).filter(|tool| without.tool(name) == Some(*tool)) else {
            continue;
        };
        let why = match tool.choice {
            Choice::LeaveOut(_) => "no policy of this dialect can let it be called",
            _ => "it may be called without it",
        };
        let warning = format!("warning: --allow {name} changes nothing: {why}");
        print_error(&format!("{}\n", escape(&warning)));
    }
}

/// Writes the draft down and reads it again, as everybody else will.
fn written(draft: &Draft, catalogue: &Catalogue, server: Option<&str>) -> (Report, Document) {
    let text = policy_text(&draft.document());
    let name = match draft.dialect {
        Dialect::V1 => "policy.json",
        _ => "policy.yaml",
    };
    let read = || Document::read(name, text.clone().into_bytes());
    (lint(read(), catalogue, server, Some(draft.dialect)), read())
}

/// Decides the trace again, now under the policy. Calls that the recording gateway refused are no
/// need and are passed over.
fn replayed(
    document: &Document,
    traces: &[PathBuf],
    options: &TraceOptions,
    draft: &Draft,
) -> Result<Counts, CliError> {
    let policy = policy::read(document, Some(draft.dialect)).policy;
    let gate = Gate::new(&policy.expect("what was just written is a policy"));
    let mut replay = options.replay(&gate);
    let mut counts = Counts::default();
    trace_input::read_again(traces, options, |call| {
        if !Observer::is_refused(call.record) && call.record.toolset != Toolset::Agent {
            let decision = replay.decide(call.record, call.grant, call.time);
            counts.add(decision.outcome);
        }
        Ok(())
    })?;
    Ok(counts)
}

fn recognised<'c>(catalogue: &'c Catalogue, observed: &Observed) -> Option<&'c Server> {
    let names: Vec<&str> = observed.tools.keys().map(String::as_str).collect();
    catalogue.recognise(&names).map(|found| found.server)
}

fn finish(
    arguments: &InitArguments,
    begun: &Begun<'_>,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    if begun.draft.tools.is_empty() {
        print_error(
            "error: there is no tool to write a policy for\n  help: name another server or trace\n",
        );
        return Ok(ExitStatus::Nothing);
    }
    let style = output.style_of_stderr();
    let mut notes = String::new();
    write_begun(&mut notes, begun, &style);
    print_error(&notes);
    match (arguments.format, begun.proof) {
        (OutputFormat::Json, _) => {
            let mut out = stdout();
            write_begun_json(&mut out, begun)?;
            out.flush()?;
            if arguments.file.path().is_some() {
                arguments.file.write(&policy_text(&begun.draft.document()))?;
            }
        }
        (OutputFormat::Human, Some(proof)) if arguments.fit.what_if => {
            let mut text = String::new();
            write_what_if(&mut text, begun.draft, &proof.observed, &output.style());
            super::common::output::print(&text)?;
        }
        (OutputFormat::Human, _) => arguments.file.write(&policy_text(&begun.draft.document()))?,
    }
    let unclean = begun.report.findings.iter().any(|found| found.severity >= Severity::Warning);
    let refuses = begun.proof.is_some_and(|proof| !proof.holds());
    Ok(ExitStatus::of(false, false, unclean || refuses))
}

impl InitArguments {
    /// The catalogue, and the name of the server that the user named or that is in the file of
    /// `--from`.
    fn catalogue(&self) -> Result<(Catalogue, Option<String>), CliError> {
        let mut catalogue = input::catalogue(&self.catalogue)?;
        let Some(from) = &self.origin.from else {
            return Ok((catalogue, self.origin.server.clone()));
        };
        let (document, servers) = input::servers(input::document(from)?)?;
        let count = servers.len();
        let Ok([only]) = <[Server; 1]>::try_from(servers) else {
            return Err(CliError::Refused {
                message: format!("{} holds {count} servers, and one is needed", document.name),
                help: "name the file with `--catalogue` and the server with `--server`".to_owned(),
            });
        };
        let name = only.name.clone();
        catalogue.add([only]);
        Ok((catalogue, Some(name)))
    }
}

impl FitOptions {
    fn fit(&self) -> Fit {
        Fit {
            headroom: self.headroom,
            percentile: self.percentile,
            least_calls: (!self.no_conditions).then_some(self.min_calls),
            allowed: self.allow.clone(),
        }
    }
}

fn parse_headroom(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "write a number, such as `2` or `1.5`")?;
    let sensible = (1.0..=1_000.0).contains(&number);
    sensible.then_some(number).ok_or_else(|| "it is from 1 to 1000".to_owned())
}

fn parse_percentile(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "write a number, such as `99` or `99.9`")?;
    let sensible = number > 0.0 && number <= 100.0;
    sensible.then_some(number).ok_or_else(|| "it is above 0 and at most 100".to_owned())
}

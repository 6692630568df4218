//! `gatelint init`.

mod trace;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::common::dialect;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input;
use super::common::names::{server, unknown_tool};
use super::common::output::{OutputFormat, OutputOptions, print_error, stdout};
use super::common::output_file::OutputFile;
use super::common::trace_input::TraceOptions;
use crate::catalogue::{Catalogue, Server, Tool};
use crate::init::{Choice, Draft, Fit};
use crate::lint::{Report, Severity, lint};
use crate::policy::Dialect;
use crate::report::{Begun, escape, policy_text, write_begun, write_begun_json};
use crate::source::Document;

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    #[command(flatten)]
    origin: Origin,
    /// A tool of the server; without it, all of them.
    #[arg(long = "tool", value_name = "NAME", conflicts_with = "traces")]
    tools: Vec<String>,
    /// The dialect to write.
    #[arg(long, value_parser = dialect::parser(), default_value = "v1", value_name = "NAME[@VERSION]")]
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
    /// needed and no more. Where they are to several servers, each gets a policy, and `-o` names a folder.
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
    /// How many calls a tool must have before its arguments get conditions. Where calls go to, and what
    /// destroys or moves money, is told from fewer.
    #[arg(long, default_value_t = 10, value_name = "CALLS")]
    min_calls: u64,
    /// Suggest no conditions on arguments.
    #[arg(long)]
    no_conditions: bool,
    /// Let a tool be called although the catalogue recommends to hide or deny it, ten times a minute. What
    /// a trace needed is let through anyway.
    #[arg(long, value_name = "TOOL")]
    allow: Vec<String>,
}

pub(super) fn run(
    arguments: &InitArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    if !arguments.takes_folder() {
        arguments.file.check()?;
    }
    let (catalogue, name) = arguments.catalogue()?;
    let server = name.map(|name| server(&catalogue, &name)).transpose()?;
    match (server, arguments.origin.traces.as_slice()) {
        (Some(server), []) => recommended(arguments, &catalogue, server, output),
        (server, traces) => trace::fitted(arguments, traces, &catalogue, server, output),
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
    say(&begun, output);
    if draft.tools.is_empty() {
        return Ok(ExitStatus::Nothing);
    }
    match arguments.format {
        OutputFormat::Json => {
            let mut out = stdout();
            write_begun_json(&mut out, &begun)?;
            out.flush()?;
            if arguments.file.path().is_some() {
                arguments.file.write(&policy_text(&draft.document()))?;
            }
        }
        OutputFormat::Human => arguments.file.write(&policy_text(&draft.document()))?,
    }
    Ok(ExitStatus::of(false, false, is_unclean(&begun)))
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
        Dialect::Intercept(_) => "policy.yaml",
    };
    let read = || Document::read(name, text.clone().into_bytes());
    (lint(read(), catalogue, server, Some(draft.dialect)), read())
}

/// Whether a path is that of a folder, there or to be made.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator)
}

/// Tells people what was decided and why.
fn say(begun: &Begun<'_>, output: &OutputOptions) {
    if begun.draft.tools.is_empty() {
        print_error(
            "error: there is no tool to write a policy for\n  help: name another server or trace\n",
        );
        return;
    }
    let mut notes = String::new();
    write_begun(&mut notes, begun, &output.style_of_stderr());
    print_error(&notes);
}

/// Whether there is something to look at before the policy is used.
fn is_unclean(begun: &Begun<'_>) -> bool {
    let unclean = begun.report.findings.iter().any(|found| found.severity >= Severity::Warning);
    unclean || begun.proof.is_some_and(|proof| !proof.holds())
}

impl InitArguments {
    /// Whether the result may be a folder of policies, and one is named.
    fn takes_folder(&self) -> bool {
        !self.origin.traces.is_empty() && self.file.path().is_some_and(is_folder)
    }

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

//! `toolgate lint`.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::catalogue::server;
use super::error::CliError;
use super::exit::ExitStatus;
use super::input;
use super::output::{OutputOptions, print, print_error, stdout};
use crate::lint::{Candidate, Report, Severity, WalkError, candidates, lint};
use crate::policy::{Dialect, looks_like_policy};
use crate::report::{Notice, Unreadable, escape, write_lint_json, write_notices, write_summary};

#[derive(Debug, Args)]
pub(super) struct LintArguments {
    /// Policies, folders to look for policies in, or `-` for standard input.
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,
    /// The server that the policies are for; without it, it is found from the tools they name.
    #[arg(long, value_name = "NAME")]
    server: Option<String>,
    /// Add servers to the catalogue: our own records, an answer to `tools/list`, or an index.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    catalogue: Vec<PathBuf>,
    /// The dialect of the policies; without it, it is found from their content.
    #[arg(long, value_enum)]
    dialect: Option<DialectName>,
    /// The least severity that makes the exit status 1.
    #[arg(long, value_enum, default_value_t = FailOn::Warning, value_name = "SEVERITY")]
    fail_on: FailOn,
    /// How the findings are written.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
    /// Pass over named files that are not policies, as in folders; for hooks that name every file.
    #[arg(long)]
    skip_non_policies: bool,
    /// Finding no policy is not an error.
    #[arg(long)]
    allow_empty: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum DialectName {
    /// PolicyLayer's document, version "1".
    V1,
    /// The document of PolicyLayer/Intercept.
    Intercept,
}

impl From<DialectName> for Dialect {
    fn from(name: DialectName) -> Dialect {
        match name {
            DialectName::V1 => Dialect::V1,
            DialectName::Intercept => Dialect::Intercept,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Error,
    Warning,
    Info,
    /// No finding makes the exit status 1.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum OutputFormat {
    /// For people.
    Human,
    /// For machines, with a `schema_version`.
    Json,
}

impl DialectName {
    /// The dialect of the name.
    pub(super) fn dialect(self) -> Dialect {
        match self {
            DialectName::V1 => Dialect::V1,
            DialectName::Intercept => Dialect::Intercept,
        }
    }
}

pub(super) fn run(
    arguments: &LintArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let catalogue = input::catalogue(&arguments.catalogue)?;
    if let Some(name) = &arguments.server {
        server(&catalogue, name)?;
    }
    let dialect = arguments.dialect.map(DialectName::dialect);
    let mut reports = Vec::new();
    let mut unreadable = Vec::new();
    for candidate in candidates(&arguments.paths) {
        match candidate {
            Ok(Candidate { document, named })
                if named && arguments.skip_non_policies && !looks_like_policy(&document) => {}
            Ok(Candidate { document, .. }) => {
                reports.push(lint(document, &catalogue, arguments.server.as_deref(), dialect));
            }
            Err(error) => unreadable.push(error),
        }
    }
    input::sound(&catalogue)?;
    write(arguments, output, &reports, &unreadable)?;
    let failed = !unreadable.is_empty() || reports.iter().any(Report::is_unreadable);
    let empty = reports.is_empty() && !arguments.allow_empty;
    if empty && unreadable.is_empty() {
        print_error("error: no policy found\n  help: name a policy, or a folder that holds one\n");
    }
    let findings = reports.iter().flat_map(|report| &report.findings);
    let found = findings.into_iter().any(|finding| arguments.fail_on.includes(finding.severity));
    Ok(ExitStatus::of(failed, empty, found))
}

fn write(
    arguments: &LintArguments,
    output: &OutputOptions,
    reports: &[Report],
    unreadable: &[WalkError],
) -> Result<(), CliError> {
    if arguments.format == OutputFormat::Json {
        let unreadable: Vec<Unreadable> = unreadable
            .iter()
            .map(|error| Unreadable {
                file: error.path.display().to_string(),
                message: error.cause.to_string(),
            })
            .collect();
        let mut out = stdout();
        write_lint_json(&mut out, reports, &unreadable)?;
        return Ok(out.flush()?);
    }
    for error in unreadable {
        print_error(&format!(
            "error: {}\n  help: check the path and its permissions\n",
            escape(&error.to_string())
        ));
    }
    let style = output.style();
    let mut text = String::new();
    for report in reports {
        let notices: Vec<Notice> = report.findings.iter().map(Notice::from).collect();
        write_notices(&mut text, &report.document, &notices, &style);
    }
    if !reports.is_empty() {
        write_summary(&mut text, reports, &style);
    }
    Ok(print(&text)?)
}

impl FailOn {
    fn includes(self, severity: Severity) -> bool {
        match self {
            FailOn::Error => severity >= Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Info => true,
            FailOn::None => false,
        }
    }
}

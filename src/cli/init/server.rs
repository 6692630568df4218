//! `gatelint init --server`, `--from`: what the catalogue recommends.

use std::io::Write;

use super::arguments::InitArguments;
use super::folder;
use super::output::{is_unclean, say, say_idle, written};
use crate::catalogue::{Catalogue, Server, Tool};
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::input;
use crate::cli::common::names;
use crate::cli::common::output::{OutputFormat, OutputOptions, stdout};
use crate::init::Draft;
use crate::lint::{Report, Severity};
use crate::report::{Begun, policy_text, write_begun_json};

/// The policy that the catalogue recommends for a server.
pub(super) fn recommended(
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
        let tool = names::tool(server, name)?;
        if !tools.iter().any(|present| present.name == tool.name) {
            tools.push(tool);
        }
    }
    let allow = |name: &String| {
        let tool = names::tool(server, name)?;
        match tools.iter().any(|taken| taken.name == tool.name) {
            true => Ok(tool.name.to_string()),
            false => Err(CliError::usage(
                &format!("`{name}` is to be allowed, and is none of the tools that are named"),
                "name it among --tools",
            )),
        }
    };
    let allowed = arguments.fit.allow.iter().map(allow).collect::<Result<Vec<_>, _>>()?;
    let allowed = allowed.as_slice();
    let recommended = Draft::recommended(tools, arguments.to);
    let (draft, report) =
        settled(recommended.clone().allowing(allowed), allowed, catalogue, server);
    if !allowed.is_empty() {
        say_idle(allowed, &settled(recommended, &[], catalogue, server).0, &draft);
    }
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
                write(arguments, &begun)?;
            }
        }
        OutputFormat::Human => write(arguments, &begun)?,
    }
    Ok(ExitStatus::of(false, false, is_unclean(&begun)))
}

/// Writes the policy where it is to go: to a file, or into a folder under the server's name.
fn write(arguments: &InitArguments, begun: &Begun<'_>) -> Result<(), CliError> {
    match arguments.file.path() {
        Some(path) if arguments.file.is_folder() => folder::write(arguments, path, &[("", begun)]),
        _ => arguments.file.write(&policy_text(&begun.draft.document())),
    }
}

/// A draft in which every tool that the linter warns of is shut, and what the linter says of it then.
fn settled(
    mut draft: Draft,
    allowed: &[String],
    catalogue: &Catalogue,
    server: &Server,
) -> (Draft, Report) {
    let judge = |draft: &Draft| written(draft, catalogue, Some(&server.name)).0;
    let mut report = judge(&draft);
    // A tool that does as another, which is shut, is found only when that one is: at most once each.
    for _ in 0..draft.tools.len() {
        let shut = draft.clone().shutting(&warned_of(&report, allowed));
        if shut == draft {
            break;
        }
        (report, draft) = (judge(&shut), shut);
    }
    (draft, report)
}

/// The tools that the linter warns of, but those that the user allowed.
fn warned_of<'r>(report: &'r Report, allowed: &[String]) -> Vec<&'r str> {
    /// What a server claims is no better where the tool is shut.
    const CLAIMS: &str = "annotation-contradicts-name";
    let findings = report
        .findings
        .iter()
        .filter(|finding| finding.severity > Severity::Info && finding.rule.name != CLAIMS);
    let tools = findings.filter_map(|finding| finding.facts.get("tool")?.as_str());
    tools.filter(|tool| !allowed.iter().any(|name| name == tool)).collect()
}

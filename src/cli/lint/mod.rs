//! `gatelint lint`.

mod arguments;
mod baseline;
mod fixing;
mod format;
mod judge;
mod unused;
mod watch;

use std::path::{Path, PathBuf};

use self::arguments::FailOn;
pub(super) use self::arguments::LintArguments;
use self::judge::{Judge, Judged};
use super::common::config_input;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input;
use super::common::names::server;
use super::common::output::{OutputOptions, print_error};
use crate::catalogue::Catalogue;
use crate::config::{Config, rules_named};
use crate::lint::{RULES, Report, find};
use crate::report::Linted;

pub(super) fn run(
    arguments: &LintArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    judge::quieten_panics();
    if arguments.watch && arguments.paths.iter().any(|path| path == Path::new("-")) {
        return Err(CliError::usage(
            "standard input cannot be watched",
            "name a file or a folder, or lint it without --watch",
        ));
    }
    match arguments.watch {
        true => watch::watch(|| watched(arguments), output, || lint_once(arguments, output)),
        false => lint_once(arguments, output),
    }
}

fn lint_once(arguments: &LintArguments, output: &OutputOptions) -> Result<ExitStatus, CliError> {
    let config = config_input::read(&arguments.config)?;
    let files = [&config.catalogues[..], &arguments.catalogue[..]].concat();
    let catalogue = input::catalogue(&files)?;
    check_servers(&catalogue, arguments, &config)?;
    let mut settings = config.settings(&rules(&arguments.select)?, &rules(&arguments.ignore)?);
    settings.no_ignores = arguments.no_ignores;
    // A gate shows what the configuration hides; a baseline that is named is wanted.
    let configured = config.baseline.as_deref().filter(|_| !arguments.no_ignores);
    let before = baseline::read(&arguments.baseline, configured)?;
    let judge = Judge {
        arguments,
        config: &config,
        catalogue: &catalogue,
        settings: &settings,
        baseline: before.as_ref(),
    };
    let Judged { mut reports, unreadable, stale, changes } =
        judge.all(find_files(arguments, &config));
    let stale = stale + judge.of_deleted_files();
    input::sound(&catalogue)?;
    let failed = !unreadable.is_empty() || reports.iter().any(Report::is_unreadable);
    let judged = reports.len();
    reports.extend(unused::report(&config, &settings, &reports));
    let linted = Linted { reports: &reports, unreadable: &unreadable, stale };
    if arguments.baseline.writes() && (judged > 0 || failed) {
        let before = before.as_ref();
        baseline::write(
            &arguments.baseline,
            configured,
            before,
            &linted,
            &settings,
            failed,
            output,
        )?;
        return Ok(ExitStatus::of(failed, false, false));
    }
    let fixed = fixing::finish(&arguments.fixing, &changes, output)?;
    let failed = failed || fixed.failed;
    if arguments.fixing.shows_only() {
        print_error(&format!("{}\n", linted.summary()));
    } else if arguments.paths.iter().any(|path| arguments.fixing.writes_out(path)) {
        format::write_beside(&linted, output);
    } else {
        arguments.format.write(&linted, output)?;
    }
    if judged == 0 && unreadable.is_empty() && !arguments.allow_empty {
        print_error("error: no policy found\n  help: name a policy, or a folder that holds one\n");
    }
    let fails = |finding: &crate::lint::Finding| {
        arguments.fail_on.iter().any(|fail_on| fail_on.includes(finding.severity))
    };
    let found = linted.findings().any(|(_, finding)| fails(finding));
    // Where only changes are shown, what cannot be mended is not asked for.
    let found = match arguments.fixing.shows_only() {
        true => fixed.to_change && !arguments.fail_on.contains(&FailOn::None),
        false => found,
    };
    Ok(ExitStatus::of(failed, judged == 0 && !arguments.allow_empty, found))
}

/// The files to lint, with those left out that the configuration does not want.
fn find_files(
    arguments: &LintArguments,
    config: &Config,
) -> Vec<Result<crate::lint::Found, crate::lint::WalkError>> {
    let mut found = find(&arguments.paths, &|path| config.includes(path));
    if arguments.force_exclude {
        found.retain(|found| !found.as_ref().is_ok_and(|found| config.excludes(&found.path)));
    }
    found
}

/// The files whose change asks for another look: those that are linted, and all that say how.
fn watched(arguments: &LintArguments) -> Vec<PathBuf> {
    // While it cannot be read, a configuration is at least waited for.
    let config = config_input::read(&arguments.config).unwrap_or_default();
    let found = find_files(arguments, &config).into_iter().filter_map(Result::ok);
    let mut files: Vec<PathBuf> = found.map(|found| found.path).collect();
    files.extend(config_input::path(&arguments.config).ok().flatten());
    files.extend(arguments.baseline.path(config.baseline.as_deref()));
    files.extend(config.catalogues);
    files.extend_from_slice(&arguments.catalogue);
    files
}

fn rules(names: &[String]) -> Result<Vec<&'static str>, CliError> {
    rules_named(names).map_err(|unknown| CliError::UnknownName {
        what: "rule",
        name: unknown.name,
        help: match unknown.nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("`gatelint rule --all` lists the {} rules", RULES.len()),
        },
    })
}

fn check_servers(
    catalogue: &Catalogue,
    arguments: &LintArguments,
    config: &Config,
) -> Result<(), CliError> {
    let configured = config.policies.iter().map(|entry| entry.server.as_str());
    let mut names = arguments.server.as_deref().into_iter().chain(configured);
    names.try_for_each(|name| server(catalogue, name).map(drop))
}

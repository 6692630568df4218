//! `gatelint lint`.

mod arguments;
#[cfg(feature = "mcp")]
mod asked;
mod baseline;
mod fixing;
mod format;
mod judge;
mod known;
mod own_output;
mod unused;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::arguments::FailOn;
pub(super) use self::arguments::LintArguments;
#[cfg(feature = "mcp")]
pub(super) use self::asked::{Asked, lint_asked};
use self::baseline::ReadBaseline;
use self::format::LintFormat;
use self::judge::{Judge, Judged, is_expected};
use self::own_output::is_own_output;
use super::common::again::watch;
use super::common::agents::absolute;
use super::common::clock::today;
use super::common::config_input;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::fail_on;
use super::common::input;
use super::common::names::{exact_server, rule, server};
use super::common::output::{OutputOptions, print_error};
use super::common::trace_input::{self, TraceOptions};
use crate::catalogue::{Catalogue, Server};
use crate::config::Config;
use crate::lint::{Recorded, Rule, Settings, Wanted, all_rules, find};
use crate::policy::AgentFile;
use crate::report::{Detail, Linted, escape};
use crate::testing::is_test_file;

pub(super) fn run(
    arguments: &LintArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    judge::quieten_panics();
    fail_on::check(&arguments.fail_on, &FailOn::None)?;
    if arguments.watch && arguments.paths.iter().any(|path| path == Path::new("-")) {
        return Err(CliError::usage(
            "standard input cannot be watched",
            "name a file or a folder, or lint it without --watch",
        ));
    }
    if arguments.statistics && !matches!(arguments.format, LintFormat::Human | LintFormat::Json) {
        return Err(CliError::usage(
            "statistics are written as `human` or `json`",
            "leave `--format` or `--statistics` out",
        ));
    }
    match arguments.watch {
        true => {
            let mut known = known::Known::default();
            let files = || watched(arguments, &mut known);
            let writes = arguments.fixing.writes();
            watch(files, writes, output, || lint_once(arguments, output))
        }
        false => lint_once(arguments, output),
    }
}

/// The calls of a trace. What of it cannot be read is said and makes it no worse: it only shows less.
fn recorded(traces: &[PathBuf]) -> Result<Recorded, CliError> {
    let mut recorded = Recorded::default();
    if !traces.is_empty() {
        trace_input::read(traces, &TraceOptions::default(), |call| {
            if let Some(arguments) = call.record.arguments.json() {
                recorded.add(&call.record.tool, arguments);
            }
            Ok(())
        })?;
    }
    Ok(recorded)
}

fn lint_once(arguments: &LintArguments, output: &OutputOptions) -> Result<ExitStatus, CliError> {
    let config = config_input::read(&arguments.config)?;
    let files = [&config.catalogues[..], &arguments.catalogue[..]].concat();
    let catalogue = input::catalogue(&files)?;
    let ground = Ground::new(arguments, &config, &catalogue)?;
    let Ground { settings, before, configured, .. } = &ground;
    let judge = ground.judge(arguments, &config, &catalogue);
    let Judged { mut reports, unreadable, passed_over, stale, changes } =
        judge.all(find_files(arguments, &config));
    let stale = stale + judge.of_deleted_files();
    input::sound(&catalogue)?;
    let fixed = fixing::finish(&arguments.fixing, &changes, output)?;
    // What could not be written is as it was.
    for change in fixed.unwritten.iter().map(|place| &changes[*place]) {
        let as_it_was = judge.text(change);
        let name = &as_it_was.document.name;
        if let Some(report) = reports.iter_mut().find(|report| report.document.name == *name) {
            *report = as_it_was;
        }
    }
    let judged = reports.len();
    reports.extend(unused::report(&config, settings, &reports, &passed_over));
    let rules: Vec<&Rule> = all_rules(&settings.house).collect();
    let linted = Linted {
        asked: &arguments.paths,
        reports: &reports,
        rules: &rules,
        unreadable: &unreadable,
        passed_over: &passed_over,
        stale,
    };
    let failed = linted.is_incomplete() || !fixed.unwritten.is_empty();
    if arguments.baseline.writes() && (judged > 0 || failed) {
        let before = before.as_ref();
        baseline::write(
            &arguments.baseline,
            *configured,
            before,
            &linted,
            settings,
            failed,
            output,
        )?;
        return Ok(ExitStatus::of(failed, false, false));
    }
    if changes.iter().all(|change| change.made.is_empty()) {
        fixing::why_nothing(&arguments.fixing, &linted).iter().for_each(|why| print_error(why));
    }
    let detail = arguments.verbosity.detail();
    if arguments.fixing.shows_only() {
        print_error(&format!("{}\n", linted.summary()));
    } else if arguments.paths.iter().any(|path| arguments.fixing.writes_out(path)) {
        format::write_beside(&linted, output);
    } else if arguments.statistics {
        arguments.format.write_statistics(&linted, output)?;
    } else {
        arguments.format.write(&linted, output, detail)?;
    }
    if detail == Detail::Findings {
        say_doubtful(&linted);
    }
    if detail > Detail::Summary {
        say_unknown(&linted);
    }
    if judged == 0 && unreadable.is_empty() {
        let passed_over = match (linted.missed(), passed_over.is_empty()) {
            (0, true) => String::new(),
            (0, false) => ", only settings that say nothing of permissions".to_owned(),
            _ => format!(", only {}", linted.passed_over_in_words()),
        };
        print_error(&match arguments.allow_empty {
            true => format!("note: no policy found{passed_over}\n"),
            false => format!(
                "error: no policy found{passed_over}\n  help: name a policy, or a folder that holds one\n"
            ),
        });
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

/// What files are judged by.
struct Ground<'a> {
    /// The server that was named.
    server: Option<&'a str>,
    settings: Settings,
    before: Option<ReadBaseline>,
    /// The baseline of the configuration.
    configured: Option<&'a Path>,
    /// The home that was given.
    home: Option<String>,
}

impl<'a> Ground<'a> {
    fn new(
        arguments: &LintArguments,
        config: &'a Config,
        catalogue: &'a Catalogue,
    ) -> Result<Ground<'a>, CliError> {
        let server = known_servers(catalogue, arguments, config)?;
        let rules = |names: &[String]| rules(config, names);
        let (select, ignore) = (rules(&arguments.select)?, rules(&arguments.ignore)?);
        let today = arguments.now.unwrap_or_else(today);
        let mut settings = config.settings(&select, &ignore, Some(today));
        settings.no_ignores = arguments.no_ignores;
        settings.recorded = Arc::new(recorded(&arguments.trace)?);
        // A gate shows what the configuration hides; a baseline that is named is wanted.
        let configured = config.baseline.as_deref().filter(|_| !arguments.no_ignores);
        let before = baseline::read(&arguments.baseline, configured)?;
        let server = server.map(|server| &*server.name);
        let home = arguments.home.as_deref().map(absolute).transpose()?;
        Ok(Ground { server, settings, before, configured, home })
    }

    fn judge(
        &'a self,
        arguments: &'a LintArguments,
        config: &'a Config,
        catalogue: &'a Catalogue,
    ) -> Judge<'a> {
        let Ground { server, settings, before, home, .. } = self;
        let (baseline, home) = (before.as_ref(), home.as_deref());
        Judge { arguments, config, catalogue, server: *server, settings, baseline, home }
    }
}

/// Says whose permission files are not known that may bear on what was judged.
fn say_unknown(linted: &Linted<'_>) {
    let mut unknown: Vec<&str> = Vec::new();
    for scope in linted.policies().flat_map(|report| &report.unknown) {
        if !unknown.contains(scope) {
            unknown.push(scope);
        }
    }
    if !unknown.is_empty() {
        let of = unknown.join(", ");
        print_error(&format!("note: permission files of {of} are not known\n"));
    }
}

/// Names the first files that may have been meant to be judged, and says how many others there are.
fn say_doubtful(linted: &Linted<'_>) {
    /// More than a few hide the point.
    const NAMED: usize = 8;
    for (file, reason) in linted.doubtful().take(NAMED) {
        let file = escape(file);
        print_error(&format!("note: passed over {file}: {reason}; name it to have it judged\n"));
    }
    let more = linted.doubtful().count().saturating_sub(NAMED);
    if more > 0 {
        print_error(&format!("note: passed over {more} more like these, which the JSON lists\n"));
    }
}

/// The files to lint, with those left out that the configuration does not want.
fn find_files(
    arguments: &LintArguments,
    config: &Config,
) -> Vec<Result<crate::lint::Found, crate::lint::WalkError>> {
    // What the program itself reads or writes beside policies is none.
    let file = config.document.as_ref().map(|document| PathBuf::from(&document.name));
    let beside: Vec<PathBuf> = read_beside(arguments, config).chain(file).collect();
    let beside: Vec<PathBuf> = beside.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let is_own = |path: &Path| {
        is_own_output(path) || path.canonicalize().is_ok_and(|path| beside.contains(&path))
    };
    let named = arguments.dialect.named();
    let is_of_dialect = |path: &Path| {
        let file = AgentFile::of_name(&path.display().to_string());
        file.is_none_or(|file| named.is_none_or(|named| named.agent() == Some(file.agent)))
    };
    let takes = |path: &Path| {
        config.includes(path) && !is_own(path) && is_of_dialect(path) && !is_test_file(path)
    };
    let is_expected = |path: &Path| config.expects(path) && takes(path);
    let takes_hidden: Option<&dyn Fn(&Path) -> bool> =
        config.expect.as_ref().map(|_| &is_expected as &dyn Fn(&Path) -> bool);
    let mut found = find(
        &arguments.paths,
        Wanted { takes_hidden, takes_permissions: Some(&takes), ..Wanted::shown(&takes) },
    );
    found.retain(|found| match found {
        Ok(found) if is_test_file(&found.path) => {
            if !arguments.skip_non_policies {
                let file = found.path.display().to_string();
                let file = escape(&file);
                print_error(&format!("note: {file} is a test file, which `gatelint test` runs\n"));
            }
            false
        }
        _ => true,
    });
    if arguments.force_exclude {
        found.retain(|found| !found.as_ref().is_ok_and(|found| config.excludes(&found.path)));
    }
    found
}

/// The files whose change asks for another look: those that are linted, and all that say how.
fn watched(arguments: &LintArguments, known: &mut known::Known) -> Vec<PathBuf> {
    // While it cannot be read, a configuration is at least waited for.
    let config = config_input::read(&arguments.config).unwrap_or_default();
    let found = find_files(arguments, &config).into_iter().filter_map(Result::ok);
    let is_linted =
        found.filter(|found| found.named || is_expected(&config, found) || known.is_policy(found));
    let mut files: Vec<PathBuf> = is_linted.map(|found| found.path).collect();
    files.extend(config_input::path(&arguments.config).ok().flatten());
    files.extend(read_beside(arguments, &config));
    files
}

/// The files that say how policies are judged, but for the configuration itself.
fn read_beside(
    arguments: &LintArguments,
    config: &Config,
) -> impl Iterator<Item = PathBuf> + use<> {
    let catalogues = [&config.catalogues[..], &arguments.catalogue[..]].concat();
    let baseline = arguments.baseline.path(config.baseline.as_deref());
    catalogues.into_iter().chain(baseline)
}

fn rules(config: &Config, names: &[String]) -> Result<Vec<&'static str>, CliError> {
    names.iter().map(|name| Ok(rule(name, &config.statements)?.name)).collect()
}

/// The server that is named, if one is; those of the configuration have to be known too.
fn known_servers<'c>(
    catalogue: &'c Catalogue,
    arguments: &LintArguments,
    config: &Config,
) -> Result<Option<&'c Server>, CliError> {
    let named = arguments.server.as_ref().map(|name| server(catalogue, name)).transpose()?;
    for name in config.policies.iter().filter_map(|entry| entry.server.as_deref()) {
        // One that nobody knows may be known to the gateway alone; a slip is one all the same.
        if catalogue.called(name).is_empty()
            && catalogue.server(name).is_none()
            && !catalogue.is_misspelt_server(name)
        {
            input::sound(catalogue)?;
            let name = escape(name);
            print_error(&format!(
                "warning: the catalogue has no server `{name}`, so that its tools are judged by their names\n  help: add its tools under `catalogues` of the configuration, or with --catalogue FILE\n"
            ));
            continue;
        }
        exact_server(catalogue, name)?;
    }
    Ok(named)
}

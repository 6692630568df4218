//! `gatelint test`.

mod arguments;
pub(super) mod assert;
mod covered;
mod files;
mod from_trace;
mod invalid;
mod mutating;
mod proving;

use std::io::Write;
use std::path::{Path, PathBuf};

pub(super) use self::arguments::TestArguments;
use self::arguments::TestFormat;
use self::covered::Covered;
use self::files::{Prepared, PreparedSet};
use self::proving::{FailOn, Proving};
use super::common::again::watch;
use super::common::coverage;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::fail_on;
use super::common::fail_on::OrCoverage;
use super::common::input::Loaded;
use super::common::output::{OutputOptions, print, print_as_is, print_error, stdout};
use super::common::test_file;
use crate::assertion::{Checked, Statement};
use crate::report::{
    Comment, CoverageReport, FailedCase, Secrets, TestReport, TestedFile, TestedSet, escape,
    write_tests, write_tests_github, write_tests_html, write_tests_json, write_tests_junit,
    write_tests_markdown, write_tests_tap,
};
use crate::testing::{first_failure, remedy, walk_of};

pub(super) fn run(
    arguments: &TestArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    fail_on::check(&arguments.fail_on, &OrCoverage::Is(FailOn::None))?;
    if let Some(to) = &arguments.write {
        test_file::check(to, arguments.force)?;
    }
    match &arguments.write {
        Some(to) if !arguments.traces.is_empty() => return from_trace::write(arguments, to),
        Some(_) if !arguments.mutates() => {
            return Err(CliError::usage(
                "--write needs something to write cases of",
                "add --mutate, or --trace TRACE; `gatelint diff --write FILE` writes those of a change",
            ));
        }
        _ => {}
    }
    match arguments.watch {
        true => watch(
            || files::watched(&arguments.paths, &arguments.policies),
            false,
            output,
            || run_once(arguments, output),
        ),
        false => run_once(arguments, output),
    }
}

fn run_once(arguments: &TestArguments, output: &OutputOptions) -> Result<ExitStatus, CliError> {
    let catalogue = arguments.catalogue.load()?;
    let secrets = &arguments.policies.secrets(arguments.show_args)?;
    let files::Read { mut prepared, broken, paths } = files::read(arguments, output);
    for file in &mut prepared {
        file.suite.statements.iter_mut().for_each(|one| secrets.mask_statement(one));
    }
    if let Some(to) = &arguments.write {
        if paths.iter().any(|path| same_file(path, to)) {
            return Err(CliError::usage(
                "the file that --write names is one of those that are run",
                "name another, whose cases then stand beside them",
            ));
        }
        mutating::check(&prepared)?;
    }
    let statements = |file: &Prepared| {
        let policies = file.sets.iter().map(|set| set.chosen.len()).sum::<usize>();
        file.suite.statements.len() * policies
    };
    let number = prepared.iter().map(statements).sum();
    let proving = Proving::new(&catalogue, &arguments.catalogue, arguments.timeout, number);
    let covered = arguments.gathers().then(Covered::default);
    let mut running = Running { arguments, proving, covered, secrets, has_failed: false };
    let files: Vec<TestedFile<'_>> = prepared.iter().map(|file| running.file(file)).collect();
    let mutate = || mutating::judge(&prepared, &files, &running.proving, secrets);
    let mutants = if arguments.mutates() { mutate() } else { Vec::new() };
    let coverage = running.covered.map(|covered| covered.report(secrets));
    let report = TestReport { files, broken, mutants, coverage, least: arguments.least() };
    let is_nothing = say_nothing(arguments, &report);
    write(arguments, &report, output)?;
    let survivors = report.mutants.iter().any(|mutants| !mutants.are_killed());
    if survivors && !arguments.format.tells_mutants() {
        print_error("error: mutants pass all tests\n  help: `--format human` shows them\n");
    }
    if let Some(to) = &arguments.write {
        let cases = mutating::write_missing(&report.mutants, &prepared, to, arguments.force)?;
        let to = escape(&to.display().to_string()).into_owned();
        print_error(&match cases {
            0 => format!("note: no case is missing, {to} is not written\n"),
            _ => format!("note: {} to {to}\n", test_file::written(cases)),
        });
    }
    let is_bad = match is_nothing {
        true => report.broken.iter().any(|broken| !broken.is_empty),
        false => !report.broken.is_empty(),
    };
    let counts = report.counts();
    let fails = !counts.are_met() && !arguments.fail_on.contains(&OrCoverage::Is(FailOn::None));
    let sets = || report.files.iter().flat_map(|file| &file.sets);
    let is_met = |fail_on: &FailOn| match fail_on {
        FailOn::Survivors => survivors,
        FailOn::Vacuous if sets().any(|set| !set.slips.is_empty()) => true,
        of_statements => sets().any(|set| of_statements.is_met(&set.statements)),
    };
    let share = report.coverage.as_ref().map(CoverageReport::share);
    let found = arguments.fail_on.iter().filter(|one| one.is_met(share, is_met)).count() > 0;
    Ok(ExitStatus::of(is_bad, is_nothing, fails || found))
}

/// Whether nothing was tested though something should have been, which is said where no file says why.
fn say_nothing(arguments: &TestArguments, report: &TestReport<'_>) -> bool {
    let counts = report.counts();
    let is_nothing = !arguments.trace.allow_empty && counts.cases + counts.statements == 0;
    if is_nothing && report.broken.is_empty() {
        let help = match (&arguments.filter, counts.left_out()) {
            (Some(_), 1..) => {
                "no case has the text of --filter in its name, and no statement in what it says"
            }
            _ => {
                "name a test file, or a folder that holds some: `*.test.yaml` with `cases` or `statements`"
            }
        };
        print_error(&format!("error: nothing was tested\n  help: {help}\n"));
    }
    is_nothing
}

/// Whether two paths lead to the same file.
fn same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().ok();
    real(one).is_some() && real(one) == real(other)
}

/// What is known while files are tested.
struct Running<'r, 'a> {
    arguments: &'r TestArguments,
    proving: Proving<'r>,
    /// What the cases have met of policies, where that is wanted.
    covered: Option<Covered<'a>>,
    /// Whose values are not shown.
    secrets: &'a Secrets,
    /// Whether a case or a statement has failed.
    has_failed: bool,
}

impl<'a> Running<'_, 'a> {
    fn file(&mut self, file: &'a Prepared) -> TestedFile<'a> {
        let sets = file.sets.iter().map(|set| self.set(file, set)).collect();
        TestedFile { document: &file.document, sets }
    }

    fn set(&mut self, file: &'a Prepared, set: &'a PreparedSet) -> TestedSet<'a> {
        let mut cases = Vec::new();
        let mut seen = self.covered.as_ref().map(|_| coverage::unseen(&set.chosen, &set.policies));
        let arguments = self.arguments;
        for case in file.suite.cases.iter().filter(|case| arguments.is_wanted(case)) {
            if self.has_failed && arguments.fail_fast {
                break;
            }
            let failed = first_failure(case, &set.policies, seen.as_deref_mut());
            let failed = failed.map(|failure| {
                let walk = walk_of(case, &set.policies, &failure.played);
                let number = failure.found.policy.map_or(0, |number| number as usize);
                let agent =
                    set.chosen.get(number).and_then(|one| one.loaded.policy.dialect.agent());
                let remedy = remedy(&failure, &set.policies, agent);
                FailedCase { failure, walk, remedy }
            });
            self.has_failed |= failed.is_some();
            cases.push((case, failed));
        }
        if let (Some(covered), Some(seen)) = (&mut self.covered, seen) {
            covered.add(set, seen);
        }
        let loaded = || set.chosen.iter().map(|chosen| &chosen.loaded);
        let is_over = self.has_failed && arguments.fail_fast;
        let asked = file.suite.statements.iter().filter(|one| !is_over && arguments.is_asked(one));
        let asked: Vec<&Statement> = asked.collect();
        let options = set.options.iter().map(Vec::as_slice);
        let both: Vec<(&Loaded, &[String])> = loaded().zip(options).collect();
        let mut statements = self.proving.prove(&file.document, &asked, &both, arguments.fail_fast);
        statements.mask(self.secrets);
        let answers = || statements.policies.iter().flat_map(|policy| &policy.answers);
        self.has_failed |= !answers().all(Checked::holds);
        TestedSet {
            slips: self.proving.slips(&set.chosen, cases.iter().map(|(case, _)| *case)),
            unasked: file.suite.statements.len() * both.len() - answers().count(),
            policies: loaded().map(|loaded| (&loaded.document, &loaded.policy)).collect(),
            left_out: file.suite.cases.len() - cases.len(),
            cases,
            statements,
            secrets: self.secrets,
        }
    }
}

fn write(
    arguments: &TestArguments,
    report: &TestReport<'_>,
    output: &OutputOptions,
) -> Result<(), CliError> {
    let mut text = String::new();
    let mut out = stdout();
    match arguments.format {
        TestFormat::Human => {
            write_tests(&mut text, report, &output.style(), arguments.verbosity.detail());
        }
        TestFormat::Html => text = write_tests_html(report),
        TestFormat::Markdown => {
            let paths =
                arguments.paths.iter().map(PathBuf::as_path).chain(arguments.policies.paths());
            let mut comment = Comment::new("test", paths);
            write_tests_markdown(&mut comment, report);
            text = comment.finish();
        }
        TestFormat::Tap => write_tests_tap(&mut text, report),
        TestFormat::Lcov => text.extend(report.coverage.as_ref().map(coverage::lcov)),
        TestFormat::Github => {
            write_tests_github(&mut text, report);
            return Ok(print_as_is(&text)?);
        }
        TestFormat::Json => write_tests_json(&mut out, report)?,
        TestFormat::Junit => write_tests_junit(&mut out, report)?,
    }
    out.flush()?;
    Ok(print(&text)?)
}

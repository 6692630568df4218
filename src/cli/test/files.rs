//! Which test files there are, and which policies they are for.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::arguments::TestArguments;
use super::invalid::{empty, invalid, not_run};
use crate::assertion::Mistake;
use crate::cli::common::agents;
use crate::cli::common::assume;
use crate::cli::common::error::CliError;
use crate::cli::common::input;
use crate::cli::common::output::OutputOptions;
use crate::cli::common::policies::{self, Chosen, PolicyOptions};
use crate::engine::{Assumption, Assumptions};
use crate::lint::{WalkError, Wanted, find};
use crate::replay::{AGENT, Policies};
use crate::report::BrokenTest;
use crate::source::{Document, LineTable, Place, Pointer, nearest};
use crate::testing::{self, Members, Suite, is_test_file, policy_beside};

/// A test file with the policies that it is for.
pub(super) struct Prepared {
    pub(super) document: Document,
    pub(super) suite: Suite,
    pub(super) sets: Vec<PreparedSet>,
}

/// A policy, or one for each of some servers.
pub(super) struct PreparedSet {
    pub(super) chosen: Vec<Chosen>,
    /// The options of the command line that each is read with.
    pub(super) options: Vec<Vec<String>>,
    pub(super) policies: Policies,
    /// The home folder whose files an agent's rules take in.
    pub(super) home: Option<PathBuf>,
    /// What is assumed where facts are missing.
    pub(super) assumed: Vec<Assumption>,
    /// The same, put together.
    pub(super) assumptions: Assumptions,
}

impl PreparedSet {
    /// Whether the same policies are tested, in the same way.
    pub(super) fn is_of_the_same(&self, other: &PreparedSet) -> bool {
        let named = |set: &PreparedSet| {
            let one = |chosen: &Chosen| {
                let path = Path::new(&chosen.loaded.document.name);
                (chosen.server.clone(), path.canonicalize().unwrap_or(path.to_owned()))
            };
            set.chosen.iter().map(one).collect::<Vec<_>>()
        };
        // A home is the same however its path is written.
        let home = |set: &PreparedSet| set.home.as_ref().map(|home| home.canonicalize().ok());
        self.assumptions == other.assumptions
            && home(self) == home(other)
            && named(self) == named(other)
    }
}

/// Test files with what is read of them.
#[derive(Default)]
pub(super) struct Read {
    /// Those that can be run.
    pub(super) prepared: Vec<Prepared>,
    /// Those that cannot.
    pub(super) broken: Vec<BrokenTest>,
    /// All of them.
    pub(super) paths: Vec<PathBuf>,
}

/// Reads test files and what they are for. One that cannot be run is said, and does not keep the others from being
/// tested.
pub(super) fn read(arguments: &TestArguments, output: &OutputOptions) -> Read {
    let mut read = Read::default();
    for found in find_tests(&arguments.paths) {
        let (path, prepared) = match found {
            Ok(path) => {
                let prepared = prepare(&path, &arguments.policies, &arguments.assume.all);
                (path, prepared)
            }
            Err(error) => (error.path.clone(), Err(error.into())),
        };
        let is_empty = |file: &Prepared| file.suite.is_empty() && !arguments.trace.allow_empty;
        let broken = match prepared {
            Ok(file) if is_empty(&file) => Some((empty(&path), true)),
            Ok(file) => {
                read.prepared.push(file);
                None
            }
            Err(error) => Some((error, false)),
        };
        if let Some((error, is_empty)) = broken {
            error.show(output);
            read.broken.push(not_run(&path, &error, is_empty));
        }
        read.paths.push(path);
    }
    read
}

/// Finds test files: those that are named, and of folders those whose names say so.
fn find_tests(paths: &[PathBuf]) -> Vec<Result<PathBuf, WalkError>> {
    let wanted = Wanted { walks_agents: true, ..Wanted::shown(&is_test_file) };
    let bare = |path: PathBuf| path.strip_prefix(".").map(Path::to_path_buf).unwrap_or(path);
    find(paths, wanted).into_iter().map(|found| found.map(|found| bare(found.path))).collect()
}

/// The files whose change asks for another run: test files, and the policies that they are for.
pub(super) fn watched(paths: &[PathBuf], options: &PolicyOptions) -> Vec<PathBuf> {
    let tests: Vec<PathBuf> = find_tests(paths).into_iter().flatten().collect();
    let mut policies: Vec<PathBuf> = options.paths().map(Path::to_path_buf).collect();
    for test in &tests {
        let folder = test.parent().unwrap_or(Path::new(""));
        let suite = input::document(test).ok().and_then(|document| testing::read(&document).ok());
        let members = suite.iter().flat_map(|suite| &suite.policies).flat_map(|one| &one.members);
        policies.extend(members.map(|(_, path)| folder.join(path)));
        policies.extend(policy_beside(test));
    }
    let wanted = Wanted { takes_permissions: Some(&|_| true), ..Wanted::shown(&|_| false) };
    let (folders, files): (Vec<PathBuf>, Vec<PathBuf>) =
        policies.into_iter().partition(|path| path.is_dir());
    let in_folders = find(&folders, wanted).into_iter().filter_map(|found| Some(found.ok()?.path));
    tests.into_iter().chain(files).chain(in_folders).collect()
}

/// Reads a test file and the policies that it is for. Those of the command line count for more.
fn prepare(
    path: &Path,
    options: &PolicyOptions,
    assumptions: &[Assumption],
) -> Result<Prepared, CliError> {
    let document = input::document(path)?;
    let suite = match testing::read(&document) {
        Ok(suite) => suite,
        Err(mistakes) => return Err(invalid(document, mistakes, "test file")),
    };
    let read = || {
        let named = (!options.are_given()).then(|| suite.members(&document, path)).transpose()?;
        Ok((suite.assumptions(&document)?, named))
    };
    let (mut assumed, named) = match read() {
        Ok(read) => read,
        Err(mistake) => return Err(invalid(document, vec![mistake], "test file")),
    };
    assumed.extend_from_slice(assumptions);
    let home = options.home().map(Path::to_owned).or_else(|| suite.home_from(path));
    let start = Assumption::start(&assumed);
    let assumptions = Assumption::together(&assumed);
    let chosen = match named {
        Some(sets) => {
            let load = |members: &Members| options.load_these(members, home.as_deref(), start);
            sets.iter().map(load).collect::<Result<Vec<_>, _>>()?
        }
        None => vec![options.load(start)?],
    };
    let is_named = options.is_dialect_named();
    let mut sets = Vec::new();
    for mut chosen in chosen {
        open_agent(&mut chosen);
        if let Err((error, pointer)) = check_modes(&suite, &chosen, &assumptions) {
            return Err(match (error, pointer) {
                (CliError::UnknownName { what, name, help }, Some(pointer)) => {
                    let message = format!("there is no {what} `{name}`");
                    wrong(document, &pointer, message, &help)
                }
                (error, _) => error,
            });
        }
        let read_with =
            chosen.iter().map(|chosen| agents::options(&chosen.loaded, is_named, home.as_deref()));
        let mut policies = policies::compile(&chosen, &[], &assumptions)?;
        let places: Vec<Places<'_>> =
            chosen.iter().map(|one| Places::new(&one.loaded.document)).collect();
        policies.place(|number, pointer| places[number].of(pointer));
        sets.push(PreparedSet {
            options: read_with.collect(),
            policies,
            home: home.clone(),
            assumed: assumed.clone(),
            assumptions: assumptions.clone(),
            chosen,
        });
    }
    if !options.are_given()
        && let Some((pointer, message, help)) = unknown_rule(&suite, &sets)
    {
        return Err(wrong(document, &pointer, message, &help));
    }
    Ok(Prepared { document, suite, sets })
}

/// Takes the rules of an agent for those of all calls where no other policy is: they are about all its tools, and a
/// case need not say whose they are.
fn open_agent(chosen: &mut [Chosen]) {
    let is_open = chosen.iter().all(|one| one.server.is_some());
    let of_agent = |one: &&mut Chosen| {
        one.server.as_deref() == Some(AGENT) && one.loaded.policy.dialect.agent().is_some()
    };
    if let Some(agent) = chosen.iter_mut().find(of_agent).filter(|_| is_open) {
        agent.server = None;
    }
}

/// Whether the modes that a test file names are those of the agents that it tests; else the error, and where in the
/// file the mode stands.
fn check_modes(
    suite: &Suite,
    chosen: &[Chosen],
    assumptions: &Assumptions,
) -> Result<(), (CliError, Option<Pointer>)> {
    let tested = || chosen.iter().map(|chosen| &chosen.loaded.policy);
    let is_mode =
        |(text, pointer): &(String, Pointer)| text.starts_with("mode=").then(|| pointer.clone());
    let of_file = suite.assume.iter().filter_map(is_mode).next_back();
    let of_file = assumptions.mode.as_deref().map(|assumed| (assumed, of_file));
    let of_calls = suite.cases.iter().flat_map(|case| &case.steps);
    let of_calls = of_calls.map(|step| (&*step.record.mode, Some(step.pointer.clone())));
    let named = of_file.into_iter().chain(of_calls).filter(|one| !one.0.is_empty());
    for (mode, pointer) in named {
        assume::check_mode_of(mode, tested()).map_err(|error| (error, pointer))?;
    }
    Ok(())
}

/// A rule that is expected to decide and that none of the policies has, with what to do.
fn unknown_rule(suite: &Suite, sets: &[PreparedSet]) -> Option<(Pointer, String, String)> {
    let mut known: HashSet<&str> = HashSet::new();
    let expected = suite.cases.iter().flat_map(|case| &case.steps).map(|step| &step.expected);
    let (expected, rule) =
        expected.filter_map(|one| Some((one, one.rule.as_deref()?))).find(|(_, rule)| {
            let has = |set: &PreparedSet| set.policies.have_rule(rule);
            known.insert(rule) && !sets.iter().any(has)
        })?;
    let names =
        sets.iter().flat_map(|set| set.policies.rule_names()).filter(|name| !name.is_empty());
    let policies = sets.iter().flat_map(|set| &set.chosen);
    let policies = policies.map(|one| one.loaded.document.name.as_str());
    let message =
        format!("no rule of {} is called `{rule}`", policies.collect::<Vec<_>>().join(", "));
    let meant = nearest(rule, names).map(|near| format!("did you mean `{near}`? "));
    let help = format!(
        "{}write its rule string, its pointer, or FILE:LINE as `rule at` shows it",
        meant.unwrap_or_default()
    );
    Some((expected.pointer.clone(), message, help))
}

/// The lines of a document.
struct Places<'d> {
    document: &'d Document,
    lines: LineTable,
}

impl<'d> Places<'d> {
    fn new(document: &'d Document) -> Places<'d> {
        Places { document, lines: LineTable::new(&document.text) }
    }

    /// The file and line of what a pointer names.
    fn of(&self, pointer: &str) -> String {
        let span = self.document.span_of(&Place::key(Pointer::parse(pointer)));
        format!("{}:{}", self.document.name, self.lines.line_of(span.start) + 1)
    }
}

fn wrong(document: Document, pointer: &Pointer, message: String, help: &str) -> CliError {
    let span = document.span_of(&Place::value(pointer.clone()));
    let mistake = Mistake { message, help: Some(help.to_owned()), span };
    invalid(document, vec![mistake], "test file")
}

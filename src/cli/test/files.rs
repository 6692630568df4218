//! Which test files there are, and which policies they are for.

use std::path::{Path, PathBuf};

use super::arguments::TestArguments;
use super::invalid::{empty, invalid, not_run};
use crate::cli::common::agents;
use crate::cli::common::error::CliError;
use crate::cli::common::input;
use crate::cli::common::output::OutputOptions;
use crate::cli::common::policies::{self, Chosen, PolicyOptions};
use crate::engine::{Assumption, Assumptions};
use crate::lint::{WalkError, Wanted, find};
use crate::replay::Policies;
use crate::report::BrokenTest;
use crate::source::Document;
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
        self.assumptions == other.assumptions
            && self.options == other.options
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
                let prepared = prepare(&path, &arguments.policies, &arguments.assume);
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
    let wanted = Wanted { takes: &is_test_file, takes_hidden: None, takes_permissions: None };
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
    let wanted =
        Wanted { takes: &|_| false, takes_hidden: None, takes_permissions: Some(&|_| true) };
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
    let sets = chosen.into_iter().map(|chosen| {
        let read_with =
            chosen.iter().map(|chosen| agents::options(&chosen.loaded, is_named, home.as_deref()));
        Ok(PreparedSet {
            options: read_with.collect(),
            policies: policies::compile(&chosen, &[], &assumptions)?,
            home: home.clone(),
            assumed: assumed.clone(),
            assumptions: assumptions.clone(),
            chosen,
        })
    });
    let sets = sets.collect::<Result<_, CliError>>()?;
    Ok(Prepared { document, suite, sets })
}

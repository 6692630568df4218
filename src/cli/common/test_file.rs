//! Test files that commands write.

use std::path::{Component, Path, PathBuf};

use super::agents;
use super::error::CliError;
use super::input;
use super::output_file::{self, write_file};
use crate::engine::Assumption;
use crate::policy::paths;
use crate::report::{Heading, by_number, count, write_test_file};
use crate::source::Document;
use crate::testing::{Case, is_test_file};

/// Refuses, before any work is done, a file that cannot be written, and a name by which a test file is never run: so
/// that none of what the cases are made of is replaced.
pub(in crate::cli) fn check(to: &Path, force: bool) -> Result<(), CliError> {
    if is_test_file(to) {
        output_file::check(to, force)?;
        // What a name or a link hides may be what the cases are made of.
        let is_link = to.symlink_metadata().is_ok_and(|file| file.is_symlink());
        let is_tests = || input::document(to).is_ok_and(|document| is_test_document(&document));
        if to.exists() && (is_link || !is_tests()) {
            let message = format!("{} is there and is no test file", to.display());
            let help = "name another: --force replaces test files alone".to_owned();
            return Err(CliError::Refused { message, help });
        }
        return Ok(());
    }
    let ending = if has_ending(to, "json") { "test.json" } else { "test.yaml" };
    let named = to.file_name().filter(|name| *name != "-" && !to.is_dir());
    let help = match named {
        Some(_) => format!("name it {}", to.with_extension(ending).display()),
        None => "name a file that ends in `.test.yaml` or `.test.json`".to_owned(),
    };
    let message = format!("`gatelint test` would never run {}", to.display());
    Err(CliError::usage(&message, &help))
}

/// Whether a document has the fields of test files.
fn is_test_document(document: &Document) -> bool {
    let has = |field| document.root.as_ref().is_some_and(|root| root.get(field).is_some());
    ["cases", "statements", "assert"].into_iter().any(has)
}

fn has_ending(path: &Path, ending: &str) -> bool {
    path.extension().is_some_and(|own| own == ending)
}

/// What a test file says of how its policies are read.
#[derive(Default)]
pub(in crate::cli) struct Tested<'t> {
    /// What writes it, as a command.
    pub(in crate::cli) command: &'t str,
    /// The policies, each with the server that it is for.
    pub(in crate::cli) policies: Vec<(Option<&'t str>, PathBuf)>,
    pub(in crate::cli) home: Option<&'t Path>,
    pub(in crate::cli) assumed: &'t [Assumption],
}

/// Writes cases as a test file, those that make the same calls once, and gives those that are in it.
pub(in crate::cli) fn write<'c>(
    to: &Path,
    force: bool,
    tested: &Tested<'_>,
    cases: impl Iterator<Item = &'c Case>,
) -> Result<Vec<Case>, CliError> {
    let folder = to.parent().unwrap_or(Path::new(""));
    let projects: Vec<&Path> = tested.policies.iter().map(|(_, policy)| &**policy).collect();
    let mut kept: Vec<(String, Case)> = Vec::new();
    for case in cases {
        let case = in_projects(case, folder, &projects);
        if kept.iter().any(|(_, other)| other.steps == case.steps) {
            continue;
        }
        let free = |name: &String| !kept.iter().any(|(other, _)| other == name);
        let numbered = (2..).map(|number| format!("{} ({number})", case.name));
        let name = [case.name.clone()].into_iter().chain(numbered).find(free);
        kept.extend(name.map(|name| (name, case)));
    }
    let shown = |path: &Path| relative(folder, path).display().to_string().replace('\\', "/");
    let policies = tested.policies.iter().map(|(server, policy)| (*server, shown(policy)));
    let heading = Heading {
        command: tested.command,
        policies: policies.collect(),
        home: tested.home.map(shown),
        assume: tested.assumed.iter().map(ToString::to_string).collect(),
    };
    let text = {
        let kept: Vec<(String, &Case)> =
            kept.iter().map(|(name, case)| (name.clone(), case)).collect();
        write_test_file(&heading, &kept, has_ending(to, "json"))
    };
    write_file(to, force, |out| out.write_all(text.as_bytes()))?;
    Ok(kept.into_iter().map(|(_, case)| case).collect())
}

/// That so many cases were written.
pub(in crate::cli) fn written(cases: usize) -> String {
    let cases = cases as u64;
    format!("{} {} written", count(cases, "case"), by_number(cases, "was", "were"))
}

/// A case whose calls are made in folders as they are seen from that of its file, where these lie in the projects that
/// it is for: so it holds wherever the project lies.
fn in_projects(case: &Case, file: &Path, projects: &[&Path]) -> Case {
    let mut case = case.clone();
    let whole = |path: &Path| {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        agents::absolute(path).ok()
    };
    let projects = projects.iter().filter(|path| path.is_dir()).filter_map(|path| whole(path));
    let projects: Vec<String> = projects.collect();
    let Some(file) = whole(file).filter(|_| !projects.is_empty()) else { return case };
    for step in &mut case.steps {
        step.record.rename_folders(|folder| {
            let is_own = projects.iter().any(|project| paths::is_within(folder, project));
            let way = is_own.then(|| paths::relative(&file, folder))?;
            let is_up = way == ".." || way.starts_with("../");
            let way = if is_up { way } else { format!("./{way}") };
            Some(way.trim_end_matches('/').to_owned())
        });
    }
    case
}

/// The way from a folder to a file; a path that begins at the root stays as it is where both have nothing but that in
/// common.
fn relative(folder: &Path, file: &Path) -> PathBuf {
    let whole = |path: &Path| {
        let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        here.canonicalize().ok()
    };
    let (Some(from), Some(to)) = (whole(folder), whole(file)) else { return file.to_owned() };
    let both = from.components().zip(to.components());
    let both: Vec<Component<'_>> =
        both.take_while(|(one, other)| one == other).map(|(one, _)| one).collect();
    let shared = both.len();
    if file.is_absolute() && !both.iter().any(|part| matches!(part, Component::Normal(_))) {
        return file.to_owned();
    }
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(to.components().skip(shared)).collect();
    if way.as_os_str().is_empty() { PathBuf::from(".") } else { way }
}

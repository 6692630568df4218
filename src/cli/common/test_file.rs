//! Test files that commands write.

use std::path::{Component, Path, PathBuf};

use super::error::CliError;
use super::output_file::write_file;
use crate::engine::Assumption;
use crate::report::{Heading, write_test_file};
use crate::testing::Case;

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
) -> Result<Vec<&'c Case>, CliError> {
    let mut kept: Vec<(String, &Case)> = Vec::new();
    for case in cases {
        if kept.iter().any(|(_, other)| other.steps == case.steps) {
            continue;
        }
        let free = |name: &String| !kept.iter().any(|(other, _)| other == name);
        let numbered = (2..).map(|number| format!("{} ({number})", case.name));
        let name = [case.name.clone()].into_iter().chain(numbered).find(free);
        kept.extend(name.map(|name| (name, case)));
    }
    let folder = to.parent().unwrap_or(Path::new(""));
    let shown = |path: &Path| relative(folder, path).display().to_string().replace('\\', "/");
    let policies = tested.policies.iter().map(|(server, policy)| (*server, shown(policy)));
    let heading = Heading {
        command: tested.command,
        policies: policies.collect(),
        home: tested.home.map(shown),
        assume: tested.assumed.iter().map(ToString::to_string).collect(),
    };
    let is_json = to.extension().is_some_and(|ending| ending == "json");
    let text = write_test_file(&heading, &kept, is_json);
    write_file(to, force, |out| out.write_all(text.as_bytes()))?;
    Ok(kept.into_iter().map(|(_, case)| case).collect())
}

/// The way from a folder to a file; a path that begins at the root stays as it is.
fn relative(folder: &Path, file: &Path) -> PathBuf {
    let whole = |path: &Path| {
        let here = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        here.canonicalize().ok()
    };
    let (Some(from), Some(to)) = (whole(folder), whole(file)) else { return file.to_owned() };
    if file.is_absolute() {
        return file.to_owned();
    }
    let shared =
        from.components().zip(to.components()).take_while(|(one, other)| one == other).count();
    let up = from.components().skip(shared).map(|_| Component::ParentDir);
    let way: PathBuf = up.chain(to.components().skip(shared)).collect();
    if way.as_os_str().is_empty() { PathBuf::from(".") } else { way }
}

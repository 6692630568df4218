//! Policies that changed between two revisions, as the `git` command tells.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::pair::Pair;
use crate::cli::common::error::CliError;
use crate::cli::common::input;
use crate::cli::common::input::Loaded;
use crate::policy::{Dialect, looks_like_policy};
use crate::report::escape;
use crate::source::{Document, Format};

/// What a grant without a policy gets: every call is denied.
const NO_POLICY: &str = "{\"version\": \"1\", \"default\": \"deny\"}\n";

/// What git calls the two sides of a comparison.
struct Range {
    old: String,
    /// None for the files as they are.
    new: Option<String>,
}

/// A file that changed; a side without a name has no such file.
struct ChangedFile {
    old: Option<String>,
    new: Option<String>,
}

/// Every policy that changed, in git's order. A policy that is new or gone is compared with none
/// at all, which denies every call.
pub(in crate::cli) fn changed(
    range: &str,
    paths: &[PathBuf],
    dialect: Option<Dialect>,
) -> Result<Vec<Result<Pair, CliError>>, CliError> {
    let root = PathBuf::from(text(git(["rev-parse", "--show-toplevel"])?).trim_end());
    let range = Range::parse(range)?;
    let mut found = Vec::new();
    for file in range.files(paths)? {
        let name = file.new.as_deref().or(file.old.as_deref()).unwrap_or("");
        if Format::of_name(name).is_none() {
            continue;
        }
        let old = file.old.as_deref().map(|path| at_revision(&range.old, path)).transpose()?;
        let new = match (&file.new, &range.new) {
            (Some(path), Some(revision)) => Some(at_revision(revision, path)?),
            (Some(path), None) => Some(in_folder(&root, path)?),
            (None, _) => None,
        };
        if [&old, &new].into_iter().flatten().any(looks_like_policy) {
            found.push(pair(old, new, dialect));
        }
    }
    Ok(found)
}

fn pair(
    old: Option<Document>,
    new: Option<Document>,
    dialect: Option<Dialect>,
) -> Result<Pair, CliError> {
    let name = new.as_ref().or(old.as_ref()).map_or("", |document| &document.name);
    let what = match (&old, &new) {
        (None, _) => " (new)",
        (_, None) => " (removed)",
        _ => "",
    };
    let label = format!("{}{what}: ", escape(name));
    let load = |document: Option<Document>, side: &str| -> Result<Loaded, CliError> {
        match document {
            Some(mut document) => {
                if side == "old" {
                    document.name = format!("{} (old)", document.name);
                }
                input::read_policy(document, dialect)
            }
            None => input::read_policy(Document::read("no policy", NO_POLICY.into()), None),
        }
    };
    Ok(Pair { old: load(old, "old")?, new: load(new, "new")?, label })
}

impl Range {
    /// `A..B` is two revisions; `A` is where the branch that is checked out left it, and the files.
    fn parse(range: &str) -> Result<Range, CliError> {
        if let Some((old, new)) = range.split_once("..").filter(|(_, new)| !new.starts_with('.')) {
            let new = if new.is_empty() { "HEAD" } else { new };
            return Ok(Range { old: commit(old)?, new: Some(commit(new)?) });
        }
        let revision = commit(range)?;
        let base = git(["merge-base", &revision, "HEAD"]).map(text);
        Ok(Range { old: base.map_or(revision, |base| base.trim_end().to_owned()), new: None })
    }

    /// What changed, of it what is selected. Git does not follow a file that was renamed from
    /// outside the selection, so all files are listed and the selection is asked for apart.
    fn files(&self, paths: &[PathBuf]) -> Result<Vec<ChangedFile>, CliError> {
        paths.iter().try_for_each(|path| self.check(path))?;
        let listed = self.diff(["--name-status", "-M"], &[])?;
        let selected = self.diff(["--name-only", "--no-renames"], paths)?;
        let selected: HashSet<&str> = selected.split('\0').collect();
        let mut fields = listed.split('\0').filter(|field| !field.is_empty());
        let mut files = Vec::new();
        while let (Some(status), Some(path)) = (fields.next(), fields.next()) {
            let here = || Some(path.to_owned());
            let file = match status.as_bytes()[0] {
                b'A' => ChangedFile { old: None, new: here() },
                b'D' => ChangedFile { old: here(), new: None },
                b'R' | b'C' => ChangedFile { old: here(), new: fields.next().map(str::to_owned) },
                _ => ChangedFile { old: here(), new: here() },
            };
            let is_selected = |name: &String| selected.contains(name.as_str());
            if [&file.old, &file.new].into_iter().flatten().any(is_selected) {
                files.push(file);
            }
        }
        if self.new.is_none() {
            let untracked = untracked(paths)?;
            let names = untracked.split('\0').filter(|name| !name.is_empty());
            files.extend(names.map(|name| ChangedFile { old: None, new: Some(name.to_owned()) }));
        }
        Ok(files)
    }

    /// Refuses a path that is neither in the folder nor in a revision: a gate must not pass because
    /// of a typing error.
    fn check(&self, path: &Path) -> Result<(), CliError> {
        let mut revisions = [Some(&self.old), self.new.as_ref()].into_iter().flatten();
        let is_in = |revision: &String| {
            let listed = git([
                OsStr::new("ls-tree"),
                OsStr::new("-r"),
                OsStr::new("--name-only"),
                OsStr::new(revision),
                OsStr::new("--"),
                path.as_os_str(),
            ]);
            listed.is_ok_and(|listed| !listed.is_empty())
        };
        if path.exists() || revisions.any(is_in) {
            return Ok(());
        }
        Err(CliError::UnknownName {
            what: "file or folder",
            name: path.display().to_string(),
            help: "name one that is here or in the revision".to_owned(),
        })
    }

    fn diff(&self, options: [&str; 2], paths: &[PathBuf]) -> Result<String, CliError> {
        let mut arguments: Vec<&OsStr> =
            ["diff", "--no-ext-diff", "--no-relative", "-z"].map(OsStr::new).into();
        arguments.extend(options.map(OsStr::new));
        arguments.push(OsStr::new(&self.old));
        arguments.extend(self.new.as_deref().map(OsStr::new));
        arguments.push(OsStr::new("--"));
        arguments.extend(paths.iter().map(|path| path.as_os_str()));
        git(arguments).map(text)
    }
}

/// Files that git does not know yet and that are not ignored, by their paths from the root.
fn untracked(paths: &[PathBuf]) -> Result<String, CliError> {
    let mut arguments: Vec<&OsStr> =
        ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--"]
            .map(OsStr::new)
            .into();
    arguments.extend(paths.iter().map(|path| path.as_os_str()));
    git(arguments).map(text)
}

/// The name of the commit that a revision stands for, so that nothing that the user gave can be
/// read as an option.
fn commit(revision: &str) -> Result<String, CliError> {
    let wanted = format!("{revision}^{{commit}}");
    let found = git(["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted]);
    found.map(|name| text(name).trim_end().to_owned()).map_err(|_| CliError::UnknownName {
        what: "revision",
        name: revision.to_owned(),
        help: "name a branch, a tag or a commit of this repository; a shallow clone may lack it"
            .to_owned(),
    })
}

fn at_revision(revision: &str, path: &str) -> Result<Document, CliError> {
    Ok(Document::read(path, git(["show", &format!("{revision}:{path}")])?))
}

fn in_folder(root: &Path, path: &str) -> Result<Document, CliError> {
    let read = std::fs::read(root.join(path));
    let bytes = read.map_err(|cause| crate::lint::WalkError { path: path.into(), cause })?;
    Ok(Document::read(path, bytes))
}

fn git(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Vec<u8>, CliError> {
    let output = Command::new("git").args(arguments).output().map_err(|error| {
        CliError::usage(
            &format!("cannot run git: {error}"),
            "install git, or name the two policies: `gatelint diff OLD NEW`",
        )
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().strip_prefix("fatal: ").unwrap_or(said.trim());
    Err(CliError::usage(
        &format!("git: {said}"),
        "run it in the repository that holds the policies",
    ))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

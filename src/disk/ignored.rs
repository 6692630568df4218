//! What is ignored, by the files that say so in a folder and above it.

use std::io;
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::entry::{Entry, Kind};
use super::files::read;
use super::served::{holds, is_confined};

/// The largest file of patterns that is read, in bytes.
const LARGEST: u64 = 1 << 17;

/// What is ignored where a walk has come to.
pub(super) struct Ignored {
    /// Where the walk began, as it is named and without links on the way.
    start: (PathBuf, PathBuf),
    /// The folders from the outermost to that where the walk is.
    folders: Vec<Patterns>,
    /// What the user has ignored everywhere.
    global: Gitignore,
    /// What could not be read on the way.
    failed: Vec<(PathBuf, io::Error)>,
}

/// The patterns of a folder, those that count for more first.
type Patterns = [Gitignore; 3];

impl Ignored {
    /// What is ignored in a folder by those that it lies in.
    pub(super) fn above(folder: &Path) -> Ignored {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let here = std::env::current_dir().unwrap_or_default();
        let global = match is_confined() {
            false => GitignoreBuilder::new(&here).build_global().0,
            true => Gitignore::empty(),
        };
        let start = (folder.to_owned(), real.clone());
        let mut ignored = Ignored { start, folders: Vec::new(), global, failed: Vec::new() };
        let above: Vec<&Path> = real.ancestors().skip(1).filter(|above| holds(above)).collect();
        for above in above.into_iter().rev() {
            let named = above.strip_prefix(&here).unwrap_or(above);
            let patterns = ignored.patterns(named, above, &|_| true);
            ignored.folders.push(patterns);
        }
        ignored
    }

    /// Takes in what a folder says, and tells what of that cannot be read.
    pub(super) fn enter(&mut self, folder: &Path, entries: &[Entry]) -> Vec<(PathBuf, io::Error)> {
        let has =
            |name: &str| entries.binary_search_by(|entry| (*entry.name).cmp(name.as_ref())).is_ok();
        let patterns = self.patterns(folder, &self.real(folder), &has);
        self.folders.push(patterns);
        std::mem::take(&mut self.failed)
    }

    /// Leaves the folder that was entered last.
    pub(super) fn leave(&mut self) {
        self.folders.pop();
    }

    /// Whether something in the folder that was entered last is ignored, or taken in again; none where nothing is
    /// said.
    pub(super) fn says(&self, path: &Path, kind: Kind) -> Option<bool> {
        let path = self.real(path);
        let of = |patterns: &Gitignore| {
            let found = patterns.matched(&path, kind == Kind::Folder);
            (!found.is_none()).then(|| found.is_ignore())
        };
        let at = |place: usize| self.folders.iter().rev().find_map(|folder| of(&folder[place]));
        (0..3).find_map(at).or_else(|| of(&self.global))
    }

    fn real(&self, path: &Path) -> PathBuf {
        let (named, real) = &self.start;
        path.strip_prefix(named).map_or_else(|_| path.to_owned(), |below| real.join(below))
    }

    fn patterns(&mut self, folder: &Path, real: &Path, has: &dyn Fn(&str) -> bool) -> Patterns {
        let mut of = |name: &str| {
            let path = folder.join(name);
            // Git follows no link here, so that nobody else says what is ignored.
            let counts = has(name) && !path.is_symlink();
            let found = if counts { patterns_of(&path, real) } else { Ok(Gitignore::empty()) };
            found.unwrap_or_else(|error| {
                self.failed.push((path, error));
                Gitignore::empty()
            })
        };
        let (own, of_git) = (of(".ignore"), of(".gitignore"));
        let excluded = has(".git").then(|| common_folder(&folder.join(".git"))).flatten();
        let excluded = excluded.map(|git| patterns_of(&git.join("info/exclude"), real));
        // Only what git keeps for itself is said here, so that nobody needs to know where it cannot be read.
        [own, of_git, excluded.and_then(Result::ok).unwrap_or_else(Gitignore::empty)]
    }
}

/// The patterns of a file for what lies in a folder.
fn patterns_of(path: &Path, folder: &Path) -> io::Result<Gitignore> {
    use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    let bytes = match read(path, LARGEST) {
        Err(error) if matches!(error.kind(), NotFound | NotADirectory | IsADirectory) => Vec::new(),
        read => read?,
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut builder = GitignoreBuilder::new(folder);
    for line in text.trim_start_matches('\u{feff}').lines() {
        // As git passes over what is no pattern.
        _ = builder.add_line(None, line);
    }
    builder.build().map_err(io::Error::other)
}

/// The folder that git keeps for all working trees of a repository, by what stands at `.git`.
fn common_folder(git: &Path) -> Option<PathBuf> {
    let line = |path: &Path| {
        let bytes = read(path, LARGEST).ok()?;
        Some(String::from_utf8(bytes).ok()?.lines().next()?.to_owned())
    };
    if git.is_dir() {
        return Some(git.to_owned());
    }
    let own = git.parent()?.join(line(git)?.strip_prefix("gitdir: ")?);
    let common = line(&own.join("commondir")).map(|common| own.join(common));
    Some(common.unwrap_or(own))
}

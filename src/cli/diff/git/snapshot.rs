//! One side of a comparison as a tree of files, in which links are followed.

use std::cell::OnceCell;
use std::collections::{BTreeMap, VecDeque};
use std::ffi::OsString;
use std::ops::Bound;
use std::path::{Component, Path, PathBuf};

use super::changes::{Changed, Kind};
use super::repository::{Repository, name, names};
use crate::cli::common::error::CliError;
use crate::lint::WalkError;

/// How many links are followed one after the other, as in Linux.
const MAX_LINKS: usize = 40;

/// All that is there on one side.
pub(super) struct Snapshot<'r> {
    pub(super) repository: &'r Repository,
    /// None for the files as they are.
    revision: Option<String>,
    entries: BTreeMap<PathBuf, Kind>,
    /// What git calls the links, by their paths.
    ids: BTreeMap<PathBuf, String>,
    /// Where the links lead, read once one is asked for.
    links: OnceCell<BTreeMap<PathBuf, PathBuf>>,
}

/// What a path leads to, all links followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    File(PathBuf),
    Folder(PathBuf),
    /// Something in a submodule, by the submodule's path.
    Submodule(PathBuf),
    /// A link, where it says that it leads, and where that is on this machine: it is nothing that the
    /// repository holds.
    Nowhere(PathBuf, PathBuf, PathBuf),
    /// Nothing is there, and no link says that there is.
    Nothing,
}

impl<'r> Snapshot<'r> {
    /// What is in a revision.
    pub(super) fn of_revision(
        repository: &'r Repository,
        revision: &str,
    ) -> Result<Snapshot<'r>, CliError> {
        let listed = repository.git(["ls-tree", "-r", "-z", "--full-tree", revision])?;
        // `MODE TYPE ID`, a tab and the path.
        let entry = |line: &[u8]| {
            let tab = line.iter().position(|byte| *byte == b'\t')?;
            let id = line[..tab].rsplit(|byte| *byte == b' ').next().unwrap_or_default();
            let kind = Kind::of_mode(line.get(..6)?)?;
            Some((name(&line[tab + 1..]), kind, String::from_utf8_lossy(id).into_owned()))
        };
        let revision = Some(revision.to_owned());
        let mut snapshot = Snapshot {
            repository,
            revision,
            entries: BTreeMap::new(),
            ids: BTreeMap::new(),
            links: OnceCell::new(),
        };
        for (path, kind, id) in names(&listed).filter_map(entry) {
            snapshot.add(path, kind, id);
        }
        Ok(snapshot)
    }

    /// The same after some changes.
    pub(super) fn changed(&self, changes: &[Changed], revision: Option<&str>) -> Snapshot<'r> {
        let mut snapshot = Snapshot {
            repository: self.repository,
            revision: revision.map(str::to_owned),
            entries: self.entries.clone(),
            ids: self.ids.clone(),
            links: OnceCell::new(),
        };
        for gone in changes.iter().filter_map(|change| change.old.as_ref()) {
            snapshot.entries.remove(&gone.path);
            snapshot.ids.remove(&gone.path);
        }
        for here in changes.iter().filter_map(|change| change.new.as_ref()) {
            snapshot.add(here.path.clone(), here.kind, here.id.clone());
        }
        snapshot
    }

    fn add(&mut self, path: PathBuf, kind: Kind, id: String) {
        if kind == Kind::Link {
            self.ids.insert(path.clone(), id);
        }
        self.entries.insert(path, kind);
    }

    /// The paths of all entries of a kind.
    pub(super) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &PathBuf> {
        self.entries.iter().filter(move |(_, is)| **is == kind).map(|(path, _)| path)
    }

    /// What is in a folder and in those below it.
    pub(super) fn below<'s>(
        &'s self,
        folder: &'s Path,
    ) -> impl Iterator<Item = (&'s PathBuf, Kind)> {
        let behind = (Bound::Excluded(folder), Bound::Unbounded);
        let entries = self.entries.range::<Path, _>(behind);
        entries
            .take_while(move |(path, _)| path.starts_with(folder))
            .map(|(path, kind)| (path, *kind))
    }

    /// Whether a path is no entry itself, nor a folder of some, but a link leads to it.
    pub(super) fn is_through_link(&self, path: &Path) -> Result<bool, CliError> {
        if self.entries.contains_key(path) || self.below(path).next().is_some() {
            return Ok(false);
        }
        Ok(match self.resolve(path)? {
            Target::Nothing => false,
            Target::Submodule(submodule) => !path.starts_with(submodule),
            _ => true,
        })
    }

    /// What a path leads to. A way that leaves the repository is followed until it is back in it: in
    /// any revision, for that is where the revision would be checked out.
    pub(super) fn resolve(&self, path: &Path) -> Result<Target, CliError> {
        let mut left: VecDeque<OsString> = parts(path);
        // From the root of the repository; absolute outside of it.
        let mut at = PathBuf::new();
        let mut followed: Option<(PathBuf, PathBuf)> = None;
        let mut links = 0;
        while let Some(part) = left.pop_front() {
            at = self.step(at, part);
            let to = match self.entries.get(&at) {
                _ if at.is_absolute() => at.read_link().ok(),
                Some(Kind::Link) => {
                    let to = self.link(&at)?.to_owned();
                    followed = Some((at.clone(), to.clone()));
                    Some(to)
                }
                Some(Kind::File) if left.is_empty() => return Ok(Target::File(at)),
                Some(Kind::Submodule) => return Ok(Target::Submodule(at)),
                None if self.below(&at).next().is_some() => None,
                _ => return Ok(self.nowhere(followed, &at, left)),
            };
            let Some(to) = to else { continue };
            links += 1;
            if links > MAX_LINKS {
                return Ok(self.nowhere(followed, &at, left));
            }
            parts(&to).into_iter().rev().for_each(|part| left.push_front(part));
            at = self.step(at, "..".into());
        }
        if at.is_absolute() {
            return Ok(self.nowhere(followed, &at, left));
        }
        Ok(Target::Folder(at))
    }

    /// Where one part of a path leads.
    fn step(&self, mut at: PathBuf, part: OsString) -> PathBuf {
        let root = &self.repository.root;
        if part != ".." {
            at.push(part);
        } else if at.as_os_str().is_empty() {
            at = root.parent().unwrap_or(root).to_owned();
        } else {
            at.pop();
        }
        at.strip_prefix(root).map(Path::to_owned).unwrap_or(at)
    }

    fn nowhere(
        &self,
        followed: Option<(PathBuf, PathBuf)>,
        at: &Path,
        left: VecDeque<OsString>,
    ) -> Target {
        let Some((link, to)) = followed else { return Target::Nothing };
        Target::Nowhere(
            link,
            to,
            left.into_iter().fold(self.repository.root.join(at), |at, part| at.join(part)),
        )
    }

    /// Where the link at a path leads, if there is one.
    pub(super) fn link_at(&self, path: &Path) -> Option<PathBuf> {
        (self.entries.get(path) == Some(&Kind::Link))
            .then(|| self.link(path).ok())?
            .map(Path::to_owned)
    }

    /// What a file holds.
    pub(super) fn read(&self, path: &Path) -> Result<Vec<u8>, CliError> {
        if let Some(revision) = &self.revision {
            return self.repository.blob(revision, path);
        }
        std::fs::read(self.repository.root.join(path)).or_else(|cause| match cause.kind() {
            // Left out of the folder by a sparse checkout.
            std::io::ErrorKind::NotFound => self.repository.blob("", path),
            _ => Err(WalkError { path: self.repository.shown(path).into(), cause }.into()),
        })
    }

    /// Where a link leads.
    fn link(&self, path: &Path) -> Result<&Path, CliError> {
        if self.links.get().is_none() {
            _ = self.links.set(self.read_links()?);
        }
        let link = self.links.get().and_then(|links| links.get(path));
        link.map(PathBuf::as_path).ok_or_else(|| CliError::Refused {
            message: format!("git does not tell where {} leads", self.repository.shown(path)),
            help: "fetch the whole history: a partial clone may lack it".to_owned(),
        })
    }

    fn read_links(&self) -> Result<BTreeMap<PathBuf, PathBuf>, CliError> {
        if self.revision.is_some() {
            let texts = self.repository.blobs(self.ids.values().cloned().collect())?;
            let links = self.ids.keys().zip(texts);
            return Ok(links.map(|(path, text)| (path.clone(), name(&text))).collect());
        }
        let read = |path: &PathBuf| {
            let here = std::fs::read_link(self.repository.root.join(path));
            let to = here.or_else(|_| self.repository.blob("", path).map(|text| name(&text)));
            to.map(|to| (path.clone(), to))
        };
        self.ids.keys().map(read).collect()
    }
}

/// The parts of a path without `.`.
fn parts(path: &Path) -> VecDeque<OsString> {
    let parts = path.components().filter(|part| *part != Component::CurDir);
    parts.map(|part| part.as_os_str().to_owned()).collect()
}

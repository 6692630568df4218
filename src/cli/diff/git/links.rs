//! Policies that links lead to: a link is the text behind it, and what it leads to may change while
//! the link does not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::changes::{Changed, Kind};
use super::selection::Selection;
use super::snapshot::{Snapshot, Target};
use crate::cli::common::error::CliError;

/// How many files and links are looked at behind one link. Links to folders of links multiply.
const MAX_BEHIND: usize = 100_000;

/// A name that a link stands at, or is behind, on one side at least.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Link {
    pub(super) old: PathBuf,
    pub(super) new: PathBuf,
}

/// What is behind a link on the two sides.
pub(super) struct Behind {
    /// The name on either side.
    pub(super) link: Link,
    pub(super) old: Option<Target>,
    pub(super) new: Option<Target>,
}

/// Every link among what is looked at, and every name that was given which leads through one.
pub(super) fn links(
    (old, new): (&Snapshot<'_>, &Snapshot<'_>),
    changes: &[Changed],
    selection: &Selection,
) -> Result<Vec<Link>, CliError> {
    let renamed = changes.iter().filter(|change| change.is_renamed()).filter_map(|change| {
        let (old, new) = (change.old.as_ref()?, change.new.as_ref()?);
        let is_inside = selection.holds(&old.path) && selection.holds(&new.path);
        (is_inside && new.kind == Kind::Link)
            .then(|| Link { old: old.path.clone(), new: new.path.clone() })
    });
    let mut found: BTreeSet<Link> = renamed.collect();
    let mut names: BTreeSet<&PathBuf> = [old, new]
        .into_iter()
        .flat_map(|side| side.of_kind(Kind::Link))
        .filter(|path| selection.holds(path))
        .collect();
    for path in selection.named() {
        for side in [old, new] {
            if side.is_through_link(path)? {
                names.insert(path);
            }
        }
    }
    let is_renamed =
        |name: &&PathBuf| found.iter().any(|link| link.old == **name || link.new == **name);
    let stayed: Vec<&PathBuf> = names.into_iter().filter(|name| !is_renamed(name)).collect();
    found.extend(stayed.into_iter().map(|name| Link { old: name.clone(), new: name.clone() }));
    Ok(found.into_iter().collect())
}

/// What is behind a link on the two sides, name by name. What is looked at by its own name is left
/// out where the link leads to the same folder as before.
pub(super) fn behind(
    link: &Link,
    (old, new): (&Snapshot<'_>, &Snapshot<'_>),
    selection: &Selection,
) -> Result<Vec<Behind>, CliError> {
    let is_kept = link.old == link.new && old.resolve(&link.old)? == new.resolve(&link.new)?;
    let known = is_kept.then_some(selection);
    let (mut before, after) = (targets(old, &link.old, known)?, targets(new, &link.new, known)?);
    let mut found = Vec::new();
    let named = |below: &Path| Link { old: join(&link.old, below), new: join(&link.new, below) };
    for (below, target) in after {
        let old = before.remove(&below);
        found.push(Behind { link: named(&below), old, new: Some(target) });
    }
    for (below, target) in before {
        found.push(Behind { link: named(&below), old: Some(target), new: None });
    }
    Ok(found)
}

/// What a path leads to: one target, or all in a folder by their paths from there, without what is
/// known already.
fn targets(
    snapshot: &Snapshot<'_>,
    path: &Path,
    known: Option<&Selection>,
) -> Result<BTreeMap<PathBuf, Target>, CliError> {
    let mut walk = Walk { snapshot, known, open: Vec::new(), seen: 0, found: BTreeMap::new() };
    walk.add(path, Path::new(""))?;
    Ok(walk.found)
}

struct Walk<'s, 'r> {
    snapshot: &'s Snapshot<'r>,
    known: Option<&'s Selection>,
    /// The folders that are being walked, which a link may lead back to.
    open: Vec<PathBuf>,
    seen: usize,
    found: BTreeMap<PathBuf, Target>,
}

impl Walk<'_, '_> {
    fn add(&mut self, path: &Path, shown: &Path) -> Result<(), CliError> {
        self.seen += 1;
        if self.seen > MAX_BEHIND {
            return Err(CliError::Refused {
                message: format!(
                    "{} leads to too many files",
                    self.snapshot.repository.shown(path)
                ),
                help: "name the files and folders to compare".to_owned(),
            });
        }
        let snapshot = self.snapshot;
        match snapshot.resolve(path)? {
            Target::Nothing => {}
            Target::Folder(folder) if self.open.contains(&folder) => {}
            Target::Folder(folder) => {
                self.open.push(folder.clone());
                let known = self.known;
                let is_new = |entry: &PathBuf| !known.is_some_and(|known| known.holds(entry));
                for (entry, kind) in snapshot.below(&folder).filter(|(entry, _)| is_new(entry)) {
                    let below = entry.strip_prefix(&folder).unwrap_or(entry);
                    let shown = shown.join(below);
                    match kind {
                        Kind::File => _ = self.found.insert(shown, Target::File(entry.clone())),
                        Kind::Link | Kind::Submodule => self.add(entry, &shown)?,
                    }
                }
                self.open.pop();
            }
            target => _ = self.found.insert(shown.to_owned(), target),
        }
        Ok(())
    }
}

/// A path below another one; the other itself where it is empty.
fn join(path: &Path, below: &Path) -> PathBuf {
    if below.as_os_str().is_empty() { path.to_owned() } else { path.join(below) }
}

//! Policies that changed between two revisions, as the `git` command tells.

mod candidate;
mod changes;
mod links;
mod outside;
mod projects;
mod range;
mod repository;
mod selection;
mod snapshot;

use std::path::{Path, PathBuf};

use self::candidate::{Candidate, Place, Sides, is_policy_name, moved};
use self::changes::{Changed, Entry, Kind, changes};
use self::links::{Behind, Link, behind, links};
use self::projects::projects;
use self::range::Range;
use self::repository::Repository;
use self::selection::Selection;
use self::snapshot::{Snapshot, Target};
use super::pair::Pair;
use crate::cli::common::dialect::Dialects;
use crate::cli::common::error::CliError;
use crate::cli::common::output::print_error;
use crate::diff::Fate;
use crate::report::escape;

/// Every policy that changed, or what keeps one from being compared. A policy that enters or leaves
/// what is looked at is compared with none at all, which denies every call.
pub(in crate::cli) fn changed(
    range: &str,
    paths: &[PathBuf],
    dialects: Dialects<'_>,
) -> Result<Vec<Result<Pair, CliError>>, CliError> {
    let (repository, folder) = Repository::here()?;
    let range = Range::parse(&repository, range)?;
    let selection = Selection::new(&repository, &folder, &range, paths)?;
    let mut search = Search { folder: &folder, dialects, found: Vec::new() };
    search.compare(&repository, &range, &selection)?;
    Ok(search.found)
}

/// What was found so far.
struct Search<'f> {
    /// The folder that the user is in, from the root.
    folder: &'f Path,
    dialects: Dialects<'f>,
    found: Vec<Result<Pair, CliError>>,
}

impl Search<'_> {
    fn compare(
        &mut self,
        repository: &Repository,
        range: &Range,
        selection: &Selection,
    ) -> Result<(), CliError> {
        let changes = changes(repository, range)?;
        let old = Snapshot::of_revision(repository, &range.old)?;
        let new = old.changed(&changes, range.new.as_deref());
        let (folder, dialects) = (self.folder, self.dialects);
        let sides = Sides { old: &old, new: &new, range, folder, dialects };
        let links = links((&old, &new), &changes, selection)?;
        for candidate in plain(&changes, selection, &links) {
            self.found.extend(sides.pair(&candidate).transpose());
        }
        for project in projects(&changes, selection) {
            self.found.push(sides.project(&project));
        }
        for link in &links {
            match behind(link, (&old, &new), selection) {
                Ok(behind) => self.follow(&sides, behind, &changes, selection),
                Err(error) => self.found.push(Err(error)),
            }
        }
        for change in &changes {
            self.enter(repository, range, change, selection)?;
        }
        Ok(())
    }

    /// Compares what is behind a link, or refuses the link where that cannot be told.
    fn follow(
        &mut self,
        sides: &Sides<'_, '_>,
        behind: Vec<Behind>,
        changes: &[Changed],
        selection: &Selection,
    ) {
        for Behind { link, old, new } in behind {
            let is_kept = old == new && link.old == link.new;
            let is_silent = || match &new {
                Some(Target::Nowhere(_, _, place)) => !outside::may_be_policy(place, &link.new),
                target => is_silent(target.as_ref(), changes, selection),
            };
            if is_kept && is_silent() {
                continue;
            }
            if matches!(new, Some(Target::Submodule(_) | Target::Nowhere(..))) {
                self.found.push(Err(refused(sides.new, &link.new, new.as_ref())));
                continue;
            }
            let place = |target: Option<Target>, name: &Path| match target {
                Some(Target::File(text)) if is_policy_name(name) => {
                    Some(Place { name: name.to_owned(), text })
                }
                _ => None,
            };
            let (old, new) = (place(old, &link.old), place(new, &link.new));
            let other = match (&old, &new) {
                (Some(_), None) => Some(&link.new),
                (None, Some(_)) => Some(&link.old),
                _ => None,
            };
            let elsewhere = other.filter(|_| link.old != link.new).cloned();
            let candidate = Candidate { old, new, elsewhere };
            if !sides.is_same_text(&candidate) {
                self.found.extend(sides.pair(&candidate).transpose());
            }
        }
    }

    /// Compares what is in a submodule that changed.
    fn enter(
        &mut self,
        repository: &Repository,
        range: &Range,
        change: &Changed,
        selection: &Selection,
    ) -> Result<(), CliError> {
        let submodule = |entry: &Option<Entry>| {
            let is_in = |entry: &Entry| {
                entry.kind == Kind::Submodule && selection.within(&entry.path).is_some()
            };
            entry.clone().filter(is_in)
        };
        let (old, new) = (submodule(&change.old), submodule(&change.new));
        let Some(path) = new.as_ref().or(old.as_ref()).map(|entry| entry.path.clone()) else {
            return Ok(());
        };
        let Some(selection) = selection.within(&path) else { return Ok(()) };
        let shown = escape(&repository.shown(&path)).into_owned();
        let inner = repository.submodule(&path);
        let name = |entry: &Entry| repository.shown(&entry.path);
        let fate = match (&old, &new) {
            (Some(old), Some(new)) if old.path != new.path => {
                Some(Fate::Renamed { from: name(old) })
            }
            (Some(_), None) if inner.is_none() => {
                let to = change.new.as_ref().filter(|_| change.is_renamed()).map(name);
                Some(Fate::Removed { to })
            }
            _ => None,
        };
        if let Some(fate) = fate {
            self.found.push(moved(repository.shown(&path), fate, self.dialects));
        }
        let Some(inner) = inner else {
            match new {
                Some(_) => self.found.push(Err(absent(&shown))),
                None => print_error(&format!(
                    "warning: the submodule {shown} is removed, and with it the policies in it\n"
                )),
            }
            return Ok(());
        };
        let commit = |entry: Option<&Entry>| match entry.and_then(Entry::commit) {
            Some(commit) => inner.commit(commit),
            None => inner.nothing(),
        };
        let old = commit(old.as_ref());
        let new = match (&new, &range.new) {
            (Some(_), None) => Ok(None),
            (new, _) => commit(new.as_ref()).map(Some),
        };
        match (old, new) {
            (Ok(old), Ok(new)) => self.compare(&inner, &Range { old, new }, &selection),
            _ => {
                self.found.push(Err(absent(&shown)));
                Ok(())
            }
        }
    }
}

/// Whether there is nothing to say of a link that leads where it did: what it leads to did not
/// change, or is compared by its own name.
fn is_silent(target: Option<&Target>, changes: &[Changed], selection: &Selection) -> bool {
    let is_changed = |path: &Path| {
        let entries = changes.iter().flat_map(|change| [&change.old, &change.new]);
        entries.flatten().any(|entry| entry.path == path)
    };
    match target {
        Some(Target::File(text)) => {
            !is_changed(text) || (selection.holds(text) && is_policy_name(text))
        }
        Some(Target::Submodule(path)) => !is_changed(path),
        _ => true,
    }
}

/// The files that changed themselves. What has no policy's name on a side, or is not looked at
/// there, is none on that side.
fn plain<'c>(
    changes: &'c [Changed],
    selection: &'c Selection,
    links: &'c [Link],
) -> impl Iterator<Item = Candidate> + use<'c> {
    let is_in = |entry: &&Entry| {
        entry.kind == Kind::File && selection.holds(&entry.path) && is_policy_name(&entry.path)
    };
    let is_linked = |path: &Path| {
        links.iter().any(|link| path.starts_with(&link.old) || path.starts_with(&link.new))
    };
    changes.iter().filter_map(move |change| {
        let old = change.old.as_ref().filter(is_in);
        let new = change.new.as_ref().filter(is_in);
        let path = &new.or(old)?.path;
        if is_linked(path) {
            return None;
        }
        let other = match (old, new) {
            (None, Some(_)) => change.old.as_ref(),
            (Some(_), None) => change.new.as_ref(),
            _ => None,
        };
        let place = |entry: &Entry| Place::of(&entry.path);
        let elsewhere = other.filter(|_| change.is_renamed()).map(|entry| entry.path.clone());
        Some(Candidate { old: old.map(place), new: new.map(place), elsewhere })
    })
}

fn refused(side: &Snapshot<'_>, link: &Path, target: Option<&Target>) -> CliError {
    let shown = |path: &Path| side.repository.shown(path);
    let why = match target {
        Some(Target::Submodule(submodule)) => {
            format!("into the submodule {}", shown(submodule))
        }
        Some(Target::Nowhere(from, to, _)) if from == link => {
            format!("to {}, which this repository does not hold", to.display())
        }
        Some(Target::Nowhere(from, to, _)) => {
            let from = shown(from);
            format!("over {from} to {}, which this repository does not hold", to.display())
        }
        _ => "to nothing".to_owned(),
    };
    CliError::Refused {
        message: format!(
            "{} is a link {why}: what it was is not known, so that it cannot be compared",
            shown(link)
        ),
        help: "keep the policy itself here, or compare what the link leads to where it is kept"
            .to_owned(),
    }
}

fn absent(submodule: &str) -> CliError {
    CliError::Refused {
        message: format!(
            "the submodule {submodule} changed, and its commits are not here: its policies cannot be compared"
        ),
        help: "fetch them with `git submodule update --init`, with all their history".to_owned(),
    }
}

//! A file that may be a policy, on both sides.

use std::path::{Path, PathBuf};

use super::range::Range;
use super::snapshot::Snapshot;
use crate::cli::common::dialect::Dialects;
use crate::cli::common::error::CliError;
use crate::cli::common::input;
use crate::cli::common::output::print_error;
use crate::cli::diff::pair::Pair;
use crate::diff::{Fate, History, Origin};
use crate::policy::looks_like_policy;
use crate::source::{Document, Format};

/// What a grant without a policy gets: every call is denied.
const NO_POLICY: &str = "{\"version\": \"1\", \"default\": \"deny\"}\n";

/// How much of a commit's name says which it is.
const SHORT: usize = 12;

/// A file that may be a policy, where it is on each side.
pub(super) struct Candidate {
    pub(super) old: Option<Place>,
    pub(super) new: Option<Place>,
    /// Where it came from, or went: a name that is not among what is looked at.
    pub(super) elsewhere: Option<PathBuf>,
}

/// Where a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The name that it has among what is looked at.
    pub(super) name: PathBuf,
    /// Where its text is: behind a link that is another path.
    pub(super) text: PathBuf,
}

/// The two sides, and what is needed to read a candidate on them.
pub(super) struct Sides<'s, 'r> {
    pub(super) old: &'s Snapshot<'r>,
    pub(super) new: &'s Snapshot<'r>,
    pub(super) range: &'s Range,
    /// The folder that the user is in, from the root.
    pub(super) folder: &'s Path,
    pub(super) dialects: Dialects<'s>,
}

impl Place {
    /// A file that is where its name says.
    pub(super) fn of(name: &Path) -> Place {
        Place { name: name.to_owned(), text: name.to_owned() }
    }
}

/// Whether a file's name is one that policies have.
pub(super) fn is_policy_name(path: &Path) -> bool {
    path.file_name().is_some_and(|name| Format::of_name(&name.to_string_lossy()).is_some())
}

impl Sides<'_, '_> {
    /// The two versions of a policy, none if the file is no policy on either side. One that is new
    /// or gone, or whose old version cannot be read, is compared with none at all.
    pub(super) fn pair(&self, candidate: &Candidate) -> Result<Option<Pair>, CliError> {
        let dialects = [&candidate.old, &candidate.new]
            .map(|place| self.dialects.of(&self.new.repository.shown(&place.as_ref()?.name)));
        let old = candidate.old.as_ref().map(|place| self.document(self.old, place, " (old)"));
        let new =
            candidate.new.as_ref().map(|place| self.document(self.new, place, "")).transpose()?;
        let is_policy =
            |document: &Result<Document, _>| document.as_ref().map_or(true, looks_like_policy);
        if !old.as_ref().is_some_and(is_policy) && !new.as_ref().is_some_and(looks_like_policy) {
            return Ok(None);
        }
        let old = old.filter(is_policy).map(|document| {
            document.and_then(|document| input::read_policy(document, dialects[0]))
        });
        let new = new.map(|document| input::read_policy(document, dialects[1])).transpose()?;
        let history = self.history(candidate, old.as_ref().map(Result::is_ok));
        let old = match old {
            Some(Err(error)) => {
                say_unread(&error);
                None
            }
            old => old.and_then(Result::ok),
        };
        // What there was not, in the dialect of what there is: the dialects differ in more than rules.
        let present = old.as_ref().or(new.as_ref());
        let dialect = present.map(|loaded| loaded.policy.dialect).or(dialects[0]).or(dialects[1]);
        let none = || input::read_policy(Document::read("no policy", NO_POLICY.into()), dialect);
        let [old, new] = [old, new].map(|loaded| loaded.map_or_else(none, Ok));
        Ok(Some(Pair { old: old?, new: new?, history: Some(history), options: Vec::new() }))
    }

    /// Whether the text under one name is what it was.
    pub(super) fn is_same_text(&self, candidate: &Candidate) -> bool {
        let (Some(old), Some(new)) = (&candidate.old, &candidate.new) else { return false };
        let read = |side: &Snapshot<'_>, place: &Place| side.read(&place.text).ok();
        let text = read(self.old, old);
        old.name == new.name && text.is_some() && text == read(self.new, new)
    }

    fn document(
        &self,
        side: &Snapshot<'_>,
        place: &Place,
        what: &str,
    ) -> Result<Document, CliError> {
        let bytes = side.read(&place.text)?;
        let name = side.repository.shown(&place.name);
        let mut document = Document::read(&*name, bytes);
        document.name.push_str(what);
        Ok(document)
    }

    /// What became of a policy. `old` is whether its old version could be read, if there is one.
    fn history(&self, candidate: &Candidate, old: Option<bool>) -> History {
        let shown = |path: &PathBuf| self.new.repository.shown(path);
        let elsewhere = candidate.elsewhere.as_ref().map(shown);
        let (name, fate) = match (&candidate.old, &candidate.new, old) {
            (Some(old), None, _) => (shown(&old.name), Fate::Removed { to: elsewhere }),
            (Some(_), Some(new), Some(false)) => (shown(&new.name), Fate::Unread),
            (Some(old), Some(new), Some(true)) if old.name != new.name => {
                (shown(&new.name), Fate::Renamed { from: shown(&old.name) })
            }
            (Some(_), Some(new), Some(true)) => (shown(&new.name), Fate::Stayed),
            (_, Some(new), _) => (shown(&new.name), Fate::New { from: elsewhere }),
            (None, None, _) => (String::new(), Fate::Stayed),
        };
        let of_revision = |revision: &str, place: &Place| Origin::Revision {
            repository: self.repository(),
            object: format!("{}:{}", short(revision), place.text.display()),
        };
        let old = candidate.old.as_ref().filter(|_| old == Some(true));
        History {
            name,
            fate,
            old: old.map(|place| of_revision(&self.range.old, place)),
            new: candidate.new.as_ref().map(|place| match &self.range.new {
                Some(revision) => of_revision(revision, place),
                None => {
                    let path = self.new.repository.place.join(&place.name);
                    Origin::File(seen_from(self.folder, &path).display().to_string())
                }
            }),
        }
    }

    /// The way to the repository, where it is another one than that of the user's folder.
    pub(super) fn repository(&self) -> Option<String> {
        let place = &self.new.repository.place;
        let is_submodule = !place.as_os_str().is_empty();
        is_submodule.then(|| seen_from(self.folder, place).display().to_string())
    }
}

/// As much of a commit's name as says which it is.
pub(super) fn short(revision: &str) -> &str {
    &revision[..SHORT.min(revision.len())]
}

/// A submodule that has another name or is gone: its name and what became of it, for the policies in
/// it are compared one by one, or are not here.
pub(super) fn moved(name: String, fate: Fate, dialects: Dialects<'_>) -> Result<Pair, CliError> {
    let dialect = dialects.of(&name);
    let none = || input::read_policy(Document::read(&*name, NO_POLICY.into()), dialect);
    let (old, new) = (none()?, none()?);
    let history = Some(History { name, fate, old: None, new: None });
    Ok(Pair { old, new, history, options: Vec::new() })
}

/// Says why an old version is left out of the comparison.
fn say_unread(error: &CliError) {
    print_error(&format!(
        "warning: {}\n  help: it counts as no policy, under which every call is denied: what the new one lets pass is all new\n",
        error.in_words()
    ));
}

/// A path as it is seen from a folder, both from the root.
pub(super) fn seen_from(folder: &Path, path: &Path) -> PathBuf {
    let shared = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| "..");
    up.map(PathBuf::from)
        .chain(path.components().skip(shared).map(|part| part.as_os_str().into()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_way_from_the_folder_to_it() {
        let way = |folder: &str, path: &str| seen_from(folder.as_ref(), path.as_ref());
        assert_eq!(way("", "a/b.json"), Path::new("a/b.json"));
        assert_eq!(way("a/", "a/b.json"), Path::new("b.json"));
        assert_eq!(way("a/c", "b.json"), Path::new("../../b.json"));
    }
}

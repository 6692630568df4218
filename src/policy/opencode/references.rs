//! Files whose texts a configuration puts in.

use std::ops::Range;

use crate::policy::defect::{Defect, DefectKind, Location};
use crate::policy::folders::{below, parent, resolved};
use crate::policy::setting::Files;

/// A `{file:PATH}`: its bytes and the path that it leads to.
pub(in crate::policy) struct Reference {
    pub(in crate::policy) place: Range<usize>,
    pub(in crate::policy) path: String,
}

/// The references of a configuration that lies in a folder, but those in comments of a line; without the home
/// those that begin there are not known.
/// Source: opencode-ai 1.18.33, whose configuration is read so before it is parsed.
pub(in crate::policy) fn references(
    text: &str,
    folder: &str,
    home: Option<&str>,
) -> Vec<Reference> {
    const START: &str = "{file:";
    let mut references = Vec::new();
    for (at, _) in text.match_indices(START) {
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let behind = &text[at + START.len()..];
        let Some(written) = behind.find('}').map(|end| &behind[..end]) else { continue };
        if text[line..at].trim_start().starts_with("//") || written.is_empty() {
            continue;
        }
        let path = match written.trim().strip_prefix("~/") {
            Some(way) => home.map(|home| below(home, way)),
            None => Some(resolved(folder, written.trim())),
        };
        let place = at..at + START.len() + written.len() + 1;
        references.extend(path.map(|path| Reference { place, path }));
    }
    references
}

/// What is wrong with a configuration whose references lead to nothing: the program answers every request with an
/// error.
pub(super) fn missing(
    text: &str,
    name: &str,
    home: Option<&str>,
    files: &dyn Files,
) -> Vec<Defect> {
    let references = references(text, parent(name), home).into_iter();
    let missing = references.filter(|reference| !files.exists(&reference.path));
    let defect = |reference: Reference| Defect {
        kind: DefectKind::MissingFile {
            is_beyond: files.is_beyond(&reference.path),
            reference: text[reference.place.clone()].to_owned(),
            path: reference.path,
        },
        location: Location::Bytes(reference.place),
        related: None,
        refused: true,
    };
    missing.map(defect).collect()
}

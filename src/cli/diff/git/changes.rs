//! What git says changed, for the whole repository: what is renamed into what is looked at comes
//! from elsewhere.

use std::path::PathBuf;

use super::range::Range;
use super::repository::{Repository, name, names};
use crate::cli::common::error::CliError;

/// A path that changed. A side that has nothing there is none.
pub(super) struct Changed {
    pub(super) old: Option<Entry>,
    pub(super) new: Option<Entry>,
}

/// What is at a path.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
    /// What git calls it; for a file or link as it is in the folder that may be all zeros.
    pub(super) id: String,
}

/// The kinds of what git keeps at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Link,
    Submodule,
}

impl Kind {
    /// The kind of git's mode of a path; none where there is nothing.
    pub(super) fn of_mode(mode: &[u8]) -> Option<Kind> {
        match mode {
            b"000000" => None,
            b"120000" => Some(Kind::Link),
            b"160000" => Some(Kind::Submodule),
            _ => Some(Kind::File),
        }
    }
}

impl Entry {
    /// The commit of a submodule, where git tells it.
    pub(super) fn commit(&self) -> Option<&str> {
        self.id.bytes().any(|byte| byte != b'0').then_some(&*self.id)
    }
}

impl Changed {
    /// Whether it has another name now.
    pub(super) fn is_renamed(&self) -> bool {
        matches!((&self.old, &self.new), (Some(old), Some(new)) if old.path != new.path)
    }
}

/// Every path that changed, in git's order.
pub(super) fn changes(repository: &Repository, range: &Range) -> Result<Vec<Changed>, CliError> {
    let options = [
        "diff",
        "--raw",
        "-z",
        "-M",
        "--no-abbrev",
        "--no-color",
        "--no-ext-diff",
        "--no-relative",
        "--ignore-submodules=none",
        &range.old,
    ];
    let raw = repository.git(options.into_iter().chain(range.new.as_deref()).chain(["--"]))?;
    let mut changes = read(&raw);
    if range.new.is_none() {
        let arguments = ["ls-files", "--others", "--exclude-standard", "-z"];
        let found = repository.git(arguments)?;
        // Another repository among the files is named as a folder; git does not look into it.
        let files = names(&found).filter(|name| !name.ends_with(b"/")).map(name);
        for path in files {
            let new = Some(untracked(repository, path.clone()));
            // What git was told to forget is still there.
            let is_gone = |change: &&mut Changed| {
                change.new.is_none() && change.old.as_ref().is_some_and(|old| old.path == path)
            };
            match changes.iter_mut().find(is_gone) {
                Some(change) => change.new = new,
                None => changes.push(Changed { old: None, new }),
            }
        }
    }
    Ok(changes)
}

/// Reads `:OLDMODE NEWMODE OLDID NEWID STATUS`, then the path, and for a rename the new one.
fn read(raw: &[u8]) -> Vec<Changed> {
    let mut fields = names(raw);
    let mut changes: Vec<Changed> = Vec::new();
    while let (Some(about), Some(path)) = (fields.next(), fields.next()) {
        let about: Vec<&[u8]> = about.trim_ascii_start().split(|byte| *byte == b' ').collect();
        let [old_mode, new_mode, old_id, new_id, status] = about[..] else { continue };
        let old_mode = old_mode.strip_prefix(b":").unwrap_or(old_mode);
        let new_path = match status.first() {
            Some(b'R' | b'C') => fields.next().unwrap_or(path),
            // A path in conflict is told a second time, as it is in the folder.
            Some(b'U') => continue,
            _ => path,
        };
        let entry = |mode, id, path| {
            let id = String::from_utf8_lossy(id).into_owned();
            Some(Entry { path: name(path), kind: Kind::of_mode(mode)?, id })
        };
        let old = entry(old_mode, old_id, path).filter(|_| status.first() != Some(&b'C'));
        changes.push(Changed { old, new: entry(new_mode, new_id, new_path) });
    }
    changes
}

/// A file that git does not know yet.
fn untracked(repository: &Repository, path: PathBuf) -> Entry {
    let found = repository.root.join(&path).symlink_metadata();
    let kind = if found.is_ok_and(|found| found.is_symlink()) { Kind::Link } else { Kind::File };
    Entry { path, kind, id: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_links_and_submodules_are_told_apart() {
        let raw = b":100644 000000 aa 00 D\0gone\0:100644 100644 aa bb R087\0old\0new\0\
            :100644 120000 aa bb T\0link\0:160000 160000 aa 00 M\0sub\0:100644 000000 aa 00 U\0x\0";
        let kinds = |entry: &Option<Entry>| {
            entry.as_ref().map(|entry| (entry.path.display().to_string(), entry.kind))
        };
        let found: Vec<_> =
            read(raw).iter().map(|change| (kinds(&change.old), kinds(&change.new))).collect();
        let at = |path: &str, kind| Some((path.to_owned(), kind));
        assert_eq!(
            found,
            [
                (at("gone", Kind::File), None),
                (at("old", Kind::File), at("new", Kind::File)),
                (at("link", Kind::File), at("link", Kind::Link)),
                (at("sub", Kind::Submodule), at("sub", Kind::Submodule)),
            ]
        );
    }
}

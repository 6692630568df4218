//! Walking through folders, as version control sees them where that is wanted.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::entry::Kind;
use super::files::entries;
use super::ignored::Ignored;

/// How a folder is walked through. Links are met and not followed, and git's own folders are not walked into.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    /// Whether what is hidden is met.
    pub takes_hidden: bool,
    /// Whether what is ignored is met.
    pub takes_ignored: bool,
}

/// What was met: a path and what lies there, or a path that cannot be read and why.
pub type Met = Result<(PathBuf, Kind), (PathBuf, io::Error)>;

impl Walk {
    /// Walks through a folder, itself the first that is met, in the order of the names.
    pub fn through(self, folder: &Path, mut look: impl FnMut(Met) -> ControlFlow<()>) {
        let mut ignored = (!self.takes_ignored).then(|| Ignored::above(folder));
        _ = self.into(folder, ignored.as_mut(), &mut look);
    }

    fn into(
        self,
        folder: &Path,
        mut ignored: Option<&mut Ignored>,
        look: &mut dyn FnMut(Met) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let entries = match entries(folder) {
            Ok(entries) => entries,
            Err(error) => return look(Err((folder.to_owned(), error))),
        };
        look(Ok((folder.to_owned(), Kind::Folder)))?;
        if let Some(ignored) = ignored.as_deref_mut() {
            for failed in ignored.enter(folder, &entries) {
                look(Err(failed))?;
            }
        }
        for entry in entries.into_iter().filter(|entry| entry.name != ".git") {
            let path = folder.join(&entry.name);
            let says = ignored.as_deref().and_then(|ignored| ignored.says(&path, entry.kind));
            let is_hidden = entry.name.as_encoded_bytes().starts_with(b".");
            // What an ignore file takes in again is met although it is hidden.
            if says.unwrap_or(is_hidden && !self.takes_hidden) {
                continue;
            }
            match entry.kind {
                Kind::Folder => self.into(&path, ignored.as_deref_mut(), look)?,
                kind => look(Ok((path, kind)))?,
            }
        }
        ignored.into_iter().for_each(Ignored::leave);
        ControlFlow::Continue(())
    }
}

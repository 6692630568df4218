//! The files of this machine as an editor has them.

use std::collections::BTreeMap;
use std::path::absolute;

use super::folders::below;
use super::setting::{Disk, Files, Missed};

/// The files of this machine, some of them with other texts.
#[derive(Debug)]
pub struct Edited<'d> {
    /// The texts, by the paths of their files as [`real_path`] has them.
    texts: BTreeMap<String, &'d str>,
    disk: Disk,
}

impl<'d> Edited<'d> {
    /// The files of this machine, those with other texts given by their real paths.
    pub fn new(texts: impl IntoIterator<Item = (String, &'d str)>) -> Edited<'d> {
        Edited { texts: texts.into_iter().collect(), disk: Disk::default() }
    }

    /// The paths of the files with other texts.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.texts.keys().map(String::as_str)
    }
}

/// The path of a file as agents name it, whatever the way to it.
pub fn real_path(name: &str) -> String {
    let path = absolute(name).unwrap_or_else(|_| name.into());
    let folder = path.parent().and_then(|folder| std::fs::canonicalize(folder).ok());
    let real = folder.and_then(|folder| Some(folder.join(path.file_name()?)));
    real.unwrap_or(path).display().to_string().replace('\\', "/")
}

impl Files for Edited<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let edited = self.texts.get(path).map(|text| text.as_bytes().to_vec());
        edited.or_else(|| self.disk.read(path))
    }

    fn exists(&self, path: &str) -> bool {
        self.texts.contains_key(path) || self.disk.exists(path)
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let mut names = self.disk.names(folder);
        let folder = below(folder, "");
        let own = self.texts.keys().filter_map(|path| path.strip_prefix(&*folder));
        names.extend(own.filter(|own| !own.contains('/')).map(str::to_owned));
        names.sort();
        names.dedup();
        names
    }

    fn link(&self, path: &str) -> Option<String> {
        self.disk.link(path)
    }

    fn is_beyond(&self, path: &str) -> bool {
        self.disk.is_beyond(path)
    }

    fn missed(&self) -> Missed {
        self.disk.missed()
    }
}

//! What lies on the disk, as it is.

use std::ffi::OsString;
use std::fs::{File, FileType, Metadata};
use std::io;
use std::path::Path;

/// What lies in a folder.
#[derive(Debug)]
pub struct Entry {
    /// Its name.
    pub name: OsString,
    /// What it is.
    pub kind: Kind,
}

/// What lies at a place, links not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// A link to something else.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

impl From<FileType> for Kind {
    fn from(kind: FileType) -> Kind {
        match () {
            () if kind.is_file() => Kind::File,
            () if kind.is_dir() => Kind::Folder,
            () if kind.is_symlink() => Kind::Link,
            () => Kind::Other,
        }
    }
}

/// What is known of what lies at a place.
#[derive(Debug)]
pub struct Facts {
    /// What it is.
    pub kind: Kind,
    /// The device and the number of it, which hard links have in common; none where there are no such.
    pub number: Option<(u64, u64)>,
}

impl From<Metadata> for Facts {
    fn from(facts: Metadata) -> Facts {
        #[cfg(unix)]
        let number = {
            use std::os::unix::fs::MetadataExt;
            Some((facts.dev(), facts.ino()))
        };
        #[cfg(not(unix))]
        let number = None;
        Facts { kind: facts.file_type().into(), number }
    }
}

/// What lies in a folder, wherever it is.
pub(super) fn entries_of(folder: &Path) -> io::Result<Vec<Entry>> {
    let entries = folder.read_dir()?.map(|entry| {
        let entry = entry?;
        Ok(Entry { name: entry.file_name(), kind: entry.file_type()?.into() })
    });
    entries.collect()
}

/// Opens what may have become a pipe, without waiting for who writes into it.
pub(super) fn open_any(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    options.read(true).open(path)
}

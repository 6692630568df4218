//! Files and folders of this machine: nothing is read but files that end, and where a folder is served to others
//! nothing outside of it.

mod ignored;
mod served;
mod walk;

use std::ffi::OsString;
use std::fs::{File, FileType};
use std::io::{self, Read};
use std::path::Path;

pub use served::{confine, holds, is_confined, leads_out};
pub use walk::{Met, Walk};

use served::Served;

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

/// Opens a file. It is judged by what was opened, whatever is put in its place meanwhile.
///
/// # Errors
/// It is not there, no file, out of reach, or larger than a file may be that is served.
pub fn open(path: &Path) -> io::Result<File> {
    let served = Served::get();
    served.map_or(Ok(()), |served| served.check(path))?;
    // Nobody may ever write into a pipe, and a device does something when it is opened.
    check(&path.metadata()?.file_type())?;
    let file = match served {
        Some(served) => served.open(path, Kind::File)?,
        None => open_any(path)?,
    };
    let facts = file.metadata()?;
    check(&facts.file_type())?;
    match Served::largest() {
        Some(largest) if facts.len() > largest => Err(too_large(largest)),
        _ => Ok(file),
    }
}

/// The bytes of a file that is not larger than so many.
///
/// # Errors
/// As of [`open`], and it is larger.
pub fn read(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    let largest = Served::largest().map_or(largest, |of_served| of_served.min(largest));
    let mut bytes = Vec::new();
    open(path)?.take(largest.saturating_add(1)).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > largest {
        true => Err(too_large(largest)),
        false => Ok(bytes),
    }
}

/// What lies in a folder, in the order of the names.
///
/// # Errors
/// It is no folder, or out of reach.
pub fn entries(folder: &Path) -> io::Result<Vec<Entry>> {
    let entries = match Served::get() {
        Some(served) => served.entries(folder),
        None => entries_of(folder),
    };
    let mut entries = entries?;
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}

fn entries_of(folder: &Path) -> io::Result<Vec<Entry>> {
    let entries = folder.read_dir()?.map(|entry| {
        let entry = entry?;
        Ok(Entry { name: entry.file_name(), kind: entry.file_type()?.into() })
    });
    entries.collect()
}

/// Refuses what is no file.
fn check(kind: &FileType) -> io::Result<()> {
    match (kind.is_file(), kind.is_dir()) {
        (true, _) => Ok(()),
        (false, true) => Err(io::ErrorKind::IsADirectory.into()),
        (false, false) => Err(io::Error::other("it is a pipe, a socket or a device")),
    }
}

/// Opens what may have become a pipe, without waiting for who writes into it.
fn open_any(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    options.read(true).open(path)
}

fn too_large(largest: u64) -> io::Error {
    io::Error::other(format!("it is larger than {largest} bytes"))
}

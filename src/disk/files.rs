//! Files that are read: nothing but what ends, and where a folder is served, nothing outside of it.

use std::fs::{File, FileType};
use std::io::{self, Read};
use std::path::Path;

use super::entry::{Entry, Kind, entries_of, open_any};
use super::served::Served;

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

/// Refuses what is no file.
fn check(kind: &FileType) -> io::Result<()> {
    match (kind.is_file(), kind.is_dir()) {
        (true, _) => Ok(()),
        (false, true) => Err(io::ErrorKind::IsADirectory.into()),
        (false, false) => Err(io::Error::other("it is a pipe, a socket or a device")),
    }
}

fn too_large(largest: u64) -> io::Error {
    io::Error::other(format!("it is larger than {largest} bytes"))
}

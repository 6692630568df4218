//! Files that are read: nothing but what ends, and where a folder is served, nothing outside of it.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::entry::{Entry, Facts, Kind, entries_of, open_any};
use super::served::Served;
use crate::stop;

/// What a path leads to.
///
/// # Errors
/// It is not there or out of reach, or a link leads nowhere or in a circle.
pub fn facts(path: &Path) -> io::Result<Facts> {
    stop::look();
    let facts = match Served::get() {
        Some(served) => served.facts(path),
        None => path.metadata().map(Facts::from),
    };
    match facts {
        Ok(facts) if facts.kind == Kind::Link => Err(circle()),
        facts => facts.map_err(|error| told(path, error)),
    }
}

/// What a path leads to; none where nothing is.
///
/// # Errors
/// It is out of reach, or a link leads nowhere or in a circle: something is there, and nobody can tell what it says.
pub fn look(path: &Path) -> io::Result<Option<Kind>> {
    match facts(path) {
        Err(error) if is_nothing(&error) => Ok(None),
        facts => facts.map(|facts| Some(facts.kind)),
    }
}

/// Opens a file. It is judged by what was opened, whatever is put in its place meanwhile.
///
/// # Errors
/// It is not there, no file, out of reach, or larger than a file may be that is served.
pub fn open(path: &Path) -> io::Result<File> {
    // Nobody may ever write into a pipe, and a device does something when it is opened.
    check(facts(path)?.kind)?;
    let file = match Served::get() {
        Some(served) => served.open(path)?,
        None => open_any(path)?,
    };
    let facts = file.metadata()?;
    check(facts.file_type().into())?;
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
    stop::look();
    let entries = match Served::get() {
        Some(served) => served.entries(folder),
        None => entries_of(folder),
    };
    let mut entries = entries.map_err(|error| told(folder, error))?;
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}

/// Refuses what is no file.
fn check(kind: Kind) -> io::Result<()> {
    match kind {
        Kind::File => Ok(()),
        Kind::Folder => Err(io::ErrorKind::IsADirectory.into()),
        Kind::Link => Err(circle()),
        Kind::Other => Err(io::Error::other("it is a pipe, a socket or a device")),
    }
}

/// Whether an error says that nothing is there.
fn is_nothing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// An error, or what it comes of where that is a link on the way.
fn told(path: &Path, error: io::Error) -> io::Error {
    let is_circle = |error: &io::Error| match () {
        #[cfg(unix)]
        () => error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()),
        #[cfg(not(unix))]
        () => false,
    };
    if !is_nothing(&error) && !is_circle(&error) {
        return error;
    }
    let there = path.ancestors().find_map(|path| Some((path, path.symlink_metadata().ok()?)));
    match there.filter(|(_, facts)| facts.is_symlink()).and_then(|(link, _)| link.metadata().err())
    {
        Some(error) if is_circle(&error) => circle(),
        Some(error) if is_nothing(&error) => io::Error::other("it is a link that leads nowhere"),
        _ => error,
    }
}

fn circle() -> io::Error {
    io::Error::other("it is a link that leads in a circle")
}

fn too_large(largest: u64) -> io::Error {
    io::Error::other(format!("it is larger than {largest} bytes"))
}

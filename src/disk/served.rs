//! The folder that is served, outside of which nothing is read.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::entry::{Entry, Kind};

static SERVED: OnceLock<Served> = OnceLock::new();

/// A folder that is served to others.
pub(super) struct Served {
    /// Without links on the way to it.
    real: PathBuf,
    /// How large a file may be, in bytes.
    largest: u64,
    #[cfg(unix)]
    folder: File,
}

/// From now on nothing is read but what lies below a folder, wherever links lead, and no file that is larger than so
/// many bytes. The first folder holds.
///
/// # Errors
/// It cannot be opened.
pub fn confine(folder: &Path, largest: u64) -> io::Result<()> {
    let served = Served::new(folder, largest)?;
    SERVED.get_or_init(|| served);
    Ok(())
}

/// Whether a folder is served, outside of which nothing is read.
pub fn is_confined() -> bool {
    SERVED.get().is_some()
}

/// Whether a path as it is written, from the root of the disk, is that of something that may be read.
pub fn holds(path: &Path) -> bool {
    SERVED.get().is_none_or(|served| path.starts_with(&served.real))
}

/// Whether a path leads out of the folder that is served, be it by a link on the way; what is not there lies where
/// its folder does.
pub fn leads_out(path: &Path) -> bool {
    let real = || path.ancestors().find_map(|path| path.canonicalize().ok());
    is_confined() && !real().is_some_and(|real| holds(&real))
}

impl Served {
    pub(super) fn get() -> Option<&'static Served> {
        SERVED.get()
    }

    pub(super) fn largest() -> Option<u64> {
        SERVED.get().map(|served| served.largest)
    }

    fn new(folder: &Path, largest: u64) -> io::Result<Served> {
        let real = folder.canonicalize()?;
        #[cfg(unix)]
        let folder = File::open(&real)?;
        Ok(Served {
            real,
            largest,
            #[cfg(unix)]
            folder,
        })
    }

    /// Refuses what leads out.
    pub(super) fn check(&self, path: &Path) -> io::Result<()> {
        self.below(path).map(drop)
    }

    /// The way from the folder to what a path leads to.
    fn below(&self, path: &Path) -> io::Result<PathBuf> {
        let real = path.canonicalize()?;
        let below = real.strip_prefix(&self.real);
        below.map(Path::to_owned).map_err(|_| outside())
    }
}

#[cfg(unix)]
impl Served {
    /// Opens a file or a folder, name after name: a link that is put on the way meanwhile is not followed.
    pub(super) fn open(&self, path: &Path, kind: Kind) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags, openat};
        let below = self.below(path)?;
        let plain = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let mut file = self.folder.try_clone()?;
        let mut names = below.iter().peekable();
        while let Some(name) = names.next() {
            let is_folder = names.peek().is_some() || kind == Kind::Folder;
            let flags = if is_folder { plain | OFlags::DIRECTORY } else { plain };
            file = openat(&file, name, flags, Mode::empty())?.into();
        }
        Ok(file)
    }

    pub(super) fn entries(&self, path: &Path) -> io::Result<Vec<Entry>> {
        use std::os::unix::ffi::OsStrExt;

        use rustix::fs::{AtFlags, Dir, FileType, statat};
        let folder = self.open(path, Kind::Folder)?;
        let mut entries = Vec::new();
        for entry in Dir::read_from(&folder)? {
            let entry = entry?;
            let name = std::ffi::OsStr::from_bytes(entry.file_name().to_bytes());
            if name == "." || name == ".." {
                continue;
            }
            let kind = match entry.file_type() {
                FileType::Unknown => {
                    let facts = statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
                    FileType::from_raw_mode(facts.st_mode)
                }
                kind => kind,
            };
            let kind = match kind {
                FileType::RegularFile => Kind::File,
                FileType::Directory => Kind::Folder,
                FileType::Symlink => Kind::Link,
                _ => Kind::Other,
            };
            entries.push(Entry { name: name.to_owned(), kind });
        }
        Ok(entries)
    }
}

#[cfg(not(unix))]
impl Served {
    /// Opens a file, and refuses it where a link was put on the way meanwhile.
    pub(super) fn open(&self, path: &Path, _: Kind) -> io::Result<File> {
        let real = self.real.join(self.below(path)?);
        let file = super::entry::open_any(&real)?;
        match real.canonicalize()? == real {
            true => Ok(file),
            false => Err(outside()),
        }
    }

    pub(super) fn entries(&self, path: &Path) -> io::Result<Vec<Entry>> {
        super::entry::entries_of(&self.real.join(self.below(path)?))
    }
}

fn outside() -> io::Error {
    io::Error::other("it leads out of the folder that is served")
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_link_that_is_put_on_the_way_meanwhile_is_not_followed() {
        let (folder, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(at("a/b")).unwrap();
        std::fs::write(at("a/b/c"), "own").unwrap();
        std::fs::write(outside.path().join("c"), "foreign").unwrap();
        symlink(at("a/b"), at("within")).unwrap();
        symlink(outside.path(), at("out")).unwrap();
        let served = Served::new(folder.path(), 16).unwrap();
        for path in ["a/b/c", "within/c", "a/../within/c"] {
            let text = std::io::read_to_string(served.open(&at(path), Kind::File).unwrap());
            assert_eq!(text.unwrap(), "own", "{path}");
        }
        assert_eq!(served.entries(&at("within")).unwrap().len(), 1);
        for path in ["out/c", "out", "..", "/etc/passwd"] {
            let error = served.open(&at(path), Kind::File).unwrap_err();
            assert!(error.to_string().contains("leads out"), "{path}: {error}");
        }
        assert!(served.entries(&at("out")).is_err());
        // The way is known, and then what stands there is exchanged, again and again.
        let is_done = std::sync::atomic::AtomicBool::new(false);
        let order = std::sync::atomic::Ordering::Relaxed;
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !is_done.load(order) {
                    std::fs::rename(at("a/b"), at("kept")).unwrap();
                    symlink(outside.path(), at("a/b")).unwrap();
                    std::fs::remove_file(at("a/b")).unwrap();
                    std::fs::rename(at("kept"), at("a/b")).unwrap();
                }
            });
            for _ in 0..3_000 {
                if let Ok(file) = served.open(&at("a/b/c"), Kind::File) {
                    assert_eq!(std::io::read_to_string(file).unwrap(), "own");
                }
            }
            is_done.store(true, order);
        });
    }
}

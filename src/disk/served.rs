//! The folder that is served, outside of which nothing is read.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use thiserror::Error;

use super::entry::{Entry, Facts};
use super::folder::Folder;

static SERVED: OnceLock<Served> = OnceLock::new();

/// How many links may be on a way, as the system has it.
const MOST_LINKS: usize = 40;

/// A folder that is served to others.
pub(super) struct Served {
    /// As it was named, from the root of the disk.
    named: PathBuf,
    /// Without links on the way to it.
    real: PathBuf,
    /// How large a file may be, in bytes.
    largest: u64,
    folder: Folder,
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

/// Whether a path leads out of the folder that is served, be it by a link on the way, and whatever lies there.
pub fn leads_out(path: &Path) -> bool {
    let is_outside = |error: io::Error| error.get_ref().is_some_and(|error| error.is::<Outside>());
    SERVED.get().is_some_and(|served| served.find(path).is_err_and(is_outside))
}

/// A path leads out.
#[derive(Debug, Error)]
#[error("it leads out of the folder that is served")]
struct Outside;

fn outside() -> io::Error {
    io::Error::other(Outside)
}

impl Served {
    pub(super) fn get() -> Option<&'static Served> {
        SERVED.get()
    }

    pub(super) fn largest() -> Option<u64> {
        SERVED.get().map(|served| served.largest)
    }

    fn new(folder: &Path, largest: u64) -> io::Result<Served> {
        let (named, real) = (std::path::absolute(folder)?, folder.canonicalize()?);
        let folder = Folder::open(&real)?;
        Ok(Served { named, real, largest, folder })
    }

    /// Opens a file: a link that is put on the way meanwhile is not followed.
    pub(super) fn open(&self, path: &Path) -> io::Result<File> {
        let (folder, name) = self.find(path)?;
        folder.file(&name)
    }

    pub(super) fn entries(&self, path: &Path) -> io::Result<Vec<Entry>> {
        let (folder, name) = self.find(path)?;
        folder.within(&name)?.entries()
    }

    /// What a path leads to; a link where one leads in a circle.
    pub(super) fn facts(&self, path: &Path) -> io::Result<Facts> {
        let (folder, name) = self.find(path)?;
        folder.facts(&name)
    }

    /// The folder in which lies what a path leads to, and its name there, be there such a thing or not. Outside of what
    /// is served nothing is looked at, so that it makes no difference what lies there.
    fn find(&self, path: &Path) -> io::Result<(Folder, OsString)> {
        let mut way = self.parts(path);
        let (mut at, mut here, mut links) = (self.real.clone(), None, 0);
        while let Some(part) = way.pop() {
            if part == ".." || Path::new(&part).has_root() {
                if part == ".." {
                    at.pop();
                } else {
                    at.push(part);
                }
                here = None;
                continue;
            }
            let folder: Folder = if let Some(folder) = here.take() {
                folder
            } else if let Ok(below) = at.strip_prefix(&self.real) {
                self.below(below)?
            } else {
                at.push(part);
                if self.real.starts_with(&at) {
                    continue;
                }
                return Err(outside());
            };
            let next = (!way.is_empty()).then(|| folder.within(&part));
            let failed = match next {
                Some(Ok(next)) => {
                    at.push(part);
                    here = Some(next);
                    continue;
                }
                Some(Err(error)) => Some(error),
                None => None,
            };
            match (folder.link(&part), failed) {
                (Some(target), _) if links < MOST_LINKS => {
                    links += 1;
                    way.extend(self.parts(&target));
                    here = Some(folder);
                }
                (_, None) => return Ok((folder, part)),
                (_, Some(error)) => return Err(error),
            }
        }
        let below = at.strip_prefix(&self.real).map_err(|_| outside())?;
        Ok((self.below(below)?, ".".into()))
    }

    /// The names of a path, the last one first.
    fn parts(&self, path: &Path) -> Vec<OsString> {
        let real = path.strip_prefix(&self.named).ok().map(|below| self.real.join(below));
        let parts = real.as_deref().unwrap_or(path).components().rev();
        let parts = parts.filter(|part| *part != Component::CurDir);
        parts.map(|part| part.as_os_str().to_owned()).collect()
    }

    /// A folder below, on the way to which there is no link.
    fn below(&self, names: &Path) -> io::Result<Folder> {
        names.iter().try_fold(self.folder.again()?, |folder, name| folder.within(name))
    }
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
        symlink("../b/c", at("a/b/up")).unwrap();
        symlink(outside.path(), at("out")).unwrap();
        symlink("/gone/nowhere", at("nowhere")).unwrap();
        symlink("../gone", at("gone")).unwrap();
        symlink("circle", at("circle")).unwrap();
        let own = folder.path().file_name().unwrap();
        symlink(Path::new("..").join(own).join("a/b/c"), at("back")).unwrap();
        let served = Served::new(folder.path(), 16).unwrap();
        for path in ["a/b/c", "within/c", "a/../within/c", "within/../b/c", "a/b/up", "back"] {
            let text = std::io::read_to_string(served.open(&at(path)).unwrap());
            assert_eq!(text.unwrap(), "own", "{path}");
        }
        assert_eq!(served.entries(&at("within")).unwrap().len(), 2);
        // What lies outside makes no difference, nor whether it is there.
        for path in
            ["out/c", "out/gone", "out", "nowhere", "nowhere/c", "gone", "..", "/etc/passwd"]
        {
            for error in [served.open(&at(path)).unwrap_err(), served.facts(&at(path)).unwrap_err()]
            {
                assert!(error.to_string().contains("leads out"), "{path}: {error}");
            }
        }
        assert!(served.entries(&at("out")).is_err());
        assert!(served.open(&at("circle")).is_err() && served.open(&at("circle/c")).is_err());
        // What stands on the way is exchanged, again and again.
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
                if let Ok(file) = served.open(&at("a/b/c")) {
                    assert_eq!(std::io::read_to_string(file).unwrap(), "own");
                }
            }
            is_done.store(true, order);
        });
    }
}

//! A folder that is open: what lies in it is reached by its name alone, and no link is followed on the way.

#[cfg(unix)]
pub(super) use self::by_handle::Folder;
#[cfg(not(unix))]
pub(super) use self::by_path::Folder;

#[cfg(unix)]
mod by_handle {
    use std::ffi::{OsStr, OsString};
    use std::fs::File;
    use std::io;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::path::{Path, PathBuf};

    use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, readlinkat, statat};

    use crate::disk::entry::{Entry, Facts, Kind};

    /// A folder that is open, whatever is put in its place meanwhile.
    pub(in crate::disk) struct Folder(File);

    impl Folder {
        pub(in crate::disk) fn open(path: &Path) -> io::Result<Folder> {
            File::open(path).map(Folder)
        }

        pub(in crate::disk) fn again(&self) -> io::Result<Folder> {
            self.0.try_clone().map(Folder)
        }

        pub(in crate::disk) fn within(&self, name: &OsStr) -> io::Result<Folder> {
            self.opened(name, OFlags::DIRECTORY).map(Folder)
        }

        pub(in crate::disk) fn file(&self, name: &OsStr) -> io::Result<File> {
            self.opened(name, OFlags::empty())
        }

        fn opened(&self, name: &OsStr, flags: OFlags) -> io::Result<File> {
            let plain = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            Ok(openat(&self.0, name, plain | flags, Mode::empty())?.into())
        }

        /// What a link says itself; none where there is no link.
        pub(in crate::disk) fn link(&self, name: &OsStr) -> Option<PathBuf> {
            let target = readlinkat(&self.0, name, Vec::new()).ok()?;
            Some(OsString::from_vec(target.into_bytes()).into())
        }

        pub(in crate::disk) fn facts(&self, name: &OsStr) -> io::Result<Facts> {
            let stat = statat(&self.0, name, AtFlags::SYMLINK_NOFOLLOW)?;
            let kind = kind(FileType::from_raw_mode(stat.st_mode));
            Ok(Facts { kind, number: Some((stat.st_dev as u64, stat.st_ino as u64)) })
        }

        pub(in crate::disk) fn entries(&self) -> io::Result<Vec<Entry>> {
            let mut entries = Vec::new();
            for entry in Dir::read_from(&self.0)? {
                let entry = entry?;
                let name = OsStr::from_bytes(entry.file_name().to_bytes());
                if name == "." || name == ".." {
                    continue;
                }
                let kind = match entry.file_type() {
                    FileType::Unknown => self.facts(name)?.kind,
                    known => kind(known),
                };
                entries.push(Entry { name: name.to_owned(), kind });
            }
            Ok(entries)
        }
    }

    fn kind(kind: FileType) -> Kind {
        match kind {
            FileType::RegularFile => Kind::File,
            FileType::Directory => Kind::Folder,
            FileType::Symlink => Kind::Link,
            _ => Kind::Other,
        }
    }
}

#[cfg(not(unix))]
mod by_path {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io;
    use std::path::{Path, PathBuf};

    use crate::disk::entry::{Entry, Facts, Kind, entries_of, open_any};

    /// A folder by its path, without links on the way when it was looked at.
    pub(in crate::disk) struct Folder(PathBuf);

    impl Folder {
        pub(in crate::disk) fn open(path: &Path) -> io::Result<Folder> {
            Ok(Folder(path.to_owned()))
        }

        pub(in crate::disk) fn again(&self) -> io::Result<Folder> {
            Ok(Folder(self.0.clone()))
        }

        pub(in crate::disk) fn within(&self, name: &OsStr) -> io::Result<Folder> {
            match self.facts(name)?.kind {
                Kind::Folder => Ok(Folder(self.0.join(name))),
                _ => Err(io::ErrorKind::NotADirectory.into()),
            }
        }

        pub(in crate::disk) fn file(&self, name: &OsStr) -> io::Result<File> {
            let path = self.0.join(name);
            let file = open_any(&path)?;
            match path.canonicalize()? == path {
                true => Ok(file),
                false => Err(io::Error::other("it was exchanged meanwhile")),
            }
        }

        /// What a link says itself; none where there is no link.
        pub(in crate::disk) fn link(&self, name: &OsStr) -> Option<PathBuf> {
            self.0.join(name).read_link().ok()
        }

        pub(in crate::disk) fn facts(&self, name: &OsStr) -> io::Result<Facts> {
            Ok(self.0.join(name).symlink_metadata()?.into())
        }

        pub(in crate::disk) fn entries(&self) -> io::Result<Vec<Entry>> {
            entries_of(&self.0)
        }
    }
}

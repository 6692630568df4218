//! Writing results to files: whole and atomically, and never over a file unasked.

use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PathBufValueParser, TypedValueParser};
use tempfile::{Builder, NamedTempFile};

use super::error::CliError;
use super::interrupt::Leftover;
use super::output::{BUFFER, stdout_as_it_is};

/// Options of commands whose result may go to a file.
#[derive(Debug, Args)]
pub(in crate::cli) struct OutputFile {
    /// Write to a file instead of standard output, whole or not at all; `-` is standard output.
    #[arg(long, short, value_name = "FILE", value_parser = PathBufValueParser::new().map(target))]
    output: Option<Target>,
    /// Overwrite the file if there is one.
    #[arg(long, requires = "output")]
    force: bool,
}

/// Who may read a file that is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Readers {
    /// As the system has it for any new file; one that is replaced keeps its readers.
    Anyone,
    /// The owner alone, also where others read the file that is replaced: arguments may be secrets.
    Owner,
}

/// Where a result goes.
#[derive(Clone, Debug)]
enum Target {
    Stdout,
    File(PathBuf),
}

fn target(path: PathBuf) -> Target {
    if path == Path::new("-") { Target::Stdout } else { Target::File(path) }
}

impl OutputFile {
    /// Whether the user said where the result goes.
    pub(in crate::cli) fn is_named(&self) -> bool {
        self.output.is_some()
    }

    /// The file that the result goes to, if it is one.
    pub(in crate::cli) fn path(&self) -> Option<&Path> {
        match &self.output {
            Some(Target::File(path)) => Some(path),
            Some(Target::Stdout) | None => None,
        }
    }

    /// Whether the result goes into a folder, there or to be made.
    pub(in crate::cli) fn is_folder(&self) -> bool {
        self.path().is_some_and(|path| {
            path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator)
        })
    }

    /// Whether what is there may be replaced.
    pub(in crate::cli) fn is_forced(&self) -> bool {
        self.force
    }

    /// Refuses, before any work is done, what could not be written in the end.
    pub(in crate::cli) fn check(&self) -> Result<(), CliError> {
        self.path().map_or(Ok(()), |path| check(path, self.force))
    }

    /// Writes the result, which may fail for other reasons, piece by piece.
    pub(in crate::cli) fn write_with<T>(
        &self,
        readers: Readers,
        write: impl FnOnce(&mut dyn Write) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        match self.path() {
            Some(path) => write_whole(path, self.force, readers, write),
            None => {
                let mut out = stdout_as_it_is();
                let done = write(&mut out)?;
                out.flush()?;
                Ok(done)
            }
        }
    }

    /// Writes the result to the file, or to standard output where none was named.
    pub(in crate::cli) fn write(&self, text: &str) -> Result<(), CliError> {
        self.write_with(Readers::Anyone, |out| Ok(out.write_all(text.as_bytes())?))
    }
}

/// Refuses a file that is there already, unless it may be overwritten, and one that cannot be.
pub(in crate::cli) fn check(path: &Path, force: bool) -> Result<(), CliError> {
    if path.is_dir() {
        return Err(CliError::Folder(path.to_owned()));
    }
    // A symbolic link that leads nowhere is there as well.
    let is_there = path.is_file() || path.is_symlink() && !path.exists();
    if is_there && !force {
        return Err(exists(path));
    }
    let folder = folder_of(&target_of(path)).to_owned();
    match folder.is_dir() {
        true => Ok(()),
        false => Err(unwritable(path, io::ErrorKind::NotFound.into())),
    }
}

/// What is replaced: a symbolic link stays one, and what it leads to, there or not, is written.
fn target_of(path: &Path) -> PathBuf {
    let led = || Some(folder_of(path).join(path.read_link().ok()?));
    path.canonicalize().ok().or_else(led).unwrap_or_else(|| path.to_owned())
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// Writes a file as a whole: until the last byte is written, what was there before stays.
pub(in crate::cli) fn write_file(
    path: &Path,
    force: bool,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), CliError> {
    let write = |out: &mut dyn Write| write(out).map_err(|cause| unwritable(path, cause));
    write_whole(path, force, Readers::Anyone, write)
}

/// Writes files into a folder, which is made where it is not there: all of them or none, and no folder then.
pub(in crate::cli) fn write_folder(
    folder: &Path,
    files: &[(PathBuf, String)],
    force: bool,
) -> Result<(), CliError> {
    let is_there = folder.exists();
    std::fs::create_dir_all(folder).map_err(|cause| unwritable(folder, cause))?;
    let written = write_several(files, force);
    if written.is_err() && !is_there {
        // What else has come into it in the meantime keeps it.
        _ = std::fs::remove_dir(folder);
    }
    written
}

/// Writes several files, all of them or none: what was there before is there again where one cannot be written.
fn write_several(files: &[(PathBuf, String)], force: bool) -> Result<(), CliError> {
    files.iter().try_for_each(|(path, _)| check(path, force))?;
    let staged = |(path, text): &(PathBuf, String)| {
        let failed = |cause| unwritable(path, cause);
        let target = target_of(path);
        let mut file = temporary(&target, folder_of(&target), Readers::Anyone).map_err(failed)?;
        let leftover = Leftover::new(file.path());
        file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        Ok((target, file, leftover))
    };
    let staged: Vec<_> = files.iter().map(staged).collect::<Result<_, CliError>>()?;
    let mut replaced: Vec<(PathBuf, Option<Vec<u8>>)> = Vec::new();
    for (target, file, _leftover) in staged {
        let before = std::fs::read(&target).ok();
        let done = if force { file.persist(&target) } else { file.persist_noclobber(&target) };
        match done {
            Ok(_) => replaced.push((target, before)),
            Err(error) => {
                replaced.iter().for_each(|(path, before)| put_back(path, before.as_deref()));
                return Err(unwritable(&target, error.error));
            }
        }
    }
    Ok(())
}

/// Makes a file what it was before; what fails in this is told by what failed before.
fn put_back(path: &Path, before: Option<&[u8]>) {
    _ = match before {
        Some(before) => std::fs::write(path, before),
        None => std::fs::remove_file(path),
    };
}

/// The same, where what is written may fail for other reasons. What is no regular file, such as a
/// pipe or a device, is written as it comes. Nothing at all replaces no file.
fn write_whole<T>(
    path: &Path,
    force: bool,
    readers: Readers,
    write: impl FnOnce(&mut dyn Write) -> Result<T, CliError>,
) -> Result<T, CliError> {
    check(path, force)?;
    let failed = |cause| unwritable(path, cause);
    if path.exists() && !path.is_file() {
        let file = File::options().write(true).open(path).map_err(failed)?;
        let mut out = BufWriter::with_capacity(BUFFER, file);
        let done = write(&mut out)?;
        out.flush().map_err(failed)?;
        return Ok(done);
    }
    let target = target_of(path);
    let file = temporary(&target, folder_of(&target), readers).map_err(failed)?;
    let _leftover = Leftover::new(file.path());
    let mut out = BufWriter::with_capacity(BUFFER, file);
    let done = write(&mut out)?;
    let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
    file.as_file().sync_all().map_err(failed)?;
    if target.exists() && file.as_file().metadata().map_err(failed)?.len() == 0 {
        return Ok(done);
    }
    if force {
        file.persist(&target).map_err(|error| failed(error.error))?;
        return Ok(done);
    }
    file.persist_noclobber(&target).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => failed(error.error),
    })?;
    Ok(done)
}

/// Writes other text into a file that still has the text that was read from it. The file stays the one
/// that it is: its permissions, its owner and its other names.
///
/// # Errors
/// The file was changed, must not be written, or cannot be.
pub(in crate::cli) fn rewrite(path: &Path, before: &str, after: &str) -> Result<(), CliError> {
    let failed = |cause| unwritable(path, cause);
    // What was read from a pipe is gone, and reading on would wait for ever.
    if !path.metadata().map_err(failed)?.is_file() {
        return Err(failed(io::Error::other("it is no regular file")));
    }
    let mut file = File::options().read(true).write(true).open(path).map_err(failed)?;
    // Who may do anything may write what others marked as not to be written.
    if file.metadata().map_err(failed)?.permissions().readonly() {
        return Err(failed(io::ErrorKind::PermissionDenied.into()));
    }
    let mut now = Vec::new();
    file.read_to_end(&mut now).map_err(failed)?;
    if now != before.as_bytes() {
        return Err(CliError::Refused {
            message: format!("{} has changed since it was read, and is left alone", path.display()),
            help: "run the command again".to_owned(),
        });
    }
    overwrite(&mut file, after).map_err(|cause| {
        // What was there needs no more room than it had; if it fails too, the first cause is told.
        _ = overwrite(&mut file, before);
        failed(cause)
    })
}

fn overwrite(file: &mut File, text: &str) -> io::Result<()> {
    file.rewind()?;
    file.write_all(text.as_bytes())?;
    file.set_len(text.len() as u64)?;
    file.sync_all()
}

/// A temporary file with the permissions of the one it replaces, else those of a new file; one for its
/// owner alone is made so.
fn temporary(target: &Path, folder: &Path, readers: Readers) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(".gatelint-");
    let present = std::fs::metadata(target).map(|present| present.permissions()).ok();
    let present = present.filter(|_| readers == Readers::Anyone);
    #[cfg(unix)]
    if present.is_none() && readers == Readers::Anyone {
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    if let Some(present) = present {
        file.as_file().set_permissions(present)?;
    }
    Ok(file)
}

fn exists(path: &Path) -> CliError {
    CliError::Refused {
        message: format!("{} is there already", path.display()),
        help: "name another file, or overwrite it with --force".to_owned(),
    }
}

fn unwritable(path: &Path, cause: io::Error) -> CliError {
    CliError::Unwritable { path: path.to_owned(), cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_cannot_be_written_in_the_end_is_refused_before_and_links_stay_links() {
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        std::os::unix::fs::symlink("target", &link).unwrap();
        assert!(check(&link, false).unwrap_err().to_string().contains("is there already"));
        write_file(&link, true, |file| file.write_all(b"one")).unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "one");
        let missing = folder.path().join("missing/policy.json");
        assert!(check(&missing, true).unwrap_err().to_string().contains("cannot write"));
        check(&folder.path().join("new.json"), false).unwrap();
    }

    #[test]
    fn a_file_is_rewritten_only_where_it_is_as_it_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("a.json"), folder.path().join("b.json"));
        std::fs::write(&path, "before").unwrap();
        std::fs::hard_link(&path, &other).unwrap();
        rewrite(&path, "before", "now").unwrap();
        assert_eq!(std::fs::read_to_string(&other).unwrap(), "now", "both names are one file");
        let refused = rewrite(&path, "before", "never").unwrap_err().to_string();
        assert!(refused.contains("has changed since it was read"), "{refused}");
        let mut permissions = std::fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        std::fs::set_permissions(&path, permissions).unwrap();
        let refused = rewrite(&path, "now", "never").unwrap_err().to_string();
        assert!(refused.contains("cannot write"), "{refused}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "now");
    }

    #[test]
    fn a_file_is_overwritten_only_when_asked_and_only_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.json");
        let write = |force, text: &'static str| {
            write_file(&path, force, |file| file.write_all(text.as_bytes()))
        };
        write(false, "one").unwrap();
        assert!(write(false, "two").unwrap_err().to_string().contains("is there already"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one");
        write(true, "three").unwrap();
        let failed = write_file(&path, true, |file| {
            file.write_all(b"half")?;
            Err(io::Error::other("the disk is full"))
        });
        assert!(failed.unwrap_err().to_string().contains("the disk is full"));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left behind");
        write(true, "").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "three", "nothing replaces something");
    }

    #[test]
    fn several_files_are_written_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| (folder.path().join(name), name.to_owned());
        std::fs::write(folder.path().join("b"), "before").unwrap();
        let files = [at("a"), at("b"), at("c")];
        assert!(write_several(&files, false).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        write_several(&files, true).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("b")).unwrap(), "b");
        put_back(&folder.path().join("b"), Some(b"before"));
        put_back(&folder.path().join("a"), None);
        assert_eq!(std::fs::read_to_string(folder.path().join("b")).unwrap(), "before");
        let missing = [at("d"), at("missing/e")];
        assert!(write_several(&missing, true).is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "b and c");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_keeps_its_mode_and_a_new_one_with_arguments_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        std::fs::write(&path, "a").unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o664)).unwrap();
        write_file(&path, true, |file| file.write_all(b"b")).unwrap();
        assert_eq!(mode(), 0o664);
        let write = || write_whole(&path, true, Readers::Owner, |file| Ok(file.write_all(b"b")?));
        write().unwrap();
        assert_eq!(mode(), 0o600, "it is replaced as a whole");
        std::fs::remove_file(&path).unwrap();
        write().unwrap();
        assert_eq!(mode(), 0o600);
    }
}

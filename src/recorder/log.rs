//! The file that calls are recorded in. Where it cannot be written, that is said once, and the
//! session goes on.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::report::{escape, without_commands, write_record};
use crate::trace::{Record, Redaction};

/// A trace that is appended to.
#[derive(Debug)]
pub struct Log {
    file: File,
    path: PathBuf,
    /// Whether there was no file before.
    is_new: bool,
    redaction: Redaction,
    /// Whether the last line may lack its end.
    torn: bool,
    loss: Loss,
}

/// What could not be recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loss {
    /// How many calls.
    pub calls: u64,
    /// Whether the recording ended before the session.
    pub failed: bool,
}

impl Loss {
    /// Whether anything is missing from the recording.
    pub fn is_some(self) -> bool {
        self.calls > 0 || self.failed
    }
}

impl Log {
    /// Opens a file for appending, and makes it where there is none; arguments can be secrets, so
    /// that a new file is for nobody else to read, and some values are not kept at all. Of a file that
    /// others can read that is said: who shares a trace has set it so.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(path: &Path, redaction: Redaction) -> io::Result<Log> {
        let mut options = OpenOptions::new();
        options.append(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            // Nobody waits for the reader of a pipe; what it does not take is missing.
            let flags = rustix::fs::OFlags::NONBLOCK.bits();
            options.mode(0o600).custom_flags(i32::try_from(flags).unwrap_or_default());
        }
        let (file, is_new) = match options.clone().create_new(true).open(path) {
            Ok(file) => (file, true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                (options.create(true).open(path)?, false)
            }
            Err(error) => return Err(error),
        };
        if !is_new && is_for_others(&file.metadata()?) {
            say(&format!(
                "others can read {}, and arguments may be secrets: chmod 600 it, or leave values out with --redact",
                path.display()
            ));
        }
        let torn = file.metadata()?.is_file() && is_torn(path).unwrap_or(false);
        let (path, loss) = (path.to_owned(), Loss::default());
        Ok(Log { file, path, is_new, redaction, torn, loss })
    }

    /// Leaves no file behind that was not there before.
    pub(super) fn discard(self) {
        if self.is_new && self.file.metadata().is_ok_and(|file| file.len() == 0) {
            // One that cannot be removed is empty.
            _ = std::fs::remove_file(&self.path);
        }
    }

    /// Writes a call, whole and at once, so that several sessions can share a file.
    pub(super) fn write(&mut self, mut call: Record<'_>) {
        self.redaction.apply(&mut call);
        let mut line = Vec::new();
        if self.torn {
            line.push(b'\n');
        }
        let written =
            write_record(&mut line, &call, call.time).and_then(|()| self.file.write_all(&line));
        self.torn = written.is_err();
        if let Err(error) = written {
            if self.loss.calls == 0 {
                say(&format!(
                    "cannot write {}: {error}; the session goes on, and calls are missing from the recording",
                    self.path.display()
                ));
            }
            self.loss.calls += 1;
        }
    }

    /// Says that a call cannot be written because it is none.
    pub(super) fn refuse(&mut self, why: &str) {
        say(&format!("a call of the session cannot be recorded: {why}"));
        self.loss.calls += 1;
    }

    /// Ends the recording and says how much of it is missing. Without a call there is no file, unless
    /// there was one before.
    pub(super) fn finish(self) -> Loss {
        if self.loss.calls > 0 {
            let calls = self.loss.calls;
            let noun = if calls == 1 { "call is" } else { "calls are" };
            say(&format!("{calls} {noun} missing from {}", self.path.display()));
        }
        let loss = self.loss;
        self.discard();
        loss
    }
}

/// Whether others than its owner can read a file.
#[cfg(unix)]
fn is_for_others(file: &std::fs::Metadata) -> bool {
    file.is_file() && std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o044 != 0
}

/// Who can read a file is not told by its mode on this system.
#[cfg(not(unix))]
fn is_for_others(_: &std::fs::Metadata) -> bool {
    false
}

/// Whether the last line of a file has no end, after a session that was cut off.
fn is_torn(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Standard error is the server's too, so that every line says whose it is.
fn say(text: &str) {
    let line = format!("gatelint record: {}\n", escape(text));
    _ = io::stderr().write_all(without_commands(&line).as_bytes());
}

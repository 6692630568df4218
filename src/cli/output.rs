//! Where output goes and how it looks.

use std::fs::OpenOptions;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use clap::Args;
use tempfile::NamedTempFile;

use super::error::CliError;
use crate::report::{ColorChoice, Style};

/// How much is written at once, in bytes.
const BUFFER: usize = 1 << 16;

/// Options of every command.
#[derive(Debug, Args)]
pub(super) struct OutputOptions {
    /// When to colour the output.
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    color: ColorChoice,
}

impl OutputOptions {
    /// The style of standard output.
    pub(super) fn style(&self) -> Style {
        Style::of_stdout(self.color)
    }

    /// The style of standard error.
    pub(super) fn style_of_stderr(&self) -> Style {
        Style::of_stderr(self.color)
    }
}

/// Standard output, buffered. A reader that has seen enough, such as `head`, closes it: what
/// follows is thrown away, and the exit status is that of the whole work all the same.
pub(super) fn stdout() -> BufWriter<Stdout> {
    BufWriter::with_capacity(BUFFER, Stdout { closed: false })
}

/// Standard output that may be closed by its reader.
pub(super) struct Stdout {
    closed: bool,
}

impl Stdout {
    fn forgive<T>(&mut self, result: io::Result<T>, done: T) -> io::Result<T> {
        match result {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed = true;
                Ok(done)
            }
            result => result,
        }
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.closed {
            return Ok(bytes.len());
        }
        let result = io::stdout().write(bytes);
        self.forgive(result, bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.closed {
            return Ok(());
        }
        let result = io::stdout().flush();
        self.forgive(result, ())
    }
}

/// Writes a file whole or not at all: what stood there before stays until all is written. What is no
/// regular file, such as a pipe or a device, is written as it comes.
pub(super) fn write_whole<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let unwritable = |cause| CliError::Unwritable { path: path.to_owned(), cause };
    // A link stays a link to what is written.
    let target = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let existing = target.metadata().ok();
    if existing.as_ref().is_some_and(|existing| !existing.is_file()) {
        let file = OpenOptions::new().write(true).open(&target).map_err(unwritable)?;
        let mut out = BufWriter::with_capacity(BUFFER, file);
        let done = write(&mut out)?;
        out.flush().map_err(unwritable)?;
        return Ok(done);
    }
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let file = temporary(folder).map_err(unwritable)?;
    let mut out = BufWriter::with_capacity(BUFFER, file);
    let done = write(&mut out)?;
    let file = out.into_inner().map_err(|error| unwritable(error.into_error()))?;
    if let Some(existing) = existing {
        file.as_file().set_permissions(existing.permissions()).map_err(unwritable)?;
    }
    file.persist(&target).map_err(|error| unwritable(error.error))?;
    Ok(done)
}

/// A temporary file that others may read as far as the user lets them read any new file.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Writes text to standard output.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Writes text to standard error; where even that fails, nothing is left to be done.
pub(super) fn print_error(text: &str) {
    _ = io::stderr().write_all(text.as_bytes());
}

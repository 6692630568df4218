//! Where output goes and how it looks.

use std::cell::RefCell;
use std::io::{self, BufWriter, Write};

use clap::{Args, ValueEnum};

use super::withheld::{self, Withholding};
use crate::report::{ColorChoice, Style, fit, without_commands};

/// How much is written at once, in bytes.
pub(in crate::cli) const BUFFER: usize = 1 << 16;

/// How a command's result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum OutputFormat {
    /// For people.
    Human,
    /// For machines, with a `schema_version`.
    Json,
}

impl OutputFormat {
    /// Writes a result for people or for machines.
    pub(in crate::cli) fn write(
        self,
        json: impl FnOnce(&mut dyn Write) -> io::Result<()>,
        human: impl FnOnce(&mut String),
    ) -> io::Result<()> {
        if self == OutputFormat::Json {
            let mut out = stdout();
            json(&mut out)?;
            return out.flush();
        }
        let mut text = String::new();
        human(&mut text);
        print(&text)
    }
}

/// Options of every command.
#[derive(Debug, Args)]
pub(in crate::cli) struct OutputOptions {
    /// When to colour the output.
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    color: ColorChoice,
}

impl OutputOptions {
    /// The style of standard output.
    pub(in crate::cli) fn style(&self) -> Style {
        Style::of_stdout(self.color)
    }

    /// The style of standard error.
    pub(in crate::cli) fn style_of_stderr(&self) -> Style {
        Style::of_stderr(self.color)
    }
}

/// Standard output, buffered, without what is withheld. A reader that has seen enough, such as `head`, closes it: what
/// follows is thrown away, and the exit status is that of the whole work all the same.
pub(in crate::cli) fn stdout() -> BufWriter<Withholding<Stdout>> {
    BufWriter::with_capacity(BUFFER, Withholding::new(Stdout { closed: false }))
}

/// The same with all that is written: for documents, whose secrets are theirs.
pub(in crate::cli) fn stdout_as_it_is() -> BufWriter<Stdout> {
    BufWriter::with_capacity(BUFFER, Stdout { closed: false })
}

/// Standard output that may be closed by its reader.
pub(in crate::cli) struct Stdout {
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

/// Writes text for people to standard output, in which nothing is a command to who runs a job.
pub(in crate::cli) fn print(text: &str) -> io::Result<()> {
    print_as_is(&without_commands(text))
}

/// Writes text for machines to standard output.
pub(in crate::cli) fn print_as_is(text: &str) -> io::Result<()> {
    let mut out = stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

thread_local! {
    /// What the work of this thread says that is heard by whoever asked for it.
    static HEARD: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Does some work, and tells what it says beside its result instead of writing it to standard error.
#[cfg(feature = "mcp")]
pub(in crate::cli) fn heard<T>(work: impl FnOnce() -> T) -> (T, String) {
    HEARD.set(Some(String::new()));
    let done = work();
    (done, HEARD.take().unwrap_or_default())
}

/// Whether what is said is a part of an answer to somebody who writes no command line.
pub(in crate::cli) fn is_heard() -> bool {
    HEARD.with_borrow(Option::is_some)
}

/// Writes text for people to standard error; where even that fails, nothing is left to be done.
pub(in crate::cli) fn print_error(text: &str) {
    let is_heard = HEARD.with_borrow_mut(|heard| {
        heard.as_mut().map(|heard| heard.push_str(&without_commands(text))).is_some()
    });
    if is_heard {
        return;
    }
    let style = Style::of_stderr(ColorChoice::Never);
    let text = fit(text, &style);
    _ = io::stderr().write_all(withheld::masked(without_commands(&text).as_bytes()).as_ref());
}

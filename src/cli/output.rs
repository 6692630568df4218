//! Where output goes and how it looks.

use std::io::{self, BufWriter, Write};

use clap::Args;

use crate::report::{ColorChoice, Style};

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

/// Standard output, buffered.
pub(super) fn stdout() -> BufWriter<io::Stdout> {
    BufWriter::with_capacity(1 << 16, io::stdout())
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

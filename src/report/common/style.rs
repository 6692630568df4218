//! Colour and width, decided once.

use std::io::IsTerminal;

use crate::engine::Outcome;
use crate::lint::Severity;

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set; also elsewhere if FORCE_COLOR is.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How output for people looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether it is coloured.
    pub color: bool,
    /// How many columns there are.
    pub width: usize,
    /// Whether characters beyond ASCII can be shown.
    pub unicode: bool,
    /// Whether every line is to fit into the columns: where somebody looks at a terminal or says how wide it is, and
    /// not where a program reads on.
    pub bounded: bool,
}

impl Style {
    /// The style of standard output.
    pub fn of_stdout(choice: ColorChoice) -> Style {
        Style::of(choice, std::io::stdout().is_terminal())
    }

    /// The style of standard error.
    pub fn of_stderr(choice: ColorChoice) -> Style {
        Style::of(choice, std::io::stderr().is_terminal())
    }

    /// NO_COLOR wins over FORCE_COLOR and CLICOLOR_FORCE (<https://no-color.org>).
    fn of(choice: ColorChoice, is_terminal: bool) -> Style {
        let set =
            |name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let terminal = is_terminal && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let color = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto if no_color => false,
            ColorChoice::Auto => set("FORCE_COLOR") || set("CLICOLOR_FORCE") || terminal,
        };
        let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let bounded = is_terminal || columns.is_some();
        Style { color, width: width(columns), unicode: color && is_utf8(), bounded }
    }

    /// How many columns sentences take: longer lines are hard to read.
    pub fn prose(&self) -> usize {
        self.width.min(120)
    }

    /// A text in the colour of a severity.
    pub fn severity(&self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "31",
            Severity::Warning => "33",
            Severity::Info => "36",
        };
        self.paint(code, text)
    }

    /// Bold text.
    pub fn bold(&self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Text that may be passed over.
    pub fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    /// Text in one of the basic colours, by its code (31 red, 32 green, 33 yellow, 36 cyan).
    pub fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// Whether the locale's characters are UTF-8. The first variable that is set counts, as in POSIX.
fn is_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    let named = |locale: String| locale.to_ascii_lowercase().replace('-', "").contains("utf8");
    cfg!(windows) || locale.is_some_and(named)
}

fn width(columns: Option<usize>) -> usize {
    const NARROW: usize = 40;
    const WIDE: usize = 400;
    let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns.or_else(terminal).unwrap_or(100).clamp(NARROW, WIDE)
}

/// The colour of an outcome.
pub(in crate::report) fn color(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allow => "32",
        Outcome::Ask => "35",
        Outcome::Deny => "31",
        Outcome::Throttle => "33",
        Outcome::Indeterminate => "36",
    }
}

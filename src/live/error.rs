//! Why a server could not be asked.

use std::time::Duration;

use thiserror::Error;

/// Why a server could not be asked.
#[derive(Debug, Error)]
pub enum LiveError {
    /// The program cannot be started.
    #[error("cannot start {program}: {cause}")]
    NotStarted {
        /// The program.
        program: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The URL is not one of a server on this machine.
    #[error("{url} is no `http` address of this machine")]
    NotLocal {
        /// The URL.
        url: String,
    },
    /// Nothing that speaks MCP listens at the URL.
    #[error("it cannot be reached: {cause}")]
    NotReached {
        /// What went wrong.
        cause: String,
    },
    /// There was no answer in time.
    #[error("no answer to `{request}` within {} s{}", limit.as_secs_f64(), said(stderr))]
    TimedOut {
        /// What was asked.
        request: &'static str,
        /// The time limit.
        limit: Duration,
        /// The last that the program wrote to standard error.
        stderr: String,
    },
    /// The program ended, or the connection broke, before the answer came.
    #[error("it ended before it answered `{request}`{}{}", ended(status), said(stderr))]
    Ended {
        /// What was asked.
        request: &'static str,
        /// How the program ended, if that is known.
        status: Option<std::process::ExitStatus>,
        /// The last that the program wrote to standard error.
        stderr: String,
    },
    /// The answer is an error, or none that MCP knows.
    #[error("it answered `{request}` with {answer}")]
    Refused {
        /// What was asked.
        request: &'static str,
        /// What came back.
        answer: String,
    },
    /// The pages of the list have no end.
    #[error("its list of tools has no end: {pages} pages, and the cursor comes back")]
    Endless {
        /// How many pages were read.
        pages: usize,
    },
    /// The user gave up.
    #[error("interrupted")]
    Interrupted,
    /// The asynchronous run-time cannot be had.
    #[error("cannot wait for servers: {0}")]
    Runtime(std::io::Error),
}

impl LiveError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            LiveError::NotStarted { .. } => "check that the program is installed and on the PATH",
            LiveError::NotLocal { .. } => {
                "save what the server answers to `tools/list` in a file, and import that"
            }
            LiveError::NotReached { .. } => "check the URL, and that the server runs",
            LiveError::TimedOut { .. } => {
                "allow more time with --timeout, for a first start may download the server; an answer \
                 beyond 16 MiB or 127 levels is passed over like other noise"
            }
            LiveError::Ended { .. } => "start the server by hand and see what it lacks",
            LiveError::Refused { .. } | LiveError::Endless { .. } => {
                "this is for the server's makers to mend"
            }
            LiveError::Interrupted => "start again",
            LiveError::Runtime(_) => "import the answer to `tools/list` from a file",
        }
    }
}

/// The last lines of standard error, where the reason mostly stands.
fn said(stderr: &str) -> String {
    const SHOWN: usize = 3;
    let lines: Vec<&str> = stderr.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match &lines[lines.len().saturating_sub(SHOWN)..] {
        [] => String::new(),
        last => format!("; it said: {}", last.join(" / ")),
    }
}

fn ended(status: &Option<std::process::ExitStatus>) -> String {
    status.map_or(String::new(), |status| format!(" ({status})"))
}

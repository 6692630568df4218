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
    #[error("no answer to `{request}` within {} s{}", limit.as_secs_f64(), last(said))]
    TimedOut {
        /// What was asked.
        request: &'static str,
        /// The time limit.
        limit: Duration,
        /// The last that the program wrote to standard error, or to standard output and was no
        /// message.
        said: String,
    },
    /// The program ended, or the connection broke, before the answer came.
    #[error("it ended before it answered `{request}`{}{}", how(status), last(said))]
    Ended {
        /// What was asked.
        request: &'static str,
        /// How the program ended, if that is known.
        status: Option<std::process::ExitStatus>,
        /// The last that the program wrote to standard error, or to standard output and was no
        /// message.
        said: String,
    },
    /// The answer is an error, or none that MCP knows.
    #[error("it answered `{request}` with {answer}")]
    Refused {
        /// What was asked.
        request: &'static str,
        /// What came back.
        answer: String,
    },
    /// The answer is none by its HTTP status.
    #[error("it answered `{request}` with HTTP {status}")]
    Status {
        /// What was asked.
        request: &'static str,
        /// The status, and what the server says about it.
        status: String,
    },
    /// A page leads back to an earlier one.
    #[error("its list of tools has no end: {pages} pages, and the cursor comes back")]
    Endless {
        /// How many pages were read.
        pages: usize,
    },
    /// The user gave up.
    #[error("interrupted")]
    Interrupted,
    /// A thread cannot be had.
    #[error("cannot wait for servers: {0}")]
    NoThread(std::io::Error),
}

impl LiveError {
    /// The server ended, and no more is known.
    pub(super) fn ended(request: &'static str) -> LiveError {
        LiveError::Ended { request, status: None, said: String::new() }
    }

    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            LiveError::NotStarted { .. } => "check that the program is installed and on the PATH",
            LiveError::NotLocal { .. } => {
                "save what the server answers to `tools/list` in a file, and import that"
            }
            LiveError::NotReached { .. } => "check the URL, and that the server runs",
            LiveError::Status { .. } => {
                "check the URL: where the server speaks MCP, and whether it asks for credentials"
            }
            LiveError::TimedOut { .. } => {
                "allow more time with --timeout, for a first start may download the server"
            }
            LiveError::Ended { .. } => "start the server by hand and see what it lacks",
            LiveError::Refused { .. } | LiveError::Endless { .. } => {
                "this is for the server's makers to mend"
            }
            LiveError::Interrupted => "start again",
            LiveError::NoThread(_) => "import the answer to `tools/list` from a file",
        }
    }
}

/// The last lines of what it said, where the reason mostly stands.
fn last(said: &str) -> String {
    const SHOWN: usize = 3;
    let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    match &lines[lines.len().saturating_sub(SHOWN)..] {
        [] => String::new(),
        last => format!("; it said: {}", last.join(" / ")),
    }
}

fn how(status: &Option<std::process::ExitStatus>) -> String {
    status.map_or(String::new(), |status| format!(" ({status})"))
}

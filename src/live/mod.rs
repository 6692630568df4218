//! Live MCP servers: started or reached, asked for their tools, and ended again.
//!
//! The one place that runs anything or opens a connection; everything asynchronous stays in it.

mod config;
mod http;
mod process;
mod session;
mod transport;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use thiserror::Error;
use tokio::runtime::Builder;
use tokio::time::timeout;

pub use config::{ConfigError, Configured, read_config};

use process::Process;
use session::Session;

/// How a server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// A program that speaks MCP over its standard input and output.
    Command(Command),
    /// The URL of a server on this machine that speaks MCP over streamable HTTP.
    Url(String),
}

/// A program to start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// The program.
    pub program: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Environment variables beside those of this process.
    pub variables: Vec<(String, String)>,
    /// The folder it is started in; this process's own without one.
    pub folder: Option<PathBuf>,
}

/// What a server announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// What it calls itself.
    pub name: Option<String>,
    /// What it calls itself for people.
    pub title: Option<String>,
    /// Its answer to `tools/list`, all pages in one, as JSON.
    pub json: String,
}

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

/// Asks a server for all its tools. Whatever comes of it, nothing that was started is left
/// running.
///
/// # Errors
/// Why there is no answer.
pub fn announcement(endpoint: &Endpoint, limit: Duration) -> Result<Announcement, LiveError> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(LiveError::Runtime)?;
    runtime.block_on(async {
        match endpoint {
            Endpoint::Command(command) => ask_process(command, limit).await,
            Endpoint::Url(url) => {
                let mut session = Session::new();
                let asked = session.ask_url(url);
                within(limit, asked).await.unwrap_or_else(|| Err(session.late(limit, "")))
            }
        }
    })
}

async fn ask_process(command: &Command, limit: Duration) -> Result<Announcement, LiveError> {
    let (mut process, stdin, stdout) = Process::start(command)?;
    let mut session = Session::new();
    let answer = within(limit, session.ask(stdout, stdin)).await;
    let (status, stderr) = process.end().await;
    match answer {
        None => Err(session.late(limit, &stderr)),
        Some(Err(LiveError::Ended { request, .. })) => {
            Err(LiveError::Ended { request, status, stderr })
        }
        Some(answer) => answer,
    }
}

/// The answer, unless it takes too long (`None`) or the user gives up first.
async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, LiveError>>,
) -> Option<Result<T, LiveError>> {
    tokio::select! {
        answer = timeout(limit, answer) => answer.ok(),
        () = interrupted() => Some(Err(LiveError::Interrupted)),
    }
}

/// Waits until the user or the system asks this process to end: the servers that it started are
/// not in its process group, and would outlive it.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        if let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = kinds.map(signal) {
            tokio::select! {
                _ = interrupt.recv() => return,
                _ = terminate.recv() => return,
                _ = hangup.recv() => return,
            }
        }
    }
    #[cfg(not(unix))]
    if tokio::signal::ctrl_c().await.is_ok() {
        return;
    }
    std::future::pending::<()>().await;
}

//! Live MCP servers: started or reached, asked for their tools, and ended again.
//!
//! The one place that runs anything or opens a connection; everything asynchronous stays in it.

mod config;
mod endpoint;
mod error;
mod process;
mod session;

use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::timeout;

pub use config::{ConfigError, Configured, read_config, written_of};
pub use endpoint::{Announcement, Command, Endpoint};
pub use error::LiveError;

use process::Process;
use session::Session;

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

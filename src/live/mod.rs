//! Live MCP servers: started or reached, asked for their tools, and ended again.
//!
//! The one place that runs anything or opens a connection. A thread speaks with the server and may
//! wait for it as long as it likes; the caller waits for the thread, as long as it was told to.

mod budget;
mod config;
mod endpoint;
mod error;
mod http;
mod interrupt;
mod message;
mod process;
mod secrets;
mod session;
mod sse;
mod stdio;
mod strays;

use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

pub use config::{ConfigError, Configured, read_config, written_of};
pub use endpoint::{Announcement, Command, Endpoint, Place};
pub use error::LiveError;
pub use secrets::Secrets;

use http::Http;
use interrupt::Attention;
use process::Process;
use session::{INITIALIZE, Transport, converse};
use stdio::Stdio;

/// How often it is looked whether the user has given up.
const TICK: Duration = Duration::from_millis(50);

/// Small, for the memory that may be addressed can be limited.
const STACK: usize = 1 << 20;

/// What the thread that speaks with a server tells.
enum Event {
    Asks(&'static str),
    Done(Result<Announcement, LiveError>),
}

/// Asks a server for all its tools. Whatever comes of it, nothing that was started is left
/// running.
///
/// # Errors
/// Why there is no answer.
pub fn announcement(endpoint: &Endpoint, limit: Duration) -> Result<Announcement, LiveError> {
    let attention = Attention::new();
    if attention.is_interrupted() {
        return Err(LiveError::Interrupted);
    }
    match &endpoint.place {
        Place::Command(command) => ask_process(command, limit, &attention),
        Place::Url(url) => {
            // The caller's patience ends first.
            let http = Http::new(url, limit + Duration::from_secs(1));
            let http = http.ok_or_else(|| LiveError::NotLocal { url: endpoint.shown() })?;
            wait(&speak(http)?, limit, &attention)
        }
    }
}

fn ask_process(
    command: &Command,
    limit: Duration,
    attention: &Attention,
) -> Result<Announcement, LiveError> {
    let start = Instant::now();
    let (mut process, stdin, stdout) = Process::start(command)?;
    let events = speak(Stdio::new(stdout, stdin, process.said()))?;
    let answer = wait(&events, limit.saturating_sub(start.elapsed()), attention);
    let is_over = !matches!(answer, Err(LiveError::TimedOut { .. } | LiveError::Interrupted));
    let ended = process.end(is_over);
    match answer {
        Ok(answer) => Ok(Announcement { has_strays: ended.has_strays, ..answer }),
        Err(LiveError::TimedOut { request, .. }) => {
            Err(LiveError::TimedOut { request, limit, said: ended.said })
        }
        Err(LiveError::Ended { request, .. }) => {
            Err(LiveError::Ended { request, status: ended.status, said: ended.said })
        }
        Err(error) => Err(error),
    }
}

/// Speaks with a server on a thread of its own.
fn speak(mut transport: impl Transport + Send + 'static) -> Result<Receiver<Event>, LiveError> {
    let (events, heard) = channel();
    let work = move || {
        // Who does not listen any more has given up.
        let answer = converse(&mut transport, |request| _ = events.send(Event::Asks(request)));
        // Closes the standard input of a program, which tells it that it is no longer needed.
        drop(transport);
        _ = events.send(Event::Done(answer));
    };
    thread::Builder::new().stack_size(STACK).spawn(work).map_err(LiveError::NoThread)?;
    Ok(heard)
}

/// The answer, unless it takes too long or the user gives up first.
fn wait(
    events: &Receiver<Event>,
    limit: Duration,
    attention: &Attention,
) -> Result<Announcement, LiveError> {
    let start = Instant::now();
    let mut request = INITIALIZE;
    loop {
        match events.recv_timeout(TICK.min(limit.saturating_sub(start.elapsed()))) {
            Ok(Event::Asks(next)) => request = next,
            Ok(Event::Done(answer)) => return answer,
            Err(RecvTimeoutError::Disconnected) => return Err(LiveError::ended(request)),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if attention.is_interrupted() {
            return Err(LiveError::Interrupted);
        }
        if start.elapsed() >= limit {
            return Err(LiveError::TimedOut { request, limit, said: String::new() });
        }
    }
}

//! Standing between an MCP client and a stdio server: every byte is passed on as it comes, in both
//! directions, and the calls of the session are written as a trace beside it.
//!
//! The session comes first. Bytes are passed on before anybody reads them as messages, and whatever
//! becomes of the recording, the session does not wait for it.

mod event;
mod lines;
mod log;
mod pump;
mod signals;

use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::engine::Timestamp;
use crate::trace::{LiveSession, Side};

use event::Event;
pub use event::now;
use lines::Lines;
pub use log::{Log, Loss};
use pump::{to_client, to_server};
use signals::Forwarding;

/// How long the output of a server that has ended is waited for while nothing comes: another process
/// may hold it open for ever.
const GRACE: Duration = Duration::from_secs(2);

/// How many times that long a client may take to read what it was sent.
const PATIENCE: usize = 15;

/// What came of a session.
#[derive(Debug)]
pub struct Ended {
    /// How the server ended.
    pub status: ExitStatus,
    /// What could not be recorded.
    pub loss: Loss,
}

/// Runs a server with our own standard input and output as its client, until it ends.
///
/// # Errors
/// The server cannot be started.
pub fn run(mut command: Command, session: LiveSession, log: Log) -> io::Result<Ended> {
    let signals = Forwarding::new()?;
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut server = command.spawn()?;
    let signals = signals.start(server.id());
    let (events, listened) = channel();
    let recording = thread::spawn(move || listen(&listened, session, log));
    let status = pass_on(&mut server, &events);
    signals.stop();
    // The thread may have ended only by a panic, and then there is nothing to tell it.
    _ = events.send(Event::End);
    let loss = recording.join().unwrap_or(Loss { calls: 0, failed: true });
    Ok(Ended { status: status?, loss })
}

/// Passes everything on until the server has ended and its output is read.
fn pass_on(server: &mut Child, events: &Sender<Event>) -> io::Result<ExitStatus> {
    let (done, ended) = channel();
    if let Some(input) = server.stdin.take() {
        let events = events.clone();
        thread::spawn(move || to_server(input, &events));
    }
    let delivering = Arc::new(AtomicBool::new(false));
    if let Some(output) = server.stdout.take() {
        let (events, delivering) = (events.clone(), Arc::clone(&delivering));
        thread::spawn(move || {
            to_client(output, &events, &delivering);
            _ = done.send(());
        });
    }
    let status = server.wait();
    for _ in 0..PATIENCE {
        let has_ended = ended.recv_timeout(GRACE) != Err(RecvTimeoutError::Timeout);
        if has_ended || !delivering.load(Ordering::Relaxed) {
            break;
        }
    }
    status
}

/// Puts messages together and writes the calls, until the session is over.
fn listen(events: &Receiver<Event>, mut session: LiveSession, mut log: Log) -> Loss {
    let (mut client, mut server) = (Lines::default(), Lines::default());
    while let Ok(Event::Bytes(side, time, bytes)) = events.recv() {
        let lines = match side {
            Side::Client => &mut client,
            Side::Server => &mut server,
        };
        lines.push(&bytes, |line| take(&mut session, &mut log, side, line, time));
        write_calls(&mut session, &mut log);
    }
    for (side, lines) in [(Side::Client, client), (Side::Server, server)] {
        take(&mut session, &mut log, side, &lines.into_rest(), now());
    }
    session.end();
    write_calls(&mut session, &mut log);
    log.finish()
}

fn take(session: &mut LiveSession, log: &mut Log, side: Side, line: &[u8], time: Timestamp) {
    if let Err(why) = session.take(side, line, time) {
        log.refuse(&why);
    }
}

fn write_calls(session: &mut LiveSession, log: &mut Log) {
    while let Some(call) = session.next_call() {
        log.write(&call);
    }
}

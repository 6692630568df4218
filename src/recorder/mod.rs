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
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, channel};
use std::thread;
use std::time::Duration;

use crate::engine::Timestamp;
use crate::trace::{LiveSession, Side};

pub use event::now;
use event::{Event, Feed, queue};
use lines::Lines;
pub use log::{Log, Loss};
use pump::{to_client, to_server};
use signals::Forwarding;

/// How long the output of a server that has ended is waited for while nothing comes: another process
/// may hold it open for ever.
const GRACE: Duration = Duration::from_secs(2);

/// How many times that long a client may take to read what it was sent, and the recording to write
/// what it heard.
const PATIENCE: u32 = 15;

/// How long it is waited before it is tried again to end the recording.
const STEP: Duration = Duration::from_millis(10);

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
/// The server cannot be started. Nothing is left of the log then, unless it was there before.
pub fn run(mut command: Command, session: LiveSession, log: Log) -> io::Result<Ended> {
    let signals = Forwarding::new()?;
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut server = match command.spawn() {
        Ok(server) => server,
        Err(cause) => {
            log.discard();
            return Err(cause);
        }
    };
    let signals = signals.start(server.id());
    let (events, heard) = queue();
    let lost = Arc::new(AtomicBool::new(false));
    let (done, recorded) = channel();
    let losing = Arc::clone(&lost);
    thread::spawn(move || done.send(listen(&heard, session, log, &losing)));
    let status = pass_on(&mut server, &events, &lost);
    signals.stop();
    end(&events);
    // A thread that panicked says nothing, and one that cannot write may never.
    let loss = recorded.recv_timeout(GRACE * PATIENCE).unwrap_or(Loss { calls: 0, failed: true });
    Ok(Ended { status: status?, loss })
}

/// Tells who listens that the session is over, but does not wait for ever for room to say it.
fn end(events: &SyncSender<Event>) {
    let mut tries = (GRACE * PATIENCE).as_millis() / STEP.as_millis();
    while let Err(TrySendError::Full(_)) = events.try_send(Event::End)
        && tries > 0
    {
        tries -= 1;
        thread::sleep(STEP);
    }
}

/// Passes everything on until the server has ended and its output is read.
fn pass_on(
    server: &mut Child,
    events: &SyncSender<Event>,
    lost: &Arc<AtomicBool>,
) -> io::Result<ExitStatus> {
    let feed = |side| Feed::new(events.clone(), side, Arc::clone(lost));
    let (done, ended) = channel();
    if let Some(input) = server.stdin.take() {
        let feed = feed(Side::Client);
        thread::spawn(move || to_server(input, feed));
    }
    let delivering = Arc::new(AtomicBool::new(false));
    if let Some(output) = server.stdout.take() {
        let (feed, delivering) = (feed(Side::Server), Arc::clone(&delivering));
        thread::spawn(move || {
            to_client(output, feed, &delivering);
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
fn listen(
    events: &Receiver<Event>,
    mut session: LiveSession,
    mut log: Log,
    lost: &AtomicBool,
) -> Loss {
    let (mut client, mut server) = (Lines::default(), Lines::default());
    while let Ok(Event::Bytes { side, time, bytes, are_torn }) = events.recv() {
        let lines = match side {
            Side::Client => &mut client,
            Side::Server => &mut server,
        };
        if are_torn {
            lines.tear();
        }
        if lines.push(&bytes, |line| take(&mut session, &mut log, side, line, time)) {
            log.refuse("a message is longer than 256 MB");
        }
        write_calls(&mut session, &mut log);
    }
    for (side, lines) in [(Side::Client, client), (Side::Server, server)] {
        take(&mut session, &mut log, side, &lines.into_rest(), now());
    }
    session.end();
    write_calls(&mut session, &mut log);
    if lost.load(Ordering::Relaxed) {
        log.refuse("messages came faster than they could be written");
    }
    log.finish()
}

fn take(session: &mut LiveSession, log: &mut Log, side: Side, line: &[u8], time: Timestamp) {
    if let Err(why) = session.take(side, line, time) {
        log.refuse(&why);
    }
}

fn write_calls(session: &mut LiveSession, log: &mut Log) {
    while let Some(call) = session.next_call() {
        log.write(call);
    }
}

//! Passing bytes on.

use std::io::{self, Read, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::event::Feed;

/// How much is read at once, in bytes: as much as a pipe holds.
const BLOCK: usize = 1 << 16;

/// How long a server may still answer, for the recording, to a client that is gone. After that its
/// output is closed, as it would be without us.
const LINGER: Duration = Duration::from_secs(10);

/// Passes on what the client sends, until it sends no more; then the server's input is closed.
pub(super) fn to_server(mut server: ChildStdin, mut feed: Feed) {
    let mut delivering = true;
    _ = read_all(io::stdin().lock(), |bytes| {
        // What a server does not take any more is no call; it is read so that the client is not
        // held up.
        if delivering {
            // First, so that no answer can be heard before its request.
            feed.pass(bytes);
            delivering = server.write_all(bytes).and_then(|()| server.flush()).is_ok();
        }
        true
    });
}

/// Passes on what the server sends, until it sends no more. `delivering` says whether something has
/// been read that the client has not been given yet.
pub(super) fn to_client(server: ChildStdout, mut feed: Feed, delivering: &AtomicBool) {
    let mut client = io::stdout().lock();
    let mut gone: Option<Instant> = None;
    _ = read_all(server, |bytes| {
        delivering.store(true, Ordering::Relaxed);
        feed.pass(bytes);
        if gone.is_none() && client.write_all(bytes).and_then(|()| client.flush()).is_err() {
            gone = Some(Instant::now());
        }
        delivering.store(false, Ordering::Relaxed);
        gone.is_none_or(|since| since.elapsed() < LINGER)
    });
}

/// Reads to the end, or until `each` has had enough.
fn read_all(mut from: impl Read, mut each: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
    let mut block = vec![0; BLOCK];
    loop {
        match from.read(&mut block) {
            Ok(0) => return Ok(()),
            Ok(length) if each(&block[..length]) => {}
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

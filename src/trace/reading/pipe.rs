//! Standard input and other streams that can be read only once and that may never end.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tempfile::SpooledTempFile;

/// How much is read at once.
const BLOCK: usize = 1 << 18;

/// How many blocks may wait to be taken.
const MAX_WAITING: usize = 8;

/// How much of a kept stream stays in memory, in bytes.
const MAX_IN_MEMORY: usize = 8 << 20;

/// How long a reader waits before it looks whether it is to stop.
const PATIENCE: Duration = Duration::from_millis(50);

/// Whether all streams are to be taken as ended.
static STOPPED: AtomicBool = AtomicBool::new(false);

/// What ends all streams where they are once it is true: what was read of them counts, what would
/// come is not waited for. Meant for the handler of an interrupt.
pub fn stop_pipes() -> &'static AtomicBool {
    &STOPPED
}

/// Whether all streams have been ended where they were.
pub(super) fn are_pipes_stopped() -> bool {
    STOPPED.load(Ordering::SeqCst)
}

/// A stream, read by a thread of its own so that waiting for it can be ended.
pub(super) struct Pipe {
    blocks: Receiver<io::Result<Vec<u8>>>,
    block: Vec<u8>,
    used: usize,
}

impl Pipe {
    pub(super) fn new(stream: impl Read + Send + 'static) -> Pipe {
        let (sender, blocks) = sync_channel(MAX_WAITING);
        thread::spawn(move || forward(stream, &sender));
        Pipe { blocks, block: Vec::new(), used: 0 }
    }

    /// Waits for the next block; false at the end.
    fn wait(&mut self) -> io::Result<bool> {
        loop {
            if are_pipes_stopped() {
                return Ok(false);
            }
            match self.blocks.recv_timeout(PATIENCE) {
                Ok(block) => {
                    self.block = block?;
                    self.used = 0;
                    return Ok(true);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(false),
            }
        }
    }
}

/// Passes a stream on block by block, until it ends or nobody takes the blocks any more.
fn forward(mut stream: impl Read, blocks: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut block = vec![0; BLOCK];
        let passed_on = match stream.read(&mut block) {
            Ok(0) => return,
            Ok(length) => {
                block.truncate(length);
                blocks.send(Ok(block))
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => blocks.send(Err(error)),
        };
        if passed_on.is_err() {
            return;
        }
    }
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used == self.block.len() && !self.wait()? {
            return Ok(0);
        }
        let rest = &self.block[self.used..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.used += length;
        Ok(length)
    }
}

/// A stream that can be read again, because what was read of it is kept: in memory at first, then
/// in a temporary file.
#[derive(Clone)]
pub(in crate::trace) struct KeptPipe(Arc<Mutex<Kept>>);

struct Kept {
    pipe: Pipe,
    copy: SpooledTempFile,
    /// How much was copied, in bytes.
    length: u64,
    /// Whether more is to be copied.
    copying: bool,
}

/// Reads a kept stream from its start.
pub(super) struct KeptReader {
    kept: KeptPipe,
    at: u64,
}

impl KeptPipe {
    pub(super) fn new(stream: impl Read + Send + 'static) -> KeptPipe {
        let copy = SpooledTempFile::new(MAX_IN_MEMORY);
        let kept = Kept { pipe: Pipe::new(stream), copy, length: 0, copying: true };
        KeptPipe(Arc::new(Mutex::new(kept)))
    }

    /// Reads the stream from its start.
    pub(super) fn read_again(&self) -> KeptReader {
        KeptReader { kept: self.clone(), at: 0 }
    }

    /// Keeps nothing more. The stream can be read on, but no more than once from here.
    pub(in crate::trace) fn keep_no_more(&self) {
        self.lock().copying = false;
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Read for KeptReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut kept = self.kept.lock();
        let kept = &mut *kept;
        if self.at < kept.length {
            kept.copy.seek(SeekFrom::Start(self.at))?;
            let length = kept.copy.read(buffer)?;
            self.at += length as u64;
            return Ok(length);
        }
        let length = kept.pipe.read(buffer)?;
        if kept.copying {
            kept.copy.seek(SeekFrom::End(0))?;
            kept.copy.write_all(&buffer[..length])?;
            kept.length += length as u64;
            self.at = kept.length;
        }
        Ok(length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_stream_is_read_from_its_start_as_often_as_wanted() {
        let text: Vec<u8> = (0..1_000_000u32).flat_map(u32::to_le_bytes).collect();
        let pipe = KeptPipe::new(io::Cursor::new(text.clone()));
        let mut start = vec![0; 1_000];
        pipe.read_again().read_exact(&mut start).unwrap();
        assert_eq!(start, text[..1_000]);
        for _ in 0..2 {
            let mut all = Vec::new();
            pipe.read_again().read_to_end(&mut all).unwrap();
            assert!(all == text, "the same bytes");
        }
    }

    #[test]
    fn a_stream_that_is_not_kept_any_more_goes_on_behind_what_was_kept() {
        let pipe = KeptPipe::new(io::Cursor::new(b"one two three".to_vec()));
        let mut start = [0; 4];
        pipe.read_again().read_exact(&mut start).unwrap();
        pipe.keep_no_more();
        let mut all = String::new();
        pipe.read_again().read_to_string(&mut all).unwrap();
        assert_eq!(all, "one two three");
    }
}

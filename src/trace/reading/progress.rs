//! How far a trace has been read.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// How far a trace has been read, for whoever watches from another thread.
#[derive(Debug, Default)]
pub struct Progress {
    read: AtomicU64,
    total: AtomicU64,
    ended: AtomicBool,
}

impl Progress {
    /// How many bytes have been read, as they lie in the files.
    pub fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// How many bytes there are to be read; 0 where that is not known.
    pub fn bytes_in_all(&self) -> u64 {
        self.total.load(Ordering::Relaxed)
    }

    /// Whether nothing more will be read.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Relaxed)
    }

    /// Says that nothing more will be read.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Relaxed);
    }

    pub(in crate::trace) fn begin(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
        self.read.store(0, Ordering::Relaxed);
    }

    fn add(&self, bytes: u64) {
        self.read.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// Counts the bytes that are read through it.
pub(super) struct Counted<R> {
    bytes: R,
    progress: Arc<Progress>,
}

impl<R> Counted<R> {
    pub(super) fn new(bytes: R, progress: &Arc<Progress>) -> Counted<R> {
        Counted { bytes, progress: Arc::clone(progress) }
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.bytes.read(buffer)?;
        self.progress.add(length as u64);
        Ok(length)
    }
}

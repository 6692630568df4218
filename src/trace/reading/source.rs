//! The bytes of a trace: files and streams, compressed or not.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use super::pipe::KeptPipe;
use super::progress::{Counted, Progress};

/// The name by which standard input is asked for.
const STDIN: &str = "-";

/// Where the bytes of an input come from. They can be read from their start more than once.
#[derive(Clone)]
pub(in crate::trace) enum Source {
    /// A file. It must stay as it is while it is read.
    File(PathBuf),
    /// A stream.
    Pipe(KeptPipe),
}

/// The bytes of an input from its start on, unpacked.
pub(super) struct Bytes {
    reader: Box<dyn Read + Send>,
    /// Whether they are unpacked as they are read, so that they may turn out to be damaged.
    pub(super) are_packed: bool,
}

impl Source {
    pub(super) fn of_path(path: &Path) -> io::Result<Source> {
        Ok(if path == Path::new(STDIN) {
            Source::Pipe(KeptPipe::new(io::stdin()))
        } else if path.metadata()?.is_file() {
            Source::File(path.to_owned())
        } else {
            Source::Pipe(KeptPipe::new(File::open(path)?))
        })
    }

    /// The name under which the source is shown.
    pub(in crate::trace) fn name_of(path: &Path) -> String {
        if path == Path::new(STDIN) { "<stdin>".to_owned() } else { path.display().to_string() }
    }

    /// The size in bytes; 0 where that is not known.
    pub(in crate::trace) fn size(&self) -> u64 {
        match self {
            Source::File(path) => path.metadata().map_or(0, |metadata| metadata.len()),
            Source::Pipe(_) => 0,
        }
    }

    /// The bytes from the start on.
    pub(super) fn open(&self, progress: &Arc<Progress>) -> io::Result<Bytes> {
        match self {
            Source::File(path) => unpack(Counted::new(File::open(path)?, progress)),
            Source::Pipe(pipe) => unpack(Counted::new(pipe.read_again(), progress)),
        }
    }
}

/// Unpacks what is compressed with gzip or zstd, which the first bytes tell.
fn unpack(mut bytes: impl Read + Send + 'static) -> io::Result<Bytes> {
    let mut start = Vec::new();
    bytes.by_ref().take(4).read_to_end(&mut start)?;
    let magic = start.clone();
    let bytes = Cursor::new(start).chain(bytes);
    Ok(match magic[..] {
        [0x1f, 0x8b, ..] => {
            Bytes { reader: Box::new(MultiGzDecoder::new(bytes)), are_packed: true }
        }
        [0x28, 0xb5, 0x2f, 0xfd] => {
            Bytes { reader: Box::new(zstd::Decoder::new(bytes)?), are_packed: true }
        }
        _ => Bytes { reader: Box::new(bytes), are_packed: false },
    })
}

#[cfg(test)]
impl Bytes {
    pub(super) fn of(bytes: impl Read + Send + 'static) -> Bytes {
        Bytes { reader: Box::new(bytes), are_packed: false }
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buffer)
    }
}

//! Bytes cut into blocks of whole lines.

use std::io::{self, ErrorKind, Read};

use super::pipe::are_pipes_stopped;

/// How much is read at once, in bytes: little enough to stay in the processor's cache until the
/// lines are read.
const BLOCK: usize = 1 << 18;

/// Longer lines and values are no calls, in bytes.
pub(super) const LONGEST: usize = 256 << 20;

/// What is wrong with a longer one.
pub(super) const TOO_LONG: &str = "longer than 256 MB, which no call is; it was passed over";

/// Whole lines, and room for more.
#[derive(Debug, Default)]
pub(super) struct LineBuffer {
    room: Vec<u8>,
    filled: usize,
    is_too_long: bool,
}

/// Gives bytes in blocks that end where a line ends.
pub(super) struct Lines<R> {
    bytes: R,
    /// The start of a line whose end has not been read yet.
    rest: Vec<u8>,
}

impl LineBuffer {
    /// The lines.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.room[..self.filled]
    }

    /// Whether the only line is blank and stands for one that is too long.
    pub(super) fn is_too_long(&self) -> bool {
        self.is_too_long
    }

    /// Empties the buffer. One that a very long line has blown up is given back.
    pub(super) fn clear(&mut self) {
        self.filled = 0;
        self.is_too_long = false;
        if self.room.len() > 4 * BLOCK {
            self.room = Vec::new();
        }
    }

    /// Adds bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let end = self.filled + bytes.len();
        if self.room.len() < end {
            self.room.resize(end.max(BLOCK), 0);
        }
        self.room[self.filled..end].copy_from_slice(bytes);
        self.filled = end;
    }

    /// Room for what is to be read next.
    fn spare(&mut self) -> &mut [u8] {
        if self.room.len() - self.filled < BLOCK / 4 {
            let wanted = (2 * self.room.len()).clamp(BLOCK, LONGEST + BLOCK);
            self.room.reserve_exact(wanted - self.room.len());
            self.room.resize(wanted, 0);
        }
        &mut self.room[self.filled..]
    }
}

impl<R: Read> Lines<R> {
    pub(super) fn new(bytes: R) -> Lines<R> {
        Lines { bytes, rest: Vec::new() }
    }

    /// Fills a buffer with the next lines; it stays empty at the end. A stream that has no more for
    /// now is not waited for once there is a whole line.
    ///
    /// # Errors
    /// Reading failed; what was read before is in the buffer.
    pub(super) fn next(&mut self, buffer: &mut LineBuffer) -> io::Result<()> {
        buffer.clear();
        buffer.push(&self.rest);
        self.rest.clear();
        loop {
            let start = buffer.filled;
            let length = match self.bytes.read(buffer.spare()) {
                Ok(0) => {
                    // Where a stream was stopped, the line that was on its way is not whole.
                    if are_pipes_stopped() && !buffer.bytes().ends_with(b"\n") {
                        buffer.clear();
                    }
                    return Ok(());
                }
                Ok(length) => length,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            buffer.filled += length;
            if let Some(end) = memchr::memrchr(b'\n', &buffer.bytes()[start..]) {
                let end = start + end + 1;
                self.rest.extend_from_slice(&buffer.bytes()[end..]);
                buffer.filled = end;
                return Ok(());
            }
            if buffer.filled >= LONGEST {
                // A small room is made, and the large one given back at once.
                *buffer = LineBuffer { is_too_long: true, ..LineBuffer::default() };
                buffer.push(b"\n");
                return pass_over_line(&mut self.bytes, &mut self.rest).map(drop);
            }
        }
    }
}

/// Reads on behind the end of a line, and puts what was read of the next ones aside; false at the
/// end of the input.
pub(super) fn pass_over_line(bytes: &mut impl Read, rest: &mut Vec<u8>) -> io::Result<bool> {
    let mut passed = vec![0; BLOCK];
    loop {
        let length = match bytes.read(&mut passed) {
            Ok(0) => return Ok(false),
            Ok(length) => length,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if let Some(end) = memchr::memchr(b'\n', &passed[..length]) {
            rest.extend_from_slice(&passed[end + 1..length]);
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_end_with_a_line_and_lose_nothing() {
        let long = "x".repeat(3 * BLOCK);
        let text = format!("one\ntwo\n{long}\n{}no end", "three\n".repeat(100_000));
        let mut lines = Lines::new(text.as_bytes());
        let (mut buffer, mut all, mut blocks) = (LineBuffer::default(), Vec::new(), 0);
        loop {
            lines.next(&mut buffer).unwrap();
            if buffer.bytes().is_empty() {
                break;
            }
            assert!(buffer.bytes().ends_with(b"\n") || buffer.bytes().ends_with(b"no end"));
            all.extend_from_slice(buffer.bytes());
            blocks += 1;
        }
        assert!(all == text.as_bytes() && blocks > 2, "{blocks} blocks");
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_one_read() {
        let long = io::repeat(b'x').take(LONGEST as u64 + 5);
        let mut lines = Lines::new((&b"one\n"[..]).chain(long).chain(&b"\ntwo\nthree\n"[..]));
        let (mut buffer, mut seen) = (LineBuffer::default(), Vec::new());
        loop {
            lines.next(&mut buffer).unwrap();
            match (buffer.is_too_long(), buffer.bytes()) {
                (false, b"") => break,
                (is_too_long, bytes) => seen.push((is_too_long, bytes.to_vec())),
            }
        }
        let expected: [(bool, &[u8]); 3] =
            [(false, b"one\n"), (true, b"\n"), (false, b"two\nthree\n")];
        assert!(seen.iter().map(|(long, text)| (*long, &**text)).eq(expected), "{}", seen.len());
    }

    #[test]
    fn what_came_before_an_error_is_kept() {
        struct Broken(u8);
        impl Read for Broken {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0 += 1;
                match self.0 {
                    1 => (&b"a\nb"[..]).read(buffer),
                    2 => (&b"c"[..]).read(buffer),
                    _ => Err(io::Error::other("broken")),
                }
            }
        }
        let (mut lines, mut buffer) = (Lines::new(Broken(0)), LineBuffer::default());
        lines.next(&mut buffer).unwrap();
        assert_eq!(buffer.bytes(), b"a\n");
        assert_eq!(lines.next(&mut buffer).unwrap_err().to_string(), "broken");
        assert_eq!(buffer.bytes(), b"bc");
    }
}

//! Bytes put together to lines, however they come.

/// A longer line is no message, in bytes.
const LONGEST: usize = 256 << 20;

/// Lines of one side, the last of which may not have ended yet.
#[derive(Debug, Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
    /// Whether the line that has begun is not whole.
    is_torn: bool,
}

impl Lines {
    /// Loses what has begun: the bytes behind it are missing.
    pub(super) fn tear(&mut self) {
        *self = Lines { begun: Vec::new(), is_torn: true };
    }

    /// Takes bytes and gives every line that ends in them, without its line break; true where one
    /// grows too long, which is lost.
    pub(super) fn push(&mut self, mut bytes: &[u8], mut each: impl FnMut(&[u8])) -> bool {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            match (std::mem::take(&mut self.is_torn), self.begun.is_empty()) {
                (true, _) => {}
                (false, true) => each(&bytes[..end]),
                (false, false) => {
                    self.begun.extend_from_slice(&bytes[..end]);
                    each(&self.begun);
                    // What a huge line took is given back.
                    self.begun = Vec::new();
                }
            }
            bytes = &bytes[end + 1..];
        }
        let grows_too_long = !self.is_torn && self.begun.len() + bytes.len() > LONGEST;
        if grows_too_long {
            self.tear();
        } else if !self.is_torn {
            self.begun.extend_from_slice(bytes);
        }
        grows_too_long
    }

    /// What has begun and will not end any more.
    pub(super) fn into_rest(self) -> Vec<u8> {
        self.begun
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_however_the_bytes_are_cut() {
        let text = b"a\n\nbc\r\nd";
        for size in 1..=text.len() {
            let (mut lines, mut seen) = (Lines::default(), Vec::new());
            for chunk in text.chunks(size) {
                lines.push(chunk, |line| seen.push(line.to_vec()));
            }
            assert_eq!(seen, [&b"a"[..], b"", b"bc\r"], "{size}");
            assert_eq!(lines.into_rest(), b"d");
        }
    }

    #[test]
    fn a_line_that_is_torn_or_too_long_is_lost_and_the_next_one_is_not() {
        let (mut lines, mut seen) = (Lines::default(), Vec::new());
        lines.push(b"a\nb", |line| seen.push(line.to_vec()));
        lines.tear();
        lines.push(b"b\nc\n", |line| seen.push(line.to_vec()));
        let block = vec![b'x'; LONGEST / 4];
        let too_long: Vec<bool> =
            (0..6).map(|_| lines.push(&block, |line| seen.push(line.to_vec()))).collect();
        assert_eq!(too_long, [false, false, false, false, true, false]);
        lines.push(b"\nd\n", |line| seen.push(line.to_vec()));
        assert_eq!(seen, [b"a", b"c", b"d"]);
    }
}

//! Bytes put together to lines, however they come.

/// Lines of one side, the last of which may not have ended yet.
#[derive(Debug, Default)]
pub(super) struct Lines {
    begun: Vec<u8>,
}

impl Lines {
    /// Takes bytes and gives every line that ends in them, without its line break.
    pub(super) fn push(&mut self, mut bytes: &[u8], mut each: impl FnMut(&[u8])) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            if self.begun.is_empty() {
                each(&bytes[..end]);
            } else {
                self.begun.extend_from_slice(&bytes[..end]);
                each(&self.begun);
                // What a huge line took is given back.
                self.begun = Vec::new();
            }
            bytes = &bytes[end + 1..];
        }
        self.begun.extend_from_slice(bytes);
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
}

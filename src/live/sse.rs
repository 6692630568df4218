//! Server-sent events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation>).

use std::io::{BufRead, ErrorKind};
use std::time::Duration;

use memchr::memchr2;

use super::budget::{Budget, Exceeded};

/// Reads events, each byte once.
pub(super) struct Events<R> {
    reader: R,
    /// A line ended with a carriage return, so that a line feed is no line of its own.
    after_return: bool,
    /// Where the stream can be resumed.
    pub(super) last_id: Option<String>,
    /// How long the server wants to be left alone before that.
    pub(super) retry: Option<Duration>,
}

impl<R: BufRead> Events<R> {
    pub(super) fn new(reader: R) -> Events<R> {
        Events { reader, after_return: false, last_id: None, retry: None }
    }

    /// The data of the next event that is a message; none at the end of the stream. Events without
    /// data only carry an id or a time.
    pub(super) fn next(&mut self, budget: &mut Budget) -> Result<Option<Vec<u8>>, Exceeded> {
        let (mut data, mut is_message) = (Vec::new(), true);
        while let Some(line) = self.line(budget)? {
            let (field, value) = split(&line);
            match field {
                _ if line.is_empty() && is_message && !data.trim_ascii().is_empty() => {
                    return Ok(Some(data));
                }
                _ if line.is_empty() => (data, is_message) = (Vec::new(), true),
                b"data" => {
                    data.extend_from_slice(value);
                    data.push(b'\n');
                }
                b"event" => is_message = matches!(value, b"" | b"message"),
                b"id" if !value.contains(&0) => self.last_id = text(value),
                b"retry" => self.retry = milliseconds(value).or(self.retry),
                _ => {}
            }
        }
        // A message that is complete needs no empty line behind it.
        Ok((is_message && !data.trim_ascii().is_empty()).then_some(data))
    }

    /// The next line, without its end. A connection that breaks ends the stream.
    fn line(&mut self, budget: &mut Budget) -> Result<Option<Vec<u8>>, Exceeded> {
        let mut line = Vec::new();
        loop {
            let piece = match self.reader.fill_buf() {
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(_) | Ok([]) => return Ok((!line.is_empty()).then_some(line)),
                Ok(piece) => piece,
            };
            let start = usize::from(self.after_return && piece[0] == b'\n');
            let end = memchr2(b'\n', b'\r', &piece[start..]).map(|end| start + end);
            self.after_return = end.is_some_and(|end| piece[end] == b'\r');
            line.extend_from_slice(&piece[start..end.unwrap_or(piece.len())]);
            let used = end.map_or(piece.len(), |end| end + 1);
            self.reader.consume(used);
            budget.spend(used, line.len())?;
            if end.is_some() {
                return Ok(Some(line));
            }
        }
    }
}

/// The name of a field and its value; a comment has no name.
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    match memchr::memchr(b':', line) {
        Some(colon) => {
            let value = &line[colon + 1..];
            (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
        }
        None => (line, b""),
    }
}

fn text(value: &[u8]) -> Option<String> {
    std::str::from_utf8(value).ok().filter(|id| !id.is_empty()).map(str::to_owned)
}

fn milliseconds(value: &[u8]) -> Option<Duration> {
    text(value)?.parse().ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use super::*;

    /// Gives out one byte at a time, as slow connections do.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let length = self.0.len().min(into.len()).min(1);
            into[..length].copy_from_slice(&self.0[..length]);
            self.0 = &self.0[length..];
            Ok(length)
        }
    }

    fn read(stream: &str) -> (Vec<String>, Option<String>, Option<Duration>) {
        let all = |events: &mut Events<_>| {
            let mut budget = Budget::new();
            let mut found = Vec::new();
            while let Some(data) = events.next(&mut budget).unwrap() {
                found.push(String::from_utf8(data).unwrap().trim_end().to_owned());
            }
            found
        };
        let mut dripping =
            Events::new(Box::new(BufReader::new(Drip(stream.as_bytes()))) as Box<dyn BufRead>);
        let mut at_once = Events::new(Box::new(stream.as_bytes()) as Box<dyn BufRead>);
        let found = all(&mut dripping);
        assert_eq!(found, all(&mut at_once), "{stream:?}");
        (found, at_once.last_id, at_once.retry)
    }

    #[test]
    fn events_are_the_same_however_lines_end_and_wherever_reads_are_cut() {
        let stream = "\u{feff}: hello\nid: 0\nretry: 40\ndata:\n\nevent: message\nid: 1\ndata: {\"a\":\ndata:1}\n\nevent: endpoint\ndata: /x\n\nid\ndata: 2\n\n";
        for end in ["\n", "\r\n", "\r"] {
            let (found, last_id, retry) = read(&stream.replace('\n', end));
            assert_eq!(found, ["{\"a\":\n1}", "2"], "{end:?}");
            assert_eq!((last_id, retry), (None, Some(Duration::from_millis(40))));
        }
        assert_eq!(read("id: 7\ndata: 1").1.as_deref(), Some("7"));
        assert_eq!(read("data: 1").0, ["1"]);
        assert_eq!(read("retry: soon\nid: a\0b\n\n"), (vec![], None, None));
    }

    #[test]
    fn a_stream_without_end_is_given_up() {
        let mut endless = Events::new(BufReader::new(std::io::repeat(b'x')));
        assert_eq!(endless.next(&mut Budget::new()), Err(Exceeded));
    }
}

//! MCP over the standard input and output of a program: a message a line
//! (<https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#stdio>).

use std::io::{BufRead, BufReader, Read, Write};

use serde_json::value::RawValue;

use super::budget::{Budget, Exceeded};
use super::error::LiveError;
use super::message::{Heard, Outgoing};
use super::process::Said;
use super::session::Transport;

/// The two streams, seen from the client.
pub(super) struct Stdio<R, W> {
    reader: BufReader<R>,
    writer: W,
    budget: Budget,
    said: Said,
}

impl<R: Read, W: Write> Stdio<R, W> {
    /// Lines that are no messages go to where the server's complaints are kept.
    pub(super) fn new(read: R, write: W, said: Said) -> Stdio<R, W> {
        Stdio { reader: BufReader::new(read), writer: write, budget: Budget::new(), said }
    }

    /// The next line; none at the end.
    fn line(&mut self) -> Result<Option<Vec<u8>>, Exceeded> {
        let mut line = Vec::new();
        let most = self.budget.longest() as u64 + 1;
        // An output that cannot be read any more has ended.
        _ = self.reader.by_ref().take(most).read_until(b'\n', &mut line);
        self.budget.spend(line.len(), line.len())?;
        Ok((!line.is_empty()).then_some(line))
    }

    /// A server that does not listen any more shows by its silence what became of it.
    fn write(&mut self, message: &str) {
        let line = format!("{message}\n");
        _ = self.writer.write_all(line.as_bytes()).and_then(|()| self.writer.flush());
    }
}

impl<R: Read, W: Write> Transport for Stdio<R, W> {
    fn ask(&mut self, request: &Outgoing) -> Result<Box<RawValue>, LiveError> {
        self.write(&request.json);
        let refused = |answer| LiveError::Refused { request: request.method, answer };
        while let Some(line) = self.line().map_err(|exceeded| refused(exceeded.to_string()))? {
            match request.hear(&line) {
                Heard::Answer(answer) => return answer.map_err(refused),
                Heard::Question(reply) => self.write(&reply),
                Heard::Other => {}
                Heard::Noise => self.said.add(&line),
            }
        }
        Err(LiveError::ended(request.method))
    }

    fn tell(&mut self, notification: &Outgoing) -> Result<(), LiveError> {
        self.write(&notification.json);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(output: &[u8]) -> (Result<String, String>, String, String) {
        let (mut written, said) = (Vec::new(), Said::default());
        let mut transport = Stdio::new(output, &mut written, said.clone());
        let answer = transport.ask(&Outgoing::request(1, "tools/list", None));
        let answer = answer.map(|result| result.get().to_owned());
        let written = String::from_utf8(written).unwrap();
        (answer.map_err(|error| error.to_string()), written, said.text())
    }

    #[test]
    fn questions_are_answered_and_noise_is_kept_until_the_answer_comes() {
        let output =
            "hello\r\n{\"id\":\"a\",\"method\":\"ping\"}\n\n{\"id\":1,\"result\":[1]}\nmore";
        let (answer, written, said) = ask(output.as_bytes());
        assert_eq!(answer.as_deref(), Ok("[1]"));
        assert_eq!((written.lines().count(), said.trim()), (2, "hello"));
        assert!(
            written.ends_with("{\"id\":\"a\",\"jsonrpc\":\"2.0\",\"result\":{}}\n"),
            "{written}"
        );
    }

    #[test]
    fn an_output_that_ends_or_never_ends_is_an_error() {
        assert_eq!(ask(b"").0, Err("it ended before it answered `tools/list`".to_owned()));
        let (answer, _, said) = ask(&vec![b'x'; 17 << 20]);
        assert!(answer.unwrap_err().contains("more than 16 MiB in one message"));
        assert_eq!(said, "");
    }
}

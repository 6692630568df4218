//! Messages over standard input and output: what is no message is answered, and the next one read.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::thread;

use lsp_server::{Connection, ErrorCode, Message, Notification};
use serde_json::{Value, json};

/// How long a message may be, in bytes.
const LONGEST: u64 = 64 << 20;

/// How much of a line is read at once, in bytes.
const PIECE: u64 = 1 << 12;

/// How much of a line is kept when its next piece is read: a header may stand across the two.
const KEPT: usize = 64;

/// A connection over standard input and output, and what ends when its last message is written.
pub fn stdio() -> (Connection, thread::JoinHandle<()>) {
    let (ours, theirs) = Connection::memory();
    let Connection { sender, receiver } = theirs;
    thread::spawn(move || {
        let mut input = BufReader::new(io::stdin());
        // What cannot be read any more has ended.
        while let Ok(Some(read)) = read(&mut input) {
            let sent = match read {
                Ok(message) => {
                    let is_exit = matches!(&message, Message::Notification(Notification { method, .. }) if method == "exit");
                    sender.send(message).is_ok() && !is_exit
                }
                Err(refusal) => write(&refusal.to_string()).is_ok(),
            };
            if !sent {
                break;
            }
        }
    });
    let writer = thread::spawn(move || {
        for message in receiver {
            // A client that is gone sends no more either, which ends the session.
            _ = message.write(&mut io::stdout().lock());
        }
    });
    (ours, writer)
}

/// Writes a message as it is.
fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    write!(out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    out.flush()
}

/// Reads what comes next: a message, or the answer to what is none; nothing at the end.
fn read(input: &mut impl BufRead) -> io::Result<Option<Result<Message, Value>>> {
    let length = match read_header(input)? {
        None => return Ok(None),
        Some(Ok(length)) => length,
        Some(Err(refusal)) => return Ok(Some(Err(refusal))),
    };
    if length > LONGEST {
        // Nothing is kept of it, and nothing reserved for what is only announced.
        let skipped = io::copy(&mut input.take(length), &mut io::sink())?;
        let what = format!("the message is longer than {LONGEST} bytes");
        let refusal = refusal(Value::Null, ErrorCode::InvalidRequest, &what);
        return Ok((skipped == length).then_some(Err(refusal)));
    }
    let mut text = Vec::new();
    input.take(length).read_to_end(&mut text)?;
    Ok((text.len() as u64 == length).then(|| parse(&text)))
}

/// The length that a header announces, or the answer to one that announces none. What is no header is
/// passed over, also before one on its line: the message of a header that could not be read ends there.
fn read_header(input: &mut impl BufRead) -> io::Result<Option<Result<u64, Value>>> {
    const NAME: &str = "content-length:";
    let mut length = None;
    let mut is_header = false;
    let mut line = Vec::new();
    loop {
        let whole = line.ends_with(b"\n");
        line.drain(..if whole { line.len() } else { line.len().saturating_sub(KEPT) });
        if input.take(PIECE).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let text = String::from_utf8_lossy(&line).to_ascii_lowercase();
        let text = text.trim();
        if let Some(at) = text.rfind(NAME) {
            is_header = true;
            length = text[at + NAME.len()..].trim().parse().ok();
        } else if text.is_empty() && is_header {
            let what = "the header announces no length that can be read";
            let refused = || refusal(Value::Null, ErrorCode::InvalidRequest, what);
            return Ok(Some(length.ok_or_else(refused)));
        }
    }
}

/// The message that a text is, or the answer to it (<https://www.jsonrpc.org/specification#error_object>).
fn parse(text: &[u8]) -> Result<Message, Value> {
    let value: Value = serde_json::from_slice(text)
        .map_err(|error| refusal(Value::Null, ErrorCode::ParseError, &error.to_string()))?;
    let is_id =
        |id: &Value| id.is_string() || id.as_i64().is_some_and(|id| i32::try_from(id).is_ok());
    let id = value.get("id");
    // A request whose id cannot be given back would be taken for a notification, which nobody answers.
    if value.get("method").is_some() && id.is_some_and(|id| !is_id(id)) {
        let what = "the id of the request is neither text nor a whole number of 32 bits";
        return Err(refusal(Value::Null, ErrorCode::InvalidRequest, what));
    }
    let id = id.filter(|id| is_id(id)).cloned();
    serde_json::from_value(value).map_err(|_| {
        let what = "the message is neither a request nor a notification nor a response";
        refusal(id.unwrap_or_default(), ErrorCode::InvalidRequest, what)
    })
}

fn refusal(id: Value, code: ErrorCode, message: &str) -> Value {
    let error = json!({ "code": code as i32, "message": message });
    json!({ "jsonrpc": "2.0", "id": id, "error": error })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(mut input: &[u8]) -> Vec<Result<String, i64>> {
        let mut found = Vec::new();
        while let Ok(Some(read)) = read(&mut input) {
            found.push(match read {
                Ok(Message::Request(request)) => Ok(request.method),
                Ok(Message::Notification(notification)) => Ok(notification.method),
                Ok(Message::Response(_)) => Ok("a response".to_owned()),
                Err(refusal) => Err(refusal["error"]["code"].as_i64().unwrap()),
            });
        }
        found
    }

    fn framed(text: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{text}", text.len())
    }

    #[test]
    fn what_is_no_message_is_answered_and_the_next_one_read() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        let good = framed(r#"{"id":1,"method":"shutdown"}"#);
        for (bad, code) in [
            ("{bad}", -32700),
            ("", -32700),
            (&deep, -32700),
            ("\u{0}", -32700),
            ("[]", -32600),
            ("1", -32600),
            (r#"{"id":1}"#, -32600),
            (r#"{"method":5}"#, -32600),
        ] {
            let input = framed(bad) + &good;
            assert_eq!(all(input.as_bytes()), [Err(code), Ok("shutdown".to_owned())], "{bad:.20}");
        }
        let input = format!("no header\r\n\r\nContent-Type: y\r\n{good}");
        assert_eq!(all(input.as_bytes()), [Ok("shutdown".to_owned())]);
        for length in ["abc", "-5", ""] {
            let input = format!("Content-Length: {length}\r\n\r\n{{\"id\":7}}{good}{good}");
            let shutdown = || Ok("shutdown".to_owned());
            assert_eq!(all(input.as_bytes()), [Err(-32600), shutdown(), shutdown()], "{length}");
        }
        for id in ["1.5", r#"{"a":1}"#, "null", "99999999999999999999"] {
            let input = framed(&format!(r#"{{"id":{id},"method":"shutdown"}}"#)) + &good;
            assert_eq!(all(input.as_bytes()), [Err(-32600), Ok("shutdown".to_owned())], "{id}");
        }
    }

    #[test]
    fn a_header_is_found_wherever_it_stands_on_its_line() {
        let good = framed(r#"{"id":1,"method":"shutdown"}"#);
        for before in (PIECE as usize - 70..=PIECE as usize + 1).chain([2 * PIECE as usize - 9]) {
            let input = "x".repeat(before) + &good + &good;
            let shutdown = || Ok("shutdown".to_owned());
            assert_eq!(all(input.as_bytes()), [shutdown(), shutdown()], "{before}");
        }
    }

    #[test]
    fn nothing_is_reserved_for_what_does_not_come() {
        for length in [u64::MAX, 1 << 40, LONGEST, 3] {
            assert_eq!(all(format!("Content-Length: {length}\r\n\r\n{{}}").as_bytes()), []);
        }
    }
}

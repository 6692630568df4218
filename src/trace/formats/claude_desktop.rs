//! The MCP logs of Claude Desktop, `mcp.log` and `mcp-server-NAME.log`: text, one entry a line.
//!
//! `2026-02-02T15:40:55.236Z [server] [info] Message from client: {json} { metadata: undefined }`;
//! older files put `[info]` before `[server]`. Everything else is passed over: other entries, those
//! that go on over more lines, and what servers write to standard error. Long messages have
//! `...[18778 chars truncated]...` in their midst. The newest versions write no message at all,
//! only `method="tools/call" id=2 params`: that a tool was called, but not which.
//! Sources: <https://github.com/olaservo/skilljack-mcp/issues/27> (2026-02),
//! <https://github.com/modelcontextprotocol/go-sdk/issues/395> (2025-09),
//! <https://github.com/anthropics/claude-ai-mcp/issues/664> (2026-07, without messages).

use serde_json::value::RawValue;

use super::common::connection::Connections;
use super::common::envelope::{Envelope, Gap, Side};
use super::common::format::{FormatFacts, Units};
use super::common::message::{CALL, Message};
use super::common::reader::{Calls, Reader};
use crate::engine::{Missing, Timestamp};
use crate::trace::json;
use crate::trace::record::{describe, parse_time};

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "claude-desktop",
    description: "the MCP logs of Claude Desktop (text)",
    endings: &["log"],
    repeats_calls: true,
    units: Units::Text(recognises),
    reader: || Box::new(ClaudeDesktop::default()),
};

/// What stands in the midst of a long message.
const GAP: Gap = Gap { mark: " chars truncated]", missing: Missing::TruncatedArguments };

/// The words that say how grave an entry is.
const LEVELS: [&str; 5] = ["info", "warn", "error", "debug", "verbose"];

/// Whether a line is an entry of such a log.
fn recognises(line: &str) -> bool {
    Entry::of_line(line).is_some()
}

/// Reads such a log.
#[derive(Debug, Default)]
struct ClaudeDesktop {
    connections: Connections,
}

impl Reader for ClaudeDesktop {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let Some(entry) = Entry::of_line(unit) else { return Ok(()) };
        let Some((sender, text)) = entry.message() else { return Ok(()) };
        if text.starts_with("method=") || text.starts_with("id=") {
            return refuse_call_without_message(text);
        }
        let envelope = Envelope {
            time: Ok(Some(entry.time)),
            sender: Some(sender),
            server: entry.server,
            gap: Some(GAP),
            ..Envelope::BARE
        };
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(json)) => self.connections.take_json(json.get(), &envelope, calls),
            _ if text.contains(GAP.mark) => self.torn(text, sender, &envelope, calls),
            Some(Err(error)) => Err(describe(&error)),
            None => Err("an entry without its message".to_owned()),
        }
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.connections.finish(calls);
    }
}

impl ClaudeDesktop {
    /// Takes a message that is no JSON any more, because too much of it was cut out.
    fn torn(
        &mut self,
        text: &str,
        sender: Side,
        envelope: &Envelope<'_>,
        calls: &mut Calls,
    ) -> Result<(), String> {
        let id = torn_id(text);
        if sender == Side::Server {
            let message = Message::of_torn_answer(text, id);
            return self.connections.take(&message, envelope, calls);
        }
        let Some(call) = text.strip_prefix(r#"{"method":"tools/call","params":{"name":"#) else {
            return match text.contains(CALL) {
                true => Err("a call that is cut off before its tool's name".to_owned()),
                false => Ok(()),
            };
        };
        let mut values = serde_json::Deserializer::from_str(call).into_iter::<&RawValue>();
        let Some(Ok(name)) = values.next() else {
            return Err("a call that is cut off within its tool's name".to_owned());
        };
        let params = format!(r#"{{"name":{},"arguments":"{}"}}"#, name.get(), GAP.mark);
        let params: Option<&RawValue> = json::read(&params);
        let message = Message { method: Some(CALL.into()), id, params, ..Message::default() };
        self.connections.take(&message, envelope, calls)
    }
}

/// The id of a message that is cut off: at its end, as clients write it, or at its start.
fn torn_id(text: &str) -> Option<&RawValue> {
    let after = |(_, rest)| {
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
        values.next().and_then(Result::ok)
    };
    let at_end = text.rsplit_once(r#","jsonrpc":"2.0","id":"#);
    let at_start =
        text.starts_with(r#"{"jsonrpc":"2.0","id":"#).then(|| text.split_once(r#""id":"#));
    at_end.or(at_start.flatten()).and_then(after)
}

/// An entry of a version that writes no messages.
fn refuse_call_without_message(text: &str) -> Result<(), String> {
    match text.starts_with("method=\"tools/call\"") {
        true => {
            let why = "a call of which this version of Claude Desktop logs neither tool nor arguments; \
                       record between client and server instead";
            Err(why.to_owned())
        }
        false => Ok(()),
    }
}

/// An entry of the log.
struct Entry<'a> {
    time: Timestamp,
    /// Empty where the entry names none.
    server: &'a str,
    text: &'a str,
}

impl<'a> Entry<'a> {
    fn of_line(line: &'a str) -> Option<Entry<'a>> {
        let (time, rest) = line.split_once(' ')?;
        let (first, rest) = bracketed(rest)?;
        let time = parse_time(&format!("\"{time}\"")).ok()?;
        match bracketed(rest) {
            Some((second, text)) if LEVELS.contains(&second) => {
                Some(Entry { time, server: first, text })
            }
            Some((second, text)) if LEVELS.contains(&first) => {
                Some(Entry { time, server: second, text })
            }
            _ if LEVELS.contains(&first) => Some(Entry { time, server: "", text: rest }),
            _ => None,
        }
    }

    /// The message of the entry, and who sent it.
    fn message(&self) -> Option<(Side, &'a str)> {
        let client = self.text.strip_prefix("Message from client: ");
        let server = || self.text.strip_prefix("Message from server: ");
        client
            .map(|text| (Side::Client, text))
            .or_else(|| server().map(|text| (Side::Server, text)))
    }
}

/// A word in brackets, and what follows it.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix('[')?.split_once("] ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::{CallResult, Record, RecordArguments};

    fn read(lines: &[&str]) -> Vec<Record<'static>> {
        calls_in(ClaudeDesktop::default(), None, lines)
    }

    const CALL_4: &str = r#"2026-03-01T10:00:00.250Z [files] [info] Message from client: {"method":"tools/call","params":{"name":"read","arguments":{"path":"a b"}},"jsonrpc":"2.0","id":4} { metadata: undefined }"#;

    #[test]
    fn both_orders_of_server_and_level_are_read() {
        let older = CALL_4.replace("[files] [info]", "[info] [files]");
        let calls = read(&[CALL_4, &older]);
        assert_eq!(calls.len(), 2);
        for call in calls {
            assert_eq!((&*call.server, &*call.tool, &*call.id), ("files", "read", "4"));
            assert_eq!(call.time.unwrap().to_string(), "2026-03-01T10:00:00.25Z");
            assert_eq!(call.arguments, RecordArguments::Json(r#"{"path":"a b"}"#.into()));
        }
    }

    #[test]
    fn answers_find_their_calls_and_other_lines_hold_none() {
        let calls = read(&[
            "2026-03-01T10:00:00.000Z [files] [info] Initializing server... { metadata: undefined }",
            "2026-03-01T10:00:00.001Z [files] [info] Using MCP server command: npx with args and path: {",
            "  metadata: {",
            r#"{"level":"info","method":"tools/call"}"#,
            r#"2026-03-01T10:00:00.002Z [files] [info] Message from client: {"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"claude-ai","version":"0.1.0"}},"jsonrpc":"2.0","id":0} { metadata: undefined }"#,
            CALL_4,
            r#"2026-03-01T10:00:01.000Z [files] [info] Message from server: {"jsonrpc":"2.0","id":4,"error":{"code":-32603,"message":"m"}} { metadata: undefined }"#,
        ]);
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].result, CallResult::UpstreamError);
        assert_eq!((&*calls[0].client, &*calls[0].session), ("claude-ai", "file#1"));
    }

    #[test]
    fn arguments_that_were_cut_out_are_not_known() {
        // Within one text the message stays valid, beyond it does not.
        let within = CALL_4.replace("a b", "a...[18778 chars truncated]...b");
        let beyond = CALL_4
            .replace(r#"a b"}}"#, r#"a...[18778 chars truncated]...]}"#)
            .replace(":4}", ":5}");
        let answers = [
            r#"2026-03-01T10:00:01.000Z [files] [info] Message from server: {"result":{"content":[{"text":"x...[9 chars truncated]...],"isError":true},"jsonrpc":"2.0","id":4} { metadata: undefined }"#,
            r#"2026-03-01T10:00:01.000Z [files] [info] Message from server: {"jsonrpc":"2.0","id":5,"error":{"code":1,"data":{"x":"...[9 chars truncated]...]}} { metadata: undefined }"#,
        ];
        let calls = read(&[&within, &beyond, answers[0], answers[1]]);
        assert_eq!(calls.len(), 2);
        let results = [CallResult::ToolError, CallResult::UpstreamError];
        for (call, result) in calls.iter().zip(results) {
            assert_eq!((&*call.tool, call.result), ("read", result));
            assert_eq!(call.arguments, RecordArguments::Unknown(Missing::TruncatedArguments));
        }
    }

    #[test]
    fn calls_that_cannot_be_told_are_named() {
        let mut reader = ClaudeDesktop::default();
        let mut why = |text: &str| {
            let line = format!("2026-03-01T10:00:00Z [files] [info] Message from client: {text}");
            reader.take(&line, &mut Calls::default()).unwrap_err()
        };
        assert!(why("method=\"tools/call\" id=2 params").contains("neither tool nor arguments"));
        assert!(why("{\"method\":\"tools/call\",").contains("not JSON"));
        let cut = r#"{"method":"tools/call","params":{"name":"re...[2 chars truncated]...,"id":1}"#;
        assert!(why(cut).contains("whose tool name"), "{}", why(cut));
        let cut = r#"{"method":"tools/call","params":{"name":"re...[2 chars truncated]..."#;
        assert!(why(cut).contains("within its tool's name"), "{}", why(cut));
    }

    #[test]
    fn only_entries_are_recognised() {
        assert!(recognises(CALL_4));
        for line in
            ["2026-03-01 [a] [info] x", "2026-03-01T10:00:00Z [a] [b] x", "[a] [info] x", ""]
        {
            assert!(!recognises(line), "{line}");
        }
    }
}

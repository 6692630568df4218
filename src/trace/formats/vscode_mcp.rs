//! The output channel `MCP: SERVER` of VS Code, saved as text: an entry a line.
//!
//! `2026-03-01 10:00:02.000 [trace] [editor -> server] {json}` and `[server -> editor] {json}`; before
//! mid-2025 `[info] [Client Says] {json}` and `[Server Says] {json}`. `Starting server NAME` tells the
//! server. Everything else is talk. The time has no zone, and is read as UTC.
//! Sources: <https://github.com/microsoft/vscode>,
//! `src/vs/workbench/contrib/mcp/common/mcpServerRequestHandler.ts`;
//! <https://github.com/microsoft/vscode/issues/244377>.

use super::common::connection::Connections;
use super::common::envelope::{Envelope, Side};
use super::common::format::{FormatFacts, Units};
use super::common::reader::{Calls, Reader};
use crate::engine::Timestamp;
use crate::trace::record::parse_time;

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "vscode-mcp",
    description: "the output of an MCP server in VS Code (text)",
    endings: &["log"],
    repeats_calls: false,
    units: Units::Text(recognises),
    reader: || Box::new(VscodeMcp::default()),
};

/// What stands before a message, and who sent it.
const SENDERS: [(&str, Side); 4] = [
    ("[editor -> server] ", Side::Client),
    ("[server -> editor] ", Side::Server),
    ("[Client Says] ", Side::Client),
    ("[Server Says] ", Side::Server),
];

/// What tells the server of all that follows.
const STARTING: &str = "Starting server ";

/// Whether a line is an entry of such a log.
fn recognises(line: &str) -> bool {
    Entry::of_line(line).is_some_and(|entry| {
        entry.message().is_some()
            || entry.text.starts_with(STARTING)
            || entry.text.starts_with("Connection state: ")
    })
}

/// Reads such a log.
#[derive(Debug, Default)]
struct VscodeMcp {
    connections: Connections,
    server: String,
}

impl Reader for VscodeMcp {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let Some(entry) = Entry::of_line(unit) else { return Ok(()) };
        if let Some(server) = entry.text.strip_prefix(STARTING) {
            self.server = server.trim().to_owned();
        }
        let Some((sender, json)) = entry.message() else { return Ok(()) };
        let envelope = Envelope {
            time: Ok(Some(entry.time)),
            sender: Some(sender),
            server: &self.server,
            ..Envelope::BARE
        };
        self.connections.take_json(json, &envelope, calls)
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.connections.finish(calls);
    }
}

/// An entry.
struct Entry<'a> {
    time: Timestamp,
    text: &'a str,
}

impl<'a> Entry<'a> {
    /// Reads `DATE TIME [LEVEL] TEXT`; none if the line is something else.
    fn of_line(line: &'a str) -> Option<Entry<'a>> {
        let (date, rest) = line.trim_start().split_once(' ')?;
        let (time, rest) = rest.split_once(" [")?;
        let (level, text) = rest.split_once("] ")?;
        let is_plain = |text: &str, marks: &str| {
            text.bytes().all(|byte| byte.is_ascii_digit() || marks.as_bytes().contains(&byte))
        };
        let is_entry = is_plain(date, "-")
            && is_plain(time, ":.")
            && level.bytes().all(|byte| byte.is_ascii_lowercase());
        let time = is_entry.then(|| parse_time(&format!("\"{date}T{time}Z\"")))?.ok()?;
        Some(Entry { time, text })
    }

    /// The message in the entry and its sender; none if it is talk.
    fn message(&self) -> Option<(Side, &'a str)> {
        let text = self.text;
        let sent =
            SENDERS.iter().find_map(|(words, side)| Some((*side, text.strip_prefix(words)?)));
        // A message can also be told of in words.
        sent.filter(|(_, json)| json.starts_with(['{', '[']))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::{CallResult, Record};

    fn call(words: &str, second: u32, id: u32) -> String {
        format!(
            r#"2026-03-01 10:00:0{second}.250 [trace] {words} {{"jsonrpc":"2.0","id":{id},"method":"tools/call","params":{{"name":"add"}}}}"#
        )
    }

    fn answer(words: &str, id: u32, result: &str) -> String {
        format!(r#"2026-03-01 10:00:09.000 [trace] {words} {{"jsonrpc":"2.0","id":{id},{result}}}"#)
    }

    fn read(lines: &[String]) -> Vec<Record<'static>> {
        calls_in(VscodeMcp::default(), None, lines)
    }

    #[test]
    fn messages_in_old_words_and_new_are_calls_of_the_server_that_was_started() {
        let calls = read(&[
            "2026-03-01 10:00:00.000 [info] Starting server My notes".to_owned(),
            "  at Object.run (server.js:1) [x] {".to_owned(),
            call("[editor -> server]", 1, 1),
            call("[Client Says]", 2, 2),
            call("[server -> editor]", 2, 3),
            answer("[Server Says]", 2, r#""result":{"isError":true}"#),
            answer("[server -> editor]", 1, r#""error":{"code":-1,"message":"x"}"#),
            "2026-03-01 10:00:09.000 [debug] [server stderr] {\"id\":1}".to_owned(),
        ]);
        let results: Vec<_> = calls.iter().map(|call| call.result).collect();
        assert_eq!(results, [CallResult::UpstreamError, CallResult::ToolError]);
        assert_eq!(calls[0].server, "My notes");
        let time = calls[0].time.unwrap();
        assert_eq!((time.seconds, time.nanoseconds), (1_772_359_201, 250_000_000));
    }

    #[test]
    fn a_restart_is_a_new_connection_whose_ids_begin_again() {
        let initialize = r#"2026-03-01 10:00:03.000 [debug] [editor -> server] {"id":0,"method":"initialize","params":{"clientInfo":{"name":"Code"}}}"#;
        let calls = read(&[
            call("[editor -> server]", 1, 1),
            initialize.to_owned(),
            call("[editor -> server]", 4, 1),
            answer("[server -> editor]", 1, r#""result":{}"#),
        ]);
        let found: Vec<_> = calls.iter().map(|call| (&*call.client, call.result)).collect();
        assert_eq!(found, [("", CallResult::Unknown), ("Code", CallResult::Ok)]);
    }

    #[test]
    fn only_such_entries_are_known_and_a_message_that_is_cut_off_says_so() {
        for (line, is_known) in [
            (call("[editor -> server]", 1, 1), true),
            ("2026-03-01 10:00:00.000 [info] Connection state: Running".to_owned(), true),
            ("2026-03-01 10:00:00.000 [info] something else".to_owned(), false),
            ("2026-13-01 10:00:00.000 [info] Connection state: Running".to_owned(), false),
            ("2026-03-01T10:00:00.000Z [x] [info] Message from client: {}".to_owned(), false),
        ] {
            assert_eq!(recognises(&line), is_known, "{line}");
        }
        let whole = call("[editor -> server]", 1, 1);
        let why = VscodeMcp::default().take(&whole[..whole.len() - 5], &mut Calls::default());
        assert!(why.unwrap_err().contains("not JSON"));
    }
}

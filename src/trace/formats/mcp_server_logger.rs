//! Logs of mcp-server-logger, which stands between a client and a server over standard input and
//! output: text, `2026-03-01T10:00:01.000Z [STDIN] {json}` and `[STDOUT] {json}`. Other entries are talk.

use super::common::connection::Connections;
use super::common::envelope::{Envelope, Side};
use super::common::format::{FormatFacts, Units};
use super::common::reader::{Calls, Reader};
use crate::engine::Timestamp;
use crate::trace::record::parse_time;

/// What is known of the format.
pub(super) static FORMAT: FormatFacts = FormatFacts {
    name: "mcp-server-logger",
    description: "logs of mcp-server-logger (text)",
    endings: &["log"],
    repeats_calls: false,
    units: Units::Text(recognises),
    reader: || Box::new(Log::default()),
};

/// What stands before a message, and who sent it.
const SENDERS: [(&str, Side); 2] = [("[STDIN] ", Side::Client), ("[STDOUT] ", Side::Server)];

/// Reads such a log.
#[derive(Debug, Default)]
struct Log {
    connections: Connections,
}

/// Whether a line has a message.
fn recognises(line: &str) -> bool {
    message(line).is_some()
}

impl Reader for Log {
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String> {
        let Some((time, sender, json)) = message(unit) else { return Ok(()) };
        let envelope = Envelope { time: Ok(Some(time)), sender: Some(sender), ..Envelope::BARE };
        self.connections.take_json(json, &envelope, calls)
    }

    fn finish(&mut self, calls: &mut Calls) {
        self.connections.finish(calls);
    }
}

/// The time, the sender and the text of the message on a line; none if it has none.
fn message(line: &str) -> Option<(Timestamp, Side, &str)> {
    let (time, rest) = line.split_once(' ')?;
    let sent = SENDERS.iter().find_map(|(words, side)| Some((*side, rest.strip_prefix(words)?)));
    let (side, json) = sent.filter(|(_, json)| json.starts_with(['{', '[']))?;
    let time = time.trim_matches(['[', ']']);
    Some((parse_time(&serde_json::Value::from(time).to_string()).ok()?, side, json))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::formats::common::reader::calls_in;
    use crate::trace::record::CallResult;

    #[test]
    fn what_comes_in_and_goes_out_are_calls_and_answers() {
        let lines = [
            "2026-03-01T10:00:00.000Z [INFO] started",
            r#"2026-03-01T10:00:01.500Z [STDIN] {"id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":1}}}"#,
            r#"2026-03-01T10:00:02.000Z [STDOUT] {"id":1,"result":{"isError":true}}"#,
            "2026-03-01T10:00:03.000Z [STDOUT] listening",
        ];
        let known: Vec<_> = lines.iter().map(|line| recognises(line)).collect();
        assert_eq!(known, [false, true, true, false]);
        let call = calls_in(Log::default(), None, &lines).remove(0);
        assert_eq!((&*call.tool, call.result), ("add", CallResult::ToolError));
        assert_eq!(call.time.unwrap().seconds, 1_772_359_201);
        let cut = &lines[1][..80];
        assert!(Log::default().take(cut, &mut Calls::default()).unwrap_err().contains("not JSON"));
    }
}

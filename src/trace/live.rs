//! A session of MCP messages, listened to while it happens.

use serde_json::value::RawValue;

use super::formats::common::connection::Connections;
use super::formats::common::envelope::{Envelope, Side};
use super::formats::common::message::Message;
use super::formats::common::reader::Calls;
use super::record::Record;
use crate::engine::Timestamp;

/// A session that puts the calls of a client and the answers of a server together.
#[derive(Debug)]
pub struct LiveSession {
    connections: Connections,
    calls: Calls,
    /// Who calls; empty where that is not known.
    grant: String,
    /// What is called; empty where that is not known.
    server: String,
}

impl LiveSession {
    /// A session of a name, before its first message.
    pub fn new(name: String, grant: String, server: String) -> LiveSession {
        let calls = Calls::new(name, None);
        LiveSession { connections: Connections::default(), calls, grant, server }
    }

    /// Takes a message, or a list of messages, as it was sent at a time. What is not a message is
    /// none of ours.
    ///
    /// # Errors
    /// Why a call is not one, in words.
    pub fn take(&mut self, from: Side, message: &[u8], time: Timestamp) -> Result<(), String> {
        let Ok(text) = std::str::from_utf8(message) else { return Ok(()) };
        let text = text.trim_ascii();
        let is_list = text.starts_with('[') && serde_json::from_str::<Vec<&RawValue>>(text).is_ok();
        if !is_list && Message::parse(text).is_err() {
            return Ok(());
        }
        self.calls.line += 1;
        let envelope = Envelope {
            time: Ok(Some(time)),
            sender: Some(from),
            server: &self.server,
            ..Envelope::BARE
        };
        self.connections.take_json(text, &envelope, &mut self.calls)
    }

    /// Ends the session: calls that wait for an answer will have none.
    pub fn end(&mut self) {
        self.connections.finish(&mut self.calls);
    }

    /// The next call of which is known what came of it, in the order of the requests.
    pub fn next_call(&mut self) -> Option<Record<'static>> {
        let mut call = self.calls.pop()?;
        call.grant = self.grant.clone().into();
        Some(call)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::record::CallResult;

    fn session(messages: &[(Side, &str)]) -> Vec<(String, i64, CallResult)> {
        let mut session = LiveSession::new("s".to_owned(), "g".to_owned(), "o".to_owned());
        for ((from, message), second) in messages.iter().zip(0..) {
            session.take(*from, message.as_bytes(), Timestamp::at_second(second)).unwrap();
        }
        session.end();
        std::iter::from_fn(|| session.next_call())
            .map(|call| {
                assert_eq!((&*call.grant, &*call.server), ("g", "o"));
                (call.tool.into_owned(), call.time.unwrap().seconds, call.result)
            })
            .collect()
    }

    #[test]
    fn calls_have_the_times_of_their_requests_and_the_results_of_their_answers() {
        use Side::{Client, Server};
        let found = session(&[
            (Client, r#"{"id":0,"method":"initialize","params":{}}"#),
            (Client, r#"{"id":1,"method":"tools/call","params":{"name":"a"}}"#),
            (Client, r#"{"id":2,"method":"tools/list"}"#),
            (Client, r#"{"id":3,"method":"tools/call","params":{"name":"b"}}"#),
            (Server, r#"{"id":3,"error":{"code":1,"message":"no"}}"#),
            (Server, "starting up ..."),
            (Server, r#"{"id":1,"result":{"isError":true}}"#),
            (Client, r#"{"id":4,"method":"tools/call","params":{"name":"c"}}"#),
        ]);
        let expected = [
            ("a".to_owned(), 1, CallResult::ToolError),
            ("b".to_owned(), 3, CallResult::UpstreamError),
            ("c".to_owned(), 7, CallResult::Unknown),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn what_the_server_asks_and_the_client_answers_is_no_call_and_no_answer_to_one() {
        use Side::{Client, Server};
        let found = session(&[
            (Client, r#"{"id":1,"method":"tools/call","params":{"name":"a"}}"#),
            (Server, r#"{"id":1,"method":"tools/call","params":{"name":"ghost"}}"#),
            (Server, r#"{"id":1,"result":{"isError":true}}"#),
            (Client, r#"{"id":1,"error":{"code":1,"message":"no"}}"#),
        ]);
        assert_eq!(found, [("a".to_owned(), 0, CallResult::ToolError)]);
    }

    #[test]
    fn a_list_is_its_messages_and_one_bad_call_spoils_no_other() {
        let mut session = LiveSession::new("s".to_owned(), String::new(), String::new());
        let list = br#"[{"method":"tools/call","params":{"name":7}},{"method":"tools/call","params":{"name":"a"}}]"#;
        let why = session.take(Side::Client, list, Timestamp::at_second(5)).unwrap_err();
        assert!(why.contains("not text"), "{why}");
        let call = session.next_call().unwrap();
        assert_eq!((&*call.tool, call.time), ("a", Some(Timestamp::at_second(5))));
        assert!(session.take(Side::Client, b"\xff{", Timestamp::at_second(6)).is_ok());
        let log = b"[info] server starting";
        assert!(session.take(Side::Server, log, Timestamp::at_second(7)).is_ok());
    }
}

//! JSON-RPC messages paired into calls, whatever envelopes they come in.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use super::envelope::{Envelope, Gap, Side};
use super::message::{CALL, CallMessage, Message};
use super::reader::{Calls, all};
use super::waiting::{MAX_WAITING, Waiting};
use crate::trace::json;
use crate::trace::record::{CallResult, Record, RecordArguments};

/// How many connections are remembered by their clients' names.
const MAX_CONNECTIONS: usize = 4_096;

/// Pairs the messages of a file's connections into calls.
///
/// Client and server number their requests separately. Where the log does not say who sent a
/// message, an answer belongs to the newest open request with its id, whoever made it.
#[derive(Debug, Default)]
pub(in crate::trace) struct Connections {
    waiting: Waiting,
    /// Requests without an answer, the newest last.
    open: Vec<Open>,
    begun: HashMap<String, Begun>,
    /// How many connections have begun in the file.
    count: u32,
}

/// A request that has not been answered.
#[derive(Debug)]
struct Open {
    connection: String,
    sender: Option<Side>,
    id: Option<String>,
    /// The number of the call; none for any other request.
    call: Option<u64>,
}

/// A connection that began with `initialize`.
#[derive(Debug)]
struct Begun {
    client: String,
    /// Counted from 1.
    number: u32,
}

impl Connections {
    /// Takes a message.
    ///
    /// # Errors
    /// Why it is a call that cannot be read, in words.
    pub(in crate::trace) fn take(
        &mut self,
        message: &Message<'_>,
        envelope: &Envelope<'_>,
        calls: &mut Calls,
    ) -> Result<(), String> {
        let taken = match message.method.as_deref() {
            Some(CALL) if envelope.sender != Some(Side::Server) => {
                let called = self.call(message, envelope, calls);
                // What answers it must not be taken for the answer to another call.
                called.inspect_err(|_| self.open(message.canonical_id(), envelope, None))
            }
            Some(method) => {
                self.request(method, message, envelope);
                Ok(())
            }
            None => {
                self.answer(message, envelope);
                Ok(())
            }
        };
        self.waiting.give_out(calls);
        taken
    }

    /// Takes the JSON text of a message, or of a list of them, as some versions of the protocol
    /// allow. One that is bad does not keep the others from being taken.
    ///
    /// # Errors
    /// Why it is no message, or a call that cannot be read, in words.
    pub(in crate::trace) fn take_json(
        &mut self,
        json: &str,
        envelope: &Envelope<'_>,
        calls: &mut Calls,
    ) -> Result<(), String> {
        let Some(batch) = json::read::<Vec<&RawValue>>(json) else {
            return self.take(&Message::parse(json)?, envelope, calls);
        };
        all(batch.into_iter().map(|message| {
            Message::parse(message.get()).and_then(|message| self.take(&message, envelope, calls))
        }))
    }

    /// Takes a request that cannot be read, so that its answer is not taken for another's.
    pub(in crate::trace) fn take_unreadable_request(&mut self, envelope: &Envelope<'_>) {
        self.open(None, envelope, None);
    }

    /// Gives out the calls that were never answered.
    pub(in crate::trace) fn finish(&mut self, calls: &mut Calls) {
        self.waiting.finish(calls);
    }

    fn request(&mut self, method: &str, message: &Message<'_>, envelope: &Envelope<'_>) {
        if method == "initialize" {
            self.connect(message, envelope);
        }
        if !method.starts_with("notifications/") {
            self.open(message.canonical_id(), envelope, None);
        }
    }

    /// A new connection: what was open on the one before will not be answered any more.
    fn connect(&mut self, message: &Message<'_>, envelope: &Envelope<'_>) {
        let connection = envelope.connection();
        let waiting = &mut self.waiting;
        self.open.retain(|open| {
            let other = open.connection != connection;
            if let (false, Some(call)) = (other, open.call) {
                waiting.close(call);
            }
            other
        });
        self.count += 1;
        if self.begun.len() == MAX_CONNECTIONS {
            self.begun.clear();
        }
        let client = message.client().unwrap_or_default();
        self.begun.insert(connection, Begun { client, number: self.count });
    }

    fn call(
        &mut self,
        message: &Message<'_>,
        envelope: &Envelope<'_>,
        calls: &Calls,
    ) -> Result<(), String> {
        let call = CallMessage::parse(message.params)?;
        if envelope.gap.is_some_and(|gap| call.tool.contains(gap.mark)) {
            return Err("a call of whose tool name the log leaves something out".to_owned());
        }
        let begun = self.begun.get(&envelope.connection());
        let client =
            call.client().or_else(|| begun.map(|begun| begun.client.clone())).unwrap_or_default();
        let session = match envelope.session {
            // The file and the connection in it tell the session from others.
            "" => format!("{}#{}", calls.file, begun.map_or(0, |begun| begun.number)),
            session => session.to_owned(),
        };
        let id = message.canonical_id();
        let mut record = Record::of_tool(call.tool.clone());
        record.time = envelope.time.clone()?;
        record.session = session.into();
        record.server = envelope.server.to_owned().into();
        record.client = client.into();
        record.id = id.as_deref().unwrap_or("").trim_start_matches('"').to_owned().into();
        record.field = field(&call, envelope, calls).unwrap_or_default().into();
        record.arguments = arguments(&call, envelope.gap);
        record.line = calls.line;
        record.result = CallResult::Unknown;
        let number = self.waiting.push(record);
        // Elsewhere a call without an id is a notification, which nobody answers.
        if id.is_some() || envelope.unnumbered {
            self.open(id, envelope, Some(number));
        } else {
            self.waiting.close(number);
        }
        Ok(())
    }

    fn open(&mut self, id: Option<String>, envelope: &Envelope<'_>, call: Option<u64>) {
        if id.is_none() && !envelope.unnumbered {
            return;
        }
        // A log of one side only never shows the answers.
        if self.open.len() > 2 * MAX_WAITING {
            let waiting = &self.waiting;
            self.open.retain(|open| open.call.is_some_and(|call| !waiting.is_past(call)));
        }
        let connection = envelope.connection();
        self.open.push(Open { connection, sender: envelope.sender, id, call });
    }

    fn answer(&mut self, message: &Message<'_>, envelope: &Envelope<'_>) {
        let connection = envelope.connection();
        let may_answer = |open: &Open| {
            let known = open.sender.is_some() && envelope.sender.is_some();
            open.connection == connection
                && !(known && open.sender == envelope.sender)
                && !open.call.is_some_and(|call| self.waiting.is_past(call))
        };
        let id = message.canonical_id();
        let same = |open: &Open| id.is_some() && open.id == id && may_answer(open);
        let first = |open: &Open| envelope.unnumbered && open.id.is_none() && may_answer(open);
        let at = self.open.iter().rposition(same).or_else(|| self.open.iter().position(first));
        let Some(at) = at else { return };
        if let Some(call) = self.open.remove(at).call {
            self.waiting.settle(call, message.answer());
        }
    }
}

/// The field that stands for the grant: of the call itself, or of its envelope.
fn field(call: &CallMessage<'_>, envelope: &Envelope<'_>, calls: &Calls) -> Option<String> {
    let of_call = call.meta_field(calls.field.as_deref()?);
    of_call.or_else(|| calls.field_of(envelope.text).ok())
}

fn arguments(call: &CallMessage<'_>, gap: Option<Gap>) -> RecordArguments<'static> {
    let Some(arguments) = call.arguments.map(|arguments| arguments.get()) else {
        return RecordArguments::Absent;
    };
    match gap {
        Some(gap) if arguments.contains(gap.mark) => RecordArguments::Unknown(gap.missing),
        _ => RecordArguments::Json(Cow::Owned(arguments.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Missing;

    /// Takes messages with their senders on one connection, and gives the calls.
    fn read(envelope: &Envelope<'_>, messages: &[(Option<Side>, &str)]) -> Vec<Record<'static>> {
        let mut connections = Connections::default();
        let mut calls = Calls::new("file".to_owned(), None);
        for (sender, text) in messages {
            let envelope = Envelope { time: Ok(None), sender: *sender, ..*envelope };
            let message = Message::parse(text).unwrap();
            connections.take(&message, &envelope, &mut calls).unwrap();
        }
        connections.finish(&mut calls);
        std::iter::from_fn(|| calls.pop()).collect()
    }

    fn results(calls: &[Record<'_>]) -> Vec<(String, CallResult)> {
        calls.iter().map(|call| (call.tool.to_string(), call.result)).collect()
    }

    const CALL_1: &str = r#"{"id":1,"method":"tools/call","params":{"name":"a"}}"#;
    const SAMPLE_1: &str = r#"{"id":1,"method":"sampling/createMessage","params":{}}"#;
    const REFUSED_1: &str = r#"{"id":1,"error":{"code":-1,"message":"no"}}"#;
    const FAILED_1: &str = r#"{"id":1,"result":{"isError":true}}"#;

    #[test]
    fn directions_tell_the_answers_of_both_sides_apart() {
        let (client, server) = (Some(Side::Client), Some(Side::Server));
        // Without directions the second answer would be the one of the call.
        let messages =
            [(server, SAMPLE_1), (client, CALL_1), (client, REFUSED_1), (server, FAILED_1)];
        let calls = read(&Envelope::BARE, &messages);
        assert_eq!(results(&calls), [("a".to_owned(), CallResult::ToolError)]);
        assert_eq!(read(&Envelope::BARE, &[(server, CALL_1)]), [], "a server calls no tools");
    }

    #[test]
    fn requests_without_ids_are_answered_in_their_order() {
        let envelope = Envelope { unnumbered: true, ..Envelope::BARE };
        let (client, server) = (Some(Side::Client), Some(Side::Server));
        let messages = [
            (client, r#"{"method":"initialize","params":{}}"#),
            (client, r#"{"method":"notifications/initialized"}"#),
            (client, r#"{"method":"tools/call","params":{"name":"a"}}"#),
            (server, r#"{"id":1,"result":{}}"#),
            (client, r#"{"method":"tools/call","params":{"name":"b"}}"#),
            (server, r#"{"id":1,"result":{"isError":true}}"#),
            (server, REFUSED_1),
        ];
        let expected =
            [("a".to_owned(), CallResult::ToolError), ("b".to_owned(), CallResult::UpstreamError)];
        assert_eq!(results(&read(&envelope, &messages)), expected);
    }

    #[test]
    fn connections_to_several_servers_do_not_mix() {
        let mut connections = Connections::default();
        let mut calls = Calls::new("file".to_owned(), None);
        let on = |server| Envelope { server, ..Envelope::BARE };
        let initialize = |name: &str| {
            format!(
                r#"{{"id":0,"method":"initialize","params":{{"clientInfo":{{"name":"{name}"}}}}}}"#
            )
        };
        for (server, text) in [
            ("x", initialize("cx").as_str()),
            ("y", initialize("cy").as_str()),
            ("x", CALL_1),
            ("y", CALL_1),
            ("x", FAILED_1),
            ("y", REFUSED_1),
        ] {
            connections.take(&Message::parse(text).unwrap(), &on(server), &mut calls).unwrap();
        }
        let seen: Vec<_> = std::iter::from_fn(|| calls.pop())
            .map(|call| {
                (
                    call.server.to_string(),
                    call.client.to_string(),
                    call.session.to_string(),
                    call.result,
                )
            })
            .collect();
        let line = |server: &str, client: &str, session: &str, result| {
            (server.to_owned(), client.to_owned(), session.to_owned(), result)
        };
        let expected = [
            line("x", "cx", "file#1", CallResult::ToolError),
            line("y", "cy", "file#2", CallResult::UpstreamError),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn what_the_log_left_out_of_the_arguments_is_not_known() {
        let gap = Gap { mark: "[CUT]", missing: Missing::TruncatedArguments };
        let envelope = Envelope { gap: Some(gap), ..Envelope::BARE };
        let call = |arguments: &str| {
            format!(
                r#"{{"id":1,"method":"tools/call","params":{{"name":"a","arguments":{arguments}}}}}"#
            )
        };
        let of = |arguments: &str| read(&envelope, &[(None, &call(arguments))]).remove(0).arguments;
        assert_eq!(of(r#"{"a":"x[CUT]"}"#), RecordArguments::Unknown(Missing::TruncatedArguments));
        assert_eq!(of(r#"{"a":"x"}"#), RecordArguments::Json(r#"{"a":"x"}"#.into()));
    }

    #[test]
    fn a_batch_stands_for_its_messages() {
        let mut connections = Connections::default();
        let mut calls = Calls::default();
        let batch = format!("[{CALL_1},{{}},{FAILED_1}]");
        let why = connections.take_json(&batch, &Envelope::BARE, &mut calls).unwrap_err();
        assert!(why.contains("has no `method`"), "{why}");
        assert_eq!(calls.pop().unwrap().result, CallResult::ToolError);
        assert!(connections.take_json("7", &Envelope::BARE, &mut calls).is_err());
    }

    #[test]
    fn requests_that_are_never_answered_are_forgotten() {
        let mut connections = Connections::default();
        let mut calls = Calls::default();
        for _ in 0..10 * MAX_WAITING {
            for text in [CALL_1, SAMPLE_1] {
                let message = Message::parse(text).unwrap();
                connections.take(&message, &Envelope::BARE, &mut calls).unwrap();
            }
        }
        assert!(connections.open.len() <= 2 * MAX_WAITING + 1, "{}", connections.open.len());
    }
}

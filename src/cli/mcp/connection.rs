//! The connection to a client: a message a line, over standard input and output.

use std::collections::HashSet;
use std::io::{BufRead, Read};
use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::model::{
    ClientRequest, ErrorCode, GetMeta, JsonRpcMessage, ProtocolVersion, RequestId, ServerResult,
};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, Stdout};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;

use crate::report::write_json_line;

/// How long a message may be, in bytes.
const LONGEST: u64 = 16 << 20;

/// The requests that are answered, with what each takes.
const REQUESTS: [(&str, &str); 5] = [
    ("initialize", "`protocolVersion`, `capabilities` and `clientInfo`"),
    ("ping", "nothing"),
    ("server/discover", "nothing but `_meta`"),
    ("tools/list", "nothing but `cursor`"),
    ("tools/call", "a `name` and, as an object, `arguments`"),
];

type Message = RxJsonRpcMessage<RoleServer>;

/// A connection on which only requests count until one opens the session: anything else there would end it. What is
/// no message is refused, and the connection outlives it.
pub(super) struct Connection {
    /// The lines that came; none for one that is too long.
    lines: mpsc::Receiver<Option<Vec<u8>>>,
    out: Arc<Mutex<Stdout>>,
    /// The refusal that is on its way.
    refusing: Option<JoinHandle<std::io::Result<()>>>,
    is_open: bool,
    /// The requests that are not answered.
    at_work: HashSet<RequestId>,
}

impl Connection {
    /// Connects standard input and output.
    pub(super) fn new() -> Connection {
        let (sender, lines) = mpsc::channel(1);
        std::thread::spawn(move || read(&mut std::io::stdin().lock(), &sender));
        let out = Arc::new(Mutex::new(tokio::io::stdout()));
        Connection { lines, out, refusing: None, is_open: false, at_work: HashSet::new() }
    }

    /// Takes in a message, where it counts. A request with the id of one that is at work could not be answered, for its answer
    /// would be taken for the other one's; that of one that was cancelled is not free either, for what of it still works may
    /// answer.
    fn taken(&mut self, message: Option<Message>) -> Result<Option<Message>, Value> {
        if let Some(JsonRpcMessage::Request(request)) = &message {
            if !self.at_work.insert(request.id.clone()) {
                let message =
                    format!("the id {} is that of a request that was not answered", request.id);
                return Err(refusal(&Value::Null, ErrorCode::INVALID_REQUEST, &message));
            }
            self.is_open |= needs_no_session(&request.request);
        }
        Ok(message.filter(|message| self.is_open || matches!(message, JsonRpcMessage::Request(_))))
    }

    fn write<M: Serialize>(
        &self,
        message: &M,
    ) -> impl Future<Output = std::io::Result<()>> + Send + use<M> {
        let (mut line, out) = (Vec::new(), Arc::clone(&self.out));
        let written = write_json_line(&mut line, message);
        async move {
            written?;
            let mut out = out.lock().await;
            out.write_all(&line).await?;
            out.flush().await
        }
    }
}

impl Transport<RoleServer> for Connection {
    type Error = std::io::Error;

    fn send(
        &mut self,
        mut message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = std::io::Result<()>> + Send + 'static {
        let opens = |result: &ServerResult| {
            !matches!(result, ServerResult::EmptyResult(_) | ServerResult::DiscoverResult(_))
        };
        match &mut message {
            JsonRpcMessage::Response(response) => {
                self.is_open |= opens(&response.result);
                self.at_work.remove(&response.id);
            }
            JsonRpcMessage::Error(error) => {
                _ = error.id.as_ref().map(|id| self.at_work.remove(id));
                if !self.is_open && error.error.code == ErrorCode::INVALID_PARAMS {
                    let help = "; a session of an older version begins with `initialize`";
                    error.error.message = (error.error.message.to_string() + help).into();
                }
            }
            _ => {}
        }
        self.write(&message)
    }

    async fn receive(&mut self) -> Option<Message> {
        loop {
            // Whoever waits for a message may wait for something else first, and come again: nothing is lost then.
            if let Some(refusing) = &mut self.refusing {
                _ = refusing.await;
                self.refusing = None;
            }
            let line = self.lines.recv().await?;
            match message(line.as_deref()).and_then(|message| self.taken(message)) {
                Ok(Some(message)) => return Some(message),
                Ok(None) => {}
                Err(refusal) => self.refusing = Some(tokio::spawn(self.write(&refusal))),
            }
        }
    }

    async fn close(&mut self) -> std::io::Result<()> {
        self.out.lock().await.flush().await
    }
}

/// Reads lines until the input ends, or nobody wants them.
fn read(input: &mut impl BufRead, lines: &mpsc::Sender<Option<Vec<u8>>>) {
    loop {
        let mut line = Vec::new();
        let read = input.by_ref().take(LONGEST).read_until(b'\n', &mut line);
        let line = match read {
            Ok(0) | Err(_) => return,
            Ok(length) if length as u64 == LONGEST && !line.ends_with(b"\n") => {
                if input.skip_until(b'\n').is_err() {
                    return;
                }
                None
            }
            Ok(_) => Some(line),
        };
        if lines.blocking_send(line).is_err() {
            return;
        }
    }
}

/// Whether a request says by itself what a session would be opened with, as the newest version of the protocol has it.
fn needs_no_session(request: &ClientRequest) -> bool {
    let (about, newest) = (request.get_meta(), ProtocolVersion::NO_INITIALIZE);
    about.protocol_version().as_ref() == Some(&newest)
        && about.missing_required_keys(&newest).is_empty()
        && !matches!(request, ClientRequest::InitializeRequest(_))
}

/// What answers that a message is none.
fn refusal(id: &Value, code: ErrorCode, message: &str) -> Value {
    let error = json!({ "code": code.0, "message": message });
    json!({ "jsonrpc": "2.0", "id": id, "error": error })
}

/// The message of a line, if it is one that counts; or what answers that it is none.
fn message(line: Option<&[u8]>) -> Result<Option<Message>, Value> {
    let invalid = |id: &Value, message: &str| Err(refusal(id, ErrorCode::INVALID_REQUEST, message));
    let Some(line) = line else {
        return invalid(&Value::Null, &format!("the message is longer than {LONGEST} bytes"));
    };
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).trim_ascii();
    if line.is_empty() {
        return Ok(None);
    }
    let value: Value = serde_json::from_slice(line).map_err(|error| {
        refusal(&Value::Null, ErrorCode::PARSE_ERROR, &format!("the message is no JSON: {error}"))
    })?;
    let id = value.get("id").filter(|id| id.is_string() || id.is_i64());
    let (is_asked, id) = (value.get("id").is_some(), id.cloned().unwrap_or_default());
    let Some(method) = value.get("method").and_then(Value::as_str) else {
        // An answer is never answered.
        return match value.get("result").or(value.get("error")) {
            Some(_) => Ok(serde_json::from_value(value).ok()),
            None => invalid(&id, "the message is no request: it has no `method`, or is a list"),
        };
    };
    let known = REQUESTS.iter().find(|(known, _)| *known == method);
    let has_list = value.get("params").is_some_and(|params| !params.is_object());
    match (serde_json::from_value(value.clone()), known) {
        (Err(_), Some((method, takes))) if is_asked && has_list => {
            let message = format!("`params` is no object: `{method}` takes {takes}");
            Err(refusal(&id, ErrorCode::INVALID_PARAMS, &message))
        }
        (Ok(JsonRpcMessage::Request(request)), Some((method, takes)))
            if matches!(request.request, ClientRequest::CustomRequest(_)) =>
        {
            let message = format!("the parameters are not those of `{method}`: it takes {takes}");
            Err(refusal(&id, ErrorCode::INVALID_PARAMS, &message))
        }
        (Ok(message @ JsonRpcMessage::Request(_)), _) => Ok(Some(message)),
        (Ok(message), _) if !is_asked => Ok(Some(message)),
        (Err(_), _) if !is_asked => Ok(None),
        _ => invalid(
            &id,
            "the message is no request: `jsonrpc` is \"2.0\", `id` a text or a whole number",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_message_is_refused_with_its_id() {
        let code = |line: &str| match message(Some(line.as_bytes())) {
            Err(refusal) => (refusal["error"]["code"].as_i64(), refusal["id"].clone()),
            Ok(message) => (message.map(|_| 0), Value::Null),
        };
        let deep = format!(r#"{{"jsonrpc":"2.0","id":1,"method":{}"#, "[".repeat(10_000));
        let none = Value::Null;
        for (line, expected) in [
            ("{bad}", (Some(-32700), none.clone())),
            (r#"{"jsonrpc":"2.0","id":1,"method":"\ud800"}"#, (Some(-32700), none.clone())),
            (&deep, (Some(-32700), none.clone())),
            ("[]", (Some(-32600), none.clone())),
            ("1", (Some(-32600), none.clone())),
            (r#"{"id": 7}"#, (Some(-32600), json!(7))),
            (r#"{"id": "a", "method": "ping"}"#, (Some(-32600), json!("a"))),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, (Some(-32600), none.clone())),
            (
                r#"{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"lint","arguments":[1]}}"#,
                (Some(-32602), json!(3)),
            ),
            (r#"{"jsonrpc":"2.0","id":4,"method":"tools/call"}"#, (Some(-32602), json!(4))),
            (r#"{"jsonrpc":"2.0","id":5,"method":"ping","params":[]}"#, (Some(-32602), json!(5))),
            (r#"{"jsonrpc":"2.0","id":5,"method":"ping"}"#, (Some(0), none.clone())),
            (r#"{"jsonrpc":"2.0","id":6,"method":"resources/read"}"#, (Some(0), none.clone())),
            (r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, (Some(0), none.clone())),
            // Nothing that asks for no answer has one.
            (r#"{"jsonrpc":"1.0","method":"x"}"#, (None, none.clone())),
            (r#"{"jsonrpc":"2.0","id":8,"error":7}"#, (None, none.clone())),
            ("", (None, none.clone())),
        ] {
            assert_eq!(code(line), expected, "{}", &line[..line.len().min(90)]);
        }
        assert!(message(None).is_err());
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let text = format!("one\n{}\ntwo\nno end", "x".repeat(LONGEST as usize + 3));
        let (sender, mut lines) = mpsc::channel(8);
        read(&mut text.as_bytes(), &sender);
        drop(sender);
        let read: Vec<Option<Vec<u8>>> = std::iter::from_fn(|| lines.blocking_recv()).collect();
        let read: Vec<_> = read.iter().map(|line| line.as_deref()).collect();
        assert_eq!(read, [Some(&b"one\n"[..]), None, Some(b"two\n"), Some(b"no end")]);
    }
}

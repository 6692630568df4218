//! MCP over streamable HTTP, as far as a question needs it: every message is a request of its own,
//! whose answer is JSON or a stream of events
//! (<https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#streamable-http>).

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rmcp::model::{ServerJsonRpcMessage, ServerResult};
use rmcp::service::{RoleClient, RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::http::{Address, Answer};

/// The largest message that is taken.
const LARGEST: usize = 16 << 20;

/// How long a server may take to end a session.
const PARTING: Duration = Duration::from_secs(5);

const SESSION: &str = "mcp-session-id";
const VERSION: &str = "mcp-protocol-version";

/// A server's messages and the way to it.
pub(super) struct HttpTransport {
    way: Way,
    messages: UnboundedReceiver<ServerJsonRpcMessage>,
}

#[derive(Clone)]
struct Way {
    address: Address,
    /// The headers that every request has once the server has answered the first one.
    agreed: Arc<Mutex<Vec<(&'static str, String)>>>,
    sender: UnboundedSender<ServerJsonRpcMessage>,
}

impl HttpTransport {
    /// A way to a server.
    pub(super) fn new(address: Address) -> HttpTransport {
        let (sender, messages) = unbounded_channel();
        HttpTransport { way: Way { address, agreed: Arc::default(), sender }, messages }
    }
}

impl Transport<RoleClient> for HttpTransport {
    type Error = io::Error;

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleClient>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let way = self.way.clone();
        async move { way.post(&serde_json::to_vec(&message)?).await }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleClient>> {
        self.messages.recv().await
    }

    async fn close(&mut self) -> io::Result<()> {
        if self.way.agreed().iter().any(|(name, _)| *name == SESSION) {
            // A session that the server does not end is the server's own affair.
            _ = tokio::time::timeout(PARTING, self.way.ask("DELETE", &[])).await;
        }
        Ok(())
    }
}

impl Way {
    fn agreed(&self) -> Vec<(&'static str, String)> {
        self.agreed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn agree(&self, name: &'static str, value: &str) {
        if value.bytes().all(|byte| byte.is_ascii_graphic()) {
            let mut agreed = self.agreed.lock().unwrap_or_else(PoisonError::into_inner);
            agreed.retain(|(known, _)| *known != name);
            agreed.push((name, value.to_owned()));
        }
    }

    async fn ask(&self, method: &str, body: &[u8]) -> io::Result<Answer> {
        let agreed = self.agreed();
        let mut headers = vec![
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
        ];
        headers.extend(agreed.iter().map(|(name, value)| (*name, value.as_str())));
        self.address.ask(method, &headers, body).await
    }

    /// Sends a message and passes on what comes back.
    async fn post(&self, message: &[u8]) -> io::Result<()> {
        let mut answer = self.ask("POST", message).await?;
        if !answer.status.starts_with('2') {
            return Err(io::Error::other(format!("it answers HTTP {}", answer.status)));
        }
        if let Some(session) = answer.header(SESSION) {
            self.agree(SESSION, session);
        }
        let kind = answer.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if kind.starts_with("text/event-stream") {
            self.take_events(&mut answer).await
        } else if kind.starts_with("application/json") {
            let mut body = Vec::new();
            while answer.read(&mut body).await? {
                check_length(body.len())?;
            }
            self.take(serde_json::from_slice(&body)?);
            Ok(())
        } else {
            // Notifications are not answered.
            Ok(())
        }
    }

    /// Passes on the messages of a stream of events, up to the answer.
    async fn take_events(&self, answer: &mut Answer) -> io::Result<()> {
        let (mut bytes, mut data) = (Vec::new(), Vec::new());
        while answer.read(&mut bytes).await? {
            check_length(bytes.len() + data.len())?;
            while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = bytes.drain(..=end).collect();
                let line = line.trim_ascii_end();
                if let Some(text) = line.strip_prefix(b"data:") {
                    data.extend_from_slice(text);
                } else if line.is_empty() {
                    let message = serde_json::from_slice(&std::mem::take(&mut data));
                    // What is no message is passed over, as other noise is.
                    if message.is_ok_and(|message| self.take(message)) {
                        return Ok(());
                    }
                }
            }
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    /// Passes on a message; true if it is an answer.
    fn take(&self, message: ServerJsonRpcMessage) -> bool {
        let is_answer =
            matches!(message, ServerJsonRpcMessage::Response(_) | ServerJsonRpcMessage::Error(_));
        if let ServerJsonRpcMessage::Response(response) = &message
            && let ServerResult::InitializeResult(begun) = &response.result
        {
            self.agree(VERSION, begun.protocol_version.as_str());
        }
        // Whoever listens no more has ended.
        _ = self.sender.send(message);
        is_answer
    }
}

fn check_length(length: usize) -> io::Result<()> {
    match length <= LARGEST {
        true => Ok(()),
        false => Err(io::Error::other("its answer is larger than 16 MiB")),
    }
}

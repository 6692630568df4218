//! MCP over streamable HTTP, with a server of this machine
//! (<https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#streamable-http>).

use std::io::{BufReader, Read};
use std::net::IpAddr;
use std::time::Duration;

use serde_json::value::RawValue;
use ureq::http::{HeaderValue, Request, Response, Uri};
use ureq::{Agent, AsSendBody, Body};

use super::budget::{Budget, Exceeded};
use super::error::LiveError;
use super::message::{Heard, Outgoing, error_of};
use super::session::Transport;
use super::sse::Events;

const SESSION: &str = "mcp-session-id";
const STREAM: &str = "text/event-stream";

/// How long the client waits before it resumes a stream whose server says nothing about it.
const RETRY: Duration = Duration::from_secs(1);

/// The shortest such time, whatever the server says.
const SHORTEST_RETRY: Duration = Duration::from_millis(50);

/// How long the end of a session may take, which nothing depends on.
const FAREWELL: Duration = Duration::from_secs(2);

/// A server and what it wants to hear with every request.
pub(super) struct Http {
    agent: Agent,
    uri: Uri,
    session: Option<HeaderValue>,
    version: Option<HeaderValue>,
    budget: Budget,
}

/// What was heard after a request.
enum Listened {
    Answer(Result<Box<RawValue>, String>),
    /// The stream ended before: where it can be resumed, and when.
    Broken(Option<String>, Duration),
}

impl Http {
    /// Speaks with the server at a URL, each of whose answers may take until `limit`; none when
    /// the URL does not lead to this machine, without encryption.
    pub(super) fn new(url: &str, limit: Duration) -> Option<Http> {
        let uri = local(url)?;
        let agent = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A connection for each request: none that the server has closed meanwhile is used.
            .max_idle_connections(0)
            .timeout_global(Some(limit))
            .user_agent(concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Some(Http { agent, uri, session: None, version: None, budget: Budget::new() })
    }

    fn send<B: AsSendBody>(
        &self,
        method: &str,
        headers: &[(&str, &str)],
        body: B,
        limit: Option<Duration>,
    ) -> Result<Response<Body>, String> {
        let mut request = Request::builder().method(method).uri(self.uri.clone());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for (name, value) in [(SESSION, &self.session), ("mcp-protocol-version", &self.version)] {
            if let Some(value) = value {
                request = request.header(name, value.clone());
            }
        }
        let request = request.body(body).map_err(|error| error.to_string())?;
        let sent = match limit {
            None => self.agent.run(request),
            Some(limit) => {
                let request = self.agent.configure_request(request);
                self.agent.run(request.timeout_global(Some(limit)).build())
            }
        };
        sent.map_err(|error| match error {
            ureq::Error::Io(error) => error.to_string(),
            error => error.to_string(),
        })
    }

    fn post(&self, message: &str) -> Result<Response<Body>, LiveError> {
        let accept = format!("application/json, {STREAM}");
        let headers = [("accept", accept.as_str()), ("content-type", "application/json")];
        self.send("POST", &headers, message, None).map_err(|cause| LiveError::NotReached { cause })
    }

    /// Asks for the rest of a stream.
    fn resume(&self, last_id: &str, request: &Outgoing) -> Result<Response<Body>, LiveError> {
        let headers = [("accept", STREAM), ("last-event-id", last_id)];
        let response = self.send("GET", &headers, (), None);
        let response = response.map_err(|cause| LiveError::NotReached { cause })?;
        match response.status() {
            status if status.is_success() => Ok(response),
            status => {
                let answer = format!("a stream that ends early and is not resumed: HTTP {status}");
                Err(refused(request, answer))
            }
        }
    }

    /// What an answer holds, whichever way it comes.
    fn hear(
        &mut self,
        response: Response<Body>,
        request: &Outgoing,
    ) -> Result<Listened, LiveError> {
        let status = response.status();
        if !status.is_success() {
            return Err(self.failure(response, request));
        }
        if is_stream(&response) {
            let listened = self.listen(response.into_body(), request);
            return listened.map_err(|exceeded| refused(request, exceeded.to_string()));
        }
        let message = self.read(response.into_body(), request)?;
        match request.hear(&message) {
            Heard::Answer(answer) => Ok(Listened::Answer(answer)),
            _ => Err(refused(request, format!("HTTP {status} and no message to it"))),
        }
    }

    /// Reads a stream until the request is answered.
    fn listen(&mut self, body: Body, request: &Outgoing) -> Result<Listened, Exceeded> {
        let mut events = Events::new(BufReader::new(body.into_reader()));
        while let Some(message) = events.next(&mut self.budget)? {
            match request.hear(&message) {
                Heard::Answer(answer) => return Ok(Listened::Answer(answer)),
                // A server that does not take the answer shows it by its own.
                Heard::Question(reply) => _ = self.post(&reply),
                Heard::Other | Heard::Noise => {}
            }
        }
        let pause = events.retry.unwrap_or(RETRY).max(SHORTEST_RETRY);
        Ok(Listened::Broken(events.last_id, pause))
    }

    /// Reads a body that is one message, if it is any.
    fn read(&mut self, body: Body, request: &Outgoing) -> Result<Vec<u8>, LiveError> {
        let mut message = Vec::new();
        let mut body = body.into_reader().take(self.budget.longest() as u64 + 1);
        let whole = body.read_to_end(&mut message);
        let spent = self.budget.spend(message.len(), message.len());
        spent.map_err(|exceeded| refused(request, exceeded.to_string()))?;
        whole.map_err(|_| LiveError::ended(request.method))?;
        Ok(message)
    }

    /// An answer whose status says that it is none, in the words of the server if it has any.
    fn failure(&mut self, response: Response<Body>, request: &Outgoing) -> LiveError {
        let (head, body) = response.into_parts();
        let message = self.read(body, request).unwrap_or_default();
        let location = head.headers.get("location").and_then(|to| to.to_str().ok());
        let status = match (error_of(&message), location) {
            (Some(error), _) => format!("{}: {error}", head.status),
            (None, Some(to)) => format!("{}, to {to}", head.status),
            (None, None) => head.status.to_string(),
        };
        LiveError::Status { request: request.method, status }
    }
}

fn refused(request: &Outgoing, answer: String) -> LiveError {
    LiveError::Refused { request: request.method, answer }
}

impl Transport for Http {
    fn ask(&mut self, request: &Outgoing) -> Result<Box<RawValue>, LiveError> {
        let mut response = self.post(&request.json)?;
        if let Some(session) = response.headers().get(SESSION) {
            self.session = Some(session.clone());
        }
        let mut resumable = None;
        loop {
            let (last_id, pause) = match self.hear(response, request)? {
                Listened::Answer(answer) => {
                    return answer.map_err(|answer| refused(request, answer));
                }
                Listened::Broken(last_id, pause) => (last_id, pause),
            };
            resumable = last_id.or(resumable);
            let last_id = resumable.as_ref().ok_or(LiveError::ended(request.method))?;
            std::thread::sleep(pause);
            response = self.resume(last_id, request)?;
        }
    }

    fn tell(&mut self, notification: &Outgoing) -> Result<(), LiveError> {
        let response = self.post(&notification.json)?;
        if response.status().is_success() {
            return Ok(());
        }
        Err(self.failure(response, notification))
    }

    fn agree(&mut self, version: &str) {
        self.version = HeaderValue::from_str(version).ok();
    }

    /// A server that keeps a session is told that it may forget it.
    fn end(&mut self) {
        if self.session.is_some() {
            _ = self.send("DELETE", &[], (), Some(FAREWELL));
        }
    }
}

fn is_stream(response: &Response<Body>) -> bool {
    let kind = response.headers().get("content-type").map(HeaderValue::as_bytes);
    let kind = kind.and_then(|kind| kind.split(|byte| *byte == b';').next()).unwrap_or_default();
    kind.trim_ascii().eq_ignore_ascii_case(STREAM.as_bytes())
}

/// Reads a URL that leads to this machine, without encryption.
fn local(url: &str) -> Option<Uri> {
    let visible = |character: char| match character {
        '!'..='~' => character.to_string(),
        other => other.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect(),
    };
    let uri: Uri = url.trim().chars().map(visible).collect::<String>().parse().ok()?;
    let host = uri.host()?.trim_matches(['[', ']']);
    let is_local = host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    (uri.scheme_str() == Some("http") && is_local).then_some(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_local() {
        for url in [
            "http://127.0.0.1:3000/mcp",
            "http://localhost",
            "HTTP://LocalHost:80/?key=ä b#top",
            "http://[::1]:1/mcp",
            "http://name:word@127.0.0.1/",
        ] {
            assert!(local(url).is_some(), "{url}");
        }
        for url in [
            "https://127.0.0.1/mcp",
            "http://example.com/mcp",
            "http://localhost.example.com/",
            "http://127.0.0.1@example.com/",
            "http://localhost\\@example.com/",
            "http://169.254.169.254/",
            "ftp://localhost/",
            "localhost:3000",
            "/mcp",
            "",
        ] {
            assert!(local(url).is_none(), "{url}");
        }
    }
}

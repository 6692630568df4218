//! The language server: what editors show while a policy is typed
//! (<https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/>).

mod actions;
mod address;
mod completion;
mod cursor;
mod diagnostics;
mod fields;
mod hover;
mod ignoring;
mod open;
mod position;
mod protocol;
mod tested;
mod transport;

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thiserror::Error;

use self::address::path;
use self::open::{Judge, Open};
use self::protocol::{At, Changed, Closed, Command, Diagnostic, DocumentId, Opened, Within};
use self::tested::{Tested, Workspace};
pub use self::transport::stdio;
use crate::catalogue::Catalogue;
use crate::config::Config;
use crate::testing::is_test_file;

/// Why the server ended without having been asked to.
#[derive(Debug, Error)]
pub enum LspError {
    /// The connection is gone.
    #[error("the connection to the client is gone")]
    Gone,
}

/// Serves a client until it says that it is done, or is gone; false where it was to exit
/// without having been shut down. `trouble` is what was wrong with the configuration, which is then
/// not heeded; the client is told. On `today` ignores may have expired; without it none has.
///
/// # Errors
/// The connection broke.
pub fn serve(
    connection: &Connection,
    config: &Config,
    catalogue: &Catalogue,
    today: Option<Date>,
    mut trouble: Option<String>,
) -> Result<bool, LspError> {
    let settings = config.settings(&[], &[], today);
    let judge = Judge { config, catalogue, settings: &settings };
    let mut server = Server { connection, judge, open: HashMap::new(), phase: Phase::New };
    for message in &connection.receiver {
        match message {
            Message::Request(request) => {
                let response = server.answer(request);
                server.send(response.into())?;
                if server.phase == Phase::Serving
                    && let Some(message) = trouble.take()
                {
                    let error = 1;
                    let params = json!({ "type": error, "message": message });
                    server.notify("window/showMessage", params)?;
                }
            }
            Message::Notification(notification) if notification.method == "exit" => {
                return Ok(server.phase == Phase::ShutDown);
            }
            Message::Notification(notification) => server.heed(notification)?,
            Message::Response(_) => {}
        }
    }
    Ok(true)
}

/// How far a session has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing but `initialize` is answered.
    New,
    Serving,
    /// Nothing but `exit` is heeded.
    ShutDown,
}

/// What this server can do: it wants the whole text (1) at every change.
fn capabilities() -> Value {
    json!({
        "textDocumentSync": 1,
        "hoverProvider": true,
        "completionProvider": { "triggerCharacters": ["\"", ".", ":", " "] },
        "codeActionProvider": true,
        "codeLensProvider": {},
        "executeCommandProvider": { "commands": [RUN_TESTS] },
    })
}

/// The command that runs the tests of a policy, whose address is its argument.
const RUN_TESTS: &str = "gatelint.test";

struct Server<'a> {
    connection: &'a Connection,
    judge: Judge<'a>,
    /// The documents that are open, by their addresses.
    open: HashMap<String, Open>,
    phase: Phase,
}

impl Server<'_> {
    fn answer(&mut self, request: Request) -> Response {
        let refused =
            |id, code: ErrorCode, why: &str| Response::new_err(id, code as i32, why.to_owned());
        match (self.phase, request.method.as_str()) {
            (Phase::New, "initialize") => {
                self.phase = Phase::Serving;
                Response::new_ok(request.id, json!({ "capabilities": capabilities() }))
            }
            (Phase::New, _) => {
                let why = "the server waits for `initialize`";
                refused(request.id, ErrorCode::ServerNotInitialized, why)
            }
            (Phase::ShutDown, _) => {
                refused(request.id, ErrorCode::InvalidRequest, "the server is shut down")
            }
            (Phase::Serving, "initialize") => {
                refused(request.id, ErrorCode::InvalidRequest, "the server is initialized")
            }
            (Phase::Serving, "shutdown") => {
                self.phase = Phase::ShutDown;
                Response::new_ok(request.id, Value::Null)
            }
            (Phase::Serving, _) => self.answer_question(request),
        }
    }

    fn answer_question(&self, request: Request) -> Response {
        match request.method.as_str() {
            "textDocument/hover" => reply(request, |at: At| {
                hover::hover(self.document(&at.text_document)?, &self.judge, at.position)
            }),
            "textDocument/completion" => reply(request, |at: At| {
                let open = self.document(&at.text_document)?;
                Some(completion::complete(open, &self.judge, at.position))
            }),
            "textDocument/codeAction" => reply(request, |within: Within| {
                let open = self.document(&within.text_document)?;
                let uri = &within.text_document.uri;
                Some(actions::actions(open, &self.judge, uri, &within.range))
            }),
            "textDocument/codeLens" => reply(request, |asked: Closed| {
                let uri = &asked.text_document.uri;
                let tested = self.tested(uri)?;
                Some([lens(&tested.title, uri)])
            }),
            "workspace/executeCommand" => reply(request, |asked: Command| {
                let uri = asked.arguments.first()?.as_str()?;
                let tested = (asked.command == RUN_TESTS).then(|| self.tested(uri)).flatten()?;
                let open = self.open.get(uri)?;
                let (own, information) = (diagnostics::diagnostics(open, uri), 3);
                // A client that is gone is noticed by whoever reads next.
                _ = self.publish(uri, &[own, tested.diagnostics].concat());
                let message = json!({ "type": information, "message": tested.title });
                self.notify("window/showMessage", message).ok()
            }),
            method => Response::new_err(
                request.id,
                ErrorCode::MethodNotFound as i32,
                format!("there is no method {method}"),
            ),
        }
    }

    fn document(&self, document: &DocumentId) -> Option<&Open> {
        self.open.get(&document.uri)
    }

    /// Heeds a notification. One whose parameters are wrong cannot be answered and changes nothing.
    fn heed(&mut self, Notification { method, params }: Notification) -> Result<(), LspError> {
        if self.phase != Phase::Serving {
            return Ok(());
        }
        match method.as_str() {
            "textDocument/didOpen" => {
                let Some(Opened { text_document }) = read(params) else { return Ok(()) };
                self.show(text_document.uri, text_document.text)
            }
            "textDocument/didChange" => {
                let Some(Changed { text_document, mut content_changes }) = read(params) else {
                    return Ok(());
                };
                match content_changes.pop() {
                    Some(change) => self.show(text_document.uri, change.text),
                    None => Ok(()),
                }
            }
            "textDocument/didClose" => {
                let Some(Closed { text_document }) = read(params) else { return Ok(()) };
                self.open.remove(&text_document.uri);
                self.publish(&text_document.uri, &[])
            }
            _ => Ok(()),
        }
    }

    /// Judges a text and tells the client.
    fn show(&mut self, uri: String, text: String) -> Result<(), LspError> {
        let before = self.open.remove(&uri);
        let open = self.judge.open(&uri, text, before);
        let mut found = diagnostics::diagnostics(&open, &uri);
        self.open.insert(uri.clone(), open);
        if let Some(open) = self.open.get(&uri).filter(|_| is_test_file(Path::new(&path(&uri)))) {
            found =
                guarded(|| tested::of_test_file(open, &uri, &self.workspace())).unwrap_or_default();
        }
        found.extend(self.tested(&uri).map(|tested| tested.diagnostics).unwrap_or_default());
        self.publish(&uri, &found)
    }

    /// What is open, for tests to be run on.
    fn workspace(&self) -> Workspace<'_> {
        Workspace::new(&self.open, self.judge.config)
    }

    /// What comes of the tests of a document that is open, if it is a policy that has some.
    fn tested(&self, uri: &str) -> Option<Tested> {
        let open = self.open.get(uri).filter(|open| open.report.is_some())?;
        guarded(|| tested::of_policy(open, uri, &self.workspace())).flatten()
    }

    fn publish(&self, uri: &str, diagnostics: &[Diagnostic]) -> Result<(), LspError> {
        let params = json!({ "uri": uri, "diagnostics": diagnostics });
        self.notify("textDocument/publishDiagnostics", params)
    }

    fn notify(&self, method: &str, params: Value) -> Result<(), LspError> {
        self.send(Notification::new(method.to_owned(), params).into())
    }

    fn send(&self, message: Message) -> Result<(), LspError> {
        self.connection.sender.send(message).map_err(|_| LspError::Gone)
    }
}

/// What somebody can do about a document, shown in its first line.
fn lens(title: &str, uri: &str) -> Value {
    let start = json!({ "line": 0, "character": 0 });
    json!({
        "range": { "start": start, "end": start },
        "command": { "title": title, "command": RUN_TESTS, "arguments": [uri] },
    })
}

/// Does some work, whose panic must not take the editor's other documents with it.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).ok()
}

/// Answers a request; one whose parameters are wrong gets an error, and so does one that fails.
fn reply<P: DeserializeOwned, R: Serialize>(
    Request { id, params, .. }: Request,
    answer: impl FnOnce(P) -> R,
) -> Response {
    let params = match serde_json::from_value(params) {
        Ok(params) => params,
        Err(error) => {
            return Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string());
        }
    };
    match guarded(|| answer(params)) {
        Some(result) => Response::new_ok(id, result),
        None => {
            let message = "internal error, please report it with this document".to_owned();
            Response::new_err(id, ErrorCode::InternalError as i32, message)
        }
    }
}

/// The parameters of a notification, if they are what they should be.
fn read<P: DeserializeOwned>(params: Value) -> Option<P> {
    serde_json::from_value(params).ok()
}

#[cfg(test)]
mod tests;

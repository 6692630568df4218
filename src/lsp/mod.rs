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
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thiserror::Error;

use self::address::{folder, path};
use self::open::{Judge, Open};
use self::protocol::{
    Asked, At, Changed, Closed, Command, Diagnostic, DocumentId, FIX_ALL, Opened, QUICK_FIX,
};
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

/// What a client is served with.
pub struct Setup {
    /// What is configured where the client works.
    pub config: Config,
    /// The tools that are known.
    pub catalogue: Catalogue,
    /// What was wrong with the configuration, which is then not heeded; the client is told.
    pub trouble: Option<String>,
    /// The day on which ignores may have expired; without it none has.
    pub today: Option<Date>,
}

/// Serves a client until it says that it is done, or is gone; false where it was to exit
/// without having been shut down. It is set up for the folder that the client says it works in.
///
/// # Errors
/// The connection broke.
pub fn serve(
    connection: &Connection,
    set_up: impl FnOnce(Option<&Path>) -> Setup,
) -> Result<bool, LspError> {
    let folder = match introduced(connection)? {
        Introduced::In(folder) => folder,
        Introduced::Left { orderly } => return Ok(orderly),
    };
    let Setup { config, catalogue, trouble, today } = set_up(folder.as_deref());
    let settings = config.settings(&[], &[], today);
    let judge = Judge { config: &config, catalogue: &catalogue, settings: &settings };
    let mut server = Server { connection, judge, open: HashMap::new(), is_shut_down: false };
    if let Some(message) = trouble {
        let error = 1;
        server.notify("window/showMessage", json!({ "type": error, "message": message }))?;
    }
    for message in &connection.receiver {
        match message {
            Message::Request(request) => {
                let response = server.answer(request);
                server.send(response.into())?;
            }
            Message::Notification(notification) if notification.method == "exit" => {
                return Ok(server.is_shut_down);
            }
            Message::Notification(notification) => server.heed(notification)?,
            Message::Response(_) => {}
        }
    }
    Ok(true)
}

/// How a session begins.
enum Introduced {
    /// The client works in this folder, if it names one.
    In(Option<PathBuf>),
    /// The client left without a word.
    Left { orderly: bool },
}

/// Waits for a client to introduce itself: nothing but `initialize` is answered before.
fn introduced(connection: &Connection) -> Result<Introduced, LspError> {
    let send =
        |response: Response| connection.sender.send(response.into()).map_err(|_| LspError::Gone);
    for message in &connection.receiver {
        match message {
            Message::Request(Request { id, method, params }) if method == "initialize" => {
                send(Response::new_ok(id, json!({ "capabilities": capabilities() })))?;
                return Ok(Introduced::In(folder(&params)));
            }
            Message::Request(Request { id, .. }) => {
                let why = "the server waits for `initialize`";
                send(refused(id, ErrorCode::ServerNotInitialized, why))?;
            }
            Message::Notification(notification) if notification.method == "exit" => {
                return Ok(Introduced::Left { orderly: false });
            }
            Message::Notification(_) | Message::Response(_) => {}
        }
    }
    Ok(Introduced::Left { orderly: true })
}

/// What this server can do: it wants the whole text (1) at every change.
fn capabilities() -> Value {
    json!({
        "textDocumentSync": 1,
        "hoverProvider": true,
        "completionProvider": { "triggerCharacters": ["\"", ".", ":", " "] },
        "codeActionProvider": { "codeActionKinds": [QUICK_FIX, FIX_ALL] },
        "codeLensProvider": {},
        "executeCommandProvider": { "commands": [RUN_TESTS] },
    })
}

/// The command that runs the tests of a policy, whose address is its first argument; the others are those
/// of the test files.
const RUN_TESTS: &str = "gatelint.test";

struct Server<'a> {
    connection: &'a Connection,
    judge: Judge<'a>,
    /// The documents that are open, by their addresses.
    open: HashMap<String, Open>,
    /// Nothing but `exit` is heeded any more.
    is_shut_down: bool,
}

impl Server<'_> {
    fn answer(&mut self, request: Request) -> Response {
        match request.method.as_str() {
            _ if self.is_shut_down => {
                refused(request.id, ErrorCode::InvalidRequest, "the server is shut down")
            }
            "initialize" => {
                refused(request.id, ErrorCode::InvalidRequest, "the server is initialized")
            }
            "shutdown" => {
                self.is_shut_down = true;
                Response::new_ok(request.id, Value::Null)
            }
            _ => self.answer_question(request),
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
            "textDocument/codeAction" => reply(request, |asked: Asked| {
                let open = self.document(&asked.text_document)?;
                Some(actions::actions(open, &self.judge, &asked))
            }),
            "textDocument/codeLens" => reply(request, |asked: Closed| {
                let uri = &asked.text_document.uri;
                let tested = self.tested(uri)?;
                Some([lens(&tested, uri)])
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
            method => {
                let why = format!("there is no method {method}");
                refused(request.id, ErrorCode::MethodNotFound, &why)
            }
        }
    }

    fn document(&self, document: &DocumentId) -> Option<&Open> {
        self.open.get(&document.uri)
    }

    /// Heeds a notification. One whose parameters are wrong cannot be answered and changes nothing.
    fn heed(&mut self, Notification { method, params }: Notification) -> Result<(), LspError> {
        if self.is_shut_down {
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
        let path = PathBuf::from(path(&uri));
        let is_test = |open: &&Open| is_test_file(&path) && tested::is_meant(open, &path);
        if let Some(open) = self.open.get(&uri).filter(is_test) {
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
fn lens(tested: &Tested, uri: &str) -> Value {
    let start = json!({ "line": 0, "character": 0 });
    let arguments: Vec<&str> =
        std::iter::once(uri).chain(tested.files.iter().map(String::as_str)).collect();
    json!({
        "range": { "start": start, "end": start },
        "command": { "title": tested.title, "command": RUN_TESTS, "arguments": arguments },
    })
}

fn refused(id: RequestId, code: ErrorCode, why: &str) -> Response {
    Response::new_err(id, code as i32, why.to_owned())
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
        Err(error) => return refused(id, ErrorCode::InvalidParams, &error.to_string()),
    };
    match guarded(|| answer(params)) {
        Some(result) => Response::new_ok(id, result),
        None => {
            let why = "internal error, please report it with this document";
            refused(id, ErrorCode::InternalError, why)
        }
    }
}

/// The parameters of a notification, if they are what they should be.
fn read<P: DeserializeOwned>(params: Value) -> Option<P> {
    serde_json::from_value(params).ok()
}

#[cfg(test)]
mod tests;

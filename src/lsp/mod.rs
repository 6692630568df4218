//! The language server: what editors show while a policy is typed
//! (<https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/>).

mod actions;
mod completion;
mod cursor;
mod diagnostics;
mod fields;
mod hover;
mod open;
mod position;

use std::collections::HashMap;

use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Notification as _,
    PublishDiagnostics, ShowMessage,
};
use lsp_types::request::{CodeActionRequest, Completion, HoverRequest, Request as _};
use lsp_types::{
    CodeActionProviderCapability, CompletionOptions, HoverProviderCapability, MessageType,
    PublishDiagnosticsParams, ServerCapabilities, ShowMessageParams, TextDocumentSyncCapability,
    TextDocumentSyncKind, Uri,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use self::open::{Judge, Open};
use crate::catalogue::Catalogue;
use crate::config::Config;

/// Why the server ended without having been asked to.
#[derive(Debug, Error)]
pub enum LspError {
    /// The client does not keep to the protocol.
    #[error("the client does not keep to the protocol: {0}")]
    Protocol(#[from] lsp_server::ProtocolError),
    /// The connection is gone.
    #[error("the connection to the client is gone")]
    Gone,
    /// What the client sent at the start cannot be read.
    #[error("the client's message cannot be read: {0}")]
    Message(#[from] serde_json::Error),
}

/// Serves a client until it says that it is done. `trouble` is what was wrong with the
/// configuration, which is then not heeded; the client is told.
///
/// # Errors
/// The connection broke, or the client does not keep to the protocol.
pub fn serve(
    connection: &Connection,
    config: &Config,
    catalogue: &Catalogue,
    trouble: Option<String>,
) -> Result<(), LspError> {
    connection.initialize(serde_json::to_value(capabilities())?)?;
    let settings = config.settings(&[], &[]);
    let judge = Judge { config, catalogue, settings: &settings };
    let mut server = Server { connection, judge, open: HashMap::new() };
    if let Some(message) = trouble {
        let params = ShowMessageParams { typ: MessageType::ERROR, message };
        server.notify::<ShowMessage>(params)?;
    }
    for message in &connection.receiver {
        match message {
            Message::Request(request) => {
                if connection.handle_shutdown(&request)? {
                    return Ok(());
                }
                let response = server.answer(request);
                server.send(response.into())?;
            }
            Message::Notification(notification) => server.heed(notification)?,
            Message::Response(_) => {}
        }
    }
    Ok(())
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::FULL)),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(["\"", ".", ":", " "].map(str::to_owned).to_vec()),
            ..CompletionOptions::default()
        }),
        code_action_provider: Some(CodeActionProviderCapability::Simple(true)),
        ..ServerCapabilities::default()
    }
}

struct Server<'a> {
    connection: &'a Connection,
    judge: Judge<'a>,
    /// The documents that are open, by their addresses.
    open: HashMap<String, Open>,
}

impl Server<'_> {
    fn answer(&self, request: Request) -> Response {
        match request.method.as_str() {
            HoverRequest::METHOD => self.reply::<HoverRequest>(request, |params| {
                let at = params.text_document_position_params;
                hover::hover(self.document(&at.text_document.uri)?, &self.judge, at.position)
            }),
            Completion::METHOD => self.reply::<Completion>(request, |params| {
                let at = params.text_document_position;
                let open = self.document(&at.text_document.uri)?;
                Some(completion::complete(open, &self.judge, at.position).into())
            }),
            CodeActionRequest::METHOD => self.reply::<CodeActionRequest>(request, |params| {
                let uri = &params.text_document.uri;
                Some(actions::actions(self.document(uri)?, &self.judge, uri, &params.range))
            }),
            method => Response::new_err(
                request.id,
                ErrorCode::MethodNotFound as i32,
                format!("there is no method {method}"),
            ),
        }
    }

    /// Answers a request; one whose parameters are wrong gets an error, and so does one that fails.
    fn reply<R: lsp_types::request::Request>(
        &self,
        request: Request,
        answer: impl FnOnce(R::Params) -> R::Result,
    ) -> Response
    where
        R::Params: DeserializeOwned,
        R::Result: Serialize,
    {
        let id = request.id;
        let params = match serde_json::from_value(request.params) {
            Ok(params) => params,
            Err(error) => {
                return Response::new_err(id, ErrorCode::InvalidParams as i32, error.to_string());
            }
        };
        let answered = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| answer(params)));
        match answered {
            Ok(result) => Response::new_ok(id, result),
            Err(_) => {
                let message = "internal error, please report it with this document".to_owned();
                Response::new_err(id, ErrorCode::InternalError as i32, message)
            }
        }
    }

    fn document(&self, uri: &Uri) -> Option<&Open> {
        self.open.get(uri.as_str())
    }

    /// Heeds a notification. One whose parameters are wrong cannot be answered and changes nothing.
    fn heed(&mut self, notification: Notification) -> Result<(), LspError> {
        match notification.method.as_str() {
            DidOpenTextDocument::METHOD => {
                let Some(params) = params::<DidOpenTextDocument>(notification) else {
                    return Ok(());
                };
                self.show(params.text_document.uri, params.text_document.text)
            }
            DidChangeTextDocument::METHOD => {
                let Some(params) = params::<DidChangeTextDocument>(notification) else {
                    return Ok(());
                };
                match params.content_changes.into_iter().next_back() {
                    Some(change) => self.show(params.text_document.uri, change.text),
                    None => Ok(()),
                }
            }
            DidCloseTextDocument::METHOD => {
                let Some(params) = params::<DidCloseTextDocument>(notification) else {
                    return Ok(());
                };
                let uri = params.text_document.uri;
                self.open.remove(uri.as_str());
                self.publish(uri, Vec::new())
            }
            _ => Ok(()),
        }
    }

    /// Judges a text and tells the client.
    fn show(&mut self, uri: Uri, text: String) -> Result<(), LspError> {
        let before = self.open.remove(uri.as_str());
        let open = self.judge.open(&uri, text, before);
        let diagnostics = diagnostics::diagnostics(&open, &uri);
        self.open.insert(uri.as_str().to_owned(), open);
        self.publish(uri, diagnostics)
    }

    fn publish(&self, uri: Uri, diagnostics: Vec<lsp_types::Diagnostic>) -> Result<(), LspError> {
        self.notify::<PublishDiagnostics>(PublishDiagnosticsParams::new(uri, diagnostics, None))
    }

    fn notify<N: lsp_types::notification::Notification>(
        &self,
        params: N::Params,
    ) -> Result<(), LspError>
    where
        N::Params: Serialize,
    {
        self.send(Notification::new(N::METHOD.to_owned(), params).into())
    }

    fn send(&self, message: Message) -> Result<(), LspError> {
        self.connection.sender.send(message).map_err(|_| LspError::Gone)
    }
}

/// The parameters of a notification, if they are what they should be.
fn params<N: lsp_types::notification::Notification>(notification: Notification) -> Option<N::Params>
where
    N::Params: DeserializeOwned,
{
    serde_json::from_value(notification.params).ok()
}

#[cfg(test)]
mod tests;

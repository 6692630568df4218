//! A conversation with a server: the handshake, then `tools/list` page by page.

use std::collections::HashSet;
use std::time::Duration;

use rmcp::ServiceExt;
use rmcp::model::{
    ClientConfig, ClientRequest, ListToolsRequest, PaginatedRequestParams, ServerResult,
};
use rmcp::service::{ClientInitializeError, Peer, RoleClient, RunningService, ServiceError};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::StreamableHttpClientTransportConfig;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};

use super::endpoint::Announcement;
use super::error::LiveError;

const INITIALIZE: &str = "initialize";
const LIST: &str = "tools/list";

/// A conversation, which knows how far it is.
pub(super) struct Session {
    request: &'static str,
}

impl Session {
    pub(super) fn new() -> Session {
        Session { request: INITIALIZE }
    }

    /// The error for an answer that did not come in time.
    pub(super) fn late(&self, limit: Duration, stderr: &str) -> LiveError {
        LiveError::TimedOut { request: self.request, limit, stderr: stderr.to_owned() }
    }

    /// Asks a server over streams. Lines that are no messages are passed over.
    pub(super) async fn ask(
        &mut self,
        read: impl AsyncRead + Send + Unpin + 'static,
        write: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Result<Announcement, LiveError> {
        let service = client().serve((read, write)).await.map_err(|error| self.not_begun(error))?;
        self.list(service).await
    }

    /// Asks a server of this machine over streamable HTTP.
    pub(super) async fn ask_url(&mut self, url: &str) -> Result<Announcement, LiveError> {
        if !is_local(url) {
            return Err(LiveError::NotLocal { url: url.to_owned() });
        }
        let http = reqwest::Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| self.refused(error.to_string()))?;
        let config = StreamableHttpClientTransportConfig::with_uri(url);
        let transport = StreamableHttpClientTransport::with_client(http, config);
        let service = client().serve(transport).await.map_err(|error| match error {
            ClientInitializeError::TransportError { error, .. } => {
                LiveError::NotReached { cause: error.error.to_string() }
            }
            error => self.not_begun(error),
        })?;
        self.list(service).await
    }

    async fn list(
        &mut self,
        service: RunningService<RoleClient, ClientConfig>,
    ) -> Result<Announcement, LiveError> {
        self.request = LIST;
        let about = service.peer_info().and_then(|info| info.server_info.clone());
        let tools = self.pages(service.peer()).await?;
        _ = service.cancel().await;
        Ok(Announcement {
            name: about.as_ref().map(|about| about.name.clone()),
            title: about.and_then(|about| about.title),
            json: format!("{:#}", json!({ "tools": tools })),
        })
    }

    async fn pages(&mut self, peer: &Peer<RoleClient>) -> Result<Vec<Value>, LiveError> {
        let mut tools = Vec::new();
        let mut cursors = HashSet::new();
        let mut cursor = None;
        loop {
            let page = self.page(peer, cursor).await?;
            let Some(list) = page.get("tools").and_then(Value::as_array) else {
                return Err(self.refused("something that holds no list of tools".to_owned()));
            };
            tools.extend_from_slice(list);
            match page.get("nextCursor").and_then(Value::as_str) {
                // An empty cursor leads nowhere; some servers end their lists so.
                None | Some("") => return Ok(tools),
                Some(next) if !cursors.insert(next.to_owned()) => {
                    return Err(LiveError::Endless { pages: cursors.len() + 1 });
                }
                Some(next) => cursor = Some(next.to_owned()),
            }
        }
    }

    async fn page(
        &self,
        peer: &Peer<RoleClient>,
        cursor: Option<String>,
    ) -> Result<Value, LiveError> {
        let params =
            cursor.map(|cursor| PaginatedRequestParams::default().with_cursor(Some(cursor)));
        let request = ListToolsRequest { params, ..ListToolsRequest::default() };
        let result = peer.send_request(ClientRequest::ListToolsRequest(request)).await;
        match result {
            Ok(ServerResult::ListToolsResult(page)) => Ok(json!(page)),
            // Lists that break MCP's rules are still lists; what is wrong is told with its place.
            Ok(other) => Ok(json!(other)),
            Err(ServiceError::McpError(error)) => {
                Err(self.refused(format!("an error: {}", error.message)))
            }
            Err(ServiceError::TransportClosed | ServiceError::TransportSend(_)) => {
                Err(self.ended())
            }
            Err(error) => Err(self.refused(error.to_string())),
        }
    }

    fn not_begun(&self, error: ClientInitializeError) -> LiveError {
        match error {
            ClientInitializeError::ConnectionClosed(_)
            | ClientInitializeError::TransportError { .. } => self.ended(),
            ClientInitializeError::JsonRpcError(error) => {
                self.refused(format!("an error: {}", error.message))
            }
            ClientInitializeError::ExpectedInitResponse(_)
            | ClientInitializeError::ExpectedInitResult(_) => {
                self.refused("something else".to_owned())
            }
            error => self.refused(error.to_string()),
        }
    }

    fn refused(&self, answer: String) -> LiveError {
        LiveError::Refused { request: self.request, answer }
    }

    fn ended(&self) -> LiveError {
        LiveError::Ended { request: self.request, status: None, stderr: String::new() }
    }
}

/// What this client says of itself.
fn client() -> ClientConfig {
    let mut info = ClientConfig::default();
    info.client_info.name = env!("CARGO_PKG_NAME").to_owned();
    info.client_info.version = env!("CARGO_PKG_VERSION").to_owned();
    info
}

/// Whether a URL leads to this machine, without encryption.
fn is_local(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    let address = host.parse::<std::net::IpAddr>();
    url.scheme() == "http" && (host == "localhost" || address.is_ok_and(|ip| ip.is_loopback()))
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn only_this_machine_is_local() {
        for url in ["http://127.0.0.1:3000/mcp", "http://localhost/", "http://[::1]:1/mcp"] {
            assert!(is_local(url), "{url}");
        }
        for url in [
            "https://127.0.0.1/mcp",
            "http://example.com/mcp",
            "http://localhost.example.com/",
            "http://127.0.0.1@example.com/",
            "http://169.254.169.254/",
            "ftp://localhost/",
            "localhost:3000",
            "",
        ] {
            assert!(!is_local(url), "{url}");
        }
    }
}

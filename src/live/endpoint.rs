//! Servers that can be asked, and what they answer.

use std::ffi::OsString;
use std::path::PathBuf;

use super::secrets::Secrets;

/// A server that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Where it is.
    pub place: Place,
    /// What nothing that is said of it may show.
    pub secrets: Secrets,
}

/// How a server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A program that speaks MCP over its standard input and output.
    Command(Command),
    /// The URL of a server on this machine that speaks MCP over streamable HTTP.
    Url(String),
}

/// A program to start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Command {
    /// The program.
    pub program: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Environment variables beside those of this process.
    pub variables: Vec<(String, String)>,
    /// The folder it is started in; this process's own without one.
    pub folder: Option<PathBuf>,
}

/// What a server announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// What it calls itself.
    pub name: Option<String>,
    /// What it calls itself for people.
    pub title: Option<String>,
    /// Its answer to `tools/list`, all pages in one, as JSON.
    pub json: String,
    /// Something that it started could not be ended.
    pub has_strays: bool,
}

impl Endpoint {
    /// What the server is called before it has named itself: its program, or its URL without
    /// credentials.
    pub fn shown(&self) -> String {
        match &self.place {
            Place::Command(command) => self.secrets.hide(&command.program.to_string_lossy()),
            Place::Url(url) => self.secrets.hide(&without_credentials(url)),
        }
    }
}

/// Paths that are no secret; that of a webhook is one.
const PLAIN_PATHS: [&str; 4] = ["", "/", "/mcp", "/sse"];

/// A URL without its user, path, query and fragment, where credentials stand. What is no host may be
/// a part of one.
fn without_credentials(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            (format!("{scheme}://"), rest)
        }
        Some(_) => return "…".to_owned(),
        None => (String::new(), url),
    };
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, behind) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    let port = host.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
    // What looks like a port may be the beginning of a password.
    let is_password = port.is_some_and(|port| !port.bytes().all(|byte| byte.is_ascii_digit()));
    if is_password || host.is_empty() && !rest.is_empty() {
        return format!("{scheme}…");
    }
    let behind = if PLAIN_PATHS.contains(&behind) { behind } else { "/…" };
    format!("{scheme}{host}{behind}")
}

#[cfg(test)]
mod tests {
    use super::without_credentials;

    #[test]
    fn credentials_of_a_url_are_left_out() {
        for (url, shown) in [
            ("http://127.0.0.1:9/mcp", "http://127.0.0.1:9/mcp"),
            ("http://[::1]:9/@scope/mcp", "http://[::1]:9/…"),
            ("http://localhost/hooks/pw", "http://localhost/…"),
            ("http:///robot:pw@localhost", "http://…"),
            ("http:/robot:pw@localhost", "http:/…"),
            ("robot:pw@localhost://x", "…"),
            ("http://[::1]/", "http://[::1]/"),
            ("http://robot:pw@localhost/mcp?key=pw#pw", "http://localhost/…"),
            ("http://robot:p@w@localhost", "http://localhost"),
            ("http://robot:p/w@localhost", "http://…"),
            ("robot:p?w@localhost", "…"),
            ("robot/pw@localhost", "robot/…"),
            ("localhost:3000", "localhost:3000"),
            ("", ""),
        ] {
            assert_eq!(without_credentials(url), shown, "{url}");
        }
    }
}

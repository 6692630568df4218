//! The servers that an agent's configuration names: `.mcp.json` and `claude_desktop_config.json`
//! (<https://code.claude.com/docs/en/mcp>), VS Code's `mcp.json`
//! (<https://code.visualstudio.com/docs/copilot/reference/mcp-configuration>) and Codex's
//! `config.toml` (<https://developers.openai.com/codex/mcp>).

use std::ffi::OsString;
use std::path::Path;

use serde_json::{Value, json};
use thiserror::Error;

use super::{Command, Endpoint, Place, Secrets};
use crate::source::Document;

/// A server of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configured {
    /// What the configuration calls it.
    pub name: String,
    /// How it is reached, or why that cannot be told; `None` where the configuration switches it
    /// off.
    pub endpoint: Option<Result<Endpoint, String>>,
    /// How it is started as the configuration writes it, as JSON; see [`written_of`].
    pub written: String,
}

/// Why a configuration names no servers.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// The file cannot be read as JSON or TOML.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// None of the fields that hold servers is there.
    #[error("it has none of `mcpServers`, `servers`, `mcp_servers`")]
    NoServers,
}

/// Reads a configuration, whose path tells TOML from JSON and stands for the workspace's folder.
///
/// # Errors
/// Why it names no servers.
pub fn read_config(path: &Path, text: &str) -> Result<Vec<Configured>, ConfigError> {
    let is_toml = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    let root = if is_toml { of_toml(text)? } else { of_json(path, text)? };
    let fields = ["mcpServers", "servers", "mcp_servers"];
    let servers = fields.iter().find_map(|field| root.get(field)?.as_object());
    let workspace = workspace(path);
    let configured = |(name, server): (&String, &Value)| Configured {
        name: name.clone(),
        endpoint: endpoint(server, &workspace),
        written: written_of(server),
    };
    Ok(servers.ok_or(ConfigError::NoServers)?.iter().map(configured).collect())
}

/// What tells which program a server is, before variables are filled in, so that it is the same on
/// every machine: its program, arguments and folder, the names of its variables, its URL.
pub fn written_of(server: &Value) -> String {
    let field = |name: &str| server.get(name).cloned().unwrap_or_default();
    let variables = field("env").as_object().map(|all| all.keys().cloned().collect::<Vec<_>>());
    let [program, arguments, folder, url] = ["command", "args", "cwd", "url"].map(field);
    json!([program, arguments, folder, variables.unwrap_or_default(), url]).to_string()
}

fn of_toml(text: &str) -> Result<Value, ConfigError> {
    toml::from_str(text).map_err(|error| ConfigError::Unreadable(error.message().to_owned()))
}

/// VS Code allows comments, which the reader of documents steps over.
fn of_json(path: &Path, text: &str) -> Result<Value, ConfigError> {
    let name = path.with_extension("json").display().to_string();
    let document = Document::read(name, text.as_bytes().to_vec());
    if let Some(problem) = document.problems.iter().find(|problem| problem.kind.is_fatal()) {
        return Err(ConfigError::Unreadable(problem.kind.to_string()));
    }
    document.root.map(|root| root.to_json()).ok_or(ConfigError::NoServers)
}

/// The folder that `${workspaceFolder}` means.
fn workspace(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    let hidden = folder.file_name().is_some_and(|name| name == ".vscode");
    let folder = if hidden { folder.parent().unwrap_or(folder) } else { folder };
    folder.display().to_string()
}

fn endpoint(server: &Value, workspace: &str) -> Option<Result<Endpoint, String>> {
    let is = |field, value| server.get(field).and_then(Value::as_bool) == Some(value);
    if is("disabled", true) || is("enabled", false) {
        return None;
    }
    let mut filling = Filling { workspace, secrets: Secrets::default() };
    let place = filling.place(server);
    Some(place.map(|place| Endpoint { place, secrets: filling.secrets }))
}

/// Fills in variables, and keeps in mind what must not be shown.
struct Filling<'a> {
    workspace: &'a str,
    secrets: Secrets,
}

impl Filling<'_> {
    fn place(&mut self, server: &Value) -> Result<Place, String> {
        match (server.get("command"), server.get("url")) {
            (Some(program), _) => Ok(Place::Command(Command {
                program: self.text("command", program)?.into(),
                arguments: self.arguments(server)?,
                variables: self.variables(server)?,
                folder: server
                    .get("cwd")
                    .map(|folder| self.text("cwd", folder))
                    .transpose()?
                    .map(Into::into),
            })),
            (None, Some(url)) => Ok(Place::Url(self.text("url", url)?)),
            (None, None) => Err("it has neither `command` nor `url`".to_owned()),
        }
    }

    fn arguments(&mut self, server: &Value) -> Result<Vec<OsString>, String> {
        let arguments = server.get("args").and_then(Value::as_array);
        let arguments = arguments.into_iter().flatten();
        arguments.map(|argument| Ok(self.text("args", argument)?.into())).collect()
    }

    /// What a server finds in its environment may be a secret wherever it came from.
    fn variables(&mut self, server: &Value) -> Result<Vec<(String, String)>, String> {
        let variables = server.get("env").and_then(Value::as_object);
        let variables = variables.into_iter().flatten();
        let filled = variables.map(|(name, value)| {
            let value = self.text(name, value)?;
            self.secrets.add(name, &value);
            Ok((name.clone(), value))
        });
        filled.collect()
    }

    /// Replaces `${NAME}`, `${NAME:-default}`, `${env:NAME}` and `${workspaceFolder}` in the text of
    /// a field.
    fn text(&mut self, field: &str, value: &Value) -> Result<String, String> {
        let mut rest = value.as_str().ok_or_else(|| format!("`{field}` is no text"))?;
        let mut out = String::new();
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, behind)) = after.split_once('}') else { break };
            out.push_str(before);
            out.push_str(&self.variable(name)?);
            rest = behind;
        }
        Ok(out + rest)
    }

    fn variable(&mut self, name: &str) -> Result<String, String> {
        let (name, default) = match name.split_once(":-") {
            Some((name, default)) => (name, Some(default)),
            None => (name, None),
        };
        let name = name.strip_prefix("env:").unwrap_or(name);
        match (name, std::env::var(name), default) {
            ("workspaceFolder", ..) => Ok(self.workspace.to_owned()),
            (_, Ok(value), _) => {
                self.secrets.add(name, &value);
                Ok(value)
            }
            (_, Err(_), Some(default)) => Ok(default.to_owned()),
            (_, Err(_), None) => Err(format!("`${{{name}}}` has no value here")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, text: &str) -> Vec<Configured> {
        read_config(Path::new(path), text).unwrap()
    }

    fn command(program: &str, arguments: &[&str]) -> Option<Result<Endpoint, String>> {
        let arguments = arguments.iter().map(Into::into).collect();
        let command = Command { program: program.into(), arguments, ..Command::default() };
        let place = Place::Command(command);
        Some(Ok(Endpoint { place, secrets: Secrets::default() }))
    }

    #[test]
    fn every_agents_notation_is_read() {
        for (path, text) in [
            (
                ".mcp.json",
                r#"{"mcpServers": {"git": {"command": "uvx", "args": ["mcp-server-git"]}}}"#,
            ),
            (
                ".vscode/mcp.json",
                "{\"inputs\": [], // none\n \"servers\": {\"git\": {\"type\": \"stdio\", \"command\": \"uvx\", \"args\": [\"mcp-server-git\"]}}}",
            ),
            (
                "config.toml",
                "model = \"x\"\n[mcp_servers.git]\ncommand = \"uvx\"\nargs = [\"mcp-server-git\"]\n",
            ),
        ] {
            let servers = read(path, text);
            assert_eq!(servers.len(), 1, "{path}");
            assert_eq!(servers[0].name, "git");
            assert_eq!(servers[0].endpoint, command("uvx", &["mcp-server-git"]), "{path}");
        }
    }

    #[test]
    fn variables_are_filled_in_and_unknown_ones_told() {
        let text = r#"{"servers": {
            "a": {"command": "${GATELINT_ABSENT:-node}", "args": ["${workspaceFolder}/x.js", "$1", "${"]},
            "b": {"url": "http://localhost/${input:key}"},
            "c": {"command": "x", "env": {"PORT": 1}}}}"#;
        let servers = read("/srv/.vscode/mcp.json", text);
        assert_eq!(servers[0].endpoint, command("node", &["/srv/x.js", "$1", "${"]));
        assert_eq!(servers[1].endpoint, Some(Err("`${input:key}` has no value here".to_owned())));
        assert_eq!(servers[2].endpoint, Some(Err("`PORT` is no text".to_owned())));
    }

    #[test]
    fn what_came_from_the_environment_is_not_shown() {
        let text = r#"{"servers": {"a": {"command": "x", "args": ["${CARGO_PKG_NAME}"], "env": {"KEY": "literal"}}}}"#;
        let endpoint = read("a.json", text).remove(0).endpoint.unwrap().unwrap();
        let said = endpoint.secrets.hide("no gatelint without literal");
        assert_eq!(said, "no ${CARGO_PKG_NAME} without ${KEY}");
    }

    #[test]
    fn servers_that_are_switched_off_are_passed_over_and_broken_ones_told() {
        let text = r#"{"mcpServers": {"a": {"command": "x", "disabled": true}, "b": {"enabled": false}, "c": {}, "d": 1}}"#;
        let servers = read("a.json", text);
        let off = servers.iter().filter(|server| server.endpoint.is_none()).count();
        assert_eq!(off, 2);
        assert_eq!(servers[3].endpoint, Some(Err("it has neither `command` nor `url`".to_owned())));
    }

    #[test]
    fn files_that_are_something_else_are_refused() {
        let error = |path, text| read_config(Path::new(path), text).unwrap_err().to_string();
        assert!(error("a.json", "{").starts_with("it cannot be read"));
        assert!(error("a.toml", "=").starts_with("it cannot be read"));
        assert!(error("a.json", "").starts_with("it cannot be read"));
        assert_eq!(error("a.json", "[]"), ConfigError::NoServers.to_string());
        assert_eq!(error("a.toml", "x = 1"), ConfigError::NoServers.to_string());
    }
}

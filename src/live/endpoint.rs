//! Servers that can be asked, and what they answer.

use std::ffi::OsString;
use std::path::PathBuf;

/// How a server is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
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
}

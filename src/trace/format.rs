//! Which format a trace is in, from its first lines.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::record::is_object;

/// The formats that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Our own record, one call a line.
    Record,
    /// MCP JSON-RPC messages, one message a line.
    Mcp,
}

impl Format {
    /// The format that a line is in, if it tells.
    pub(super) fn of_line(line: &str) -> Option<Format> {
        #[derive(Deserialize)]
        struct Marks {
            tool: Option<IgnoredAny>,
            jsonrpc: Option<IgnoredAny>,
            method: Option<IgnoredAny>,
        }
        if line.trim_start().starts_with('[') {
            return line.contains("\"jsonrpc\"").then_some(Format::Mcp);
        }
        if !is_object(line) {
            return None;
        }
        let marks: Marks = serde_json::from_str(line).ok()?;
        match marks {
            Marks { tool: Some(_), jsonrpc: None, .. } => Some(Format::Record),
            Marks { jsonrpc: Some(_), .. } | Marks { method: Some(_), .. } => Some(Format::Mcp),
            _ => None,
        }
    }
}

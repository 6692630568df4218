//! The table of formats: one file or folder a format, and nothing else to edit for a new one but
//! this list.

pub(super) mod common;
pub(super) mod lists;

use std::fmt;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use self::common::format::{FormatFacts, Units};
use self::common::outline::{outline, shallow};
use self::common::reader::Reader;
use self::lists::Lists;
use super::record::Toolset;
use crate::trace::json;

macro_rules! formats {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        impl Format {
            /// All formats. Where a unit could be in several, the first of them is taken.
            pub const ALL: [Format; [$(stringify!($module)),*].len()] =
                [$(Format(&$module::FORMAT)),*];
        }
    };
}

formats![
    intercept,
    opencode,
    record,
    mcp_tape,
    mcp_tap,
    github_workflow,
    claude_desktop,
    claude_code,
    claude_code_hook,
    otlp,
    tempo,
    jaeger,
    codex,
    openai_agents,
    inspect,
    copilot,
    copilot_chat,
    gemini_cli,
    goose,
    pi,
    vercel_messages,
    vscode_mcp,
    mcp_server_logger,
    cursor,
    langsmith,
    langfuse,
    openhands,
    swe_agent,
    har,
    messages,
    mcp,
];

/// Formats that have plain messages among their units, as `messages` has, and names of fields of which every
/// unit with a call has one.
const WITH_MESSAGES: [(&str, &[&str]); 3] = [
    ("vercel-messages", &["\"toolCallId\"", "\"toolInvocations\""]),
    ("goose", &["\"toolRequest\""]),
    ("cursor", &["\"tool_call\""]),
];

/// Transcripts and hooks of agents, and what a tool is in them that names no server: one of the
/// agent's own, or, where servers' tools are named alike, either.
const OF_AGENTS: [(&str, Toolset); 12] = [
    ("claude-code", Toolset::Agent),
    ("claude-code-hook", Toolset::Agent),
    ("codex", Toolset::Agent),
    ("copilot", Toolset::Agent),
    ("copilot-chat", Toolset::Agent),
    ("cursor", Toolset::Agent),
    ("gemini-cli", Toolset::Agent),
    ("goose", Toolset::Agent),
    ("opencode", Toolset::Either),
    ("openhands", Toolset::Either),
    ("pi", Toolset::Either),
    ("swe-agent", Toolset::Agent),
];

/// Whether an object has one of the fields that only tool calls have, or the method of a call.
fn is_call(unit: &str) -> bool {
    #[derive(Deserialize)]
    struct Fields<'a> {
        tool: Option<IgnoredAny>,
        tool_name: Option<IgnoredAny>,
        #[serde(rename = "toolName")]
        camel_tool_name: Option<IgnoredAny>,
        tool_call: Option<IgnoredAny>,
        #[serde(rename = "toolCall")]
        camel_tool_call: Option<IgnoredAny>,
        tool_calls: Option<IgnoredAny>,
        function_call: Option<IgnoredAny>,
        #[serde(borrow)]
        method: Option<&'a RawValue>,
    }
    if !unit.starts_with('{') {
        return false;
    }
    let Some(fields) = json::glance::<Fields<'_>>(unit) else { return false };
    let names = [fields.tool, fields.tool_name, fields.camel_tool_name, fields.tool_call];
    let more = [fields.camel_tool_call, fields.tool_calls, fields.function_call];
    names.iter().chain(&more).any(Option::is_some)
        || fields.method.is_some_and(|method| method.get() == "\"tools/call\"")
}

/// A format that can be read: an entry of the table.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "Box<str>", into = "&'static str")]
pub struct Format(&'static FormatFacts);

impl From<Format> for &'static str {
    fn from(format: Format) -> &'static str {
        format.name()
    }
}

impl TryFrom<Box<str>> for Format {
    type Error = String;

    fn try_from(name: Box<str>) -> Result<Format, String> {
        Format::named(&name).ok_or_else(|| format!("there is no format `{name}`"))
    }
}

impl Format {
    /// Our own record.
    pub(super) const RECORD: Format = Format(&record::FORMAT);

    /// Requests and answers of models.
    pub(super) const MESSAGES: Format = Format(&messages::FORMAT);

    /// The format of a name.
    pub fn named(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The name by which the user asks for it.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What it is, in a few words.
    pub fn description(self) -> &'static str {
        self.0.description
    }

    /// The format of a unit, if it tells. A list is of the format of its elements.
    pub(super) fn of_unit(unit: &str) -> Option<Format> {
        match outline(unit) {
            Some(Value::Array(elements)) => {
                Format::most_telling(elements.iter().map(Format::of_value))
            }
            Some(value) => Format::of_value(&value),
            None => Format::ALL.into_iter().find(
                |format| matches!(format.0.units, Units::Text(recognises) if recognises(unit)),
            ),
        }
    }

    /// What a file is whose units are these: the first that tells. Messages may be those of a format
    /// that has others among them, which tell more.
    pub(super) fn most_telling(units: impl IntoIterator<Item = Option<Format>>) -> Option<Format> {
        let mut units = units.into_iter().flatten();
        let first = units.next()?;
        let more = first.may_turn().then(|| units.find(|format| format.has_messages())).flatten();
        Some(more.unwrap_or(first))
    }

    /// Whether units that come later may tell another format.
    pub(super) fn may_turn(self) -> bool {
        self == Format::MESSAGES
    }

    /// Whether plain messages are among its units.
    fn has_messages(self) -> bool {
        WITH_MESSAGES.iter().any(|(name, _)| *name == self.name())
    }

    /// What stands in every unit that tells one of the formats with plain messages.
    pub(super) fn signs_among_messages() -> impl Iterator<Item = &'static str> {
        WITH_MESSAGES.iter().flat_map(|(_, signs)| signs.iter().copied())
    }

    /// The format that a unit among plain messages tells, if it is another than that of these.
    pub(super) fn told_among_messages(unit: &str) -> Option<Format> {
        let has = |sign: &str| memchr::memmem::find(unit.as_bytes(), sign.as_bytes()).is_some();
        let tells = Format::signs_among_messages().any(has);
        let format = tells.then(|| Format::of_unit(unit)).flatten();
        format.filter(|format| format.has_messages())
    }

    fn of_value(value: &Value) -> Option<Format> {
        Format::ALL.into_iter().find(|format| match format.0.units {
            Units::Json(recognises) | Units::Record(recognises) => {
                value.is_object() && recognises(value)
            }
            Units::Text(_) => false,
        })
    }

    /// Whose a tool is of which the log names no server.
    pub(super) fn toolset(self) -> Toolset {
        let found = OF_AGENTS.iter().find(|(name, _)| *name == self.name());
        found.map_or(Toolset::Server, |(_, toolset)| *toolset)
    }

    /// Whether a unit is none of this format and yet a tool call: of another program that wrote to
    /// the same file, or of a form that is not known.
    pub(super) fn is_strange_call(self, unit: &str) -> bool {
        let Units::Json(recognises) = &self.0.units else { return false };
        // Of most units that have such a field the outermost fields tell the format.
        let is_none = |value: Option<Value>| value.is_some_and(|value| !recognises(&value));
        is_call(unit) && is_none(shallow(unit)) && is_none(outline(unit))
    }

    /// Whether a folder's file of this ending is taken for a trace.
    pub(super) fn has_ending(ending: &str) -> bool {
        Format::ALL.iter().any(|format| format.0.endings.contains(&ending))
    }

    /// Whether programs write the same call to several files.
    pub(super) fn repeats_calls(self) -> bool {
        self.0.repeats_calls
    }

    /// Whether its units are records already.
    pub(super) fn is_of_records(self) -> bool {
        matches!(self.0.units, Units::Record(_))
    }

    /// Whether its units are lines of text.
    pub(super) fn is_of_text(self) -> bool {
        matches!(self.0.units, Units::Text(_))
    }

    /// Where the lists of its documents stand, if it has documents.
    pub(super) fn lists(self) -> Option<&'static Lists> {
        lists::of_format(self.name())
    }

    /// A reader for a file in this format.
    pub(super) fn reader(self) -> Box<dyn Reader> {
        (self.0.reader)()
    }
}

impl PartialEq for Format {
    fn eq(&self, other: &Format) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Format {}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;

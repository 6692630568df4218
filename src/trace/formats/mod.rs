//! The table of formats: one file or folder a format, and nothing else to edit for a new one but
//! this list.

pub(super) mod common;

use std::fmt;

use serde_json::Value;

use self::common::format::{FormatFacts, Units};
use self::common::outline::outline;
use self::common::reader::Reader;

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
    record,
    mcp_tape,
    mcp_tap,
    github_workflow,
    claude_desktop,
    claude_code,
    claude_code_hook,
    otlp,
    codex,
    openai_agents,
    inspect,
    copilot,
    messages,
    mcp,
];

/// A format that can be read: an entry of the table.
#[derive(Clone, Copy)]
pub struct Format(&'static FormatFacts);

impl Format {
    /// Our own record.
    pub(super) const RECORD: Format = Format(&record::FORMAT);

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

    /// The format of a unit, if it tells.
    pub(super) fn of_unit(unit: &str) -> Option<Format> {
        let value = outline(unit);
        let value = match &value {
            Some(Value::Array(elements)) => Some(elements.first()?),
            value => value.as_ref(),
        };
        Format::ALL.into_iter().find(|format| match (&format.0.units, value) {
            (Units::Json(recognises) | Units::Record(recognises), Some(value)) => {
                value.is_object() && recognises(value)
            }
            (Units::Text(recognises), None) => recognises(unit),
            _ => false,
        })
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

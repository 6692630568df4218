//! What a format declares of itself in the table of formats.

use serde_json::Value;

use super::reader::Reader;

/// The file endings under which logs of JSON lie.
pub(in crate::trace) const JSON: &[&str] = &["jsonl", "ndjson", "json"];

/// What is known of a format.
pub(in crate::trace) struct FormatFacts {
    /// The name by which the user asks for it.
    pub(in crate::trace) name: &'static str,
    /// What it is, in a few words.
    pub(in crate::trace) description: &'static str,
    /// The file endings by which files of a folder are taken for traces.
    pub(in crate::trace) endings: &'static [&'static str],
    /// Whether programs write the same call to several files: transcripts that go on from others,
    /// and logs of one server beside those of all.
    pub(in crate::trace) repeats_calls: bool,
    /// What its units are, and how one is known.
    pub(in crate::trace) units: Units,
    /// Makes a reader for a file.
    pub(in crate::trace) reader: fn() -> Box<dyn Reader>,
}

/// What the units of a format are, and whether a unit is one.
pub(in crate::trace) enum Units {
    /// JSON values.
    Json(fn(&Value) -> bool),
    /// Lines of text, of which one may happen to be JSON.
    Text(fn(&str) -> bool),
    /// JSON values that are records already, so that lines of them need no reader.
    Record(fn(&Value) -> bool),
}

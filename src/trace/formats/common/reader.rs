//! What the readers of all formats have in common.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::trace::record::{FieldMap, Record, field_text};

/// Puts the calls of one file together from its units: its lines, or the JSON values of a document
/// that is written over several lines.
pub(in crate::trace) trait Reader: Send {
    /// Takes the next unit and gives out what calls are complete with it. A unit that has no call
    /// in it is nothing wrong.
    ///
    /// # Errors
    /// Why the unit is not one of this format, in words. It stops no other unit.
    fn take(&mut self, unit: &str, calls: &mut Calls) -> Result<(), String>;

    /// Gives out the calls that waited for more, at the end of the file.
    fn finish(&mut self, _calls: &mut Calls) {}
}

/// Whether several things could be taken, each of which is, whatever became of those before it.
///
/// # Errors
/// Why the first that could not be taken could not, in words.
pub(in crate::trace) fn all(
    taken: impl IntoIterator<Item = Result<(), String>>,
) -> Result<(), String> {
    taken.into_iter().fold(Ok(()), Result::and)
}

/// The calls that a reader gives out, in the order in which they were made.
#[derive(Debug, Default)]
pub(in crate::trace) struct Calls {
    /// The name of the file.
    pub(in crate::trace) file: String,
    /// The line on which the unit begins that is being taken, counted from 1.
    pub(in crate::trace) line: u64,
    /// Whether the unit goes on with the document of the one before, of which it is a part: it has other
    /// elements of a list, and what stands around them again.
    pub(in crate::trace) goes_on: bool,
    /// Whether the unit is a tool call in a form that the format does not have.
    pub(in crate::trace) is_strange: bool,
    /// The field that stands for the grant, where the user names one.
    pub(in crate::trace) field: Option<String>,
    /// The servers that the user names, for names of tools that do not tell where that of the server
    /// ends.
    pub(in crate::trace) servers: Vec<String>,
    /// How many calls were never made, because a person refused them.
    pub(in crate::trace) refused: u64,
    /// Where the fields of our own notation stand.
    pub(in crate::trace) map: Arc<FieldMap>,
    /// Whether the file is a stream, of which calls are given out as soon as they are known.
    pub(in crate::trace) is_stream: bool,
    ready: VecDeque<Record<'static>>,
    bad: Vec<(u64, String)>,
}

impl Calls {
    /// No calls yet, of a file.
    pub(in crate::trace) fn new(file: String, field: Option<String>) -> Calls {
        Calls { file, field, ..Calls::default() }
    }

    /// The same, where the user names servers.
    pub(in crate::trace) fn of_servers(self, servers: Vec<String>) -> Calls {
        Calls { servers, ..self }
    }

    /// The same, of a stream or not.
    pub(in crate::trace) fn streamed(self, is_stream: bool) -> Calls {
        Calls { is_stream, ..self }
    }

    /// The same, with the fields of our own notation elsewhere.
    pub(in crate::trace) fn mapped(self, map: &Arc<FieldMap>) -> Calls {
        Calls { map: Arc::clone(map), ..self }
    }

    /// The text of the field that stands for the grant in an object, empty if it has none.
    ///
    /// # Errors
    /// Why the object cannot be read, in words.
    pub(in crate::trace) fn field_of(&self, object: &str) -> Result<String, String> {
        let Some(name) = &self.field else { return Ok(String::new()) };
        let text = field_text(object, name)?;
        Ok(text.unwrap_or_default().into_owned())
    }

    /// Gives a call out. One that does not know its line stands on the current one.
    pub(in crate::trace) fn push(&mut self, mut call: Record<'static>) {
        if call.line == 0 {
            call.line = self.line;
        }
        self.ready.push_back(call);
    }

    /// Says that something on a line is a call that cannot be read, and why: where one unit holds
    /// several of them, or where it turns out after its unit.
    pub(in crate::trace) fn complain(&mut self, line: u64, why: String) {
        self.bad.push((line, why));
    }

    /// Takes what could not be read: the lines, and why.
    pub(in crate::trace) fn take_bad(&mut self) -> Vec<(u64, String)> {
        std::mem::take(&mut self.bad)
    }

    /// Takes the first of the calls that were given out.
    pub(in crate::trace) fn pop(&mut self) -> Option<Record<'static>> {
        self.ready.pop_front()
    }
}

/// The calls in units that are all of a format, for the tests of its reader.
#[cfg(test)]
pub(in crate::trace) fn calls_in(
    mut reader: impl Reader,
    field: Option<&str>,
    units: &[impl AsRef<str>],
) -> Vec<Record<'static>> {
    let mut calls = Calls::new("file".to_owned(), field.map(str::to_owned));
    for unit in units.iter().map(AsRef::as_ref) {
        reader.take(unit, &mut calls).unwrap_or_else(|why| panic!("{unit}: {why}"));
    }
    reader.finish(&mut calls);
    assert_eq!(calls.take_bad(), []);
    std::iter::from_fn(|| calls.pop()).collect()
}

//! Edits of a document's text: ranges of bytes replaced by other text, everything else left as it
//! is, comments and indentation included.

mod draft;
mod layout;

use std::ops::Range;

pub use draft::Draft;

use self::layout::{indentation, line_break, line_end, line_start};
use super::{Document, Entry, Format, Kind, Node, Pointer, Span};

/// A range of bytes and the text that takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The bytes that go; an empty range only inserts.
    pub span: Range<usize>,
    /// What comes.
    pub text: String,
}

impl Edit {
    /// Whether two edits must not be made at once, because one would move or hide the other.
    pub fn conflicts(&self, other: &Edit) -> bool {
        self.span.start <= other.span.end && other.span.start <= self.span.end
    }
}

/// The text with edits made, which must not conflict with each other.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort_by_key(|edit| edit.span.start);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in sorted {
        out.push_str(&text[at..edit.span.start]);
        out.push_str(&edit.text);
        at = edit.span.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Makes edits of a document. There is none for what is written elsewhere, under an anchor or in a
/// merged object: it would change other places too. Nor is there one that would lose a comment.
#[derive(Clone, Copy, Debug)]
pub struct Editor<'d> {
    document: &'d Document,
}

/// A part of a document: its value, and in an object its key.
struct Part<'d> {
    key: Option<Span>,
    node: &'d Node,
}

impl Part<'_> {
    fn start(&self) -> usize {
        self.key.map_or(self.node.span.start(), |key| key.start())
    }
}

impl<'d> Editor<'d> {
    /// For a document.
    pub fn new(document: &'d Document) -> Editor<'d> {
        Editor { document }
    }

    /// Replaces a value.
    pub fn replace(&self, pointer: &Pointer, value: &Draft) -> Option<Edit> {
        let part = self.part(pointer)?;
        let span = part.node.span.range();
        if self.comment_in(&span).is_some() {
            return None;
        }
        if span.is_empty() {
            // A YAML key without a value: it goes behind the colon.
            let colon = part.key?.end() + self.text().get(part.key?.end()..)?.find(':')? + 1;
            let text = format!(" {}", value.flow(self.document.format));
            return Some(Edit { span: colon..colon, text });
        }
        let text = value.like(&self.text()[span.clone()], self.document.format);
        Some(Edit { span, text })
    }

    /// Gives a value another key.
    pub fn rename(&self, pointer: &Pointer, key: &str) -> Option<Edit> {
        let span = self.part(pointer)?.key?.range();
        let old = &self.text()[span.clone()];
        let is_bare = matches!(self.document.format, Format::Toml | Format::Starlark)
            && !old.starts_with(['"', '\'']);
        let text = match is_bare {
            true => key.to_owned(),
            false => Draft::from(key).like(old, self.document.format),
        };
        Some(Edit { span, text })
    }

    /// Replaces an entry of an object, key and value.
    pub fn replace_entry(&self, pointer: &Pointer, key: &str, value: &Draft) -> Option<Edit> {
        if matches!(self.document.format, Format::Toml | Format::Starlark) {
            return None;
        }
        let rename = self.rename(pointer, key)?;
        let node = self.part(pointer)?.node;
        // A block of text ends with the white space before what comes next.
        let written = self.text()[node.span.range()].trim_end();
        let end = node.span.start() + written.len();
        let span = rename.span.start..end.max(rename.span.end);
        if self.comment_in(&span).is_some() {
            return None;
        }
        let text = format!("{}: {}", rename.text, value.flow(self.document.format));
        Some(Edit { span, text })
    }

    /// Adds an entry at the end of an object; one that is empty or null becomes an object.
    pub fn insert(&self, object: &Pointer, key: &str, value: &Draft) -> Option<Edit> {
        let part = self.part(object)?;
        match &part.node.kind {
            Kind::Map(map) if !map.entries().is_empty() => {
                let last = map.entries().last()?;
                let key = match self.document.format {
                    Format::Json => Draft::from(key).flow(Format::Json),
                    Format::Yaml => Draft::from(key).flow(Format::Yaml),
                    Format::Toml | Format::Starlark => return None,
                };
                let text = format!("{key}: {}", value.flow(self.document.format));
                let end = last.value.span.end().max(last.key.span.end());
                self.extend(part.node, map.entries().first()?.key.span.start(), end, "", &text)
            }
            Kind::Map(_) => {
                self.replace(object, &Draft::Object(vec![(key.to_owned(), value.clone())]))
            }
            Kind::Scalar(_) if part.node.is_null() => {
                self.replace(object, &Draft::Object(vec![(key.to_owned(), value.clone())]))
            }
            _ => None,
        }
    }

    /// Adds an element at the end of a list; one that is empty or null becomes a list.
    pub fn append(&self, list: &Pointer, value: &Draft) -> Option<Edit> {
        let part = self.part(list)?;
        match &part.node.kind {
            Kind::Seq(elements) if !elements.is_empty() => {
                let (first, last) = (elements.first()?, elements.last()?);
                let start = match self.is_flow(part.node) {
                    true => first.span.start(),
                    false => self.dash(first)?,
                };
                let text = value.flow(self.document.format);
                self.extend(part.node, start, last.span.end(), "- ", &text)
            }
            Kind::Map(_) => None,
            Kind::Scalar(_) if !part.node.is_null() => None,
            _ => self.replace(list, &Draft::List(vec![value.clone()])),
        }
    }

    /// Removes an element of a list or an entry of an object.
    pub fn remove(&self, pointer: &Pointer) -> Option<Edit> {
        let removed = self.part(pointer)?;
        let parent = self.part(&pointer.parent())?.node;
        let spans: Vec<Span> = match &parent.kind {
            Kind::Seq(elements) => elements.iter().map(|element| element.span).collect(),
            Kind::Map(map) => map.entries().iter().map(entry_span).collect(),
            Kind::Scalar(_) => return None,
        };
        let index = spans.iter().position(|span| span.start() == removed.start())?;
        let span = match self.is_flow(parent) {
            true => match index {
                0 if spans.len() == 1 => spans[0].range(),
                0 => spans[0].start()..spans[1].start(),
                _ => spans[index - 1].end()..spans[index].end(),
            },
            false => self.lines(parent, &removed, spans[index], spans.len())?,
        };
        if self.comment_in(&span).is_some() {
            return None;
        }
        Some(Edit { span, text: String::new() })
    }

    /// The lines of an entry or element in block style, if nothing else stands on them.
    fn lines(
        &self,
        parent: &Node,
        removed: &Part<'_>,
        span: Span,
        count: usize,
    ) -> Option<Range<usize>> {
        let text = self.text();
        let start = match parent.is_map() {
            true => removed.start(),
            false => self.dash(removed.node)?,
        };
        let from = line_start(text, start);
        let alone = text[from..start].trim().is_empty() && count > 1;
        // A comment behind it stays, on a line of its own.
        let end = line_end(text, span.end());
        if let Some(comment) = self.comment_in(&(span.end()..end)) {
            return alone.then_some(start..comment);
        }
        let to = match text[..span.end()].ends_with('\n') {
            true => span.end(),
            false => (end + line_break(text).len()).min(text.len()),
        };
        alone.then_some(from..to)
    }

    /// Where the first comment within a range starts.
    fn comment_in(&self, range: &Range<usize>) -> Option<usize> {
        let mut starts = self.document.comments.iter().map(|comment| comment.span.start());
        starts.find(|start| range.contains(start))
    }

    /// Adds to a collection that has something in it: first and last say where its parts start
    /// and end.
    fn extend(
        &self,
        collection: &Node,
        first: usize,
        last: usize,
        dash: &str,
        added: &str,
    ) -> Option<Edit> {
        let text = self.text();
        if self.is_flow(collection) {
            let apart = text.get(collection.span.start()..first)?.contains('\n');
            let glue = match apart {
                true => format!(",{}{}", line_break(text), indentation(text, first)),
                false => ", ".to_owned(),
            };
            return Some(Edit { span: last..last, text: format!("{glue}{added}") });
        }
        let indent = indentation(text, first);
        // A block of text ends where the next line starts.
        let (at, text) = match text[..last].ends_with('\n') {
            true => (last, format!("{indent}{dash}{added}{}", line_break(text))),
            false => (line_end(text, last), format!("{}{indent}{dash}{added}", line_break(text))),
        };
        Some(Edit { span: at..at, text })
    }

    /// Where the dash of an element in block style stands.
    fn dash(&self, element: &Node) -> Option<usize> {
        let text = self.text();
        let from = line_start(text, element.span.start());
        let before = text[from..element.span.start()].trim_end_matches(' ');
        before.ends_with('-').then(|| from + before.len() - 1)
    }

    fn is_flow(&self, node: &Node) -> bool {
        self.document.format == Format::Json
            || self.text()[node.span.start()..].starts_with(['{', '['])
    }

    /// The part at a pointer, if it is written there and nowhere else.
    fn part(&self, pointer: &Pointer) -> Option<Part<'d>> {
        let mut part = Part { key: None, node: self.document.root.as_ref()? };
        for token in pointer.tokens() {
            let parent = part.node;
            part = match &parent.kind {
                Kind::Map(map) => {
                    let entry = map.get(&token)?;
                    Part { key: Some(entry.key.span), node: &entry.value }
                }
                Kind::Seq(elements) => {
                    Part { key: None, node: elements.get(token.parse::<usize>().ok()?)? }
                }
                Kind::Scalar(_) => return None,
            };
            let inside =
                part.start() >= parent.span.start() && part.node.span.end() <= parent.span.end();
            if part.node.defined.is_some() || !inside {
                return None;
            }
        }
        Some(part)
    }

    fn text(&self) -> &'d str {
        &self.document.text
    }
}

fn entry_span(entry: &Entry) -> Span {
    Span::new(entry.key.span.start(), entry.value.span.end().max(entry.key.span.end()))
}

#[cfg(test)]
mod tests;

//! Excerpts of documents for `miette`: short in long lines, harmless with hostile text.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::credentials::{masked, without_users};
use super::escape::hostile;
use super::wrap::{columns, fitting};
use crate::lint::secret_spans;
use crate::source::{Document, LineTable, Position};

/// How many columns the margin takes beside the numbers of lines.
const MARGIN: usize = 4;

/// How many columns of a long line are shown on either side of a place at least.
const AROUND: usize = 12;

/// What stands where a part of a line is left out.
const CUT: char = '…';

/// What some editors begin a file with.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A document to cut excerpts from.
pub(in crate::report) struct Excerpt {
    name: String,
    text: String,
    lines: LineTable,
}

impl Excerpt {
    pub(in crate::report) fn new(document: &Document) -> Excerpt {
        let text = mask(&masked_text(document));
        Excerpt {
            name: crate::report::escape(&document.name).into_owned(),
            lines: LineTable::new(&text),
            text,
        }
    }

    /// The lines of some places, each below the one before it; of lines that are wider than so many columns
    /// only what is around the places. Of the places on a line that has no room for all, the first are shown.
    pub(in crate::report) fn around(
        self: &Arc<Excerpt>,
        spans: &[Range<usize>],
        width: usize,
    ) -> View {
        let spans: Vec<_> = spans.iter().map(|span| self.first_line(span)).collect();
        let last = spans.iter().map(|span| self.lines.line_of(span.start)).max().unwrap_or(0);
        let margin = MARGIN + (last + 1).to_string().len();
        // The mark of a place behind the end of its line takes one as well.
        let room = width.saturating_sub(margin + 1).max(4 * AROUND);
        let mut lines: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        let show = |span: Range<usize>| {
            let line = self.lines.line_of(span.start);
            lines.entry(line.saturating_sub(1)).or_default();
            let places = lines.entry(line).or_default();
            let has_room = places.len() < room / (2 * AROUND) || places.contains(&span);
            places.extend(has_room.then(|| span.clone()));
            has_room.then_some(span)
        };
        let spans = spans.into_iter().map(show).collect();
        let mut view = View {
            excerpt: Arc::clone(self),
            text: String::new(),
            lines: Vec::new(),
            pieces: Vec::new(),
            spans,
            margin,
        };
        for (line, mut places) in lines {
            places.sort_by_key(|place| place.start);
            view.lines.push(Line { number: line, start: view.text.len() });
            self.windows(line, &places, room).into_iter().for_each(|window| view.push(window));
            view.end_line(self.line(line).end);
        }
        view
    }

    /// The line and the column of a place.
    pub(in crate::report) fn position(&self, place: &Range<usize>) -> Position {
        self.lines.position(&self.text, place.start.min(self.text.len()))
    }

    /// The part of a span that lies on its first line: a whole object would bury the message.
    fn first_line(&self, span: &Range<usize>) -> Range<usize> {
        let start = self.text.floor_char_boundary(span.start.min(self.text.len()));
        let end = self.text.floor_char_boundary(span.end.clamp(start, self.text.len()));
        let line = self.text[start..end].split(['\n', '\r']).next().unwrap_or("").trim_end();
        start..start + line.len()
    }

    /// The bytes of a line without its break.
    fn line(&self, line: usize) -> Range<usize> {
        let mut start = self.lines.start_of(line, &self.text);
        let mut text = &self.text[start..self.lines.start_of(line + 1, &self.text)];
        if let Some(rest) = text.strip_prefix(BYTE_ORDER_MARK).filter(|_| line == 0) {
            (start, text) = (start + BYTE_ORDER_MARK.len_utf8(), rest);
        }
        let text = text.strip_suffix('\n').unwrap_or(text);
        start..start + text.strip_suffix('\r').unwrap_or(text).len()
    }

    /// The parts of a line that are shown: all of it, or what is around the places in it.
    fn windows(&self, line: usize, places: &[Range<usize>], room: usize) -> Vec<Range<usize>> {
        let line = self.line(line);
        let mut windows: Vec<Range<usize>> = Vec::new();
        if self.forward(line.start, line.end, room) == line.end {
            windows.push(line);
            return windows;
        }
        if places.is_empty() {
            windows.push(line.start..self.forward(line.start, line.end, room - 1));
            return windows;
        }
        let around = (room / 2 / places.len()).max(AROUND);
        for place in places {
            // What is not needed on one side of the place is shown on the other.
            let at = place.start.clamp(line.start, line.end);
            let before = self.backward(line.start, at, around - 2);
            let end = self.forward(before, line.end, 2 * around - 2);
            let start = before.min(self.backward(line.start, end, 2 * around - 2));
            match windows.last_mut() {
                Some(before) if start <= before.end => before.end = before.end.max(end),
                _ => windows.push(start..end),
            }
        }
        windows
    }

    /// The place behind so many columns of text at most, but not behind the end.
    fn forward(&self, from: usize, end: usize, most: usize) -> usize {
        from + fitting(self.text[from..end].chars(), most)
    }

    /// The place before so many columns of text at most, but not before the start.
    fn backward(&self, start: usize, from: usize, most: usize) -> usize {
        from - fitting(self.text[start..from].chars().rev(), most)
    }
}

/// The lines of a document that are shown around some places.
pub(in crate::report) struct View {
    excerpt: Arc<Excerpt>,
    text: String,
    lines: Vec<Line>,
    pieces: Vec<Piece>,
    /// The places as they are in the document; none for one that is not shown.
    spans: Vec<Option<Range<usize>>>,
    /// How many columns stand before the lines.
    margin: usize,
}

/// A line of a view.
struct Line {
    /// Its number in the document, from 0.
    number: usize,
    /// Where it starts in the view.
    start: usize,
}

/// A part of the document that stands in a view as it is.
struct Piece {
    /// Where it starts in the view.
    start: usize,
    /// Where it is in the document.
    of: Range<usize>,
}

impl View {
    fn push(&mut self, window: Range<usize>) {
        let line = self.lines.last().expect("a window is of a line").number;
        if window.start > self.excerpt.line(line).start {
            self.text.push(CUT);
        }
        self.pieces.push(Piece { start: self.text.len(), of: window.clone() });
        self.text.push_str(&self.excerpt.text[window]);
    }

    fn end_line(&mut self, end: usize) {
        if self.pieces.last().is_some_and(|piece| piece.of.end < end) {
            self.text.push(CUT);
        }
        self.text.push('\n');
    }

    /// Where the places stand in the view, as far as they are shown.
    pub(in crate::report) fn spans(&self) -> impl Iterator<Item = Option<SourceSpan>> {
        self.spans.iter().map(|span| {
            let span = span.as_ref()?;
            let behind = self.pieces.partition_point(|piece| piece.of.start <= span.start);
            let piece = &self.pieces[behind.saturating_sub(1)];
            // What stands before all that is shown, such as a byte-order mark, is shown at its start.
            let begin = span.start.max(piece.of.start);
            let start = piece.start + (begin - piece.of.start).min(piece.of.len());
            Some((start, span.end.min(piece.of.end).saturating_sub(begin)).into())
        })
    }

    /// The column of the terminal that the middle of a place stands in, from 0.
    pub(in crate::report) fn middle(&self, place: SourceSpan) -> usize {
        let start = self.lines[self.line_of(place.offset())].start;
        let behind = place.offset() + place.len();
        let width = |range: Range<usize>| self.text[range].chars().map(columns).sum::<usize>();
        self.margin + width(start..place.offset()) + width(place.offset()..behind) / 2
    }

    /// The place in the document that a place in the view stands for.
    fn original(&self, at: usize) -> usize {
        let behind = self.pieces.partition_point(|piece| piece.start <= at);
        let piece = &self.pieces[behind.saturating_sub(1)];
        piece.of.start + at.saturating_sub(piece.start).min(piece.of.len())
    }

    /// The index of the line that a place in the view is on.
    fn line_of(&self, at: usize) -> usize {
        self.lines.partition_point(|line| line.start <= at).saturating_sub(1)
    }
}

impl SourceCode for View {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let (start, end) = (span.offset(), span.offset() + span.len());
        if end > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let (first, last) = (self.line_of(start), self.line_of(end));
        let number = |line: usize| self.lines[line].number;
        let (mut from, mut to, mut shown) = (start, end, first);
        if before > 0 || after > 0 {
            // Only lines that follow one another are shown as if they did.
            let is_near = |line: &usize| number(first) - number(*line) <= before;
            shown = (0..=first).find(is_near).unwrap_or(first);
            let is_near = |line: &usize| number(*line) - number(last) <= after;
            let behind = (last..self.lines.len()).rfind(is_near).unwrap_or(last) + 1;
            from = self.lines[shown].start;
            to = self.lines.get(behind).map_or(self.text.len(), |line| line.start);
        }
        let data = self.text[from..to].trim_end_matches('\n').as_bytes();
        let excerpt = &self.excerpt;
        let column = excerpt.lines.position(&excerpt.text, self.original(from)).column - 1;
        Ok(Box::new(MietteSpanContents::new_named(
            excerpt.name.clone(),
            data,
            (from, data.len()).into(),
            number(shown),
            column,
            number(last) - number(shown) + 1,
        )))
    }
}

/// The text of a document in which every byte stays where it is, without secrets, users of addresses and values of
/// servers.
pub(in crate::report) fn masked_text(document: &Document) -> String {
    let text = hidden(document, secret_spans(document));
    // Of what could not be read nobody knows what is a value.
    let is_read = !document.problems.iter().any(|problem| problem.kind.is_fatal());
    if is_read { without_users(&text).into_owned() } else { masked(&text).into_owned() }
}

/// The text of a document with every byte of some spans hidden, so that places stay where they are.
fn hidden<'d>(document: &'d Document, spans: &[Range<usize>]) -> Cow<'d, str> {
    let mut text = Cow::Borrowed(document.text.as_str());
    for span in spans {
        // Quotes show that a text stands there.
        let is_quoted = |quote: char| {
            span.len() > 1
                && text[span.clone()].starts_with(quote)
                && text[span.clone()].ends_with(quote)
        };
        let span = match is_quoted('"') || is_quoted('\'') {
            true => span.start + 1..span.end - 1,
            false => span.clone(),
        };
        let hidden = text[span.clone()].chars().map(|letter| match letter {
            '\n' | '\r' => letter.to_string(),
            other => "*".repeat(other.len_utf8()),
        });
        let hidden: String = hidden.collect();
        text.to_mut().replace_range(span, &hidden);
    }
    text
}

/// Replaces hostile characters by harmless ones of the same length, so that spans stay true.
fn mask(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut plain = 0;
    let kept = |(at, character): &(usize, char)| match character {
        '\n' | '\t' => true,
        // No line shows it.
        &BYTE_ORDER_MARK => *at == 0,
        // Alone it leads back to the start of the line, and ends it for some.
        '\r' => text[at + 1..].starts_with('\n'),
        _ => false,
    };
    for (at, character) in hostile(text).filter(|found| !kept(found)) {
        out.push_str(&text[plain..at]);
        out.push_str(match character.len_utf8() {
            1 => "?",
            2 => "¿",
            3 => "\u{fffd}",
            _ => "\u{fffd}?",
        });
        plain = at + character.len_utf8();
    }
    out + &text[plain..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(text: &str, places: &[&str], width: usize) -> View {
        let document = Document::read("a.yaml", text.as_bytes().to_vec());
        let find = |place: &&str| {
            let start = text.find(place).unwrap();
            start..start + place.len()
        };
        let spans: Vec<_> = places.iter().map(find).collect();
        Arc::new(Excerpt::new(&document)).around(&spans, width)
    }

    fn marked(view: &View) -> Vec<&str> {
        let text = |span: SourceSpan| &view.text[span.offset()..span.offset() + span.len()];
        view.spans().flatten().map(text).collect()
    }

    #[test]
    fn masks_keep_every_offset() {
        let text = "a\x1b\u{85}\u{202e}\u{e0041}é\r\n\tb##[c]";
        let masked = mask(text);
        assert_eq!(masked, "a?¿\u{fffd}\u{fffd}?é\r\n\tb#?[c]");
        assert_eq!(masked.len(), text.len());
    }

    #[test]
    fn short_lines_are_shown_with_the_line_above_them() {
        let view = view("a: 1\nb: 2\r\nc: 3\nd: 4\ne: 5\n", &["b: 2", "e"], 80);
        assert_eq!(view.text, "a: 1\nb: 2\nd: 4\ne: 5\n");
        assert_eq!(marked(&view), ["b: 2", "e"]);
        let contents = view.read_span(&(5, 4).into(), 1, 1).unwrap();
        assert_eq!(contents.data(), b"a: 1\nb: 2");
        assert_eq!((contents.line(), contents.column()), (0, 0));
    }

    #[test]
    fn a_long_line_is_shown_around_its_places() {
        let text = format!("ä: \"{0}\", ü: \"{0}Ü\", z: {0}\n", "é".repeat(40_000));
        let view = view(&text, &["ä", "ü", "z"], 100);
        assert_eq!(marked(&view), ["ä", "ü", "z"]);
        assert_eq!(view.text.matches(CUT).count(), 3);
        assert!(view.text.chars().count() < 120, "{}", view.text);
        let place = view.spans().nth(1).unwrap().unwrap();
        let contents = view.read_span(&place, 0, 0).unwrap();
        assert_eq!((contents.line(), contents.column()), (0, 40_007));
    }

    #[test]
    fn a_place_that_is_longer_than_a_line_of_the_terminal_is_cut_between_characters() {
        let text = format!("a: {}\n", "Ü".repeat(500));
        let view = view(&text, &["ÜÜÜ", &"Ü".repeat(500)], 80);
        assert!(marked(&view)[1].chars().all(|character| character == 'Ü'));
        assert!(view.text.chars().count() < 80, "{}", view.text);
    }
}

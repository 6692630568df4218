//! Excerpts of documents for `miette`: fast in large files, harmless with hostile text.

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::escape::is_hostile;
use crate::source::{Document, LineTable};

/// A line longer than this is cut around the place that is shown.
const LONG_LINE: usize = 240;

/// How much of a long line is shown on either side of the place.
const AROUND: usize = 80;

/// A document to cut excerpts from.
pub(in crate::report) struct Excerpt {
    name: String,
    text: String,
    lines: LineTable,
}

impl Excerpt {
    pub(in crate::report) fn new(document: &Document) -> Excerpt {
        let text = mask(&document.text);
        Excerpt {
            name: crate::report::escape(&document.name).into_owned(),
            lines: LineTable::new(&text),
            text,
        }
    }

    /// The part of a span that lies on its first line: a whole object would bury the message.
    pub(in crate::report) fn first_line(&self, span: &std::ops::Range<usize>) -> SourceSpan {
        let start = self.text.floor_char_boundary(span.start.min(self.text.len()));
        let end = self.text.floor_char_boundary(span.end.clamp(start, self.text.len()));
        let line = self.text[start..end].split(['\n', '\r']).next().unwrap_or("").trim_end();
        let length = if line.len() > LONG_LINE { 1 } else { line.len() };
        (start, length).into()
    }
}

impl SourceCode for Excerpt {
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
        let (first, last) = (self.lines.line_of(start), self.lines.line_of(end));
        if before == 0 && after == 0 {
            return Ok(self.contents(start, end, first, 1));
        }
        let shown = first.saturating_sub(before);
        let mut from = self.lines.start_of(shown, &self.text);
        let mut to = self.lines.start_of(last + after + 1, &self.text);
        let mut line = shown;
        if to - from > LONG_LINE * (last - shown + after + 1) {
            // One of the lines is long: show only the surroundings of the place itself.
            let line_start = self.lines.start_of(first, &self.text);
            let line_end = self.lines.start_of(last + 1, &self.text);
            from = self.text.ceil_char_boundary(line_start.max(start.saturating_sub(AROUND)));
            to = self.text.floor_char_boundary(line_end.min(end + AROUND));
            line = first;
        }
        Ok(self.contents(from, to, line, last - line + 1))
    }
}

impl Excerpt {
    fn contents<'a>(
        &'a self,
        from: usize,
        to: usize,
        line: usize,
        count: usize,
    ) -> Box<dyn SpanContents<'a> + 'a> {
        let column = self.lines.position(&self.text, from).column - 1;
        let data = self.text[from..to].trim_end_matches(['\n', '\r']).as_bytes();
        let span = (from, data.len()).into();
        Box::new(MietteSpanContents::new_named(self.name.clone(), data, span, line, column, count))
    }
}

/// Replaces hostile characters by harmless ones of the same length, so that spans stay true.
fn mask(text: &str) -> String {
    let hostile =
        |character: char| is_hostile(character) && !matches!(character, '\n' | '\r' | '\t');
    if !text.chars().any(hostile) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match (hostile(character), character.len_utf8()) {
            (false, _) => out.push(character),
            (true, 1) => out.push('?'),
            (true, 2) => out.push('¿'),
            (true, 3) => out.push('\u{fffd}'),
            (true, _) => out.push_str("\u{fffd}?"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_keep_every_offset() {
        let text = "a\x1b\u{85}\u{202e}\u{e0041}é\r\nb";
        let masked = mask(text);
        assert_eq!(masked, "a?¿\u{fffd}\u{fffd}?é\r\nb");
        assert_eq!(masked.len(), text.len());
    }
}

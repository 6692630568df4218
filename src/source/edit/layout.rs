//! How a text is laid out: its lines, their ends and indentation.

/// The line break that a text uses.
pub(super) fn line_break(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// Where the line of an offset starts.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |found| found + 1)
}

/// Where the line of an offset ends, its line break left out.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |found| at + found);
    if text[at..end].ends_with('\r') { end - 1 } else { end }
}

/// The white space that puts a new line's text below an offset.
pub(super) fn indentation(text: &str, at: usize) -> String {
    let before = text[line_start(text, at)..at].trim_start_matches('\u{feff}');
    before.chars().map(|character| if character == '\t' { '\t' } else { ' ' }).collect()
}

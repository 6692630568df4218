//! Text broken into lines by the columns that it takes.

use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::UnicodeWidthChar;

/// How many columns a tab takes at most.
pub(in crate::report) const TAB: usize = 4;

/// How names and options are kept whole: lines break at spaces alone.
pub(in crate::report) const BREAKS: (WordSeparator, WordSplitter) =
    (WordSeparator::AsciiSpace, WordSplitter::NoHyphenation);

/// A text in lines of so many columns, of which all but the first begin with an indent. Escape sequences of colours
/// take none.
pub(in crate::report) fn wrap(text: &str, columns: usize, indent: &str) -> String {
    let (separator, splitter) = BREAKS;
    let options = Options::new(columns)
        .subsequent_indent(indent)
        .word_separator(separator)
        .word_splitter(splitter);
    textwrap::fill(text, options)
}

/// How many columns a character takes, as `miette` counts them; a tab as many as it may.
pub(in crate::report) fn columns(character: char) -> usize {
    match character {
        '\t' => TAB,
        other => other.width().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_at_spaces_by_the_columns_of_their_characters() {
        assert_eq!(wrap("pass `--unsafe-fixes` too", 18, "  "), "pass\n  `--unsafe-fixes`\n  too");
        assert_eq!(
            wrap("\u{1b}[31mred\u{1b}[0m 漢字漢字", 12, ""),
            "\u{1b}[31mred\u{1b}[0m 漢字漢字"
        );
        assert_eq!(wrap("red 漢字漢字", 11, ""), "red\n漢字漢字");
    }
}

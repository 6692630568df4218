//! Text broken into lines by the columns that it takes.

use std::borrow::Cow;
use std::fmt::Write;

use textwrap::core::display_width;
use textwrap::{Options, WordSeparator, WordSplitter};
use unicode_width::UnicodeWidthChar;

use super::escape::without_commands;
use super::style::Style;
use super::words::whole_secrets;

/// How many columns a tab takes at most.
pub(in crate::report) const TAB: usize = 4;

/// How names and options are kept whole: lines break at spaces alone.
pub(in crate::report) const BREAKS: (WordSeparator, WordSplitter) =
    (WordSeparator::AsciiSpace, WordSplitter::NoHyphenation);

/// Behind which characters a word goes on in the next line that is longer than a line.
const JOINTS: [char; 10] = ['/', ',', ':', '=', '&', '|', '-', '_', '.', '}'];

/// Appends what is written for people; lines that are too wide go on below, behind their indent.
pub(in crate::report) fn fitted(out: &mut String, style: &Style, write: impl FnOnce(&mut String)) {
    let start = out.len();
    write(out);
    let text = out.split_off(start);
    out.push_str(&fit(&text, style));
}

/// A text for people; lines that are too wide go on below, behind their indent.
pub fn fit<'t>(text: &'t str, style: &Style) -> Cow<'t, str> {
    if !style.bounded {
        return Cow::Borrowed(text);
    }
    // What stands there in place of commands is wider.
    let text = without_commands(text);
    if text.lines().all(|line| display_width(line) <= style.width) {
        return text;
    }
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.split_inclusive('\n') {
        match line.strip_suffix('\n') {
            Some(line) => _ = writeln!(out, "{}", fold(line, style.width)),
            None => out.push_str(&fold(line, style.width)),
        }
    }
    Cow::Owned(out)
}

/// What a command has in it that is there to be copied.
const COMMAND: &str = "gatelint explain --policy";

/// How much wider a line gets that no longer begins with what could be a command to who runs a job.
const MARKED: usize = "\\u{3a}".len() - 1;

/// A line in as many as it needs. A command stays whole, so that it can be copied.
fn fold(line: &str, most: usize) -> Cow<'_, str> {
    if display_width(line) <= most || line.contains(COMMAND) {
        return Cow::Borrowed(line);
    }
    let indent = hang(line, most / 3);
    let folded = |most| wrap(&with_joints(line, most - indent), most, &" ".repeat(indent));
    let tame = without_commands(&folded(most)).into_owned();
    match tame.lines().all(|line| display_width(line) <= most) {
        true => Cow::Owned(tame),
        false => Cow::Owned(folded(most - MARKED)),
    }
}

/// How far that is indented in which a line goes on: as far as its words behind a number or a short label, else a bit
/// further than the line itself.
fn hang(line: &str, most: usize) -> usize {
    let plain = without_colors(line);
    let words = plain.trim_start();
    let indent = plain.len() - words.len();
    let label = words.find("  ").map(|end| words.len() - words[end..].trim_start().len());
    let digits = words.len() - words.trim_start_matches(|first: char| first.is_ascii_digit()).len();
    let number = (digits > 0 && words[digits..].starts_with(". ")).then_some(digits + 2);
    let behind = number.or(label).map(|label| indent + display_width(&words[..label]));
    behind.filter(|behind| *behind <= most).unwrap_or((indent + 2).min(most))
}

fn without_colors(line: &str) -> Cow<'_, str> {
    let Some((before, rest)) = line.split_once("\x1b[") else { return Cow::Borrowed(line) };
    let behind = rest.split_once('m').map_or("", |(_, behind)| behind);
    Cow::Owned(format!("{before}{}", without_colors(behind)))
}

/// A text with a blank behind joints of words that are wider than so many columns; where there is none, such a word
/// is cut in its middle.
pub(in crate::report) fn with_joints(text: &str, most: usize) -> Cow<'_, str> {
    if text.split(' ').all(|word| display_width(word) <= most) {
        return Cow::Borrowed(text);
    }
    let jointed = |word| match display_width(word) <= most {
        true => Cow::Borrowed(word),
        false => Cow::Owned(jointed(word, most)),
    };
    Cow::Owned(text.split(' ').map(jointed).collect::<Vec<_>>().join(" "))
}

fn jointed(word: &str, most: usize) -> String {
    let mut pieces: Vec<String> = vec![String::new()];
    for part in word.split_inclusive(JOINTS) {
        let last = pieces.last_mut().expect("there is always a piece");
        let part = cut_middle(part, most);
        match last.is_empty() || display_width(last) + display_width(&part) <= most {
            true => last.push_str(&part),
            false => pieces.push(part.into_owned()),
        }
    }
    pieces.join(" ")
}

/// A text of so many columns at most, with `…` where its middle is left out.
pub(in crate::report) fn cut_middle(text: &str, most: usize) -> Cow<'_, str> {
    if display_width(text) <= most {
        return Cow::Borrowed(text);
    }
    let start = whole_secrets(text, fitting(text.chars(), most / 2));
    let end = text.len() - fitting(text.chars().rev(), (most - 1) / 2);
    let end = if whole_secrets(text, end) == end { end } else { text.len() };
    Cow::Owned(format!("{}…{}", &text[..start], &text[end..]))
}

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

/// How many bytes the first characters have that take so many columns at most.
pub(super) fn fitting(characters: impl Iterator<Item = char>, most: usize) -> usize {
    let mut taken = 0;
    let fits = |character: &char| {
        taken += columns(*character);
        taken <= most
    };
    characters.take_while(fits).map(char::len_utf8).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str, width: usize) -> String {
        fit(text, &Style { color: false, width, unicode: false, bounded: true }).into_owned()
    }

    #[test]
    fn lines_go_on_behind_their_indent_their_number_or_their_label() {
        assert_eq!(folded("  one two three\nfour\n", 12), "  one two\n    three\nfour\n");
        assert_eq!(folded(" 12. one two three four", 16), " 12. one two\n     three four");
        let labelled = " call  a b c d e f g h i j k";
        assert_eq!(folded(labelled, 24), " call  a b c d e f g h i\n       j k");
        let bold = folded(&format!("\x1b[1m{labelled}\x1b[0m"), 24);
        assert_eq!(bold, "\x1b[1m call  a b c d e f g h i\n       j k\x1b[0m");
    }

    #[test]
    fn words_that_fit_into_no_line_go_on_behind_a_joint_or_are_cut_in_the_middle() {
        assert_eq!(
            folded("at /tools/run_runbook/require/0", 20),
            "at /tools/run_\n  runbook/require/0"
        );
        assert_eq!(folded(&"n".repeat(30), 12), "nnnnn…nnnn");
        assert_eq!(folded(&"漢".repeat(30), 12), "漢漢…漢漢");
        let command = "  gatelint explain --policy p.json";
        assert_eq!(folded(command, 20), command);
        let piped = Style { color: false, width: 12, unicode: false, bounded: false };
        assert_eq!(fit(&"n".repeat(30), &piped), "n".repeat(30));
    }

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

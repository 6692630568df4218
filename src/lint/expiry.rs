//! How long something is ignored.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;
use serde::Serialize;

use super::finding::Facts;
use crate::source::slip;

/// A day as it is written, `2027-01-31`; none for any other form, and for days that there are not.
pub fn day(text: &str) -> Option<Date> {
    let is_form = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if is_form { text.parse().ok() } else { None }
}

/// Reads what stands behind the names of rules in a comment: a reason, and `expires: DAY` in it.
///
/// # Errors
/// What was meant to say up to which day, and does not.
pub(super) fn read_words(text: &str) -> Result<(String, Option<Date>), String> {
    let clauses = clauses(text);
    if let Some(wrong) = clauses.iter().find(|clause| clause.expires.is_none()) {
        return Err(wrong.text.to_owned());
    }
    match clauses.as_slice() {
        [] => Ok((text.trim().to_owned(), None)),
        [clause] => {
            let before = clause.before.trim_end_matches([' ', ',', ';', '(']);
            let after = clause.after.trim_start_matches([' ', ',', ';', ')', '.']);
            Ok((format!("{before} {after}").trim().to_owned(), clause.expires))
        }
        [_, second, ..] => Err(second.text.to_owned()),
    }
}

/// What is meant to say up to which day something is ignored, with what stands around it.
struct Clause<'t> {
    before: &'t str,
    text: &'t str,
    after: &'t str,
    /// The day; none where it says none in the one way there is.
    expires: Option<Date>,
}

fn clauses(text: &str) -> Vec<Clause<'_>> {
    static WORD: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("[A-Za-z]+").expect("the pattern is valid"));
    WORD.find_iter(text).filter_map(|word| clause(text, word.range())).collect()
}

/// What a word begins, if it is meant for `expires` and a mark stands behind it, or a number.
fn clause(text: &str, word: Range<usize>) -> Option<Clause<'_>> {
    let name = &text[word.clone()];
    let is_right = name == "expires";
    let is_meant =
        name.to_ascii_lowercase().starts_with("expir") || slip(name, ["expires"]).is_some();
    let behind = text[word.end..].trim_start();
    let marked = behind.strip_prefix([':', '=']).map(str::trim_start);
    let is_number = behind.starts_with(|first: char| first.is_ascii_digit());
    let value =
        marked.or_else(|| (is_right && is_number).then_some(behind)).filter(|_| is_meant)?;
    let first = value.split_whitespace().next().unwrap_or_default();
    let first = first.trim_end_matches([',', ';', '.', ')']);
    let end = text.len() - value.len() + first.len();
    let is_right = is_right && behind.starts_with(':');
    Some(Clause {
        before: &text[..word.start],
        text: text[word.start..end].trim_end(),
        after: &text[end..],
        expires: day(first).filter(|_| is_right),
    })
}

/// Facts of `expired-ignore`: rules that were ignored up to a day which is over.
#[derive(Serialize, Debug)]
pub struct Expired {
    /// The rules.
    pub rules: Vec<String>,
    /// The last day.
    pub expires: String,
}

impl Facts for Expired {
    fn message(&self) -> String {
        let rules: Vec<String> = self.rules.iter().map(|rule| format!("`{rule}`")).collect();
        format!("{} is ignored up to {} only, which is over", rules.join(", "), self.expires)
    }

    fn help(&self) -> Option<String> {
        Some("mend what it hid and remove it, or decide anew for how long".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_there_are_are_days() {
        assert_eq!(day("2027-01-31").map(|day| day.to_string()).as_deref(), Some("2027-01-31"));
        for text in ["2027-02-30", "2027-1-31", "20270131", "2027-01-31T00:00", "31.01.2027", ""] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_stands_anywhere_in_the_words_and_one_that_is_written_otherwise_is_told() {
        let read = |text: &str| {
            read_words(text).map(|(reason, day)| (reason, day.map(|day| day.to_string())))
        };
        let due = Some("2027-01-31".to_owned());
        for (text, reason) in [
            ("expires: 2027-01-31", ""),
            ("expires: 2027-01-31 held elsewhere", "held elsewhere"),
            (" held elsewhere, expires: 2027-01-31.", "held elsewhere"),
            ("see: #7 (expires: 2027-01-31), held elsewhere", "see: #7 held elsewhere"),
            ("why: expires:2027-01-31", "why:"),
        ] {
            assert_eq!(read(text), Ok((reason.to_owned(), due.clone())), "{text}");
        }
        for text in
            ["", "the token expires when it is used", "it expired 2020-01-01", "see 2027-01-31"]
        {
            assert_eq!(read(text), Ok((text.to_owned(), None)), "{text}");
        }
        for text in [
            "expires: soon",
            "expires:",
            "expires: 2027-02-30",
            "expires 2027-01-31",
            "expires=2027-01-31",
            "Expires: 2027-01-31",
            "expire: 2027-01-31",
            "expries: 2027-01-31",
        ] {
            assert_eq!(read(&format!("why, {text}")), Err(text.to_owned()));
        }
        assert_eq!(
            read("expires: 2027-01-31 expires: 2028-01-31"),
            Err("expires: 2028-01-31".to_owned())
        );
    }
}

//! Lengths of time as test files write them.

use std::time::Duration;

use super::mistakes::Mistakes;
use crate::source::{Node, Pointer};

/// Units with their milliseconds, the longest first.
const UNITS: [(&str, u64); 5] =
    [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// The longest time that a case may take: a hundred years, so that no moment is beyond the calendar.
pub(super) const LONGEST: Duration = Duration::from_secs(36_500 * 86_400);

/// How often a call may be made in one step.
pub(super) const MOST: u64 = 1_000_000;

/// Reads a length of time such as `5s`; none where the text is none, or is longer than [`LONGEST`].
pub(super) fn span(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = text[..digits].parse().ok()?;
    let (_, unit) = UNITS.into_iter().find(|(unit, _)| *unit == &text[digits..])?;
    let span = number.checked_mul(unit).map(Duration::from_millis);
    span.filter(|span| *span <= LONGEST)
}

/// Reads a length of time that stands at a place; what is none, or is too long, is a mistake.
pub(super) fn read_span(node: &Node, at: &Pointer, mistakes: &mut Mistakes) -> Option<Duration> {
    let read = node.as_str().and_then(span);
    if read.is_none() {
        let message = format!("{} is no length of time, or too long", named(node));
        mistakes.value(
            at,
            message,
            &match meant(text(node)) {
                Some(meant) => {
                    format!("write `{meant}`: a whole number and a unit (ms, s, m, h or d)")
                }
                None => {
                    "write it as `250ms`, `5s`, `1m`, `2h` or `3d`, up to 36500 days".to_owned()
                }
            },
        );
    }
    read
}

/// Reads how often a call is made, which stands at a place, and how long after each other; what is none, or is
/// too often, is a mistake.
pub(super) fn read_repeat(
    node: &Node,
    at: &Pointer,
    mistakes: &mut Mistakes,
) -> Option<(u64, Duration)> {
    let read = repeat(text(node));
    if read.is_none() {
        let message = format!("{} is no number of calls, or too many", named(node));
        let gap =
            text(node).split_once(" every ").and_then(|(times, gap)| Some((times, meant(gap)?)));
        let example = match gap {
            Some((times, gap)) => format!("{times} every {gap}"),
            None => "12 every 4s".to_owned(),
        };
        let help = format!("write a number from 1 to {MOST}, or one with a gap: `{example}`");
        mistakes.value(at, message, &help);
    }
    read
}

/// Reads how often a call is made, at most [`MOST`] times: `12`, or `12 every 4s`.
fn repeat(text: &str) -> Option<(u64, Duration)> {
    let (times, every) = match text.split_once(" every ") {
        Some((times, every)) => (times, span(every)?),
        None => (text, Duration::ZERO),
    };
    let is_whole = times.bytes().all(|byte| byte.is_ascii_digit());
    let times = times.parse().ok().filter(|times| is_whole && (1..=MOST).contains(times))?;
    Some((times, every))
}

/// A value as a message names it.
pub(super) fn named(node: &Node) -> String {
    match node.scalar().filter(|scalar| !scalar.text.is_empty()) {
        Some(scalar) => format!("`{}`", scalar.text),
        None => node.describe(),
    }
}

/// The text of a scalar, also of a number.
fn text(node: &Node) -> &str {
    node.scalar().map_or("", |scalar| &scalar.text)
}

/// The length of time that is meant by a text without a unit, with a fraction or with white space.
fn meant(text: &str) -> Option<String> {
    let digits = text.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
    let (number, unit) = text.split_at(digits);
    let number: f64 = number.parse().ok()?;
    let unit = match unit.trim() {
        "" => "s",
        unit => unit,
    };
    let (_, length) = UNITS.into_iter().find(|(known, _)| *known == unit)?;
    let milliseconds = number * length as f64;
    let span = Duration::from_millis(milliseconds as u64);
    (milliseconds.fract() == 0.0 && span <= LONGEST).then(|| span_text(span))
}

/// A length of time in the largest unit that it is a whole number of, as test files write it.
pub fn span_text(span: Duration) -> String {
    let milliseconds = span.as_millis();
    let fits = |(_, unit): &(&str, u64)| milliseconds.is_multiple_of(u128::from(*unit));
    match UNITS.into_iter().find(fits).filter(|_| milliseconds > 0) {
        Some((unit, length)) => format!("{}{unit}", milliseconds / u128::from(length)),
        None => "0s".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_as_they_are_written() {
        for text in ["0s", "5s", "90s", "1m", "2h", "1d", "250ms"] {
            assert_eq!(
                span(text).map(span_text).as_deref(),
                Some(if text == "90s" { "90s" } else { text })
            );
        }
        for wrong in [
            "",
            "5",
            "s",
            "5 s",
            "-1s",
            "1w",
            "36501d",
            "99999999999999999999s",
            "999999999999999999d",
        ] {
            assert_eq!(span(wrong), None, "{wrong}");
        }
        assert_eq!(repeat("12 every 4s"), Some((12, Duration::from_secs(4))));
        assert_eq!(repeat("12"), Some((12, Duration::ZERO)));
        for wrong in ["0", "+2", "", "2 every", "x every 1s", "1000001", "2 every 1"] {
            assert_eq!(repeat(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_meant_by_a_length_of_time_is_guessed_only_where_it_is_exact() {
        for (text, span) in
            [("5", "5s"), ("1.5s", "1500ms"), ("1.5", "1500ms"), ("2 m", "2m"), ("0.5h", "30m")]
        {
            assert_eq!(meant(text).as_deref(), Some(span), "{text}");
        }
        for text in ["", "-1s", "0.0001s", "1w", "1.2.3s", "99999999d", "noon"] {
            assert_eq!(meant(text), None, "{text}");
        }
    }
}

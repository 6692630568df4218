//! Lengths of time as test files write them.

use std::time::Duration;

use super::mistakes::Mistakes;
use crate::source::Pointer;

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
pub(super) fn read_span(text: &str, at: &Pointer, mistakes: &mut Mistakes) -> Option<Duration> {
    let read = span(text);
    if read.is_none() && !mistakes.are_below(at) {
        let message = format!("`{text}` is no length of time, or too long");
        mistakes.value(
            at,
            message,
            "write it as `250ms`, `5s`, `1m`, `2h` or `3d`, up to 36500 days",
        );
    }
    read
}

/// Reads how often a call is made, at most [`MOST`] times: `12`, or `12 every 4s`.
pub(super) fn repeat(text: &str) -> Option<(u64, Duration)> {
    let (times, every) = match text.split_once(" every ") {
        Some((times, every)) => (times, span(every)?),
        None => (text, Duration::ZERO),
    };
    Some((times.parse().ok().filter(|times| (1..=MOST).contains(times))?, every))
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
        assert_eq!((repeat("0"), repeat("2 every"), repeat("x every 1s")), (None, None, None));
    }
}

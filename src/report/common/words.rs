//! Small words: numbers with their nouns, shares, durations, lists, and long text cut.

use std::borrow::Cow;
use std::ops::Range;

use crate::catalogue::disclosed;
use crate::engine::Timestamp;

/// What is said of a denial whose message sounds as if somebody could approve the call.
pub(in crate::report) const SPEAKS_OF_APPROVAL: &str = "denied; the message asks for approval";

/// A number with its noun.
pub fn count(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", by_number(number, "", "s"))
}

/// The first word of one, the second of any other number.
pub fn by_number<'w>(number: u64, one: &'w str, many: &'w str) -> &'w str {
    if number == 1 { one } else { many }
}

/// How often something happened.
pub(in crate::report) fn times(calls: u64) -> String {
    if calls == 1 { "once".to_owned() } else { format!("{calls} times") }
}

/// A share in per cent. One that is close to all or nothing is not rounded to it.
pub(in crate::report) fn percent(share: f64) -> String {
    match share {
        share if share > 99.0 && share < 100.0 => "> 99 %".to_owned(),
        share if share > 0.0 && share < 1.0 => "< 1 %".to_owned(),
        share => format!("{share:.0} %"),
    }
}

/// A number of seconds as people say it.
pub(in crate::report) fn duration(seconds: i64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {} s", seconds % 60),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// A moment to the second, which is as much as people read.
pub(in crate::report) fn time(time: Timestamp) -> Timestamp {
    Timestamp::at_second(time.seconds)
}

/// A moment to the millisecond.
pub(in crate::report) fn precise_time(time: Timestamp) -> Timestamp {
    Timestamp { nanoseconds: time.nanoseconds / 1_000_000 * 1_000_000, ..time }
}

/// From when to when; to the millisecond where it is all within a second.
pub(in crate::report) fn period(first: Timestamp, last: Timestamp) -> String {
    let to = match first.seconds == last.seconds {
        true => precise_time,
        false => time,
    };
    format!("{} to {}", to(first), to(last))
}

/// At most so many characters of a text, with `…` where more follow.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..whole_secrets(text, end)])),
        None => Cow::Borrowed(text),
    }
}

/// Where a text may be cut at a place or before: a part of a secret is one as well, which whoever withholds the whole
/// does not find.
pub(in crate::report) fn whole_secrets(text: &str, end: usize) -> usize {
    let is_cut = |span: &Range<usize>| span.start < end && end < span.end;
    let mut spans = disclosed(text).into_iter().map(|one| one.span);
    spans.find(is_cut).map_or(end, |span| span.start)
}

/// How many characters of a name are shown in a list.
const LONG_NAME: usize = 120;

/// The first names with their numbers, and how many others there are.
pub(in crate::report) fn list(named: &[(String, u64)], shown: usize) -> String {
    let first = named.iter().take(shown).map(|(name, calls)| {
        let name = if name.is_empty() { "(unknown)" } else { name };
        format!("{} {calls}", cut(name, LONG_NAME))
    });
    let first: Vec<String> = first.collect();
    match named.len().saturating_sub(shown) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_not_rounded_to_all_or_nothing() {
        let shown = [0.0, 0.4, 49.6, 99.9, 100.0, 140.0].map(percent);
        assert_eq!(shown, ["0 %", "< 1 %", "50 %", "> 99 %", "100 %", "140 %"]);
    }

    #[test]
    fn times_are_as_exact_as_it_takes_to_tell_them_apart() {
        let at = |seconds, nanoseconds| Timestamp { seconds, nanoseconds };
        assert_eq!(time(at(1, 987_654_321)).to_string(), "1970-01-01T00:00:01Z");
        assert_eq!(precise_time(at(1, 987_654_321)).to_string(), "1970-01-01T00:00:01.987Z");
        let first = at(1, 250_000_001);
        assert_eq!(period(first, at(2, 5)), "1970-01-01T00:00:01Z to 1970-01-01T00:00:02Z");
        assert_eq!(
            period(first, at(1, 500_000_000)),
            "1970-01-01T00:00:01.25Z to 1970-01-01T00:00:01.5Z"
        );
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöü", 2), "äö…");
    }

    #[test]
    fn no_part_of_a_secret_is_left_where_text_is_cut() {
        let text = "curl -H ghp_aB3dE6gH9kLmN2pQ5sT8vW1yZ4bC7fJ01234 x";
        assert_eq!(cut(text, 20), "curl -H …");
        assert_eq!(cut(text, 49), format!("{}…", &text[..49]));
    }

    #[test]
    fn lists_say_how_many_they_leave_out() {
        let named = [("a", 3), ("", 2), ("c", 1)].map(|(name, calls)| (name.to_owned(), calls));
        assert_eq!(list(&named, 3), "a 3, (unknown) 2, c 1");
        assert_eq!(list(&named, 1), "a 3 and 2 more");
    }
}

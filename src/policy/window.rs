//! The windows that limits count in.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::source::slip;

/// A fixed window, aligned to the calendar in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    /// From :00 to the next minute.
    Minute,
    /// From :00:00 to the next hour.
    Hour,
    /// From midnight UTC to the next.
    Day,
}

/// The units that lengths are given in: how many seconds, and what they are called.
const UNITS: [(i64, &[&str]); 4] = [
    (1, &["s", "sec", "secs", "second", "seconds"]),
    (60, &["m", "min", "mins", "minute", "minutes"]),
    (3_600, &["h", "hr", "hrs", "hour", "hours"]),
    (86_400, &["d", "day", "days"]),
];

impl Window {
    /// All windows, the shortest first.
    pub const ALL: [Window; 3] = [Window::Minute, Window::Hour, Window::Day];

    /// The window of a name in a document.
    pub fn of_name(name: &str) -> Option<Window> {
        Window::ALL.into_iter().find(|window| window.name() == name)
    }

    /// The window that a text stands for that is no name of one: its length, in seconds or with a
    /// unit (`60`, `1h`, `per hour`), or a name with a slip of the hand. Neither a length that no window
    /// has is taken for one, nor another word, nor `M`, which may be a month.
    pub fn meant(text: &str) -> Option<Window> {
        if text.trim().trim_start_matches(|one: char| one.is_ascii_digit() || one == ' ') == "M" {
            return None;
        }
        let text = text.trim().to_ascii_lowercase();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, unit) = text.split_at(digits);
        let unit = match unit.trim() {
            "" | ".0" if digits > 0 => "s",
            unit if digits == 0 => unit.strip_prefix("per ").map_or(unit, str::trim_start),
            unit => unit,
        };
        if let Some((seconds, _)) = UNITS.iter().find(|(_, names)| names.contains(&unit)) {
            let count: i64 = if count.is_empty() { 1 } else { count.parse().ok()? };
            let length = count.checked_mul(*seconds)?;
            return Window::ALL.into_iter().find(|window| window.seconds() == length);
        }
        // A slip keeps the first letter: `four` is no `hour`.
        let alike = |name: &str| name.chars().next() == text.chars().next();
        let is_word = text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let slip_of = |names: [&'static str; 3]| {
            slip(&text, names.into_iter().filter(|name| is_word && alike(name)))
        };
        let one = slip_of(["minute", "hour", "day"]);
        let meant = one.or_else(|| slip_of(["minutes", "hours", "days"]))?;
        Window::of_name(meant.trim_end_matches('s'))
    }

    /// The name in a document.
    pub fn name(self) -> &'static str {
        match self {
            Window::Minute => "minute",
            Window::Hour => "hour",
            Window::Day => "day",
        }
    }

    /// What something happens so often in, in words.
    pub fn each(self) -> &'static str {
        match self {
            Window::Minute => "a minute",
            Window::Hour => "an hour",
            Window::Day => "a day",
        }
    }

    /// The length in seconds.
    pub fn seconds(self) -> i64 {
        match self {
            Window::Minute => 60,
            Window::Hour => 3_600,
            Window::Day => 86_400,
        }
    }

    /// The start of the window that holds a second, both as Unix seconds.
    pub fn start(self, second: i64) -> i64 {
        second - second.rem_euclid(self.seconds())
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_slips_are_understood_and_other_lengths_are_not() {
        for (text, meant) in [
            ("60", Window::Minute),
            ("60.0", Window::Minute),
            ("1m", Window::Minute),
            ("minuet", Window::Minute),
            ("MINUTES", Window::Minute),
            ("60 min", Window::Hour),
            ("per hour", Window::Hour),
            ("minuts", Window::Minute),
            ("hous", Window::Hour),
            ("huor", Window::Hour),
            ("24h", Window::Day),
            ("86400s", Window::Day),
        ] {
            assert_eq!(Window::meant(text), Some(meant), "{text}");
        }
        for text in [
            "",
            "30",
            "45s",
            "2 days",
            "30 minutes",
            "week",
            "weekday",
            "monday",
            "Sunday",
            "today",
            "month",
            "M",
            "1M",
            "four",
            "half hour",
            "five minutes",
            "per five minutes",
            "60 per minute",
            "quarter-hour",
            "midday",
            "second",
            "s",
            "m60",
            "99999999999999999999",
        ] {
            assert_eq!(Window::meant(text), None, "{text}");
        }
    }

    #[test]
    fn windows_start_on_the_calendar_also_before_1970() {
        assert_eq!(Window::Minute.start(119), 60);
        assert_eq!(Window::Hour.start(7_199), 3_600);
        assert_eq!(Window::Day.start(86_400), 86_400);
        assert_eq!(Window::Minute.start(-1), -60);
    }
}

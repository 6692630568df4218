//! The windows that limits count in.

use std::fmt;

use serde::Serialize;

use crate::source::nearest;

/// A fixed window, aligned to the calendar in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Window {
    /// From :00 to the next minute.
    Minute,
    /// From :00:00 to the next hour.
    Hour,
    /// From midnight UTC to the next.
    Day,
}

impl Window {
    /// All windows, the shortest first.
    pub const ALL: [Window; 3] = [Window::Minute, Window::Hour, Window::Day];

    /// The window of a name in a document.
    pub fn of_name(name: &str) -> Option<Window> {
        Window::ALL.into_iter().find(|window| window.name() == name)
    }

    /// The name that a misspelt one may have been meant to be.
    pub fn nearest(name: &str) -> Option<&'static str> {
        nearest(name, Window::ALL.iter().map(|window| window.name()))
    }

    /// The name in a document.
    pub fn name(self) -> &'static str {
        match self {
            Window::Minute => "minute",
            Window::Hour => "hour",
            Window::Day => "day",
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
    fn windows_start_on_the_calendar_also_before_1970() {
        assert_eq!(Window::Minute.start(119), 60);
        assert_eq!(Window::Hour.start(7_199), 3_600);
        assert_eq!(Window::Day.start(86_400), 86_400);
        assert_eq!(Window::Minute.start(-1), -60);
    }
}

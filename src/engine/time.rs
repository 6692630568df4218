//! Moments, as traces know them and windows need them.

use std::fmt;

/// A moment in UTC, to the nanosecond, without bounds that real logs could meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// Nanoseconds within the second, below 1,000,000,000.
    pub nanoseconds: u32,
}

impl Timestamp {
    /// A full second.
    pub fn at_second(seconds: i64) -> Timestamp {
        Timestamp { seconds, nanoseconds: 0 }
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC; a second count where that has no notation for the year.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::new(self.seconds, self.nanoseconds as i32) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{}s", self.seconds),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_shown_as_rfc_3339() {
        let moment = Timestamp { seconds: 1_772_359_200, nanoseconds: 250_000_000 };
        assert_eq!(moment.to_string(), "2026-03-01T10:00:00.25Z");
        assert_eq!(Timestamp::at_second(-1).to_string(), "1969-12-31T23:59:59Z");
    }
}

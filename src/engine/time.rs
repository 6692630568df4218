//! Moments, as traces know them and windows need them.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A moment in UTC, to the nanosecond, without bounds that real logs could meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "(i64, u32)", into = "(i64, u32)")]
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

    /// The moment a while later.
    pub fn after(self, duration: Duration) -> Timestamp {
        let nanoseconds = self.nanoseconds + duration.subsec_nanos();
        let carried = i64::from(nanoseconds / 1_000_000_000);
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Timestamp {
            seconds: self.seconds.saturating_add(seconds).saturating_add(carried),
            nanoseconds: nanoseconds % 1_000_000_000,
        }
    }
}

impl From<Timestamp> for (i64, u32) {
    fn from(time: Timestamp) -> (i64, u32) {
        (time.seconds, time.nanoseconds)
    }
}

impl TryFrom<(i64, u32)> for Timestamp {
    type Error = &'static str;

    /// Only where windows can be reckoned with.
    fn try_from((seconds, nanoseconds): (i64, u32)) -> Result<Timestamp, &'static str> {
        const FAR: u64 = 1 << 40;
        match seconds.unsigned_abs() <= FAR && nanoseconds < 1_000_000_000 {
            true => Ok(Timestamp { seconds, nanoseconds }),
            false => Err("a time that no trace has"),
        }
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
        let later = moment.after(Duration::from_millis(59_750));
        assert_eq!(later.to_string(), "2026-03-01T10:01:00Z");
    }
}

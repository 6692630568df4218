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
        /// The year 10000.
        const TOO_LATE: i64 = 253_402_300_800;
        if (0..TOO_LATE).contains(&self.seconds) {
            let mut text = [0; LONGEST];
            let length = write_after_1970(*self, &mut text);
            return f.write_str(std::str::from_utf8(&text[..length]).map_err(|_| fmt::Error)?);
        }
        match jiff::Timestamp::new(self.seconds, self.nanoseconds as i32) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{}s", self.seconds),
        }
    }
}

/// How long a moment may be in RFC 3339, in bytes.
const LONGEST: usize = "1970-01-01T00:00:00.000000000Z".len();

/// Writes a moment of the years 1970 to 9999 in RFC 3339, and gives how long it is. A decision is written for every
/// call of a trace. Dates are found by counting years from March, whose leap day comes last (Howard Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms").
fn write_after_1970(time: Timestamp, text: &mut [u8; LONGEST]) -> usize {
    let (days, second) = (time.seconds as u64 / 86_400 + 719_468, time.seconds as u64 % 86_400);
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    *text = *b"0000-00-00T00:00:00.000000000Z";
    let mut digits = |places: std::ops::Range<usize>, mut number: u64| {
        for place in places.rev() {
            text[place] = b'0' + (number % 10) as u8;
            number /= 10;
        }
    };
    digits(0..4, year);
    digits(5..7, month);
    digits(8..10, day);
    digits(11..13, second / 3_600);
    digits(14..16, second / 60 % 60);
    digits(17..19, second % 60);
    digits(20..29, u64::from(time.nanoseconds));
    // A fraction without the zeros at its end, and none that is zero.
    let mut end = LONGEST - 1;
    while end > 19 && matches!(text[end - 1], b'0' | b'.') {
        end -= 1;
        if text[end] == b'.' {
            break;
        }
    }
    text[end] = b'Z';
    end + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn moments_are_shown_as_a_calendar_shows_them(
            seconds in prop_oneof![0i64..253_402_207_200, 951_700_000i64..951_900_000],
            nanoseconds in prop_oneof![Just(0u32), 0u32..1_000_000_000, (0u32..1_000).prop_map(|ms| ms * 1_000_000)],
        ) {
            let calendar = jiff::Timestamp::new(seconds, nanoseconds as i32).unwrap();
            let shown = Timestamp { seconds, nanoseconds }.to_string();
            prop_assert_eq!(shown, calendar.to_string());
        }
    }

    #[test]
    fn is_shown_as_rfc_3339() {
        let moment = Timestamp { seconds: 1_772_359_200, nanoseconds: 250_000_000 };
        assert_eq!(moment.to_string(), "2026-03-01T10:00:00.25Z");
        assert_eq!(Timestamp::at_second(-1).to_string(), "1969-12-31T23:59:59Z");
        let later = moment.after(Duration::from_millis(59_750));
        assert_eq!(later.to_string(), "2026-03-01T10:01:00Z");
    }
}

//! The clock, which nothing below the command line reads.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::lint::day;

/// The day that it is, in UTC.
pub(in crate::cli) fn today() -> Date {
    Offset::UTC.to_datetime(Timestamp::now()).date()
}

/// A day on the command line.
pub(in crate::cli) fn parse_day(text: &str) -> Result<Date, String> {
    day(text).ok_or_else(|| "write a day such as 2027-01-31".to_owned())
}

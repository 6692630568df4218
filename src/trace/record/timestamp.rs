//! Times as logs write them.

use serde_json::value::RawValue;

use crate::engine::Timestamp;

/// Reads a time from its JSON text: RFC 3339 with any offset, or Unix seconds as a number.
///
/// # Errors
/// Why it is no time, in words.
pub fn parse_time(json: &str) -> Result<Timestamp, String> {
    if let Some(text) = json.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        if let Some(time) = common_form(text.as_bytes()) {
            return Ok(time);
        }
        return match text.parse::<jiff::Timestamp>() {
            Ok(time) if has_year(time) => Ok(of_jiff(time)),
            Ok(_) => Err("the time is too far off: the years 1 to 9998 are read".to_owned()),
            Err(_) => {
                Err("the time is not in RFC 3339 form, such as `2026-03-01T10:00:00Z`".to_owned())
            }
        };
    }
    let not_seconds = || "the time is not in Unix seconds (years 1 to 9998)".to_owned();
    if let Some(time) = few_digits(json) {
        return Ok(time);
    }
    let (whole, fraction) = json.split_once('.').unwrap_or((json, ""));
    let plain = whole.strip_prefix('-').unwrap_or(whole).bytes().all(|byte| byte.is_ascii_digit())
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let time = if plain {
        exact_seconds(whole, fraction)
    } else {
        json.parse::<f64>().ok().filter(|seconds| seconds.is_finite()).and_then(|seconds| {
            let floor = seconds.floor();
            jiff::Timestamp::new(floor as i64, ((seconds - floor) * 1e9) as i32).ok()
        })
    };
    time.filter(|time| has_year(*time)).map(of_jiff).ok_or_else(not_seconds)
}

/// The time in a field, if it is there.
///
/// # Errors
/// Why it is no time, in words.
pub(in crate::trace) fn time_at(field: Option<&RawValue>) -> Result<Option<Timestamp>, String> {
    field.map(|time| parse_time(time.get())).transpose()
}

/// Reads a time from its JSON text: RFC 3339 with any offset, or Unix milliseconds as a number.
///
/// # Errors
/// Why it is no time, in words.
pub(in crate::trace) fn parse_milliseconds(json: &str) -> Result<Timestamp, String> {
    if json.starts_with('"') {
        return parse_time(json);
    }
    let (whole, fraction) = json.split_once('.').unwrap_or((json, ""));
    let digits = whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit());
    let seconds = (digits && !whole.is_empty()).then(|| {
        let padded = format!("{whole:0>4}");
        let (seconds, milliseconds) = padded.split_at(padded.len() - 3);
        format!("{seconds}.{milliseconds}{fraction}")
    });
    let time = seconds.map(|seconds| parse_time(&seconds));
    let not_milliseconds =
        || "the time is not in Unix milliseconds (years 1970 to 9998)".to_owned();
    time.and_then(Result::ok).ok_or_else(not_milliseconds)
}

/// Reads a time from the JSON text of Unix nanoseconds, a number or text; none for zero, by which
/// OpenTelemetry says that it is not known.
///
/// # Errors
/// Why it is no time, in words.
pub(in crate::trace) fn parse_nanoseconds(json: &str) -> Result<Option<Timestamp>, String> {
    let not_nanoseconds = || "the time is not in Unix nanoseconds".to_owned();
    let nanoseconds: i128 = json.trim_matches('"').parse().map_err(|_| not_nanoseconds())?;
    if nanoseconds == 0 {
        return Ok(None);
    }
    let time = jiff::Timestamp::from_nanosecond(nanoseconds).ok();
    time.filter(|time| has_year(*time)).map(|time| Some(of_jiff(time))).ok_or_else(not_nanoseconds)
}

/// Reads the form that nearly every log has, `2026-03-01T10:00:00[.fraction]Z`, many times faster
/// than a reader of all forms; none for anything else, also where it is merely doubtful.
fn common_form(text: &[u8]) -> Option<Timestamp> {
    let (head, rest) = text.split_at_checked(19)?;
    let marks = [head[4], head[7], head[10], head[13], head[16]];
    if marks != *b"--T::" {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        head[range].iter().try_fold(0i64, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0'))
        })
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let (hour, minute, second) = (number(11..13)?, number(14..16)?, number(17..19)?);
    // Days that not every month has are left to the reader that knows the calendar.
    let plain = (1..=12).contains(&month) && (1..=28).contains(&day) && (1..9999).contains(&year);
    if !plain || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let nanoseconds = nanoseconds(rest)?;
    let seconds = days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second;
    Some(Timestamp { seconds, nanoseconds })
}

/// The minute of the time read last: most times of a log are in the minute of the one before.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::trace) struct MinuteCache {
    /// `2026-03-01T10:00`.
    start: [u8; 16],
    /// The minute's first second.
    seconds: i64,
}

impl MinuteCache {
    /// How long a time is that is written with milliseconds, with the quote behind it.
    pub(in crate::trace) const LENGTH: usize = 25;

    /// Reads a time that is written with milliseconds, `2026-03-01T10:00:00.250Z"`, from the text that begins
    /// with it, if it is in the minute of the one before.
    #[inline(always)]
    pub(in crate::trace) fn read(&self, text: &[u8]) -> Option<Timestamp> {
        let text: &[u8; MinuteCache::LENGTH] = text.first_chunk()?;
        let (minute, rest) = text.split_first_chunk::<16>()?;
        let (colon, rest) = rest.split_first_chunk()?;
        if *minute != self.start || *colon != *b":" {
            return None;
        }
        // What differs from zeros and the marks between them is the digits, each of which must be small, and
        // nothing else: then no byte comes to 128 where this is added to it.
        const ZEROS: u64 = u64::from_le_bytes(*b"00.000Z\"");
        const MOST: u64 = u64::from_le_bytes([5, 9, 0, 9, 9, 9, 0, 0]);
        const BELOW_HIGH: u64 = u64::from_le_bytes([0x7f; 8]);
        const HIGH: u64 = u64::from_le_bytes([0x80; 8]);
        let digits = u64::from_le_bytes(*rest.first_chunk()?) ^ ZEROS;
        if (digits.wrapping_add(BELOW_HIGH - MOST) | digits) & HIGH != 0 {
            return None;
        }
        let digit = |place: u32| digits >> (8 * place) & 0xff;
        let second = digit(0) * 10 + digit(1);
        let milliseconds = digit(3) * 100 + digit(4) * 10 + digit(5);
        let nanoseconds = milliseconds as u32 * 1_000_000;
        Some(Timestamp { seconds: self.seconds + second as i64, nanoseconds })
    }

    /// Reads a time from its JSON text, as [`parse_time`] does, and remembers its minute.
    ///
    /// # Errors
    /// As for that.
    pub(in crate::trace) fn parse(&mut self, json: &str) -> Result<Timestamp, String> {
        let text = json.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let Some((minute, rest)) = text.and_then(|text| text.as_bytes().split_first_chunk()) else {
            return parse_time(json);
        };
        if *minute == self.start {
            if let Some(time) = self.within(rest) {
                return Ok(time);
            }
        } else if let Some(time) = common_form(text.unwrap_or_default().as_bytes()) {
            (self.start, self.seconds) = (*minute, time.seconds.div_euclid(60) * 60);
            return Ok(time);
        }
        parse_time(json)
    }

    /// The time of which this follows the minute, in the common form.
    fn within(&self, rest: &[u8]) -> Option<Timestamp> {
        let [b':', tens @ b'0'..=b'5', ones @ b'0'..=b'9', fraction @ ..] = rest else {
            return None;
        };
        let second = i64::from((tens - b'0') * 10 + (ones - b'0'));
        Some(Timestamp { seconds: self.seconds + second, nanoseconds: nanoseconds(fraction)? })
    }
}

/// The nanoseconds of a fraction with its point, and the `Z` behind it.
#[inline]
fn nanoseconds(fraction: &[u8]) -> Option<u32> {
    match fraction {
        b"Z" => Some(0),
        // As most logs have it.
        [b'.', a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', b'Z'] => {
            let [a, b, c] = [a, b, c].map(|digit| u32::from(digit - b'0'));
            Some((a * 100 + b * 10 + c) * 1_000_000)
        }
        [b'.', digits @ .., b'Z'] if (1..=9).contains(&digits.len()) => {
            let mut nanoseconds = 0u32;
            for digit in digits {
                nanoseconds =
                    nanoseconds * 10 + u32::from(digit.is_ascii_digit().then(|| digit - b'0')?);
            }
            Some(nanoseconds * 10u32.pow(9 - digits.len() as u32))
        }
        _ => None,
    }
}

/// Reads Unix seconds as most logs write them: neither before 1970 nor far off, with at most nanoseconds.
fn few_digits(json: &str) -> Option<Timestamp> {
    /// So many digits are before the year 2287.
    const SECONDS: usize = 10;
    const NANOSECONDS: usize = 9;
    let (whole, fraction) = json.split_once('.').unwrap_or((json, ""));
    let number = |digits: &str| {
        digits.bytes().try_fold(0u64, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'))
        })
    };
    let is_short = (1..=SECONDS).contains(&whole.len()) && fraction.len() <= NANOSECONDS;
    let (seconds, digits) = is_short.then(|| Some((number(whole)?, number(fraction)?)))??;
    let nanoseconds = digits as u32 * 10u32.pow((NANOSECONDS - fraction.len()) as u32);
    Some(Timestamp { seconds: seconds as i64, nanoseconds })
}

/// The days from 1970-01-01 to a date, by counting years from March, whose leap day comes last
/// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Whether a moment lies in the years that RFC 3339 can write, but for the last one, so that the end
/// of every window can be written as well.
fn has_year(time: jiff::Timestamp) -> bool {
    const YEAR_1: i64 = -62_135_596_800;
    const YEAR_9999: i64 = 253_370_764_800;
    (YEAR_1..YEAR_9999).contains(&of_jiff(time).seconds)
}

/// The moment of a decimal number of seconds, every digit of the nanoseconds kept.
fn exact_seconds(whole: &str, fraction: &str) -> Option<jiff::Timestamp> {
    let seconds: i64 = whole.parse().ok()?;
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    let nanoseconds: i32 = digits.parse().ok()?;
    let signed = if whole.starts_with('-') { -nanoseconds } else { nanoseconds };
    jiff::Timestamp::new(seconds, signed).ok()
}

fn of_jiff(time: jiff::Timestamp) -> Timestamp {
    let nanoseconds = time.as_nanosecond();
    let second = 1_000_000_000;
    Timestamp {
        seconds: nanoseconds.div_euclid(second) as i64,
        nanoseconds: nanoseconds.rem_euclid(second) as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_any_offset_and_to_the_nanosecond() {
        for (json, shown) in [
            (r#""2026-03-01T10:00:00.250Z""#, "2026-03-01T10:00:00.25Z"),
            (r#""2026-03-01T12:00:00+02:00""#, "2026-03-01T10:00:00Z"),
            ("1772359200", "2026-03-01T10:00:00Z"),
            ("1772359200.123456789", "2026-03-01T10:00:00.123456789Z"),
            ("-0.5", "1969-12-31T23:59:59.5Z"),
            ("1.7723592e9", "2026-03-01T10:00:00Z"),
        ] {
            assert_eq!(parse_time(json).unwrap().to_string(), shown, "{json}");
        }
    }

    #[test]
    fn times_in_milliseconds_keep_every_digit() {
        for (json, shown) in [
            ("1772359200250", "2026-03-01T10:00:00.25Z"),
            ("7", "1970-01-01T00:00:00.007Z"),
            ("1234.0625", "1970-01-01T00:00:01.2340625Z"),
            (r#""2026-03-01T10:00:00Z""#, "2026-03-01T10:00:00Z"),
        ] {
            assert_eq!(parse_milliseconds(json).unwrap().to_string(), shown, "{json}");
        }
        for json in ["-1", "1e12", "", "true", "[\"é\"]", "1772359200250000000"] {
            assert!(parse_milliseconds(json).is_err(), "{json}");
        }
    }

    #[test]
    fn the_common_form_is_read_as_the_reader_of_all_forms_reads_it() {
        let dates = [
            "0001-01-01",
            "1600-02-28",
            "1900-03-01",
            "1969-12-28",
            "1970-01-01",
            "2000-02-28",
            "2024-02-28",
            "2026-11-20",
            "9998-12-28",
        ];
        for date in dates {
            for time in
                ["00:00:00", "23:59:59", "10:07:03.5", "10:07:03.000000001", "10:07:03.123456789"]
            {
                let text = format!("{date}T{time}Z");
                let expected = of_jiff(text.parse().unwrap());
                assert_eq!(common_form(text.as_bytes()), Some(expected), "{text}");
            }
        }
        for text in [
            "2024-02-30T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:00:60Z",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00+00:00",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00.Z",
            "2024-1-01T00:00:00.0Z",
            "2024-01-01T00:00:00.1234567890Z",
            "+024-01-01T00:00:00Z",
        ] {
            assert_eq!(common_form(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn the_minute_of_the_time_before_is_kept_and_changes_nothing() {
        let mut cache = MinuteCache::default();
        for text in [
            "2026-03-01T10:00:00.250Z",
            "2026-03-01T10:00:59Z",
            "2026-03-01T10:00:59.999Z",
            "2026-03-01T10:01:00.000000001Z",
            "1969-12-28T23:59:59.5Z",
            "1969-12-28T23:59:01.25Z",
            "1969-12-28T23:59:01+01:00",
            "2026-03-01T10:01:30Z",
        ] {
            let json = format!("\"{text}\"");
            let quick = cache.read(&json.as_bytes()[1..]);
            assert!(quick.is_none_or(|time| Ok(time) == parse_time(&json)), "{text}");
            assert_eq!(cache.parse(&json), parse_time(&json), "{text}");
        }
        for json in
            ["\"2026-03-01T10:01:60Z\"", "\"2026-03-01T10:01:3Z\"", "\"2026-03-01T10:01:30\""]
        {
            assert_eq!(cache.read(&json.as_bytes()[1..]), None, "{json}");
            assert_eq!(cache.parse(json), parse_time(json), "{json}");
        }
        assert_eq!(cache.parse("7"), Ok(Timestamp::at_second(7)));
    }

    #[test]
    fn milliseconds_are_read_at_once_and_nothing_else() {
        let mut cache = MinuteCache::default();
        let valid = *b"2026-03-01T10:00:07.258Z\"";
        cache.parse("\"2026-03-01T10:00:00Z\"").unwrap();
        let time = cache.read(&valid).unwrap();
        assert_eq!((time.seconds, time.nanoseconds), (1_772_359_207, 258_000_000));
        for at in 0..valid.len() {
            for byte in 0..=u8::MAX {
                let mut text = valid;
                text[at] = byte;
                let json = String::from_utf8_lossy(&text[..24]).into_owned();
                let parsed =
                    parse_time(&format!("\"{json}\"")).ok().filter(|_| at < 24 || byte == b'"');
                let read = cache.read(&text);
                assert!(read.is_none() || read == parsed, "{json} {byte}");
                let is_digit = [17, 18, 20, 21, 22].contains(&at) && byte.is_ascii_digit();
                let is_read = text == valid || is_digit && (at != 17 || byte < b'6');
                assert_eq!(read.is_some(), is_read, "{json} {byte}");
            }
        }
    }

    #[test]
    fn seconds_of_few_digits_are_read_as_the_reader_of_all_forms_reads_them() {
        for json in ["0", "1772359200", "9999999999.999999999", "1.5", "1772359200.000000001", "7."]
        {
            let (whole, fraction) = json.split_once('.').unwrap_or((json, ""));
            assert_eq!(few_digits(json), exact_seconds(whole, fraction).map(of_jiff), "{json}");
        }
        for json in ["", ".5", "-1", "10000000000", "1.0000000001", "1e3", "1.-1"] {
            assert_eq!(few_digits(json), None, "{json}");
        }
    }

    #[test]
    fn nanoseconds_are_read_and_none_of_them_is_no_time() {
        let shown = |json| parse_nanoseconds(json).unwrap().unwrap().to_string();
        assert_eq!(shown("\"1772359200000000001\""), "2026-03-01T10:00:00.000000001Z");
        assert_eq!(shown("1772359200000000001"), "2026-03-01T10:00:00.000000001Z");
        assert_eq!(parse_nanoseconds("\"0\""), Ok(None));
        assert!(parse_nanoseconds("\"soon\"").is_err());
        assert!(parse_nanoseconds("9999999999999999999999").is_err());
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for json in [
            r#""yesterday""#,
            "\"2026-03-01\"",
            "true",
            "-63000000000",
            "1772359200250",
            "1e400",
            "{}",
        ] {
            assert!(parse_time(json).is_err(), "{json}");
        }
    }
}

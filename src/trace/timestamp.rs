//! Times as logs write them.

use crate::engine::Timestamp;

/// Reads a time from its JSON text: RFC 3339 with any offset, or Unix seconds as a number.
///
/// # Errors
/// Why it is no time, in words.
pub fn parse_time(json: &str) -> Result<Timestamp, String> {
    if let Some(text) = json.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return match text.parse::<jiff::Timestamp>() {
            Ok(time) => Ok(of_jiff(time)),
            Err(_) => Err(format!("`{text}` is not a time in RFC 3339 form")),
        };
    }
    let not_seconds = || format!("`{json}` is not a time in Unix seconds (years 1 to 9999)");
    let (whole, fraction) = json.split_once('.').unwrap_or((json, ""));
    let plain = whole.strip_prefix('-').unwrap_or(whole).bytes().all(|byte| byte.is_ascii_digit())
        && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let time = if plain {
        exact_seconds(whole, fraction)
    } else {
        json.parse::<f64>().ok().and_then(|seconds| {
            let floor = seconds.floor();
            jiff::Timestamp::new(floor as i64, ((seconds - floor) * 1e9) as i32).ok()
        })
    };
    time.map(of_jiff).ok_or_else(not_seconds)
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
    fn what_is_no_time_is_refused() {
        for json in [r#""yesterday""#, "\"2026-03-01\"", "true", "1772359200250", "1e400", "{}"] {
            assert!(parse_time(json).is_err(), "{json}");
        }
    }
}

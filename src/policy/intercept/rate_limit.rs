//! The shorthand `rate_limit: 10/minute`.

use crate::policy::defect::did_you_mean;
use crate::policy::window::Window;

/// Reads `<count>/<window>`; the count is read as Go's `strconv.Atoi` does, so `+5` and `05` are 5.
///
/// # Errors
/// Why it is not a rate limit, as Intercept says it.
pub(super) fn parse(text: &str) -> Result<(i64, Window), String> {
    let Some((count, window)) = text.split_once('/') else {
        return Err("a count, a slash and a window are expected".to_owned());
    };
    let digits = count.strip_prefix(['+', '-']).unwrap_or(count);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| count.parse::<i64>().ok()).flatten().filter(|count| *count > 0);
    let Some(number) = number else {
        return Err(format!("`{count}` is not a positive whole number"));
    };
    let Some(window) = Window::of_name(window) else {
        let nearest = did_you_mean(Window::meant(window).map(Window::name));
        return Err(format!("`{window}` is not `minute`, `hour` or `day`{nearest}"));
    };
    Ok((number, window))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_read_as_go_reads_them() {
        for (text, count) in [("5/hour", 5), ("+5/hour", 5), ("05/hour", 5)] {
            assert_eq!(parse(text), Ok((count, Window::Hour)), "{text}");
        }
        for text in [
            "5",
            "/hour",
            "five/hour",
            "0/hour",
            "-1/hour",
            "5 /hour",
            "1_000/hour",
            "1.5/hour",
            "99999999999999999999/hour",
            "5/hours",
            "5/ hour",
            "5/Hour",
            "5/",
            "5/hour/x",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}

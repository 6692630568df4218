//! Small words as markup: numbers, outcomes, severities, and prose with code in it.

use super::markup::Markup;
use crate::report::common::markdown::spans;

/// A number whose digits stand in groups of three.
pub(in crate::report) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A word beside a mark in the colour of a class.
pub(in crate::report) fn mark(out: &mut Markup, class: &str, word: &str) {
    out.leaf("span", &[("class", &format_args!("mark {class}"))], word);
}

/// Words in which names stand between backticks.
pub(in crate::report) fn prose(out: &mut Markup, text: &str) {
    for (is_code, part) in spans(text) {
        match is_code {
            true if part.is_empty() => out.leaf("code", &[], "\"\""),
            true => out.leaf("code", &[], part),
            false => out.text(part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_groups_of_three() {
        let shown = [0, 999, 1_000, 12_345, 1_234_567].map(grouped);
        assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }
}

//! Numbers of payment cards.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// What the numbers of the large networks begin with, from one number to another, and how many digits they have
/// (ISO/IEC 7812; <https://en.wikipedia.org/wiki/Payment_card_number>).
const NETWORKS: [(&str, &str, &[usize]); 15] = [
    ("222100", "272099", &[16]),
    ("300", "305", &[14]),
    ("34", "34", &[15]),
    ("3528", "3589", &[16]),
    ("36", "36", &[14]),
    ("37", "37", &[15]),
    ("38", "39", &[14]),
    ("4", "4", &[13, 16, 19]),
    ("50", "50", &[16, 18, 19]),
    ("51", "55", &[16]),
    ("56", "58", &[16, 18, 19]),
    ("6011", "6011", &[16, 19]),
    ("62", "62", &[16, 17, 18, 19]),
    ("644", "659", &[16, 19]),
    ("67", "67", &[16, 18, 19]),
];

/// The fewest digits that a number has.
const FEWEST: usize = 13;

/// The numbers of cards in a text, with or without the spaces or hyphens between their groups.
pub(super) fn card_numbers(text: &str) -> impl Iterator<Item = Range<usize>> {
    static DIGITS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}").expect("the pattern is ours")
    });
    let has_enough = text.bytes().filter(u8::is_ascii_digit).count() >= FEWEST;
    let found = has_enough.then(|| DIGITS.find_iter(text)).into_iter().flatten();
    found.map(|found| found.range()).filter(|range| {
        let is_within = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        let before = text.as_bytes()[..range.start].last();
        let behind = text[range.end..].trim_start_matches(['.', '-']).as_bytes().first();
        let is_whole = !before.is_some_and(|byte| is_within(*byte))
            && !behind.is_some_and(u8::is_ascii_alphanumeric);
        is_whole && is_card(&text[range.clone()])
    })
}

fn is_card(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let is_of = |(first, last, lengths): &(&str, &str, &[usize])| {
        let start = &digits[..first.len()];
        *first <= start && start <= *last && lengths.contains(&digits.len())
    };
    NETWORKS.iter().any(is_of) && is_checked(&digits)
}

/// Whether the last digit is the check of the others (Luhn's).
fn is_checked(digits: &str) -> bool {
    let values = digits.bytes().rev().map(|digit| u32::from(digit - b'0'));
    let sum: u32 = values
        .enumerate()
        .map(|(place, value)| if place % 2 == 0 { value } else { value * 2 / 10 + value * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_told_by_their_networks_lengths_and_check_digits() {
        for card in [
            "4111111111111111",
            "pay with 4111 1111 1111 1111.",
            "5555-5555-5555-4444",
            "378282246310005",
            "6011111111111117",
            "30569309025904",
            "2223003122003222",
        ] {
            assert_eq!(card_numbers(card).count(), 1, "{card}");
        }
        for other in [
            "4111111111111112",
            "1772359200123",
            "20260301120000000",
            "id-4111111111111111",
            "41111111111111110",
            "4111111111111111ab",
            "0.4111111111111111",
            "2026-03-01 10:00",
            "DE89370400440532013000",
        ] {
            assert_eq!(card_numbers(other).count(), 0, "{other}");
        }
    }
}

//! Operators by the names and signs that other languages have for them.

use crate::source::slip;

/// The operators, each with the words that mean the same elsewhere.
const WORDS: [(&str, &[&str]); 10] = [
    ("eq", &["=", "==", "===", "equals", "equal", "is"]),
    ("neq", &["!=", "!==", "<>", "ne", "not_equals", "not_equal", "not_eq", "is_not"]),
    ("lt", &["<", "less", "less_than"]),
    ("lte", &["<=", "le", "less_or_equal", "at_most"]),
    ("gt", &[">", "greater", "greater_than"]),
    ("gte", &[">=", "ge", "greater_or_equal", "at_least"]),
    ("regex", &["=~", "~", "matches", "regexp"]),
    ("in", &["one_of", "any_of"]),
    ("not_in", &["nin", "!in", "notin", "not in", "none_of"]),
    ("contains", &["includes"]),
];

/// So many letters have operators of which no slip is plain.
const SHORT: usize = 3;

/// The operator that is meant by a word that is none: its counterpart elsewhere, or what it is a slip
/// of the hand for. A word that may negate, or has a sign, is no slip: it may turn the meaning round. Nor
/// is one of an operator of a few letters, of which other words are made (`get`, `let`).
pub(super) fn meant(word: &str, slip: Option<String>) -> Option<String> {
    let is_letter = |letter: char| letter.is_ascii_alphabetic() || matches!(letter, '_' | '-');
    let lower = word.to_ascii_lowercase();
    let may_turn = lower.starts_with(['n', '-', '_']) || !lower.chars().all(is_letter);
    let known = operator(word).map(str::to_owned);
    let same = |meant: &String| meant.eq_ignore_ascii_case(word);
    let is_plain = |meant: &String| !may_turn && meant.len() > SHORT;
    known.or_else(|| slip.filter(|meant| same(meant) || is_plain(meant)))
}

/// The operator of a policy of version 1 that is meant by a word, which may be one.
pub fn operator_meant(word: &str) -> Option<String> {
    let operators = WORDS.iter().map(|(operator, _)| *operator).chain(["exists"]);
    match operators.clone().find(|operator| *operator == word) {
        Some(operator) => Some(operator.to_owned()),
        None => meant(word, slip(word, operators).map(str::to_owned)),
    }
}

/// The operator that a word of another language stands for.
fn operator(word: &str) -> Option<&'static str> {
    let known =
        |(_, words): &&(&str, &[&str])| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    WORDS.iter().find(known).map(|(operator, _)| *operator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_negate_is_known_or_left_alone() {
        let slip_of = |word: &str, operator: &str| meant(word, Some(operator.to_owned()));
        for (word, operator) in
            [("contians", "contains"), ("regx", "regex"), ("NOT_IN", "not_in"), ("Neq", "neq")]
        {
            assert_eq!(slip_of(word, operator).as_deref(), Some(operator), "{word}");
        }
        for (word, operator) in [
            ("not", "not_in"),
            ("not_lt", "lt"),
            ("not_int", "not_in"),
            ("not_inn", "not_in"),
            ("noin", "in"),
            ("nqe", "neq"),
            ("contains!", "contains"),
            ("regex!", "regex"),
            ("exists?", "exists"),
            ("-in", "in"),
            ("-contains", "contains"),
            ("_regex", "regex"),
            ("get", "gte"),
            ("let", "lte"),
        ] {
            assert_eq!(slip_of(word, operator), None, "{word}");
        }
        assert_eq!(meant("nin", Some("in".to_owned())).as_deref(), Some("not_in"));
    }
}

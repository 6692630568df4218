//! Operators by the names and signs that other languages have for them.

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

/// The operator that a word of another language stands for.
pub(super) fn operator(word: &str) -> Option<&'static str> {
    let known =
        |(_, words): &&(&str, &[&str])| words.iter().any(|known| known.eq_ignore_ascii_case(word));
    WORDS.iter().find(known).map(|(operator, _)| *operator)
}

//! What words are by their form.

/// Whether what stands there only says that a secret belongs there.
pub(super) fn is_placeholder(value: &str) -> bool {
    const SAID: [&str; 10] = [
        "example",
        "placeholder",
        "your",
        "redacted",
        "changeme",
        "dummy",
        "sample",
        "xxxx",
        "....",
        "0123456789",
    ];
    let lower = value.to_ascii_lowercase();
    let mut letters: Vec<u8> = lower.bytes().collect();
    letters.sort_unstable();
    letters.dedup();
    value.starts_with(['$', '%'])
        || is_variable(value)
        || letters.len() < 5
        || SAID.iter().any(|word| lower.contains(word))
}

/// Whether a word is the name of a variable by its form.
pub(super) fn is_variable(value: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    value.contains('_') && value.bytes().all(is_of_name)
}

/// Whether small letters, capitals and digits are there.
pub(super) fn has_mixture(value: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| value.as_bytes().iter().any(kind);
    has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) && has(u8::is_ascii_digit)
}

//! The form of a record's id, by which one record can be asked for without saying which.

use std::sync::LazyLock;

use regex::Regex;
use regex_syntax::escape;

/// The pattern that texts like this one match: a number, letters with a number behind them, a UUID. None for
/// texts of any other form.
pub(super) fn shape_of(text: &str) -> Option<String> {
    static NUMBERED: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("^([A-Za-z]{0,16}[_-]?)[0-9]{1,20}$").expect("it is ours"));
    static UUID: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new("^[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$").expect("it is ours")
    });
    if UUID.is_match(text) {
        return Some(UUID.as_str().to_owned());
    }
    let name = NUMBERED.captures(text)?;
    Some(format!("^{}[0-9]{{1,20}}$", escape(&name[1])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_kind_have_one_form() {
        assert_eq!(shape_of("13").unwrap(), "^[0-9]{1,20}$");
        assert_eq!(shape_of("msg_7"), shape_of("msg_1024"));
        assert_ne!(shape_of("msg_7"), shape_of("draft_7"));
        for other in ["", "*", "all", "7; drop", "../7", "2026-03-01"] {
            assert_eq!(shape_of(other), None, "{other}");
        }
    }
}

//! Words of the commands that are shown to be copied into a POSIX shell.

use super::escape::escape;

/// An option with its value, whatever the value begins with.
pub fn option(name: &str, value: &str) -> String {
    let joint = if value.starts_with('-') && value != "-" { '=' } else { ' ' };
    format!("{name}{joint}{}", word(value))
}

/// The last operand of a command, which is no option whatever it begins with.
pub fn operand(text: &str) -> String {
    let mark = if text.starts_with('-') { "-- " } else { "" };
    format!("{mark}{}", word(text))
}

/// A text that stays one word, and the one that it is.
pub fn word(text: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./=:,@%+".contains(character);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", escape(text).replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_whatever_is_in_it() {
        assert_eq!(word("a/b.json"), "a/b.json");
        assert_eq!(word(""), "''");
        assert_eq!(word("it's $(rm)\u{202e}"), r"'it'\''s $(rm)\u{202e}'");
    }

    #[test]
    fn nothing_becomes_an_option_by_what_it_begins_with() {
        assert_eq!(option("--policy", "a b"), "--policy 'a b'");
        assert_eq!(option("--policy", "-"), "--policy -");
        assert_eq!(option("--policy", "-x.json"), "--policy=-x.json");
        assert_eq!(option("--home", "--home x"), "--home='--home x'");
        assert_eq!(operand("-x.json"), "-- -x.json");
        assert_eq!(operand("x.json"), "x.json");
    }
}

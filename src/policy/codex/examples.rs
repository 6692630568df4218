//! The examples that a rule is held against when its file is read.

use std::ops::Range;

/// A command that a rule must hold for, or must not.
#[derive(Debug)]
pub(super) struct Example {
    pub(super) words: Vec<String>,
    pub(super) matches: bool,
    pub(super) place: Range<usize>,
}

/// The words of a text, as a POSIX shell splits it: no signs but quotes, backslashes and comments mean
/// anything. None where a quote is never closed.
pub(super) fn words(text: &str) -> Option<Vec<String>> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' | '\n' => words.extend(word.take()),
            '#' if word.is_none() => _ = letters.find(|letter| *letter == '\n'),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        letter => word.push(letter),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '"' => break,
                        '\\' => match letters.next()? {
                            '\n' => {}
                            next @ ('$' | '`' | '"' | '\\') => word.push(next),
                            next => word.extend(['\\', next]),
                        },
                        letter => word.push(letter),
                    }
                }
            }
            '\\' => match letters.next()? {
                '\n' => {}
                next => word.get_or_insert_default().push(next),
            },
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn texts_are_split_as_a_shell_splits_them() {
        for (text, split) in [
            ("git  push", &["git", "push"][..]),
            ("a 'b c' \"d\\\"e\" f\\ g ''", &["a", "b c", "d\"e", "f g", ""]),
            ("a && b", &["a", "&&", "b"]),
            ("a#b # c", &["a#b"]),
            ("", &[]),
        ] {
            assert_eq!(words(text).unwrap(), split, "{text}");
        }
        assert_eq!(["a 'b", "a \"b", "a\\"].map(words), [None, None, None]);
    }
}

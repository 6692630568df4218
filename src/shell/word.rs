//! A word of a command.

/// A word of a command, as it stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'t> {
    /// Its source, quotes included.
    pub text: &'t str,
    /// What it is made of.
    pub kind: WordKind,
}

/// What a word is made of, as the grammar has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordKind {
    /// The name of the command, whatever it is made of.
    Name,
    /// A word without quotes.
    Plain,
    /// A text in double quotes.
    Quoted,
    /// A text in single quotes.
    Raw,
    /// Several of these without a blank between them.
    Joined,
    /// A number.
    Number,
    /// An expansion, a substitution or anything else.
    Other,
}

impl WordKind {
    pub(super) fn of_grammar(kind: &str) -> WordKind {
        match kind {
            "command_name" => WordKind::Name,
            "word" => WordKind::Plain,
            "string" => WordKind::Quoted,
            "raw_string" => WordKind::Raw,
            "concatenation" => WordKind::Joined,
            "number" => WordKind::Number,
            _ => WordKind::Other,
        }
    }
}

impl<'t> Word<'t> {
    /// The text that the shell makes of the word; none where that depends on more than the word.
    pub fn value(self) -> Option<String> {
        let (mut value, mut quote) = (String::new(), None);
        let mut letters = self.text.chars();
        while let Some(letter) = letters.next() {
            match (letter, quote) {
                ('\'' | '"', None) => quote = Some(letter),
                (closing, Some(open)) if closing == open => quote = None,
                (_, Some('\'')) => value.push(letter),
                ('$' | '`', _) => return None,
                ('\\', None) => value.extend(letters.next().filter(|next| *next != '\n')),
                ('\\', _) => match letters.next()? {
                    '\n' => {}
                    next @ ('$' | '`' | '"' | '\\') => value.push(next),
                    next => value.extend(['\\', next]),
                },
                ('*' | '?' | '[' | '{' | '~', None) => return None,
                _ => value.push(letter),
            }
        }
        Some(value)
    }

    /// The word without the pair of quotes around it, if there is one.
    pub fn unquoted(self) -> &'t str {
        let inner = |quote| self.text.strip_prefix(quote)?.strip_suffix(quote);
        inner('"').or_else(|| inner('\'')).unwrap_or(self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_of_a_word_is_what_the_shell_makes_of_it() {
        let value = |text| Word { text, kind: WordKind::Joined }.value();
        for (text, made) in [
            ("push", "push"),
            ("pu\"\"sh", "push"),
            ("'a b'\"c d\"", "a bc d"),
            ("\\git", "git"),
            ("\"a\\\"b\\n\"", "a\"b\\n"),
            ("'$x'", "$x"),
            ("a\\\nb", "ab"),
        ] {
            assert_eq!(value(text).as_deref(), Some(made), "{text}");
        }
        for open in ["$x", "\"$x\"", "`a`", "*.rs", "{a,b}", "~"] {
            assert_eq!(value(open), None, "{open}");
        }
    }
}

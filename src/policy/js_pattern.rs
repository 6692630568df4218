//! Regular expressions as JavaScript has them, without flags.
//!
//! They are written anew for `fancy-regex`, which has their lookarounds and backreferences and stops after so
//! many steps.

use fancy_regex::{Regex, RegexBuilder};

/// How many steps back a search may take.
const MAX_STEPS: usize = 100_000;

/// The bytes that a compiled part of a pattern may take.
const MAX_SIZE: usize = 1 << 20;

/// What stands before the command in the text of a call's arguments.
const COMMAND: &str = "\"command\":\"";

/// What stands behind the beginning of a command in an expression for it.
const WORD_END: &str = r#"(?:[\s"]|\\")"#;

/// A regular expression of JavaScript.
#[derive(Clone, Debug)]
pub struct JsPattern {
    source: Box<str>,
    matcher: Matcher,
}

#[derive(Clone, Debug)]
enum Matcher {
    Regex(Regex),
    /// That a command begins with this text, by whole words: what the agent makes of a prefix.
    Begins(Box<str>),
}

/// Why a regular expression is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadJsPattern;

/// That a search takes too many steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManySteps;

impl PartialEq for JsPattern {
    fn eq(&self, other: &JsPattern) -> bool {
        self.source == other.source
    }
}

impl JsPattern {
    /// Compiles a regular expression.
    ///
    /// # Errors
    /// JavaScript refuses it too, or it takes too much memory.
    pub fn compile(source: &str) -> Result<JsPattern, BadJsPattern> {
        if let Some(text) = prefix_text(source) {
            return Ok(JsPattern { source: source.into(), matcher: Matcher::Begins(text.into()) });
        }
        let mut translator = Translator { rest: source, out: String::new() };
        translator.pattern()?;
        let mut builder = RegexBuilder::new(&translator.out);
        builder.backtrack_limit(MAX_STEPS).delegate_size_limit(MAX_SIZE);
        let regex = builder.build().map_err(|_| BadJsPattern)?;
        Ok(JsPattern { source: source.into(), matcher: Matcher::Regex(regex) })
    }

    /// The expression as it is written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether it matches anywhere in a text.
    ///
    /// # Errors
    /// The search takes too many steps.
    pub fn is_match(&self, text: &str) -> Result<bool, TooManySteps> {
        match &self.matcher {
            Matcher::Regex(regex) => regex.is_match(text).map_err(|_| TooManySteps),
            Matcher::Begins(start) => Ok(text.match_indices(&**start).any(|(at, _)| {
                let rest = &text[at + start.len()..];
                rest.starts_with("\\\"")
                    || rest.starts_with(|next: char| next != '\\' && is_word_end(next))
            })),
        }
    }

    /// The first word of the commands that it matches, where it asks for nothing but a beginning.
    pub fn command_word(&self) -> Option<&str> {
        match &self.matcher {
            Matcher::Regex(_) => None,
            Matcher::Begins(start) => start[COMMAND.len()..].split(is_word_end).next(),
        }
    }

    /// The first words of the commands in the text of a call's arguments.
    pub fn command_words(text: &str) -> impl Iterator<Item = &str> {
        let commands = text.match_indices(COMMAND).map(|(at, _)| &text[at + COMMAND.len()..]);
        commands.filter_map(|command| command.split(is_word_end).next())
    }

    /// A text as an expression that matches it alone.
    pub fn escaped(text: &str) -> String {
        let escape = |letter: char| match letter {
            '-' | '/' => format!("\\{letter}"),
            letter if "\\^$*+?.()|[]{}".contains(letter) => format!("\\{letter}"),
            letter => letter.to_string(),
        };
        text.chars().map(escape).collect()
    }
}

/// What ends a word of a command in a text of JSON.
fn is_word_end(letter: char) -> bool {
    let is_next_line = letter == '\u{85}';
    (letter.is_whitespace() && !is_next_line) || matches!(letter, '"' | '\\' | '\u{feff}')
}

/// What an expression asks for, where that is that a command begins with a text.
fn prefix_text(source: &str) -> Option<String> {
    let escaped = source.strip_prefix(COMMAND)?.strip_suffix(WORD_END)?;
    let mut text = COMMAND.to_owned();
    let mut letters = escaped.chars();
    while let Some(letter) = letters.next() {
        let is_plain = |letter: &char| !"\\^$.|?*+()[]{}".contains(*letter);
        let is_escaped = |letter: &char| letter.is_ascii_punctuation();
        text.push(match letter {
            '\\' => letters.next().filter(is_escaped)?,
            letter => Some(letter).filter(is_plain)?,
        });
    }
    // The ends of what is quoted are told apart only where no other command begins within it.
    (!text[COMMAND.len()..].contains(COMMAND)).then_some(text)
}

/// What `.` matches.
const DOT: &str = r"[^\n\r\u{2028}\u{2029}]";

/// What stands in a class for `\d`, `\w`, `\s`.
const DIGITS: &str = "0-9";
const WORDS: &str = "0-9A-Za-z_";
const SPACES: &str = r"\t\n\x0B\x0C\r \u{a0}\u{1680}\u{2000}-\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}\u{feff}";

struct Translator<'p> {
    rest: &'p str,
    out: String,
}

impl Translator<'_> {
    fn next(&mut self) -> Option<char> {
        let letter = self.rest.chars().next()?;
        self.rest = &self.rest[letter.len_utf8()..];
        Some(letter)
    }

    fn takes(&mut self, start: &str) -> bool {
        self.rest.strip_prefix(start).map(|rest| self.rest = rest).is_some()
    }

    fn pattern(&mut self) -> Result<(), BadJsPattern> {
        while let Some(letter) = self.next() {
            match letter {
                '\\' => self.escape()?,
                '[' => self.class()?,
                '.' => self.out.push_str(DOT),
                '$' => self.out.push_str(r"\z"),
                '^' => self.out.push_str(r"\A"),
                '(' => self.group()?,
                '{' => self.braces(),
                '}' | ']' => self.literal(letter),
                '*' | '+' | '?' => self.repeat(letter)?,
                '|' | ')' => self.out.push(letter),
                letter => self.literal(letter),
            }
        }
        Ok(())
    }

    /// A sign of repetition. A second one behind it would mean something else than in JavaScript, which
    /// refuses it.
    fn repeat(&mut self, sign: char) -> Result<(), BadJsPattern> {
        self.out.push(sign);
        if self.takes("?") {
            self.out.push('?');
        }
        if self.rest.starts_with(['*', '+', '?']) { Err(BadJsPattern) } else { Ok(()) }
    }

    /// What follows a parenthesis that opens.
    fn group(&mut self) -> Result<(), BadJsPattern> {
        self.out.push('(');
        if !self.takes("?") {
            return Ok(());
        }
        for known in [":", "=", "!", "<=", "<!"] {
            if self.takes(known) {
                self.out.push('?');
                self.out.push_str(known);
                return Ok(());
            }
        }
        let name = self.rest.strip_prefix('<').and_then(|rest| rest.split_once('>'));
        let (name, rest) = name.ok_or(BadJsPattern)?;
        let is_name = name.chars().all(|letter| letter.is_alphanumeric() || "_$".contains(letter));
        if name.is_empty() || !is_name || name.starts_with(|first: char| first.is_numeric()) {
            return Err(BadJsPattern);
        }
        self.rest = rest;
        self.out.push_str(&format!("?<{}>", name.replace('$', "_dollar_")));
        Ok(())
    }

    /// A brace: a count if it reads as one, else itself.
    fn braces(&mut self) {
        let count = self.rest.split_once('}').filter(|(inside, _)| {
            let (low, high) = inside.split_once(',').unwrap_or((inside, ""));
            let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            !low.is_empty() && is_number(low) && is_number(high)
        });
        match count {
            None => self.literal('{'),
            Some((inside, rest)) => {
                self.rest = rest;
                self.out.push_str(&format!("{{{inside}}}"));
                if self.takes("?") {
                    self.out.push('?');
                }
            }
        }
    }

    /// An escape outside of a class.
    fn escape(&mut self) -> Result<(), BadJsPattern> {
        match self.rest.chars().next().ok_or(BadJsPattern)? {
            'b' | 'B' => {
                let sign = self.next().unwrap_or('b');
                let word = format!("[{WORDS}]");
                self.out.push_str(&match sign {
                    'b' => format!("(?:(?<={word})(?!{word})|(?<!{word})(?={word}))"),
                    _ => format!("(?:(?<={word})(?={word})|(?<!{word})(?!{word}))"),
                });
            }
            digit @ '1'..='9' => {
                self.next();
                self.out.push_str(&format!("(?:\\{digit})"));
            }
            'k' if self.rest.starts_with("k<") => {
                let name = self.rest[2..].split_once('>').ok_or(BadJsPattern)?;
                self.rest = name.1;
                self.out.push_str(&format!("\\k<{}>", name.0.replace('$', "_dollar_")));
            }
            _ => match self.letter()? {
                Letter::One(letter) => self.literal(letter),
                Letter::Set(set, false) => self.out.push_str(&format!("[{set}]")),
                Letter::Set(set, true) => self.out.push_str(&format!("[^{set}]")),
            },
        }
        Ok(())
    }

    /// What an escape stands for, in a class or out of one.
    fn letter(&mut self) -> Result<Letter, BadJsPattern> {
        let before = self.rest;
        let letter = self.next().ok_or(BadJsPattern)?;
        Ok(match letter {
            'd' => Letter::Set(DIGITS, false),
            'D' => Letter::Set(DIGITS, true),
            'w' => Letter::Set(WORDS, false),
            'W' => Letter::Set(WORDS, true),
            's' => Letter::Set(SPACES, false),
            'S' => Letter::Set(SPACES, true),
            'n' => Letter::One('\n'),
            'r' => Letter::One('\r'),
            't' => Letter::One('\t'),
            'v' => Letter::One('\u{b}'),
            'f' => Letter::One('\u{c}'),
            '0' => Letter::One('\0'),
            'x' => Letter::One(self.hex(2).unwrap_or('x')),
            'u' => Letter::One(self.hex(4).unwrap_or('u')),
            'c' => match self.rest.chars().next().filter(char::is_ascii_alphabetic) {
                Some(control) => {
                    self.next();
                    Letter::One(char::from(control as u8 % 32))
                }
                None => {
                    self.rest = before;
                    Letter::One('\\')
                }
            },
            other => Letter::One(other),
        })
    }

    fn hex(&mut self, digits: usize) -> Option<char> {
        let text =
            self.rest.get(..digits).filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let letter = char::from_u32(u32::from_str_radix(text, 16).ok()?)?;
        self.rest = &self.rest[digits..];
        Some(letter)
    }

    fn class(&mut self) -> Result<(), BadJsPattern> {
        let negated = self.takes("^");
        if self.takes("]") {
            self.out.push_str(if negated { r"[\x00-\u{10ffff}]" } else { r"[^\x00-\u{10ffff}]" });
            return Ok(());
        }
        self.out.push_str(if negated { "[^" } else { "[" });
        // Between two letters it makes a range; at the edges and beside a set it is itself.
        let (mut may_range, mut in_range) = (false, false);
        loop {
            let was_letter = may_range;
            may_range = !std::mem::take(&mut in_range);
            match self.next().ok_or(BadJsPattern)? {
                ']' => break,
                '\\' if self.takes("b") => self.out.push_str("\\x08"),
                '\\' => match self.letter()? {
                    Letter::One(letter) => self.literal(letter),
                    Letter::Set(set, is_other) => {
                        let set = if is_other { format!("[^{set}]") } else { set.to_owned() };
                        self.out.push_str(&set);
                        may_range = false;
                    }
                },
                '-' if was_letter && !self.is_at_edge() => {
                    self.out.push('-');
                    in_range = true;
                }
                letter => self.literal(letter),
            }
        }
        self.out.push(']');
        Ok(())
    }

    /// Whether the class ends here, or a set comes, with which nothing makes a range.
    fn is_at_edge(&self) -> bool {
        let set = self.rest.strip_prefix('\\').and_then(|rest| rest.chars().next());
        self.rest.starts_with(']') || set.is_some_and(|letter| "dDwWsS".contains(letter))
    }

    /// A character that stands for itself.
    fn literal(&mut self, letter: char) {
        match letter.is_alphanumeric() {
            true => self.out.push(letter),
            false => self.out.push_str(&format!("\\x{{{:x}}}", u32::from(letter))),
        }
    }
}

/// What an escape stands for.
enum Letter {
    One(char),
    /// A set, and whether it stands for everything else.
    Set(&'static str, bool),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_mean_what_javascript_takes_them_for() {
        for (pattern, text, found) in [
            (r"\{\0\x22a\x22:1", "{\0\"a\":1\0}", true),
            (r#"{"a":\d{1,2}}"#, r#"{"a":12}"#, true),
            ("a$", "a\n", false),
            ("a.b", "a\nb", false),
            ("a.b", "a\u{e9}b", true),
            (r"\w", "\u{e9}", false),
            (r"\s", "\u{a0}", true),
            (r"\bx\b", "\u{e9}x\u{e9}", true),
            (r"ls(?! -R)", "ls -R", false),
            (r"(?<p>/etc)\k<p>", "/etc/etc", true),
            (r"(a)\1", "aa", true),
            (r"[\w.-]+@", "a.b-c@", true),
            (r"^[\w-.]+$", "a-.", true),
            (r"[^\s\]]x", "]x", false),
            ("[]]", "]", false),
            ("[^]", "\n", true),
            (r"a\/b\-c", "a/b-c", true),
            ("x]}", "x]}", true),
            ("\u{fc}n", "\u{fc}n", true),
            ("a&&b#", "a&&b#", true),
            ("[a&&b]", "&", true),
        ] {
            let compiled = JsPattern::compile(pattern).unwrap();
            assert_eq!(compiled.is_match(text), Ok(found), "{pattern} in {text:?}");
        }
        let escaped = JsPattern::escaped("a.b\\c(d)[e]{f}-g/h");
        assert_eq!(JsPattern::compile(&escaped).unwrap().is_match("a.b\\c(d)[e]{f}-g/h"), Ok(true));
    }

    #[test]
    fn a_prefix_of_a_command_is_what_its_expression_is() {
        let words = ["git push", "a.b", "x\\\\n", "q\\\"r", "", "ls -l"];
        let ends = [
            "\"",
            " main\"",
            "\\\"x\"",
            "\\n\"",
            "\u{a0}x\"",
            "\u{feff}\"",
            "\u{85}x\"",
            "er\"",
            "",
        ];
        let mut held = 0;
        for word in words {
            let source = format!("{COMMAND}{}{WORD_END}", JsPattern::escaped(word));
            let own = JsPattern::compile(&source).unwrap();
            let whole = JsPattern::compile(&format!("(?:{source})")).unwrap();
            assert!(own.command_word().is_some() && whole.command_word().is_none(), "{source}");
            for (other, end) in words.iter().flat_map(|word| ends.map(|end| (word, end))) {
                let text = format!("{{\0{COMMAND}{other}{end}\0}}");
                let holds = own.is_match(&text).unwrap();
                assert_eq!(Ok(holds), whole.is_match(&text), "{source} in {text:?}");
                let is_there =
                    JsPattern::command_words(&text).any(|w| Some(w) == own.command_word());
                assert!(is_there || !holds, "{source} in {text:?}");
                held += usize::from(holds);
            }
        }
        assert!(held > words.len(), "{held}");
        for other in [r#""command":"git \w+(?:[\s"]|\\")"#, r#""command":"git.(?:[\s"]|\\")"#] {
            assert_eq!(JsPattern::compile(other).unwrap().command_word(), None, "{other}");
        }
    }

    #[test]
    fn what_javascript_refuses_is_refused_and_a_search_is_bounded() {
        for pattern in ["(", ")", "(?i)x", "[a", "a**", "*a", "a\\", "(?<1>a)", "[z-a]"] {
            assert!(JsPattern::compile(pattern).is_err(), "{pattern}");
        }
        let slow = JsPattern::compile(r"(a*)*(?=b)c\1").unwrap();
        assert_eq!(slow.is_match(&"a".repeat(64)), Err(TooManySteps));
    }
}

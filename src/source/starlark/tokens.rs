//! The words of Starlark, as far as they are read: <https://github.com/bazelbuild/starlark/blob/master/spec.md>.

use std::ops::Range;

/// A word, with its place.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::source::starlark) struct Token {
    pub(in crate::source::starlark) kind: Word,
    pub(in crate::source::starlark) span: Range<usize>,
}

/// The kinds of words.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::source::starlark) enum Word {
    Name(String),
    Text(String),
    /// A text that is put together when the file runs, or has an escape that is not known.
    Template,
    Number,
    Sign(char),
    /// The end of a line or `;`, outside of brackets.
    End,
    /// The first word of a line stands further in than at the margin.
    Indent,
}

/// Why a text is no Starlark.
#[derive(Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) message: String,
    pub(crate) span: Range<usize>,
}

impl Fault {
    pub(in crate::source::starlark) fn new(
        message: impl Into<String>,
        span: Range<usize>,
    ) -> Fault {
        Fault { message: message.into(), span }
    }
}

/// Takes a text apart.
pub(in crate::source::starlark) fn tokens(text: &str) -> Result<Vec<Token>, Fault> {
    let mut reader = Reader { text, at: 0, tokens: Vec::new(), open: Vec::new() };
    if text.starts_with('\u{feff}') {
        return Err(Fault::new("Codex reads no byte-order mark", 0..3));
    }
    reader.line_start()?;
    while reader.at < text.len() {
        reader.word()?;
    }
    if let Some((bracket, at)) = reader.open.pop() {
        return Err(Fault::new(format!("`{bracket}` is never closed"), at..at + 1));
    }
    reader.push(Word::End, text.len());
    Ok(reader.tokens)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    /// The brackets that are open, with their places.
    open: Vec<(char, usize)>,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: Word, start: usize) {
        self.tokens.push(Token { kind, span: start..self.at });
    }

    /// Takes letters as long as they are of a kind.
    fn take(&mut self, is_of: impl Fn(char) -> bool) -> &'t str {
        let rest = self.rest();
        let end = rest.find(|letter| !is_of(letter)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// The blanks that a line begins with.
    fn line_start(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let blanks = self.take(|letter| matches!(letter, ' ' | '\t'));
        if self.rest().is_empty() || self.rest().starts_with(['#', '\n', '\r']) {
            return Ok(());
        }
        if blanks.contains('\t') {
            return Err(Fault::new(
                "Codex reads no tabs before a line; write blanks",
                start..self.at,
            ));
        }
        if !blanks.is_empty() {
            self.push(Word::Indent, start);
        }
        Ok(())
    }

    fn word(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let letter = self.rest().chars().next().unwrap_or('\n');
        match letter {
            ' ' | '\t' | '\r' => self.at += 1,
            '#' => _ = self.take(|letter| letter != '\n'),
            '\\' if self.rest()[1..].trim_start_matches('\r').starts_with('\n') => {
                self.at = start + self.rest().find('\n').unwrap_or(0) + 1;
            }
            '\n' | ';' => {
                self.at += 1;
                if self.open.is_empty() {
                    self.push(Word::End, start);
                    if letter == '\n' {
                        self.line_start()?;
                    }
                }
            }
            '"' | '\'' => self.text(start, "")?,
            '0'..='9' => {
                self.take(|letter| letter.is_ascii_alphanumeric() || letter == '.');
                self.push(Word::Number, start);
            }
            letter if letter.is_alphabetic() || letter == '_' => {
                let name = self.take(|letter| letter.is_alphanumeric() || letter == '_');
                let is_prefix = matches!(name, "r" | "b" | "f" | "rb" | "br" | "fr" | "rf");
                match is_prefix && self.rest().starts_with(['"', '\'']) {
                    true => self.text(start, name)?,
                    false => self.push(Word::Name(name.to_owned()), start),
                }
            }
            sign => self.sign(sign, start)?,
        }
        Ok(())
    }

    fn sign(&mut self, sign: char, start: usize) -> Result<(), Fault> {
        self.at += sign.len_utf8();
        let here = start..self.at;
        match sign {
            '(' | '[' | '{' => self.open.push((sign, start)),
            ')' | ']' | '}' => {
                let opened = self.open.pop().map(|(bracket, _)| bracket);
                if !matches!((opened, sign), (Some('('), ')') | (Some('['), ']') | (Some('{'), '}'))
                {
                    return Err(Fault::new(format!("`{sign}` closes nothing"), here));
                }
            }
            '.' | ',' | ':' | '=' | '+' | '-' | '*' | '/' | '%' | '<' | '>' | '!' | '|' | '&'
            | '^' | '~' => {}
            _ => return Err(Fault::new(format!("`{sign}` means nothing here"), here)),
        }
        self.push(Word::Sign(sign), start);
        Ok(())
    }

    /// A text in quotes, with the letters before them.
    fn text(&mut self, start: usize, prefix: &str) -> Result<(), Fault> {
        if prefix.contains('b') {
            return Err(Fault::new("Codex reads no bytes; write a text", start..self.at));
        }
        let quote = if self.rest().starts_with('\'') { "'" } else { "\"" };
        let threefold = quote.repeat(3);
        let end = if self.rest().starts_with(&threefold) { &*threefold } else { quote };
        self.at += end.len();
        let (is_raw, mut value) = (prefix.contains('r'), String::new());
        let mut is_known = true;
        while !self.rest().starts_with(end) {
            let Some(letter) =
                self.rest().chars().next().filter(|next| *next != '\n' || end.len() == 3)
            else {
                return Err(Fault::new("the text is never closed", start..start + end.len()));
            };
            match letter {
                '\\' if is_raw => {
                    let kept = self.rest().chars().take(2).map(char::len_utf8).sum::<usize>();
                    value.push_str(&self.rest()[..kept]);
                    self.at += kept;
                }
                '\\' => is_known &= self.escape(&mut value),
                // Line breaks are one letter, however they are written.
                '\r' if self.rest().starts_with("\r\n") => self.at += 1,
                letter => {
                    value.push(letter);
                    self.at += letter.len_utf8();
                }
            }
        }
        self.at += end.len();
        let is_template = !is_known || prefix.contains('f') && value.contains(['{', '}']);
        self.push(if is_template { Word::Template } else { Word::Text(value) }, start);
        Ok(())
    }

    /// Takes an escape; whether it is one that is known.
    fn escape(&mut self, value: &mut String) -> bool {
        let Some(letter) = self.rest()[1..].chars().next() else {
            self.at += 1;
            return false;
        };
        self.at += 1 + letter.len_utf8();
        let (digits, radix) = match letter {
            '\\' | '\'' | '"' | 'n' | 't' | 'r' | '\n' => (0, 0),
            'x' => (2, 16),
            'u' => (4, 16),
            'U' => (8, 16),
            _ => return false,
        };
        if digits > 0 {
            let code = self.rest().get(..digits);
            let made = code.and_then(|code| u32::from_str_radix(code, radix).ok());
            let Some(made) = made.and_then(char::from_u32) else { return false };
            value.push(made);
            self.at += digits;
            return true;
        }
        value.extend(match letter {
            '\n' => None,
            'n' => Some('\n'),
            't' => Some('\t'),
            'r' => Some('\r'),
            letter => Some(letter),
        });
        true
    }
}

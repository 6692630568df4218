//! The JSON reader: RFC 8259 without recursion, with the span of every key and value.
//!
//! Comments and trailing commas, which people paste from editors' settings, are reported and
//! stepped over; every other error ends the reading.

use std::sync::Arc;

use hashbrown::HashMap;

use super::limits::MAX_DEPTH;
use super::node::{Entry, Key, Kind, Node};
use super::problem::{Problem, ProblemKind, duplicate_keys};
use super::scalar::{Scalar, ScalarKind};
use super::span::Span;

/// Reads a text. The tree is absent when a problem is fatal.
pub(super) fn read(text: &str) -> (Option<Node>, Vec<Problem>) {
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader { text, at, ..Reader::default() };
    let root = reader.document().map_err(|problem| reader.problems.push(problem)).ok();
    (root, reader.problems)
}

#[derive(Default)]
struct Reader<'t> {
    text: &'t str,
    at: usize,
    problems: Vec<Problem>,
    /// What the lists and the objects that are open hold so far, the innermost last: one is made when it is
    /// known how much it holds.
    elements: Vec<Node>,
    entries: Vec<Entry>,
    /// Short texts that were met, each held once: a large document has few, and each often.
    known: HashMap<&'t str, Arc<str>>,
}

/// How long a text is that is worth looking up, and how many are kept.
const SHORT: usize = 24;
const KEPT: usize = 4096;

/// A list or an object whose end has not been reached yet.
struct Open {
    start: usize,
    /// Where its parts begin among those of all that are open.
    from: usize,
    parts: Parts,
}

enum Parts {
    Seq,
    Map { key: Option<Key> },
}

impl<'t> Reader<'t> {
    fn document(&mut self) -> Result<Node, Problem> {
        self.skip_blank()?;
        if self.at == self.text.len() {
            return Err(Problem::new(ProblemKind::Empty, Span::at(self.at)));
        }
        let root = self.value()?;
        self.skip_blank()?;
        if self.at < self.text.len() {
            return Err(self.unexpected("the end of the file"));
        }
        Ok(root)
    }

    /// Reads one value; `open` is the stack that recursion would have used.
    fn value(&mut self) -> Result<Node, Problem> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            self.skip_blank()?;
            let closes = open.last_mut().is_some_and(|top| self.closes_here(&top.parts));
            let mut done = if closes {
                self.close(&mut open)
            } else {
                if let Some(Open { parts: Parts::Map { key, .. }, .. }) = open.last_mut() {
                    *key = Some(self.key()?);
                }
                match self.peek() {
                    Some(b @ (b'[' | b'{')) => {
                        if open.len() == MAX_DEPTH {
                            let kind = ProblemKind::TooDeep { limit: MAX_DEPTH };
                            return Err(Problem::new(kind, self.here()));
                        }
                        let (from, parts) = match b {
                            b'[' => (self.elements.len(), Parts::Seq),
                            _ => (self.entries.len(), Parts::Map { key: None }),
                        };
                        open.push(Open { start: self.at, from, parts });
                        self.at += 1;
                        continue;
                    }
                    _ => self.scalar()?,
                }
            };
            // A finished value goes into its parent, which may be finished by that in turn.
            loop {
                let Some(top) = open.last_mut() else {
                    return Ok(done);
                };
                self.add(&mut top.parts, done);
                self.skip_blank()?;
                match self.peek() {
                    Some(b',') => {
                        let comma = self.here();
                        self.at += 1;
                        self.skip_blank()?;
                        if matches!(self.peek(), Some(b']' | b'}')) {
                            self.problems.push(Problem::new(ProblemKind::TrailingComma, comma));
                        }
                        break;
                    }
                    _ if self.closes_here(&top.parts) => done = self.close(&mut open),
                    _ => {
                        let end = char::from(top.parts.end());
                        return Err(self.unexpected(&format!("`,` or `{end}`")));
                    }
                }
            }
        }
    }

    fn closes_here(&self, parts: &Parts) -> bool {
        self.peek() == Some(parts.end())
    }

    fn close(&mut self, open: &mut Vec<Open>) -> Node {
        let top = open.pop().expect("only called with an open list or object");
        self.at += 1;
        let kind = match top.parts {
            Parts::Seq => Kind::Seq(self.elements.drain(top.from..).collect()),
            Parts::Map { .. } => {
                let entries: Vec<Entry> = self.entries.drain(top.from..).collect();
                self.problems.extend(duplicate_keys(&entries));
                Kind::Map(entries.into())
            }
        };
        Node::new(kind, Span::new(top.start, self.at))
    }

    fn add(&mut self, parts: &mut Parts, value: Node) {
        match parts {
            Parts::Seq => self.elements.push(value),
            Parts::Map { key } => {
                let key = key.take().expect("a value of an object is read behind its key");
                self.entries.push(Entry { key, value });
            }
        }
    }

    fn key(&mut self) -> Result<Key, Problem> {
        let start = self.at;
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let text = self.string()?;
        let key = Key { text, span: Span::new(start, self.at), plain: false };
        self.skip_blank()?;
        if self.peek() != Some(b':') {
            return Err(self.unexpected("a colon behind the key"));
        }
        self.at += 1;
        self.skip_blank()?;
        Ok(key)
    }

    fn scalar(&mut self) -> Result<Node, Problem> {
        let start = self.at;
        let (kind, text) = match self.peek() {
            Some(b'"') => (ScalarKind::String, self.string()?),
            Some(b'-' | b'0'..=b'9') => (ScalarKind::Number, self.number()?),
            Some(b'a'..=b'z' | b'A'..=b'Z') => self.word()?,
            _ => return Err(self.unexpected("a value")),
        };
        let scalar = Scalar { text, kind, plain: false, tag: None };
        Ok(Node::new(Kind::Scalar(scalar), Span::new(start, self.at)))
    }

    /// A text that the document has, held once where it is likely to be met again.
    fn held(&mut self, text: &'t str) -> Arc<str> {
        if text.len() > SHORT {
            return text.into();
        }
        if let Some(known) = self.known.get(text) {
            return Arc::clone(known);
        }
        let held: Arc<str> = text.into();
        if self.known.len() < KEPT {
            self.known.insert(text, Arc::clone(&held));
        }
        held
    }

    fn word(&mut self) -> Result<(ScalarKind, Arc<str>), Problem> {
        let rest: &'t str = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let kind = match &rest[..end] {
            "null" => ScalarKind::Null,
            "true" => ScalarKind::True,
            "false" => ScalarKind::False,
            word => {
                let message = format!("`{word}` is not a JSON value; put text in double quotes");
                return Err(self.syntax(message, Span::new(self.at, self.at + end)));
            }
        };
        self.at += end;
        Ok((kind, self.held(&rest[..end])))
    }

    fn number(&mut self) -> Result<Arc<str>, Problem> {
        let rest: &'t str = &self.text[self.at..];
        let end = rest
            .find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'))
            .unwrap_or(rest.len());
        let number = &rest[..end];
        if !is_json_number(number) {
            let message = format!("`{number}` is not a JSON number");
            return Err(self.syntax(message, Span::new(self.at, self.at + end)));
        }
        self.at += end;
        Ok(self.held(number))
    }

    /// Reads a string; escapes are left to serde_json, which knows surrogate pairs.
    fn string(&mut self) -> Result<Arc<str>, Problem> {
        let (text, start) = (self.text, self.at);
        let bytes = text.as_bytes();
        let mut end = start + 1;
        let mut is_plain = true;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => {
                    is_plain = false;
                    end += 2;
                }
                Some(control @ (0..=0x09 | 0x0b | 0x0c | 0x0e..=0x1f)) => {
                    let message = format!(
                        "the control character U+{control:04X} must be written `\\u{control:04x}` in a string"
                    );
                    return Err(self.syntax(message, Span::new(end, end + 1)));
                }
                Some(b'\n' | b'\r') | None => {
                    let message = "this string is never closed on its line".to_owned();
                    return Err(self.syntax(message, Span::new(start, start + 1)));
                }
                Some(_) => end += 1,
            }
        }
        self.at = end + 1;
        if is_plain {
            return Ok(self.held(&text[start + 1..end]));
        }
        let read = serde_json::from_str::<String>(&text[start..self.at]);
        read.map(Into::into).map_err(|_| {
            let message = "this string holds an escape that JSON does not have".to_owned();
            self.syntax(message, Span::new(start, self.at))
        })
    }

    /// Steps over white space and comments.
    fn skip_blank(&mut self) -> Result<(), Problem> {
        let bytes = self.text.as_bytes();
        loop {
            while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            if !matches!(bytes.get(self.at), Some(b'/' | b'#')) {
                return Ok(());
            }
            let rest = &self.text[self.at..];
            let length = if rest.starts_with("//") || rest.starts_with('#') {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                match rest.find("*/") {
                    Some(end) => end + 2,
                    None => {
                        let message = "this comment is never closed".to_owned();
                        return Err(self.syntax(message, Span::new(self.at, self.at + 2)));
                    }
                }
            } else {
                return Ok(());
            };
            let span = Span::new(self.at, self.at + rest[..length].trim_end().len());
            self.problems.push(Problem::new(ProblemKind::JsonComment, span));
            self.at += length;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The span of the character at the current place.
    fn here(&self) -> Span {
        let length = self.text[self.at..].chars().next().map_or(0, char::len_utf8);
        Span::new(self.at, self.at + length)
    }

    fn unexpected(&self, expected: &str) -> Problem {
        let found = match self.text[self.at..].chars().next() {
            Some(character) => format!("`{}`", character.escape_debug()),
            None => "the end of the file".to_owned(),
        };
        self.syntax(format!("expected {expected}, found {found}"), self.here())
    }

    fn syntax(&self, message: String, span: Span) -> Problem {
        Problem::new(ProblemKind::Syntax { message }, span)
    }
}

impl Parts {
    /// What closes them.
    fn end(&self) -> u8 {
        match self {
            Parts::Seq => b']',
            Parts::Map { .. } => b'}',
        }
    }
}

fn is_json_number(text: &str) -> bool {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.starts_with('0')) {
        return false;
    }
    let mut rest = &rest[whole..];
    if let Some(fraction) = rest.strip_prefix('.') {
        let count = digits(fraction);
        if count == 0 {
            return false;
        }
        rest = &fraction[count..];
    }
    if let Some(exponent) = rest.strip_prefix(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        let count = digits(exponent);
        return count > 0 && count == exponent.len();
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_problem(text: &str) -> String {
        read(text).1.first().map_or(String::new(), |problem| problem.kind.to_string())
    }

    #[test]
    fn agrees_with_serde_json_on_what_is_json() {
        for text in [
            "[]",
            "{}",
            "[1]",
            "{\"a\":[1,2,{\"b\":null}]}",
            "1",
            "-0",
            "1.5e-3",
            "\"\\u00e9\\ud83d\\ude00\"",
            " [ true , false ] ",
            "01",
            "1.",
            ".5",
            "+1",
            "1e",
            "-",
            "[1,]",
            "{\"a\":1,}",
            "[1 2]",
            "{\"a\" 1}",
            "{a:1}",
            "\"\\x\"",
            "\"a\nb\"",
            "nul",
            "NaN",
            "[",
            "{",
            "{\"a\":",
            "\"",
            "[}",
            "{]",
            "1 2",
            "\"\\ud800\"",
            "[1e999]",
            "\u{a0}1",
            "{\"a\":1}}",
            "[[]",
            "tru",
            "'a'",
            "[,1]",
            "{,}",
            "[1,,2]",
        ] {
            let (root, problems) = read(text);
            let ours = root.filter(|_| problems.is_empty()).map(|node| node.to_json());
            let theirs: Option<serde_json::Value> = serde_json::from_str(text).ok();
            if text == "[1e999]" {
                // Beyond f64: JSON all the same; the digits are kept as text.
                assert_eq!(ours, Some(serde_json::json!(["1e999"])));
            } else {
                assert_eq!(ours, theirs, "{text:?}: {problems:?}");
            }
        }
    }

    #[test]
    fn comments_and_trailing_commas_are_reported_and_stepped_over() {
        let (root, problems) = read("// a\n{\"a\": 1, /* b */ \"c\": [2,],}\n# d");
        assert_eq!(root.map(|node| node.to_json()), Some(serde_json::json!({"a": 1, "c": [2]})));
        let kinds: Vec<_> = problems.iter().map(|problem| &problem.kind).collect();
        assert_eq!(kinds.iter().filter(|kind| ***kind == ProblemKind::JsonComment).count(), 3);
        assert_eq!(kinds.iter().filter(|kind| ***kind == ProblemKind::TrailingComma).count(), 2);
    }

    #[test]
    fn errors_say_what_was_expected_and_found() {
        assert_eq!(first_problem("{\"a\" 1}"), "expected a colon behind the key, found `1`");
        assert_eq!(first_problem("[1 2]"), "expected `,` or `]`, found `2`");
        assert_eq!(
            first_problem("{\"a\": deny}"),
            "`deny` is not a JSON value; put text in double quotes"
        );
        assert_eq!(first_problem("{\"a\": \"b"), "this string is never closed on its line");
        assert_eq!(
            first_problem("[\"a\tb\"]"),
            "the control character U+0009 must be written `\\u0009` in a string"
        );
        assert_eq!(first_problem("[1"), "expected `,` or `]`, found the end of the file");
    }

    #[test]
    fn a_duplicate_key_has_both_places_and_the_last_counts() {
        let text = "{\"a\": 1, \"a\": 2}";
        let (root, problems) = read(text);
        let problem = &problems[0];
        assert_eq!(problem.kind, ProblemKind::DuplicateKey { key: "a".into() });
        assert_eq!((problem.related.unwrap().start(), problem.span.start()), (1, 9));
        assert_eq!(root.unwrap().get("a").unwrap().scalar().unwrap().text.as_ref(), "2");
    }
}

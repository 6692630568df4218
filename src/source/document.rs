//! A text with the tree that is read from it.

use std::ops::Range;
use std::sync::OnceLock;

use super::node::Node;
use super::pointer::Place;
use super::problem::{Problem, ProblemKind};
use super::span::Span;
use super::yaml::Comment;
use super::{hash_comments, json, starlark, toml, yaml};

/// The notation of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON as RFC 8259 has it.
    Json,
    /// YAML 1.2, with the merge keys of 1.1.
    Yaml,
    /// TOML 1.0.
    Toml,
    /// Starlark, of which calls with literal arguments are read.
    Starlark,
}

impl Format {
    /// The format of a gateway's policy that a file's name announces, if it announces one.
    pub fn of_name(name: &str) -> Option<Format> {
        let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
        match ending.as_str() {
            "json" | "jsonc" => Some(Format::Json),
            "yaml" | "yml" => Some(Format::Yaml),
            _ => None,
        }
    }

    /// The format that a file's name announces, whatever the file is for.
    fn of_file(name: &str) -> Option<Format> {
        let ending = || Some(name.rsplit_once('.')?.1.to_ascii_lowercase());
        Format::of_name(name).or_else(|| match &*ending()? {
            "toml" => Some(Format::Toml),
            "rules" | "codexpolicy" => Some(Format::Starlark),
            "md" => Some(Format::Yaml),
            _ => None,
        })
    }

    /// Whether a file's name announces a format.
    pub fn is_announced(name: &str) -> bool {
        Format::of_file(name).is_some()
    }

    /// The format that a text looks like: JSON when its first character opens an object.
    fn of_text(text: &str) -> Format {
        let start = text.trim_start_matches('\u{feff}').trim_start();
        if start.starts_with('{') { Format::Json } else { Format::Yaml }
    }
}

/// A document: its text, and the tree read from it.
#[derive(Debug)]
pub struct Document {
    /// How the document is called in messages: a path as the user gave it, or `<stdin>`.
    pub name: String,
    /// The whole text. Where it was not valid UTF-8 it holds what could be decoded.
    pub text: String,
    /// The notation it was read in.
    pub format: Format,
    /// The tree; absent when the text is empty or could not be read.
    pub root: Option<Node>,
    /// Everything that was found wrong while reading, in the order of the text.
    pub problems: Vec<Problem>,
    /// The comments of YAML, TOML and Starlark, in the order of the text; of JSON, which has none, only where
    /// [`Document::take_json_comments`] was called.
    pub comments: Vec<Comment>,
    /// The bytes that no excerpt shows, because they hold secrets; whoever looks for some notes them.
    pub secrets: OnceLock<Vec<Range<usize>>>,
}

impl Document {
    /// Reads a document. The format follows the name, else the text. Of Markdown the front matter is read, as YAML.
    pub fn read(name: impl Into<String>, bytes: Vec<u8>) -> Document {
        Document::read_in(name, bytes, None)
    }

    /// Reads a document in a notation; without one it follows the name, else the text.
    pub fn read_in(name: impl Into<String>, bytes: Vec<u8>, format: Option<Format>) -> Document {
        let name = name.into();
        let (text, bad) = decode(bytes);
        let is_placed = u32::try_from(text.len()).is_ok();
        let too_long =
            || ProblemKind::Syntax { message: "the text takes more than 4 GiB".to_owned() };
        let bad = bad.or_else(|| (!is_placed).then(|| Problem::new(too_long(), Span::at(0))));
        let format = format.or_else(|| Format::of_file(&name));
        let format = format.unwrap_or_else(|| Format::of_text(&text));
        let mut document = Document {
            name,
            text,
            format,
            root: None,
            problems: Vec::new(),
            comments: Vec::new(),
            secrets: OnceLock::new(),
        };
        if let Some(problem) = bad {
            document.problems.push(problem);
            return document;
        }
        (document.root, document.problems) = match format {
            Format::Json => json::read(&document.text),
            Format::Toml => {
                document.comments = hash_comments::comments(&document.text);
                toml::read(&document.text)
            }
            Format::Starlark => {
                document.comments = hash_comments::comments(&document.text);
                (starlark::read(&document.text), Vec::new())
            }
            Format::Yaml => {
                let is_markdown = document.name.to_ascii_lowercase().ends_with(".md");
                let front = is_markdown.then(|| front_matter(&document.text));
                let tree = yaml::read(front.as_deref().unwrap_or(&document.text));
                document.comments = tree.comments;
                (tree.root, tree.problems)
            }
        };
        document.problems.sort_by_key(|problem| problem.span.start());
        document
    }

    /// The document with another text, in the same notation.
    pub fn mended(&self, text: String) -> Document {
        Document::read_in(self.name.clone(), text.into_bytes(), Some(self.format))
    }

    /// A document of which only the text is asked for.
    pub fn text_alone(name: impl Into<String>, bytes: Vec<u8>) -> Document {
        let (text, bad) = decode(bytes);
        Document {
            name: name.into(),
            text,
            format: Format::Yaml,
            root: None,
            problems: bad.into_iter().collect(),
            comments: Vec::new(),
            secrets: OnceLock::new(),
        }
    }

    /// Takes the comments of JSON for such, in which findings may be ignored: for readers that step over them.
    pub fn take_json_comments(&mut self) {
        let is_one = |problem: &&Problem| problem.kind == ProblemKind::JsonComment;
        let comment = |problem: &Problem| {
            let text = &self.text[problem.span.range()];
            let inside = text.trim_start_matches(['/', '#', '*']).trim_end_matches(['/', '*']);
            Comment { text: inside.into(), span: problem.span }
        };
        if self.format != Format::Json {
            return;
        }
        self.comments = self.problems.iter().filter(is_one).map(comment).collect();
    }

    /// Whether another notation may read what could not be read: the bytes are text.
    pub fn problems_are_of_notation(&self) -> bool {
        let is_of_bytes = |kind: &ProblemKind| matches!(kind, ProblemKind::NotUtf8 { .. });
        !self.problems.iter().any(|problem| is_of_bytes(&problem.kind))
    }

    /// Whether the text could be read to its end, so that the tree is the whole document.
    pub fn is_readable(&self) -> bool {
        !self.problems.iter().any(|problem| problem.kind.is_fatal())
    }

    /// The span of a place. A pointer that leads nowhere gives the nearest parent that exists.
    pub fn span_of(&self, place: &Place) -> Range<usize> {
        let Some(root) = &self.root else {
            return 0..0;
        };
        root.span_of(place).range()
    }
}

/// The YAML between the lines of dashes at the start of a text, where it stands: blanks are in the place of the
/// mark before it.
fn front_matter(text: &str) -> String {
    let begin = text.len() - text.trim_start_matches('\u{feff}').len();
    let inside = text[begin..].strip_prefix("---").and_then(|rest| rest.split_once("\n---"));
    inside.map_or_else(String::new, |(yaml, _)| format!("{}{yaml}", " ".repeat(begin + 3)))
}

/// Decodes UTF-8; on failure the text up to the first bad byte and a problem that points there.
fn decode(bytes: Vec<u8>) -> (String, Option<Problem>) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let bytes = error.as_bytes();
            let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
            let at = error.utf8_error().valid_up_to();
            let text = match utf16 {
                true => decode_utf16(bytes),
                false => String::from_utf8_lossy(&bytes[..at]).into_owned(),
            };
            let problem = Problem::new(ProblemKind::NotUtf8 { offset: at, utf16 }, Span::at(at));
            (text, Some(problem))
        }
    }
}

/// The text of UTF-16 with a byte-order mark, for telling what it was meant to be.
fn decode_utf16(bytes: &[u8]) -> String {
    let big_endian = bytes.starts_with(&[0xfe, 0xff]);
    let unit = |pair: &[u8]| match big_endian {
        true => u16::from_be_bytes([pair[0], pair[1]]),
        false => u16::from_le_bytes([pair[0], pair[1]]),
    };
    let units: Vec<u16> = bytes[2..].chunks_exact(2).map(unit).collect();
    String::from_utf16_lossy(&units)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Pointer;

    fn kinds(name: &str, text: &[u8]) -> Vec<ProblemKind> {
        Document::read(name, text.to_vec())
            .problems
            .into_iter()
            .map(|problem| problem.kind)
            .collect()
    }

    #[test]
    fn a_name_without_an_ending_is_read_by_its_content() {
        assert_eq!(Document::read("<stdin>", b" {}".to_vec()).format, Format::Json);
        assert_eq!(Document::read("<stdin>", b"a: 1".to_vec()).format, Format::Yaml);
    }

    #[test]
    fn invalid_utf8_is_placed_at_the_first_bad_byte() {
        assert_eq!(
            kinds("a.json", b"{\"a\":\xff}"),
            [ProblemKind::NotUtf8 { offset: 5, utf16: false }]
        );
        assert_eq!(
            kinds("a.json", b"\xff\xfe{\0}\0"),
            [ProblemKind::NotUtf8 { offset: 0, utf16: true }]
        );
    }

    #[test]
    fn an_empty_file_is_said_to_be_empty() {
        for name in ["a.json", "a.yaml"] {
            for text in ["", "  \n", "\u{feff}"] {
                assert_eq!(kinds(name, text.as_bytes()), [ProblemKind::Empty], "{name} {text:?}");
            }
        }
        assert_eq!(kinds("a.yaml", b"# only a comment\n"), [ProblemKind::Empty]);
    }

    #[test]
    fn deep_nesting_is_an_error_and_no_stack_overflow() {
        for (name, open) in
            [("a.json", "["), ("a.yaml", "["), ("a.yaml", "- "), ("a.json", "{\"a\":")]
        {
            let text = open.repeat(100_000);
            let found = kinds(name, text.as_bytes());
            assert!(matches!(found[..], [ProblemKind::TooDeep { .. }]), "{name} {open}: {found:?}");
        }
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut text = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for level in 1..12 {
            let previous = level - 1;
            let alias = format!("*a{previous}");
            text += &format!("a{level}: &a{level} [{}]\n", vec![alias; 10].join(","));
        }
        let found = kinds("a.yaml", text.as_bytes());
        assert!(
            found.iter().any(|kind| matches!(kind, ProblemKind::AliasBomb { .. })),
            "{found:?}"
        );
    }

    #[test]
    fn a_byte_order_mark_and_crlf_do_no_harm() {
        for (name, text) in
            [("a.json", "\u{feff}{\r\n  \"a\": 1\r\n}\r\n"), ("a.yaml", "\u{feff}a: 1\r\nb: 2\r\n")]
        {
            let document = Document::read(name, text.as_bytes().to_vec());
            assert_eq!(document.problems, [], "{name}");
            let place = Place::value(Pointer::root().key("a"));
            assert_eq!(&document.text[document.span_of(&place)], "1", "{name}");
        }
    }
}

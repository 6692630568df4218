//! YAML as a person would write it.

use std::fmt::Write;

use super::json::double_quoted;
use crate::source::{Document, Entry, Kind, Node, ScalarKind};

/// How wide a line may be before what stands on it is written over several.
const WIDE: usize = 100;

/// Words that YAML takes for something else than text.
const NO_TEXTS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// Text as a YAML scalar: plain where nothing could take it for anything else, else in the double
/// quotes of JSON, which YAML reads alike.
pub(in crate::report) fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ' | '.');
    let word = |c: char| c.is_ascii_lowercase() || c == '_';
    // A single word might be one of YAML's names for true, false and null.
    let is_name = text.contains(['_', '-', ' ']) && text.starts_with(word);
    match is_name && text.chars().all(plain) && !text.ends_with(' ') {
        true => text.to_owned(),
        false => double_quoted(text),
    }
}

/// Text as a scalar, plain also where it is one word, a path or a length of time.
fn text_of(text: &str) -> String {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_./-".contains(&byte);
    let is_word = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.ends_with(|last: char| last.is_ascii_alphanumeric())
        && text.bytes().all(is_name)
        && !NO_TEXTS.contains(&&*text.to_ascii_lowercase());
    let unit = text.trim_start_matches(|one: char| one.is_ascii_digit());
    let is_span = unit.len() < text.len() && ["ms", "s", "m", "h", "d"].contains(&unit);
    if is_word || is_span { text.to_owned() } else { scalar(text) }
}

/// Writes the fields of an object that is given as JSON, each on a line or on several; `mark` stands before the first
/// of them, blanks of its width before all others.
pub(in crate::report) fn write_fields(out: &mut String, json: &str, mark: &str) {
    let document = Document::read("case.json", json.as_bytes().to_vec());
    match &document.root {
        Some(root) if document.is_readable() => {
            Writer { out, text: &document.text }.fields(root, mark);
        }
        // JSON is YAML too, however deep it nests.
        _ => _ = writeln!(out, "{mark}{json}"),
    }
}

struct Writer<'w> {
    out: &'w mut String,
    /// The JSON text, in which numbers stand as they were written.
    text: &'w str,
}

impl Writer<'_> {
    fn fields(&mut self, node: &Node, mark: &str) {
        let blanks = " ".repeat(mark.len());
        for (at, Entry { key, value }) in node.live_entries().enumerate() {
            let start = if at == 0 { mark } else { &blanks };
            _ = write!(self.out, "{start}{}:", text_of(&key.text));
            let taken = start.len() + key.text.len();
            self.value(value, taken, &blanks);
        }
    }

    /// Writes a value behind its key: on its line where it fits.
    fn value(&mut self, value: &Node, taken: usize, blanks: &str) {
        let line = self.line(value);
        let fits = taken + line.chars().count() < WIDE && !self.is_list_of_objects(value);
        match &value.kind {
            Kind::Map(map) if !fits && map.live().next().is_some() => {
                self.out.push('\n');
                self.fields(value, &format!("{blanks}  "));
            }
            Kind::Seq(elements) if !fits && !elements.is_empty() => {
                self.out.push('\n');
                elements.iter().for_each(|element| self.element(element, &format!("{blanks}  - ")));
            }
            _ => _ = writeln!(self.out, " {line}"),
        }
    }

    /// Writes an element of a list: on one line where it fits.
    fn element(&mut self, element: &Node, mark: &str) {
        let line = self.line(element);
        let fits = mark.len() + line.chars().count() < WIDE;
        let has_fields = element.live_entries().next().is_some();
        match !fits && has_fields {
            true => self.fields(element, mark),
            false => _ = writeln!(self.out, "{mark}{line}"),
        }
    }

    fn is_list_of_objects(&self, value: &Node) -> bool {
        value.elements().iter().any(|element| matches!(element.kind, Kind::Map(_)))
    }

    /// A value on one line.
    fn line(&self, value: &Node) -> String {
        let all = |parts: Vec<String>| parts.join(", ");
        match &value.kind {
            Kind::Map(map) => {
                let field = |Entry { key, value }: &Entry| {
                    format!("{}: {}", text_of(&key.text), self.line(value))
                };
                format!("{{{}}}", all(map.live().map(field).collect()))
            }
            Kind::Seq(elements) => {
                format!("[{}]", all(elements.iter().map(|one| self.line(one)).collect()))
            }
            Kind::Scalar(scalar) if scalar.kind == ScalarKind::String => text_of(&scalar.text),
            Kind::Scalar(_) => self.text[value.span.range()].to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::common::escape::hostile;

    #[test]
    fn any_text_comes_back_from_yaml() {
        for text in [
            "run_job",
            "run",
            "yes",
            "null",
            "a: b",
            "- a",
            "run ",
            "",
            "1",
            "0x1",
            "a#b",
            "a #b",
            "~",
            "\u{1b}[31m",
            "\u{202e}",
            "\u{e0041}",
            "a ##[error]b",
            "::a::b",
            "😀_a",
            "\"\\\n",
            "a.b",
            "a_b.c",
            "é_é",
            "Null",
            "NO",
            "5s",
            "5",
            "1e5",
            "0x1d",
            "p.json",
            "a/b-",
        ] {
            for write in [scalar, text_of] {
                let yaml = format!("{}: {}\n", write(text), write(text));
                let root = Document::read("a.yaml", yaml.clone().into_bytes()).root.unwrap();
                assert_eq!(&*root.entries()[0].key.text, text, "{yaml}");
                assert_eq!(root.get(text).unwrap().as_str(), Some(text), "{yaml}");
                assert_eq!(hostile(yaml.trim_end()).next(), None, "{yaml}");
            }
        }
    }
    #[test]
    fn an_object_is_written_as_a_person_would_and_comes_back_as_it_was() {
        let long = "x y".repeat(40);
        let json = format!(
            r#"{{"name":"a","call":{{"tool":"pay","args":{{"k":1e400,"m":1.0,"q":"{long}","l":[],"o":{{}}}}}},"steps":[{{"at":"5s","expect":"deny"}},{{"q":["{long}",1]}}],"end":null}}"#
        );
        let mut yaml = String::from("cases:\n");
        write_fields(&mut yaml, &json, "  - ");
        assert!(
            yaml.starts_with("cases:\n  - name: a\n    call:\n      tool: pay\n      args:\n"),
            "{yaml}"
        );
        assert!(yaml.contains("        k: 1e400\n        m: 1.0\n"), "{yaml}");
        assert!(yaml.contains("    steps:\n      - {at: 5s, expect: deny}\n"), "{yaml}");
        let read = |name: &str, text: String| {
            let root = Document::read(name, text.into_bytes()).root.unwrap();
            root.to_json()
        };
        let whole = read("a.json", format!("{{\"cases\":[{json}]}}"));
        assert_eq!(read("a.yaml", yaml), whole);
    }
}

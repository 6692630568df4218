//! JSON that is safe to show: hostile characters are written as escapes, which every reader
//! turns back.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};

use super::escape::hostile;

/// Writes a value over several lines, with a line break at the end.
///
/// # Errors
/// The output cannot be written.
pub fn write_pretty(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    write(out, value, Safe(PrettyFormatter::new()))
}

/// Writes a value on one line, with a line break at the end.
///
/// # Errors
/// The output cannot be written.
pub fn write_line(out: &mut dyn Write, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    write(out, value, Safe(CompactFormatter))
}

/// An object that is put together member by member, to be written on one line.
pub(in crate::report) struct Line(Vec<u8>);

impl Default for Line {
    fn default() -> Line {
        let mut line = Vec::with_capacity(512);
        line.push(b'{');
        Line(line)
    }
}

impl Line {
    /// Adds what stands before a value. The name is one of ours, without anything to escape.
    fn name(&mut self, name: &'static str) {
        self.0.extend_from_slice(if self.0.len() == 1 { b"\"" } else { b",\"" });
        self.0.extend_from_slice(name.as_bytes());
        self.0.extend_from_slice(b"\":");
    }

    /// Adds a number.
    pub(in crate::report) fn number(&mut self, name: &'static str, number: u64) {
        self.value(name, &number);
    }

    /// Adds a text.
    #[inline]
    pub(in crate::report) fn text(&mut self, name: &'static str, text: &str) {
        if text.bytes().all(|byte| PLAIN[usize::from(byte)]) {
            self.name(name);
            self.0.push(b'"');
            self.0.extend_from_slice(text.as_bytes());
            self.0.push(b'"');
        } else {
            self.value(name, text);
        }
    }

    /// Adds a text, or null.
    pub(in crate::report) fn text_or_null(&mut self, name: &'static str, text: Option<&str>) {
        match text {
            Some(text) => self.text(name, text),
            None => {
                self.name(name);
                self.0.extend_from_slice(b"null");
            }
        }
    }

    /// Adds any value.
    pub(in crate::report) fn value(
        &mut self,
        name: &'static str,
        value: &(impl Serialize + ?Sized),
    ) {
        self.name(name);
        let mut json = Serializer::with_formatter(&mut self.0, Safe(CompactFormatter));
        value.serialize(&mut json).expect("writing to memory cannot fail");
    }

    /// Writes the object with a line break at the end.
    ///
    /// # Errors
    /// The output cannot be written.
    pub(in crate::report) fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        self.0.extend_from_slice(b"}\n");
        out.write_all(&self.0)
    }
}

/// Which bytes stand in JSON as they are, and are hostile nowhere.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        plain[byte as usize] = !matches!(byte, b'"' | b'\\' | b'#');
        byte += 1;
    }
    plain
};

/// A value as compact JSON text without a line break.
pub(in crate::report) fn to_text(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    write(&mut out, value, Safe(CompactFormatter)).expect("writing to memory cannot fail");
    let text = String::from_utf8(out).expect("JSON is UTF-8");
    text.trim_end().to_owned()
}

/// Text in double quotes as YAML and TOML read it: as in JSON, but for characters beyond 16 bits,
/// which JSON escapes in two halves that nobody else puts together.
pub(in crate::report) fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    let mut plain = 0;
    let push = |out: &mut String, text: &str| {
        let json = to_text(&text);
        out.push_str(&json[1..json.len() - 1]);
    };
    for (at, character) in hostile(text).filter(|(_, character)| *character as u32 > 0xffff) {
        push(&mut out, &text[plain..at]);
        out += &format!("\\U{:08x}", character as u32);
        plain = at + character.len_utf8();
    }
    push(&mut out, &text[plain..]);
    out + "\""
}

fn write(
    out: &mut dyn Write,
    value: &(impl Serialize + ?Sized),
    formatter: impl Formatter,
) -> io::Result<()> {
    // Whole lines: the many small writes of a serializer are cheap only in memory.
    let mut line = Vec::with_capacity(512);
    value.serialize(&mut Serializer::with_formatter(&mut line, formatter))?;
    line.push(b'\n');
    out.write_all(&line)
}

/// A formatter that escapes hostile characters and leaves everything else to another one.
struct Safe<F>(F);

macro_rules! forward {
    ($($name:ident($($argument:ident: $type:ty),*)),* $(,)?) => {
        $(fn $name<W: ?Sized + Write>(&mut self, writer: &mut W $(, $argument: $type)*) -> io::Result<()> {
            self.0.$name(writer $(, $argument)*)
        })*
    };
}

impl<F: Formatter> Formatter for Safe<F> {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~' if byte != b'#')) {
            return writer.write_all(fragment.as_bytes());
        }
        let mut plain = 0;
        for (at, character) in hostile(fragment) {
            writer.write_all(&fragment.as_bytes()[plain..at])?;
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = at + character.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[plain..])
    }

    /// JSON that was read from elsewhere is put on one line; what is hostile in it can only stand in
    /// its strings.
    fn write_raw_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while !rest.is_empty() {
            let (between, string) = rest.split_at(rest.find('"').unwrap_or(rest.len()));
            for token in between.split_ascii_whitespace() {
                writer.write_all(token.as_bytes())?;
            }
            let (string, after) = string.split_at(string_end(string));
            self.write_string_fragment(writer, string)?;
            rest = after;
        }
        Ok(())
    }

    forward! {
        begin_array(), end_array(), begin_array_value(first: bool), end_array_value(),
        begin_object(), end_object(), begin_object_key(first: bool), end_object_key(),
        begin_object_value(), end_object_value(),
    }
}

/// Where the JSON string ends that a text begins with.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_from_elsewhere_stays_what_it_is_on_one_line() {
        let json = "{ \"a\\\\\": [1.0,\n 2],\r\n\"b \\\" c\":\t\"\u{202e} x\", \"b\": null }";
        let raw: &serde_json::value::RawValue = serde_json::from_str(json).unwrap();
        let mut out = Vec::new();
        write_line(&mut out, raw).unwrap();
        let line = String::from_utf8(out).unwrap();
        assert_eq!(line, "{\"a\\\\\":[1.0,2],\"b \\\" c\":\"\\u202e x\",\"b\":null}\n");
        let value = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(value(&line), value(json));
    }

    #[test]
    fn hostile_characters_are_escaped_and_come_back() {
        let text = "a\x1b\u{7f}\u{202e}\u{e0041}é##[b]";
        let mut out = Vec::new();
        write_line(&mut out, &[text]).unwrap();
        let json = String::from_utf8(out).unwrap();
        assert_eq!(json, "[\"a\\u001b\\u007f\\u202e\\udb40\\udc41é#\\u0023[b]\"]\n");
        assert_eq!(serde_json::from_str::<Vec<String>>(&json).unwrap(), [text]);
    }
}

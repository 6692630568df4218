//! Recorded calls in our own notation, one a line; described by `schemas/trace.schema.json`.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::engine::Timestamp;
use crate::report::common::json_text::harmless;
use crate::trace::{self, Record};

/// Writes a call that was made at a time, which need not be the record's own.
///
/// # Errors
/// The output cannot be written.
pub fn write_record(
    out: &mut dyn Write,
    record: &Record<'_>,
    time: Option<Timestamp>,
) -> io::Result<()> {
    let mut record = Cow::Borrowed(record);
    if record.time != time {
        record.to_mut().time = time;
    }
    writeln!(out, "{}", harmless(&trace::write_record(&record)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{GrantBy, parse_record};

    fn rewritten(line: &str) -> String {
        let record = parse_record(line, &GrantBy::Grant).unwrap();
        let mut out = Vec::new();
        write_record(&mut out, &record, record.time).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_record_comes_back_as_it_was_whatever_is_known_of_it() {
        for line in [
            r#"{"tool":"t"}"#,
            r#"{"ts":"2026-03-01T10:00:00.25Z","grant":"g","session":"s","client":"c","server":"o","tool":"t","args":{"a":1.0,"a":1e999,"b":[12345678901234567890]},"id":"7","result":"tool_error","decision":"throttle"}"#,
            r#"{"tool":"t","args":[1]}"#,
            r#"{"tool":"t","args_keys":["a","b"],"result":"upstream_error"}"#,
            r#"{"tool":"t","args_missing":"hashed"}"#,
            r#"{"tool":"t","args_missing":"unrecorded"}"#,
        ] {
            assert_eq!(rewritten(line), format!("{line}\n"));
        }
    }

    #[test]
    fn hostile_text_is_escaped_and_means_the_same() {
        let line = "{\"tool\":\"\u{202e}\",\"args\":{\"\u{200b}\": \"\u{7f}\"}}";
        let out = rewritten(line);
        assert_eq!(out, "{\"tool\":\"\\u202e\",\"args\":{\"\\u200b\":\"\\u007f\"}}\n");
        assert_eq!(rewritten(&out), out);
    }
}

//! The fast way through our own record: one pass over a line that checks every byte of it to be
//! valid JSON and keeps the fields as slices.
//!
//! It takes the common shape only. Whatever is unusual (an escape in a name, a field that stands
//! twice, a value of another type, anything that is not valid) is left to [`super::record::parse`],
//! which reads everything and says what is wrong; where both read a line, they agree.

use std::borrow::Cow;

use arrayvec::ArrayVec;

use super::json_scan::JsonScan;
use super::record::{CallResult, GrantBy, Record, RecordArguments, text_of};
use super::timestamp::{MinuteCache, parse_time};
use crate::engine::Outcome;

/// Reads the record that begins at `at` and ends with its line. Gives it and where the next line
/// begins; none if it is not of the common shape.
pub(super) fn scan<'a>(
    text: &'a str,
    at: usize,
    grant_by: &GrantBy,
    minute: &mut MinuteCache,
) -> Option<(Record<'a>, usize)> {
    let mut json = JsonScan::new(text, at);
    let mut record = Record::of_tool("");
    let mut seen = 0;
    json.open(b'{')?;
    loop {
        let key = json.plain_string()?;
        json.colon()?;
        let field = read(key, &mut json, &mut record, grant_by, minute)?;
        if seen & field != 0 {
            return None;
        }
        seen |= field;
        if !json.comma_or(b'}')? {
            break;
        }
    }
    let next = json.end_of_line()?;
    if seen & TOOL == 0 {
        return None;
    }
    record.choose_grant(grant_by);
    Some((record, next))
}

/// The bit of the field that must be there.
const TOOL: u16 = 1;

/// Reads the value of a field and gives the field's bit; none if the value is not of the common
/// shape. Unknown fields have no bit: they may stand twice.
fn read<'a>(
    key: &str,
    json: &mut JsonScan<'a>,
    record: &mut Record<'a>,
    grant_by: &GrantBy,
    minute: &mut MinuteCache,
) -> Option<u16> {
    let start = json.at;
    let bit = match key {
        "tool" => {
            record.tool = Cow::Borrowed(json.plain_string()?);
            TOOL
        }
        "ts" => {
            json.value()?;
            let text = json.since(start)?;
            if text != "null" {
                record.time = Some(minute.read(text).or_else(|| parse_time(text).ok())?);
            }
            1 << 1
        }
        "grant" => {
            record.grant = json.plain_string_or_null()?;
            1 << 2
        }
        "session" => {
            record.session = json.plain_string_or_null()?;
            1 << 3
        }
        "server" => {
            record.server = json.plain_string_or_null()?;
            1 << 4
        }
        "client" => {
            record.client = json.plain_string_or_null()?;
            1 << 5
        }
        "id" => {
            json.value()?;
            record.id = plain_text(json.since(start)?);
            1 << 6
        }
        "args" => {
            record.arguments = arguments(json)?;
            1 << 7
        }
        "result" => {
            record.result = match json.plain_string()? {
                "ok" => CallResult::Ok,
                "tool_error" => CallResult::ToolError,
                "upstream_error" => CallResult::UpstreamError,
                _ => return None,
            };
            1 << 8
        }
        "decision" => {
            record.decision = match &*json.plain_string_or_null()? {
                "" => None,
                "allow" => Some(Outcome::Allow),
                "deny" => Some(Outcome::Deny),
                "throttle" => Some(Outcome::Throttle),
                _ => return None,
            };
            1 << 9
        }
        // Arguments of which little is known are rare.
        "args_keys" | "args_hash" | "args_missing" => return None,
        _ => {
            json.value()?;
            0
        }
    };
    if grant_by.field() == Some(key) {
        record.field = plain_text(json.since(start)?);
    }
    Some(bit)
}

/// The text of a JSON value, borrowed where it is written without escapes.
fn plain_text(json: &str) -> Cow<'_, str> {
    let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('\\') => Cow::Borrowed(inner),
        _ => text_of(json),
    }
}

/// Reads arguments: their members one by one if they are an object.
fn arguments<'a>(json: &mut JsonScan<'a>) -> Option<RecordArguments<'a>> {
    let start = json.at;
    if json.peek()? != b'{' {
        json.value()?;
        let text = json.since(start)?;
        return Some(match text {
            "null" => RecordArguments::Absent,
            text => RecordArguments::Json(Cow::Borrowed(text)),
        });
    }
    let mut members = ArrayVec::new();
    let mut plain = true;
    json.open(b'{')?;
    if json.peek()? == b'}' {
        json.at += 1;
    } else {
        loop {
            let key = json.string()?;
            plain &= !key.contains('\\') && !members.is_full();
            json.colon()?;
            let value = json.at;
            json.value()?;
            if plain {
                members.push((key, json.since(value)?));
            }
            if !json.comma_or(b'}')? {
                break;
            }
        }
    }
    let text = json.since(start)?;
    Some(if plain && !json.is_wild() {
        RecordArguments::Members { text, members }
    } else {
        RecordArguments::Json(Cow::Borrowed(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::record::parse;
    use proptest::prelude::*;

    /// Reads a line both ways; where the fast way takes it, both must agree.
    fn both(line: &str, grant_by: &GrantBy) -> bool {
        let text = format!("{line}\nrest");
        let Some((scanned, next)) = scan(&text, 0, grant_by, &mut MinuteCache::default()) else {
            return false;
        };
        let parsed = parse(line.trim(), grant_by).unwrap_or_else(|why| panic!("{line}: {why}"));
        assert_eq!(&text[next..], "rest", "{line}");
        if let RecordArguments::Members { text, .. } = &scanned.arguments {
            let scanned = Record { arguments: RecordArguments::Json((*text).into()), ..scanned };
            assert_eq!(scanned, parsed, "{line}");
        } else {
            assert_eq!(scanned, parsed, "{line}");
        }
        true
    }

    const FULL: &str = r#"{"ts":"2026-03-01T10:00:00.250Z","grant":"g","session":"s","server":"o","client":"c","tool":"t","args":{"a":[1,-2.5e3,{"b":"\"\u00e9"}],"":null,"é":true},"id":"c-1","result":"tool_error","decision":"deny","team":{"x":[]}}"#;

    #[test]
    fn the_common_shape_is_read_as_the_reader_of_everything_reads_it() {
        for line in [
            FULL,
            r#"{"tool":"t"}"#,
            "  { \"tool\" : \"t\" , \"args\" : { } } \r",
            r#"{"tool":"t","ts":1772359200.5,"args":null,"id":7,"decision":null,"grant":null}"#,
            r#"{"tool":"t","args":[1,2]}"#,
            r#"{"x":1,"x":2,"tool":"t","id":"\u0041"}"#,
        ] {
            for by in ["grant", "session", "server", "client", "id", "team", "x", "args"] {
                assert!(both(line, &by.parse().unwrap()), "{line} is of the common shape");
            }
        }
    }

    #[test]
    fn members_are_kept_apart_in_their_order() {
        let text = format!("{FULL}\n");
        let (record, _) = scan(&text, 0, &GrantBy::Grant, &mut MinuteCache::default()).unwrap();
        let RecordArguments::Json(_) = record.arguments else {
            panic!("an exponent is left to the reader of everything")
        };
        let line = "{\"tool\":\"t\",\"args\":{\"a\": [1, 2], \"b\":\"x\"}}\n";
        let (record, _) = scan(line, 0, &GrantBy::Grant, &mut MinuteCache::default()).unwrap();
        let RecordArguments::Members { text, members } = record.arguments else { panic!() };
        assert_eq!(text, "{\"a\": [1, 2], \"b\":\"x\"}");
        assert_eq!(&members[..], [("a", "[1, 2]"), ("b", "\"x\"")]);
    }

    #[test]
    fn what_is_unusual_or_wrong_is_left_alone() {
        for line in [
            "",
            "{}",
            "[]",
            r#"{"tool":7}"#,
            r#"{"tool":"t","tool":"t"}"#,
            r#"{"t\u006fol":"t"}"#,
            r#"{"tool":"t\n"}"#,
            r#"{"tool":"t","ts":"noon"}"#,
            r#"{"tool":"t","args_hash":"x"}"#,
            r#"{"tool":"t","result":null}"#,
            r#"{"tool":"t"} x"#,
            r#"{"tool":"t",}"#,
            r#"{"tool":"t" "a":1}"#,
            "{\"tool\":\"t\",\"a\":\"\t\"}",
            "{\"tool\":\n\"t\"}",
        ] {
            assert!(!both(line, &GrantBy::Grant), "{line}");
        }
    }

    proptest! {
        /// Broken lines are taken by neither or by both, never by the fast way alone.
        #[test]
        fn a_changed_byte_never_makes_the_two_disagree(
            at in 0..FULL.len(),
            byte in prop_oneof![Just(b'"'), Just(b'\\'), Just(b','), Just(b'{'), Just(b'}'),
                Just(b'0'), Just(b'.'), Just(b'e'), Just(b' '), Just(b'n'), 0u8..128],
            keep in any::<bool>(),
        ) {
            let mut bytes = FULL.as_bytes().to_vec();
            if keep { bytes[at] = byte } else { bytes.insert(at, byte) }
            if let Ok(line) = String::from_utf8(bytes)
                && !line.contains('\n')
            {
                both(&line, &GrantBy::Grant);
            }
        }
    }
}

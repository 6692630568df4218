//! The fast way through our own record: one pass over a line that checks every byte of it to be
//! valid JSON and keeps the fields as slices.
//!
//! It takes the common shape only. Whatever is unusual (an escape in a name, a field that stands
//! twice, a value of another type, anything that is not valid) is left to [`crate::trace::record::parse`],
//! which reads everything and says what is wrong; where both read a line, they agree.

use std::borrow::Cow;

use arrayvec::ArrayVec;

use crate::engine::{Member, Outcome};
use crate::trace::json::scan::{Gap, JsonScan};
use crate::trace::record::{
    CallResult, GrantBy, MinuteCache, Record, RecordArguments, parse_time, text_of,
};

/// How many fields of a line are remembered.
const REMEMBERED: usize = 16;

/// How many lines are read without a guess where guesses fail.
const UNLIKE: u8 = 63;

/// Reads records line by line, each faster for what it remembers of the lines before.
#[derive(Default)]
pub(super) struct Scan {
    minute: MinuteCache,
    /// The fields of the line before, in their order, with what stood before their values.
    fields: [(Gap, Field); REMEMBERED],
    /// What stood before the members of its arguments, and where in it their names.
    members: [(Gap, [u8; 2]); REMEMBERED],
    /// How many fields and members of the line were not those that are remembered.
    missed: usize,
    /// How many lines are still read without looking at what is remembered: those before were unlike each other.
    unlike: u8,
}

/// A field of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Field {
    Tool,
    Time,
    Grant,
    Session,
    Server,
    Client,
    Id,
    Arguments,
    Result,
    Decision,
    Folder,
    Mode,
    /// One that only [`GrantBy::Field`] may ask for.
    #[default]
    Other,
}

impl Field {
    /// The field of a name; none for one that is left to the reader of everything.
    fn of_name(name: &str) -> Option<Field> {
        Some(match name {
            "tool" => Field::Tool,
            "ts" => Field::Time,
            "grant" => Field::Grant,
            "session" => Field::Session,
            "server" => Field::Server,
            "client" => Field::Client,
            "id" => Field::Id,
            "args" => Field::Arguments,
            "result" => Field::Result,
            "decision" => Field::Decision,
            "cwd" => Field::Folder,
            "mode" => Field::Mode,
            // Arguments of which little is known are rare, and so is what agents say.
            "args_keys" | "args_hash" | "args_missing" | "roots" | "permitted" => return None,
            _ => Field::Other,
        })
    }

    /// The bit that stands for the field; none for those that may stand twice.
    fn bit(self) -> u16 {
        if self == Field::Other { 0 } else { 1 << self as u16 }
    }
}

impl Scan {
    /// Reads the record that begins at `at` and ends with its line, and gives where the next line
    /// begins; none if it is not of the common shape. The record must be a new one, and is of no
    /// use where nothing is given.
    pub(super) fn record<'a>(
        &mut self,
        text: &'a str,
        at: usize,
        grant_by: &GrantBy,
        record: &mut Record<'a>,
    ) -> Option<usize> {
        let mut json = JsonScan::<true>::new(text, at);
        let (mut seen, mut has_others) = (0, false);
        let wanted = grant_by.field();
        let mut index = 0;
        (self.missed, self.unlike) = (0, self.unlike.saturating_sub(1));
        while let Some(field) = self.field(&mut json, index)? {
            index += 1;
            let start = json.at;
            self.value(field, &mut json, record)?;
            if seen & field.bit() != 0 {
                return None;
            }
            seen |= field.bit();
            has_others |= field == Field::Other;
            if wanted.is_some() {
                // Which field it is that is asked for is not remembered.
                read_wanted(&json, (at, start), wanted, record)?;
            }
        }
        let next = json.end_of_line()?;
        if self.missed > index {
            self.unlike = UNLIKE;
        }
        // Where no arguments stand, they may stand in a field that is not known.
        if seen & Field::Tool.bit() == 0 || (has_others && seen & Field::Arguments.bit() == 0) {
            return None;
        }
        record.choose_grant(grant_by);
        Some(next)
    }

    /// Steps over what stands before the value of the next field, and tells which it is; none behind the
    /// last one.
    #[inline(always)]
    fn field(&mut self, json: &mut JsonScan<'_, true>, index: usize) -> Option<Option<Field>> {
        if self.unlike == 0
            && let Some((gap, field)) = self.fields.get(index)
            && json.goes_on(gap)
        {
            return Some(Some(*field));
        }
        if index > 0 && json.ends_with(b'}')? {
            return Some(None);
        }
        let (start, first) = (json.at, if index == 0 { b'{' } else { b',' });
        let name = match json.short_name(first) {
            Some((start, end)) => json.slice(start, end)?,
            None => {
                json.open(first)?;
                let name = json.plain_string()?;
                json.colon()?;
                name
            }
        };
        let field = Field::of_name(name)?;
        if self.unlike == 0
            && let Some(remembered) = self.fields.get_mut(index)
        {
            self.missed += 1;
            *remembered = (json.gap(start), field);
        }
        Some(Some(field))
    }

    /// Reads the value of a field; none if it is not of the common shape.
    #[inline(always)]
    fn value<'a>(
        &mut self,
        field: Field,
        json: &mut JsonScan<'a, true>,
        record: &mut Record<'a>,
    ) -> Option<()> {
        let start = json.at;
        match field {
            Field::Tool => record.tool = Cow::Borrowed(json.plain_string()?),
            Field::Time => {
                json.value()?;
                let text = json.since(start)?;
                if text != "null" {
                    let time = self.minute.read(text).or_else(|| parse_time(text).ok())?;
                    record.time = Some(time);
                }
            }
            Field::Grant => record.grant = json.plain_string_or_null()?,
            Field::Session => record.session = json.plain_string_or_null()?,
            Field::Server => record.server = json.plain_string_or_null()?,
            Field::Client => record.client = json.plain_string_or_null()?,
            Field::Id => {
                record.id = match json.peek()? {
                    b'"' => match json.any_string()? {
                        (text, false) => Cow::Borrowed(text),
                        _ => text_of(json.since(start)?),
                    },
                    _ => {
                        json.value()?;
                        text_of(json.since(start)?)
                    }
                }
            }
            Field::Arguments => self.arguments(json, &mut record.arguments)?,
            Field::Result => {
                record.result = match json.plain_string()? {
                    "ok" => CallResult::Ok,
                    "tool_error" => CallResult::ToolError,
                    "upstream_error" => CallResult::UpstreamError,
                    "unknown" => CallResult::Unknown,
                    _ => return None,
                };
            }
            Field::Decision => {
                record.decision = match json.plain_string_or_null()? {
                    text if text.is_empty() => None,
                    text if text == "allow" => Some(Outcome::Allow),
                    text if text == "ask" => Some(Outcome::Ask),
                    text if text == "deny" => Some(Outcome::Deny),
                    text if text == "throttle" => Some(Outcome::Throttle),
                    _ => return None,
                };
            }
            // What is no text there has always been passed over.
            Field::Folder if json.peek()? == b'"' => record.folder = json.plain_string()?.into(),
            Field::Mode if json.peek()? == b'"' => record.mode = json.plain_string()?.into(),
            Field::Folder | Field::Mode | Field::Other => json.value()?,
        }
        Some(())
    }

    /// Reads arguments: their members one by one if they are an object.
    #[inline(always)]
    fn arguments<'a>(
        &mut self,
        json: &mut JsonScan<'a, true>,
        arguments: &mut RecordArguments<'a>,
    ) -> Option<()> {
        let start = json.at;
        if json.peek()? != b'{' {
            json.value()?;
            let text = json.since(start)?;
            if text != "null" {
                *arguments = RecordArguments::Json(Cow::Borrowed(text));
            }
            return Some(());
        }
        // Filled where it stands: it is large.
        *arguments = RecordArguments::Members { text: "", members: ArrayVec::new() };
        let RecordArguments::Members { text, members } = arguments else { return None };
        let mut are_plain = true;
        if !json.is_empty_object() {
            let mut index = 0;
            while let Some((name, end)) = self.member(json, index, &mut are_plain)? {
                index += 1;
                let value = json.at;
                json.value()?;
                let places = [name - start, end - start, value - start, json.at - start];
                are_plain &= members.try_push(Member::new(places)?).is_ok();
            }
        }
        *text = json.since(start)?;
        if !are_plain || json.is_wild() {
            let text = *text;
            *arguments = RecordArguments::Json(Cow::Borrowed(text));
        }
        Some(())
    }

    /// Steps over what stands before the value of the next member, and gives where its name stands; none
    /// behind the last one. They are plain as long as all names are written without escapes.
    #[inline(always)]
    fn member(
        &mut self,
        json: &mut JsonScan<'_, true>,
        index: usize,
        are_plain: &mut bool,
    ) -> Option<Option<(usize, usize)>> {
        let start = json.at;
        if self.unlike == 0
            && let Some((gap, [name, end])) = self.members.get(index)
            && json.goes_on(gap)
        {
            return Some(Some((start + usize::from(*name), start + usize::from(*end))));
        }
        if index > 0 && json.ends_with(b'}')? {
            return Some(None);
        }
        let (start, first) = (json.at, if index == 0 { b'{' } else { b',' });
        let (name, end) = match json.short_name(first) {
            Some(found) => found,
            None => {
                json.open(first)?;
                let name = json.at + 1;
                *are_plain &= !json.skip_string()?;
                let end = json.at - 1;
                json.colon()?;
                (name, end)
            }
        };
        if self.unlike == 0
            && let Some(remembered) = self.members.get_mut(index)
            && *are_plain
        {
            self.missed += 1;
            // Of what is too long nothing is remembered.
            *remembered = (json.gap(start), [(name - start) as u8, (end - start) as u8]);
        }
        Some(Some((name, end)))
    }
}

/// Takes the field that stands for the grant, if this is the one: its name stands before its value.
fn read_wanted<'a>(
    json: &JsonScan<'a, true>,
    (line, value): (usize, usize),
    wanted: Option<&str>,
    record: &mut Record<'a>,
) -> Option<()> {
    let before = json.slice(line, value)?.trim_end().strip_suffix(':')?.trim_end();
    let before = before.strip_suffix('"')?;
    if wanted.is_some_and(|wanted| before.strip_suffix(wanted).is_some_and(|b| b.ends_with('"'))) {
        record.field = plain_text(json.since(value)?);
    }
    Some(())
}

/// The text of a JSON value, borrowed where it is written without escapes.
fn plain_text(json: &str) -> Cow<'_, str> {
    let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if !inner.contains('\\') => Cow::Borrowed(inner),
        _ => text_of(json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::record::parse;
    use proptest::prelude::*;

    /// Reads a line both ways; where the fast way takes it, both must agree.
    fn both(line: &str, grant_by: &GrantBy) -> bool {
        let text = format!("{line}\nrest");
        let mut scan = Scan::default();
        let mut scanned = Record::of_tool("");
        let Some(next) = scan.record(&text, 0, grant_by, &mut scanned) else { return false };
        // What it remembers of a line must not make a difference when it reads it again.
        let mut again = Record::of_tool("");
        assert_eq!(scan.record(&text, 0, grant_by, &mut again), Some(next), "{line}");
        assert_eq!(again, scanned, "{line}");
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
            r#"{"x":1,"x":2,"tool":"t","args":{},"id":"\u0041"}"#,
            r#"{"tool":"t","cwd":"/srv","mode":"plan"}"#,
        ] {
            for by in ["grant", "session", "server", "client", "id", "team", "x", "args"] {
                assert!(both(line, &by.parse().unwrap()), "{line} is of the common shape");
            }
        }
    }

    #[test]
    fn members_are_kept_apart_in_their_order() {
        let text = format!("{FULL}\n");
        let mut record = Record::of_tool("");
        Scan::default().record(&text, 0, &GrantBy::Grant, &mut record).unwrap();
        let RecordArguments::Json(_) = record.arguments else {
            panic!("an exponent is left to the reader of everything")
        };
        let line = "{\"tool\":\"t\",\"args\":{\"a\": [1, 2], \"b\":\"x\"}}\n";
        let mut record = Record::of_tool("");
        Scan::default().record(line, 0, &GrantBy::Grant, &mut record).unwrap();
        let RecordArguments::Members { text, members } = record.arguments else { panic!() };
        assert_eq!(text, "{\"a\": [1, 2], \"b\":\"x\"}");
        let members: Vec<_> = members.iter().map(|member| member.of(text)).collect();
        assert_eq!(members, [Some(("a", "[1, 2]")), Some(("b", "\"x\""))]);
    }

    #[test]
    fn what_is_unusual_or_wrong_is_left_alone() {
        for line in [
            "",
            "{}",
            "[]",
            r#"{"tool":7}"#,
            r#"{"tool":"t","arguments":{}}"#,
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

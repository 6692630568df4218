//! The fast way through our own record: one pass over a line that checks every byte of it to be
//! valid JSON and keeps the fields as slices.
//!
//! It takes the common shape only. Whatever is unusual (an escape in a name, a field that stands
//! twice, a value of another type, anything that is not valid) is left to [`crate::trace::record::parse`],
//! which reads everything and says what is wrong; where both read a line, they agree.

use std::borrow::Cow;

use arrayvec::ArrayVec;

use super::alike::{Alike, Known};
use crate::engine::{Member, Outcome};
use crate::trace::json::scan::JsonScan;
use crate::trace::record::{
    CallResult, GrantBy, MinuteCache, Record, RecordArguments, Toolset, text_of,
};

/// For how many tools the members of arguments are remembered.
const TOOLS: usize = 8;

/// How many records are read before the first of them is looked at: what is done with each takes long, and
/// what is to be found in memory for several is found sooner together.
pub(super) const TOGETHER: usize = 16;

/// Reads records line by line, each faster for what it remembers of the lines before.
#[derive(Default)]
pub(super) struct Scan {
    alike: Alike,
    fields: Known<Field>,
    /// The members of arguments, for each of some tools: whether their names are written without escapes.
    members: [Known<bool>; TOOLS],
    minute: MinuteCache,
    /// The bits of the fields that each record has of the line that it was read of before.
    before: [u16; TOGETHER],
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
    #[inline(always)]
    fn of_name(name: &[u8]) -> Option<Field> {
        Some(match name {
            b"tool" => Field::Tool,
            b"ts" => Field::Time,
            b"grant" => Field::Grant,
            b"session" => Field::Session,
            b"server" => Field::Server,
            b"client" => Field::Client,
            b"id" => Field::Id,
            b"args" => Field::Arguments,
            b"result" => Field::Result,
            b"decision" => Field::Decision,
            b"cwd" => Field::Folder,
            b"mode" => Field::Mode,
            // Arguments of which little is known are rare, and so is what agents say.
            b"args_keys" | b"args_hash" | b"args_missing" | b"roots" | b"permitted" => return None,
            _ => Field::Other,
        })
    }

    /// The field of a name that is written without escapes, or that is left to the reader of everything.
    #[inline(always)]
    fn known(name: &[u8], is_plain: bool) -> Option<Field> {
        Field::of_name(name).filter(|_| is_plain)
    }

    /// The bit that stands for the field.
    #[inline(always)]
    fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl Scan {
    /// Reads the record that begins at `at` and ends with its line, and gives where the next line
    /// begins; none if it is not of the common shape. The record, one of several by its number, must be a new
    /// one, or the one that was given for that number before; where nothing is given, it is a new one.
    #[inline(always)]
    pub(super) fn record<'a>(
        &mut self,
        text: &'a str,
        at: usize,
        grant_by: &GrantBy,
        (number, record): (usize, &mut Record<'a>),
    ) -> Option<usize> {
        let Some((next, seen)) = self.line(text, at, grant_by, record) else {
            self.before[number] = 0;
            *record = Record::of_tool("");
            return None;
        };
        // For a grant that does not stand there another may have been chosen.
        let gone = !seen & (self.before[number] | Field::Grant.bit());
        self.before[number] = seen;
        if gone != 0 {
            forget(gone, record);
        }
        record.toolset = Toolset::Server;
        record.choose_grant(grant_by);
        Some(next)
    }

    /// Reads the fields that stand on a line, and gives where the next begins and the bits of the fields.
    fn line<'a>(
        &mut self,
        text: &'a str,
        at: usize,
        grant_by: &GrantBy,
        record: &mut Record<'a>,
    ) -> Option<(usize, u16)> {
        let mut json = JsonScan::<true>::new(text, at);
        let (mut seen, mut index) = (0, 0);
        let wanted = grant_by.field();
        record.field = Cow::Borrowed("");
        while let Some(begun) = self.fields.next(&mut json, index, &mut self.alike, Field::known)? {
            index += 1;
            let field = begun.what;
            // Only those that are not known may stand twice.
            if seen & field.bit() & !Field::Other.bit() != 0 {
                return None;
            }
            let start = json.at - usize::from(begun.is_text);
            match begun.is_text {
                true => self.text(field, &mut json, record)?,
                false => self.value(field, seen, &mut json, record)?,
            }
            seen |= field.bit();
            if wanted.is_some_and(|wanted| json.is(begun.name, wanted)) {
                record.field = text_of(json.since(start)?);
            }
        }
        json.end_line()?;
        self.alike.end_line(index);
        // Where no arguments stand, they may stand in a field that is not known.
        let has = |field: Field| seen & field.bit() != 0;
        if !has(Field::Tool) || (has(Field::Other) && !has(Field::Arguments)) {
            return None;
        }
        Some((json.at, seen))
    }

    /// Reads the text of a field, whose opening quote is behind; none if it is not of the common shape.
    #[inline(always)]
    fn text<'a>(
        &mut self,
        field: Field,
        json: &mut JsonScan<'a, true>,
        record: &mut Record<'a>,
    ) -> Option<()> {
        let start = json.at - 1;
        let place = match field {
            Field::Tool => &mut record.tool,
            Field::Grant => &mut record.grant,
            Field::Session => &mut record.session,
            Field::Server => &mut record.server,
            Field::Client => &mut record.client,
            Field::Folder => &mut record.folder,
            Field::Mode => &mut record.mode,
            Field::Time => {
                record.time = match self.minute.read(json.rest()) {
                    Some(time) => {
                        json.at += MinuteCache::LENGTH;
                        Some(time)
                    }
                    None => {
                        json.skip_text()?;
                        Some(self.minute.parse(json.since(start)?).ok()?)
                    }
                };
                return Some(());
            }
            Field::Id => {
                let has_escapes = json.skip_text()?;
                record.id = match has_escapes {
                    true => text_of(json.since(start)?),
                    false => Cow::Borrowed(json.slice(start + 1, json.at - 1)?),
                };
                return Some(());
            }
            Field::Arguments => {
                json.skip_text()?;
                record.arguments = RecordArguments::Json(Cow::Borrowed(json.since(start)?));
                return Some(());
            }
            Field::Result => {
                record.result = result_of(json.plain_text()?)?;
                return Some(());
            }
            Field::Decision => {
                record.decision = decision_of(json.plain_text()?)?;
                return Some(());
            }
            Field::Other => return json.skip_text().map(drop),
        };
        *place = Cow::Borrowed(json.plain_text()?);
        Some(())
    }

    /// Reads the value of a field that is no text; none if it is not of the common shape.
    #[inline(always)]
    fn value<'a>(
        &mut self,
        field: Field,
        seen: u16,
        json: &mut JsonScan<'a, true>,
        record: &mut Record<'a>,
    ) -> Option<()> {
        let start = json.at;
        match field {
            Field::Arguments if json.peek()? == b'{' => {
                let is_known = seen & Field::Tool.bit() != 0;
                let tool = if is_known { remembered_tool(&record.tool) } else { 0 };
                arguments(json, &mut self.members[tool], &mut self.alike, record)?;
            }
            Field::Arguments => {
                json.value()?;
                record.arguments = match json.since(start)? {
                    "null" => RecordArguments::Absent,
                    text => RecordArguments::Json(Cow::Borrowed(text)),
                };
            }
            Field::Time => {
                json.value()?;
                record.time = match json.since(start)? {
                    "null" => None,
                    seconds => Some(self.minute.parse(seconds).ok()?),
                };
            }
            Field::Id => {
                json.value()?;
                record.id = text_of(json.since(start)?);
            }
            Field::Tool | Field::Result => return None,
            Field::Grant | Field::Session | Field::Server | Field::Client | Field::Decision => {
                json.null()?;
                forget(field.bit(), record);
            }
            // What is no text there has always been passed over.
            Field::Folder | Field::Mode => {
                json.value()?;
                forget(field.bit(), record);
            }
            Field::Other => json.value()?,
        }
        Some(())
    }
}

/// Reads arguments that are an object, member by member.
#[inline(always)]
fn arguments<'a>(
    json: &mut JsonScan<'a, true>,
    known: &mut Known<bool>,
    alike: &mut Alike,
    record: &mut Record<'a>,
) -> Option<()> {
    // Filled where it stands: it is large.
    if !matches!(record.arguments, RecordArguments::Members { .. }) {
        record.arguments = RecordArguments::Members { text: "", members: ArrayVec::new() };
    }
    let RecordArguments::Members { text, members } = &mut record.arguments else { return None };
    members.clear();
    let (start, mut index, mut are_plain) = (json.at, 0, true);
    if !json.is_empty_object() {
        while let Some(begun) = known.next(json, index, alike, |_, is_plain| Some(is_plain))? {
            index += 1;
            let value = json.at - usize::from(begun.is_text);
            let is_plain_text = begun.is_text && !json.skip_text()?;
            if !begun.is_text {
                json.value()?;
            }
            let [name, end] = begun.name;
            let places = [name - start, end - start, value - start, json.at - start];
            let is_kept = members.try_push(Member::new(places, is_plain_text)?).is_ok();
            are_plain &= begun.what && is_kept;
        }
    }
    *text = json.since(start)?;
    if !are_plain || json.is_wild() {
        let text = *text;
        record.arguments = RecordArguments::Json(Cow::Borrowed(text));
    }
    Some(())
}

fn result_of(name: &str) -> Option<CallResult> {
    Some(match name {
        "ok" => CallResult::Ok,
        "tool_error" => CallResult::ToolError,
        "upstream_error" => CallResult::UpstreamError,
        "unknown" => CallResult::Unknown,
        _ => return None,
    })
}

fn decision_of(name: &str) -> Option<Option<Outcome>> {
    Some(match name {
        "" => None,
        "allow" => Some(Outcome::Allow),
        "ask" => Some(Outcome::Ask),
        "deny" => Some(Outcome::Deny),
        "throttle" => Some(Outcome::Throttle),
        _ => return None,
    })
}

/// Makes fields what they are where a line does not have them, by their bits.
fn forget(fields: u16, record: &mut Record<'_>) {
    let none = Record::of_tool("");
    let is = |field: Field| fields & field.bit() != 0;
    for (field, place) in [
        (Field::Grant, &mut record.grant),
        (Field::Session, &mut record.session),
        (Field::Server, &mut record.server),
        (Field::Client, &mut record.client),
        (Field::Id, &mut record.id),
        (Field::Folder, &mut record.folder),
        (Field::Mode, &mut record.mode),
    ] {
        if is(field) {
            *place = Cow::Borrowed("");
        }
    }
    if is(Field::Time) {
        record.time = none.time;
    }
    if is(Field::Arguments) {
        record.arguments = none.arguments;
    }
    if is(Field::Result) {
        record.result = none.result;
    }
    if is(Field::Decision) {
        record.decision = none.decision;
    }
}

/// Where the members of a tool's arguments are remembered: tools with names of one length mostly differ in
/// the last byte.
#[inline(always)]
fn remembered_tool(tool: &str) -> usize {
    (tool.len() + usize::from(tool.as_bytes().last().copied().unwrap_or_default())) % TOOLS
}

#[cfg(test)]
mod tests;

//! Reading a test file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::advice::advised;
use super::calls::{Calls, merged, tells_twice};
use super::expected::Expected;
use super::json::write_json;
use super::mistakes::Mistakes;
use super::start::{DEFAULT_START, start_of};
use super::suite::{Case, Step, Suite, Tested};
use super::times::{LONGEST, read_repeat, read_span, span_text};
use crate::assertion::{self, Mistake};
use crate::engine::Timestamp;
use crate::policy::paths::resolved;
use crate::source::{
    Document, Entry, Kind, Map, Node, Pointer, Span, Violation, ViolationKind, nearest,
};
use crate::trace::{FieldMap, GrantBy, Record};

/// The fields that hold times and numbers of calls.
const TIMES: [&str; 4] = ["start", "at", "repeat", "retry"];

/// The other fields of a case.
const OF_CASE: [&str; 5] = ["name", "start", "call", "at", "repeat"];

/// The fields that a statement about limits needs.
const NEEDED: [&str; 2] = ["max", "window"];

/// The fields of a step or a row that are none of its call.
const OF_ROW: [&str; 2] = ["name", "expect"];

/// Reads a test file.
///
/// # Errors
/// Every mistake in it.
pub fn read(document: &Document) -> Result<Suite, Vec<Mistake>> {
    let mut wrong: Vec<Mistake> = assertion::mistakes_of_text(document);
    let mut mistakes = Mistakes::default();
    let root = document.root.as_ref().filter(|_| document.is_readable());
    let suite = root.map(|root| suite(root, &folder_of(&document.name), &mut mistakes));
    wrong.extend(mistakes.0.into_iter().map(|mistake| mistake.in_document(document)));
    wrong.sort_by_key(|mistake| mistake.span.start);
    match suite {
        Some(suite) if wrong.is_empty() => Ok(suite),
        _ => Err(wrong),
    }
}

/// The folder that a test file lies in, as agents name it; empty where that is not known.
fn folder_of(name: &str) -> String {
    let folder = Path::new(name).parent().unwrap_or(Path::new(""));
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let whole = folder.canonicalize().map(|folder| folder.display().to_string());
    whole.unwrap_or_default().replace('\\', "/")
}

fn suite(root: &Node, folder: &str, mistakes: &mut Mistakes) -> Suite {
    let shape = assertion::SCHEMA.violations(root);
    let (own, shape): (Vec<_>, Vec<_>) = shape.into_iter().partition(is_told_here);
    let at = Pointer::root();
    let assume = root.get("assume").filter(|node| node.is_map());
    let as_list = assume.map(|node| {
        let written =
            |entry: &Entry| Some(format!("{}={}", entry.key.text, entry.value.scalar()?.text));
        let all: Vec<String> = node.live_entries().filter_map(written).collect();
        format!("write `assume: [{}]`", all.join(", "))
    });
    mistakes.0.extend(shape.into_iter().map(advised).map(|mut mistake| {
        if mistake.place.pointer == at.key("assume") {
            mistake.help = as_list.clone().or(mistake.help);
        }
        mistake
    }));
    let start = start_of(root, &at, mistakes).unwrap_or(DEFAULT_START);
    let mut statements = Vec::new();
    for list in ["statements", "assert"] {
        let elements = root.get(list).map(Node::elements).unwrap_or_default();
        statements.extend(assertion::statements(elements, &at.key(list), &mut mistakes.0));
    }
    let mut reader = Reader { calls: Calls::of(root, mistakes), folder, mistakes };
    let elements = root.get("cases").map(Node::elements).unwrap_or_default();
    let mut cases = Vec::new();
    for (index, node) in elements.iter().enumerate() {
        reader.cases(node, start, at.key("cases").index(index), &mut cases);
    }
    reader.twice(&cases);
    // Never is a file read that its schema does not allow.
    if mistakes.0.is_empty() {
        mistakes.0.extend(own.into_iter().map(advised));
    }
    let text = |node: &Node| node.as_str().map(str::to_owned);
    let assume = root.get("assume").map(Node::elements).unwrap_or_default();
    let assume = assume
        .iter()
        .enumerate()
        .filter_map(|(index, node)| Some((text(node)?, at.key("assume").index(index))));
    Suite {
        policies: tested(root),
        home: root.get("home").and_then(text),
        assume: assume.collect(),
        cases,
        statements,
    }
}

/// What is said in words of our own: how fields go together, and what is no time or no number of calls.
fn is_told_here(violation: &Violation) -> bool {
    let mut tokens = violation.place.pointer.tokens();
    let (first, last) = (tokens.next(), violation.place.pointer.tokens().last());
    let is_time = last.is_some_and(|last| TIMES.contains(&&*last))
        && first.as_ref().is_some_and(|first| ["cases", "start"].contains(&&**first));
    let of_statement = first.is_some_and(|first| ["statements", "assert"].contains(&&*first));
    match &violation.kind {
        ViolationKind::Other { .. } => true,
        ViolationKind::UnknownField { .. } => false,
        ViolationKind::MissingField { field } if of_statement => NEEDED.contains(&&**field),
        _ => is_time,
    }
}

/// The policies that a file names.
fn tested(root: &Node) -> Vec<Tested> {
    let at = Pointer::root().key("for");
    let one = |node: &Node, pointer: Pointer| {
        let of_server = |entry: &Entry| {
            // An empty name stands for all other servers.
            let server = (!entry.key.text.is_empty()).then(|| entry.key.text.to_string());
            Some((server, entry.value.as_str()?.to_owned()))
        };
        let members = match node.as_str() {
            Some(path) => vec![(None, path.to_owned())],
            None => node.live_entries().filter_map(of_server).collect(),
        };
        Tested { members, pointer }
    };
    match root.get("for") {
        None => Vec::new(),
        Some(Node { kind: Kind::Seq(list), .. }) => {
            list.iter().enumerate().map(|(index, node)| one(node, at.index(index))).collect()
        }
        Some(node) => vec![one(node, at)],
    }
}

/// What is known while cases are read.
struct Reader<'m> {
    calls: Calls<'m>,
    /// The folder of the file, by which those that calls are made in are understood.
    folder: &'m str,
    mistakes: &'m mut Mistakes,
}

impl Reader<'_> {
    /// Reads what stands as one case: one, or one for each row of its table.
    fn cases(&mut self, node: &Node, start: Timestamp, pointer: Pointer, cases: &mut Vec<Case>) {
        if !node.is_map() {
            return;
        }
        let name = node.get("name").and_then(Node::as_str).unwrap_or_default().to_owned();
        let start = start_of(node, &pointer, self.mistakes).unwrap_or(start);
        let call = self.calls.call(node, &pointer, self.mistakes);
        self.forms(node, &pointer);
        for list in ["steps", "table"] {
            let list_is_empty = node
                .get(list)
                .is_some_and(|list| matches!(&list.kind, Kind::Seq(all) if all.is_empty()));
            if list_is_empty {
                let message = format!("`{list}` is empty, so the case tests nothing");
                self.mistakes.key(
                    &pointer.key(list),
                    message,
                    "add what must come of a call, or remove it",
                );
            }
        }
        if let Some(table) = node.get("table") {
            let none = || Cow::Owned(Node::new(Kind::Map(Map::default()), Span::default()));
            let is_unread = call.is_none() && node.get("call").is_some();
            let base = call.unwrap_or_else(none);
            let rows = table.elements().iter().enumerate();
            for (index, row) in rows.filter(|(_, row)| row.is_map() && !is_unread) {
                let pointer = pointer.key("table").index(index);
                let number = format!("row {}", index + 1);
                let own = row.get("name").and_then(Node::as_str).unwrap_or(&number);
                tells_twice(row, &pointer, self.mistakes);
                let call = merged(&base, row, &OF_ROW);
                let steps = self.step(row, Some(&call), Duration::ZERO, pointer.clone());
                let steps = steps.into_iter().collect();
                cases.push(Case { name: format!("{name}: {own}"), start, steps, pointer });
            }
            return;
        }
        let mut steps = Vec::new();
        match node.get("steps") {
            None => steps.extend(self.step(node, call.as_deref(), Duration::ZERO, pointer.clone())),
            Some(list) => {
                let mut now = Duration::ZERO;
                for (index, step) in list.elements().iter().enumerate() {
                    let pointer = pointer.key("steps").index(index);
                    let own = self.calls.call(step, &pointer, self.mistakes);
                    let of_case = call.as_deref().filter(|_| step.get("call").is_none());
                    let call = own.as_deref().or(of_case);
                    let Some(step) = self.step(step, call, now, pointer) else { continue };
                    let last = u32::try_from(step.times - 1).ok();
                    let lasts = last.and_then(|last| step.every.checked_mul(last));
                    now = step.at.saturating_add(lasts.unwrap_or(Duration::MAX));
                    steps.push(step);
                }
            }
        }
        // Never does a case pass because its calls could not be read.
        if steps.is_empty() && self.mistakes.0.is_empty() {
            let message = "the case cannot be read".to_owned();
            self.mistakes.missing(&pointer, message, "compare it with schemas/test.schema.json");
        }
        cases.push(Case { name, start, steps, pointer });
    }

    /// Says which fields of a case do not go together, and what it lacks.
    fn forms(&mut self, node: &Node, pointer: &Pointer) {
        let forms = ["steps", "table", "expect"];
        let has: Vec<&str> = forms.into_iter().filter(|form| node.get(form).is_some()).collect();
        // A name that is written wrong has been told.
        let is_slip = |entry: &Entry| {
            let field = &*entry.key.text;
            !OF_CASE.contains(&field) && nearest(field, forms).is_some()
        };
        match has.as_slice() {
            [] if node.live_entries().any(is_slip) => {}
            [] => {
                let help = "write `expect` and an outcome, or `steps`, or a `table`";
                let message = "the case does not say what must come of its call".to_owned();
                self.mistakes.missing(pointer, message, help);
            }
            [only] => {
                let beside = ["at", "repeat"].into_iter().filter(|_| *only != "expect");
                for field in beside.filter(|field| node.get(field).is_some()) {
                    let message = format!("`{field}` beside `{only}` says nothing");
                    self.mistakes.key(&pointer.key(field), message, "write it in `steps`");
                }
            }
            [first, second, ..] => {
                let message = format!("`{first}` and `{second}` in one case");
                self.mistakes.key(&pointer.key(second), message, "make two cases of it");
            }
        }
    }

    /// Reads a step, or what stands for the only one of a case, which is made at `now` unless it says when.
    fn step(
        &mut self,
        node: &Node,
        call: Option<&Node>,
        now: Duration,
        pointer: Pointer,
    ) -> Option<Step> {
        let expect = node.get("expect").filter(|_| node.is_map())?;
        let expected = Expected::read(expect, pointer.key("expect"), self.mistakes);
        let at = match node.get("at") {
            None => Some(now),
            Some(text) => self.at(text, now, &pointer.key("at")),
        };
        let repeat = node.get("repeat");
        let repeat =
            repeat.map(|repeat| read_repeat(repeat, &pointer.key("repeat"), self.mistakes));
        let (at, (times, every)) = (at?, repeat.unwrap_or(Some((1, Duration::ZERO)))?);
        let lasts = u32::try_from(times - 1).ok().and_then(|gaps| every.checked_mul(gaps));
        if lasts.and_then(|lasts| at.checked_add(lasts)).is_none_or(|end| end > LONGEST) {
            let message = "the calls take longer than a hundred years".to_owned();
            self.mistakes.value(&pointer.key("repeat"), message, "make fewer, or sooner");
            return None;
        }
        let record = match call {
            Some(call) => self.record(call, &pointer)?,
            None if node.get("call").is_some() => return None,
            None => {
                let help = "write `call` and the tool's name";
                self.mistakes.missing(&pointer, "there is no call".to_owned(), help);
                return None;
            }
        };
        Some(Step { record, at, times, every, expected: expected?, pointer })
    }

    /// When a call is made that comes behind one at `now`.
    fn at(&mut self, node: &Node, now: Duration, pointer: &Pointer) -> Option<Duration> {
        let at = read_span(node, pointer, self.mistakes)?;
        if at < now {
            let (at, before) = (span_text(at), span_text(now));
            let message = format!("`{at}` is before the call that stands before it, at {before}");
            let help = "times are counted from the start of the case, and never go backwards";
            self.mistakes.value(pointer, message, help);
            return None;
        }
        Some(at)
    }

    /// The call of a record.
    fn record(&mut self, call: &Node, pointer: &Pointer) -> Option<Record<'static>> {
        if call.get("tool").is_none() {
            // A name that is written wrong has been told.
            if self.mistakes.are_below(pointer) {
                return None;
            }
            let help = "write `tool` and its name";
            self.mistakes.missing(pointer, "the call names no tool".to_owned(), help);
            return None;
        }
        let mut line = String::new();
        if !write_json(&mut line, call) {
            let message = "the call has a number that JSON has not".to_owned();
            self.mistakes.missing(pointer, message, "write it as text, or as a number");
            return None;
        };
        match FieldMap::default().parse(&line, &GrantBy::Grant) {
            Ok(record) => {
                let mut record = record.into_owned();
                record.rename_folders(|folder| {
                    let is_from_here = folder.starts_with('.') && !self.folder.is_empty();
                    is_from_here.then(|| resolved(self.folder, folder))
                });
                Some(record)
            }
            // What is wrong with its fields has been told.
            Err(_) if !self.mistakes.0.is_empty() => None,
            Err(why) => {
                let help = "write it as a record of a trace";
                self.mistakes.missing(pointer, format!("the call cannot be read: {why}"), help);
                None
            }
        }
    }

    /// Says which cases have the name of one before them.
    fn twice(&mut self, cases: &[Case]) {
        let mut seen: BTreeMap<&str, &Pointer> = BTreeMap::new();
        for case in cases.iter().filter(|case| !case.name.is_empty()) {
            if let Some(first) = seen.insert(&case.name, &case.pointer) {
                let message = format!("two cases are called `{}`", case.name);
                let help = format!("give this one a name of its own; the other stands at {first}");
                self.mistakes.key(&case.pointer.key("name"), message, &help);
            }
        }
    }
}

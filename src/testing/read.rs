//! Reading a test file.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::time::Duration;

use super::expected::Expected;
use super::mistakes::Mistakes;
use super::suite::{Case, Step, Suite, Tested};
use super::times::{LONGEST, MOST, read_span, repeat, span_text};
use crate::assertion::{self, Misplaced, Mistake};
use crate::engine::Timestamp;
use crate::policy::paths::resolved;
use crate::source::{
    Document, Entry, Kind, Map, Node, Pointer, ScalarKind, Span, ViolationKind, nearest,
};
use crate::trace::{FieldMap, GrantBy, Record, parse_time};

/// When cases begin that say nothing of it: a minute, an hour and a day begin with it.
pub const DEFAULT_START: Timestamp = Timestamp { seconds: 1_767_225_600, nanoseconds: 0 };

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
    let shape = assertion::SCHEMA.violations(root, &root.to_json());
    // How fields go together is said in words of our own.
    let shape = shape
        .into_iter()
        .filter(|violation| !matches!(violation.kind, ViolationKind::Other { .. }));
    let at = Pointer::root();
    let assume = root.get("assume").filter(|node| node.is_map());
    let as_list = assume.map(|node| {
        let written =
            |entry: &Entry| Some(format!("{}={}", entry.key.text, entry.value.scalar()?.text));
        let all: Vec<String> = node.live_entries().filter_map(written).collect();
        format!("write `assume: [{}]`", all.join(", "))
    });
    mistakes.0.extend(shape.map(Misplaced::from).map(|mut mistake| {
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
    let mut reader = Reader { calls: named_calls(root, mistakes), folder, mistakes };
    let elements = root.get("cases").map(Node::elements).unwrap_or_default();
    let mut cases = Vec::new();
    for (index, node) in elements.iter().enumerate() {
        reader.cases(node, start, at.key("cases").index(index), &mut cases);
    }
    reader.twice(&cases);
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

/// The moment that `start` of an object names.
fn start_of(node: &Node, at: &Pointer, mistakes: &mut Mistakes) -> Option<Timestamp> {
    let text = node.get("start")?.as_str()?;
    let time = parse_time(&serde_json::Value::from(text).to_string());
    if time.is_err() {
        let message = format!("`{text}` is no time");
        mistakes.value(&at.key("start"), message, "write it as `2026-03-01T10:00:00Z`");
    }
    time.ok()
}

/// The calls that a file names, with what they are like put in.
fn named_calls(root: &Node, mistakes: &mut Mistakes) -> HashMap<String, Node> {
    let mut calls: HashMap<String, Node> = HashMap::new();
    let at = Pointer::root().key("calls");
    for Entry { key, value } in root.get("calls").into_iter().flat_map(Node::live_entries) {
        // Only what stands before can be meant, so that none is like itself.
        let call = like(value, &at.key(&key.text), &calls, mistakes);
        calls.insert(key.text.to_string(), call.unwrap_or_else(|| value.clone()));
    }
    calls
}

/// A call with the fields of the one that it is like; none where there is none of that name.
fn like(
    node: &Node,
    at: &Pointer,
    calls: &HashMap<String, Node>,
    mistakes: &mut Mistakes,
) -> Option<Node> {
    let (name, at) = match node.as_str() {
        Some(name) => (name, at.clone()),
        None => match node.get("like").and_then(Node::as_str) {
            Some(name) => (name, at.key("like")),
            None => return Some(node.clone()),
        },
    };
    let Some(base) = calls.get(name) else {
        let near = nearest(name, calls.keys().map(String::as_str));
        let meant = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        let help = "name one of `calls`, or one that stands before it there";
        mistakes.value(&at, format!("there is no call `{name}`{meant}"), help);
        return None;
    };
    Some(merged(base, node, &["like"]))
}

/// A call with the fields of another put in their places, those of `args` one by one.
fn merged(base: &Node, own: &Node, but: &[&str]) -> Node {
    let mut map = Map::from(base.entries().to_vec());
    let entries = own.live_entries().filter(|entry| !but.contains(&&*entry.key.text));
    for entry in entries {
        match (&*entry.key.text, map.get_mut(&entry.key.text)) {
            ("args", Some(there)) if there.is_map() && entry.value.is_map() => {
                *there = merged(there, &entry.value, &[]);
            }
            (_, Some(there)) => *there = entry.value.clone(),
            (_, None) => map.push(entry.clone()),
        }
    }
    Node::new(Kind::Map(map), own.span)
}

/// What is known while cases are read.
struct Reader<'m> {
    calls: HashMap<String, Node>,
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
        let call = node
            .get("call")
            .and_then(|call| like(call, &pointer.key("call"), &self.calls, self.mistakes));
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
            let none = Node::new(Kind::Map(Map::default()), Span::default());
            let base = call.unwrap_or(none);
            for (index, row) in table.elements().iter().enumerate().filter(|(_, row)| row.is_map())
            {
                let pointer = pointer.key("table").index(index);
                let number = format!("row {}", index + 1);
                let own = row.get("name").and_then(Node::as_str).unwrap_or(&number);
                let call = merged(&base, row, &OF_ROW);
                let steps = self.step(row, Some(&call), Duration::ZERO, pointer.clone());
                let steps = steps.into_iter().collect();
                cases.push(Case { name: format!("{name}: {own}"), start, steps, pointer });
            }
            return;
        }
        let mut steps = Vec::new();
        match node.get("steps") {
            None => steps.extend(self.step(node, call.as_ref(), Duration::ZERO, pointer.clone())),
            Some(list) => {
                let mut now = Duration::ZERO;
                for (index, step) in list.elements().iter().enumerate() {
                    let pointer = pointer.key("steps").index(index);
                    let own = step.get("call").and_then(|call| {
                        like(call, &pointer.key("call"), &self.calls, self.mistakes)
                    });
                    let call =
                        own.as_ref().or(call.as_ref().filter(|_| step.get("call").is_none()));
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
        match has.as_slice() {
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
        let text = |field: &str| node.get(field).and_then(Node::as_str);
        let at = match text("at") {
            None => now,
            Some(text) => self.at(text, now, &pointer)?,
        };
        let (times, every) = match node.get("repeat") {
            None => (1, Duration::ZERO),
            Some(count) => match repeat(&count.scalar()?.text) {
                Some(repeat) => repeat,
                None => {
                    let place = pointer.key("repeat");
                    if !self.mistakes.are_below(&place) {
                        let text = &count.scalar()?.text;
                        let message = format!("`{text}` is no number of calls, or too many");
                        let help = format!("write a number up to {MOST}, or `12 every 4s`");
                        self.mistakes.value(&place, message, &help);
                    }
                    return None;
                }
            },
        };
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
    fn at(&mut self, text: &str, now: Duration, pointer: &Pointer) -> Option<Duration> {
        let at = read_span(text, &pointer.key("at"), self.mistakes);
        if at.is_some_and(|at| at < now) {
            let before = span_text(now);
            let message = format!("`{text}` is before the call that stands before it, at {before}");
            let help = "times are counted from the start of the case, and never go backwards";
            self.mistakes.value(&pointer.key("at"), message, help);
            return None;
        }
        at
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
        let Some(line) = json_text(call) else {
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

/// A value as JSON text, in which numbers beyond a 64-bit float stay what they are; none where one is no number of
/// JSON's.
fn json_text(node: &Node) -> Option<String> {
    let text = |text: &str| serde_json::Value::from(text).to_string();
    Some(match &node.kind {
        Kind::Seq(elements) => {
            let elements: Option<Vec<String>> = elements.iter().map(json_text).collect();
            format!("[{}]", elements?.join(","))
        }
        Kind::Map(map) => {
            let member = |entry: &Entry| {
                Some(format!("{}:{}", text(&entry.key.text), json_text(&entry.value)?))
            };
            let members: Option<Vec<String>> = map.live().map(member).collect();
            format!("{{{}}}", members?.join(","))
        }
        Kind::Scalar(scalar) => match node.to_json() {
            serde_json::Value::String(digits) if scalar.kind == ScalarKind::Number => {
                let is_number =
                    serde_json::from_str::<&serde_json::value::RawValue>(&digits).is_ok();
                is_number.then_some(digits)?
            }
            value => value.to_string(),
        },
    })
}

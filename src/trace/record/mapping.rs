//! Logs of others read as records: which of their fields stand for ours (`--map`).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use super::call::Record;
use super::grant_by::GrantBy;
use super::json::{is_object, parse_object, text_of};
use super::parse::{FIELDS, parse, time_of};
use crate::engine::Timestamp;
use crate::source::nearest;
use crate::trace::json;

/// The fields of a record that are text.
const TEXTS: [&str; 7] = ["tool", "grant", "session", "server", "client", "cwd", "mode"];

/// What may stand in the field `result`.
const RESULTS: [&str; 4] = ["ok", "tool_error", "upstream_error", "unknown"];

/// One field of a record, and where it stands in the lines of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldMapping {
    target: &'static str,
    /// The keys that lead to the value, the outermost first.
    path: Vec<String>,
}

/// All that stands elsewhere in the lines of a log than in a record.
#[derive(Clone, Debug, Default)]
pub struct FieldMap {
    mappings: Vec<FieldMapping>,
    /// What the lines that were read have, of all copies of the map.
    seen: Arc<Seen>,
}

/// What the lines have that a map was held against.
#[derive(Debug, Default)]
struct Seen {
    /// Which mappings found their field in some line: a bit each.
    found: AtomicU64,
    /// How many lines were asked for their names.
    asked: AtomicU32,
    /// The names of the fields of some lines in which one was not found.
    names: Mutex<BTreeSet<String>>,
}

/// How many lines are asked for the names of their fields, to say which was meant.
const ASKED: u32 = 64;

/// A mapping whose field no line has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// The field of a record.
    pub target: &'static str,
    /// What was to stand for it.
    pub field: String,
    /// The name in the lines that is the nearest to that.
    pub nearest: Option<String>,
    /// The names in some lines.
    pub names: Vec<String>,
}

type Fields<'a> = BTreeMap<Cow<'a, str>, Cow<'a, RawValue>>;

impl FieldMapping {
    /// What can be mapped: the fields of a record.
    pub const TARGETS: [&str; FIELDS.len()] = FIELDS;
}

impl FromStr for FieldMapping {
    type Err = String;

    /// Reads `TARGET=FIELD`; dots in FIELD walk into objects.
    fn from_str(text: &str) -> Result<FieldMapping, String> {
        let (target, field) = text
            .split_once('=')
            .ok_or("write TARGET=FIELD, such as `args=arguments` or `grant=user.id`")?;
        let Some(known) = FIELDS.iter().find(|known| **known == target) else {
            let hint = match nearest(target, FIELDS) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("the fields of a record are {}", FIELDS.join(", ")),
            };
            return Err(format!("a record has no field `{target}`; {hint}"));
        };
        let path: Vec<String> = field.split('.').map(str::to_owned).collect();
        if path.iter().any(String::is_empty) {
            return Err(format!("`{field}` names no field: a key is empty"));
        }
        Ok(FieldMapping { target: known, path })
    }
}

/// The map of our own notation.
pub(in crate::trace) static AS_IT_STANDS: LazyLock<FieldMap> = LazyLock::new(FieldMap::default);

impl FieldMap {
    /// A map of these fields.
    ///
    /// # Errors
    /// A field of a record is to stand in two places; with words.
    pub fn new(mappings: Vec<FieldMapping>) -> Result<FieldMap, String> {
        let repeated = mappings.iter().enumerate().find_map(|(index, one)| {
            let before = mappings[..index].iter().find(|before| before.target == one.target)?;
            Some((one.target, before.field(), one.field()))
        });
        match repeated {
            Some((target, one, other)) => Err(format!(
                "--map says twice where `{target}` stands: in `{one}` and in `{other}`"
            )),
            None => Ok(FieldMap { mappings, ..FieldMap::default() }),
        }
    }

    /// Whether every field stands where it stands in a record.
    pub fn is_empty(&self) -> bool {
        self.mappings.is_empty()
    }

    /// The mappings whose fields no line has that was read.
    pub fn unmapped(&self) -> Vec<Unmapped> {
        let found = self.seen.found.load(Ordering::Relaxed);
        let names = self.seen.names.lock().map(|names| names.clone()).unwrap_or_default();
        let mappings = self.mappings.iter().enumerate();
        let missing = mappings.filter(|(index, _)| found & (1 << index) == 0);
        let unmapped = missing.map(|(_, mapping)| {
            let field = mapping.field();
            let nearest = nearest(&field, names.iter().map(String::as_str)).map(str::to_owned);
            let names = names.iter().cloned().collect();
            Unmapped { target: mapping.target, field, nearest, names }
        });
        unmapped.collect()
    }

    /// Whether a line has a tool where the map says that it stands.
    pub(in crate::trace) fn fits(&self, line: &str) -> bool {
        let of_tool = || self.mappings.iter().filter(|mapping| mapping.target == "tool");
        is_object(line)
            && of_tool().next().is_some()
            && json::from_str::<Fields<'_>>(line)
                .is_ok_and(|fields| of_tool().any(|mapping| mapping.find(&fields).is_some()))
    }

    /// Reads a line as a record.
    ///
    /// # Errors
    /// Why it is not a call, in words.
    pub fn parse<'a>(&self, line: &'a str, grant_by: &GrantBy) -> Result<Record<'a>, String> {
        if self.is_empty() {
            return parse(line, grant_by);
        }
        let record = self.rewritten(line)?;
        parse(&record, grant_by).map(Record::into_owned)
    }

    /// The time of a line alone, for ordering; none where it has none.
    pub(in crate::trace) fn time_of(&self, line: &str) -> Option<Timestamp> {
        if self.is_empty() {
            return time_of(line);
        }
        time_of(&self.rewritten(line).ok()?)
    }

    /// The line with its fields where a record has them.
    fn rewritten(&self, line: &str) -> Result<String, String> {
        let fields: Fields<'_> = parse_object(line, "a call")?;
        let mut record = fields.clone();
        // What is mapped is known. A field of ours still stands for itself, and in what else an object has arguments
        // may stand.
        for (name, value) in &fields {
            let of_name = self.mappings.iter().map(|mapping| &*mapping.path);
            let of_name = of_name.filter(|path| path[0] == **name).map(|path| &path[1..]);
            let of_name: Vec<&[String]> = of_name.collect();
            let is_whole = of_name.iter().any(|path| path.is_empty());
            if of_name.is_empty() || name == "args" || (is_whole && FIELDS.contains(&&**name)) {
                continue;
            }
            if let Some(rest) = unused(value, &of_name) {
                record.remove(name);
                let named = rest.into_iter().map(|(key, value)| (format!("{name}.{key}"), value));
                record.extend(named.map(|(name, value)| (name.into(), Cow::Owned(value))));
            }
        }
        let mut found = 0;
        for (index, mapping) in self.mappings.iter().enumerate() {
            if let Some(value) = mapping.find(&fields) {
                record.insert(mapping.target.into(), Cow::Owned(mapping.value(&value)));
                found |= 1 << index;
            }
        }
        self.seen.add(found, self.mappings.len(), &fields);
        serde_json::to_string(&record).map_err(|error| error.to_string())
    }
}

impl Seen {
    /// Notes which mappings a line has, and what it has instead of the others.
    fn add(&self, found: u64, count: usize, fields: &Fields<'_>) {
        if self.found.load(Ordering::Relaxed) | found != self.found.load(Ordering::Relaxed) {
            self.found.fetch_or(found, Ordering::Relaxed);
        }
        let lacks = found.count_ones() < count as u32;
        if lacks
            && self.asked.load(Ordering::Relaxed) < ASKED
            && self.asked.fetch_add(1, Ordering::Relaxed) < ASKED
            && let Ok(mut names) = self.names.lock()
        {
            add_names(fields, &mut names);
        }
    }
}

/// Adds the names of fields, and of those within them as they are written in a map.
fn add_names(fields: &Fields<'_>, names: &mut BTreeSet<String>) {
    /// How many names are kept; a line could have any number.
    const MOST: usize = 256;
    for (name, value) in fields.iter().take(MOST) {
        names.insert(name.clone().into_owned());
        let inner: Option<BTreeMap<String, IgnoredAny>> =
            is_object(value.get()).then(|| json::read(value.get())).flatten();
        names.extend(inner.iter().flatten().take(MOST).map(|(key, _)| format!("{name}.{key}")));
        if names.len() > MOST {
            return;
        }
    }
}

impl FieldMapping {
    /// What stands for the field of a record, as it is written.
    fn field(&self) -> String {
        self.path.join(".")
    }

    /// The value in a line; none where it has none, or null.
    fn find(&self, fields: &Fields<'_>) -> Option<Box<RawValue>> {
        let (first, rest) = self.path.split_first()?;
        let mut value = fields.get(&**first)?.clone().into_owned();
        for key in rest {
            let mut inner: BTreeMap<String, Box<RawValue>> = json::read(value.get())?;
            value = inner.remove(key)?;
        }
        (value.get() != "null").then_some(value)
    }

    /// The value as a record has it.
    fn value(&self, value: &RawValue) -> Box<RawValue> {
        let text = || text_of(value.get());
        let written = match self.target {
            "args" => json_in(value),
            target if TEXTS.contains(&target) => quoted(&text()),
            // Words of others are no words of ours: what they say of success is not known.
            "result" if !RESULTS.contains(&&*text()) => quoted("unknown"),
            _ => return value.to_owned(),
        };
        RawValue::from_string(written).unwrap_or_else(|_| value.to_owned())
    }
}

/// What some paths do not lead to of the members of an object; none of what is no object.
fn unused(value: &RawValue, paths: &[&[String]]) -> Option<BTreeMap<String, Box<RawValue>>> {
    if paths.iter().any(|path| path.is_empty()) {
        return Some(BTreeMap::new());
    }
    let mut members: BTreeMap<String, Box<RawValue>> =
        is_object(value.get()).then(|| json::read(value.get()))??;
    members.retain(|key, value| {
        let deeper = paths.iter().filter_map(|path| path.strip_prefix(std::slice::from_ref(key)));
        let deeper: Vec<&[String]> = deeper.collect();
        deeper.is_empty() || unused(value, &deeper).is_none_or(|rest| !rest.is_empty())
    });
    Some(members)
}

/// The JSON that stands in a text, or the value itself.
fn json_in(value: &RawValue) -> String {
    let text = text_of(value.get());
    let is_json = json::from_str::<&RawValue>(&text).is_ok();
    if is_json { text.into_owned() } else { value.get().to_owned() }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::super::call::RecordArguments;
    use super::*;

    fn map(mappings: &[&str]) -> FieldMap {
        FieldMap::new(mappings.iter().map(|text| text.parse().unwrap()).collect()).unwrap()
    }

    #[test]
    fn a_field_that_no_line_has_is_told_with_the_one_that_is_meant() {
        let map = map(&["args=action.inptu", "tool=action.name", "ts=when"]);
        for line in [r#"{"action":{"name":"a","input":{}}}"#, r#"{"action":{"name":"b"},"when":1}"#]
        {
            map.parse(line, &GrantBy::Grant).unwrap();
        }
        let unmapped = map.clone().unmapped();
        assert_eq!((unmapped.len(), unmapped[0].target), (1, "args"));
        assert_eq!(unmapped[0].nearest.as_deref(), Some("action.input"));
    }

    #[test]
    fn a_field_of_a_record_stands_in_one_place() {
        let mappings = ["args=a", "tool=t", "args=b"].map(|text| text.parse().unwrap()).to_vec();
        let why = FieldMap::new(mappings).unwrap_err();
        assert!(why.contains("`args` stands: in `a` and in `b`"), "{why}");
    }

    #[test]
    fn fields_of_others_are_read_wherever_they_stand() {
        let line = r#"{"at":1772359200,"action":{"name":"pay","input":"{\"n\":1}"},"ctx":{"user":9},"ok":"yes"}"#;
        let map =
            map(&["tool=action.name", "args=action.input", "ts=at", "grant=ctx.user", "result=ok"]);
        let record = map.parse(line, &GrantBy::Grant).unwrap();
        assert_eq!((&*record.tool, &*record.grant), ("pay", "9"));
        assert_eq!(record.arguments, RecordArguments::Json(r#"{"n":1}"#.into()));
        assert_eq!(record.time, map.time_of(line));
        assert_eq!(record.time.unwrap().seconds, 1_772_359_200);
        assert_eq!(record.result, super::super::CallResult::Unknown);
        assert!(map.fits(line) && !map.fits(r#"{"action":"pay"}"#));
    }

    #[test]
    fn a_mapped_field_is_known_and_others_stay_unknown() {
        let read = |line| map(&["grant=user"]).parse(line, &GrantBy::Grant).unwrap();
        assert_eq!(read(r#"{"tool":"t","user":"bob"}"#).arguments, RecordArguments::Absent);
        let record = read(r#"{"tool":"t","user":"bob","body":{}}"#);
        assert_eq!(record.unknown_fields, ["body"]);
        assert!(matches!(record.arguments, RecordArguments::Unknown(_)));
    }

    #[test]
    fn no_arguments_are_lost_by_what_is_mapped_beside_them() {
        let read =
            |mappings: &[&str], line| map(mappings).parse(line, &GrantBy::Grant).unwrap().arguments;
        let line = r#"{"tool":"t","args":{"a":1,"user":"u"},"session":"s"}"#;
        let whole = RecordArguments::Json(r#"{"a":1,"user":"u"}"#.into());
        for mapping in ["grant=args.user", "grant=args.none", "id=args", "grant=session"] {
            assert_eq!(read(&[mapping], line), whole, "{mapping}");
        }
        let inner = read(&["args=args.a", "grant=args.user"], line);
        assert_eq!(inner, RecordArguments::Json("1".into()));
        let is_unknown =
            |mappings: &[&str], line| matches!(read(mappings, line), RecordArguments::Unknown(_));
        let line = r#"{"tool":"t","call":{"by":{"user":"u"},"input":{"a":1}}}"#;
        assert!(is_unknown(&["grant=call.by.user"], line), "they may be its input");
        assert!(is_unknown(&["grant=call.by.user", "args=call.inptu"], line), "it is not found");
        let nested = r#"{"tool":{"name":"t","input":{"a":1}},"id":{"id":7}}"#;
        let record = map(&["tool=tool.name", "id=id.id"]).parse(nested, &GrantBy::Grant).unwrap();
        assert_eq!(record.unknown_fields, ["tool.input"]);
        assert_eq!((&*record.tool, &*record.id), ("t", "7"));
        let line = r#"{"tool":"t","call":{"by":{"user":"u"}}}"#;
        assert!(!is_unknown(&["grant=call.by.user"], line), "nothing else is there");
    }

    #[test]
    fn what_is_no_mapping_says_what_it_should_be() {
        let why = |text: &str| text.parse::<FieldMapping>().unwrap_err();
        assert!(
            why("arsg=input").contains("`arsg`; did you mean `args`?"),
            "{}",
            why("arsg=input")
        );
        assert!(why("args").contains("TARGET=FIELD"));
        assert!(why("args=a..b").contains("a key is empty"));
    }
}

//! What recorded calls needed: which tools, how often in a minute, and with which arguments.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use hashbrown::HashMap;
use serde_json::{Map, Value};

use super::census::Session;
use super::places::start_of_address;
use super::seen::Seen;
use crate::catalogue::{may_be_secret, may_name_secret};
use crate::engine::{GrantId, Outcome, Timestamp};
use crate::policy::Window;
use crate::trace::{Record, RecordArguments};

/// How many arguments of a tool are looked at.
const MOST_ARGUMENTS: usize = 32;
/// How deep objects are looked into.
const DEEPEST: usize = 4;
/// Fewer sessions do not tell what is one session's from what is everybody's.
const FEW_SESSIONS: usize = 3;

/// What the calls of a trace needed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// The tools that were called, and how.
    pub tools: BTreeMap<String, Use>,
    /// Calls that the recording gateway refused; they are no need.
    pub refused: u64,
}

/// How a tool was called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Use {
    /// How many calls there were.
    pub calls: u64,
    /// How many of them have no time.
    pub untimed: u64,
    /// Of how many of them the arguments are not known.
    pub unknown: u64,
    /// How often there were so many calls of one grant in a minute: number of calls, minutes.
    pub minutes: BTreeMap<u64, u64>,
    /// The same in a day.
    pub days: BTreeMap<u64, u64>,
    /// The arguments with what they were called with, in the order of first use.
    pub arguments: Vec<Seen>,
    /// The arguments whose values look like secrets, or whose names say so; none of their values is
    /// remembered, but of addresses the hosts.
    pub secrets: Vec<Vec<String>>,
    /// The arguments that no condition can ask for, for a dot or a control character in a key.
    pub unreachable: Vec<Vec<String>>,
    /// The first sessions that called it.
    sessions: Vec<u64>,
    /// Whether a call belongs to no session that is known.
    has_lone_calls: bool,
}

impl Use {
    /// The most calls of one grant in one minute; 0 when no call has a time.
    pub fn peak(&self) -> u64 {
        self.minutes.last_key_value().map_or(0, |(calls, _)| *calls)
    }

    /// The most calls of one grant in one day, with those whose day is not known.
    pub fn daily_peak(&self) -> u64 {
        self.days.last_key_value().map_or(0, |(calls, _)| *calls) + self.untimed
    }

    /// The number of calls that is not exceeded in so many percent of the minutes with a call.
    pub fn percentile(&self, percent: f64) -> u64 {
        let all: u64 = self.minutes.values().sum();
        let rank = (percent / 100.0 * all as f64).ceil().max(1.0) as u64;
        let mut passed = 0;
        let reached = self.minutes.iter().find(|(_, minutes)| {
            passed += **minutes;
            passed >= rank
        });
        reached.map_or(0, |(calls, _)| *calls)
    }

    /// Whether there were enough sessions to tell what is one's own from what others do as well.
    pub(super) fn tells_sessions(&self) -> bool {
        self.has_lone_calls || self.sessions.len() >= FEW_SESSIONS
    }
}

/// Watches the calls of a trace in the order of their times.
#[derive(Debug)]
pub struct Observer {
    tools: HashMap<String, Watched>,
    refused: u64,
    /// Whether every grant has a counter of its own.
    by_grant: bool,
}

/// A tool that was called.
#[derive(Debug, Default)]
struct Watched {
    used: Use,
    minute: Open,
    day: Open,
}

/// The current window of each grant, and the calls in it.
type Open = HashMap<GrantId, (i64, u64)>;

/// Counts a call in the window that it falls into; a window that has ended is counted by its calls.
fn count(open: &mut Open, ended: &mut BTreeMap<u64, u64>, grant: GrantId, start: i64) {
    let open = open.entry(grant).or_insert((start, 0));
    if open.0 != start {
        *ended.entry(open.1).or_default() += 1;
        *open = (start, 0);
    }
    open.1 += 1;
}

impl Observer {
    /// An observer that has seen nothing. Where limits count all grants together, so does it.
    pub fn new(by_grant: bool) -> Observer {
        Observer { tools: HashMap::new(), refused: 0, by_grant }
    }

    /// Whether the recording gateway refused a call.
    pub fn is_refused(record: &Record<'_>) -> bool {
        matches!(record.decision, Some(Outcome::Ask | Outcome::Deny | Outcome::Throttle))
    }

    /// Looks at a call. A call that the recording gateway refused is only counted.
    pub fn add(&mut self, record: &Record<'_>, grant: GrantId, time: Option<Timestamp>) {
        if Observer::is_refused(record) {
            self.refused += 1;
            return;
        }
        let grant = if self.by_grant { grant } else { GrantId(0) };
        if !self.tools.contains_key(&*record.tool) {
            self.tools.insert(record.tool.clone().into_owned(), Watched::default());
        }
        let watched = self.tools.get_mut(&*record.tool).expect("it was just put there");
        watched.add(record, grant, time);
    }

    /// What was seen.
    pub fn finish(self) -> Observed {
        let tools = self.tools.into_iter().map(|(tool, watched)| (tool, watched.finish()));
        Observed { tools: tools.collect(), refused: self.refused }
    }
}

impl Watched {
    fn add(&mut self, record: &Record<'_>, grant: GrantId, time: Option<Timestamp>) {
        let used = &mut self.used;
        used.calls += 1;
        used.add_arguments(&record.arguments, session_of(record));
        let Some(time) = time else {
            used.untimed += 1;
            return;
        };
        count(&mut self.minute, &mut used.minutes, grant, Window::Minute.start(time.seconds));
        count(&mut self.day, &mut used.days, grant, Window::Day.start(time.seconds));
    }

    fn finish(self) -> Use {
        let mut used = self.used;
        for (open, ended) in [(self.minute, &mut used.minutes), (self.day, &mut used.days)] {
            open.into_values().for_each(|(_, calls)| *ended.entry(calls).or_default() += 1);
        }
        used
    }
}

/// The session of a call, by its number.
fn session_of(record: &Record<'_>) -> Session {
    let mut hasher = DefaultHasher::new();
    record.session.hash(&mut hasher);
    (!record.session.is_empty()).then(|| hasher.finish())
}

impl Use {
    fn add_arguments(&mut self, arguments: &RecordArguments<'_>, session: Session) {
        match session {
            None => self.has_lone_calls = true,
            Some(session) if self.sessions.len() < FEW_SESSIONS => {
                if !self.sessions.contains(&session) {
                    self.sessions.push(session);
                }
            }
            Some(_) => {}
        }
        let arguments = match arguments {
            RecordArguments::Absent => return,
            known => known.json().and_then(|text| serde_json::from_str(text).ok()),
        };
        match arguments {
            Some(Value::Object(fields)) => self.add_fields(&fields, &mut Vec::new(), session),
            Some(_) => {}
            None => self.unknown += 1,
        }
    }

    fn add_fields(
        &mut self,
        fields: &Map<String, Value>,
        path: &mut Vec<String>,
        session: Session,
    ) {
        if path.len() >= DEEPEST {
            return;
        }
        for (key, value) in fields {
            path.push(key.clone());
            let known = self.arguments.iter().find(|seen| seen.path == *path);
            // To look at what is known already would take most of the time.
            let is_new = known.is_none_or(|seen| seen.is_new(value));
            let is_named = known.is_none() && !value.is_boolean() && may_name_secret(key)
                || is_named_secret(fields, key);
            let is_withheld = known.is_some_and(Seen::is_withheld);
            match value {
                _ if known.is_none() && self.secrets.contains(path) => {}
                _ if known.is_none() && !is_reachable(key) => self.pass_over(path),
                // A policy is no place for secrets.
                _ if is_withheld || is_named || is_new && holds_secret(value) => {
                    self.withhold(path, value, session);
                }
                Value::Object(fields) => self.add_fields(fields, path, session),
                value => self.add_value(path, value, session),
            }
            path.pop();
        }
    }

    fn add_value(&mut self, path: &[String], value: &Value, session: Session) {
        let has_room = self.arguments.len() < MOST_ARGUMENTS;
        match self.arguments.iter_mut().find(|seen| seen.path == *path) {
            Some(seen) => seen.add(value, session),
            None if has_room => {
                let mut seen = Seen::new(path);
                seen.add(value, session);
                self.arguments.push(seen);
            }
            None => {}
        }
    }

    /// Remembers that no condition can ask for an argument.
    fn pass_over(&mut self, path: &[String]) {
        let is_name = path.last().is_some_and(|key| !key.is_empty() && !may_be_secret(key));
        let has_room = self.unreachable.len() < MOST_ARGUMENTS;
        if is_name && has_room && !self.unreachable.iter().any(|known| known == path) {
            self.unreachable.push(path.to_vec());
        }
    }

    /// Remembers nothing of what may be a secret but, of addresses, the hosts.
    fn withhold(&mut self, path: &[String], value: &Value, session: Session) {
        let place = self.arguments.iter().position(|seen| seen.path == *path);
        let has_room = place.is_some() || self.arguments.len() < MOST_ARGUMENTS;
        let start = value.as_str().and_then(start_of_address).filter(|start| !may_be_secret(start));
        let are_addresses = place.is_none_or(|place| self.arguments[place].are_addresses());
        let Some(start) = start.filter(|_| has_room && are_addresses) else {
            return self.forget(path);
        };
        let place = place.unwrap_or_else(|| {
            self.arguments.push(Seen::new(path));
            self.arguments.len() - 1
        });
        self.arguments[place].add_host(start, session);
        if !self.secrets.iter().any(|known| known == path) {
            self.secrets.push(path.to_vec());
        }
    }

    /// Forgets what an argument was called with.
    fn forget(&mut self, path: &[String]) {
        self.arguments.retain(|seen| !seen.path.starts_with(path));
        if self.secrets.len() < MOST_ARGUMENTS && !self.secrets.iter().any(|known| known == path) {
            self.secrets.push(path.to_vec());
        }
    }
}

fn holds_secret(value: &Value) -> bool {
    match value {
        Value::String(text) => may_be_secret(text),
        Value::Number(number) => may_be_secret(&number.to_string()),
        Value::Array(elements) => elements.iter().any(holds_secret),
        _ => false,
    }
}

/// Whether a key is the value of what is named beside it, as headers are, and the name is a secret's.
fn is_named_secret(fields: &Map<String, Value>, key: &str) -> bool {
    const NAMES: [&str; 4] = ["name", "key", "header", "field"];
    let names = fields.iter().filter(|(key, _)| NAMES.contains(&&*key.to_ascii_lowercase()));
    let mut names = names.filter_map(|(_, name)| name.as_str());
    key.eq_ignore_ascii_case("value") && names.any(may_name_secret)
}

/// Whether a path can lead to a key; a dot would divide it.
fn is_reachable(key: &str) -> bool {
    let is_plain = !key.is_empty() && !key.contains('.') && !key.chars().any(char::is_control);
    is_plain && !may_be_secret(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{GrantBy, parse_record};

    fn observed(by_grant: bool, lines: &[&str]) -> Observed {
        let mut observer = Observer::new(by_grant);
        for line in lines {
            let record = parse_record(line, &GrantBy::Grant).unwrap();
            let grant = GrantId(record.grant.len() as u32);
            observer.add(&record, grant, record.time);
        }
        observer.finish()
    }

    const CALLS: [&str; 5] = [
        r#"{"tool":"run","grant":"a","ts":"2026-03-01T10:00:01Z","args":{"env":"dev","n":1,"o":{"k":true}}}"#,
        r#"{"tool":"run","grant":"a","ts":"2026-03-01T10:00:59Z","args":{"env":"dev","n":2,"o":{"k":true}}}"#,
        r#"{"tool":"run","grant":"bb","ts":"2026-03-01T10:00:59Z","args":{"env":"dev","o":{"k":true}}}"#,
        r#"{"tool":"run","grant":"a","ts":"2026-03-01T10:01:00Z","args":{"env":"dev","n":1,"o":{"k":true}}}"#,
        r#"{"tool":"run","args":{"env":"dev","n":1,"o":{"k":true}}}"#,
    ];

    #[test]
    fn calls_are_counted_by_grant_and_calendar_minute() {
        let used = &observed(true, &CALLS).tools["run"];
        assert_eq!((used.calls, used.untimed, used.peak()), (5, 1, 2));
        assert_eq!(used.minutes, BTreeMap::from([(1, 2), (2, 1)]));
        assert_eq!(observed(false, &CALLS).tools["run"].peak(), 3);
    }

    #[test]
    fn a_percentile_is_a_number_of_calls_that_was_seen() {
        let minutes = BTreeMap::from([(1, 90), (5, 9), (40, 1)]);
        let used = Use { minutes, ..Use::default() };
        let percentiles = [0.0, 50.0, 90.0, 90.1, 99.0, 99.5, 100.0].map(|p| used.percentile(p));
        assert_eq!(percentiles, [1, 1, 1, 5, 5, 40, 40]);
        assert_eq!(Use::default().percentile(100.0), 0);
    }

    fn paths(used: &Use) -> Vec<String> {
        used.arguments.iter().map(|seen| seen.path.join(".")).collect()
    }

    #[test]
    fn arguments_are_remembered_with_how_many_calls_had_them() {
        let used = &observed(true, &CALLS).tools["run"];
        assert_eq!(paths(used), ["env", "n", "o.k"]);
        assert_eq!(used.arguments.iter().map(|seen| seen.calls).collect::<Vec<_>>(), [5, 4, 5]);
        for (other, unknown) in [("", 0), (r#","args_hash":"sha256:0""#, 1), (r#","args":[]"#, 0)] {
            let other = format!(r#"{{"tool":"run"{other}}}"#);
            let used = &observed(true, &[&CALLS[..], &[&other]].concat()).tools["run"];
            assert_eq!((used.unknown, used.arguments[0].calls), (unknown, 5), "{other}");
        }
    }

    #[test]
    fn what_no_condition_can_ask_for_is_not_remembered() {
        let line = r#"{"tool":"t","args":{"a.b":1,"":2,"ok":1}}"#;
        assert_eq!(paths(&observed(true, &[line, line]).tools["t"]), ["ok"]);
    }

    #[test]
    fn secrets_are_not_remembered() {
        let line = r#"{"tool":"t","args":{"apiKey":"s3cret","auth":{"user":"x"},"db":{"password":"s3cret"},"token":"x","page_token":"p"}}"#;
        assert_eq!(paths(&observed(true, &[line, line]).tools["t"]), ["page_token"]);
        let line = |url: &str| {
            format!(
                r#"{{"tool":"t","args":{{"to":"{url}","sk-live-abcdefghijklmnop":1,"pwd":"x","a":"b","l":["{url}"]}}}}"#
            )
        };
        let (first, second) = (line("https://a.example"), line("https://a.example?key=abc"));
        let used = &observed(true, &[&first, &second, &first]).tools["t"];
        assert_eq!(
            (paths(used), used.arguments[0].calls),
            (vec!["a".to_owned(), "to".to_owned()], 3)
        );
        assert_eq!(used.secrets, [["pwd"], ["l"], ["to"]]);
        assert!(!format!("{used:?}").contains("key=abc"), "{used:?}");
        let to = &used.arguments[1];
        assert!(to.urls.hosts().all().eq(["a.example"]) && to.all_values().is_none(), "{to:?}");
    }

    #[test]
    fn calls_that_were_refused_are_no_need() {
        let line = r#"{"tool":"delete_x","decision":"deny"}"#;
        let seen = observed(true, &[line]);
        assert_eq!((seen.tools.len(), seen.refused), (0, 1));
    }
}

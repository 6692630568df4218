//! What recorded calls needed: which tools, how often in a minute, and with which arguments.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde_json::Value;

use super::draft::Condition;
use crate::catalogue::{looks_like_secret, names_secret};
use crate::engine::{GrantId, Outcome, Timestamp};
use crate::policy::Window;
use crate::trace::{Record, RecordArguments};

/// Longer text is no name or choice that a condition could be about.
const LONGEST_TEXT: usize = 200;
/// How many different values of an argument are remembered.
const MOST_VALUES: usize = 8;
/// How many arguments of a call are looked at.
const MOST_ARGUMENTS: usize = 32;
/// How deep objects are looked into.
const DEEPEST: usize = 4;

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
    /// How often there were so many calls of one grant in a minute: number of calls, minutes.
    pub minutes: BTreeMap<u64, u64>,
    /// The arguments that every call had and that had few values, in the order of first use.
    pub values: Vec<Condition>,
    /// The arguments that every call may have had, but whose values look like secrets, or whose
    /// names say so; none of their values is remembered.
    pub secrets: Vec<Vec<String>>,
}

impl Use {
    /// The most calls of one grant in one minute; 0 when no call has a time.
    pub fn peak(&self) -> u64 {
        self.minutes.last_key_value().map_or(0, |(calls, _)| *calls)
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
    /// The current minute of each grant, and the calls in it.
    open: HashMap<GrantId, (i64, u64)>,
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
        match self.tools.get_mut(&*record.tool) {
            Some(watched) => watched.add(&record.arguments, grant, time),
            None => {
                let mut watched = Watched::default();
                watched.add(&record.arguments, grant, time);
                self.tools.insert(record.tool.clone().into_owned(), watched);
            }
        }
    }

    /// What was seen.
    pub fn finish(self) -> Observed {
        let tools = self.tools.into_iter().map(|(tool, watched)| (tool, watched.finish()));
        Observed { tools: tools.collect(), refused: self.refused }
    }
}

impl Watched {
    fn add(&mut self, arguments: &RecordArguments<'_>, grant: GrantId, time: Option<Timestamp>) {
        let used = &mut self.used;
        used.calls += 1;
        if used.calls == 1 {
            used.take_scalars(arguments);
        } else {
            used.add_values(arguments);
        }
        let Some(time) = time else {
            used.untimed += 1;
            return;
        };
        let minute = Window::Minute.start(time.seconds);
        let open = self.open.entry(grant).or_insert((minute, 0));
        if open.0 != minute {
            *used.minutes.entry(open.1).or_default() += 1;
            *open = (minute, 0);
        }
        open.1 += 1;
    }

    fn finish(mut self) -> Use {
        for (_, calls) in self.open.into_values() {
            *self.used.minutes.entry(calls).or_default() += 1;
        }
        self.used
    }
}

impl Use {
    /// Remembers the arguments of the first call that are plain values, with the keys that lead to
    /// them.
    fn take_scalars(&mut self, arguments: &RecordArguments<'_>) {
        if let Some(arguments) = parse(arguments) {
            self.add_scalars(&arguments, &mut Vec::new());
        }
    }

    fn add_scalars(&mut self, value: &Value, path: &mut Vec<String>) {
        if let Value::Object(fields) = value {
            for (key, value) in fields.iter().filter(|(key, _)| is_reachable(key)) {
                if path.len() >= DEEPEST {
                    continue;
                }
                path.push(key.clone());
                match names_secret(key) || is_named_secret(fields, key) {
                    // A policy is no place for secrets.
                    true => self.secrets.push(path.clone()),
                    false => self.add_scalars(value, path),
                }
                path.pop();
            }
        } else if !path.is_empty() && self.values.len() < MOST_ARGUMENTS {
            match value {
                value if is_secret(value) => self.secrets.push(path.clone()),
                value if is_condition(value) => {
                    let values = vec![value.clone()];
                    self.values.push(Condition { path: path.clone(), values });
                }
                _ => {}
            }
        }
    }

    fn add_values(&mut self, arguments: &RecordArguments<'_>) {
        if self.values.is_empty() {
            return;
        }
        let arguments = parse(arguments);
        let secrets = &mut self.secrets;
        self.values.retain_mut(|Condition { path, values }| {
            let find = |arguments| path.iter().try_fold(arguments, |at: &Value, key| at.get(key));
            let Some(value) = arguments.as_ref().and_then(find) else { return false };
            if values.contains(value) {
                return true;
            }
            let (key, above) =
                path.split_last().map_or(("", &path[..]), |(key, above)| (&**key, above));
            let beside = above.iter().try_fold(arguments.as_ref(), |at, key| Some(at?.get(key)));
            let beside = beside.flatten().and_then(Value::as_object);
            if is_secret(value) || beside.is_some_and(|beside| is_named_secret(beside, key)) {
                secrets.push(std::mem::take(path));
                return false;
            }
            values.push(value.clone());
            is_condition(value) && values.len() <= MOST_VALUES
        });
    }
}

fn parse(arguments: &RecordArguments<'_>) -> Option<Value> {
    serde_json::from_str(arguments.json()?).ok()
}

fn is_secret(value: &Value) -> bool {
    value.as_str().is_some_and(looks_like_secret)
}

/// Whether a key is the value of what is named beside it, as headers are, and the name is a secret's.
fn is_named_secret(fields: &serde_json::Map<String, Value>, key: &str) -> bool {
    const NAMES: [&str; 4] = ["name", "key", "header", "field"];
    let names = fields.iter().filter(|(key, _)| NAMES.contains(&&*key.to_ascii_lowercase()));
    let mut names = names.filter_map(|(_, name)| name.as_str());
    key.eq_ignore_ascii_case("value") && names.any(names_secret)
}

/// Whether a path can lead to a key; a dot would divide it.
fn is_reachable(key: &str) -> bool {
    let is_plain = !key.is_empty() && !key.contains('.') && !key.chars().any(char::is_control);
    is_plain && !looks_like_secret(key)
}

/// Whether a value can be compared exactly: no list, no null, no number that loses digits.
fn is_condition(value: &Value) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Bool(_) => true,
        Value::String(text) => text.len() <= LONGEST_TEXT,
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() < EXACT),
        _ => false,
    }
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
        let used = Use { minutes: BTreeMap::from([(1, 90), (5, 9), (40, 1)]), ..Use::default() };
        let percentiles = [0.0, 50.0, 90.0, 90.1, 99.0, 99.5, 100.0].map(|p| used.percentile(p));
        assert_eq!(percentiles, [1, 1, 1, 5, 5, 40, 40]);
        assert_eq!(Use::default().percentile(100.0), 0);
    }

    #[test]
    fn arguments_that_every_call_had_are_remembered_while_they_have_few_values() {
        let values = |lines: &[&str]| {
            let found = observed(true, lines).tools["run"].values.clone();
            let shown = |found: &Condition| {
                let values: Vec<String> = found.values.iter().map(Value::to_string).collect();
                format!("{}: {}", found.path.join("."), values.join(" "))
            };
            found.iter().map(shown).collect::<Vec<_>>()
        };
        assert_eq!(values(&CALLS), ["env: \"dev\"", "o.k: true"]);
        let other = r#"{"tool":"run","args":{"env":"prod","o":{"k":"true"}}}"#;
        let calls = [&CALLS[..], &[other]].concat();
        assert_eq!(values(&calls), ["env: \"dev\" \"prod\"", "o.k: true \"true\""]);
        for other in [
            r#"{"tool":"run"}"#,
            r#"{"tool":"run","args_hash":"sha256:0"}"#,
            r#"{"tool":"run","args":{"env":null,"o":{"k":[1]}}}"#,
            r#"{"tool":"run","args":[]}"#,
        ] {
            assert_eq!(values(&[&CALLS[..], &[other]].concat()), [""; 0], "{other}");
        }
        let many = (0..10).map(|n| format!(r#"{{"tool":"run","args":{{"n":{n},"same":1}}}}"#));
        let many: Vec<String> = many.collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(values(&many), ["same: 1"]);
    }

    #[test]
    fn what_no_condition_can_ask_for_is_not_remembered() {
        let line =
            r#"{"tool":"t","args":{"a.b":1,"":2,"l":[1],"z":null,"big":9007199254740993,"ok":1}}"#;
        let values = observed(true, &[line, line]).tools["t"].values.clone();
        assert_eq!(values, [Condition { path: vec!["ok".to_owned()], values: vec![1.into()] }]);
    }

    #[test]
    fn secrets_are_not_remembered() {
        let line = r#"{"tool":"t","args":{"apiKey":"s3cret","auth":{"user":"x"},"db":{"password":"s3cret"},"token":"x","page_token":"p"}}"#;
        let values = observed(true, &[line, line]).tools["t"].values.clone();
        let paths: Vec<String> = values.iter().map(|found| found.path.join(".")).collect();
        assert_eq!(paths, ["page_token"]);
        let line = |url: &str| {
            format!(
                r#"{{"tool":"t","args":{{"to":"{url}","sk-live-abcdefghijklmnop":1,"pwd":"x","a":"b"}}}}"#
            )
        };
        let (first, second) = (line("https://a.example"), line("https://a.example?key=abc"));
        let used = &observed(true, &[&first, &second]).tools["t"];
        assert_eq!(
            used.values,
            [Condition { path: vec!["a".to_owned()], values: vec!["b".into()] }]
        );
        assert_eq!(used.secrets, [["pwd"], ["to"]]);
    }

    #[test]
    fn calls_that_were_refused_are_no_need() {
        let line = r#"{"tool":"delete_x","decision":"deny"}"#;
        let seen = observed(true, &[line]);
        assert_eq!((seen.tools.len(), seen.refused), (0, 1));
    }
}

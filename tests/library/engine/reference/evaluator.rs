//! Version-"1" policies decided by a plain evaluator over JSON values: slow and without a thought
//! for speed, so that it can be held against the description of the document point by point.

use std::collections::HashMap;

use regex::Regex;
use serde_json::{Value, json};

/// A call of which everything is known.
#[derive(Clone, Debug)]
pub struct Call {
    pub grant: u32,
    pub tool: String,
    pub args: Value,
    /// In Unix seconds.
    pub time: i64,
    /// Whether the server answered with a JSON-RPC error.
    pub failed_upstream: bool,
}

/// What is decided of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub outcome: &'static str,
    pub rule: String,
    pub pointer: String,
    pub message: String,
    pub retry_at: Option<i64>,
}

/// Whose counter it is (of all tools where no tool is named), its name and its window.
type Key = (u32, Option<String>, String, String);

/// A policy at work: how many calls passed in each window of each counter.
pub struct Evaluator<'p> {
    policy: &'p Value,
    passed: HashMap<(Key, i64), u64>,
}

/// A limit that applies to a call.
struct Limit<'p> {
    key: Key,
    max: u64,
    rule: String,
    pointer: String,
    counter: &'p str,
}

impl<'p> Evaluator<'p> {
    pub fn new(policy: &'p Value) -> Evaluator<'p> {
        Evaluator { policy, passed: HashMap::new() }
    }

    pub fn decide(&mut self, call: &Call) -> Decision {
        let tool = &call.tool;
        if let Some(index) = self.hidden_by(tool) {
            let message = format!("Tool \"{tool}\" is hidden by policy");
            return refused("deny", "(hidden)", &format!("/hide/{index}"), &message);
        }
        let listed = self.policy.get("tools").and_then(|tools| tools.get(tool));
        if listed.is_none() && self.policy["default"] == "deny" {
            let message = format!("Tool \"{tool}\" is not permitted by policy");
            return refused("deny", "(default deny)", "/default", &message);
        }
        for (list, denies_when) in [("require", false), ("deny_if", true)] {
            let entries = elements(listed.and_then(|tool| tool.get(list)));
            for (index, entry) in entries.iter().enumerate() {
                let conditions = elements(entry.get("conditions"));
                let met = conditions.iter().all(|condition| holds(condition, &call.args));
                if met == denies_when {
                    let place = format!("/tools/{}/{list}", escape(tool));
                    let rule = format!("{place}/{}", escape(&entry_name(entries, index)));
                    let message = match entry.get("on_deny") {
                        Some(message) => message.as_str().unwrap().to_owned(),
                        None => format!("Denied by rule \"{rule}\""),
                    };
                    return refused("deny", &rule, &format!("{place}/{index}"), &message);
                }
            }
        }
        let limits = self.limits(call, listed);
        if let Some(full) = limits.iter().find(|limit| !self.has_room(limit, call.time)) {
            let message = format!("Rate limit exceeded for {}", full.counter);
            let decision = refused("throttle", &full.rule, &full.pointer, &message);
            return Decision { retry_at: self.retry_at(&limits, call.time), ..decision };
        }
        if !call.failed_upstream {
            for limit in limits {
                let start = window_start(&limit.key.3, call.time);
                *self.passed.entry((limit.key, start)).or_default() += 1;
            }
        }
        refused("allow", "", "", "")
    }

    fn hidden_by(&self, tool: &str) -> Option<usize> {
        let hidden = elements(self.policy.get("hide"));
        let position = |name: &str| hidden.iter().position(|hidden| hidden == name);
        position(tool).or_else(|| position("*"))
    }

    /// The tool's limits in order, then those of all tools.
    fn limits(&self, call: &Call, listed: Option<&'p Value>) -> Vec<Limit<'p>> {
        let own = elements(listed.and_then(|tool| tool.get("limits")));
        let all = self.policy.get("all_tools").and_then(|all| all.get("limits"));
        let of = |limits: &'p [Value], owner: Option<String>, place: String| {
            let limit = move |(index, limit): (usize, &'p Value)| {
                let counter = limit["counter"].as_str().unwrap();
                let window = limit["window"].as_str().unwrap().to_owned();
                Limit {
                    key: (call.grant, owner.clone(), counter.to_owned(), window),
                    max: limit["max"].as_u64().unwrap(),
                    rule: format!("{place}/{}", escape(&limit_name(limits, index))),
                    pointer: format!("{place}/{index}"),
                    counter,
                }
            };
            limits.iter().enumerate().map(limit).collect::<Vec<_>>()
        };
        let place = format!("/tools/{}/limits", escape(&call.tool));
        let mut limits = of(own, Some(call.tool.clone()), place);
        limits.extend(of(elements(all), None, "/all_tools/limits".to_owned()));
        limits
    }

    fn has_room(&self, limit: &Limit<'_>, time: i64) -> bool {
        let window = (limit.key.clone(), window_start(&limit.key.3, time));
        self.passed.get(&window).copied().unwrap_or(0) < limit.max
    }

    /// The first moment at which all limits have room; windows end only where minutes, hours and
    /// days do.
    fn retry_at(&self, limits: &[Limit<'_>], time: i64) -> Option<i64> {
        let end = |window| window_start(window, time) + seconds(window);
        let moments = ["minute", "hour", "day"].map(end);
        moments.into_iter().find(|at| limits.iter().all(|limit| self.has_room(limit, *at)))
    }
}

fn refused(outcome: &'static str, rule: &str, pointer: &str, message: &str) -> Decision {
    let (rule, pointer, message) = (rule.to_owned(), pointer.to_owned(), message.to_owned());
    Decision { outcome, rule, pointer, message, retry_at: None }
}

fn elements(list: Option<&Value>) -> &[Value] {
    list.map_or(&[], |list| list.as_array().unwrap())
}

fn seconds(window: &str) -> i64 {
    match window {
        "minute" => 60,
        "hour" => 3_600,
        "day" => 86_400,
        other => panic!("there is no window {other}"),
    }
}

fn window_start(window: &str, time: i64) -> i64 {
    time.div_euclid(seconds(window)) * seconds(window)
}

/// A key as a JSON Pointer writes it.
fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Path and operator of the first condition; the index where there is none, or is appended where
/// another entry has the same.
fn entry_name(entries: &[Value], index: usize) -> String {
    let short = |entry: &Value| {
        let first = elements(entry.get("conditions")).first()?;
        Some(format!("{}-{}", first["path"].as_str().unwrap(), first["op"].as_str().unwrap()))
    };
    unique(entries.iter().map(short).collect(), index)
}

fn limit_name(limits: &[Value], index: usize) -> String {
    let counter = |limit: &Value| limit["counter"].as_str().map(str::to_owned);
    unique(limits.iter().map(counter).collect(), index)
}

fn unique(names: Vec<Option<String>>, index: usize) -> String {
    match &names[index] {
        None => index.to_string(),
        name if names.iter().filter(|other| *other == name).count() == 1 => name.clone().unwrap(),
        Some(name) => format!("{name}-{index}"),
    }
}

fn holds(condition: &Value, args: &Value) -> bool {
    let (operator, operand) = (condition["op"].as_str().unwrap(), &condition["value"]);
    let path = condition["path"].as_str().unwrap().strip_prefix("args.").unwrap();
    let found = path.split('.').try_fold(args, |at, key| at.as_object()?.get(key));
    if operator == "exists" {
        return json!(found.is_some_and(|found| !found.is_null())) == *operand;
    }
    let Some(found) = found else { return false };
    let compare = |holds: fn(&f64, &f64) -> bool| match (found.as_f64(), operand.as_f64()) {
        (Some(found), Some(operand)) => holds(&found, &operand),
        _ => false,
    };
    let is_one = || elements(Some(operand)).iter().any(|operand| equal(found, operand));
    match operator {
        "eq" => equal(found, operand),
        "neq" => !equal(found, operand),
        "in" => is_one(),
        "not_in" => !is_one(),
        "lt" => compare(f64::lt),
        "lte" => compare(f64::le),
        "gt" => compare(f64::gt),
        "gte" => compare(f64::ge),
        "regex" => {
            let pattern = Regex::new(operand.as_str().unwrap()).unwrap();
            found.as_str().is_some_and(|found| pattern.is_match(found))
        }
        "contains" => match found {
            Value::String(found) => operand.as_str().is_some_and(|part| found.contains(part)),
            Value::Array(found) => found.iter().any(|element| equal(element, operand)),
            _ => false,
        },
        other => panic!("there is no operator {other}"),
    }
}

/// Numbers as numbers, everything else by type and value.
fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let same = |(key, a)| b.get(key).is_some_and(|b| equal(a, b));
            a.len() == b.len() && a.iter().all(same)
        }
        (a, b) => a == b,
    }
}

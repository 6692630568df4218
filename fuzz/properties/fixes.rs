//! Slips in policies: whatever is mended safely, nothing passes that would not pass without what was
//! misspelt.

use std::cmp::Reverse;
use std::sync::LazyLock;

use gatelint::catalogue::Catalogue;
use gatelint::engine::{
    Arguments, Call, CallResult, Counters, Gate, GrantId, Outcome, Surroundings, Timestamp,
};
use gatelint::lint::{Report, Safety, fix, lint};
use gatelint::policy::{Dialect, Policy, read};
use gatelint::source::{Document, Edit, apply};
use serde_json::{Value, json};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(Catalogue::builtin);

const TOOLS: [&str; 4] = ["read_page", "edit_page", "drop_table", "*"];

const OPERATORS: [&str; 11] =
    ["eq", "neq", "in", "not_in", "lt", "lte", "gt", "gte", "regex", "contains", "exists"];

/// What other languages call operators, and words that turn a meaning.
const FOREIGN: [&str; 16] = [
    "nin",
    "!in",
    "!=",
    "ne",
    ">",
    ">=",
    "<",
    "=~",
    "equals",
    "greater",
    "not_contains",
    "ncontains",
    "!regex",
    "less",
    "none_of",
    "matches",
];

/// What stands for a part that is to be left out.
const GONE: &str = "\0gone";

/// The policy that the bytes spell, with its slips, is mended; each safe fix, and all together, are held
/// against the same policy without what is misspelt, call by call. Gives the number of fixes.
pub fn holds(data: &[u8]) -> usize {
    let mut choices = Choices { data, at: 0 };
    let dialect = if choices.of(2) == 0 { Dialect::V1 } else { Dialect::INTERCEPT };
    let sound = match dialect {
        Dialect::V1 => v1(&mut choices),
        _ => intercept(&mut choices),
    };
    let (slipped, left_out) = with_slips(&sound, dialect, &mut choices);
    let name = if choices.of(2) == 0 { "policy.json" } else { "policy.yaml" };
    let text = serde_json::to_string_pretty(&slipped).unwrap();
    let document = |text: &str| Document::read(name, text.as_bytes().to_vec());
    let judge = |document| lint(document, &CATALOGUE, None, Some(dialect));
    let policy = |text: &str| read(&document(text), Some(dialect)).policy.unwrap();
    let before = policy(&serde_json::to_string(&left_out).unwrap());
    let calls: Vec<(&str, String)> = (0..60).map(|_| call(&mut choices)).collect();
    let report: Report = judge(document(&text));
    let safe = |edits: &[Edit]| {
        let mended = apply(&text, edits);
        no_worse(&before, &policy(&mended), &calls, &text, &mended);
    };
    let fixes = report.findings.iter().filter_map(|finding| finding.fix.as_ref());
    fixes.filter(|fix| fix.safety == Safety::Safe).for_each(|fix| safe(&fix.edits));
    let fixed = fix(report, Safety::Safe, judge);
    let mended = &fixed.report.document.text;
    no_worse(&before, &policy(mended), &calls, &text, mended);
    fixed.made.len()
}

/// Decides the calls in a row; the policy without its slips is asked those only that the mended one lets
/// pass, so that limits count alike.
fn no_worse(before: &Policy, after: &Policy, calls: &[(&str, String)], text: &str, mended: &str) {
    let (before, after) = (Gate::new(before), Gate::new(after));
    let (mut old, mut new) = (Counters::default(), Counters::default());
    for (tool, arguments) in calls {
        let call = Call {
            tool,
            grant: GrantId(0),
            time: Some(Timestamp::at_second(1_767_225_600)),
            in_order: true,
            after: None,
            arguments: Arguments::Json(arguments),
            result: CallResult::Ok,
            around: Surroundings::default(),
        };
        if after.decide(&call, &mut new).outcome == Outcome::Allow {
            let outcome = before.decide(&call, &mut old).outcome;
            assert_eq!(outcome, Outcome::Allow, "{tool} {arguments}\n{text}\n{mended}");
        }
    }
}

/// Bytes as choices; behind the last one the first is always taken.
struct Choices<'d> {
    data: &'d [u8],
    at: usize,
}

impl Choices<'_> {
    /// One of so many.
    fn of(&mut self, count: usize) -> usize {
        let byte = self.data.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(byte) % count
    }

    fn one<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.of(list.len())].clone()
    }

    fn list<T>(&mut self, most: usize, mut make: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.of(most + 1)).map(|_| make(self)).collect()
    }
}

fn scalar(choices: &mut Choices<'_>) -> Value {
    choices.one(&[json!("x"), json!("docs"), json!(1), json!(5), json!(true), json!("5")])
}

fn condition(choices: &mut Choices<'_>) -> Value {
    let path = choices.one(&["args.a", "args.b", "args.c.d"]);
    let op = choices.one(&OPERATORS);
    let value = match op {
        "in" | "not_in" => json!(choices.list(3, scalar)),
        "lt" | "lte" | "gt" | "gte" => json!(choices.one(&[1, 5])),
        "regex" => json!(choices.one(&["^x", "docs$", "[0-9]", "x|docs"])),
        "exists" => json!(choices.of(2) == 0),
        _ => scalar(choices),
    };
    json!({"path": path, "op": op, "value": value})
}

fn limit(choices: &mut Choices<'_>) -> Value {
    let window = choices.one(&["minute", "hour", "day"]);
    json!({"counter": "n", "window": window, "max": 1 + choices.of(4), "scope": "grant"})
}

fn v1(choices: &mut Choices<'_>) -> Value {
    let entry = |choices: &mut Choices<'_>| json!({"conditions": choices.list(2, condition)});
    let tool = |choices: &mut Choices<'_>| {
        json!({
            "require": choices.list(2, entry),
            "deny_if": choices.list(2, entry),
            "limits": choices.list(1, limit),
        })
    };
    let mut policy = policy(choices, tool);
    policy["all_tools"] = json!({"limits": choices.list(1, limit)});
    policy
}

fn intercept(choices: &mut Choices<'_>) -> Value {
    let rule = |choices: &mut Choices<'_>| match choices.of(4) {
        0 => json!({"name": "no", "action": "deny"}),
        1 => {
            let window = choices.one(&["minute", "hour", "day"]);
            json!({"name": "rate", "rate_limit": format!("{}/{window}", 1 + choices.of(4))})
        }
        _ => {
            let mut conditions = vec![condition(choices)];
            conditions.extend(choices.list(1, condition));
            json!({"name": "if", "conditions": conditions})
        }
    };
    policy(choices, |choices| json!({"rules": choices.list(3, rule)}))
}

fn policy(choices: &mut Choices<'_>, tool: impl Fn(&mut Choices<'_>) -> Value) -> Value {
    let mut tools = json!({});
    for name in choices.list(3, |choices| choices.one(&TOOLS)) {
        tools[name] = tool(choices);
    }
    let mut hide = choices.list(2, |choices| choices.one(&TOOLS));
    hide.dedup();
    json!({"version": "1", "default": choices.one(&["deny", "allow"]), "hide": hide, "tools": tools})
}

fn call(choices: &mut Choices<'_>) -> (&'static str, String) {
    let tool = choices.one(&["read_page", "edit_page", "drop_table", "*", "other"]);
    let mut arguments = json!({});
    let value = |choices: &mut Choices<'_>| match choices.of(8) {
        0 => json!(["x", 5]),
        1 => json!(6),
        2 => json!("xdocs"),
        3 => Value::Null,
        _ => scalar(choices),
    };
    for name in ["a", "b"] {
        if choices.of(4) > 0 {
            arguments[name] = value(choices);
        }
    }
    if choices.of(3) > 0 {
        arguments["c"] = json!({"d": value(choices)});
    }
    (tool, arguments.to_string())
}

/// A place where a hand may slip: the JSON Pointer of the value, whether its key is meant and not the
/// word that it holds, and the pointer of what cannot be read because of it.
struct Site {
    pointer: String,
    is_key: bool,
    unread: String,
}

/// Every place of a policy where a hand may slip.
fn sites(value: &Value, pointer: &str, found: &mut Vec<Site>) {
    let up = |levels: usize| pointer.rsplitn(levels + 1, '/').last().unwrap().to_owned();
    let key = pointer.rsplit('/').next().unwrap();
    let site = match key {
        "default" | "hide" | "tools" | "all_tools" | "require" | "deny_if" | "limits" | "rules" => {
            Some((true, pointer.to_owned()))
        }
        "conditions" | "action" | "rate_limit" | "counter" => Some((true, up(1))),
        // An entry is read whole or not at all: the condition, its list, the entry.
        "op" => Some((false, up(3))),
        "window" | "scope" => Some((false, up(1))),
        _ => None,
    };
    if let Some((is_key, unread)) = site {
        found.push(Site { pointer: pointer.to_owned(), is_key, unread });
    }
    if matches!(key, "default" | "rate_limit") {
        let unread = if key == "default" { pointer.to_owned() } else { up(1) };
        found.push(Site { pointer: pointer.to_owned(), is_key: false, unread });
    }
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| sites(value, &format!("{pointer}/{key}"), found));
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| {
                sites(value, &format!("{pointer}/{index}"), found);
            });
        }
        _ => {}
    }
}

/// The policy with a few slips, and the same without what they make unreadable.
fn with_slips(sound: &Value, dialect: Dialect, choices: &mut Choices<'_>) -> (Value, Value) {
    let mut all = Vec::new();
    sites(sound, "", &mut all);
    let mut chosen: Vec<&Site> =
        (0..1 + choices.of(3)).map(|_| &all[choices.of(all.len())]).collect();
    // What lies deepest slips first, so that the places of the others stay.
    chosen.sort_by_key(|site| (Reverse(site.pointer.matches('/').count()), &site.pointer));
    chosen.dedup_by_key(|site| &site.pointer);
    let (mut slipped, mut left_out) = (sound.clone(), sound.clone());
    for site in chosen {
        let (parent, key) = site.pointer.rsplit_once('/').unwrap();
        let holder = slipped.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        if site.is_key {
            let written = slip(key, choices);
            if holder.contains_key(&written) {
                continue;
            }
            let value = holder.remove(key).unwrap();
            holder.insert(written, value);
        } else {
            let word = holder[key].as_str().unwrap();
            let written = match key {
                "op" if choices.of(2) == 0 => choices.one(&FOREIGN).to_owned(),
                "rate_limit" => format!("5/{}", slip("minute", choices)),
                _ => slip(word, choices),
            };
            // Two equal letters in another order are no slip.
            if written == word {
                continue;
            }
            holder[key] = json!(written);
        }
        if let Some(unread) = left_out.pointer_mut(&site.unread) {
            *unread = json!(GONE);
        }
    }
    let mut left_out = without_gone(left_out);
    // A version 1 policy has a default; what lets nothing more pass is `deny`.
    if dialect == Dialect::V1 && left_out.get("default").is_none() {
        left_out["default"] = json!("deny");
    }
    (slipped, left_out)
}

/// A word as a hand that slips writes it, or as somebody who means another.
fn slip(word: &str, choices: &mut Choices<'_>) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = choices.of(letters.len());
    match choices.of(8) {
        0 => _ = letters.remove(at),
        1 => letters.insert(at, letters[at]),
        2 if at > 0 => letters.swap(at - 1, at),
        3 => letters[at] = 'z',
        4 => return format!("un{word}"),
        5 => return format!("{word}_not"),
        6 => return format!("not_{word}"),
        _ => letters.push('s'),
    }
    letters.into_iter().collect()
}

fn without_gone(value: Value) -> Value {
    let stays = |value: &Value| value.as_str() != Some(GONE);
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| stays(value));
            kept.map(|(key, value)| (key, without_gone(value))).collect()
        }
        Value::Array(list) => list.into_iter().filter(stays).map(without_gone).collect(),
        other => other,
    }
}

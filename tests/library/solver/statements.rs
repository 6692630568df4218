//! Statements against enumerated calls: no call breaks what is proved, and what is found breaks it.

use gatelint::assertion::{Answered, Statement, Violation, check, read_list};
use gatelint::engine::{
    Arguments, Call, CallResult, Counters, Gate, GrantId, Outcome, Surroundings, Timestamp,
};
use gatelint::policy::{Dialect, Policy};
use gatelint::solver::{Budget, Burst, Evidence, Shapes};
use gatelint::source::{Document, Pointer};
use serde_json::{Value, json};

use super::random::{Random, conditions, intercept, v1, values};
use super::{calls, decided, limited, moments, read};

fn statement(json: &Value) -> Statement {
    let document = Document::read("s.json", json!([json]).to_string().into_bytes());
    let list = document.root.as_ref().unwrap().elements();
    let mut read = read_list(&document, list, &Pointer::root()).unwrap_or_else(|mistakes| {
        panic!("{json}: {mistakes:?}");
    });
    read.remove(0)
}

/// What shows that a statement does not hold under a policy.
pub(super) fn violations(json: &Value, policy: &Policy) -> Vec<Violation> {
    let statement = statement(json);
    let (approved, shapes) = (policy.clone().approved(), Shapes::default());
    let answered = Answered::new(policy, &approved, &shapes);
    check(&statement, &answered, &Budget::new(None)).violations
}

/// Whether arguments meet all of some conditions, as a policy says that requires nothing else.
pub(super) struct Meeting(Option<Gate>);

impl Meeting {
    pub(super) fn new(conditions: &Value) -> Meeting {
        let tools = json!({"t": {"require": [{"conditions": conditions}]}});
        let policy = json!({"version": "1", "default": "deny", "tools": tools});
        Meeting((!conditions.is_null()).then(|| Gate::new(&read(&policy, Dialect::V1))))
    }

    pub(super) fn is_met(&self, call: &str) -> Option<bool> {
        self.0.as_ref().map(|gate| decided(gate, "t", call) == Outcome::Allow)
    }
}

/// A random policy for the tool `t`, in which persons may be asked and limits may be.
fn policy(random: &mut Random, values: &[Value]) -> (Value, Policy) {
    if random.below(2) == 0 {
        let mut json = v1(random, values);
        if random.below(3) == 0 && json["tools"]["t"].is_object() {
            let max = 1 + random.below(3);
            json["tools"]["t"]["limits"] =
                json!([{"counter": "c", "window": "minute", "max": max, "scope": "grant"}]);
        }
        let policy = read(&json, Dialect::V1);
        return (json, policy);
    }
    let mut json = intercept(random, values);
    let rules = json["tools"]["t"]["rules"].as_array_mut().unwrap();
    for rule in rules.iter_mut().filter(|rule| rule["action"].is_null()) {
        if random.below(2) == 0 {
            rule["action"] = json!("require_approval");
        }
    }
    let policy = read(&json, Dialect::INTERCEPT);
    (json, policy)
}

#[test]
#[expect(clippy::disallowed_macros, reason = "the counts are for who runs it with --nocapture")]
fn what_is_proved_of_calls_is_never_contradicted_and_what_is_found_breaks_the_statement() {
    let mut random = Random(0x5_eed);
    let values = values();
    let calls: Vec<String> =
        calls(&values).into_iter().filter(|call| call.starts_with('{')).collect();
    let (mut proved, mut broken, mut unknown) = ([0; 3], [0; 3], 0);
    for _ in 0..900 {
        let (text, policy) = policy(&mut random, &values);
        let claim = random.below(3);
        let mut said = json!({(["deny", "ask", "allow"][claim]): "t"});
        for (field, odds) in [("when", 3), ("unless", 2)] {
            if random.below(odds) > 0 {
                said[field] = conditions(&mut random, &values, 1);
            }
        }
        let [when, unless] = ["when", "unless"].map(|field| Meeting::new(&said[field]));
        let gate = Gate::new(&policy);
        let breaks = |call: &str| {
            let is_meant =
                when.is_met(call).unwrap_or(true) && !unless.is_met(call).unwrap_or(false);
            let outcome = decided(&gate, "t", call);
            is_meant
                && match claim {
                    0 => matches!(outcome, Outcome::Allow | Outcome::Ask),
                    1 => outcome == Outcome::Allow,
                    _ => matches!(outcome, Outcome::Deny | Outcome::Ask),
                }
        };
        let found = violations(&said, &policy);
        let shown = format!("{said} of {text}");
        match found.first().map(|first| &first.evidence) {
            None => {
                proved[claim] += 1;
                assert_eq!(calls.iter().find(|call| breaks(call)), None, "{shown}");
            }
            Some(Evidence::Call(arguments)) => {
                broken[claim] += 1;
                assert!(breaks(&arguments.to_string()), "{shown}: {arguments}");
            }
            Some(Evidence::Unknown(_)) => unknown += 1,
            Some(other) => panic!("{shown}: {other:?}"),
        }
    }
    println!("proved {proved:?}, broken {broken:?}, unknown {unknown}");
    assert!(proved.iter().chain(&broken).all(|count| *count > 20), "{proved:?} {broken:?}");
    assert!(unknown < 45, "{unknown}");
}

/// Makes the calls of a burst: whether all of them pass, and in how many windows.
fn replayed(gate: &Gate, burst: &Burst) -> (bool, usize) {
    let mut counters = Counters::default();
    let mut windows = std::collections::BTreeSet::new();
    let mut pass = true;
    for batch in &burst.batches {
        windows.insert(batch.time.seconds.div_euclid(burst.window.seconds()));
        for _ in 0..batch.calls {
            let text = batch.arguments.to_string();
            let call = call(&batch.tool, batch.time.seconds, Arguments::Json(&text));
            pass &= gate.decide(&call, &mut counters).outcome == Outcome::Allow;
        }
    }
    (pass, windows.len())
}

fn call<'a>(tool: &'a str, second: i64, arguments: Arguments<'a>) -> Call<'a> {
    Call {
        tool,
        grant: GrantId(0),
        time: Some(Timestamp::at_second(second)),
        in_order: true,
        after: None,
        arguments,
        result: CallResult::Ok,
        around: Surroundings::default(),
    }
}

#[test]
fn a_total_that_is_proved_is_never_overrun_and_every_burst_overruns_it() {
    let mut random = Random(23);
    let (mut proved, mut broken) = (0, 0);
    for _ in 0..500 {
        let text = limited(&mut random);
        let policy = read(&text, Dialect::V1);
        let window = *random.pick(&["minute", "hour", "day"]);
        let most = if window == "minute" { 12 } else { 30 };
        let max = 1 + random.below(most);
        let said = json!({"limit": ["t", "u"], "max": max, "window": window, "total": true});
        let gate = Gate::new(&policy);
        let found = violations(&said, &policy);
        let shown = format!("{said} of {text}");
        match found.as_slice() {
            [] => {
                proved += 1;
                let seconds = statement_window(&said).seconds();
                let mut counters = Counters::default();
                let mut passed = std::collections::BTreeMap::<i64, usize>::new();
                for moment in moments(&mut random) {
                    for tool in ["t", "u", *random.pick(&["t", "u"])] {
                        let call = call(tool, moment, Arguments::Absent);
                        if gate.decide(&call, &mut counters).outcome == Outcome::Allow {
                            *passed.entry(moment.div_euclid(seconds)).or_default() += 1;
                        }
                    }
                }
                assert!(passed.values().all(|calls| *calls <= max), "{shown}: {passed:?}");
            }
            [Violation { evidence: Evidence::Burst(burst), tool, .. }] => {
                broken += 1;
                assert_eq!(replayed(&gate, burst), (true, 1), "{shown}: {burst:?}");
                assert_eq!(burst.calls, max as i64 + 1, "{shown}");
                assert_eq!(*tool, burst.batches[0].tool);
            }
            other => panic!("{shown}: {other:?}"),
        }
    }
    assert!(proved > 50 && broken > 50, "{proved} proved, {broken} broken");
}

fn statement_window(said: &Value) -> gatelint::policy::Window {
    gatelint::policy::Window::of_name(said["window"].as_str().unwrap()).unwrap()
}

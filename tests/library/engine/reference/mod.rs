//! The engine held against a plain evaluator, on random policies and calls.

mod evaluator;
mod random;

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Command;

use gatelint::engine::{
    self, Answer, Arguments, CallResult, Counters, Gate, GrantId, Missing, Outcome, Room,
};
use gatelint::policy::{self, Dialect};
use gatelint::replay::{NumberedCall, Replay, RunOptions, Visitor, run};
use gatelint::source::Document;
use gatelint::trace::{Trace, TraceOptions};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use evaluator::{Call, Decision, Evaluator};
use random::{arguments, calls, condition, policy, spell};

fn gate(policy: &Value) -> Gate {
    let document = Document::read("policy.json", policy.to_string().into_bytes());
    let reading = policy::read(&document, Some(Dialect::V1));
    assert!(!reading.is_refused(), "{policy}: {:?}", reading.defects);
    Gate::new(&reading.policy.unwrap())
}

fn engine_call<'a>(call: &'a Call, arguments: &'a str) -> engine::Call<'a> {
    engine::Call {
        tool: &call.tool,
        grant: GrantId(call.grant),
        time: Some(engine::Timestamp { seconds: call.time, nanoseconds: 999_999_999 }),
        in_order: true,
        after: None,
        arguments: Arguments::Json(arguments),
        result: match call.failed_upstream {
            true => CallResult::UpstreamError,
            false => CallResult::Ok,
        },
        around: engine::Surroundings::default(),
    }
}

fn plain(decision: &engine::Decision<'_>, tool: &str) -> Decision {
    Decision {
        outcome: decision.outcome.name(),
        rule: decision.cause.rule().to_owned(),
        pointer: decision.cause.pointer().to_owned(),
        message: decision.cause.message(tool).into_owned(),
        retry_at: decision.retry_at.map(|time| time.seconds),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_condition_holds_where_the_plain_evaluator_says_so(
        condition in condition(), args in prop::collection::vec(arguments(), 12),
    ) {
        let policy = json!({"version": "1", "default": "deny", "tools": {
            "t": {"require": [{"conditions": [condition]}]}}});
        let gate = gate(&policy);
        let mut evaluator = Evaluator::new(&policy);
        for args in args {
            let call = Call { grant: 0, tool: "t".into(), args, time: 0, failed_upstream: false };
            let arguments = call.args.to_string();
            let decision =
                gate.decide(&engine_call(&call, &arguments), &mut Counters::default());
            prop_assert_eq!(plain(&decision, "t"), evaluator.decide(&call), "{}", arguments);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn every_decision_is_that_of_the_plain_evaluator(
        policy in policy(), calls in calls(), mut bits in any::<u64>(),
    ) {
        let gate = gate(&policy);
        let mut counters = Counters::default();
        let mut evaluator = Evaluator::new(&policy);
        for call in &calls {
            let arguments = spell(&call.args, &mut bits);
            prop_assert_eq!(&serde_json::from_str::<Value>(&arguments).unwrap(), &call.args);
            let decision = gate.decide(&engine_call(call, &arguments), &mut counters);
            let expected = evaluator.decide(call);
            prop_assert_eq!(plain(&decision, &call.tool), expected, "{:?} {}", call, arguments);
        }
    }

    /// A call of which something is not known is decided only where what is not known does not
    /// matter, and the calls after it likewise.
    #[test]
    fn what_is_decided_without_all_facts_is_what_all_facts_decide(
        policy in policy(), calls in calls(), hidden in prop::collection::vec(0..6_u8, 30),
    ) {
        let gate = gate(&policy);
        let mut counters = Counters::default();
        let mut evaluator = Evaluator::new(&policy);
        for (call, hidden) in calls.iter().zip(hidden) {
            let arguments = call.args.to_string();
            let names: Vec<_> =
                call.args.as_object().unwrap().keys().map(|key| key.as_str().into()).collect();
            let mut asked = engine_call(call, &arguments);
            match hidden {
                0 => asked.arguments = Arguments::Unknown(Missing::HashedArguments),
                1 => asked.arguments = Arguments::Names(&names),
                2 => asked.time = None,
                _ => {}
            }
            let decision = gate.decide(&asked, &mut counters);
            let expected = evaluator.decide(call);
            if decision.outcome == Outcome::Indeterminate {
                prop_assert!(decision.missing.is_some());
                continue;
            }
            // Of two entries that refuse a call the one is named of which that is certain.
            let found = plain(&decision, &call.tool);
            prop_assert_eq!(found.outcome, expected.outcome, "{:?} hidden {}", call, hidden);
            if found.retry_at.is_some() {
                prop_assert_eq!(found.retry_at, expected.retry_at, "{:?} hidden {}", call, hidden);
            }
        }
    }

    #[test]
    fn a_walk_ends_in_the_decision_and_its_steps_say_why(
        policy in policy(), calls in calls(), hidden in prop::collection::vec(0..6_u8, 30),
    ) {
        let gate = gate(&policy);
        let (mut decided, mut walked) = (Counters::default(), Counters::default());
        for (call, hidden) in calls.iter().zip(hidden) {
            let arguments = call.args.to_string();
            let mut asked = engine_call(call, &arguments);
            match hidden {
                0 => asked.arguments = Arguments::Unknown(Missing::HashedArguments),
                1 => asked.time = None,
                _ => {}
            }
            let decision = gate.decide(&asked, &mut decided);
            let walk = gate.walk(&asked, &mut walked);
            prop_assert_eq!(&walk.decision, &decision);
            let checks = walk.checks.iter().filter(|step| step.answer == Some(Answer::Refuses));
            let limits = walk.limits.iter().filter(|step| step.room == Some(Room::Full));
            let refusing: Vec<_> =
                checks.map(|step| step.reason).chain(limits.map(|step| step.reason)).collect();
            match decision.outcome {
                Outcome::Allow => prop_assert!(refusing.is_empty()),
                Outcome::Ask | Outcome::Indeterminate => {}
                Outcome::Deny | Outcome::Throttle => {
                    let by: Vec<&str> = refusing.iter().map(|reason| &*reason.pointer).collect();
                    let settled = matches!(decision.cause.rule(), "(hidden)" | "(default deny)");
                    let expected = if settled { vec![] } else { vec![decision.cause.pointer()] };
                    prop_assert_eq!(by, expected);
                }
            }
            // What was asked lies before what was not.
            let asked = |answers: Vec<bool>| answers.windows(2).all(|pair| pair[0] || !pair[1]);
            prop_assert!(asked(walk.checks.iter().map(|step| step.answer.is_some()).collect()));
            prop_assert!(asked(walk.limits.iter().map(|step| step.room.is_some()).collect()));
        }
    }
}

/// A call as a line of a trace, told from the others by its number.
fn line(number: usize, call: &Call) -> String {
    let result = if call.failed_upstream { "upstream_error" } else { "ok" };
    let record = json!({
        "ts": call.time, "grant": call.grant.to_string(), "tool": call.tool, "args": call.args,
        "id": number, "result": result,
    });
    format!("{record}\n")
}

fn write(folder: &Path, files: &[String]) {
    for (index, text) in files.iter().enumerate() {
        std::fs::write(folder.join(format!("{index}.jsonl")), text).unwrap();
    }
}

/// Decides calls and keeps the decisions by the numbers of the calls.
struct Keeper<'g> {
    replay: Replay<'g>,
    decisions: BTreeMap<usize, Decision>,
}

impl Visitor for Keeper<'_> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        let decision = self.replay.decide(call.record, call.grant, call.time);
        let decision = plain(&decision, &call.record.tool);
        self.decisions.insert(call.record.id.parse().unwrap(), decision);
        Ok(())
    }
}

/// The decisions on the calls of a folder, by the numbers of the calls.
fn replayed(gate: &Gate, folder: &Path, threads: usize) -> BTreeMap<usize, Decision> {
    let mut trace = Trace::open(&[folder.to_owned()], TraceOptions::default()).unwrap();
    let keeper = || Keeper { replay: Replay::in_time_order(gate), decisions: BTreeMap::new() };
    let run = run(&mut trace, RunOptions { threads, pace: None }, keeper).unwrap();
    assert_eq!(run.bad_lines, 0, "{:?}", run.bad_examples);
    run.visitors.into_iter().flat_map(|keeper| keeper.decisions).collect()
}

fn expected(policy: &Value, calls: &[Call]) -> BTreeMap<usize, Decision> {
    let mut evaluator = Evaluator::new(policy);
    calls.iter().map(|call| evaluator.decide(call)).enumerate().collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    /// Calls at the same moment keep their order only within a file, so here no two are.
    #[test]
    fn neither_the_order_of_the_lines_nor_their_files_nor_threads_matter(
        policy in policy(),
        mut calls in calls(),
        keys in prop::collection::vec(any::<(u32, Index)>(), 30),
        files in 1..5_usize,
        threads in 1..4_usize,
    ) {
        calls.iter_mut().zip(0..).for_each(|(call, number)| call.time += number);
        let mut lines: Vec<_> = calls.iter().enumerate().zip(keys).collect();
        lines.sort_by_key(|(_, (order, _))| *order);
        let mut texts = vec![String::new(); files];
        for ((number, call), (_, file)) in lines {
            texts[file.index(files)] += &line(number, call);
        }
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &texts);
        let replayed = replayed(&gate(&policy), folder.path(), threads);
        prop_assert_eq!(replayed, expected(&policy, &calls));
    }

    #[test]
    fn a_trace_cut_into_files_is_the_same_trace(
        policy in policy(), calls in calls(), cuts in prop::collection::vec(any::<Index>(), 0..4),
        threads in 1..4_usize,
    ) {
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(calls.len())).collect();
        cuts.sort();
        let mut texts = vec![String::new(); cuts.len() + 1];
        for (number, call) in calls.iter().enumerate() {
            texts[cuts.iter().filter(|cut| **cut <= number).count()] += &line(number, call);
        }
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &texts);
        let replayed = replayed(&gate(&policy), folder.path(), threads);
        prop_assert_eq!(replayed, expected(&policy, &calls));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn the_program_writes_the_decisions_of_the_plain_evaluator_however_the_trace_is_cut(
        policy in policy(), calls in calls(), cut in any::<Index>(),
    ) {
        let cut = cut.index(calls.len());
        let lines: Vec<String> =
            calls.iter().enumerate().map(|(number, call)| line(number, call)).collect();
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &[lines[..cut].concat(), lines[cut..].concat(), lines.concat()]);
        std::fs::write(folder.path().join("policy.json"), policy.to_string()).unwrap();
        let decisions = |traces: &[&str]| {
            let output = Command::new(env!("CARGO_BIN_EXE_gatelint"))
                .args([&["replay", "--policy", "policy.json", "--decisions"], traces].concat())
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(0), "{output:?}");
            let text = String::from_utf8(output.stdout).unwrap();
            let lines = text.lines().map(|line| {
                let mut decision: Value = serde_json::from_str(line).unwrap();
                // Where a call stands is what the cut changes.
                let fields = decision.as_object_mut().unwrap();
                assert!(fields.remove("file").is_some() && fields.remove("line").is_some());
                decision
            });
            lines.collect::<Vec<Value>>()
        };
        let whole = decisions(&["2.jsonl"]);
        prop_assert_eq!(&whole, &decisions(&["0.jsonl", "1.jsonl"]));
        let field = |decision: &Value, name: &str| {
            decision[name].as_str().unwrap_or_default().to_owned()
        };
        let written: Vec<_> = whole
            .iter()
            .map(|line| ["outcome", "rule", "pointer", "message"].map(|name| field(line, name)))
            .collect();
        let expected: Vec<_> = expected(&policy, &calls)
            .into_values()
            .map(|decision| {
                [decision.outcome.to_owned(), decision.rule, decision.pointer, decision.message]
            })
            .collect();
        prop_assert_eq!(written, expected);
    }
}

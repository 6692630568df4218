//! Patterns: what the solver says of all texts against what the engine says of some.

use gatelint::engine::{
    Arguments, Call, CallResult, Counters, Gate, GrantId, Outcome, Surroundings, Timestamp,
};
use gatelint::policy::{self, Policy};
use gatelint::solver::{Budget, Evidence, Shape, Version, lost};
use gatelint::source::Document;
use serde_json::json;

use super::first_line;

/// How much the solver may think about one pair.
const STEPS: u32 = 20_000;

/// A text that one pattern lets pass and the other does not is found by the solver, and what it
/// finds is decided so by the engine. The input is the old pattern, the new one, and texts to try,
/// a line each.
pub fn holds(data: &[u8]) {
    let (old, rest) = first_line(data);
    let (new, texts) = first_line(rest);
    let (Some(old), Some(new)) = (policy_of(old), policy_of(new)) else { return };
    let (before, after) = (Version::new(&old), Version::new(&new));
    let found = lost(&before, &after, "t", &Shape::any(), &Budget::of_steps(STEPS));
    for lost in &found {
        if let Evidence::Call(arguments) = &lost.evidence {
            let arguments = arguments.to_string();
            assert_eq!(outcome(after.gate(), &arguments), Outcome::Allow, "{arguments}");
            assert_eq!(outcome(before.gate(), &arguments), Outcome::Deny, "{arguments}");
        }
    }
    if !found.is_empty() {
        return;
    }
    for text in texts.split(|byte| *byte == b'\n') {
        let Ok(text) = std::str::from_utf8(text) else { continue };
        let arguments = json!({ "a": text }).to_string();
        if outcome(after.gate(), &arguments) == Outcome::Allow {
            let proved = "it was proved that the old pattern lets it pass";
            assert_eq!(outcome(before.gate(), &arguments), Outcome::Allow, "{proved}: {text:?}");
        }
    }
}

/// A policy that lets pass what matches a pattern; none where the gateway refuses the pattern.
fn policy_of(pattern: &[u8]) -> Option<Policy> {
    let pattern = std::str::from_utf8(pattern).ok()?;
    let condition = json!({ "path": "args.a", "op": "regex", "value": pattern });
    let policy = json!({
        "version": "1",
        "default": "deny",
        "tools": { "t": { "require": [{ "conditions": [condition] }] } },
    });
    let document = Document::read("policy.json", policy.to_string().into_bytes());
    let reading = policy::read(&document, None);
    if reading.is_refused() { None } else { reading.policy }
}

/// How a call of the tool `t` with these arguments is decided, by counters that are empty.
pub fn outcome(gate: &Gate, arguments: &str) -> Outcome {
    let call = Call {
        tool: "t",
        grant: GrantId(0),
        time: Some(Timestamp::at_second(0)),
        in_order: true,
        after: None,
        arguments: Arguments::Json(arguments),
        result: CallResult::Ok,
        around: Surroundings::default(),
    };
    gate.decide(&call, &mut Counters::default()).outcome
}

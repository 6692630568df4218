//! A person is asked: what beats the question, what it costs, and what a missing fact makes of it.

use gatelint::engine::{
    Arguments, Assumptions, Call, CallResult, Choice, Counters, Gate, GrantId, Missing, Outcome,
    Surroundings, Timestamp,
};
use gatelint::policy;
use gatelint::source::Document;

const POLICY: &str = r#"
version: "1"
default: deny
hide: [secret]
tools:
  pay:
    rules:
      - {name: large, action: require_approval, conditions: [{path: args.amount, op: gt, value: 100}]}
      - {name: never, conditions: [{path: args.amount, op: lte, value: 1000}]}
      - {name: rate, rate_limit: 1/minute}
  secret:
    rules: [{name: ask, action: require_approval}]
  shut:
    rules: [{name: ask, action: require_approval}, {name: no, action: deny}]
  open:
    rules: []
"#;

fn gate(policy: &str, assumptions: Assumptions) -> Gate {
    let document = Document::read("p.yaml", policy.as_bytes().to_vec());
    let reading = policy::read(&document, None);
    assert!(!reading.is_refused(), "{:?}", reading.defects);
    Gate::new(&reading.policy.unwrap()).assuming(assumptions)
}

/// The outcomes of calls a second apart.
fn outcomes(gate: &Gate, calls: &[(&str, Arguments<'_>)]) -> Vec<Outcome> {
    let mut counters = Counters::default();
    let decide = |(second, (tool, arguments)): (i64, &(&str, Arguments<'_>))| {
        let call = Call {
            tool,
            grant: GrantId(0),
            time: Some(Timestamp::at_second(second)),
            in_order: true,
            after: None,
            arguments: *arguments,
            result: CallResult::Ok,
            around: Surroundings::default(),
        };
        gate.decide(&call, &mut counters).outcome
    };
    (0..).zip(calls).map(decide).collect()
}

#[test]
fn a_denial_beats_a_question_which_beats_a_limit_and_charges_none() {
    use Outcome::{Allow, Ask, Deny, Throttle};
    let gate = gate(POLICY, Assumptions::default());
    let json = |text| Arguments::Json(text);
    let calls = [
        ("pay", json(r#"{"amount": 500}"#)),
        ("pay", json(r#"{"amount": 5000}"#)),
        ("pay", json(r#"{"amount": 5}"#)),
        ("pay", json(r#"{"amount": 5}"#)),
        ("pay", json(r#"{"amount": 500}"#)),
        ("secret", json("{}")),
        ("shut", json("{}")),
        ("other", json("{}")),
        ("open", json("{}")),
    ];
    let expected = [Ask, Deny, Allow, Throttle, Ask, Deny, Deny, Deny, Allow];
    assert_eq!(outcomes(&gate, &calls), expected);
}

#[test]
fn whoever_is_asked_may_be_taken_to_say_yes_or_no() {
    let calls = [("pay", Arguments::Json(r#"{"amount": 500}"#)); 2];
    let answered = |yes| outcomes(&gate(POLICY, Assumptions::answered(yes)), &calls);
    assert_eq!(answered(true), [Outcome::Allow, Outcome::Throttle]);
    assert_eq!(answered(false), [Outcome::Deny, Outcome::Deny]);
}

#[test]
fn whether_a_person_is_asked_may_be_unknown() {
    let never = "{name: never, conditions: [{path: args.amount, op: lte, value: 1000}]}";
    let only_asks = POLICY.replace(
        never,
        "{name: never, conditions: [{path: state.pay._rate_minute, op: gte, value: 0}]}",
    );
    let hashed = [("pay", Arguments::Unknown(Missing::HashedArguments))];
    assert_eq!(
        outcomes(&gate(&only_asks, Assumptions::default()), &hashed),
        [Outcome::Indeterminate]
    );
    assert_eq!(outcomes(&gate(&only_asks, Assumptions::answered(true)), &hashed), [Outcome::Allow]);
    let mut chosen = Assumptions::default();
    chosen.set(Missing::HashedArguments, Choice::Deny);
    assert_eq!(outcomes(&gate(&only_asks, chosen), &hashed), [Outcome::Ask]);
    // Where an entry may deny the call, a question that is certain tells nothing.
    let both = POLICY.replace(", conditions: [{path: args.amount, op: gt, value: 100}]", "");
    assert_eq!(outcomes(&gate(&both, Assumptions::default()), &hashed), [Outcome::Indeterminate]);
}

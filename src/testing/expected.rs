//! What must come of a call.

use std::time::Duration;

use super::found::Found;
use super::mistakes::Mistakes;
use super::times::read_span;
use crate::assertion::tool_pattern;
use crate::engine::{Missing, Outcome};
use crate::source::{Node, Pointer, nearest, one_of};

/// What must come of a call; what is none is not asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The outcome.
    pub outcome: Outcome,
    /// The rule that decides: its rule string, its pointer, or its file and line.
    pub rule: Option<String>,
    /// What the caller is told; `*` stands for any text.
    pub message: Option<String>,
    /// How long after the call the same would find room again.
    pub retry: Option<Duration>,
    /// The fact that is missing.
    pub missing: Option<Missing>,
    /// Where the expectation stands.
    pub pointer: Pointer,
}

/// A part of an expectation that is not met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The outcome.
    Outcome,
    /// The rule.
    Rule,
    /// The message.
    Message,
    /// The time until the next try.
    Retry,
    /// The missing fact.
    Missing,
}

/// What else can be expected, and of which outcomes.
const OWNED: [(&str, &[Outcome]); 4] = [
    ("rule", &[Outcome::Allow, Outcome::Ask, Outcome::Deny, Outcome::Throttle]),
    ("message", &[Outcome::Ask, Outcome::Deny, Outcome::Throttle]),
    ("retry", &[Outcome::Throttle]),
    ("missing", &[Outcome::Indeterminate]),
];

impl Expected {
    /// That a call comes to this outcome, and nothing more.
    pub fn of(outcome: Outcome) -> Expected {
        let pointer = Pointer::root();
        Expected { outcome, rule: None, message: None, retry: None, missing: None, pointer }
    }

    /// Reads an expectation: the name of an outcome, or an object that says more. None where it is none, which
    /// the schema or a mistake says.
    pub(super) fn read(node: &Node, pointer: Pointer, mistakes: &mut Mistakes) -> Option<Expected> {
        let name = node.as_str().or_else(|| node.get("outcome")?.as_str())?;
        let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.name() == name)?;
        for (field, of) in OWNED {
            if node.get(field).is_some() && !of.contains(&outcome) {
                let message =
                    format!("`{field}` belongs to {}", one_of(of.iter().map(|one| one.name())));
                mistakes.key(&pointer.key(field), message, "remove it, or change the outcome");
            }
        }
        let text = |field: &str| node.get(field).and_then(Node::as_str);
        let missing = text("missing").and_then(|code| {
            let found = Missing::ALL.into_iter().find(|fact| fact.code() == code);
            if found.is_none() {
                let codes = || Missing::ALL.into_iter().map(Missing::code);
                let meant = nearest(code, codes()).map(|near| format!(", did you mean `{near}`?"));
                let message = format!("there is no fact `{code}`{}", meant.unwrap_or_default());
                let help = format!("write {}", one_of(codes()));
                mistakes.value(&pointer.key("missing"), message, &help);
            }
            found
        });
        let retry = node.get("retry");
        let retry = retry.and_then(|retry| read_span(retry, &pointer.key("retry"), mistakes));
        Some(Expected {
            outcome,
            rule: text("rule").map(str::to_owned),
            message: text("message").map(str::to_owned),
            retry,
            missing,
            pointer,
        })
    }

    /// The parts that what came of a call does not meet.
    pub fn unmet(&self, found: &Found<'_>) -> Vec<Wrong> {
        if found.outcome != Some(self.outcome) {
            return vec![Wrong::Outcome];
        }
        let is_rule = |rule: &String| found.is_rule(rule);
        let is_message = |text: &String| tool_pattern(text).is_match(&found.message);
        let met = [
            (Wrong::Rule, self.rule.as_ref().is_none_or(is_rule)),
            (Wrong::Message, self.message.as_ref().is_none_or(is_message)),
            (Wrong::Retry, self.retry.is_none_or(|retry| found.retry == Some(retry))),
            (Wrong::Missing, self.missing.is_none_or(|fact| found.missing == Some(fact))),
        ];
        met.into_iter().filter(|(_, is_met)| !is_met).map(|(wrong, _)| wrong).collect()
    }
}

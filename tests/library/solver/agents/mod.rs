//! Permission files of agents compared: what is proved is never contradicted by a call that is tried, and every
//! call that is shown is one. `GATELINT_PAIRS` sets how many random pairs are tried.

mod codex;
mod files;
mod made;
mod statements;

use gatelint::diff::{AccessChanges, ToolName};
use gatelint::engine::{
    Arguments, Call, CallResult, Counters, Gate, GrantId, Outcome, Surroundings,
};
use gatelint::policy::Policy;
use gatelint::solver::{Budget, Evidence, Shapes};

/// A call as these tests make it: tool, arguments, mode.
type Made = (String, String, String);

fn decided(gate: &Gate, (tool, arguments, mode): &Made, folder: &str) -> Outcome {
    let call = Call {
        tool,
        grant: GrantId(0),
        time: None,
        in_order: true,
        after: None,
        arguments: Arguments::Json(arguments),
        result: CallResult::Ok,
        around: Surroundings { mode, folder, ..Surroundings::default() },
    };
    gate.decide(&call, &mut Counters::default()).outcome
}

/// Whether a question of a file stands under one policy for what the classifier of a mode answers under the other.
fn is_for_classifier(policy: &Policy, (_, _, mode): &Made) -> bool {
    let permissions = policy.permissions.as_ref().unwrap();
    let own = permissions.mode.as_deref().unwrap_or_default();
    let mode = if mode.is_empty() { own } else { mode };
    permissions.own_modes.classified.iter().any(|known| **known == *mode)
}

/// How many directions were proved, and how many shown by a call.
#[derive(Debug, Default)]
struct Tally {
    proved: usize,
    shown: usize,
    unknown: usize,
    /// Calls that change where it is shown or unknown that some do.
    changed: usize,
}

impl Tally {
    /// Compares two policies and tries calls under both.
    fn compare(&mut self, [old, new]: [&Policy; 2], calls: &[Made]) {
        let access = AccessChanges::new(old, new, &Shapes::default(), &Budget::new(None));
        let gates = [old, new].map(Gate::new);
        let is_known = |name: &str| {
            let of = |policy: &Policy| policy.permissions.as_ref().unwrap().names().contains(name);
            of(old) || of(new)
        };
        let of_tool = |tool: &str| {
            let named = access.tools.iter().find(|change| match &change.tool {
                ToolName::Named(name) => name == tool,
                _ => false,
            });
            // What stands for all tools that nobody names may be shown by a name that a pattern has.
            let others = access.tools.iter().filter(|change| match &change.tool {
                ToolName::Named(name) => !is_known(name),
                _ => true,
            });
            let all: Vec<_> = match is_known(tool) {
                true => named.into_iter().collect(),
                false => others.collect(),
            };
            [
                all.iter().any(|change| !change.loosened.is_empty()),
                all.iter().any(|change| !change.tightened.is_empty()),
            ]
        };
        for call in calls {
            let [before, after] = [&gates[0], &gates[1]].map(|gate| decided(gate, call, ""));
            let (Some(less), Some(more)) = (before.access(), after.access()) else { continue };
            let [loosened, tightened] = of_tool(&call.0);
            let stricter = if less < more { old } else { new };
            if less + more == 1 && is_for_classifier(stricter, call) {
                continue;
            }
            let text = || {
                let rules = [old, new].map(|policy| {
                    let rules = &policy.permissions.as_ref().unwrap().rules;
                    let written = rules.iter().filter(|rule| rule.is_written());
                    written.map(|rule| rule.text.to_string()).collect::<Vec<_>>()
                });
                format!("{call:?}: {before} -> {after}\n{rules:#?}")
            };
            assert!(more <= less || loosened, "proved not to be loosened: {}", text());
            assert!(less <= more || tightened, "proved not to be tightened: {}", text());
            self.changed += usize::from(less != more);
        }
        for change in &access.tools {
            for (lost, is_loosened) in [(&change.loosened, true), (&change.tightened, false)] {
                for lost in lost {
                    let Evidence::Recorded(call) = &lost.evidence else {
                        assert!(!lost.evidence.is_certain());
                        self.unknown += 1;
                        continue;
                    };
                    let mode = call.mode.clone().unwrap_or_default();
                    let made = (call.tool.clone(), call.arguments.to_string(), mode);
                    let folder = call.folder.as_deref().unwrap_or_default();
                    let step = [&gates[0], &gates[1]].map(|gate| decided(gate, &made, folder));
                    assert_eq!(lost.step, Some(step), "{call:?}");
                    let [less, more] = step.map(|outcome| outcome.access().unwrap());
                    assert!(if is_loosened { less < more } else { less > more }, "{call:?}");
                    self.shown += 1;
                }
            }
        }
        self.proved += usize::from(access.tools.iter().all(|tool| tool.loosened.is_empty()));
        self.proved += usize::from(access.tools.iter().all(|tool| tool.tightened.is_empty()));
    }
}

/// How many pairs are tried.
fn pairs() -> usize {
    std::env::var("GATELINT_PAIRS").ok().and_then(|n| n.parse().ok()).unwrap_or(10)
}

//! From which outcome to which two policies change what becomes of calls, where a person may be asked.

use super::evidence::{Batch, Evidence, MOMENT};
use crate::engine::{Arguments, Call, CallResult, Counters, Gate, GrantId, Outcome, Surroundings};
use crate::policy::Policy;

/// Two policies, compiled to decide calls without an answer to a question.
#[derive(Debug)]
pub struct Steps([Gate; 2]);

impl Steps {
    /// Compiles an old policy and a new one.
    pub fn new(policies: [&Policy; 2]) -> Steps {
        Steps(policies.map(Gate::new))
    }

    /// What the old policy and the new one say of the call of a tool that shows something; of several
    /// calls, of the last one. None where no call does.
    pub fn of(&self, tool: &str, evidence: &Evidence) -> Option<[Outcome; 2]> {
        let batches = match evidence {
            // What an agent's policies say of a call is told with it.
            Evidence::Unknown(_) | Evidence::Recorded(_) => return None,
            Evidence::Burst(burst) => burst.batches.clone(),
            Evidence::Call(arguments) => {
                let (tool, arguments) = (tool.to_owned(), arguments.clone());
                vec![Batch { time: MOMENT, grant: 1, tool, arguments, calls: 1 }]
            }
        };
        Some([last(&self.0[0], &batches)?, last(&self.0[1], &batches)?])
    }
}

/// The outcome of the last of some calls.
fn last(gate: &Gate, batches: &[Batch]) -> Option<Outcome> {
    let mut counters = Counters::default();
    let mut latest = None;
    for batch in batches {
        let text = batch.arguments.to_string();
        let call = call(batch, &text);
        (0..batch.calls).for_each(|_| latest = Some(gate.decide(&call, &mut counters).outcome));
    }
    latest
}

fn call<'a>(batch: &'a Batch, arguments: &'a str) -> Call<'a> {
    Call {
        tool: &batch.tool,
        grant: GrantId(batch.grant - 1),
        time: Some(batch.time),
        in_order: true,
        after: None,
        arguments: Arguments::Json(arguments),
        result: CallResult::Ok,
        around: Surroundings::default(),
    }
}

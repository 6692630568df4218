//! From which outcome to which two policies change what becomes of calls, where a person may be asked.

use super::evidence::{Batch, Evidence};
use super::question::MOMENT;
use crate::engine::{Arguments, Assumptions, Call, CallResult, Counters, Gate, GrantId, Outcome};
use crate::policy::Policy;

/// Two policies, compiled to decide calls without an answer to a question.
#[derive(Debug)]
pub struct Steps([Side; 2]);

#[derive(Debug)]
struct Side {
    /// Decides the call that counts.
    plain: Gate,
    /// Decides those before it, where whoever was asked said yes.
    approving: Gate,
}

impl Steps {
    /// Compiles an old policy and a new one.
    pub fn new(policies: [&Policy; 2]) -> Steps {
        Steps(policies.map(|policy| Side {
            plain: Gate::new(policy),
            approving: Gate::new(policy).assuming(Assumptions::answered(true)),
        }))
    }

    /// What the old policy and the new one say of the call of a tool that shows something; of several
    /// calls, of the last one. None where no call does.
    pub fn of(&self, tool: &str, evidence: &Evidence) -> Option<[Outcome; 2]> {
        let batches = match evidence {
            Evidence::Unknown(_) => return None,
            Evidence::Burst(burst) => burst.batches.clone(),
            Evidence::Call(arguments) => {
                let (tool, arguments) = (tool.to_owned(), arguments.clone());
                vec![Batch { time: MOMENT, grant: 1, tool, arguments, calls: 1 }]
            }
        };
        Some([self.0[0].last(&batches)?, self.0[1].last(&batches)?])
    }
}

impl Side {
    /// The outcome of the last of some calls.
    fn last(&self, batches: &[Batch]) -> Option<Outcome> {
        let mut counters = Counters::default();
        let (last, before) = batches.split_last()?;
        let all = before.iter().map(|batch| (batch, batch.calls)).chain([(last, last.calls - 1)]);
        for (batch, calls) in all {
            let text = batch.arguments.to_string();
            let call = call(batch, &text);
            (0..calls).for_each(|_| _ = self.approving.decide(&call, &mut counters));
        }
        let text = last.arguments.to_string();
        Some(self.plain.decide(&call(last, &text), &mut counters).outcome)
    }
}

fn call<'a>(batch: &'a Batch, arguments: &'a str) -> Call<'a> {
    Call {
        tool: &batch.tool,
        grant: GrantId(batch.grant - 1),
        time: Some(batch.time),
        in_order: true,
        arguments: Arguments::Json(arguments),
        result: CallResult::Ok,
    }
}

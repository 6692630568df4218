//! The case that tells a policy from another one, made of what shows that they differ.

use std::borrow::Cow;
use std::time::Duration;

use crate::diff::ToolName;
use crate::engine::Outcome;
use crate::replay::Policies;
use crate::solver::{Batch, Burst, Evidence, Lost, OTHER_MODE, Recorded, Why};
use crate::source::Pointer;
use crate::testing::{Case, DEFAULT_START, Expected, Step, decided, first_failure};
use crate::trace::{Record, RecordArguments};

/// How many calls a case may have.
const MOST_CALLS: i64 = 100_000;

/// The cases that pass under policies and fail under others, for protections that one of the two lacks; why there
/// is none where there is none. `server` is the one that the calls are to. Of which name a case is, `name` says of
/// the tool and the rule.
pub fn missing_cases<'a, 'p: 'a>(
    lost: impl Iterator<Item = (&'a ToolName, &'a Lost<'p>)> + 'a,
    server: &'a str,
    both: [&'a Policies; 2],
    name: impl Fn(&str, &str) -> String + 'a,
) -> impl Iterator<Item = Result<Case, Why>> + 'a {
    lost.map(move |(tool, lost)| {
        let tool = match tool {
            ToolName::Named(name) | ToolName::Other(name) => name.as_str(),
            ToolName::All => "",
        };
        let name = name(tool, lost.protection.rule());
        let case = missing_case(&name, (tool, server), &lost.evidence, both);
        case.ok_or(match lost.evidence {
            Evidence::Unknown(why) => why,
            _ => Why::TooManyCalls,
        })
    })
}

/// The case that passes under policies and fails under others; none where what shows the difference is none, or
/// shows none after all. `tool` is the one whose calls show it, `server` the one that they are to.
fn missing_case(
    name: &str,
    (tool, server): (&str, &str),
    evidence: &Evidence,
    [policies, others]: [&Policies; 2],
) -> Option<Case> {
    let calls = match evidence {
        Evidence::Call(arguments) => vec![step(record(tool, arguments, server), Duration::ZERO, 1)],
        Evidence::Recorded(recorded) => vec![of_recorded(recorded, server)],
        Evidence::Burst(burst) if burst.calls <= MOST_CALLS => of_burst(burst, server),
        Evidence::Burst(_) | Evidence::Unknown(_) => return None,
    };
    let unnamed = Case {
        name: name.to_owned(),
        start: DEFAULT_START,
        steps: calls,
        pointer: Pointer::root(),
    };
    let case = decided(unnamed, policies)?;
    first_failure(&case, others, None).is_some().then_some(case)
}

fn step(record: Record<'static>, at: Duration, times: u64) -> Step {
    let (every, pointer) = (Duration::ZERO, Pointer::root());
    Step { record, at, times, every, expected: Expected::of(Outcome::Allow), pointer }
}

fn record(tool: &str, arguments: &serde_json::Value, server: &str) -> Record<'static> {
    let mut record = Record::of_tool(tool.to_owned());
    record.arguments = RecordArguments::Json(Cow::Owned(arguments.to_string()));
    record.server = Cow::Owned(server.to_owned());
    record
}

fn of_recorded(recorded: &Recorded, server: &str) -> Step {
    let mut record = record(&recorded.tool, &recorded.arguments, server);
    // A mode that no rule speaks of is none that an agent has: the one that is assumed stands for it.
    let mode = recorded.mode.clone().filter(|mode| mode != OTHER_MODE);
    record.mode = mode.unwrap_or_default().into();
    record.folder = recorded.folder.clone().unwrap_or_default().into();
    step(record, Duration::ZERO, 1)
}

fn of_burst(burst: &Burst, server: &str) -> Vec<Step> {
    let of_batch = |batch: &Batch| {
        let mut record = record(&batch.tool, &batch.arguments, server);
        if batch.grant > 1 {
            record.grant = format!("grant {}", batch.grant).into();
        }
        let since = batch.time.seconds.saturating_sub(DEFAULT_START.seconds);
        let at = Duration::from_secs(u64::try_from(since).unwrap_or_default());
        step(record, at, u64::try_from(batch.calls).unwrap_or_default())
    };
    burst.batches.iter().map(of_batch).collect()
}

//! What to write in a test file where a call is not decided.

use super::found::Found;
use super::run::Failure;
use crate::engine::{Missing, Outcome};
use crate::policy::Agent;
use crate::replay::Policies;
use crate::source::{nearest, one_of};

/// What to write in a test file for a call of which it cannot be told what comes of it; none for any other. The agent
/// is that whose rules are asked.
pub fn remedy(
    failure: &Failure<'_, '_>,
    policies: &Policies,
    agent: Option<Agent>,
) -> Option<String> {
    let Found { outcome, missing, .. } = failure.found;
    match (outcome, missing) {
        (None, _) => Some(of_server(&failure.played.step.record.server, &policies.servers())),
        (Some(Outcome::Indeterminate), Some(fact)) if !failure.wrong.is_empty() => {
            Some(of_fact(fact, agent))
        }
        _ => None,
    }
}

/// For whose server there is no policy.
fn of_server(named: &str, servers: &[&str]) -> String {
    let meant = match nearest(named, servers.iter().copied()) {
        Some(near) if !named.is_empty() => format!("did you mean `{near}`? "),
        _ => String::new(),
    };
    match servers {
        [] => "the policies are about the tools of servers, and the call is to none of them"
            .to_owned(),
        [only] => {
            format!("{meant}write `server: {only}` in the call, the only one that has a policy")
        }
        _ => format!(
            "{meant}write `server: NAME` in the call; there is a policy for {}",
            one_of(servers.iter().copied())
        ),
    }
}

/// Without which fact a call is not decided.
fn of_fact(fact: Missing, agent: Option<Agent>) -> String {
    let in_call = match fact {
        Missing::Mode => {
            let mode = agent.map_or("default", Agent::usual_mode);
            return format!(
                "write `mode: {mode}` in the call, or `assume: [mode={mode}]` in the file"
            );
        }
        Missing::Trust => return "write `assume: [trust=yes]` in the file".to_owned(),
        Missing::Folder => "`cwd: .` in the call, the folder that the agent works in",
        Missing::Home => "`home: DIR` in the file, the home folder of the agent's user",
        Missing::Server => "`server: NAME` in the call",
        Missing::HashedArguments
        | Missing::RedactedArguments
        | Missing::TruncatedArguments
        | Missing::UnrecordedArguments
        | Missing::ArgumentValues => "the values of the arguments in the call, as `args: {…}`",
        Missing::UnreadableArguments => "`args` as an object",
        Missing::HugeNumber => "a number that a 64-bit float can hold",
        Missing::EarlierCalls => "what the steps before it lack, which are not decided either",
        Missing::Time
        | Missing::Price
        | Missing::Files
        | Missing::Environment
        | Missing::LongCommand
        | Missing::Annotations
        | Missing::Caller
        | Missing::LongSearch
        | Missing::Program
        | Missing::Classifier => {
            let code = fact.code();
            return format!(
                "no call can say it: expect `indeterminate`, or write `assume: [{code}=deny]` or `[{code}=allow]` in the file"
            );
        }
    };
    format!("write {in_call}")
}

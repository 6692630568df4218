//! What a policy makes of a deed.

use super::deed::{Deed, DeedCall, FOLDER, HOME};
use crate::engine::{
    Arguments, Assumptions, Call, CallResult, Choice, Counters, Gate, GrantId, Missing, Outcome,
    Surroundings,
};
use crate::policy::{Agent, Policy, Ruling};

/// Decides deeds under a policy. What nothing is known of is taken at its best and at its worst.
pub struct Oracle {
    agent: Option<Agent>,
    mildest: Gate,
    strictest: Gate,
    /// The folder that it works in, and the home folder.
    places: [String; 2],
}

/// What becomes of a deed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The most that may be let pass.
    pub mildest: Ruling,
    /// The least.
    pub strictest: Ruling,
    /// The rule that decides, in the words of its file; empty where none does.
    pub rule: String,
    /// The file and line of the rule; none where the policy is made of one file.
    pub place: Option<String>,
}

impl Oracle {
    /// Compiles a policy. An agent works in the mode that its files say, else in its usual one.
    pub fn new(policy: &Policy) -> Oracle {
        let policy = grounded(policy);
        let agent = policy.dialect.agent();
        let own = policy.permissions.as_ref().and_then(|permissions| permissions.mode.clone());
        let mode = own.or_else(|| agent.map(|agent| usual_mode(agent).into()));
        let gate = |choice| {
            let mut assumptions = Assumptions::default();
            assumptions.mode.clone_from(&mode);
            Missing::ALL.into_iter().for_each(|fact| assumptions.set(fact, choice));
            Gate::new(&policy).assuming(assumptions)
        };
        let ground = policy.permissions.as_ref().map(|permissions| &permissions.ground);
        let start = ground.and_then(|ground| ground.start.as_deref()).unwrap_or(FOLDER);
        let home = ground.and_then(|ground| ground.home.as_deref()).unwrap_or(HOME);
        let places = [start, home].map(str::to_owned);
        Oracle { agent, mildest: gate(Choice::Allow), strictest: gate(Choice::Deny), places }
    }

    /// What becomes of a deed, by whichever tool; none where the agent has no tool for it.
    pub fn verdict(&self, deed: &Deed) -> Option<Verdict> {
        let [start, home] = &self.places;
        let object = deed.object.replace(FOLDER, start).replace(HOME, home);
        let deed = Deed { object, ..deed.clone() };
        let verdicts = deed.calls(self.agent);
        let verdicts = verdicts.iter().map(|call| self.verdict_on(call, &deed.server));
        verdicts.reduce(|one, other| {
            let mildest = one.mildest.min(other.mildest);
            let told = if other.strictest > one.strictest { other } else { one };
            Verdict { mildest, ..told }
        })
    }

    fn verdict_on(&self, named: &DeedCall, server: &str) -> Verdict {
        let call = Call {
            tool: &named.tool,
            grant: GrantId(0),
            time: None,
            in_order: true,
            after: None,
            arguments: Arguments::Json(&named.arguments),
            result: CallResult::Ok,
            around: Surroundings { server, folder: &self.places[0], ..Surroundings::default() },
        };
        let decide = |gate: &Gate| {
            let decision = gate.decide(&call, &mut Counters::default());
            let place = decision.cause.place().map(str::to_owned);
            let is_sure = decision.assumed.is_none();
            (ruling(decision.outcome), decision.cause.rule().to_owned(), place, is_sure)
        };
        let (mildest, rule, place, is_sure) = decide(&self.mildest);
        let (strictest, rule, place) = match is_sure {
            true => (mildest, rule, place),
            false => {
                let (strictest, rule, place, _) = decide(&self.strictest);
                (strictest, rule, place)
            }
        };
        Verdict { mildest, strictest, rule, place }
    }

    /// The strictest that may become of any of these deeds; asked where the agent has no tool for one.
    pub(super) fn strictest(&self, deeds: &[Deed]) -> Ruling {
        let one = |deed| self.verdict(deed).map_or(Ruling::Ask, |verdict| verdict.strictest);
        deeds.iter().map(one).max().unwrap_or(Ruling::Ask)
    }
}

/// The mode in which an agent works that was told none.
pub(super) fn usual_mode(agent: Agent) -> &'static str {
    match agent {
        Agent::OpenCode => "build",
        Agent::Codex => "on-request",
        Agent::Gemini | Agent::ClaudeCode => "default",
    }
}

fn ruling(outcome: Outcome) -> Ruling {
    match outcome {
        Outcome::Allow => Ruling::Allow,
        Outcome::Ask => Ruling::Ask,
        Outcome::Deny | Outcome::Throttle | Outcome::Indeterminate => Ruling::Deny,
    }
}

/// The policy where all is known of the folders that it does not know itself.
fn grounded(policy: &Policy) -> Policy {
    let mut policy = policy.clone();
    if let Some(permissions) = &policy.permissions {
        let mut permissions = (**permissions).clone();
        let ground = &mut permissions.ground;
        ground.home.get_or_insert_with(|| HOME.to_owned());
        if ground.start.is_none() {
            ground.start = Some(FOLDER.to_owned());
            ground.project = Some(FOLDER.to_owned());
        }
        policy.permissions = Some(permissions.into());
    }
    policy
}

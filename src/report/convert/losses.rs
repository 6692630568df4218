//! What is lost where a policy is written in another dialect, as facts and in words.

use crate::convert::{
    AgentDraft, Comparison, Deed, Difference, Kind, Oracle, Standings, ToolLoss, UNKNOWN_TOOL,
    is_of_file,
};
use crate::policy::{Agent, Dialect, Policy, Ruling};

/// Something that is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConvertLoss {
    /// The kind of loss.
    pub what: &'static str,
    /// The tool that it is lost of; none for the policy as a whole.
    pub tool: Option<String>,
    /// The file and line of the rule that it is lost of.
    pub place: Option<String>,
    /// What is lost, in words.
    pub message: String,
    /// A call that shows it.
    pub witness: Option<Witness>,
}

/// A call that two policies decide differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The call, a record on one line.
    pub call: String,
    /// What becomes of it in the policy that was converted.
    pub from: Ruling,
    /// What becomes of it in the result.
    pub to: Ruling,
}

impl ConvertLoss {
    /// What the other gateway's dialect cannot say of what stands in a place.
    pub fn at(place: String, message: String) -> ConvertLoss {
        ConvertLoss { place: Some(place), ..ConvertLoss::new("unsaid", message) }
    }

    fn new(what: &'static str, message: impl Into<String>) -> ConvertLoss {
        ConvertLoss { what, tool: None, place: None, message: message.into(), witness: None }
    }
}

/// What an agent's rules lose in another dialect. Of kinds that are not written the dialect says nothing.
pub fn losses_of_agent(
    draft: &AgentDraft,
    comparison: &Comparison,
    [from, to]: [&Policy; 2],
    written: &[Kind],
) -> Vec<ConvertLoss> {
    let mut losses: Vec<ConvertLoss> = comparison
        .stricter
        .iter()
        .map(|difference| stricter(difference, from, to.dialect))
        .collect();
    let unsaid = draft.areas.keys().filter(|kind| !written.contains(*kind));
    let unsaid: Vec<&str> = unsaid.map(|kind| kind.words()).collect();
    if !unsaid.is_empty() {
        losses.push(ConvertLoss::new("not-written", unwritten(&unsaid.join(", "), to.dialect)));
    }
    losses
}

/// That a call passes less easily.
fn stricter(difference: &Difference, from: &Policy, to: Dialect) -> ConvertLoss {
    let Difference { deed, from: verdict, to: ruling } = difference;
    let verb = match ruling {
        Ruling::Allow => "lets pass",
        Ruling::Ask => "asks about",
        Ruling::Deny => "refuses",
    };
    let of_file = verdict.place.as_deref().filter(|place| is_of_file(place));
    let why = match (to, deed.kind, ruling) {
        (Dialect::OPENCODE, Kind::Command, Ruling::Deny) => {
            ", because where it offers commands at all it asks nothing of a text such as `> file` or `{git,push}`"
        }
        _ => "",
    };
    let message = match of_file {
        Some(_) => format!("{to} {verb} some of what `{}` is about{why}", verdict.rule),
        None => format!("{to} {verb} {} that no rule is about{why}", deed.kind.words()),
    };
    let witness = deed.record(from.dialect.agent()).map(|call| Witness {
        call,
        from: verdict.mildest,
        to: *ruling,
    });
    let is_named = deed.kind == Kind::Server && deed.object != UNKNOWN_TOOL;
    ConvertLoss {
        tool: is_named.then(|| deed.object.clone()),
        place: of_file.map(str::to_owned),
        witness,
        ..ConvertLoss::new("stricter", message)
    }
}

/// What a dialect does with what it cannot be told of.
fn unwritten(words: &str, to: Dialect) -> String {
    let why = match to {
        Dialect::Agent(Agent::Codex) => {
            "Codex runs in its sandbox, without a question, every command that no rule names; keep `sandbox_mode = \"read-only\"`, and write rules for single commands by hand"
        }
        _ => "a gateway sees the tools of servers alone",
    };
    format!("what is said of {words} is not written: {why}")
}

/// What a gateway's policy loses in the rules of an agent, with calls that show it.
pub fn losses_of_gateway(
    standings: &Standings,
    (policy, server): (&Policy, &str),
    to: Agent,
    [from, result]: [&Oracle; 2],
) -> Vec<ConvertLoss> {
    let losses = standings.losses.iter().filter_map(|(tool, loss)| {
        let message = lost(*loss, standings, to)?;
        let deed = Deed::of_server(server, tool.as_deref().unwrap_or(UNKNOWN_TOOL));
        let witness = match loss {
            ToolLoss::Conditions | ToolLoss::DefaultDeny => witness(&deed, [from, result]),
            ToolLoss::Limits | ToolLoss::Messages => None,
        };
        let burst = burst(policy, tool.as_deref()).filter(|_| *loss == ToolLoss::Limits);
        let message = format!("{message}{}", burst.unwrap_or_default());
        Some(ConvertLoss { tool: tool.clone(), witness, ..ConvertLoss::new(loss.name(), message) })
    });
    losses.collect()
}

fn witness(deed: &Deed, [from, to]: [&Oracle; 2]) -> Option<Witness> {
    let (old, new) = (from.verdict(deed)?, to.verdict(deed)?);
    let (from, to) = (old.strictest, new.strictest);
    Some(Witness { call: deed.record(None)?, from, to }).filter(|_| from != to)
}

/// How many calls show that a limit is lost.
fn burst(policy: &Policy, tool: Option<&str>) -> Option<String> {
    let own = tool.and_then(|tool| policy.tool(tool)).map(|tool| &tool.rules);
    let limits = policy.rules(own).flat_map(|rules| &rules.limits);
    let least = limits
        .filter_map(|limit| Some((limit.calls()?, limit.window)))
        .min_by_key(|limit| limit.0)?;
    Some(format!(" (such as for call {} within one {})", least.0.saturating_add(1), least.1))
}

/// What of a gateway's policy is lost in the notation of an agent; `None` where it can say it after all.
fn lost(loss: ToolLoss, standings: &Standings, to: Agent) -> Option<&'static str> {
    match loss {
        ToolLoss::Conditions => {
            Some("its conditions cannot be said, so a person is asked for each call")
        }
        ToolLoss::Limits => Some("its limits cannot be said, so a person is asked for each call"),
        ToolLoss::Messages => Some("what denied callers are told (`on_deny`) is lost"),
        ToolLoss::DefaultDeny if to != Agent::ClaudeCode || standings.denies_everything() => None,
        ToolLoss::DefaultDeny => Some(
            "tools that are neither in the policy nor in the catalogue are asked for, not denied; `\"defaultMode\": \"dontAsk\"` denies them, and everything else that no rule allows",
        ),
    }
}

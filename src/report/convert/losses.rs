//! What is lost where a policy is written in another dialect, as facts and in words.

use crate::convert::{
    AgentDraft, Comparison, Deed, Difference, Kind, Oracle, Standings, ToolLoss, UNKNOWN_TOOL,
    is_of_file, trials,
};
use crate::policy::{Agent, Dialect, Policy, Ruling};
use crate::report::common::words::cut;

/// What is lost where something passes more easily than before.
const MILDER: &str = "milder";

/// How much of a rule is shown.
const SHOWN: usize = 80;

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

    /// A part of the policy that was not understood, so that nothing of it is written.
    pub fn unread(place: String, message: String) -> ConvertLoss {
        let place = Some(place);
        ConvertLoss {
            place,
            ..ConvertLoss::new("unread", format!("{message}; nothing of it is written"))
        }
    }

    /// Whether something passes more easily than before.
    pub fn is_milder(&self) -> bool {
        self.what == MILDER
    }

    fn new(what: &'static str, message: impl Into<String>) -> ConvertLoss {
        ConvertLoss { what, tool: None, place: None, message: message.into(), witness: None }
    }
}

/// What an agent's rules lose in another dialect. Of kinds that are not written the dialect says nothing.
pub fn losses_of_agent(
    draft: &AgentDraft,
    (comparison, oracles): (&Comparison, [&Oracle; 2]),
    [from, to]: [&Policy; 2],
    written: &[Kind],
) -> Vec<ConvertLoss> {
    let spelled =
        comparison.spelled.first().map(|difference| spelled(difference, from, to.dialect));
    let agent = from.dialect.agent();
    let unsaid: Vec<Kind> =
        draft.areas.keys().copied().filter(|kind| !written.contains(kind)).collect();
    let unwritten = (!unsaid.is_empty()).then(|| {
        let words: Vec<&str> = unsaid.iter().map(|kind| kind.words()).collect();
        let deeds = trials(draft, [from, to], &unsaid).deeds;
        let message = unwritten(&words.join(", "), to.dialect);
        let shown = deeds.iter().find_map(|deed| milder(deed, agent, oracles));
        unsaid_of(message, shown)
    });
    let elsewhere = draft.denied.iter().filter_map(|names| {
        let shown = milder(&names.sample()?, agent, oracles)?;
        let message = format!(
            "{} is told of servers by their names, so that denials of `{}` hold for those alone which are written",
            to.dialect,
            shown_rule(names.pattern())
        );
        Some(unsaid_of(message, Some(shown)))
    });
    let stricter =
        comparison.stricter.iter().map(|difference| stricter(difference, from, to.dialect));
    let mut losses: Vec<ConvertLoss> =
        spelled.into_iter().chain(unwritten).chain(elsewhere).chain(stricter).collect();
    losses.sort_by_key(|loss| !loss.is_milder());
    losses
}

/// What is not written, with a call that passes more easily for it if there is one.
fn unsaid_of(message: String, witness: Option<Witness>) -> ConvertLoss {
    let what = if witness.is_some() { MILDER } else { "not-written" };
    ConvertLoss { witness, ..ConvertLoss::new(what, message) }
}

/// A deed that passes more easily, as a call.
fn milder(deed: &Deed, agent: Option<Agent>, [from, to]: [&Oracle; 2]) -> Option<Witness> {
    let (old, new) = (from.verdict(deed)?, to.verdict(deed)?);
    let (from, to) = (old.strictest, new.mildest);
    Some(Witness { call: deed.record(agent)?, from, to }).filter(|_| to < from)
}

/// That commands which pass as they are pass also where they are written in another way.
fn spelled(difference: &Difference, from: &Policy, to: Dialect) -> ConvertLoss {
    let Difference { deed, from: verdict, to: ruling } = difference;
    let message = format!(
        "{to} takes commands for the same in other blanks or quotes, one after the other or behind `if`, where {} does not",
        from.dialect
    );
    let call = deed.record(from.dialect.agent());
    let witness = call.map(|call| Witness { call, from: verdict.strictest, to: *ruling });
    ConvertLoss { witness, ..ConvertLoss::new(MILDER, message) }
}

/// A rule in a line of text: cut, and without signs of quoting.
fn shown_rule(rule: &str) -> String {
    cut(&rule.replace('`', "'"), SHOWN).to_string()
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
            ", because where it offers commands at all it asks nothing of texts like `> file` or `{git,push}`"
        }
        _ => "",
    };
    let message = match of_file {
        Some(_) => {
            format!("{to} {verb} some of what `{}` is about{why}", shown_rule(&verdict.rule))
        }
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

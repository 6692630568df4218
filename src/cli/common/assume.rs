//! What the user chooses to assume where facts are missing: `--assume FACT=VALUE`.

use clap::Args;

use super::error::CliError;
use crate::engine::{Assumption, Assumptions};
use crate::policy::{Agent, Policy, Start};
use crate::source::{nearest, one_of};

/// How many grants there are, where that is assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Grants {
    /// One alone.
    One,
}

/// Reads what proofs may assume: `grants=one`.
pub(in crate::cli) fn parse_grants(text: &str) -> Result<Grants, String> {
    match text {
        "grants=one" => Ok(Grants::One),
        _ => Err("a proof may assume `grants=one`".to_owned()),
    }
}

/// What is assumed of calls.
#[derive(Debug, Args)]
pub(in crate::cli) struct AssumeOptions {
    /// Assume something where a fact is missing; may be given more than once. FACT is a missing fact
    /// as JSON names it (`time`, `hashed-arguments`, …), `arguments` for all that a log may
    /// withhold, or `any`. VALUE is `allow` (what depends on the fact does not stand in the call's way),
    /// `deny` (it does) or, of arguments, `absent` (the argument was not there). `upstream=error` takes
    /// calls without a known answer as failed, which gives their quota back; otherwise they succeeded.
    /// `mode=NAME` is the permission mode of an agent's calls whose record tells none that there is, `trust=yes` has
    /// its user trust the project, and `interactive=no` has nobody there whom it could ask.
    #[arg(long = "assume", value_parser = Assumption::parse, value_name = "FACT=VALUE")]
    pub(in crate::cli) all: Vec<Assumption>,
}

impl AssumeOptions {
    /// All of them together.
    pub(in crate::cli) fn together(&self) -> Assumptions {
        Assumption::together(&self.all)
    }

    /// What they say of how an agent was started.
    pub(in crate::cli) fn start(&self) -> Start {
        Assumption::start(&self.all)
    }
}

/// What is assumed of how an agent was started, as it was written; of two on one fact the later counts.
pub(in crate::cli) fn started(all: &[Assumption]) -> Vec<&'static str> {
    let last = |is: fn(&Assumption) -> Option<&'static str>| all.iter().rev().find_map(is);
    let trust = last(|assumption| match assumption {
        Assumption::Trust(trusted) => Some(if *trusted { "trust=yes" } else { "trust=no" }),
        _ => None,
    });
    let interactive = last(|assumption| match assumption {
        Assumption::Interactive(true) => Some("interactive=yes"),
        Assumption::Interactive(false) => Some("interactive=no"),
        _ => None,
    });
    trust.into_iter().chain(interactive).collect()
}

/// Refuses a mode that no agent has whose rules are asked: calls in it would be decided as in none there is.
pub(in crate::cli) fn check_mode<'p>(
    assumptions: &Assumptions,
    policies: impl Iterator<Item = &'p Policy>,
) -> Result<(), CliError> {
    assumptions.mode.as_deref().map_or(Ok(()), |mode| check_mode_of(mode, policies))
}

/// Refuses a mode that none of the agents has whose rules are asked.
pub(in crate::cli) fn check_mode_of<'p>(
    mode: &str,
    policies: impl Iterator<Item = &'p Policy>,
) -> Result<(), CliError> {
    let agents: Vec<Agent> = policies.filter_map(|policy| policy.dialect.agent()).collect();
    let has = |agent: &Agent| agent.modes().is_empty() || agent.modes().contains(&mode);
    let Some(agent) = agents.first().filter(|_| !agents.iter().any(has)) else { return Ok(()) };
    let known = agents.iter().flat_map(|agent| agent.modes()).copied();
    let help = match nearest(mode, known.clone()) {
        Some(nearest) => format!("did you mean `{nearest}`? There are {}", one_of(known)),
        None => format!("name {}", one_of(known)),
    };
    Err(CliError::UnknownName {
        what: match agent {
            Agent::ClaudeCode => "mode of Claude Code",
            Agent::Codex => "mode of Codex",
            Agent::Gemini => "mode of Gemini CLI",
            Agent::OpenCode => "mode of OpenCode",
        },
        name: mode.to_owned(),
        help,
    })
}

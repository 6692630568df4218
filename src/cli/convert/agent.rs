//! Rules of agents: what a gateway's policy becomes among them, and what they become elsewhere.

use super::arguments::ConvertArguments;
use super::made::{Made, Writer, check_size, made};
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::input::{self, Loaded};
use crate::cli::common::names;
use crate::cli::common::output::print_error;
use crate::convert::{AgentDraft, Kind, Oracle, Standings, of_standings};
use crate::policy::{Agent, Dialect};
use crate::report::{
    ConvertLoss, agent_text, losses_of_agent, losses_of_gateway, policy_text, write_compared,
    write_losses, write_named,
};
use crate::source::one_of;

/// Writes the policy of a gateway as what an agent enforces by itself.
pub(super) fn from_gateway(
    arguments: &ConvertArguments,
    loaded: &Loaded,
    agent: Agent,
) -> Result<ExitStatus, CliError> {
    let Some(name) = &arguments.name else {
        return Err(CliError::usage(
            &format!(
                "{} has a name of its own for the server that the policy is for",
                arguments.to
            ),
            "write it: --as NAME",
        ));
    };
    let policy = &loaded.policy;
    let catalogue = input::catalogue(&arguments.catalogue)?;
    let known = match &arguments.server {
        Some(name) => Some(names::server(&catalogue, name)?),
        None => {
            let names: Vec<&str> = policy.tools.iter().map(|tool| tool.name.as_str()).collect();
            // One that has only some of them may be the wrong one.
            let found = catalogue.recognise(&names).filter(|found| found.known == found.of);
            found.map(|found| found.server)
        }
    };
    input::sound(&catalogue)?;
    let standings = Standings::of(policy, known);
    let oracle = Oracle::new(policy);
    let writer = Writer {
        to: arguments.to,
        text: &|draft| agent_text(draft, agent),
        kinds: &[Kind::Server],
        timeout: arguments.timeout,
    };
    let draft = AgentDraft::of_gateway(name, standings.clone());
    let made = made(draft, (policy, &oracle), &writer)?;
    let losses = losses_of_gateway(&standings, (policy, name), agent, [&oracle, &made.oracle]);
    finish(arguments, loaded, &made, &losses)
}

/// Writes the rules of an agent for another, or for a gateway in front of one server.
pub(super) fn from_agent(
    arguments: &ConvertArguments,
    loaded: &Loaded,
) -> Result<ExitStatus, CliError> {
    let (policy, to) = (&loaded.policy, arguments.to);
    check_size(policy, &loaded.document.name)?;
    let timeout = arguments.timeout;
    let oracle = Oracle::new(policy);
    let Some(mut draft) = AgentDraft::of_agent(policy, &oracle) else {
        return Err(CliError::usage(
            "the policy is that of a gateway",
            "name the rules of an agent",
        ));
    };
    let made = match to {
        Dialect::Agent(agent) => {
            let kinds = written_kinds(agent);
            if kinds == [Kind::Server] && draft.servers.is_empty() {
                return Err(nothing_to_write(&loaded.document.name));
            }
            let writer =
                Writer { to, text: &|draft| agent_text(draft, agent), kinds: &kinds, timeout };
            made(draft, (policy, &oracle), &writer)?
        }
        _ => {
            let server = server_of(arguments, &draft, &loaded.document.name)?;
            draft.servers.retain(|name, _| *name == server);
            draft.denied.clear();
            let text = |draft: &AgentDraft| {
                let standings = draft.servers.get(&server).expect("the server was just found");
                policy_text(&of_standings(standings, to))
            };
            let writer = Writer { to, text: &text, kinds: &[Kind::Server], timeout };
            made(draft, (policy, &oracle), &writer)?
        }
    };
    let written = to.agent().map_or_else(|| vec![Kind::Server], written_kinds);
    let compared = (&made.comparison, [&oracle, &made.oracle]);
    let losses = losses_of_agent(&made.draft, compared, [policy, &made.policy], &written);
    let losses = [arguments.unread(loaded), losses].concat();
    finish(arguments, loaded, &made, &losses)
}

/// Of what an agent can be told something. Codex runs every command that no rule names, and its rules
/// name the first word.
fn written_kinds(agent: Agent) -> Vec<Kind> {
    match agent {
        Agent::Codex => vec![Kind::Server],
        Agent::ClaudeCode | Agent::Gemini | Agent::OpenCode => {
            Kind::OWN.into_iter().chain([Kind::Server]).collect()
        }
    }
}

fn nothing_to_write(name: &str) -> CliError {
    CliError::Refused {
        message: format!(
            "nothing of {name} can be written for Codex without letting more pass: it runs in its sandbox, without a question, every command that no rule names"
        ),
        help: "write rules for single commands into .codex/rules by hand, with `sandbox_mode = \"read-only\"`; tools of servers (`mcp__…`) are converted".to_owned(),
    }
}

/// The server that a gateway's policy is to be for.
fn server_of(
    arguments: &ConvertArguments,
    draft: &AgentDraft,
    name: &str,
) -> Result<String, CliError> {
    let known = || one_of(draft.servers.keys().map(String::as_str));
    let wanted = match (&arguments.name, draft.servers.len()) {
        (_, 0) => {
            return Err(CliError::Refused {
                message: format!(
                    "no rule of {name} names a server, and a gateway sees the tools of servers alone"
                ),
                help: "name another agent's dialect with --to".to_owned(),
            });
        }
        (Some(wanted), _) => wanted.clone(),
        (None, 1) => draft.servers.keys().next().cloned().unwrap_or_default(),
        (None, _) => {
            let message =
                format!("{name} has rules for several servers, and a gateway's policy is for one");
            return Err(CliError::usage(&message, &format!("say which: --as {}", known())));
        }
    };
    match draft.servers.contains_key(&wanted) {
        true => Ok(wanted),
        false => Err(CliError::usage(
            &format!("no rule of {name} names the server `{wanted}`"),
            &format!("name {}", known()),
        )),
    }
}

fn finish(
    arguments: &ConvertArguments,
    loaded: &Loaded,
    made: &Made,
    losses: &[ConvertLoss],
) -> Result<ExitStatus, CliError> {
    let mut notes = String::new();
    write_losses(&mut notes, losses);
    let deeds = made.comparison.deeds;
    let is_milder = losses.iter().any(ConvertLoss::is_milder);
    if loaded.policy.permissions.is_some() {
        write_named(&mut notes, &made.draft, arguments.to);
        write_compared(&mut notes, (deeds, made.untried), is_milder);
    }
    print_error(&notes);
    arguments.write(loaded.policy.dialect, (&made.text, Some(deeds)), losses)?;
    Ok(ExitStatus::of(false, false, arguments.fails_on_loss(is_milder) && !losses.is_empty()))
}

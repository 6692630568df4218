//! `gatelint init --trace … --to claude-code`: rules for what was always approved.

use std::io::Write;
use std::path::PathBuf;

use super::arguments::InitArguments;
use crate::catalogue::{Category, Subject, classify};
use crate::cli::common::agents;
use crate::cli::common::assume;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::input::{self, Loaded};
use crate::cli::common::output::{OutputFormat, print_error, stdout};
use crate::cli::common::spooled::Spooled;
use crate::cli::common::trace_input;
use crate::engine::{Assumption, Assumptions, Gate};
use crate::init::{Approvals, Proposal};
use crate::policy::{Dialect, Policy, Start};
use crate::replay::Counts;
use crate::report::{Proposed, settings_text, write_proposed, write_proposed_json};
use crate::source::Document;

/// The rules that would have spared the questions of a transcript that were always answered with yes.
pub(super) fn proposed(
    arguments: &InitArguments,
    traces: &[PathBuf],
) -> Result<ExitStatus, CliError> {
    if traces.is_empty() {
        return Err(CliError::usage(
            "rules of Claude Code are made from transcripts, with --trace",
            "for a server write a gateway's policy, and then `convert --to claude-code --as NAME`",
        ));
    }
    let existing = existing(arguments)?;
    let assumptions = Assumption::together(&arguments.assume);
    assume::check_mode(&assumptions, std::iter::once(&existing))?;
    let base = Gate::new(&existing).assuming(assumptions.clone());
    let spooled = Spooled::of(traces)?;
    let traces = spooled.paths();
    let mut approvals = Approvals::default();
    let run = trace_input::read(traces, &arguments.trace, |call| {
        approvals.add(call.record, &base);
        Ok(())
    })?;
    if arguments.trace.is_bad(&run) || run.calls == 0 {
        let (bad, empty) = (arguments.trace.is_bad(&run), arguments.trace.is_empty(&run));
        return Ok(ExitStatus::of(bad, empty, false));
    }
    let compile = |rules: &[String]| compile(&existing, rules, &assumptions);
    let catalogue = input::catalogue(&arguments.catalogue)?;
    let known = |server: &str, tool: &str| {
        let named = catalogue.server(server).filter(|_| !server.is_empty());
        let listed = named.and_then(|named| named.tool(tool)).map(|tool| tool.category);
        // What a name says is enough to keep a question, and never to save one.
        let guessed = || {
            let category = classify(&Subject::named(tool)).category;
            let does_harm = !matches!(category, Category::Read | Category::Write);
            (does_harm && !server.is_empty()).then_some(category)
        };
        listed.or_else(guessed)
    };
    let proposal = Proposal::of(&approvals, &existing, &known, &compile);
    input::sound(&catalogue)?;
    let gate = compile(&proposal.texts());
    let mut counts = Counts::default();
    trace_input::read_again(traces, &arguments.trace, |call| {
        if Approvals::is_approved(call.record, &gate) {
            let mut replay = arguments.trace.replay(&gate);
            counts.add(replay.decide(call.record, call.grant, call.time).outcome);
        }
        Ok(())
    })?;
    finish(arguments, &Proposed { approvals: &approvals, proposal: &proposal, counts: &counts })
}

/// The settings that are there already, whose denials and questions stay.
fn existing(arguments: &InitArguments) -> Result<Policy, CliError> {
    let Some(path) = &arguments.policy else { return Ok(read(&settings_text(&[]))) };
    let loaded: Loaded = match agents::of_folder(path, Some(Dialect::CLAUDE_CODE))? {
        Some(agent) => agents::load(agent, path, None, Start::default())?,
        None => input::policy(path, Some(Dialect::CLAUDE_CODE))?,
    };
    Ok(loaded.policy)
}

/// Reads settings that were just written.
fn read(text: &str) -> Policy {
    let document = Document::read("settings.json", text.as_bytes().to_vec());
    let policy = crate::policy::read(&document, Some(Dialect::CLAUDE_CODE)).policy;
    policy.expect("what was just written is a policy")
}

/// Rules that allow beside those there are, compiled.
fn compile(existing: &Policy, rules: &[String], assumptions: &Assumptions) -> Gate {
    let mut policy = existing.clone();
    let added = read(&settings_text(rules)).permissions;
    if let (Some(permissions), Some(added)) = (&policy.permissions, added) {
        let mut together = (**permissions).clone();
        let of_file = added.rules.iter().filter(|rule| rule.origin.file.is_some());
        together.rules.extend(of_file.cloned());
        policy.permissions = Some(together.into());
    }
    Gate::new(&policy).assuming(assumptions.clone())
}

fn finish(arguments: &InitArguments, proposed: &Proposed<'_>) -> Result<ExitStatus, CliError> {
    let mut notes = String::new();
    write_proposed(&mut notes, proposed);
    print_error(&notes);
    let text = settings_text(&proposed.proposal.texts());
    if arguments.format == OutputFormat::Json {
        let mut out = stdout();
        write_proposed_json(&mut out, proposed)?;
        out.flush()?;
        if arguments.file.path().is_none() {
            return Ok(ExitStatus::Ok);
        }
    }
    arguments.file.write(&text)?;
    Ok(ExitStatus::Ok)
}

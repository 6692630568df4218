//! Rules that stop a command and not the same in another way.

use super::context::{PermissionContext, WrittenRule};
use super::probe::Probe;
use super::samples::usual;
use super::ways::{Kind, variants};
use crate::engine::Outcome;
use crate::policy::{Origin, PermissionRule, Ruling, dead_form};

/// How many commands are decided for a file at most.
const MOST: usize = 1_200;

/// A rule that is evaded.
#[derive(Clone, Debug)]
pub struct Evasion<'p> {
    /// Where it stands.
    pub origin: &'p Origin,
    /// The rule in the words of its file.
    pub rule: String,
    /// The command that it stops.
    pub command: String,
    /// What comes of that.
    pub outcome: Outcome,
    /// What is done to it.
    pub kind: Kind,
    /// The command in another way, which runs.
    pub variant: String,
    /// What lets it run, in words.
    pub allowed_by: String,
    /// Whether a rule of a file does.
    pub is_by_rule: bool,
    /// Where it is written that it runs the same.
    pub source: &'static str,
}

/// The rules of the file that are evaded, in each kind of way once.
pub fn evasions<'c>(context: &'c PermissionContext<'_>) -> Vec<Evasion<'c>> {
    let mut left = MOST;
    let mut found = Vec::new();
    let forbids = |written: &&WrittenRule<'_>| {
        written.ruling != Ruling::Allow && context.is_own(written.origin)
    };
    for written in context.written().iter().filter(forbids) {
        for command in commands(context, written) {
            of_command(context, written, &command, &mut left, &mut found);
        }
        if left == 0 {
            break;
        }
    }
    found
}

/// Commands that a rule stops, plainly written.
fn commands(context: &PermissionContext<'_>, written: &WrittenRule<'_>) -> Vec<String> {
    let is_dead =
        |rule: &PermissionRule| dead_form(context.agent, rule.ruling, "", Some(rule)).is_some();
    let own = written.own().filter(|rule| !is_dead(rule));
    let mut commands: Vec<String> = own.flat_map(|rule| usual(context.agent, rule)).collect();
    commands.dedup();
    commands.truncate(2);
    commands
}

fn of_command<'c>(
    context: &'c PermissionContext<'_>,
    written: &WrittenRule<'c>,
    command: &str,
    left: &mut usize,
    found: &mut Vec<Evasion<'c>>,
) {
    let mode = written.mode();
    let decide =
        |command: &str| context.prober.decide(&Probe::command(context.agent, command), mode);
    let stopped = decide(command);
    if !matches!(stopped.outcome, Outcome::Deny | Outcome::Ask) || !stopped.is_of(written.origin) {
        return;
    }
    for variant in variants(command) {
        // What any argument evades, a variable evades as one.
        let is_alike = |known: Kind| {
            known == variant.kind || (known, variant.kind) == (Kind::Argument, Kind::Variable)
        };
        let is_known = |known: &Evasion<'_>| known.origin == written.origin && is_alike(known.kind);
        if found.iter().any(is_known) || *left == 0 {
            continue;
        }
        *left -= 1;
        let verdict = decide(&variant.command);
        if verdict.outcome == Outcome::Allow {
            found.push(Evasion {
                origin: written.origin,
                rule: stopped.rule.clone(),
                command: command.to_owned(),
                outcome: stopped.outcome,
                kind: variant.kind,
                variant: variant.command,
                allowed_by: verdict.named(),
                is_by_rule: verdict.place.is_some(),
                source: variant.source,
            });
        }
    }
}

//! Rules that stop a command and not the same in another way.

use std::collections::{BTreeMap, BTreeSet};

use super::context::{PermissionContext, WrittenRule};
use super::fill::FRESH;
use super::probe::Probe;
use super::samples::usual;
use super::ways::{Kind, Variant, variants};
use crate::engine::Outcome;
use crate::policy::{Agent, Origin, PermissionRule, Ruling, dead_form};

/// How many commands are decided for a file at most.
const MOST: usize = 12_000;

/// How many rules in a row are tried with a kind of ways that evades none of them.
const IN_VAIN: usize = 4;

/// How many commands of a rule are tried at most.
const LISTED: usize = 24;

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

/// A rule that is tried, with the ways around it that something might let run.
struct Tried<'w, 'p> {
    written: &'w WrittenRule<'p>,
    commands: Vec<(String, Vec<Variant>)>,
    /// Whether something lets its own program run.
    is_near: bool,
}

/// The rules of the file that are evaded, in each kind of way once.
pub fn evasions<'c>(context: &'c PermissionContext<'_>) -> Vec<Evasion<'c>> {
    let written = context.written();
    let mut passing = Passing::new(context, &written);
    let forbids = |written: &&WrittenRule<'_>| {
        written.ruling != Ruling::Allow && context.is_own(written.origin)
    };
    let own = written.iter().filter(forbids).map(|written| passing.tried(written));
    let mut tried: Vec<Tried<'_, 'c>> = own.filter(|tried| !tried.commands.is_empty()).collect();
    // What is left over by those that are more likely evaded is for the others.
    tried.sort_by_key(|tried| !tried.is_near);
    let (mut left, mut found) = (MOST, Vec::new());
    let mut vain: BTreeMap<Kind, usize> = BTreeMap::new();
    for (at, rule) in tried.iter().enumerate() {
        let mut share = left / (tried.len() - at);
        left -= share;
        let mut own: Vec<Evasion<'c>> = Vec::new();
        for (command, variants) in &rule.commands {
            let variants = variants
                .iter()
                .filter(|variant| vain.get(&variant.kind).is_none_or(|times| *times < IN_VAIN));
            let variants: Vec<&Variant> = variants.collect();
            of_command(context, (rule.written, command.as_str()), &variants, &mut share, &mut own);
        }
        for kind in rule.kinds() {
            let has = own.iter().any(|known| known.kind == kind);
            let times = if has { 0 } else { vain.get(&kind).map_or(1, |t| t + 1) };
            vain.insert(kind, times);
        }
        left += share;
        found.extend(own);
    }
    let place =
        |evasion: &Evasion<'_>| written.iter().position(|written| written.origin == evasion.origin);
    found.sort_by_cached_key(place);
    found
}

impl Tried<'_, '_> {
    /// The kinds of ways that are of no program, each once.
    fn kinds(&self) -> BTreeSet<Kind> {
        let ways = self.commands.iter().flat_map(|(_, variants)| variants);
        let is_of_any = |kind: &Kind| !matches!(kind, Kind::Option | Kind::Flag | Kind::Argument);
        ways.map(|variant| variant.kind).filter(is_of_any).collect()
    }
}

/// What lets programs run: rules that allow, by the words in them, or what comes of a call without one.
struct Passing<'c> {
    context: &'c PermissionContext<'c>,
    words: BTreeSet<&'c str>,
    /// What stands before a `*` at the beginning of a pattern.
    starts: BTreeSet<&'c str>,
    known: BTreeMap<(String, Option<&'c str>), bool>,
}

impl<'c> Passing<'c> {
    fn new(context: &'c PermissionContext<'_>, written: &[WrittenRule<'c>]) -> Passing<'c> {
        let allow = written.iter().filter(|written| written.ruling == Ruling::Allow);
        let texts: Vec<&str> = allow.flat_map(WrittenRule::own).map(|rule| &*rule.text).collect();
        let is_sign = |letter: char| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter);
        let words = texts.iter().flat_map(|text| text.split(is_sign)).collect();
        let starts = texts.iter().flat_map(|text| text.split(['(', '`']).skip(1));
        let starts = starts.filter_map(|pattern| {
            let (start, _) = pattern.split_once('*')?;
            (!start.contains(is_sign)).then_some(start)
        });
        Passing { context, words, starts: starts.collect(), known: BTreeMap::new() }
    }

    /// Whether something may let a program run.
    fn lets(&mut self, program: &str, mode: Option<&'c str>) -> bool {
        if self.words.contains(program)
            || self.starts.iter().any(|start| program.starts_with(start))
        {
            return true;
        }
        let context = self.context;
        let runs = || {
            // What lets a command run that nobody names lets others run in ways that nobody names.
            let commands = [program.to_owned(), format!("{program} {FRESH}"), FRESH.to_owned()];
            commands.iter().any(|command| {
                let probe = Probe::command(context.agent, command);
                context.prober.decide(&probe, mode).outcome == Outcome::Allow
            })
        };
        *self.known.entry((program.to_owned(), mode)).or_insert_with(runs)
    }

    /// The ways around a rule, but those by programs that nothing lets run.
    fn tried<'w>(&mut self, written: &'w WrittenRule<'c>) -> Tried<'w, 'c> {
        let mode = written.mode();
        let mut tried = Tried { written, commands: Vec::new(), is_near: false };
        for command in commands(self.context, written) {
            let program = first_word(&command);
            let is_near = self.lets(program.rsplit('/').next().unwrap_or(program), mode);
            tried.is_near |= is_near;
            let mut variants = variants(&command);
            variants.retain(|variant| match variant.kind {
                Kind::Interpreter => self.lets(first_word(&variant.command), mode),
                Kind::Wrapper => is_near || self.lets(first_word(&variant.command), mode),
                _ => is_near,
            });
            if !variants.is_empty() {
                tried.commands.push((command, variants));
            }
        }
        tried
    }
}

fn first_word(command: &str) -> &str {
    command.split(' ').next().unwrap_or(command)
}

/// Commands that a rule stops, plainly written.
fn commands(context: &PermissionContext<'_>, written: &WrittenRule<'_>) -> Vec<String> {
    let is_dead =
        |rule: &PermissionRule| dead_form(context.agent, rule.ruling, "", Some(rule)).is_some();
    let own = written.own().filter(|rule| !is_dead(rule));
    // One that stands for a list of prefixes is tried with each.
    let each = if written.rules.len() > 1 && context.agent == Agent::Gemini { 1 } else { 2 };
    let usual = own.flat_map(|rule| usual(context.agent, rule).into_iter().take(each));
    let mut commands: Vec<String> = usual.collect();
    commands.dedup();
    commands.truncate(if context.agent == Agent::Gemini { LISTED } else { 2 });
    commands
}

fn of_command<'c>(
    context: &'c PermissionContext<'_>,
    (written, command): (&WrittenRule<'c>, &str),
    variants: &[&Variant],
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
    for variant in variants {
        // What any argument evades, a variable evades as one.
        let is_alike = |known: Kind| {
            known == variant.kind || (known, variant.kind) == (Kind::Argument, Kind::Variable)
        };
        if found.iter().any(|known| is_alike(known.kind)) {
            continue;
        }
        if *left == 0 {
            context.prober.pass_over(1);
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
                variant: variant.command.clone(),
                allowed_by: context.named(&verdict),
                is_by_rule: verdict.place.is_some(),
                source: variant.source,
            });
        }
    }
}

//! A draft written, read again and held against what it is made from, until it is nowhere milder.

use std::time::{Duration, Instant};

use crate::cli::common::error::CliError;
use crate::cli::common::input::{Loaded, read_policy};
use crate::convert::{
    AgentDraft, Comparison, Deed, Kind, Oracle, Trials, Verdict, compare, file_name, trials,
};
use crate::policy::{Dialect, Policy, Ruling};
use crate::source::Document;

/// How many times a draft is made stricter before that is given up.
const MAX_ROUNDS: usize = 100;

/// How many rules an agent may have that are converted: to hold more against one another takes too long.
const MAX_RULES: usize = 5_000;

/// What came of a draft.
pub(super) struct Made {
    pub(super) draft: AgentDraft,
    pub(super) text: String,
    pub(super) policy: Policy,
    pub(super) oracle: Oracle,
    pub(super) comparison: Comparison,
    /// How many deeds that rules are about were not tried.
    pub(super) untried: usize,
}

/// How a draft is written, and what of it.
pub(super) struct Writer<'w> {
    pub(super) to: Dialect,
    pub(super) text: &'w dyn Fn(&AgentDraft) -> String,
    /// The kinds of which the dialect can say something.
    pub(super) kinds: &'w [Kind],
    /// How long it may take.
    pub(super) timeout: Duration,
}

/// Refuses a policy that has more rules than are compared.
pub(super) fn check_size(policy: &Policy, name: &str) -> Result<(), CliError> {
    let rules = policy.permissions.as_ref().map_or(0, |permissions| permissions.rules.len());
    if rules <= MAX_RULES {
        return Ok(());
    }
    Err(CliError::Refused {
        message: format!("{name} has {rules} rules, and at most {MAX_RULES} are converted"),
        help: "convert it in parts".to_owned(),
    })
}

/// Deeds, with what becomes of them in the policy that is converted; none where the time is over before.
fn decided(
    deeds: Vec<Deed>,
    oracle: &Oracle,
    end: Option<Instant>,
) -> Option<Vec<(Deed, Verdict)>> {
    let mut decided = Vec::with_capacity(deeds.len());
    for deed in deeds {
        if is_over(end) {
            return None;
        }
        decided.extend(oracle.verdict(&deed).map(|verdict| (deed, verdict)));
    }
    Some(decided)
}

fn is_over(end: Option<Instant>) -> bool {
    end.is_some_and(|end| Instant::now() >= end)
}

/// Writes a draft that is made from a policy.
pub(super) fn made(
    mut draft: AgentDraft,
    (policy, oracle): (&Policy, &Oracle),
    writer: &Writer<'_>,
) -> Result<Made, CliError> {
    let end = Instant::now().checked_add(writer.timeout);
    let mut tried: Option<Vec<(Deed, Verdict)>> = None;
    let mut untried = 0;
    let mut open: Option<Vec<(Deed, Verdict)>> = None;
    for _ in 0..MAX_ROUNDS {
        let text = (writer.text)(&draft);
        let document = Document::read(file_name(writer.to), text.clone().into_bytes());
        let Loaded { policy: written, .. } = read_policy(document, Some(writer.to))?;
        let result = Oracle::new(&written);
        // What is named to be stricter is not tried anew in all its clothes.
        if tried.is_none() {
            let Trials { deeds, left_out } = trials(&draft, [policy, &written], writer.kinds);
            untried = left_out;
            tried = Some(decided(deeds, oracle, end).ok_or_else(|| too_slow(writer))?);
        }
        // Who is asked in place of a gateway decides, which lets nothing pass by itself.
        let is_gateway = policy.permissions.is_none();
        let compared = |deeds: &[(Deed, Verdict)]| {
            let mut comparison = compare(deeds, [oracle, &result], &|| is_over(end))?;
            comparison.milder.retain(|milder| !is_gateway || milder.to == Ruling::Allow);
            Some(comparison)
        };
        let all = tried.as_deref().unwrap_or_default();
        let comparison = compared_anew(open.as_deref(), all, &compared);
        let comparison = comparison.ok_or_else(|| too_slow(writer))?;
        if comparison.milder.is_empty() {
            return Ok(Made { draft, text, policy: written, oracle: result, comparison, untried });
        }
        let milder = comparison.milder.iter();
        open = Some(milder.map(|milder| (milder.deed.clone(), milder.from.clone())).collect());
        if !draft.tighten(&comparison.milder) {
            break;
        }
    }
    Err(CliError::Refused {
        message: format!(
            "the policy cannot be written for {} without letting more pass",
            writer.to
        ),
        help: "name another dialect with --to, or write the rules by hand".to_owned(),
    })
}

/// Compares what becomes of deeds; none where the time is over.
type Compare<'c> = dyn Fn(&[(Deed, Verdict)]) -> Option<Comparison> + 'c;

/// What was milder is tried first, and everything once that is mended; none where the time is over.
fn compared_anew(
    open: Option<&[(Deed, Verdict)]>,
    all: &[(Deed, Verdict)],
    compared: &Compare<'_>,
) -> Option<Comparison> {
    let first = open.map(compared);
    match first {
        Some(None) => None,
        Some(Some(first)) if !first.milder.is_empty() => Some(first),
        _ => compared(all),
    }
}

fn too_slow(writer: &Writer<'_>) -> CliError {
    CliError::Refused {
        message: format!(
            "the rules for {} could not be held against the policy within {}",
            writer.to,
            duration(writer.timeout)
        ),
        help: "allow more time with --timeout, or convert the policy in parts".to_owned(),
    }
}

fn duration(time: Duration) -> String {
    match (time.as_secs(), time.subsec_millis()) {
        (seconds, 0) => format!("{seconds}s"),
        (0, milliseconds) => format!("{milliseconds}ms"),
        (seconds, milliseconds) => format!("{seconds}.{milliseconds:03}s"),
    }
}

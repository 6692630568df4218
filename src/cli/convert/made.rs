//! A draft written, read again and held against what it is made from, until it is nowhere milder.

use crate::cli::common::error::CliError;
use crate::cli::common::input::{Loaded, read_policy};
use crate::convert::{
    AgentDraft, Comparison, Deed, Kind, Oracle, Verdict, compare, deeds, file_name,
};
use crate::policy::{Dialect, Policy, Ruling};
use crate::source::Document;

/// How many times a draft is made stricter before that is given up.
const MAX_ROUNDS: usize = 100;

/// What came of a draft.
pub(super) struct Made {
    pub(super) draft: AgentDraft,
    pub(super) text: String,
    pub(super) policy: Policy,
    pub(super) oracle: Oracle,
    pub(super) comparison: Comparison,
}

/// How a draft is written, and what of it.
pub(super) struct Writer<'w> {
    pub(super) to: Dialect,
    pub(super) text: &'w dyn Fn(&AgentDraft) -> String,
    /// The kinds of which the dialect can say something.
    pub(super) kinds: &'w [Kind],
}

/// Writes a draft that is made from a policy.
pub(super) fn made(
    mut draft: AgentDraft,
    (policy, oracle): (&Policy, &Oracle),
    writer: &Writer<'_>,
) -> Result<Made, CliError> {
    let mut tried: Option<Vec<(Deed, Verdict)>> = None;
    let mut open: Option<Vec<(Deed, Verdict)>> = None;
    for _ in 0..MAX_ROUNDS {
        let text = (writer.text)(&draft);
        let document = Document::read(file_name(writer.to), text.clone().into_bytes());
        let Loaded { policy: written, .. } = read_policy(document, Some(writer.to))?;
        let result = Oracle::new(&written);
        // What is named to be stricter is not tried anew in all its clothes.
        let deeds = tried.get_or_insert_with(|| {
            let deeds = deeds(&draft, [policy, &written]).into_iter();
            let written = deeds.filter(|deed| writer.kinds.contains(&deed.kind));
            written
                .filter_map(|deed| oracle.verdict(&deed).map(|verdict| (deed, verdict)))
                .collect()
        });
        // Who is asked in place of a gateway decides, which lets nothing pass by itself.
        let is_gateway = policy.permissions.is_none();
        let compared = |deeds: &[(Deed, Verdict)]| {
            let mut comparison = compare(deeds, &result);
            comparison.milder.retain(|milder| !is_gateway || milder.to == Ruling::Allow);
            comparison
        };
        // What was milder is tried first, and everything once that is mended.
        let comparison = open.as_deref().map(compared).filter(|first| !first.milder.is_empty());
        let comparison = comparison.unwrap_or_else(|| compared(deeds));
        if comparison.milder.is_empty() {
            return Ok(Made { draft, text, policy: written, oracle: result, comparison });
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

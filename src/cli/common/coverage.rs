//! `--coverage`: what calls meet of policies.

use super::error::CliError;
use super::policies::Chosen;
use crate::coverage::Coverage;
use crate::engine::Seen;
use crate::replay::Policies;
use crate::report::{CoverageReport, CoveredPolicy, Secrets, write_lcov};

/// What no call has met yet of policies.
pub(in crate::cli) fn unseen(chosen: &[Chosen], policies: &Policies) -> Vec<Seen> {
    let both = chosen.iter().zip(policies.iter());
    both.map(|(chosen, (_, gate))| Seen::new(&chosen.loaded.policy, gate.limits())).collect()
}

/// What calls have met of policies.
pub(in crate::cli) fn report<'c>(
    chosen: &'c [Chosen],
    policies: &Policies,
    seen: &[Seen],
    secrets: &'c Secrets,
) -> CoverageReport<'c> {
    let all = chosen.iter().zip(policies.iter()).zip(seen);
    let policies = all.map(|((Chosen { loaded, .. }, (_, gate)), seen)| CoveredPolicy {
        document: &loaded.document,
        coverage: Coverage::new(&loaded.policy, gate, seen),
    });
    CoverageReport { policies: policies.collect(), folder: folder(), secrets }
}

/// The folder of the process, from which files are named.
pub(in crate::cli) fn folder() -> String {
    let folder = std::fs::canonicalize(".").unwrap_or_default();
    folder.display().to_string().replace('\\', "/")
}

/// What calls have met of policies as a trace file of lcov.
pub(in crate::cli) fn lcov(report: &CoverageReport<'_>) -> String {
    let mut text = String::new();
    write_lcov(&mut text, report);
    text
}

/// Refuses `--coverage` where the format has no place for it.
pub(in crate::cli) fn check(is_asked: bool, is_told: bool) -> Result<(), CliError> {
    match is_asked && !is_told {
        true => Err(CliError::usage(
            "--coverage is for people and for the formats `json`, `html`, `markdown` and `lcov`",
            "leave out --format, or write one of these; `--fail-on 'coverage<90'` goes with any",
        )),
        false => Ok(()),
    }
}

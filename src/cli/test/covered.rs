//! What cases have met of the policies of all test files.

use std::collections::HashMap;
use std::path::PathBuf;

use super::files::PreparedSet;
use crate::cli::common::coverage;
use crate::cli::common::input::Loaded;
use crate::coverage::Coverage;
use crate::engine::{Gate, Seen};
use crate::report::{CoverageReport, CoveredPolicy, Secrets};

/// What cases have met of policies. One that several files test is one.
#[derive(Default)]
pub(super) struct Covered<'a> {
    policies: Vec<(&'a Loaded, &'a Gate, Seen)>,
    /// Where each policy is in the list, by its path and the options that it is read with.
    known: HashMap<(PathBuf, &'a [String]), usize>,
}

impl<'a> Covered<'a> {
    /// Adds what cases have met of policies.
    pub(super) fn add(&mut self, set: &'a PreparedSet, seen: Vec<Seen>) {
        let gates = set.policies.iter().map(|(_, gate)| gate);
        let all = set.chosen.iter().zip(&set.options).zip(gates).zip(seen);
        for (((chosen, options), gate), seen) in all {
            let loaded = &chosen.loaded;
            let path = PathBuf::from(&loaded.document.name);
            let path = path.canonicalize().unwrap_or(path);
            let at = *self.known.entry((path, options)).or_insert(self.policies.len());
            match self.policies.get_mut(at) {
                Some((.., sum)) => sum.merge(&seen),
                None => self.policies.push((loaded, gate, seen)),
            }
        }
    }

    /// What they come to.
    pub(super) fn report(self, secrets: &'a Secrets) -> CoverageReport<'a> {
        let covered = |(loaded, gate, seen): (&'a Loaded, &Gate, Seen)| CoveredPolicy {
            document: &loaded.document,
            coverage: Coverage::new(&loaded.policy, gate, &seen),
        };
        let policies = self.policies.into_iter().map(covered).collect();
        CoverageReport { policies, folder: coverage::folder(), secrets }
    }
}

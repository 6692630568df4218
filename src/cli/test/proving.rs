//! Statements asked of policies.

use std::collections::BTreeSet;

use clap::ValueEnum;

use crate::assertion::{Answered, Checked, Statement, Verdict, check, vacuous};
use crate::catalogue::Catalogue;
use crate::cli::common::catalogue_options::CatalogueOptions;
use crate::cli::common::input::Loaded;
use crate::policy::{Policy, Unreadable};
use crate::report::{Assertions, CheckedPolicy};
use crate::solver::{Budget, Shapes};
use crate::source::Document;

/// What makes the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// What is not as it must be, or of which it cannot be told.
    Fails,
    /// The same, and a statement that says nothing: of a tool that nobody knows, or of calls that
    /// there cannot be.
    Vacuous,
    /// A mutant that passes all tests.
    Survivors,
    None,
}

impl FailOn {
    /// Whether statements are such that the exit status is 1.
    pub(super) fn is_met(self, assertions: &Assertions<'_>) -> bool {
        let fails = |checked: &Checked<'_>| !matches!(checked.verdict, Verdict::Holds);
        let any_fails = || assertions.policies.iter().flat_map(|one| &one.answers).any(fails);
        match self {
            FailOn::Fails => any_fails(),
            FailOn::Vacuous => any_fails() || !assertions.warnings.is_empty(),
            FailOn::Survivors | FailOn::None => false,
        }
    }
}

/// What proofs take in.
pub(super) struct Proving<'c> {
    pub(super) catalogue: Option<&'c Catalogue>,
    pub(super) options: &'c CatalogueOptions,
    pub(super) budget: Budget,
}

impl Proving<'_> {
    /// Asks whether statements hold under policies, each with the options that it is read with.
    pub(super) fn prove<'a>(
        &self,
        document: &'a Document,
        statements: &'a [Statement],
        policies: &[(&'a Loaded, &'a [String])],
    ) -> Assertions<'a> {
        if statements.is_empty() {
            return Assertions { document, policies: Vec::new(), warnings: Vec::new() };
        }
        let approved: Vec<Policy> =
            policies.iter().map(|(loaded, _)| loaded.policy.clone().approved()).collect();
        let both = policies.iter().zip(&approved);
        let versions: Vec<Answered<'_>> =
            both.map(|((loaded, _), approved)| Answered::new(&loaded.policy, approved)).collect();
        let shapes: Vec<Shapes> = policies
            .iter()
            .map(|(loaded, _)| self.options.shapes(self.catalogue, &[&loaded.policy]))
            .collect();
        let known = versions.iter().zip(&shapes);
        let checked = policies.iter().zip(known).map(|((loaded, options), (version, shapes))| {
            let answers = statements.iter().map(|one| check(one, version, shapes, &self.budget));
            CheckedPolicy {
                document: &loaded.document,
                options,
                answers: answers.collect(),
                objects_only: loaded.policy.semantics.unreadable == Unreadable::Forwarded,
            }
        });
        let checked: Vec<CheckedPolicy<'_>> = checked.collect();
        let known: BTreeSet<&str> = versions
            .iter()
            .flat_map(Answered::names)
            .chain(shapes.iter().flat_map(Shapes::names))
            .collect();
        let warnings = vacuous(statements, &known, &self.budget);
        Assertions { document, policies: checked, warnings }
    }
}

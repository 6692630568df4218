//! Statements asked of policies.

use std::time::Duration;

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::assertion::{Answered, Checked, Statement, check, vacuous};
use crate::catalogue::Catalogue;
use crate::cli::common::catalogue_options::CatalogueOptions;
use crate::cli::common::input::Loaded;
use crate::cli::common::policies::Chosen;
use crate::policy::{Policy, Unreadable};
use crate::report::{Assertions, CheckedPolicy};
use crate::solver::{Shapes, Shares};
use crate::source::Document;
use crate::testing::{Case, Slip, Spoken, slip_of};

/// What makes the exit status 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// What is not as it must be, or of which it cannot be told.
    Fails,
    /// The same, and a statement that says nothing: of a tool that nobody knows, or of calls that
    /// there cannot be; or a case whose tool or argument is a slip of another.
    Vacuous,
    /// A mutant that passes all tests, also one of which nothing more can be told.
    Survivors,
    None,
}

/// Reads what makes the exit status 1 where there are statements alone.
pub(super) fn of_statements() -> impl TypedValueParser<Value = FailOn> {
    let all = FailOn::value_variants().iter().filter(|one| **one != FailOn::Survivors);
    PossibleValuesParser::new(all.filter_map(ValueEnum::to_possible_value))
        .map(|name| FailOn::from_str(&name, false).expect("the name is one of those offered"))
}

impl FailOn {
    /// Whether statements are such that the exit status is 1.
    pub(super) fn is_met(self, assertions: &Assertions<'_>) -> bool {
        let answers = || assertions.policies.iter().flat_map(|one| &one.answers);
        let any_fails = || !answers().all(Checked::holds);
        match self {
            FailOn::Fails => any_fails(),
            FailOn::Vacuous => any_fails() || !assertions.warnings.is_empty(),
            FailOn::Survivors | FailOn::None => false,
        }
    }
}

/// What proofs take in.
pub(super) struct Proving<'c> {
    pub(super) catalogue: &'c Catalogue,
    pub(super) options: &'c CatalogueOptions,
    pub(super) timeout: Duration,
    /// What each statement may cost.
    pub(super) shares: Shares,
}

impl<'c> Proving<'c> {
    /// Proofs of so many statements, of which one asked of several policies is several.
    pub(super) fn new(
        catalogue: &'c Catalogue,
        options: &'c CatalogueOptions,
        timeout: Duration,
        statements: usize,
    ) -> Proving<'c> {
        Proving { catalogue, options, timeout, shares: Shares::new(timeout, statements) }
    }

    /// Names in cases that are slips of those that policies speak of.
    pub(super) fn slips<'a>(
        &self,
        chosen: &[Chosen],
        cases: impl Iterator<Item = &'a Case>,
    ) -> Vec<Slip<'a>> {
        let shapes =
            |chosen: &Chosen| self.options.shapes(self.catalogue, &[&chosen.loaded.policy]);
        let shapes: Vec<Shapes> = chosen.iter().map(shapes).collect();
        let spoken = chosen.iter().zip(&shapes).map(|(chosen, shapes)| {
            Spoken::new(chosen.server.as_deref(), &chosen.loaded.policy, shapes)
        });
        let spoken: Vec<Spoken<'_>> = spoken.collect();
        cases.filter_map(|case| slip_of(case, &spoken)).collect()
    }

    /// Asks whether statements hold under policies, each with the options that it is read with; where `stops`, none
    /// behind the first that does not.
    pub(super) fn prove<'a>(
        &self,
        document: &'a Document,
        statements: &[&'a Statement],
        policies: &[(&'a Loaded, &'a [String])],
        stops: bool,
    ) -> Assertions<'a> {
        if statements.is_empty() {
            return Assertions { document, policies: Vec::new(), warnings: Vec::new() };
        }
        let approved: Vec<Policy> =
            policies.iter().map(|(loaded, _)| loaded.policy.clone().approved()).collect();
        let shapes: Vec<Shapes> = policies
            .iter()
            .map(|(loaded, _)| self.options.shapes(self.catalogue, &[&loaded.policy]))
            .collect();
        let all = policies.iter().zip(&approved).zip(&shapes);
        let answered = all.map(|(((loaded, _), approved), shapes)| {
            Answered::new(&loaded.policy, approved, shapes)
        });
        let answered: Vec<Answered<'_>> = answered.collect();
        let mut has_failed = false;
        let checked = policies.iter().zip(&answered).map(|((loaded, options), policy)| {
            let mut answers = Vec::new();
            for statement in statements {
                if stops && has_failed {
                    break;
                }
                let answer = check(statement, policy, &self.shares.share());
                has_failed |= !answer.holds();
                answers.push(answer);
            }
            CheckedPolicy {
                document: &loaded.document,
                options,
                answers,
                objects_only: loaded.policy.semantics.unreadable == Unreadable::Forwarded,
            }
        });
        let checked: Vec<CheckedPolicy<'_>> = checked.collect();
        let asked = checked.iter().map(|policy| policy.answers.len()).max().unwrap_or_default();
        let warnings = vacuous(&statements[..asked], &answered, |tool| {
            !self.catalogue.servers_with(tool).is_empty()
        });
        Assertions { document, policies: checked, warnings }
    }
}

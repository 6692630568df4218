//! Statements asked of policies.

use clap::ValueEnum;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::assertion::{Answered, Checked, Statement, check, vacuous};
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
    pub(super) budget: Budget,
}

impl Proving<'_> {
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
                let answer = check(statement, policy, &self.budget);
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
        let warnings = vacuous(&statements[..asked], &answered, &self.budget);
        Assertions { document, policies: checked, warnings }
    }
}

//! What becomes of mutants.

use std::collections::BTreeSet;

use super::missing_case::missing_cases;
use super::mutant::{Mutant, Site};
use crate::assertion::{Answered, Statement, check};
use crate::diff::AccessChanges;
use crate::engine::{Assumptions, Gate};
use crate::policy::{Dialect, Policy};
use crate::replay::Policies;
use crate::solver::{Budget, Shapes, Why};
use crate::testing::{Case, first_failure};

/// What becomes of a mutant.
#[derive(Debug)]
pub enum Fate<'s> {
    /// A case fails under it.
    KilledByCase(&'s Case),
    /// A statement does not hold under it.
    KilledByStatement(&'s Statement),
    /// It decides every call as the policy does: proved.
    Equivalent,
    /// It passes all tests; the case is one that fails under it.
    Survives(Box<Case>),
    /// It passes all tests, and whether it decides any call differently cannot be told.
    Unknown(Why),
}

impl Fate<'_> {
    /// Whether a test fails under it.
    pub fn is_killed(&self) -> bool {
        matches!(self, Fate::KilledByCase(_) | Fate::KilledByStatement(_))
    }

    /// Whether nothing can be told of it.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Fate::Unknown(_))
    }
}

/// Judges the mutants of one policy among those that are tested together.
pub struct Judge<'r, 's> {
    /// The policies that are tested together, with the servers that they are for.
    pub policies: &'r [(Option<&'r str>, &'r Policy)],
    /// The number of the one whose mutants are judged.
    pub number: usize,
    /// What is assumed where facts are missing.
    pub assumptions: &'r Assumptions,
    /// Cases that pass under the policies.
    pub cases: Vec<&'s Case>,
    /// Statements that hold under the policy.
    pub statements: Vec<&'s Statement>,
    /// What the tools' input schemas allow.
    pub shapes: &'r Shapes,
}

impl<'s> Judge<'_, 's> {
    /// What becomes of a mutant, by proofs that may cost this much.
    pub fn fate(&self, mutant: &Mutant, budget: &Budget) -> Fate<'s> {
        let cases = self.cases_about(mutant);
        let mut tools: BTreeSet<&str> = BTreeSet::new();
        tools.extend(cases.iter().flat_map(|case| &case.steps).map(|step| &*step.record.tool));
        if let Site::Tool(name) = &mutant.site {
            tools.insert(name);
        }
        let own = self.policies[self.number].1;
        let original = self.reduced(own, mutant, &tools);
        let edited = mutant.of(&original);
        if !cases.is_empty() {
            let policies = self.policies_with(&edited);
            if let Some(case) =
                cases.iter().find(|case| first_failure(case, &policies, None).is_some())
            {
                return Fate::KilledByCase(case);
            }
        }
        if let Some(statement) = self.broken(&edited, budget) {
            return Fate::KilledByStatement(statement);
        }
        self.difference(mutant, [&original, &edited], budget)
    }

    /// The cases in which some call may meet what is edited.
    fn cases_about(&self, mutant: &Mutant) -> Vec<&'s Case> {
        let is_about = |case: &&&'s Case| match &mutant.site {
            Site::Tool(name) => case.steps.iter().any(|step| *step.record.tool == **name),
            Site::AllTools | Site::Policy => true,
        };
        self.cases.iter().filter(is_about).copied().collect()
    }

    /// The policy without the tools that no such case calls, where no counter is met by calls of several tools.
    fn reduced(&self, policy: &Policy, mutant: &Mutant, tools: &BTreeSet<&str>) -> Policy {
        let is_apart = policy.dialect == Dialect::V1 && policy.all_tools.limits.is_empty();
        let mut reduced = policy.clone();
        if is_apart && matches!(mutant.site, Site::Tool(_)) {
            reduced.tools.retain(|tool| tools.contains(tool.name.as_str()));
        }
        reduced
    }

    /// The policies that are tested together, with another one in the place of the one whose mutants are judged.
    fn policies_with(&self, edited: &Policy) -> Policies {
        let mut policies = Policies::default();
        for (number, (server, policy)) in self.policies.iter().enumerate() {
            let policy = if number == self.number { edited } else { policy };
            let gate = Gate::new(policy).assuming(self.assumptions.clone());
            policies.add(server.map(str::to_owned), String::new(), gate);
        }
        policies
    }

    /// A statement that does not hold any more.
    fn broken(&self, edited: &Policy, budget: &Budget) -> Option<&'s Statement> {
        if self.statements.is_empty() {
            return None;
        }
        let approved = edited.clone().approved();
        let answered = Answered::new(edited, &approved, self.shapes);
        let fails = |statement: &&&'s Statement| {
            let checked = check(statement, &answered, &budget.anew());
            checked.violations.iter().any(|violation| violation.evidence.is_certain())
        };
        self.statements.iter().find(fails).copied()
    }

    /// What the solver says of a mutant that passes all tests.
    fn difference(
        &self,
        mutant: &Mutant,
        [original, edited]: [&Policy; 2],
        budget: &Budget,
    ) -> Fate<'s> {
        let access = AccessChanges::new(original, edited, self.shapes, &budget.anew());
        let both = [self.policies_with(original), self.policies_with(edited)];
        let server = self.policies[self.number].0.unwrap_or_default();
        let name = mutant.to_string();
        let mut unknown = None;
        let lost = access.lost().chain(access.gained());
        for case in missing_cases(lost, server, both.each_ref(), |_, _| name.clone()) {
            match case {
                Ok(case) => return Fate::Survives(Box::new(case)),
                Err(why) => unknown = unknown.or(Some(why)),
            }
        }
        unknown.map_or(Fate::Equivalent, Fate::Unknown)
    }
}

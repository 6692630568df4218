//! `--mutate`: which mutants pass all tests, and `--write`: the cases that are missing.

use std::path::{Path, PathBuf};

use super::files::{Prepared, PreparedSet};
use super::proving::Proving;
use crate::assertion::Statement;
use crate::cli::common::error::CliError;
use crate::cli::common::test_file;
use crate::mutation::{Judge, Mutant, mutants};
use crate::policy::Policy;
use crate::report::{Mutants, Secrets, TestedFile, TestedSet};
use crate::solver::Shares;
use crate::testing::Case;

/// Judges every mutant of the policies that are tested, by what is as it must be in all files that test the same.
pub(super) fn judge<'a>(
    prepared: &'a [Prepared],
    files: &[TestedFile<'a>],
    proving: &Proving<'_>,
    secrets: &'a Secrets,
) -> Vec<Mutants<'a>> {
    let sets = prepared.iter().flat_map(|file| &file.sets);
    let tested = files.iter().flat_map(|file| &file.sets);
    let mut groups: Vec<(&PreparedSet, Vec<&TestedSet<'a>>)> = Vec::new();
    for (set, tested) in sets.zip(tested) {
        match groups.iter_mut().find(|(other, _)| other.is_of_the_same(set)) {
            Some((_, all)) => all.push(tested),
            None => groups.push((set, vec![tested])),
        }
    }
    let policies = groups.iter().flat_map(|(set, _)| &set.chosen);
    let number = policies.map(|chosen| mutants(&chosen.loaded.policy).len()).sum();
    let shares = Shares::new(proving.timeout, number);
    groups
        .into_iter()
        .map(|(set, tested)| of_set(set, &tested, proving, &shares, secrets))
        .collect()
}

fn of_set<'a>(
    set: &'a PreparedSet,
    tested: &[&TestedSet<'a>],
    proving: &Proving<'_>,
    shares: &Shares,
    secrets: &'a Secrets,
) -> Mutants<'a> {
    let cases = tested.iter().flat_map(|tested| &tested.cases);
    let passing = cases.filter(|(_, failed)| failed.is_none()).map(|(case, _)| *case);
    let passing: Vec<&Case> = passing.collect();
    let policies: Vec<(Option<&str>, &Policy)> =
        set.chosen.iter().map(|chosen| (chosen.server.as_deref(), &chosen.loaded.policy)).collect();
    let documents = set.chosen.iter().map(|chosen| &chosen.loaded.document).collect();
    let mut found = Mutants { policies: documents, judged: Vec::new(), secrets };
    for (number, (_, policy)) in policies.iter().enumerate() {
        let answers = tested.iter().filter_map(|tested| tested.statements.policies.get(number));
        let holding: Vec<&'a Statement> = answers
            .flat_map(|policy| &policy.answers)
            .filter(|answer| answer.holds())
            .map(|answer| answer.statement)
            .collect();
        let shapes = proving.options.shapes(proving.catalogue, &[policy]);
        let judge = Judge {
            policies: &policies,
            number,
            assumptions: &set.assumptions,
            cases: passing.clone(),
            statements: holding,
            shapes: &shapes,
        };
        for mutant in mutants(policy) {
            let fate = judge.fate(&mutant, &shares.share());
            found.judged.push((number, mutant, fate));
        }
    }
    found
}

/// Refuses, before any work is done, to write cases for more than one policy.
pub(super) fn check(prepared: &[Prepared]) -> Result<(), CliError> {
    let mut sets = prepared.iter().flat_map(|file| &file.sets);
    let Some(first) = sets.next() else { return Ok(()) };
    let help = "name one policy with --policy where --write is given";
    if first.chosen.len() > 1 {
        return Err(CliError::usage("the policies of several servers are tested together", help));
    }
    match sets.any(|set| !set.is_of_the_same(first)) {
        true => Err(CliError::usage("more than one policy is tested", help)),
        false => Ok(()),
    }
}

/// Writes the cases that are missing as a test file of its own, and says how many there are.
pub(super) fn write_missing(
    mutants: &[Mutants<'_>],
    prepared: &[Prepared],
    to: &Path,
    force: bool,
) -> Result<usize, CliError> {
    let survivors = mutants.iter().flat_map(Mutants::survivors);
    let cases: Vec<Case> = survivors.map(|(_, mutant, case)| named(mutant, case)).collect();
    let set = prepared.iter().flat_map(|file| &file.sets).next();
    let Some(set) = set.filter(|_| !cases.is_empty()) else { return Ok(0) };
    let policies = set.chosen.iter().map(|chosen| PathBuf::from(&chosen.loaded.document.name));
    let tested = test_file::Tested {
        command: "gatelint test --mutate",
        policies: policies.map(|policy| (None, policy)).collect(),
        home: set.home.as_deref(),
        assumed: &set.assumed,
    };
    Ok(test_file::write(to, force, &tested, cases.iter())?.len())
}

/// A case that is called after what must come of its last call, and what edit of the policy makes it fail.
fn named(mutant: &Mutant, case: &Case) -> Case {
    let last = case.steps.last();
    let must = last.map(|step| format!("{}: {}", step.record.tool, step.expected.outcome));
    let name = format!("{}, not so where {mutant}", must.unwrap_or_default());
    let (steps, pointer) = (case.steps.clone(), case.pointer.clone());
    Case { name, start: case.start, steps, pointer }
}

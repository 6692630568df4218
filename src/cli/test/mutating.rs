//! `--mutate`: which mutants pass all tests, and `--write`: the cases that are missing.

use std::path::{Path, PathBuf};

use super::files::{Prepared, PreparedSet};
use super::proving::Proving;
use crate::assertion::Statement;
use crate::cli::common::error::CliError;
use crate::cli::common::test_file;
use crate::mutation::{Fate, Judge, Mutant, mutants};
use crate::policy::Policy;
use crate::report::{Mutants, Secrets, TestedFile, TestedSet};
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
    groups.into_iter().map(|(set, tested)| of_set(set, &tested, proving, secrets)).collect()
}

fn of_set<'a>(
    set: &'a PreparedSet,
    tested: &[&TestedSet<'a>],
    proving: &Proving<'_>,
    secrets: &'a Secrets,
) -> Mutants<'a> {
    let cases = tested.iter().flat_map(|tested| &tested.cases);
    let passing = cases.filter(|(_, failed)| failed.is_none()).map(|(case, _)| *case);
    let passing: Vec<&Case> = passing.collect();
    let policies: Vec<(Option<&str>, &Policy)> =
        set.chosen.iter().map(|chosen| (chosen.server.as_deref(), &chosen.loaded.policy)).collect();
    let documents = set.chosen.iter().map(|chosen| &chosen.loaded.document).collect();
    let left = Vec::new();
    let mut found = Mutants { policies: documents, killed: 0, equivalent: 0, left, secrets };
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
            budget: &proving.budget,
        };
        for mutant in mutants(policy) {
            match judge.fate(&mutant) {
                Fate::KilledByCase(_) | Fate::KilledByStatement(_) => found.killed += 1,
                Fate::Equivalent => found.equivalent += 1,
                fate => found.left.push((number, mutant, fate)),
            }
        }
    }
    found
}

/// Writes the cases that are missing as a test file of its own, and says how many there are.
pub(super) fn write_missing(
    mutants: &[Mutants<'_>],
    prepared: &[Prepared],
    to: &Path,
    force: bool,
) -> Result<usize, CliError> {
    let mut with = mutants.iter().filter(|mutants| mutants.survivors().next().is_some());
    let Some(mutants) = with.next() else { return Ok(0) };
    let help = "name one policy with --policy where --write is given";
    let [document] = mutants.policies.as_slice() else {
        return Err(CliError::usage("the policies of several servers are tested together", help));
    };
    if with.next().is_some() {
        return Err(CliError::usage("cases are missing for more than one policy", help));
    }
    let cases: Vec<Case> =
        mutants.survivors().map(|(_, mutant, case)| named(mutant, case)).collect();
    let is_of_set = |set: &&PreparedSet| {
        set.chosen.iter().any(|chosen| std::ptr::eq(&chosen.loaded.document, *document))
    };
    let set = prepared.iter().flat_map(|file| &file.sets).find(is_of_set);
    let tested = test_file::Tested {
        command: "gatelint test --mutate",
        policies: vec![(None, PathBuf::from(&document.name))],
        home: set.and_then(|set| set.home.as_deref()),
        assumed: set.map_or(&[][..], |set| set.assumed.as_slice()),
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

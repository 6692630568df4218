//! Mutants of the good policies of the fixtures, and the cases that kill them.

use gatelint::engine::Assumptions;
use gatelint::mutation::{Fate, Judge, Mutant, mutants};
use gatelint::policy::{Policy, read};
use gatelint::solver::{Budget, Shapes};
use gatelint::source::Document;
use gatelint::testing::Case;

fn judged<'c>(policy: &Policy, cases: &'c [Case], mutant: &Mutant) -> Fate<'c> {
    let judge = Judge {
        policies: &[(None, policy)],
        number: 0,
        assumptions: &Assumptions::default(),
        cases: cases.iter().collect(),
        statements: Vec::new(),
        shapes: &Shapes::default(),
    };
    judge.fate(mutant, &Budget::new(None))
}

/// The good policies of the fixtures with few rules, each with its file.
fn policies() -> Vec<(String, Policy)> {
    let folder = format!("{}/fixtures/policies/good", env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_short = path.is_file() && path.metadata().unwrap().len() < 3_000;
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !is_short || !(name.ends_with(".json") || name.ends_with(".yaml")) {
            continue;
        }
        let document = Document::read(name.as_str(), std::fs::read(&path).unwrap());
        found.extend(read(&document, None).policy.map(|policy| (name, policy)));
    }
    found.sort_by(|(one, _), (other, _)| one.cmp(other));
    found
}

#[test]
fn the_cases_that_are_missing_kill_every_mutant_whose_difference_is_known() {
    let (mut killed, mut equivalent, mut unknown) = (0, 0, 0);
    for (name, policy) in policies() {
        let mutants = mutants(&policy);
        let (mut cases, mut same) = (Vec::new(), Vec::new());
        for mutant in &mutants {
            match judged(&policy, &[], mutant) {
                Fate::Survives(case) => cases.push(*case),
                Fate::Equivalent => same.push(mutant),
                Fate::Unknown(_) => unknown += 1,
                other => panic!("{name}: there are no tests, and yet {other:?}"),
            }
        }
        let alive = mutants.iter().filter(|mutant| {
            matches!(
                judged(&policy, &cases, mutant),
                Fate::Survives(_) | Fate::KilledByStatement(_)
            )
        });
        assert_eq!(alive.count(), 0, "{name}");
        // No call that tells another mutant apart tells one that was proved to decide every call alike.
        for mutant in &same {
            let fate = judged(&policy, &cases, mutant);
            assert!(matches!(fate, Fate::Equivalent), "{name}: {mutant}: {fate:?}");
        }
        equivalent += same.len();
        killed += cases.len();
    }
    assert!(killed > 100 && killed > 9 * unknown, "{killed} {equivalent} {unknown}");
}

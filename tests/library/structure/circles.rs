//! Circles among arrows.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::Arrows;

/// The circles: files each of which takes something from the others, directly or not.
pub fn circles(arrows: &Arrows) -> BTreeSet<BTreeSet<&str>> {
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in arrows.keys() {
        next.entry(from).or_default().push(to);
    }
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        next.keys().map(|file| (*file, reached(file, &next))).collect();
    let tied = |one: &str, other: &str| {
        let reaches = |a: &str, b: &str| reached.get(a).is_some_and(|files| files.contains(b));
        reaches(one, other) && reaches(other, one)
    };
    (reached.keys())
        .filter(|file| tied(file, file))
        .map(|file| reached[file].iter().copied().filter(|other| tied(file, other)).collect())
        .collect()
}

/// All files that are reached from one, over one arrow or more.
fn reached<'a>(file: &str, next: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![file];
    while let Some(file) = waiting.pop() {
        for other in next.get(file).into_iter().flatten() {
            if reached.insert(*other) {
                waiting.push(other);
            }
        }
    }
    reached
}

/// A circle and what ties it.
pub fn in_words(circle: &BTreeSet<&str>, arrows: &Arrows) -> String {
    let inside = arrows
        .iter()
        .filter(|((from, to), _)| circle.contains(from.as_str()) && circle.contains(to.as_str()));
    let lines = inside.map(|((from, to), names)| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        format!("  {from} takes {} from {to}\n", names.join(", "))
    });
    format!("{} files in a circle:\n{}", circle.len(), lines.collect::<String>())
}

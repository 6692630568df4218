//! What calls have met of policies in the format of lcov, which editors and code hosts show on the policies' own
//! lines (<https://github.com/linux-test-project/lcov>, `geninfo(1)`, "TRACEFILE FORMAT").

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

use super::report::{CoverageReport, Placed};
use super::words;
use crate::coverage::{Item, Kind};
use crate::report::common::escape::escape;
use crate::report::common::secrets::Secrets;

/// What a file's records are made of.
#[derive(Default)]
struct File {
    /// How often rules decided and tools were called.
    functions: BTreeMap<Key, u64>,
    /// How often each of the two sides of conditions and limits was seen.
    branches: BTreeMap<Key, [u64; 2]>,
    /// For each part of a line how often calls came to it.
    lines: BTreeMap<usize, BTreeMap<Key, u64>>,
}

/// What tells a part of a file from all others, whichever of several policies the file is in: its line, pointer and
/// name.
type Key = (usize, String, String);

/// Writes a section for each file, with functions for its rules and tools and branches for its conditions (true,
/// false) and limits (hit, room). A line counts as seen where everything in it was reached; a rule, where it decided
/// a call. What stands in no line is left out.
pub fn write_lcov(out: &mut String, report: &CoverageReport<'_>) {
    let mut files: BTreeMap<String, File> = BTreeMap::new();
    for policy in &report.policies {
        for placed in report.placed(policy).iter().filter(|placed| placed.line > 0) {
            files.entry(placed.file.clone()).or_default().add(placed, report.secrets);
        }
    }
    for (name, file) in &files {
        _ = writeln!(out, "TN:\nSF:{}", escape(name));
        file.write(out);
        out.push_str("end_of_record\n");
    }
}

impl File {
    fn add(&mut self, placed: &Placed<'_, '_>, secrets: &Secrets) {
        let Placed { part, line, .. } = placed;
        let key = (*line, part.what.pointer().to_owned(), words::named(part.what, secrets));
        let reached = match part.what.kind() {
            Kind::Rule | Kind::Tool => {
                let times: u64 = part.items.iter().map(|(_, times)| times).sum();
                *self.functions.entry(key.clone()).or_default() += times;
                times
            }
            Kind::Condition | Kind::Limit => {
                let branches = self.branches.entry(key.clone()).or_default();
                for (item, times) in &part.items {
                    branches[usize::from(matches!(item, Item::False | Item::Room))] += times;
                }
                part.reached
            }
        };
        *self.lines.entry(*line).or_default().entry(key).or_default() += reached;
    }

    fn write(&self, out: &mut String) {
        let functions = self.functions();
        for (line, name, _) in &functions {
            _ = writeln!(out, "FN:{line},{name}");
        }
        for (_, name, times) in &functions {
            _ = writeln!(out, "FNDA:{times},{name}");
        }
        total(out, "FN", functions.iter().map(|(.., times)| *times));
        for (block, ((line, ..), times)) in self.branches.iter().enumerate() {
            let is_reached = times.iter().any(|times| *times > 0);
            for (branch, times) in times.iter().enumerate() {
                let taken = if is_reached { times.to_string() } else { "-".to_owned() };
                _ = writeln!(out, "BRDA:{line},{block},{branch},{taken}");
            }
        }
        total(out, "BR", self.branches.values().flatten().copied());
        let lines = || self.lines.iter().map(|(line, parts)| (line, parts.values().min()));
        let lines = || lines().filter_map(|(line, least)| Some((line, *least?)));
        for (line, times) in lines() {
            _ = writeln!(out, "DA:{line},{times}");
        }
        total(out, "L", lines().map(|(_, times)| times));
    }

    /// The functions, each by a name that no other has.
    fn functions(&self) -> Vec<(usize, String, u64)> {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let named = self.functions.iter().map(|((line, _, name), times)| {
            let number = seen.entry(name).or_default();
            *number += 1;
            let name = if *number == 1 { name.clone() } else { format!("{name} ({number})") };
            (*line, name, *times)
        });
        named.collect()
    }
}

/// Writes how many records of a kind there are, and how many of them were hit.
fn total(out: &mut String, kind: &str, times: impl Iterator<Item = u64>) {
    let (mut found, mut hit) = (0, 0);
    for times in times {
        found += 1;
        hit += u64::from(times > 0);
    }
    _ = writeln!(out, "{kind}F:{found}\n{kind}H:{hit}");
}

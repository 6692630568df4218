//! Lost protections as annotations of the changed files.

use std::cmp::Reverse;

use super::Comparison;
use super::commands;
use super::limits;
use super::words;
use super::words::Lines;
use crate::catalogue::Category;
use crate::diff::{Certainty, Change, Fate, Flips, ToolChange};
use crate::report::common::secrets::Secrets;
use crate::solver::{Evidence, Lost, Protection};

/// The rules of the annotations, with their SARIF levels and what they mean; the gravest first.
pub(super) const RULES: [(&str, &str, &str); 4] = [
    ("loosened-access", "error", "The new policy lets calls pass that the old one refused."),
    (
        "maybe-loosened-access",
        "warning",
        "It cannot be told whether the new policy lets calls pass that the old one refused.",
    ),
    ("tightened-access", "note", "The new policy refuses calls that the old one let pass."),
    ("moved-policy", "note", "A policy is removed or renamed."),
];

/// One annotation of the new document; of a policy that is gone, of the old one.
pub(super) struct Annotation {
    /// The index of its rule among [`RULES`].
    pub(super) rule: usize,
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) message: String,
    /// How bad it is among those of its rule.
    danger: (bool, Option<Category>),
}

/// What there is to say of some comparisons, the gravest first: GitHub shows ten of a kind.
pub(super) fn annotations(comparisons: &[Comparison<'_>]) -> Vec<Annotation> {
    let mut found: Vec<Annotation> = comparisons.iter().flat_map(of_one).collect();
    found.sort_by_key(|annotation| (annotation.rule, Reverse(annotation.danger)));
    found
}

fn of_one((compared, access, flips): &Comparison<'_>) -> Vec<Annotation> {
    let history = compared.history();
    let file = &history.name;
    let lines = history.new.as_ref().map(|_| Lines::new(compared.new_version()));
    let annotate = |change: &ToolChange<'_>, lost: &Lost<'_>, rule, what: &str, has_policy| {
        let reason = words::reason(access, &change.tool, lost, has_policy);
        let (tool, shown) = (words::who(&[change]), shown(change, lost));
        let (file, line) = place(lost).unwrap_or_else(|| {
            let line = lines.as_ref().map_or(1, |lines| lines.of_tool(&change.tool));
            (file.clone(), line)
        });
        Annotation {
            rule,
            file,
            line,
            message: match limits::moved(access, &change.tool, &lost.protection) {
                Some(_) if has_policy => format!("{tool}: {reason}: {shown}"),
                _ => format!("{tool}: {what} ({reason}): {shown}"),
            },
            danger: change.danger(),
        }
    };
    let mut found = Vec::new();
    for change in &access.tools {
        found.extend(change.loosened.iter().map(|lost| {
            let (rule, what) = match lost.evidence {
                Evidence::Unknown(_) => (1, "a protection may be lost"),
                _ => (0, "a protection is lost"),
            };
            annotate(change, lost, rule, what, history.old.is_some())
        }));
        if change.tightens() == Certainty::Yes {
            let tightened = change.tightened.iter();
            found.extend(tightened.map(|lost| {
                annotate(change, lost, 2, "a protection is new", history.new.is_some())
            }));
        }
    }
    found.extend(flips.iter().flat_map(|flips| recorded(file, flips)));
    if matches!(history.fate, Fate::Removed { .. } | Fate::Renamed { .. }) {
        let missing = words::missing(&history.fate).unwrap_or_default();
        let message = format!("{}. {missing}", words::title(history)).trim_end().to_owned();
        found.push(whole(file, 3, message));
    }
    found
}

/// Where the rule of an agent stands that counts now.
fn place(lost: &Lost<'_>) -> Option<(String, usize)> {
    let Protection::Permission([stricter, milder]) = lost.protection else { return None };
    let is_tightened = lost.step.is_some_and(|[old, new]| old.access() > new.access());
    let origin = &if is_tightened { stricter } else { milder }?.origin;
    Some((origin.file.as_ref()?.to_string(), (origin.line as usize).max(1)))
}

/// An annotation of a whole file.
fn whole(file: &str, rule: usize, message: String) -> Annotation {
    Annotation { rule, file: file.to_owned(), line: 1, message, danger: (true, None) }
}

/// What changes for recorded calls; not what is only refused in other words.
fn recorded(file: &str, flips: &Flips) -> Vec<Annotation> {
    let changes = [
        (Change::Loosened, 0),
        (Change::MaybeLoosened, 1),
        (Change::Tightened, 2),
        (Change::MaybeTightened, 2),
    ];
    let mut found = Vec::new();
    for (change, rule) in changes {
        let direct = flips.direct(change);
        let parts = [
            (direct, rule, ""),
            (flips.count(change) - direct, 2, " only because calls before were decided otherwise"),
        ];
        let parts = parts.into_iter().filter(|(calls, ..)| *calls > 0);
        found.extend(parts.map(|(calls, rule, why)| {
            let all = flips.calls;
            whole(file, rule, format!("of {all} recorded calls {calls} {}{why}", change.name()))
        }));
    }
    found
}

fn shown(change: &ToolChange<'_>, lost: &Lost<'_>) -> String {
    let record = commands::record(commands::call_name(&change.tool), &lost.evidence);
    let shown = match (&lost.evidence, record) {
        (_, Some(record)) => Secrets::default().json(&record).into_owned(),
        (Evidence::Burst(burst), None) => words::burst(burst),
        (Evidence::Unknown(why), None) => why.to_string(),
        (Evidence::Call(_) | Evidence::Recorded(_), None) => String::new(),
    };
    format!("{}{shown}", words::step(lost))
}

//! Lost protections as annotations of the changed files.

use super::words;
use super::words::Lines;
use crate::diff::{AccessChanges, Certainty, Change, Compared, Flips, ToolChange};
use crate::solver::{Evidence, Lost};

/// The rules of the annotations, with their SARIF levels and what they mean.
pub(super) const RULES: [(&str, &str, &str); 3] = [
    ("loosened-access", "error", "The new policy lets calls pass that the old one refused."),
    (
        "maybe-loosened-access",
        "warning",
        "It cannot be told whether the new policy lets calls pass that the old one refused.",
    ),
    ("tightened-access", "note", "The new policy refuses calls that the old one let pass."),
];

/// One annotation of the new document.
pub(super) struct Annotation {
    /// The index of its rule among [`RULES`].
    pub(super) rule: usize,
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) message: String,
}

/// What there is to say of one comparison.
pub(super) fn annotations(
    compared: &Compared<'_>,
    access: &AccessChanges<'_>,
    flips: Option<&Flips>,
) -> Vec<Annotation> {
    let new = compared.new_version();
    let lines = Lines::new(new);
    let annotate = |change: &ToolChange<'_>, lost: &Lost<'_>, rule, what: &str| Annotation {
        rule,
        file: new.name.clone(),
        line: lines.of_tool(&change.tool),
        message: format!(
            "{}: {what} ({}): {}",
            words::tool(&change.tool),
            words::protection(&lost.protection),
            shown(change, lost)
        ),
    };
    let mut found = Vec::new();
    for change in &access.tools {
        found.extend(change.loosened.iter().map(|lost| match lost.evidence {
            Evidence::Unknown(_) => annotate(change, lost, 1, "a protection may be lost"),
            _ => annotate(change, lost, 0, "a protection is lost"),
        }));
        if change.tightens() == Certainty::Yes {
            found.extend(
                change
                    .tightened
                    .iter()
                    .map(|lost| annotate(change, lost, 2, "a protection is new")),
            );
        }
    }
    found.extend(flips.into_iter().flat_map(|flips| recorded(&new.name, flips)));
    found
}

/// What changes for recorded calls; not what is only refused in other words.
fn recorded(file: &str, flips: &Flips) -> Vec<Annotation> {
    let changes = [
        (Change::Loosened, 0),
        (Change::MaybeLoosened, 1),
        (Change::Tightened, 2),
        (Change::MaybeTightened, 2),
    ];
    let changed = changes.into_iter().filter(|(change, _)| flips.count(*change) > 0);
    changed
        .map(|(change, rule)| Annotation {
            rule,
            file: file.to_owned(),
            line: 1,
            message: format!(
                "of {} recorded calls {} {}",
                flips.calls,
                flips.count(change),
                change.name()
            ),
        })
        .collect()
}

fn shown(change: &ToolChange<'_>, lost: &Lost<'_>) -> String {
    match &lost.evidence {
        Evidence::Call(arguments) => words::call(words::call_name(&change.tool), arguments),
        Evidence::Burst(burst) => words::burst(burst),
        Evidence::Unknown(why) => why.to_string(),
    }
}

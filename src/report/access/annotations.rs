//! Lost protections as annotations of the changed files: SARIF, and GitHub's workflow commands.

use std::fmt::Write;

use serde_json::{Value, json};

use super::words;
use super::words::Lines;
use crate::diff::{AccessChanges, Certainty, Change, Compared, Flips, ToolChange};
use crate::report::common::escape::escape;
use crate::solver::{Evidence, Lost};

/// The rules of the annotations, with their SARIF levels and what they mean.
const RULES: [(&str, &str, &str); 3] = [
    ("loosened-access", "error", "The new policy lets calls pass that the old one refused."),
    (
        "maybe-loosened-access",
        "warning",
        "It cannot be told whether the new policy lets calls pass that the old one refused.",
    ),
    ("tightened-access", "note", "The new policy refuses calls that the old one let pass."),
];

/// One annotation of the new document.
struct Annotation {
    rule: usize,
    file: String,
    line: usize,
    message: String,
}

/// The SARIF 2.1.0 log of some comparisons
/// (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).
pub fn access_sarif(comparisons: &[(&Compared<'_>, &AccessChanges<'_>, Option<&Flips>)]) -> Value {
    let rules = RULES.map(|(id, level, text)| {
        json!({
            "id": id,
            "shortDescription": { "text": text },
            "defaultConfiguration": { "level": level }
        })
    });
    let annotations = comparisons
        .iter()
        .flat_map(|(compared, access, flips)| annotations(compared, access, *flips));
    let results = annotations.map(|annotation| {
        let (id, level, _) = RULES[annotation.rule];
        json!({
            "ruleId": id,
            "ruleIndex": annotation.rule,
            "level": level,
            "message": { "text": annotation.message },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": uri(&annotation.file) },
                    "region": { "startLine": annotation.line }
                }
            }]
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "gatelint",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules
            } },
            "results": results.collect::<Vec<_>>()
        }]
    })
}

/// Writes one comparison as GitHub's workflow commands
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).
pub fn write_access_github(
    out: &mut String,
    compared: &Compared<'_>,
    access: &AccessChanges<'_>,
    flips: Option<&Flips>,
) {
    for annotation in annotations(compared, access, flips) {
        let (title, level, _) = RULES[annotation.rule];
        let command = if level == "note" { "notice" } else { level };
        _ = writeln!(
            out,
            "::{command} file={},line={},title={title}::{}",
            property(&annotation.file),
            annotation.line,
            data(&annotation.message)
        );
    }
}

fn annotations(
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

/// A path as the reference of a URI: what is not allowed there is percent-encoded.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => _ = write!(out, "%{byte:02X}"),
        }
    }
    out
}

fn data(text: &str) -> String {
    escape(text).replace('%', "%25")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_file_name_ends_a_command() {
        assert_eq!(property("a:b,c%\n.json"), r"a%3Ab%2Cc%25\u{a}.json");
        assert_eq!(uri("my policies/a.json"), "my%20policies/a.json");
    }
}

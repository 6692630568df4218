//! Lost protections as a SARIF log.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Comparison;
use super::annotations::{RULES, annotations};

/// The SARIF 2.1.0 log of some comparisons
/// (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).
pub fn access_sarif(comparisons: &[Comparison<'_>]) -> Value {
    let annotations = annotations(comparisons).into_iter();
    log(&RULES, annotations.map(|one| (one.rule, one.message, one.file, one.line)))
}

/// A log of rules (their names, levels and meanings) and of results: the index of a rule, the message,
/// the file and the line.
pub(in crate::report) fn log(
    rules: &[(&str, &str, &str)],
    results: impl Iterator<Item = (usize, String, String, usize)>,
) -> Value {
    let results = results.map(|(rule, message, file, line)| {
        let (id, level, _) = rules[rule];
        json!({
            "ruleId": id,
            "ruleIndex": rule,
            "level": level,
            "message": { "text": message },
            "locations": [{
                "physicalLocation": {
                    "artifactLocation": { "uri": uri(&file) },
                    "region": { "startLine": line }
                }
            }]
        })
    });
    let rules = rules.iter().map(|(id, level, text)| {
        json!({
            "id": id,
            "shortDescription": { "text": text },
            "defaultConfiguration": { "level": level }
        })
    });
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "gatelint",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>()
            } },
            "results": results.collect::<Vec<_>>()
        }]
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_a_reference() {
        assert_eq!(uri("my policies/a.json"), "my%20policies/a.json");
    }
}

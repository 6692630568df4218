//! Lost protections as a SARIF log.

use std::fmt::Write;

use serde_json::{Value, json};

use super::Comparison;
use super::annotations::{RULES, annotations};

/// The SARIF 2.1.0 log of some comparisons
/// (<https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>).
pub fn access_sarif(comparisons: &[Comparison<'_>]) -> Value {
    let rules = RULES.map(|(id, level, text)| {
        json!({
            "id": id,
            "shortDescription": { "text": text },
            "defaultConfiguration": { "level": level }
        })
    });
    let results = annotations(comparisons).into_iter().map(|annotation| {
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

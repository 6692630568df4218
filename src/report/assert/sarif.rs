//! Statements that do not hold as a SARIF log.

use serde_json::{Value, json};

use super::annotations::{RULES, annotations};
use super::human::Assertions;
use crate::report::access::sarif::log;

/// The SARIF 2.1.0 log of some statements.
pub fn assertions_sarif(assertions: &Assertions<'_>) -> Value {
    let results =
        annotations(assertions).into_iter().map(|one| (one.rule, one.message, one.file, one.line));
    let mut log = log(&RULES, results);
    log["runs"][0]["properties"] = json!({ "statements": assertions.document.name });
    log
}

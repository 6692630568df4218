//! Entries under `ignores` of the configuration that nothing needs.

use serde::Serialize;

use crate::config::Config;
use crate::lint::{Facts, Findings, HiddenBy, Report, ServerChoice, Settings, rule_named};
use crate::source::{Document, Place, Pointer};

#[derive(Serialize)]
struct Unused {
    rule: String,
}

impl Facts for Unused {
    fn message(&self) -> String {
        format!("nothing of `{}` is found there, so that there is nothing to ignore", self.rule)
    }

    fn help(&self) -> Option<String> {
        Some("remove the entry".to_owned())
    }
}

/// A report on the configuration, if entries of it ignore nothing though their rule ran and files
/// that they are about were judged.
pub(super) fn report(config: &Config, settings: &Settings, reports: &[Report]) -> Option<Report> {
    let document = config.document.as_ref()?;
    let unused_ignore = rule_named("unused-ignore").filter(|rule| settings.runs(rule))?;
    let used = |index: usize| {
        let mut hidden = reports.iter().flat_map(|report| &report.hidden);
        hidden.any(|hidden| matches!(hidden.by, HiddenBy::Config(by, _) if by == index))
    };
    let judged: Vec<String> =
        reports.iter().map(|report| config.path(&report.document.name)).collect();
    let mut findings = Findings::new(document);
    for (index, entry) in settings.ignores.iter().enumerate() {
        let ran = rule_named(entry.rule).is_some_and(|rule| settings.runs(rule));
        let about = judged.iter().any(|path| entry.is_about(path));
        let ignorable = !settings.no_ignores && !settings.unignorable.contains(entry.rule);
        if ran && about && ignorable && !used(index) {
            let place = Place::value(Pointer::root().key("ignores").index(index));
            let facts = Unused { rule: entry.rule.to_owned() };
            let severity = settings.severity(unused_ignore, unused_ignore.severity);
            findings.add(unused_ignore, severity, place, facts);
        }
    }
    let findings = findings.into_sorted();
    (!findings.is_empty()).then(|| Report {
        document: Document::read(document.name.clone(), document.text.clone().into_bytes()),
        findings,
        hidden: Vec::new(),
        server: ServerChoice::None,
        dialect: None,
        is_config: true,
    })
}

//! The rules of the linter on permission files of agents.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use gatelint::catalogue::Catalogue;
use gatelint::lint::{Linter, Report, Settings, Severity};
use gatelint::policy::{Agent, Dialect};
use gatelint::source::Document;
use serde_json::Value;

fn document(name: &str, text: &str) -> Document {
    match name.ends_with(".rules") {
        true => Document::text_alone(name, text.as_bytes().to_vec()),
        false => Document::read(name, text.as_bytes().to_vec()),
    }
}

fn judge(agent: Agent, name: &str, text: &str) -> Report {
    let (catalogue, settings) = (Catalogue::builtin(), Settings::every_rule());
    let dialect = Some(Dialect::Agent(agent));
    let linter =
        Linter { catalogue: &catalogue, dialect, settings: &settings, root: None, project: None };
    linter.lint(document(name, text), None)
}

/// The files of the sets that an agent decided, each once.
fn files(agent: Agent) -> BTreeMap<String, (String, String)> {
    let folder = Dialect::Agent(agent).code();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance").join(folder);
    let mut files = BTreeMap::new();
    for line in fs::read_to_string(path.join("sets.jsonl")).unwrap().lines() {
        let set: Value = serde_json::from_str(line).unwrap();
        for (name, text) in set["files"].as_object().unwrap() {
            let text = text.as_str().unwrap();
            let is_file = !name.ends_with(".md") && name != "fs.json";
            let is_text = [".json", ".jsonc", ".toml", ".rules"].iter().any(|e| name.ends_with(e));
            if is_file && is_text && !text.starts_with("hex:") {
                let first = set["name"].as_str().unwrap().to_owned();
                files.entry(text.to_owned()).or_insert((first, name.clone()));
            }
        }
    }
    files
}

/// The rules that judge permission files by what the agent would do.
const RULES: [&str; 8] = [
    "broad-allow",
    "dead-rule",
    "evaded-deny",
    "glob-in-name",
    "misanchored-path",
    "narrow-allow",
    "partial-deny",
    "unbounded-execute-tool",
];

/// Files of an agent from one text, each behind a line with its name.
fn careful(agent: Agent) -> Vec<(String, String)> {
    let name = format!("fixtures/policies/careful/{}.txt", Dialect::Agent(agent).code());
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let blocks = text.split("=== ").skip(1);
    let file = |block: &str| {
        let (name, text) = block.split_once('\n').unwrap();
        let ending = if name.contains('.') { "" } else { ".json" };
        (format!("{name}{ending}"), text.to_owned())
    };
    blocks.map(file).collect()
}

fn told(report: &Report) -> impl Iterator<Item = &gatelint::lint::Finding> {
    report.findings.iter().filter(|finding| RULES.contains(&finding.rule.name))
}

#[test]
fn careful_files_have_nothing_to_warn_of() {
    let mut fired = String::new();
    let mut files = 0;
    for agent in Agent::ALL {
        for (name, text) in careful(agent) {
            files += 1;
            let report = judge(agent, &name, &text);
            assert_eq!(report.dialect, Some(Dialect::Agent(agent)), "{name}");
            for finding in told(&report).filter(|finding| finding.severity > Severity::Info) {
                let (rule, message) = (finding.rule.name, &finding.message);
                fired += &format!("{agent:?} {name}: {rule}: {message}\n");
            }
        }
    }
    assert!(files >= 60 && fired.is_empty(), "{files} files\n{fired}");
}

#[test]
fn the_findings_of_the_sets_are_the_pinned_ones() {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut lines = String::new();
    for agent in Agent::ALL {
        for (text, (set, name)) in files(agent) {
            let report = judge(agent, &name, &text);
            for finding in told(&report) {
                let reason = finding.facts["reason"].as_str().unwrap();
                let severity = finding.severity.name();
                let code = Dialect::Agent(agent).code();
                let key = format!("{code:12}{:24}{reason:40}{severity}", finding.rule.name);
                *counts.entry(key).or_default() += 1;
                lines += &format!("{set} {name} {severity} {}\n", finding.message);
            }
        }
    }
    let table: String = counts.iter().map(|(key, count)| format!("{count:4} {key}\n")).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies/permissions.txt");
    assert_eq!(table, fs::read_to_string(path).unwrap_or_default(), "\n{lines}");
}

//! A page for each rule, and the list of them.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use gatelint::lint::{RULES, Rule};
use gatelint::report::{Style, write_rule};

use super::{ROOT, hold};

/// The page of a rule: what `gatelint rule` says of it.
fn page(rule: &Rule) -> String {
    let mut text = String::from("# ");
    write_rule(&mut text, rule, &Style { color: false, width: 80, unicode: false, bounded: false });
    let text = text.replacen('\n', "\n\n", 1);
    format!("{}\n\n[All rules](README.md)\n", text.trim_end())
}

/// The list of all rules: what each finds, in its first sentence.
fn list() -> String {
    let mut text = String::from(
        "# The rules of the linter\n\n\
         Look a finding up here, or with `gatelint rule NAME`. A finding weighs at most what stands in the second column. How to \
         choose rules, change their weight and ignore findings is in [configuration](../configuration.md).\n\n\
         | rule | at most | what it finds |\n|---|---|---|\n",
    );
    for rule in RULES {
        let sentence = rule.sentence().replace('|', "\\|");
        let off = if rule.on { "" } else { ", when selected" };
        let (name, severity) = (rule.name, rule.severity.name());
        _ = writeln!(text, "| [{name}]({name}.md) | {severity}{off} | {sentence} |");
    }
    text
}

#[test]
fn every_rule_has_a_page_that_is_current() {
    let folder = Path::new("docs/rules");
    hold(&folder.join("README.md"), &list());
    for rule in RULES {
        hold(&folder.join(format!("{}.md", rule.name)), &page(rule));
    }
    let files = std::fs::read_dir(Path::new(ROOT).join(folder)).unwrap();
    let files: BTreeSet<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    let pages = RULES.iter().map(|rule| format!("{}.md", rule.name));
    assert_eq!(files, pages.chain(["README.md".to_owned()]).collect());
}

//! What the program writes for people: recorded as files beside this one, and what must hold of it
//! however it is worded.
//!
//! `INSTA_UPDATE=always cargo test --test cli outputs` records everything anew.

mod cases;
mod harm;
mod help;
mod width;

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use crate::support::{self, Run};
use cases::{CASES, Case, PATHS};
use harm::{harms, is_invisible};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Runs the program at the root of the project.
fn at_root(arguments: &[&str]) -> Run {
    support::run(Path::new(ROOT), arguments, "", &[("LC_ALL", "C")])
}

/// Holds a text against the file of its name.
fn snapshot(name: &str, line: &str, text: &str) {
    let (folder, file) = name.split_once('/').unwrap();
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("snapshots/{folder}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_description(line);
    settings.bind(|| insta::assert_snapshot!(file, text));
}

/// The text with everything spelt out that an editor would not show.
fn visible(text: &str) -> String {
    let spell = |character: char| match character {
        hidden if is_invisible(hidden) => format!("<{:x}>", hidden as u32),
        shown => shown.to_string(),
    };
    text.chars().map(spell).collect()
}

/// The path that a word stands for, or the word itself.
fn path(word: &'static str) -> &'static str {
    PATHS.iter().find(|(name, _)| *name == word).map_or(word, |(_, path)| *path)
}

fn check(case: &Case) {
    let words: Vec<&str> = case.line.split(' ').map(path).collect();
    let run = at_root(&words);
    let mut text = run.out;
    if !run.err.is_empty() {
        text += &format!("\n[standard error]\n{}", run.err);
    }
    let line = format!("gatelint {}", words.join(" "));
    snapshot(case.name, &line, &visible(&format!("{text}\n[exit status {}]\n", run.status)));
    assert_eq!(run.status, case.status, "{line}");
    for part in case.says {
        assert!(text.contains(part), "{part:?} is not in what `{line}` writes:\n{text}");
    }
    let kind = case.name.rsplit('.').next().unwrap();
    assert_eq!(harms(&text, kind), BTreeSet::new(), "{}", case.name);
}

/// Checks the cases of a command, all of them, so that one run shows every difference.
fn check_all(command: &str) {
    let prefix = format!("{command}/");
    let cases = CASES.iter().filter(|case| case.name.starts_with(&prefix));
    let (good, bad): (Vec<_>, Vec<_>) =
        cases.partition(|case| catch_unwind(|| check(case)).is_ok());
    assert!(!good.is_empty() || !bad.is_empty(), "{command} has cases");
    let bad: Vec<&str> = bad.into_iter().map(|case| case.name).collect();
    assert_eq!(bad, [""; 0]);
}

/// One test for each command, which tells its name and lets them run side by side.
macro_rules! commands {
    ($($command:ident)*) => {
        const COMMANDS: &[&str] = &[$(stringify!($command)),*];
        mod the_output_is_the_recorded_one_of {
            $(#[test] fn $command() { super::check_all(stringify!($command)); })*
        }
    };
}
commands!(assert catalogue convert diff explain init lint replay rule test trace);

#[test]
fn every_recorded_file_is_of_one_case_and_every_case_of_a_command_that_is_run() {
    let folder = Path::new(ROOT).join("tests/cli/outputs/snapshots");
    let mut files = BTreeSet::new();
    for command in fs::read_dir(&folder).unwrap() {
        let command = command.unwrap();
        for file in fs::read_dir(command.path()).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            if let Some(name) = name.strip_suffix(".snap") {
                files.insert(format!("{}/{name}", command.file_name().to_str().unwrap()));
            }
        }
    }
    let cases = CASES.iter().map(|case| case.name.to_owned());
    assert_eq!(files, cases.chain(help::names()).collect());
    for case in CASES {
        assert!(COMMANDS.contains(&case.name.split('/').next().unwrap()), "{}", case.name);
    }
}

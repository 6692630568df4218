//! The help of every subcommand.

use clap::{Command, CommandFactory};
use gatelint::cli::Cli;

use super::harm::harms;
use super::{at_root, snapshot};

/// Every subcommand by the words that call it, the program itself first.
fn commands() -> Vec<(String, Command)> {
    let mut program = Cli::command();
    program.build();
    let mut found = vec![(String::new(), program)];
    let mut next = 0;
    while let Some((words, command)) = found.get(next) {
        let below: Vec<_> = command
            .get_subcommands()
            .filter(|below| below.get_name() != "help")
            .map(|below| (format!("{words} {}", below.get_name()).trim().to_owned(), below.clone()))
            .collect();
        found.extend(below);
        next += 1;
    }
    found
}

/// The name of the snapshot of a subcommand's help.
fn name(words: &str) -> String {
    format!(
        "help/{}",
        if words.is_empty() { "gatelint".to_owned() } else { words.replace(' ', "-") }
    )
}

/// The names of all these snapshots.
pub(super) fn names() -> impl Iterator<Item = String> {
    commands().into_iter().map(|(words, _)| name(&words))
}

#[test]
fn every_subcommand_explains_itself_and_each_of_its_options() {
    assert!(commands().len() > 20);
    for (words, command) in commands() {
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{words}: {}", argument.get_id());
        }
        let line = format!("{words} --help");
        let run = at_root(&line.split_whitespace().collect::<Vec<_>>());
        assert_eq!((run.status, &*run.err), (0, ""), "{line}");
        let usage = format!("Usage: gatelint {words}");
        assert!(run.out.contains(usage.trim_end()), "{line}: {}", run.out);
        assert!(run.out.lines().all(|line| line.chars().count() <= 100), "{line}: {}", run.out);
        assert!(harms(&run.out, "human").is_empty(), "{line}: {}", run.out);
        snapshot(&name(&words), &format!("gatelint {line}").replace("  ", " "), &run.out);
    }
}

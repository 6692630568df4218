//! The page of all options of all commands.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use clap::{Arg, ArgAction, Command, CommandFactory};
use gatelint::cli::Cli;

use super::hold;
use super::links::anchor;

/// An option that as many commands have in the same words is told once.
const SHARED_BY: usize = 3;

/// What each command that is called by `words`, and those below it, is.
fn commands(words: &str, command: &Command, found: &mut Vec<(String, Command)>) {
    found.push((words.to_owned(), command.clone()));
    for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
        commands(&format!("{words} {}", below.get_name()), below, found);
    }
}

/// The arguments of a command, then its options but for those that every one has.
fn arguments(command: &Command) -> impl Iterator<Item = &Arg> {
    let options = command.get_arguments().filter(|one| !one.is_positional());
    let all = command.get_positionals().chain(options).filter(|one| !one.is_hide_set());
    all.filter(|one| !matches!(one.get_action(), ArgAction::Help | ArgAction::Version))
}

/// How an argument is written.
fn written(argument: &Arg) -> String {
    let short = argument.get_short().filter(|_| argument.get_long().is_some());
    let short = short.map(|short| format!("-{short}, ")).unwrap_or_default();
    format!("{short}{argument}")
}

/// A text on one line.
fn line(text: &impl ToString) -> String {
    text.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is said of an argument: its help, its values, what it is unless it is given.
fn described(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help()).map(line).unwrap_or_default();
    let mut text = format!("{help}.");
    let aliases = argument.get_visible_aliases().unwrap_or_default();
    for alias in aliases {
        _ = write!(text, " Also `--{alias}`.");
    }
    let takes = argument.get_action().takes_values();
    let defaults = argument.get_default_values().iter().filter(|default| !default.is_empty());
    for default in defaults.filter(|_| takes) {
        _ = write!(text, " Unless given: `{}`.", default.display());
    }
    text += "\n";
    for value in argument.get_possible_values().into_iter().filter(|_| takes) {
        let help = value.get_help().map(|help| format!(": {}", line(help))).unwrap_or_default();
        _ = writeln!(text, "  - `{}`{help}", value.get_name());
    }
    text
}

/// The whole page.
fn all() -> String {
    let mut program = Cli::command();
    program.build();
    let mut found = Vec::new();
    commands("gatelint", &program, &mut found);
    let mut shared = BTreeMap::<(String, String), Vec<String>>::new();
    for (words, command) in &found {
        for argument in arguments(command) {
            let key = (written(argument), described(argument));
            shared.entry(key).or_default().push(words.replacen("gatelint ", "", 1));
        }
    }
    shared.retain(|(name, _), of| name.contains('-') && of.len() >= SHARED_BY);
    let mut text = String::from(
        "# All options\n\n\
         Look up what a command takes. It is what `gatelint COMMAND --help` says; options that several commands have stand once, \
         [at the end](#options-of-several-commands).\n",
    );
    for (words, command) in &mut found {
        _ = write!(text, "\n## {words}\n\n");
        let about = command.get_long_about().or(command.get_about()).map(line);
        _ = writeln!(text, "{}.", about.unwrap_or_default().trim_end_matches('.'));
        _ = writeln!(text, "\n```text\n{}\n```\n", line(&command.render_usage()));
        let mut elsewhere = Vec::new();
        for argument in arguments(command) {
            let (name, described) = (written(argument), described(argument));
            if shared.contains_key(&(name.clone(), described.clone())) {
                elsewhere.push(format!("[`{name}`](#{})", anchor(&name)));
            } else {
                _ = write!(text, "- `{name}`: {described}");
            }
        }
        if !elsewhere.is_empty() {
            _ = writeln!(text, "- As in other commands: {}", elsewhere.join(", "));
        }
        if let Some(after) = command.get_after_long_help().or(command.get_after_help()) {
            _ = writeln!(text, "\n```text\n{}\n```", after.to_string().trim_end());
        }
    }
    text += "\n## Options of several commands\n";
    for ((name, described), of) in &shared {
        let of = of.iter().map(|words| format!("`{words}`")).collect::<Vec<_>>().join(", ");
        _ = write!(text, "\n### `{name}`\n\nOf {of}.\n\n{described}");
    }
    text
}

#[test]
fn the_page_of_options_is_current() {
    hold(Path::new("docs/options.md"), &all());
}

//! `gatelint completions`.

use std::io;
use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::output_file::{OutputFile, write_folder};
use crate::catalogue::Catalogue;
use crate::lint::RULES;

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell, or `man` for the manual pages.
    shell: Target,
    #[command(flatten)]
    file: OutputFile,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Target {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
    /// The manual pages: with `-o DIR/` a file each, else one behind the other, for `man -l -`.
    Man,
}

/// Prints what completes `command`, the whole command line.
pub(super) fn run(
    arguments: &CompletionsArguments,
    mut command: Command,
) -> Result<ExitStatus, CliError> {
    let shell = match arguments.shell {
        Target::Bash => Shell::Bash,
        Target::Elvish => Shell::Elvish,
        Target::Fish => Shell::Fish,
        Target::Powershell => Shell::PowerShell,
        Target::Zsh => Shell::Zsh,
        Target::Man => {
            write_pages(&arguments.file, command)?;
            return Ok(ExitStatus::Ok);
        }
    };
    command = with_names(command, &Names::known());
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "gatelint", &mut script);
    let mut script = String::from_utf8_lossy(&script).into_owned();
    if shell == Shell::Fish {
        add_positionals(&mut script, &command, &[]);
    }
    arguments.file.write(&script)?;
    Ok(ExitStatus::Ok)
}

/// Writes a page of the manual for every command.
fn write_pages(file: &OutputFile, command: Command) -> Result<(), CliError> {
    let mut command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    add_pages(&mut pages, &command)?;
    match file.path() {
        Some(folder) if file.is_folder() => {
            let files: Vec<_> =
                pages.into_iter().map(|(name, page)| (folder.join(name), page)).collect();
            write_folder(folder, &files, file.is_forced())
        }
        _ => file.write(&pages.into_iter().map(|(_, page)| page).collect::<String>()),
    }
}

/// Adds the page of a command and those of what is below it, each with the name of its file.
fn add_pages(pages: &mut Vec<(PathBuf, String)>, command: &Command) -> io::Result<()> {
    let man = Man::new(command.clone()).source(concat!("gatelint ", env!("CARGO_PKG_VERSION")));
    let mut page = Vec::new();
    man.render(&mut page)?;
    let page = in_ascii(&with_examples(&String::from_utf8_lossy(&page)));
    pages.push((man.get_filename().into(), page));
    command.get_subcommands().try_for_each(|part| add_pages(pages, part))
}

/// A page whose examples, which `clap_mangen` takes for one text with what follows, stand line by line.
fn with_examples(page: &str) -> String {
    let Some((head, rest)) = page.split_once(".SH EXTRA\nExamples:\n") else {
        return page.to_owned();
    };
    let lines = rest.split_inclusive('\n').take_while(|line| line.starts_with("  "));
    let (examples, rest) = rest.split_at(lines.map(str::len).sum());
    format!("{head}.SH EXAMPLES\n.nf\n{examples}.fi\n{rest}")
}

/// Text for `groff`, which reads bytes: other signs as it spells them.
fn in_ascii(text: &str) -> String {
    let spelt = |sign: char| match sign.is_ascii() {
        true => sign.to_string(),
        false => format!("\\[u{:04X}]", u32::from(sign)),
    };
    text.chars().map(spelt).collect()
}

/// The names that are known without a configuration, which is why other ones are taken as well.
struct Names {
    rules: Vec<&'static str>,
    servers: Vec<&'static str>,
}

impl Names {
    fn known() -> Names {
        let mut servers = Vec::new();
        // `clap` keeps only what lives as long as the program, which ends soon.
        Catalogue::builtin().each_server(|server| servers.push(&*server.name.clone().leak()));
        Names { rules: RULES.iter().map(|rule| rule.name).collect(), servers }
    }

    /// What is offered for an argument, by what its help calls it; none where that is what it takes anyway.
    fn of(&self, argument: &Arg) -> Option<PossibleValuesParser> {
        match argument.get_value_names()?.first()?.as_str() {
            "RULE" => Some(PossibleValuesParser::new(&self.rules)),
            "SERVER" => Some(PossibleValuesParser::new(&self.servers)),
            _ => {
                // `coverage<N` stands for many values, and is a redirection for fish.
                let is_pattern = |value: &PossibleValue| value.get_name().contains('<');
                let (patterns, values): (Vec<_>, Vec<_>) =
                    argument.get_possible_values().into_iter().partition(is_pattern);
                (!patterns.is_empty()).then(|| PossibleValuesParser::new(values))
            }
        }
    }
}

/// A command whose arguments offer the names of rules and servers.
fn with_names(command: Command, names: &Names) -> Command {
    command
        .mut_args(|argument| match names.of(&argument) {
            Some(values) => argument.value_parser(values),
            None => argument,
        })
        .mut_subcommands(|part| with_names(part, names))
}

/// Adds to a script for fish what `clap_complete` leaves out: the values of arguments without an option.
fn add_positionals(script: &mut String, command: &Command, path: &[&str]) {
    for part in command.get_subcommands() {
        for name in part.get_name_and_visible_aliases() {
            add_positionals(script, part, &[path, &[name]].concat());
        }
    }
    let Some((first, below)) = path.split_first() else { return };
    let below: String =
        below.iter().map(|name| format!("; and __fish_seen_subcommand_from {name}")).collect();
    for values in command.get_positionals().map(Arg::get_possible_values) {
        let values: Vec<&str> = values.iter().map(|value| value.get_name()).collect();
        if !values.is_empty() {
            let values = values.join(" ");
            *script += &format!(
                "complete -c gatelint -n \"__fish_gatelint_using_subcommand {first}{below}\" -f -a \"{values}\"\n"
            );
        }
    }
}

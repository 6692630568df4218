//! `gatelint completions`.

use std::io::Write;

use clap::{Args, Command};
use clap_complete::Shell;

use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::output::stdout;

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell, or `man` for the manual page.
    shell: Target,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Target {
    Bash,
    Elvish,
    Fish,
    Powershell,
    Zsh,
    /// The manual pages, one behind the other, for `man -l`.
    Man,
}

/// Prints what completes `command`, the whole command line.
pub(super) fn run(
    arguments: &CompletionsArguments,
    mut command: Command,
) -> Result<ExitStatus, CliError> {
    let mut out = stdout();
    command.build();
    let shell = match arguments.shell {
        Target::Bash => Shell::Bash,
        Target::Elvish => Shell::Elvish,
        Target::Fish => Shell::Fish,
        Target::Powershell => Shell::PowerShell,
        Target::Zsh => Shell::Zsh,
        Target::Man => {
            let name = command.get_name().to_owned();
            clap_mangen::Man::new(command.clone()).render(&mut out)?;
            for part in command.get_subcommands().filter(|part| part.get_name() != "help") {
                let title = format!("{name}-{}", part.get_name());
                let part = part.clone().display_name(title);
                clap_mangen::Man::new(part).render(&mut out)?;
            }
            out.flush()?;
            return Ok(ExitStatus::Ok);
        }
    };
    clap_complete::generate(shell, &mut command, "gatelint", &mut out);
    out.flush()?;
    Ok(ExitStatus::Ok)
}

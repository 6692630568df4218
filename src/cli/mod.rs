//! The command line: one file a subcommand, which turns arguments into a report and an exit
//! status.

mod completions;
mod config;
mod config_input;
mod diff;
mod error;
mod exit;
mod input;
mod lint;
mod lsp;
mod output;
mod replay;
mod rule;
mod trace_input;
mod write;

use clap::{Parser, Subcommand};

pub use exit::ExitStatus;

use output::OutputOptions;

/// Linter and simulator for the policies that decide which tools AI agents may call.
///
/// Reads PolicyLayer policies (version "1") and Intercept policies, offline.
#[derive(Debug, Parser)]
#[command(name = "toolgate", version, max_term_width = 100, after_help = exit::HELP)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    output: OutputOptions,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find what is wrong or dangerous in policies.
    Lint(lint::LintArguments),
    /// Decide recorded tool calls under a policy.
    Replay(replay::ReplayArguments),
    /// Show which recorded calls two versions of a policy decide differently.
    Diff(diff::DiffArguments),
    /// Explain a rule of the linter.
    Rule(rule::RuleArguments),
    /// Print the configuration that is in force, and from where.
    Config(config::ConfigArguments),
    /// Serve an editor: findings while typing, hovers, completion, fixes.
    Lsp(lsp::LspArguments),
    /// Print a script that completes the command line in a shell.
    Completions(completions::CompletionsArguments),
}

/// Runs a command and gives its exit status; errors are shown on standard error.
pub fn run(cli: Cli) -> ExitStatus {
    let output = &cli.output;
    let result = match cli.command {
        Command::Lint(arguments) => lint::run(&arguments, output),
        Command::Replay(arguments) => replay::run(&arguments, output),
        Command::Diff(arguments) => diff::run(&arguments, output),
        Command::Rule(arguments) => rule::run(&arguments, output),
        Command::Config(arguments) => config::run(&arguments, output),
        Command::Lsp(arguments) => lsp::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    };
    result.unwrap_or_else(|error| {
        error.show(output);
        ExitStatus::Error
    })
}

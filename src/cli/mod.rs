//! The command line: one file a subcommand, which turns arguments into a report and an exit
//! status.

/// What the help of a command shows behind its options: how it is called.
macro_rules! examples {
    ($($line:literal),+) => {
        concat!("Examples:", $("\n  gatelint ", $line),+)
    };
}

mod catalogue;
mod common;
mod completions;
mod config;
mod convert;
mod diff;
mod explain;
mod init;
mod lint;
mod lsp;
#[cfg(feature = "mcp")]
mod mcp;
mod partial;
mod record;
mod replay;
mod retired;
mod rule;
mod test;
mod trace;

use std::ffi::OsString;

use clap::error::ContextValue;
use clap::{CommandFactory, Parser, Subcommand};

pub use common::exit::ExitStatus;

use common::error::shown;
use common::output::{OutputOptions, print_error};

/// Linter and simulator for the policies that decide which tools AI agents may call.
///
/// Reads PolicyLayer policies (version "1"), Intercept policies and the permission files of Claude Code, Codex, OpenCode
/// and Gemini CLI, offline.
#[derive(Debug, Parser)]
#[command(name = "gatelint", version, max_term_width = 100, after_help = common::exit::HELP)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    output: OutputOptions,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Find what is wrong or dangerous in policies.
    #[command(after_help = examples!(
        "lint policies/",
        "lint policy.json --fix --diff  # what would be mended",
        "lint policies/ --fail-on error --format github"
    ))]
    Lint(lint::LintArguments),
    /// Decide recorded tool calls under a policy.
    #[command(after_help = examples!(
        "replay --policy policy.json march.jsonl",
        "replay --policy ~/src/app --home ~ session.jsonl"
    ))]
    Replay(replay::ReplayArguments),
    /// Show what a change of a policy lets pass: for all calls, and for recorded ones.
    #[command(after_help = examples!(
        "diff old.json new.json",
        "diff --git origin/main policies/  # what this branch changes"
    ))]
    Diff(diff::DiffArguments),
    /// Walk the decision on one call step by step.
    #[command(after_help = examples!(
        r#"explain --policy policy.json --call '{"tool":"pay","args":{"amount":11}}'"#,
        "explain --policy policy.json --trace march.jsonl --line 7"
    ))]
    Explain(explain::ExplainArguments),
    /// Run an MCP server over stdio and write the calls of the session as a trace.
    Record(record::RecordArguments),
    /// Look at recorded calls, or write them in gatelint's own notation.
    #[command(after_help = examples!("trace stats march.jsonl"))]
    Trace(trace::TraceArguments),
    /// Decide the calls of test files under policies and prove their statements.
    #[command(after_help = examples!(
        "test",
        "test policies/ --coverage --fail-on 'fails,coverage<90'"
    ))]
    Test(test::TestArguments),
    /// Prove the statements of one test file under policies, or show a call that breaks them.
    #[command(after_help = examples!("assert must-hold.yaml policies/payments.json"))]
    Assert(test::assert::AssertArguments),
    /// Write a policy in another dialect, and say what that cannot express.
    #[command(after_help = examples!(
        "convert policy.yaml --to v1 -o policy.json",
        "convert .claude/settings.json --to gemini -o app.toml"
    ))]
    Convert(convert::ConvertArguments),
    /// Write a policy to begin with.
    #[command(after_help = examples!(
        "init --server playwright -o policy.json",
        "init --trace march.jsonl -o policies/  # no more than the calls needed"
    ))]
    Init(init::InitArguments),
    /// Look into the catalogue of tools, and import servers into it.
    #[command(after_help = examples!("catalogue list"))]
    #[command(visible_alias = "catalog")]
    Catalogue(catalogue::CatalogueArguments),
    /// Explain a rule of the linter.
    #[command(after_help = examples!("rule missing-argument-bypass", "rule --all"))]
    Rule(rule::RuleArguments),
    /// Print the configuration that is in force, and from where.
    #[command(after_help = examples!(
        "config",
        "config --policy ~/src/app  # the permission rules that are in force"
    ))]
    Config(config::ConfigArguments),
    /// Serve an editor: findings while typing, hovers, completion, fixes.
    #[command(after_help = examples!("lsp --stdio  # an editor starts it so"))]
    Lsp(lsp::LspArguments),
    /// Serve agents over MCP: lint, explain, diff, rules and catalogue as tools that only read.
    #[cfg(feature = "mcp")]
    #[command(after_help = examples!(
        "mcp --root policies/  # an agent's client starts it so",
        "catalogue import --server gatelint -- gatelint mcp  # what its tools may do"
    ))]
    Mcp(mcp::McpArguments),
    /// Print a script that completes the command line in a shell.
    #[command(after_help = examples!(
        "completions fish -o ~/.config/fish/completions/gatelint.fish",
        "completions man -o ~/.local/share/man/man1/"
    ))]
    Completions(completions::CompletionsArguments),
}

/// Reads the command line. What is wrong with it, and what help it asks for, ends the program.
pub fn parse() -> Result<Cli, ExitStatus> {
    let mut arguments: Vec<OsString> = std::env::args_os().collect();
    let read = loop {
        let read = Cli::try_parse_from(&arguments);
        match read.as_ref().err().and_then(|error| partial::written_out(error, &arguments)) {
            Some(written) => arguments = written,
            None => break read,
        }
    };
    read.map_err(|error| {
        let words = arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
        let arguments: Vec<String> = words.collect();
        if let Some((old, now)) = retired::instead(&error, &arguments) {
            print_error(&format!("error: `{old}` is now `{now}`\n"));
            return ExitStatus::Error;
        }
        if error.use_stderr() {
            print_error(&refused(error));
            return ExitStatus::Error;
        }
        _ = error.print();
        ExitStatus::Ok
    })
}

/// What is wrong with the command line; its words may come from anywhere, and are escaped.
fn refused(mut error: clap::Error) -> String {
    let escaped: Vec<_> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, ContextValue::String(shown(text)))),
            _ => None,
        })
        .collect();
    for (kind, value) in escaped {
        error.insert(kind, value);
    }
    let text = error.render().to_string();
    text.split_inclusive('\n').map(|line| shown(line.trim_end_matches('\n')) + "\n").collect()
}

/// Runs a command and gives its exit status; errors are shown on standard error.
pub fn run(cli: Cli) -> ExitStatus {
    let output = &cli.output;
    let result = match cli.command {
        Command::Lint(arguments) => lint::run(&arguments, output),
        Command::Replay(arguments) => replay::run(&arguments, output),
        Command::Diff(arguments) => diff::run(&arguments, output),
        Command::Explain(arguments) => explain::run(&arguments, output),
        Command::Record(arguments) => record::run(&arguments),
        Command::Trace(arguments) => trace::run(&arguments, output),
        Command::Test(arguments) => test::run(&arguments, output),
        Command::Assert(arguments) => test::assert::run(&arguments, output),
        Command::Convert(arguments) => convert::run(&arguments, output),
        Command::Init(arguments) => init::run(&arguments, output),
        Command::Catalogue(arguments) => catalogue::run(&arguments, output),
        Command::Rule(arguments) => rule::run(&arguments, output),
        Command::Config(arguments) => config::run(&arguments, output),
        Command::Lsp(arguments) => lsp::run(&arguments),
        #[cfg(feature = "mcp")]
        Command::Mcp(arguments) => mcp::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments, Cli::command()),
    };
    result.unwrap_or_else(|error| {
        error.show(output);
        ExitStatus::Error
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of a line, as a shell would pass them on.
    fn words(line: &str) -> Vec<String> {
        let line = line.split("  #").next().unwrap_or_default();
        line.split_whitespace().map(|word| word.trim_matches('\'').to_owned()).collect()
    }

    fn assert_examples(command: &clap::Command) {
        for part in command.get_subcommands().filter(|part| part.get_name() != "help") {
            let name = part.get_bin_name().unwrap();
            let help = part.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples = help.strip_prefix("Examples:\n").unwrap_or_default();
            let lines = examples.lines().take_while(|line| line.starts_with("  "));
            let lines: Vec<&str> = lines.map(str::trim_start).collect();
            let is_shown = lines.iter().any(|line| line.starts_with(name));
            assert!(is_shown, "`{name} --help` has no example of it");
            for line in lines {
                if let Err(error) = Cli::try_parse_from(words(line)) {
                    panic!("{line}\n{error}");
                }
                assert!(line.chars().count() <= 98, "{line} is too long for a terminal");
            }
            assert_examples(part);
        }
    }

    #[test]
    fn the_help_of_every_command_has_an_example_that_is_taken() {
        let mut command = Cli::command();
        command.build();
        assert_examples(&command);
    }
}

//! The command line: one file a subcommand, which turns arguments into a report and an exit
//! status.

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
/// Reads PolicyLayer policies (version "1") and Intercept policies, offline.
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
    Lint(lint::LintArguments),
    /// Decide recorded tool calls under a policy.
    Replay(replay::ReplayArguments),
    /// Show what a change of a policy lets pass: for all calls, and for recorded ones.
    Diff(diff::DiffArguments),
    /// Walk the decision on one call step by step.
    Explain(explain::ExplainArguments),
    /// Run an MCP server over stdio and write the calls of the session as a trace.
    Record(record::RecordArguments),
    /// Look at recorded calls, or write them in gatelint's own notation.
    Trace(trace::TraceArguments),
    /// Decide the calls of test files under policies and prove their statements.
    Test(test::TestArguments),
    /// Prove the statements of one test file under policies, or show a call that breaks them.
    Assert(test::assert::AssertArguments),
    /// Write a policy in another dialect, and say what that cannot express.
    Convert(convert::ConvertArguments),
    /// Write a policy to begin with.
    Init(init::InitArguments),
    /// Look into the catalogue of tools, and import servers into it.
    #[command(visible_alias = "catalog")]
    Catalogue(catalogue::CatalogueArguments),
    /// Explain a rule of the linter.
    Rule(rule::RuleArguments),
    /// Print the configuration that is in force, and from where.
    Config(config::ConfigArguments),
    /// Serve an editor: findings while typing, hovers, completion, fixes.
    Lsp(lsp::LspArguments),
    /// Print a script that completes the command line in a shell.
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
        let arguments: Vec<String> = std::env::args().skip(1).collect();
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
        Command::Completions(arguments) => completions::run(&arguments, Cli::command()),
    };
    result.unwrap_or_else(|error| {
        error.show(output);
        ExitStatus::Error
    })
}

//! `gatelint assert`: the statements of one test file, under policies that are named.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::invalid::invalid;
use super::proving::{FailOn, Proving, of_statements};
use crate::assertion::Statement;
use crate::cli::common::agents;
use crate::cli::common::catalogue_options::CatalogueOptions;
use crate::cli::common::dialect::DialectOptions;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::input::{self, Loaded};
use crate::cli::common::output::{OutputOptions, print, print_as_is, print_error, stdout};
use crate::cli::common::trace_input::parse_timeout;
use crate::report::{
    Assertions, Comment, Secrets, assertions_sarif, write_assertions, write_assertions_github,
    write_assertions_json, write_assertions_junit, write_assertions_markdown, write_json,
};
use crate::source::Document;
use crate::testing;

#[derive(Debug, Args)]
pub(in crate::cli) struct AssertArguments {
    /// The statements, as YAML or JSON (schemas/test.schema.json).
    #[arg(value_name = "FILE")]
    statements: PathBuf,
    /// The policies under which they must hold; of an agent also the folder of a project.
    #[arg(required = true, value_name = "POLICY")]
    policies: Vec<PathBuf>,
    #[command(flatten)]
    dialect: DialectOptions,
    /// The home folder whose files an agent's own rules take in; without it the user's are not known.
    #[arg(long, value_name = "DIR")]
    home: Option<PathBuf>,
    /// What makes the exit status 1, separated by commas.
    #[arg(long, value_parser = of_statements(), value_delimiter = ',', default_value = "fails", value_name = "LIST")]
    fail_on: Vec<FailOn>,
    /// Show the values of arguments that are called like a secret, or that look like a credential.
    #[arg(long)]
    show_args: bool,
    /// How the answers are written.
    #[arg(long, value_enum, default_value_t = AssertFormat::Human)]
    format: AssertFormat,
    /// How long to look for proofs, such as `10s`, shared among the statements; what is open then is unknown.
    #[arg(long, value_parser = parse_timeout, default_value = "10s", value_name = "TIME")]
    timeout: Duration,
    #[command(flatten)]
    catalogue: CatalogueOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AssertFormat {
    /// For people.
    Human,
    /// For machines, with a `schema_version`.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// For code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// For the test reports of CI systems: a test case for each statement.
    Junit,
}

pub(in crate::cli) fn run(
    arguments: &AssertArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let catalogue = arguments.catalogue.load()?;
    let (document, mut statements) = statements(&arguments.statements)?;
    let secrets = Secrets::new([], arguments.show_args);
    statements.iter_mut().for_each(|one| secrets.mask_statement(one));
    let dialect = arguments.dialect.named();
    let home = arguments.home.as_deref();
    let policies = arguments.policies.iter().map(|path| agents::policy(path, dialect, home, None));
    let policies = policies.collect::<Result<Vec<_>, _>>()?;
    let options = policies.iter().map(|loaded| agents::options(loaded, dialect.is_some(), home));
    let options: Vec<Vec<String>> = options.collect();
    let number = statements.len() * policies.len();
    let proving = Proving::new(&catalogue, &arguments.catalogue, arguments.timeout, number);
    let policies: Vec<(&Loaded, &[String])> =
        policies.iter().zip(options.iter().map(Vec::as_slice)).collect();
    let asked: Vec<&Statement> = statements.iter().collect();
    let mut assertions = proving.prove(&document, &asked, &policies, false);
    assertions.mask(&secrets);
    if statements.is_empty() {
        print_error("error: the file holds no statement\n  help: add one to `statements`\n");
    }
    write(arguments, &assertions, output)?;
    let found = arguments.fail_on.iter().any(|fail_on| fail_on.is_met(&assertions));
    Ok(ExitStatus::of(false, statements.is_empty(), found))
}

fn write(
    arguments: &AssertArguments,
    assertions: &Assertions<'_>,
    output: &OutputOptions,
) -> Result<(), CliError> {
    let mut text = String::new();
    let mut out = stdout();
    match arguments.format {
        AssertFormat::Human => write_assertions(&mut text, assertions, &output.style()),
        AssertFormat::Markdown => {
            let mut comment = Comment::new(
                "assert",
                std::iter::once(&arguments.statements).chain(&arguments.policies),
            );
            write_assertions_markdown(&mut comment, assertions);
            text = comment.finish();
        }
        AssertFormat::Github => {
            write_assertions_github(&mut text, assertions);
            return Ok(print_as_is(&text)?);
        }
        AssertFormat::Json => write_assertions_json(&mut out, assertions)?,
        AssertFormat::Sarif => write_json(&mut out, &assertions_sarif(assertions))?,
        AssertFormat::Junit => write_assertions_junit(&mut out, assertions)?,
    }
    out.flush()?;
    Ok(print(&text)?)
}

fn statements(path: &Path) -> Result<(Document, Vec<Statement>), CliError> {
    let document = input::document(path)?;
    match testing::read(&document) {
        Ok(suite) => {
            if !suite.cases.is_empty() {
                let cases = suite.cases.len();
                print_error(&format!(
                    "note: cases ({cases}) are left out, `gatelint test` decides them\n"
                ));
            }
            Ok((document, suite.statements))
        }
        Err(mistakes) => Err(invalid(document, mistakes, "file of statements")),
    }
}

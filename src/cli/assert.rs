//! `gatelint assert`.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::common::agents;
use super::common::catalogue_options::CatalogueOptions;
use super::common::dialect::DialectOptions;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input;
use super::common::output::{OutputOptions, print, print_as_is, print_error, stdout};
use super::common::trace_input::parse_timeout;
use crate::assertion::{self, Answered, Checked, Statement, Verdict, check, vacuous};
use crate::lint::Severity;
use crate::policy::{Policy, Unreadable};
use crate::report::{
    Assertions, CheckedPolicy, Notice, assertions_sarif, write_assertions, write_assertions_github,
    write_assertions_json, write_assertions_junit, write_assertions_markdown, write_json,
};
use crate::solver::{Budget, Shapes};
use crate::source::Document;

#[derive(Debug, Args)]
pub(super) struct AssertArguments {
    /// The statements, as YAML or JSON (schemas/assert.schema.json).
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
    #[arg(long, value_enum, value_delimiter = ',', default_value = "fails", value_name = "LIST")]
    fail_on: Vec<FailOn>,
    /// How the answers are written.
    #[arg(long, value_enum, default_value_t = AssertFormat::Human)]
    format: AssertFormat,
    /// How long to look for proofs, such as `10s`; what is open then is unknown.
    #[arg(long, value_parser = parse_timeout, default_value = "10s", value_name = "TIME")]
    timeout: Duration,
    #[command(flatten)]
    catalogue: CatalogueOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// A statement that fails, or of which it cannot be told.
    Fails,
    /// The same, and a statement that says nothing: of a tool that nobody knows, or of calls that
    /// there cannot be.
    Vacuous,
    None,
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

pub(super) fn run(
    arguments: &AssertArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let catalogue = arguments.catalogue.load()?;
    let (document, statements) = statements(&arguments.statements)?;
    let dialect = arguments.dialect.named();
    let home = arguments.home.as_deref();
    let policies = arguments.policies.iter().map(|path| agents::policy(path, dialect, home, None));
    let policies = policies.collect::<Result<Vec<_>, _>>()?;
    let options = policies.iter().map(|loaded| agents::options(loaded, dialect.is_some(), home));
    let options: Vec<Vec<String>> = options.collect();
    let budget = Budget::new(Some(arguments.timeout));
    let approved: Vec<Policy> =
        policies.iter().map(|loaded| loaded.policy.clone().approved()).collect();
    let both = policies.iter().zip(&approved);
    let versions: Vec<Answered<'_>> =
        both.map(|(loaded, approved)| Answered::new(&loaded.policy, approved)).collect();
    let shapes: Vec<Shapes> = policies
        .iter()
        .map(|loaded| arguments.catalogue.shapes(catalogue.as_ref(), &[&loaded.policy]))
        .collect();
    let known = versions.iter().zip(&shapes).zip(&options);
    let checked = policies.iter().zip(known).map(|(loaded, ((version, shapes), options))| {
        let answers = statements.iter().map(|one| check(one, version, shapes, &budget));
        CheckedPolicy {
            document: &loaded.document,
            options,
            answers: answers.collect(),
            objects_only: loaded.policy.semantics.unreadable == Unreadable::Forwarded,
        }
    });
    let checked: Vec<CheckedPolicy<'_>> = checked.collect();
    let known: BTreeSet<&str> = versions
        .iter()
        .flat_map(Answered::names)
        .chain(shapes.iter().flat_map(Shapes::names))
        .collect();
    let assertions = Assertions {
        document: &document,
        policies: checked,
        warnings: vacuous(&statements, &known, &budget),
    };
    if statements.is_empty() {
        print_error("error: the file holds no statement\n  help: add one to `assert`\n");
    }
    write(arguments.format, &assertions, output)?;
    let found = arguments.fail_on.iter().any(|fail_on| fail_on.is_met(&assertions));
    Ok(ExitStatus::of(false, statements.is_empty(), found))
}

impl FailOn {
    fn is_met(self, assertions: &Assertions<'_>) -> bool {
        let fails = |checked: &Checked<'_>| !matches!(checked.verdict, Verdict::Holds);
        let any_fails = || assertions.policies.iter().flat_map(|one| &one.answers).any(fails);
        match self {
            FailOn::Fails => any_fails(),
            FailOn::Vacuous => any_fails() || !assertions.warnings.is_empty(),
            FailOn::None => false,
        }
    }
}

fn write(
    format: AssertFormat,
    assertions: &Assertions<'_>,
    output: &OutputOptions,
) -> Result<(), CliError> {
    let mut text = String::new();
    let mut out = stdout();
    match format {
        AssertFormat::Human => write_assertions(&mut text, assertions, &output.style()),
        AssertFormat::Markdown => write_assertions_markdown(&mut text, assertions),
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
    match assertion::read(&document) {
        Ok(statements) => Ok((document, statements)),
        Err(mistakes) => {
            let notices = mistakes
                .into_iter()
                .map(|mistake| Notice {
                    code: "error[assert]".to_owned(),
                    severity: Severity::Error,
                    span: mistake.span,
                    message: mistake.message,
                    help: mistake.help.into_iter().collect(),
                    related: Vec::new(),
                })
                .collect();
            let document = Box::new(document);
            Err(CliError::Invalid { what: "file of statements", document, notices })
        }
    }
}

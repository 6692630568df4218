//! `gatelint assert`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::common::catalogue_options::CatalogueOptions;
use super::common::dialect::DialectOptions;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input;
use super::common::output::{OutputFormat, OutputOptions, print, print_error, stdout};
use super::common::trace_input::parse_timeout;
use crate::assertion::{self, Checked, Statement, Verdict, check};
use crate::lint::Severity;
use crate::report::{CheckedPolicy, Notice, write_assertions, write_assertions_json};
use crate::solver::{Budget, Version};
use crate::source::Document;

#[derive(Debug, Args)]
pub(super) struct AssertArguments {
    /// The statements, as YAML or JSON (schemas/assert.schema.json).
    #[arg(value_name = "FILE")]
    statements: PathBuf,
    /// The policies under which they must hold.
    #[arg(required = true, value_name = "POLICY")]
    policies: Vec<PathBuf>,
    #[command(flatten)]
    dialect: DialectOptions,
    /// How the answers are written.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
    /// How long to look for proofs, such as `10s`; what is open then is unknown.
    #[arg(long, value_parser = parse_timeout, default_value = "10s", value_name = "TIME")]
    timeout: Duration,
    #[command(flatten)]
    catalogue: CatalogueOptions,
}

pub(super) fn run(
    arguments: &AssertArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let catalogue = arguments.catalogue.load()?;
    let (document, statements) = statements(&arguments.statements)?;
    let dialect = arguments.dialect.named();
    let policies = arguments.policies.iter().map(|path| input::policy(path, dialect));
    let policies = policies.collect::<Result<Vec<_>, _>>()?;
    let budget = Budget::new(Some(arguments.timeout));
    let checked: Vec<CheckedPolicy<'_>> = policies
        .iter()
        .map(|loaded| {
            // What a person may agree to may happen.
            let version = Version::answered(&loaded.policy, true);
            let shapes = arguments.catalogue.shapes(catalogue.as_ref(), &[&loaded.policy]);
            let answers = statements.iter().map(|one| check(one, &version, &shapes, &budget));
            CheckedPolicy { document: &loaded.document, answers: answers.collect() }
        })
        .collect();
    if statements.is_empty() {
        print_error("error: the file holds no statement\n  help: add one to `assert`\n");
    }
    match arguments.format {
        OutputFormat::Json => {
            let mut out = stdout();
            write_assertions_json(&mut out, &document, &checked)?;
            out.flush()?;
        }
        OutputFormat::Human => {
            let mut text = String::new();
            write_assertions(&mut text, &document, &checked, &output.style());
            print(&text)?;
        }
    }
    let fails = |checked: &Checked<'_>| !matches!(checked.verdict, Verdict::Holds);
    let found = checked.iter().flat_map(|policy| &policy.answers).any(fails);
    Ok(ExitStatus::of(false, statements.is_empty(), found))
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

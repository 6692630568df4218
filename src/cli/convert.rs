//! `gatelint convert`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::common::assume::{self, Grants};
use super::common::dialect::{self, DialectOptions};
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input;
use super::common::output::{OutputOptions, print_error};
use super::common::output_file::OutputFile;
use super::common::trace_input::parse_timeout;
use crate::convert::{Loss, convert, file_name};
use crate::diff::{AccessChanges, Certainty, Compared};
use crate::policy::Dialect;
use crate::report::{escape, policy_text, write_access};
use crate::solver::{Budget, Shapes};
use crate::source::{Document, LineTable, Place};

/// Writes a policy in the other dialect, and proves that it lets the same calls pass.
///
/// That is proved for calls whose arguments are an object: all others Intercept forwards without a look
/// whatever its policy says, so that they are named and no more. What the other dialect cannot say is written stricter where there is a choice. It is named on
/// standard error, with calls that the two decide otherwise, and makes the exit status 1; the
/// converted policy is written all the same.
#[derive(Debug, Args)]
pub(super) struct ConvertArguments {
    /// The policy.
    policy: PathBuf,
    /// The dialect to write.
    #[arg(long, value_parser = dialect::written_parser(), value_name = "NAME[@VERSION]")]
    to: Dialect,
    #[command(flatten)]
    dialect: DialectOptions,
    #[command(flatten)]
    file: OutputFile,
    /// `grants=one` proves it for one grant alone: counters that everybody shares in Intercept are
    /// then the same as those that each grant has of its own.
    #[arg(long, value_parser = assume::parse_grants, value_name = "FACT=VALUE")]
    assume: Option<Grants>,
    /// How long to look for the proof, such as `10s`.
    #[arg(long, value_parser = parse_timeout, default_value = "10s", value_name = "TIME")]
    timeout: Duration,
}

pub(super) fn run(
    arguments: &ConvertArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    arguments.file.check()?;
    let loaded = input::gateway_policy(&arguments.policy, arguments.dialect.named())?;
    let to = arguments.to;
    if loaded.policy.dialect.is_intercept() == to.is_intercept() {
        let article = if to.is_intercept() { "an" } else { "a" };
        let message = format!("{} is {article} {to} policy already", loaded.document.name);
        return Err(CliError::usage(&message, "name the other dialect with --to"));
    }
    let converted = convert(&loaded.policy, to);
    let text = policy_text(&converted.document);
    let mut document = Document::read(file_name(to), text.clone().into_bytes());
    if let Some(path) = arguments.file.path() {
        document.name = path.display().to_string();
    }
    let written = input::read_policy(document, Some(to))?;
    let (mut old, mut new) = (loaded.policy, written.policy);
    if arguments.assume == Some(Grants::One) {
        (old, new) = (old.for_one_grant(), new.for_one_grant());
    }
    let budget = Budget::new(Some(arguments.timeout));
    let access = AccessChanges::new(&old, &new, &Shapes::default(), &budget);
    arguments.file.write(&text)?;
    let mut notes = losses(&loaded.document, &converted.losses);
    let is_same =
        access.loosens().max(access.tightens()) == Certainty::No || access.is_unread_only();
    let label = if is_same { "converted: " } else { "converted with differences: " };
    let compared = Compared::new(&loaded.document, &written.document, &[]);
    write_access(&mut notes, label, &compared, &access, &output.style_of_stderr());
    print_error(&notes);
    Ok(ExitStatus::of(false, false, !is_same))
}

/// What could not be carried over, a line each.
fn losses(document: &Document, losses: &[Loss]) -> String {
    let lines = LineTable::new(&document.text);
    let line = |loss: &Loss| {
        let span = document.span_of(&Place::value(loss.pointer.clone()));
        let line = lines.position(&document.text, span.start).line;
        format!("{}:{line}: {}\n", escape(&document.name), loss.message)
    };
    losses.iter().map(line).collect()
}

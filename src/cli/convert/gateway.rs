//! From the dialect of one gateway to that of the other, with a proof.

use super::arguments::ConvertArguments;
use crate::cli::common::assume::Grants;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::input::{self, Loaded};
use crate::cli::common::output::{OutputOptions, print_error};
use crate::convert::{Loss, convert, file_name};
use crate::diff::{AccessChanges, Certainty, Compared};
use crate::report::{ConvertLoss, Detail, escape, policy_text, write_access};
use crate::solver::{Budget, Shapes};
use crate::source::{Document, LineTable, Place};

/// Writes the policy in the other dialect, and says whether the same calls pass.
pub(super) fn run(
    arguments: &ConvertArguments,
    loaded: Loaded,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let (from, to) = (loaded.policy.dialect, arguments.to);
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
    let losses = losses(&loaded.document, &converted.losses);
    arguments.write(from, (&text, None), &losses)?;
    let line = |loss: &ConvertLoss| {
        let place = loss.place.as_deref().unwrap_or_default();
        format!("{}: {}\n", escape(place), loss.message)
    };
    let mut notes: String = losses.iter().map(line).collect();
    let is_same =
        access.loosens().max(access.tightens()) == Certainty::No || access.is_unread_only();
    let label = if is_same { "converted: " } else { "converted with differences: " };
    let compared = Compared::new(&loaded.document, &written.document, &[]);
    write_access(
        &mut notes,
        label,
        &compared,
        &access,
        &output.style_of_stderr(),
        Detail::Findings,
    );
    print_error(&notes);
    Ok(ExitStatus::of(false, false, arguments.fails_on_loss(true) && !is_same))
}

/// What could not be carried over.
fn losses(document: &Document, losses: &[Loss]) -> Vec<ConvertLoss> {
    let lines = LineTable::new(&document.text);
    let one = |loss: &Loss| {
        let span = document.span_of(&Place::value(loss.pointer.clone()));
        let line = lines.position(&document.text, span.start).line;
        ConvertLoss::at(format!("{}:{line}", document.name), loss.message.clone())
    };
    losses.iter().map(one).collect()
}

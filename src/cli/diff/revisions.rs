//! `gatelint diff --git`: every policy that changed between two revisions.

use super::arguments::{DiffArguments, DiffFormat};
use super::git;
use super::pair::Pair;
use super::written;
use crate::catalogue::Catalogue;
use crate::cli::common::config_input;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::output::{OutputOptions, print};
use crate::diff::{AccessChanges, Compared, Edit, edits};
use crate::report::Comparison;
use crate::solver::Budget;

/// Compares every policy that changed. One that cannot be read on either side does not keep the
/// others from being compared.
pub(in crate::cli) fn run(
    arguments: &DiffArguments,
    range: &str,
    catalogue: &Catalogue,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let config = config_input::read(&arguments.config)?;
    let changed = git::changed(range, &arguments.policies, arguments.dialect.beside(&config))?;
    let (pairs, errors): (Vec<_>, Vec<_>) = changed.into_iter().partition(Result::is_ok);
    let pairs: Vec<Pair> =
        pairs.into_iter().flatten().map(|pair| arguments.assuming(pair)).collect();
    let bad = !errors.is_empty();
    errors.into_iter().filter_map(Result::err).for_each(|error| error.show(output));
    let budget = Budget::new(Some(arguments.timeout));
    let access: Vec<AccessChanges<'_>> =
        pairs.iter().map(|pair| arguments.access(pair, catalogue, &budget)).collect();
    let edits: Vec<Vec<Edit>> =
        pairs.iter().map(|pair| edits(pair.old_root(), pair.new_root())).collect();
    let documents: Vec<Compared<'_>> =
        pairs.iter().zip(&edits).map(|(pair, edits)| pair.compared(edits)).collect();
    let compared: Vec<Comparison<'_>> =
        documents.iter().zip(&access).map(|(compared, access)| (compared, access, None)).collect();
    if let Some(to) = &arguments.write {
        written::write(arguments, to, pairs.iter().zip(&access))?;
    }
    let is_for_people =
        matches!(arguments.format, DiffFormat::Human | DiffFormat::Markdown | DiffFormat::Html);
    match (compared.is_empty(), bad) {
        // What cannot be read may have changed in any way.
        (true, true) if is_for_people => {}
        (true, false) if arguments.format == DiffFormat::Human => print("No policy changed.\n")?,
        _ => arguments.write(&compared, &output.style())?,
    }
    let found = access.iter().any(|access| arguments.is_failed_by(access, None));
    Ok(ExitStatus::of(bad, false, found))
}

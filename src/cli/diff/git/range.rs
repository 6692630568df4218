//! What is compared: two revisions, or one and the files as they are.

use super::repository::Repository;
use crate::cli::common::error::CliError;
use crate::cli::common::output::print_error;
use crate::report::escape;

/// What git calls the two sides of a comparison.
pub(super) struct Range {
    pub(super) old: String,
    /// None for the files as they are.
    pub(super) new: Option<String>,
}

impl Range {
    /// `A..B` is two revisions; `A...B` is B and where it left A; `A` is where the branch that is
    /// checked out left it, and the files as they are. A side that is left out is HEAD.
    pub(super) fn parse(repository: &Repository, range: &str) -> Result<Range, CliError> {
        let (ends, from_base) = match range.split_once("...") {
            Some(ends) => (Some(ends), true),
            None => (range.split_once(".."), false),
        };
        let Some((old, new)) = ends else {
            return Ok(Range { old: base(repository, range, "HEAD")?, new: None });
        };
        let (old, new) = (or_head(old), or_head(new));
        let commit = repository.commit(new)?;
        let old = if from_base { base(repository, old, new)? } else { repository.commit(old)? };
        Ok(Range { old, new: Some(commit) })
    }
}

fn or_head(side: &str) -> &str {
    if side.is_empty() { "HEAD" } else { side }
}

/// Where a branch left a revision. Where git does not know it, as in a shallow clone, that is said,
/// and the revision itself is taken.
fn base(repository: &Repository, revision: &str, branch: &str) -> Result<String, CliError> {
    let (tip, head) = (repository.commit(revision)?, repository.commit(branch)?);
    if let Ok(base) = repository.git(["merge-base", &tip, &head]) {
        return Ok(String::from_utf8_lossy(&base).trim_end().to_owned());
    }
    let (revision, branch) = (escape(revision), escape(branch));
    print_error(&format!(
        "warning: {revision} and {branch} have no common ancestor here, so what changed in {revision} meanwhile is taken for a change of {branch}\n  help: a shallow clone lacks it: `git fetch --unshallow`, or `fetch-depth: 0` in actions/checkout\n"
    ));
    Ok(tip)
}

//! How `gatelint diff` writes what it found.

use std::io::Write;

use super::arguments::{DiffArguments, DiffFormat};
use crate::cli::common::error::CliError;
use crate::cli::common::output::{print, print_as_is, stdout};
use crate::diff::{AccessChanges, Certainty, Compared, Flips};
use crate::report::{
    Style, access_sarif, write_access, write_access_github, write_access_markdown, write_diff,
    write_diff_json, write_documents, write_json,
};

impl DiffArguments {
    /// Writes one comparison.
    pub(in crate::cli) fn write(
        &self,
        compared: &Compared<'_>,
        access: &AccessChanges<'_>,
        flips: Option<&Flips>,
        label: &str,
        style: &Style,
    ) -> Result<(), CliError> {
        let mut text = String::new();
        match self.format {
            DiffFormat::Json => {
                let mut out = stdout();
                write_diff_json(&mut out, compared, access, flips, self.git.is_some())?;
                return Ok(out.flush()?);
            }
            DiffFormat::Sarif => return self.write_sarif(&[(compared, access, flips)]),
            // Nothing was read, which has been said.
            DiffFormat::Human if flips.is_some_and(|flips| flips.calls == 0) => {}
            DiffFormat::Human => {
                let label = if self.equivalent { equivalence(access) } else { label };
                write_access(&mut text, label, compared, access, style);
                if let Some(flips) = flips {
                    text.push('\n');
                    write_diff(&mut text, compared, flips, style);
                    write_documents(&mut text, compared, style);
                } else {
                    text.push('\n');
                }
            }
            DiffFormat::Markdown => write_access_markdown(&mut text, compared, access, flips),
            DiffFormat::Github => {
                write_access_github(&mut text, compared, access, flips);
                return Ok(print_as_is(&text)?);
            }
        }
        Ok(print(&text)?)
    }

    /// Writes several comparisons as one log.
    pub(in crate::cli) fn write_sarif(
        &self,
        comparisons: &[(&Compared<'_>, &AccessChanges<'_>, Option<&Flips>)],
    ) -> Result<(), CliError> {
        let mut out = stdout();
        write_json(&mut out, &access_sarif(comparisons))?;
        Ok(out.flush()?)
    }
}

fn equivalence(access: &AccessChanges<'_>) -> &'static str {
    match access.loosens().max(access.tightens()) {
        Certainty::No => "equivalent: ",
        Certainty::Maybe => "may not be equivalent: ",
        Certainty::Yes => "not equivalent: ",
    }
}

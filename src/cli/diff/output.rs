//! How `gatelint diff` writes what it found.

use std::io::Write;

use super::arguments::{DiffArguments, DiffFormat};
use crate::cli::common::error::CliError;
use crate::cli::common::output::{print, print_as_is, stdout};
use crate::diff::{AccessChanges, Certainty};
use crate::report::{
    Comment, Comparison, Detail, Style, access_sarif, policy_title, write_access,
    write_access_github, write_access_markdown, write_diff, write_diff_html, write_diff_json,
    write_documents, write_json,
};

impl DiffArguments {
    /// Writes comparisons.
    pub(in crate::cli) fn write(
        &self,
        comparisons: &[Comparison<'_>],
        style: &Style,
    ) -> Result<(), CliError> {
        let mut text = String::new();
        match self.format {
            DiffFormat::Json => {
                let mut out = stdout();
                for (compared, access, flips) in comparisons {
                    write_diff_json(&mut out, compared, access, *flips, self.git.is_some())?;
                }
                return Ok(out.flush()?);
            }
            DiffFormat::Sarif => {
                let mut out = stdout();
                write_json(&mut out, &access_sarif(comparisons))?;
                return Ok(out.flush()?);
            }
            DiffFormat::Human => {
                comparisons.iter().for_each(|one| self.write_human(&mut text, one, style));
            }
            DiffFormat::Html => text = write_diff_html(comparisons),
            DiffFormat::Markdown => {
                let mut comment = Comment::new("diff", &self.policies);
                write_access_markdown(&mut comment, comparisons);
                text = comment.finish();
            }
            DiffFormat::Github => {
                write_access_github(&mut text, comparisons);
                return Ok(print_as_is(&text)?);
            }
        }
        Ok(print(&text)?)
    }

    /// Writes a comparison for people.
    pub(super) fn write_human(
        &self,
        text: &mut String,
        (compared, access, flips): &Comparison<'_>,
        style: &Style,
    ) {
        // Nothing was read, which has been said.
        if flips.is_some_and(|flips| flips.calls == 0) {
            return;
        }
        let label = match (self.equivalent, self.git.is_some()) {
            (true, _) => equivalence(access).to_owned(),
            (false, true) => format!("{}: ", policy_title(compared.history())),
            (false, false) => String::new(),
        };
        let detail = self.verbosity.detail();
        write_access(text, &label, compared, access, style, detail);
        if detail > Detail::Summary {
            text.push('\n');
        }
        if let Some(flips) = flips {
            write_diff(text, compared, flips, style, detail);
        }
        if flips.is_some() && detail > Detail::Summary {
            write_documents(text, compared, style);
        }
    }
}

fn equivalence(access: &AccessChanges<'_>) -> &'static str {
    match access.loosens().max(access.tightens()) {
        Certainty::No => "equivalent: ",
        Certainty::Maybe => "may not be equivalent: ",
        Certainty::Yes => "not equivalent: ",
    }
}

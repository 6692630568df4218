//! `--fix`, `--unsafe-fixes` and `--diff`.

use std::path::{Path, PathBuf};

use clap::Args;
use similar::TextDiff;

use crate::cli::error::CliError;
use crate::cli::output::{OutputOptions, print, print_error};
use crate::cli::output_file::write_file;
use crate::lint::Safety;
use crate::report::{escape, write_text_diff};

#[derive(Debug, Args)]
pub(super) struct FixOptions {
    /// Mend what can be mended safely, then report what is left.
    #[arg(long)]
    fix: bool,
    /// Mend also what changes what the policy decides; with --fix or --diff.
    #[arg(long)]
    unsafe_fixes: bool,
    /// Only show what --fix would change, instead of the findings; the exit status is 1 if it would
    /// change something.
    #[arg(long)]
    diff: bool,
}

impl FixOptions {
    /// Whether only the difference is shown, and no findings.
    pub(super) fn shows_only(&self) -> bool {
        self.diff
    }

    /// The fixes that are wanted, if any are.
    pub(super) fn up_to(&self) -> Option<Safety> {
        match (self.fix || self.diff, self.unsafe_fixes) {
            (false, _) => None,
            (true, false) => Some(Safety::Safe),
            (true, true) => Some(Safety::Unsafe),
        }
    }
}

/// A file that fixes change.
pub(super) struct Change {
    pub(super) path: PathBuf,
    pub(super) before: String,
    pub(super) after: String,
    /// What was done: rule and title.
    pub(super) made: Vec<(&'static str, String)>,
}

/// Writes or shows what fixes change, and says whether something is still to be changed.
pub(super) fn finish(
    options: &FixOptions,
    changes: &[Change],
    output: &OutputOptions,
) -> Result<bool, CliError> {
    if options.unsafe_fixes && options.up_to().is_none() {
        print_error("warning: --unsafe-fixes does nothing without --fix or --diff\n");
    }
    for change in changes {
        let name = change.path.display().to_string();
        // What came from standard input can only be shown.
        if options.diff || change.path == Path::new("-") {
            let diff = TextDiff::from_lines(&change.before, &change.after);
            let name = escape(&name);
            let diff = diff.unified_diff().header(&name, &name).to_string();
            let mut text = String::new();
            write_text_diff(&mut text, &diff, &output.style());
            print(&text)?;
        } else {
            write_file(&change.path, true, |file| file.write_all(change.after.as_bytes()))?;
            for (rule, title) in &change.made {
                let line = format!("fixed {}: {rule}: {}\n", escape(&name), escape(title));
                print_error(&line);
            }
        }
    }
    Ok(options.diff && !changes.is_empty())
}

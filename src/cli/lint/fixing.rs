//! `--fix`, `--unsafe-fixes` and `--diff`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::common::error::CliError;
use crate::cli::common::output::{OutputOptions, print, print_as_is, print_error};
use crate::cli::common::output_file::rewrite;
use crate::diff::unified_diff;
use crate::lint::{Safety, without_secrets};
use crate::report::{Linted, escape, write_text_diff};

#[derive(Debug, Args)]
pub(super) struct FixOptions {
    /// Mend what can be mended safely, then report what is left. For `-` the mended text goes to
    /// standard output, and the report to standard error.
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

    /// Whether files are changed.
    pub(super) fn writes(&self) -> bool {
        self.fix && !self.diff
    }

    /// Whether a mended standard input is written out, which leaves no room for findings beside it.
    pub(super) fn writes_out(&self, path: &Path) -> bool {
        self.writes() && path == Path::new("-")
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
    /// The text as it was read.
    pub(super) before: String,
    pub(super) after: String,
    /// What was done: rule and title.
    pub(super) made: Vec<(&'static str, String)>,
    /// What is not to be shown of either text.
    pub(super) secrets: Vec<String>,
}

/// What came of writing or showing what fixes change.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Finished {
    /// Whether something is still to be changed.
    pub(super) to_change: bool,
    /// The files that could not be written, by their places among the changes.
    pub(super) unwritten: Vec<usize>,
}

/// Writes or shows what fixes change. A file that cannot be written is told, and the others are
/// written all the same.
pub(super) fn finish(
    options: &FixOptions,
    changes: &[Change],
    output: &OutputOptions,
) -> Result<Finished, CliError> {
    if options.unsafe_fixes && options.up_to().is_none() {
        print_error("warning: --unsafe-fixes does nothing without --fix or --diff\n");
    }
    let mut unwritten = Vec::new();
    for (place, change) in changes.iter().enumerate() {
        if options.diff {
            show(change, output)?;
        } else if options.writes_out(&change.path) {
            print_as_is(&change.after)?;
        } else if let Err(error) = write(change) {
            error.show(output);
            unwritten.push(place);
        }
    }
    Ok(Finished { to_change: options.diff && !changes.is_empty(), unwritten })
}

/// Why nothing was mended that was to be, where something was found.
pub(super) fn why_nothing(options: &FixOptions, linted: &Linted<'_>) -> Option<String> {
    let up_to = options.up_to()?;
    linted.findings().next()?;
    let (made, left) = (linted.fixable(Safety::Safe), linted.fixable(Safety::Unsafe));
    let blocked = made + if up_to == Safety::Unsafe { left } else { 0 };
    let why = match (blocked, left) {
        (0, 0) => "nothing that was found has a fix".to_owned(),
        (0, 1) => "the one fix changes what is decided; --unsafe-fixes makes it too".to_owned(),
        (0, left) => {
            format!("all {left} fixes change what is decided; --unsafe-fixes makes them too")
        }
        _ => "what the fixes would bring to light is refused too; mend that first".to_owned(),
    };
    Some(format!("nothing is fixed: {why}\n"))
}

fn show(change: &Change, output: &OutputOptions) -> Result<(), CliError> {
    let name = change.path.display().to_string();
    let name = escape(&name);
    let diff = unified_diff((&name, &change.before), (&name, &change.after));
    let diff = without_secrets(&change.secrets, &diff);
    let mut text = String::new();
    write_text_diff(&mut text, &diff, &output.style());
    Ok(print(&text)?)
}

fn write(change: &Change) -> Result<(), CliError> {
    rewrite(&change.path, &change.before, &change.after)?;
    let name = change.path.display().to_string();
    for (rule, title) in &change.made {
        print_error(&format!("fixed {}: {rule}: {}\n", escape(&name), escape(title)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Options {
        #[command(flatten)]
        fixing: FixOptions,
        #[command(flatten)]
        output: OutputOptions,
    }

    #[test]
    fn one_file_that_cannot_be_written_does_not_stop_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options::parse_from(["lint", "--fix"]);
        let change = |name: &str| Change {
            path: folder.path().join(name),
            before: "a".to_owned(),
            after: "b".to_owned(),
            made: Vec::new(),
            secrets: Vec::new(),
        };
        std::fs::write(folder.path().join("b.yaml"), "a").unwrap();
        let changes = [change("missing/a.yaml"), change("b.yaml")];
        let finished = finish(&options.fixing, &changes, &options.output).unwrap();
        assert_eq!(finished, Finished { to_change: false, unwritten: vec![0] });
        assert_eq!(std::fs::read_to_string(folder.path().join("b.yaml")).unwrap(), "b");
    }
}

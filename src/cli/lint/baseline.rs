//! `--baseline` and `--write-baseline`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::common::error::CliError;
use crate::cli::common::output::{OutputOptions, print};
use crate::cli::common::output_file::write_file;
use crate::lint::{Baseline, Settings, WalkError};
use crate::report::{Detail, Linted, command, escape};

/// Where a baseline is written if nobody says where.
const FILE_NAME: &str = "gatelint-baseline.json";

#[derive(Debug, Args)]
pub(super) struct BaselineOptions {
    /// Hide the findings that this file has.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write a baseline of all findings instead of showing them: `--write-baseline=FILE`, with the
    /// `=`; without a file that of `--baseline` or the configuration, else `gatelint-baseline.json`.
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, conflicts_with_all = ["fix", "diff", "watch"])]
    write_baseline: Option<Option<PathBuf>>,
}

/// A baseline with its place.
pub(super) struct ReadBaseline {
    pub(super) list: Baseline,
    /// The folder that its paths are below.
    pub(super) folder: PathBuf,
    /// Whether it hides findings, or is only there to be written anew.
    pub(super) hides: bool,
}

impl BaselineOptions {
    pub(super) fn writes(&self) -> bool {
        self.write_baseline.is_some()
    }

    /// The baseline that is meant, if one is.
    pub(super) fn path(&self, configured: Option<&Path>) -> Option<PathBuf> {
        let written = self.write_baseline.as_ref().map(Option::as_ref);
        match written {
            Some(Some(path)) => Some(path.clone()),
            Some(None) => {
                let given = self.baseline.clone().or_else(|| configured.map(Path::to_owned));
                Some(given.unwrap_or_else(|| PathBuf::from(FILE_NAME)))
            }
            None => self.baseline.clone().or_else(|| configured.map(Path::to_owned)),
        }
    }
}

/// Reads the baseline that is to be used or written anew; `configured` is that of the configuration. One that is to be written need not be
/// there yet; one that cannot be read is never written over.
pub(super) fn read(
    options: &BaselineOptions,
    configured: Option<&Path>,
) -> Result<Option<ReadBaseline>, CliError> {
    let Some(path) = options.path(configured) else { return Ok(None) };
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let hides = !options.writes();
    // What is no file, such as a pipe, holds nothing to be kept, and reading it may never end.
    if !hides && !path.is_file() && !path.is_dir() {
        return Ok(Some(ReadBaseline { list: Baseline::default(), folder, hides }));
    }
    if !path.exists() {
        return Err(CliError::Refused {
            message: format!("there is no baseline {}", path.display()),
            help: format!(
                "write today's findings into it with `gatelint lint --write-baseline={}`",
                command::word(&path.display().to_string())
            ),
        });
    }
    let text =
        std::fs::read_to_string(&path).map_err(|cause| WalkError { path: path.clone(), cause })?;
    let list = Baseline::parse(&text).map_err(|cause| CliError::Baseline { path, cause })?;
    Ok(Some(ReadBaseline { list, folder, hides }))
}

/// Writes the baseline anew, unless something could not be judged.
pub(super) fn write(
    options: &BaselineOptions,
    configured: Option<&Path>,
    before: Option<&ReadBaseline>,
    linted: &Linted<'_>,
    settings: &Settings,
    failed: bool,
    output: &OutputOptions,
) -> Result<(), CliError> {
    if failed {
        super::format::LintFormat::Human.write(linted, output, Detail::Findings)?;
        return Err(CliError::Incomplete);
    }
    let (Some(path), Some(before)) = (options.path(configured), before) else { return Ok(()) };
    let baseline = Baseline::of(linted.reports, &before.folder, &before.list, settings);
    write_file(&path, true, |file| file.write_all(baseline.to_text().as_bytes()))?;
    let gone = before.list.without(&baseline);
    let pruned = match gone {
        0 => String::new(),
        gone => format!("; {gone} that no longer occurred went"),
    };
    let count = baseline.len();
    let findings = if count == 1 { "finding" } else { "findings" };
    let name = path.display().to_string();
    Ok(print(&format!("{}: {count} {findings}{pruned}\n", escape(&name)))?)
}

//! The arguments of `gatelint lint`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::baseline::BaselineOptions;
use super::fixing::FixOptions;
use super::format::LintFormat;
use crate::cli::common::clock::parse_day;
use crate::cli::common::config_input::ConfigOptions;
use crate::cli::common::dialect::DialectOptions;
use crate::cli::common::verbosity::Verbosity;
use crate::lint::Severity;

#[derive(Debug, Args)]
pub(in crate::cli) struct LintArguments {
    /// Policies, folders to look for policies in, or `-` for standard input.
    #[arg(default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// The server that the policies are for; without it, it is found from the configuration, or
    /// from the tools they name.
    #[arg(long, value_name = "SERVER")]
    pub(super) server: Option<String>,
    /// Add servers to the catalogue: our own records, or an answer to `tools/list`.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    pub(super) catalogue: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) dialect: DialectOptions,
    /// The home folder of a user, whose permission files count beside those of a project of an agent; they are
    /// linted only where they are named.
    #[arg(long, value_name = "DIR")]
    pub(super) home: Option<PathBuf>,
    /// Run these rules only, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub(super) select: Vec<String>,
    /// Do not run these rules, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub(super) ignore: Vec<String>,
    /// Show also what comments, the configuration and its baseline hide, for a security gate.
    #[arg(long)]
    pub(super) no_ignores: bool,
    /// The severities that make the exit status 1, separated by commas; the least of them and all
    /// above it count. Unreadable input makes it 2 even under `none`.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "warning", value_name = "LIST")]
    pub(super) fail_on: Vec<FailOn>,
    /// Recorded calls, of which a fix that lets less through says how many it keeps.
    #[arg(long, value_name = "TRACE")]
    pub(super) trace: Vec<PathBuf>,
    /// The day that `expires` of ignores is held against, such as 2027-01-31; today in UTC without it.
    #[arg(long, value_parser = parse_day, value_name = "DAY")]
    pub(super) now: Option<Date>,
    /// Write how often each rule found something instead of the findings, the most frequent first; as
    /// `human` or `json`.
    #[arg(long, conflicts_with_all = ["fix", "diff", "write_baseline"])]
    pub(super) statistics: bool,
    /// How the findings are written.
    #[arg(long, value_enum, default_value_t = LintFormat::Human)]
    pub(super) format: LintFormat,
    /// Pass over named files that are not policies, as in folders; for hooks that name every file.
    #[arg(long)]
    pub(super) skip_non_policies: bool,
    /// Pass over named files that the configuration excludes, as in folders; for hooks.
    #[arg(long)]
    pub(super) force_exclude: bool,
    /// Finding no policy is not an error.
    #[arg(long)]
    pub(super) allow_empty: bool,
    /// Lint again whenever a file changes, until interrupted.
    #[arg(long)]
    pub(super) watch: bool,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
    #[command(flatten)]
    pub(super) baseline: BaselineOptions,
    #[command(flatten)]
    pub(super) fixing: FixOptions,
    #[command(flatten)]
    pub(super) config: ConfigOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Error,
    Warning,
    Info,
    /// No finding makes the exit status 1.
    None,
}

impl FailOn {
    /// Whether a finding of this severity is one too many.
    pub(super) fn includes(self, severity: Severity) -> bool {
        match self {
            FailOn::Error => severity >= Severity::Error,
            FailOn::Warning => severity >= Severity::Warning,
            FailOn::Info => true,
            FailOn::None => false,
        }
    }
}

//! The arguments of `gatelint lint`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::baseline::BaselineOptions;
use super::fixing::FixOptions;
use super::format::LintFormat;
use crate::cli::common::config_input::ConfigOptions;
use crate::cli::common::input::DialectName;
use crate::lint::Severity;
use crate::policy::Dialect;

#[derive(Debug, Args)]
pub(in crate::cli) struct LintArguments {
    /// Policies, folders to look for policies in, or `-` for standard input.
    #[arg(default_value = ".")]
    pub(super) paths: Vec<PathBuf>,
    /// The server that the policies are for; without it, it is found from the configuration, or
    /// from the tools they name.
    #[arg(long, value_name = "NAME")]
    pub(super) server: Option<String>,
    /// Add servers to the catalogue: our own records, or an answer to `tools/list`.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    pub(super) catalogue: Vec<PathBuf>,
    /// The dialect of the policies; without it, it is found from their content.
    #[arg(long, value_enum)]
    pub(super) dialect: Option<DialectName>,
    /// Run these rules only, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub(super) select: Vec<String>,
    /// Do not run these rules, separated by commas.
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub(super) ignore: Vec<String>,
    /// Show also what comments, the configuration and its baseline hide, for a security gate.
    #[arg(long)]
    pub(super) no_ignores: bool,
    /// The least severity that makes the exit status 1.
    #[arg(long, value_enum, default_value_t = FailOn::Warning, value_name = "SEVERITY")]
    pub(super) fail_on: FailOn,
    /// Findings do not make the exit status 1; unreadable input still makes it 2.
    #[arg(long)]
    pub(super) exit_zero: bool,
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
    pub(super) baseline: BaselineOptions,
    #[command(flatten)]
    pub(super) fixing: FixOptions,
    #[command(flatten)]
    pub(super) config: ConfigOptions,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FailOn {
    Error,
    Warning,
    Info,
    /// No finding makes the exit status 1.
    None,
}

impl LintArguments {
    /// The dialect that was named.
    pub(super) fn dialect(&self) -> Option<Dialect> {
        self.dialect.map(Dialect::from)
    }
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

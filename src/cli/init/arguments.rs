//! The arguments of `gatelint init`.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::catalogue::{Catalogue, Server};
use crate::cli::common::dialect;
use crate::cli::common::error::CliError;
use crate::cli::common::input;
use crate::cli::common::output::OutputFormat;
use crate::cli::common::output_file::OutputFile;
use crate::cli::common::trace_input::TraceOptions;
use crate::engine::Assumption;
use crate::init::Fit;
use crate::policy::Dialect;

#[derive(Debug, Args)]
pub(in crate::cli) struct InitArguments {
    #[command(flatten)]
    pub(super) origin: Origin,
    /// A tool of the server; without it, all of them.
    #[arg(long = "tool", value_name = "NAME", conflicts_with = "traces")]
    pub(super) tools: Vec<String>,
    /// The dialect to write. From transcripts of Claude Code, `claude-code` is the shortest list of rules by which
    /// it would not have asked about what was always approved.
    #[arg(long, value_parser = dialect::begun_parser(), default_value = "v1", value_name = "NAME[@VERSION]")]
    pub(super) to: Dialect,
    /// Add servers to the catalogue: our own records, an answer to `tools/list`, or an index.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    pub(super) catalogue: Vec<PathBuf>,
    /// The settings that there are, for `--to claude-code`: what they deny or ask about is not allowed. A file, or
    /// the folder of a project.
    #[arg(long, value_name = "PATH")]
    pub(super) policy: Option<PathBuf>,
    /// `mode=NAME` is the permission mode of calls whose record tells none, for `--to claude-code`.
    #[arg(long, value_parser = Assumption::parse, value_name = "FACT=VALUE")]
    pub(super) assume: Vec<Assumption>,
    #[command(flatten)]
    pub(super) fit: FitOptions,
    #[command(flatten)]
    pub(super) trace: TraceOptions,
    #[command(flatten)]
    pub(super) file: OutputFile,
    /// What is written to standard output: the policy for people, for machines also the reasons.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    pub(super) format: OutputFormat,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(super) struct Origin {
    /// The server whose tools the policy is for.
    #[arg(long, value_name = "NAME")]
    pub(super) server: Option<String>,
    /// The tools the policy is for: an answer to `tools/list`, or a record.
    #[arg(long, value_name = "FILE", conflicts_with = "server")]
    pub(super) from: Option<PathBuf>,
    /// Recorded calls: a file, a folder, or `-` for standard input. The policy allows what they
    /// needed and no more. Where they are to several servers, each gets a policy, and `-o` names a folder. `--server`
    /// may name a server of one's own.
    #[arg(long = "trace", value_name = "TRACE")]
    pub(super) traces: Vec<PathBuf>,
}

/// How closely the policy follows a trace.
#[derive(Debug, Args)]
pub(super) struct FitOptions {
    /// How many times the observed calls a minute a limit lets through, up to what is recommended.
    #[arg(long, default_value_t = 2.0, value_name = "TIMES", value_parser = parse_headroom)]
    pub(super) headroom: f64,
    /// The share of the minutes, in percent, whose calls a limit must let through.
    #[arg(long, default_value_t = 100.0, value_name = "PERCENT", value_parser = parse_percentile)]
    pub(super) percentile: f64,
    /// How many calls a tool must have before its arguments get conditions. Where calls go to, and what
    /// destroys or moves money, is told from fewer.
    #[arg(long, default_value_t = 10, value_name = "CALLS")]
    pub(super) min_calls: u64,
    /// Suggest no conditions on arguments.
    #[arg(long)]
    pub(super) no_conditions: bool,
    /// Let a tool be called although the catalogue recommends to hide or deny it, ten times a minute. What
    /// a trace needed is let through anyway.
    #[arg(long, value_name = "TOOL")]
    pub(super) allow: Vec<String>,
}

impl InitArguments {
    /// Refuses options that only rules of agents heed.
    pub(super) fn refuse_for_agents(&self) -> Result<(), CliError> {
        let given = [("--policy", self.policy.is_some()), ("--assume", !self.assume.is_empty())];
        match given.iter().find(|(_, is_given)| *is_given) {
            Some((option, _)) => Err(CliError::usage(
                &format!("{option} is for rules of an agent"),
                "leave it out, or write `--to claude-code`",
            )),
            None => Ok(()),
        }
    }

    /// Whether the result goes into a folder.
    pub(super) fn takes_folder(&self) -> bool {
        self.file.path().is_some_and(is_folder)
    }

    /// The catalogue, and the name of the server that the user named or that is in the file of
    /// `--from`.
    pub(super) fn catalogue(&self) -> Result<(Catalogue, Option<String>), CliError> {
        let mut catalogue = input::catalogue(&self.catalogue)?;
        let Some(from) = &self.origin.from else {
            return Ok((catalogue, self.origin.server.clone()));
        };
        let (document, servers) = input::servers(input::document(from)?)?;
        let count = servers.len();
        let Ok([only]) = <[Server; 1]>::try_from(servers) else {
            return Err(CliError::Refused {
                message: format!("{} holds {count} servers, and one is needed", document.name),
                help: "name the file with `--catalogue` and the server with `--server`".to_owned(),
            });
        };
        let name = only.name.clone();
        catalogue.add([only]);
        Ok((catalogue, Some(name)))
    }
}

impl FitOptions {
    pub(super) fn fit(&self) -> Fit {
        Fit {
            headroom: self.headroom,
            percentile: self.percentile,
            least_calls: (!self.no_conditions).then_some(self.min_calls),
        }
    }
}

fn parse_headroom(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "write a number, such as `2` or `1.5`")?;
    let sensible = (1.0..=1_000.0).contains(&number);
    sensible.then_some(number).ok_or_else(|| "it is from 1 to 1000".to_owned())
}

fn parse_percentile(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "write a number, such as `99` or `99.9`")?;
    let sensible = number > 0.0 && number <= 100.0;
    sensible.then_some(number).ok_or_else(|| "it is above 0 and at most 100".to_owned())
}

/// Whether a path is that of a folder, there or to be made.
pub(super) fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::is_separator)
}

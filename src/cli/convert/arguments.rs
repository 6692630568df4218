//! The arguments of `gatelint convert`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use crate::cli::common::agents;
use crate::cli::common::assume::{self, Grants};
use crate::cli::common::dialect::{self, DialectOptions};
use crate::cli::common::error::CliError;
use crate::cli::common::input::{self, Loaded};
use crate::cli::common::output::{OutputFormat, stdout_as_it_is};
use crate::cli::common::output_file::OutputFile;
use crate::cli::common::trace_input::parse_timeout;
use crate::policy::{self, Dialect, Location, Start};
use crate::report::{ConvertLoss, write_converted_json};
use crate::source::LineTable;

/// Writes a policy in another dialect, and says what that cannot express.
///
/// From one gateway's dialect to the other's it is proved that the same calls pass, for calls whose arguments
/// are an object: all others Intercept forwards without a look whatever its policy says, so that they are
/// named and no more. What is written for an agent is read again and held against the policy on sample calls:
/// it is nowhere milder, but where the other agent takes two ways of writing a command for the same, which is
/// named. What the other dialect cannot say is written stricter where there is a choice. It is named on standard
/// error, with calls that the two decide otherwise; the converted policy is written all the same.
#[derive(Debug, Args)]
pub(in crate::cli) struct ConvertArguments {
    /// The policy: a file, or the folder of a project with the permission files of an agent.
    pub(super) policy: PathBuf,
    /// The dialect to write.
    #[arg(long, value_parser = dialect::parser(), value_name = "NAME[@VERSION]")]
    pub(super) to: Dialect,
    #[command(flatten)]
    pub(super) dialect: DialectOptions,
    /// What the agent's configuration calls the MCP server that the gateway's policy is for.
    #[arg(long = "as", value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(super) name: Option<String>,
    /// The server that the policy is for; without it, the one that has all the tools it lists. Those
    /// of its tools that the policy does not list are named too.
    #[arg(long, value_name = "SERVER")]
    pub(super) server: Option<String>,
    /// Add servers to the catalogue: our own records, an answer to `tools/list`, or an index.
    #[arg(long, visible_alias = "catalog", value_name = "FILE")]
    pub(super) catalogue: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) file: OutputFile,
    /// What is written to standard output: the policy, or for machines also what is lost.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    pub(super) format: OutputFormat,
    /// What makes the exit status 1. Between the dialects of gateways a loss does unless something else is
    /// said; something is always lost in the rules of an agent, where only what passes more easily does.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LIST")]
    pub(super) fail_on: Vec<FailOn>,
    /// `grants=one` proves it for one grant alone: counters that everybody shares in Intercept are
    /// then the same as those that each grant has of its own.
    #[arg(long, value_parser = assume::parse_grants, value_name = "FACT=VALUE")]
    pub(super) assume: Option<Grants>,
    /// How long to look for the proof, or to hold rules of agents against one another, such as `10s`.
    #[arg(long, value_parser = parse_timeout, default_value = "10s", value_name = "TIME")]
    pub(super) timeout: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    /// Something that the other dialect cannot say.
    Loss,
    None,
}

impl ConvertArguments {
    /// Reads the policy.
    pub(super) fn load(&self) -> Result<Loaded, CliError> {
        let named = self.dialect.named();
        if let Some(agent) = agents::of_folder(&self.policy, named)? {
            return agents::load(agent, &self.policy, None, Start::default());
        }
        input::policy(&self.policy, named)
    }

    /// What of a file the agent that it is for passes over; a folder's files are told of where they are read.
    pub(super) fn unread(&self, loaded: &Loaded) -> Vec<ConvertLoss> {
        let document = &loaded.document;
        let lines = LineTable::new(&document.text);
        let defects = match self.policy.is_dir() {
            true => Vec::new(),
            false => policy::read(document, self.dialect.named()).defects,
        };
        let unread = defects.into_iter().map(|defect| {
            let at = match &defect.location {
                Location::Bytes(range) => range.start,
                Location::Place(place) => document.span_of(place).start,
            };
            let line = lines.line_of(at.min(document.text.len())) + 1;
            ConvertLoss::unread(format!("{}:{line}", document.name), defect.kind.to_string())
        });
        let void = loaded.policy.permissions.iter().flat_map(|permissions| &permissions.void);
        let void = void.filter_map(|rule| {
            let place = format!("{}:{}", rule.origin.file.as_deref()?, rule.origin.line);
            let message = format!(
                "{} takes `{}` for no rule",
                loaded.policy.dialect,
                rule.text.replace('`', "'")
            );
            Some(ConvertLoss::unread(place, message))
        });
        unread.chain(void).collect()
    }

    /// Writes the result, for machines with what is lost.
    pub(super) fn write(
        &self,
        from: Dialect,
        (text, compared): (&str, Option<usize>),
        losses: &[ConvertLoss],
    ) -> Result<(), CliError> {
        if self.format == OutputFormat::Json {
            let mut out = stdout_as_it_is();
            write_converted_json(&mut out, [from, self.to], (text, compared), losses)?;
            out.flush()?;
            if self.file.path().is_none() {
                return Ok(());
            }
        }
        self.file.write(text)
    }

    /// Whether a loss makes the exit status 1.
    pub(super) fn fails_on_loss(&self, unless_said: bool) -> bool {
        if self.fail_on.is_empty() { unless_said } else { self.fail_on.contains(&FailOn::Loss) }
    }
}

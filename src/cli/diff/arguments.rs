//! The arguments of `gatelint diff`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::pair::Pair;
use crate::catalogue::Catalogue;
use crate::cli::common::assume::{self, Grants};
use crate::cli::common::catalogue_options::CatalogueOptions;
use crate::cli::common::config_input::ConfigOptions;
use crate::cli::common::dialect::DialectOptions;
use crate::cli::common::error::CliError;
use crate::cli::common::fail_on;
use crate::cli::common::trace_input::{TraceOptions, parse_timeout};
use crate::cli::common::verbosity::Verbosity;
use crate::diff::{AccessChanges, Certainty, Change, Flips};
use crate::solver::Budget;

#[derive(Debug, Args)]
pub(in crate::cli) struct DiffArguments {
    /// The old policy and the new one, of an agent also the folder of a project; with --git the files and
    /// folders to look at.
    #[arg(required_unless_present = "git", value_name = "POLICY")]
    pub(super) policies: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) dialect: DialectOptions,
    #[command(flatten)]
    pub(super) config: ConfigOptions,
    /// The home folder whose files an agent's own rules take in; without it the user's are not known.
    #[arg(long, value_name = "DIR", conflicts_with = "git")]
    pub(super) home: Option<PathBuf>,
    /// Recorded calls to decide under both as well: a file, a folder, or `-` for standard input.
    /// More than one are one trace.
    #[arg(long = "trace", value_name = "TRACE")]
    pub(super) traces: Vec<PathBuf>,
    /// Compare every policy that changed since a revision, where the branch left it, with the files
    /// as they are; `REV1..REV2` compares two revisions, `REV1...REV2` the second with where it left
    /// the first. What enters the files and folders named is compared with no policy at all.
    #[arg(long, value_name = "REV", conflicts_with = "traces")]
    pub(super) git: Option<String>,
    /// Ask for a proof that both let the same calls pass, whatever they tell those that they refuse;
    /// anything else makes the exit status 1.
    #[arg(long, conflicts_with_all = ["git", "traces", "fail_on"])]
    pub(super) equivalent: bool,
    /// The changes that make the exit status 1, separated by commas. What cannot be told counts as
    /// loosened or tightened where it may be. Of recorded calls that are loosened those count that
    /// the change itself lets pass, and not those that find more room because calls before them
    /// were refused.
    #[arg(
        long,
        value_enum,
        value_delimiter = ',',
        default_value = "loosened",
        value_name = "LIST"
    )]
    fail_on: Vec<FailOn>,
    /// `grants=one` compares what one grant alone can do: counters that everybody shares in Intercept
    /// are then the same as those that each grant has of its own.
    #[arg(long, value_parser = assume::parse_grants, value_name = "FACT=VALUE", conflicts_with = "traces")]
    assume: Option<Grants>,
    /// Show every recorded call that changes, not only the first of each group.
    #[arg(long)]
    pub(super) all: bool,
    /// How the comparison is written. JSON always holds every call; with --git it is one line for
    /// each policy.
    #[arg(long, value_enum, default_value_t = DiffFormat::Human)]
    pub(super) format: DiffFormat,
    /// How long to look for proofs, such as `10s`; what is open then is unknown.
    #[arg(long, value_parser = parse_timeout, default_value = "10s", value_name = "TIME")]
    pub(super) timeout: Duration,
    /// Write a test file with a case for each call that is shown; with --git of the only policy that changed. It
    /// expects what the new policy says of what the change closes, and what the old one says of what it opens, so
    /// that it fails until that is decided.
    #[arg(long, value_name = "FILE")]
    pub(super) write: Option<PathBuf>,
    /// Overwrite the file that --write names if there is one.
    #[arg(long, requires = "write")]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
    #[command(flatten)]
    pub(super) catalogue: CatalogueOptions,
    #[command(flatten)]
    pub(super) trace: TraceOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Loosened,
    /// Also a recorded call that passes only because calls before it were refused.
    LoosenedCascade,
    Tightened,
    /// Any change, also of a call that is refused as before but by another rule or message.
    Any,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// For people.
    Human,
    /// For machines, with a `schema_version`.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// For code scanning.
    Sarif,
    /// Annotations of a GitHub workflow.
    Github,
    /// A page with charts and tables, whole in one file.
    Html,
}

impl DiffArguments {
    /// Refuses what contradicts itself.
    pub(super) fn check(&self) -> Result<(), CliError> {
        fail_on::check(&self.fail_on, &FailOn::None)
    }

    /// Whether changes are of the kind that makes the exit status 1.
    pub(super) fn is_failed_by(&self, access: &AccessChanges<'_>, flips: Option<&Flips>) -> bool {
        let fail_on = if self.equivalent { &[FailOn::Any][..] } else { &self.fail_on };
        fail_on.iter().any(|fail_on| fail_on.is_met(access, flips))
    }

    /// Two policies under what is assumed of grants.
    pub(super) fn assuming(&self, pair: Pair) -> Pair {
        match self.assume {
            Some(Grants::One) => pair.for_one_grant(),
            None => pair,
        }
    }

    /// What the two policies let pass.
    pub(super) fn access<'p>(
        &self,
        pair: &'p Pair,
        catalogue: &Catalogue,
        budget: &Budget,
    ) -> AccessChanges<'p> {
        self.catalogue.warn_of_servers(catalogue, &pair.old.policy, &pair.new.policy);
        let shapes = self.catalogue.shapes(catalogue, &[&pair.old.policy, &pair.new.policy]);
        let access = AccessChanges::new(&pair.old.policy, &pair.new.policy, &shapes, budget);
        match self.format {
            DiffFormat::Html => access.with_reach(&shapes, budget),
            _ => access,
        }
    }
}

impl FailOn {
    fn is_met(self, access: &AccessChanges<'_>, flips: Option<&Flips>) -> bool {
        let any = |changes: &[Change]| {
            flips.is_some_and(|flips| changes.iter().any(|change| flips.count(*change) > 0))
        };
        let direct = flips.is_some_and(|flips| flips.direct(Change::Loosened) > 0);
        let (loosens, tightens) =
            (access.loosens() > Certainty::No, access.tightens() > Certainty::No);
        match self {
            FailOn::Loosened => loosens || direct || any(&[Change::MaybeLoosened]),
            FailOn::LoosenedCascade => loosens || any(&[Change::Loosened, Change::MaybeLoosened]),
            FailOn::Tightened => tightens || any(&[Change::Tightened, Change::MaybeTightened]),
            FailOn::Any => loosens || tightens || any(&Change::ALL),
            FailOn::None => false,
        }
    }
}

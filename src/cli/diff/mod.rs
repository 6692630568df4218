//! `gatelint diff`.

mod git;
mod output;
mod revisions;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use self::output::DiffFormat;
use super::common::assume::{self, Grants};
use super::common::catalogue_options::CatalogueOptions;
use super::common::dialect::DialectOptions;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input;
use super::common::input::Loaded;
use super::common::output::OutputOptions;
use super::common::trace_input;
use super::common::trace_input::{TraceOptions, parse_duration};
use crate::catalogue::Catalogue;
use crate::diff::{
    AccessChanges, Certainty, Change, Compared, Comparison, Edit, Flips, Gates, edits,
};
use crate::replay::{NumberedCall, Visitor};
use crate::solver::Budget;
use crate::source::Node;

/// How many calls of each group people are shown unless they ask for all.
const SHOWN: usize = 10;

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The old policy and the new one; with --git the files and folders to look at.
    #[arg(required_unless_present = "git", value_name = "POLICY")]
    pub(super) policies: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) dialect: DialectOptions,
    /// Recorded calls to decide under both as well: a file, a folder, or `-` for standard input.
    /// More than one are one trace.
    #[arg(long = "trace", value_name = "TRACE")]
    traces: Vec<PathBuf>,
    /// Compare every policy that changed since a revision, where the branch left it, with the files
    /// as they are; `REV1..REV2` compares two revisions.
    #[arg(long, value_name = "REV", conflicts_with = "traces")]
    pub(super) git: Option<String>,
    /// Ask for a proof that both let the same calls pass, whatever they tell those that they refuse;
    /// anything else makes the exit status 1.
    #[arg(long, conflicts_with_all = ["git", "traces", "fail_on"])]
    pub(super) equivalent: bool,
    /// The changes that make the exit status 1, separated by commas. What cannot be told counts as
    /// loosened or tightened where it may be.
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
    all: bool,
    /// How the comparison is written. JSON always holds every call; with --git it is one line for
    /// each policy.
    #[arg(long, value_enum, default_value_t = DiffFormat::Human)]
    pub(super) format: DiffFormat,
    /// How long to look for proofs, such as `10s`; what is open then is unknown.
    #[arg(long, value_parser = parse_duration, default_value = "10s", value_name = "TIME")]
    pub(super) timeout: Duration,
    #[command(flatten)]
    pub(super) catalogue: CatalogueOptions,
    #[command(flatten)]
    trace: TraceOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Loosened,
    Tightened,
    /// Any change, also of a call that is refused as before but by another rule or message.
    Any,
    None,
}

pub(super) fn run(
    arguments: &DiffArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let catalogue = arguments.catalogue.load()?;
    if let Some(range) = &arguments.git {
        return revisions::run(arguments, range, catalogue.as_ref(), output);
    }
    let [old, new] = arguments.policies.as_slice() else {
        let help = "write `gatelint diff OLD NEW`, or `gatelint diff --git REV [PATH]…`";
        return Err(CliError::usage("two policies are needed", help));
    };
    let dialect = arguments.dialect.named();
    let (old, new) = (input::policy(old, dialect)?, input::policy(new, dialect)?);
    let pair = arguments.assuming(Pair { old, new, label: String::new() });
    let budget = Budget::new(Some(arguments.timeout));
    let access = arguments.access(&pair, catalogue.as_ref(), &budget);
    if !arguments.traces.is_empty() {
        return run_traced(arguments, &pair, &access, output);
    }
    let edits = edits(pair.old_root(), pair.new_root());
    arguments.write(&pair.compared(&edits), &access, None, &pair.label, &output.style())?;
    Ok(ExitStatus::of(false, false, arguments.is_failed_by(&access, None)))
}

/// Decides recorded calls under both policies as well.
fn run_traced(
    arguments: &DiffArguments,
    pair: &Pair,
    access: &AccessChanges<'_>,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let gates =
        Gates::new((&pair.old.policy, pair.old_root()), (&pair.new.policy, pair.new_root()));
    let every = arguments.all || arguments.format == DiffFormat::Json;
    let shown = if every { usize::MAX } else { SHOWN };
    let options = &arguments.trace;
    let compare = || Compare(Comparison::new(&gates, shown, |gate| options.replay(gate)));
    let mut run = trace_input::read_in_order(&arguments.traces, options, compare)?;
    let Compare(comparison) = run.visitors.pop().expect("every run has a visitor");
    let flips = comparison.finish();
    let compared = pair.compared(gates.edits());
    arguments.write(&compared, access, Some(&flips), &pair.label, &output.style())?;
    let found = arguments.is_failed_by(access, Some(&flips));
    Ok(ExitStatus::of(options.is_bad(&run), options.is_empty(&run), found))
}

/// Compares call by call.
struct Compare<'g>(Comparison<'g>);

impl Visitor for Compare<'_> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        self.0.add(call.record, call.grant, call.time);
        Ok(())
    }
}

/// Two policies to compare.
pub(super) struct Pair {
    pub(super) old: Loaded,
    pub(super) new: Loaded,
    /// What stands before the verdict.
    pub(super) label: String,
}

impl Pair {
    /// The same, as one grant alone meets them.
    fn for_one_grant(mut self) -> Pair {
        self.old.policy = self.old.policy.for_one_grant();
        self.new.policy = self.new.policy.for_one_grant();
        self
    }

    pub(super) fn old_root(&self) -> &Node {
        root(&self.old)
    }

    pub(super) fn new_root(&self) -> &Node {
        root(&self.new)
    }

    pub(super) fn compared<'p>(&'p self, edits: &'p [Edit]) -> Compared<'p> {
        Compared::new(&self.old.document, &self.new.document, edits)
    }
}

/// The tree of a policy that was read.
fn root(loaded: &Loaded) -> &Node {
    loaded.document.root.as_ref().expect("a document without a tree is no policy")
}

impl DiffArguments {
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
        catalogue: Option<&Catalogue>,
        budget: &Budget,
    ) -> AccessChanges<'p> {
        self.catalogue.warn_of_servers(catalogue, &pair.old.policy, &pair.new.policy);
        let shapes = self.catalogue.shapes(catalogue, &[&pair.old.policy, &pair.new.policy]);
        AccessChanges::new(&pair.old.policy, &pair.new.policy, &shapes, budget)
    }
}

impl FailOn {
    fn is_met(self, access: &AccessChanges<'_>, flips: Option<&Flips>) -> bool {
        let any = |changes: &[Change]| {
            flips.is_some_and(|flips| changes.iter().any(|change| flips.count(*change) > 0))
        };
        let (loosens, tightens) =
            (access.loosens() > Certainty::No, access.tightens() > Certainty::No);
        match self {
            FailOn::Loosened => loosens || any(&[Change::Loosened, Change::MaybeLoosened]),
            FailOn::Tightened => tightens || any(&[Change::Tightened, Change::MaybeTightened]),
            FailOn::Any => loosens || tightens || any(&Change::ALL),
            FailOn::None => false,
        }
    }
}

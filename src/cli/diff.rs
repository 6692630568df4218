//! `toolgate diff`.

use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::catalogue_options::CatalogueOptions;
use super::diff_git;
use super::error::CliError;
use super::exit::ExitStatus;
use super::input::{self, Loaded};
use super::output::{OutputOptions, print, stdout};
use super::trace_input::{self, TraceOptions, parse_duration};
use crate::catalogue::Catalogue;
use crate::diff::{AccessChanges, Certainty, Change, Compared, Comparison, Flips, Gates, edits};
use crate::report::{
    Style, sarif, write_access, write_access_markdown, write_diff, write_diff_json,
    write_documents, write_github, write_json,
};
use crate::solver::Budget;
use crate::source::Node;

/// How many calls of each group people are shown unless they ask for all.
const SHOWN: usize = 10;

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The old policy and the new one; with --git the files and folders to look at.
    #[arg(required_unless_present = "git", value_name = "POLICY")]
    policies: Vec<PathBuf>,
    /// Recorded calls to decide under both as well: a file, a folder, or `-` for standard input.
    /// More than one are one trace.
    #[arg(long = "trace", value_name = "TRACE")]
    traces: Vec<PathBuf>,
    /// Compare every policy that changed since a revision, where the branch left it, with the files
    /// as they are; `REV1..REV2` compares two revisions.
    #[arg(long, value_name = "REV", conflicts_with = "traces")]
    git: Option<String>,
    /// Ask for a proof that no call is decided otherwise; anything else makes the exit status 1.
    #[arg(long, conflicts_with_all = ["git", "traces", "fail_on"])]
    equivalent: bool,
    /// The changes that make the exit status 1. What cannot be told counts as loosened or
    /// tightened where it may be.
    #[arg(long, value_enum, default_value_t = FailOn::Loosened, value_name = "CHANGE")]
    fail_on: FailOn,
    /// Compare what one grant alone can do: counters that everybody shares in Intercept are then
    /// the same as those that each grant has of its own.
    #[arg(long, conflicts_with = "traces")]
    one_grant: bool,
    /// Show every recorded call that changes, not only the first of each group.
    #[arg(long)]
    all: bool,
    /// How the comparison is written. JSON always holds every call; with --git it is one line for
    /// each policy.
    #[arg(long, value_enum, default_value_t = DiffFormat::Human)]
    format: DiffFormat,
    /// How long to look for proofs, such as `10s`; what is open then is unknown.
    #[arg(long, value_parser = parse_duration, default_value = "10s", value_name = "TIME")]
    timeout: Duration,
    #[command(flatten)]
    catalogue: CatalogueOptions,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
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
}

pub(super) fn run(
    arguments: &DiffArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let catalogue = arguments.catalogue.load()?;
    let style = output.style();
    if let Some(range) = &arguments.git {
        return run_git(arguments, range, catalogue.as_ref(), &style, output);
    }
    let [old, new] = arguments.policies.as_slice() else {
        let help = "write `toolgate diff OLD NEW`, or `toolgate diff --git REV [PATH]…`";
        return Err(CliError::usage("two policies are needed", help));
    };
    let mut pair =
        Pair { old: input::policy(old)?, new: input::policy(new)?, label: String::new() };
    if arguments.one_grant {
        pair = pair.for_one_grant();
    }
    let budget = Budget::new(Some(arguments.timeout));
    let access = arguments.access(&pair, catalogue.as_ref(), &budget);
    if arguments.traces.is_empty() {
        let edits = edits(root(&pair.old), root(&pair.new));
        let compared = Compared::new(&pair.old.document, &pair.new.document, &edits);
        arguments.write(&compared, &access, None, &pair.label, &style)?;
        let found = arguments.fail_on().is_met(&access, None);
        return Ok(ExitStatus::of(false, false, found));
    }
    let gates =
        Gates::new((&pair.old.policy, root(&pair.old)), (&pair.new.policy, root(&pair.new)));
    let every = arguments.all || arguments.format == DiffFormat::Json;
    let mut comparison = Comparison::new(&gates, if every { usize::MAX } else { SHOWN });
    let reading = trace_input::read(&arguments.traces, &arguments.trace, |call| {
        comparison.add(call.record, call.grant, call.time);
        Ok(())
    })?;
    let flips = comparison.finish();
    let compared = Compared::new(&pair.old.document, &pair.new.document, gates.edits());
    arguments.write(&compared, &access, Some(&flips), &pair.label, &style)?;
    let trace = &arguments.trace;
    let found = arguments.fail_on().is_met(&access, Some(&flips));
    Ok(ExitStatus::of(reading.is_bad(trace), reading.is_empty(trace), found))
}

/// Compares every policy that changed between two revisions. One that cannot be read on either
/// side does not keep the others from being compared.
fn run_git(
    arguments: &DiffArguments,
    range: &str,
    catalogue: Option<&Catalogue>,
    style: &Style,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let mut changed = diff_git::changed(range, &arguments.policies)?;
    if arguments.one_grant {
        changed = changed.into_iter().map(|pair| pair.map(Pair::for_one_grant)).collect();
    }
    let budget = Budget::new(Some(arguments.timeout));
    let (mut bad, mut found, mut compared_any) = (false, false, false);
    let mut logged = Vec::new();
    for pair in &changed {
        let pair = match pair {
            Ok(pair) => pair,
            Err(error) => {
                error.show(output);
                bad = true;
                continue;
            }
        };
        let access = arguments.access(pair, catalogue, &budget);
        found |= arguments.fail_on().is_met(&access, None);
        compared_any = true;
        logged.push((pair, access));
    }
    if arguments.format == DiffFormat::Sarif {
        let compared: Vec<_> = logged
            .iter()
            .map(|(pair, access)| {
                (Compared::new(&pair.old.document, &pair.new.document, &[]), access)
            })
            .collect();
        let compared: Vec<_> =
            compared.iter().map(|(compared, access)| (compared, *access)).collect();
        return arguments.write_sarif(&compared).map(|()| ExitStatus::of(bad, false, found));
    }
    for (pair, access) in &logged {
        let edits = edits(root(&pair.old), root(&pair.new));
        let compared = Compared::new(&pair.old.document, &pair.new.document, &edits);
        arguments.write(&compared, access, None, &pair.label, style)?;
    }
    if !compared_any && !bad {
        match arguments.format {
            DiffFormat::Human => print("No policy changed.\n")?,
            DiffFormat::Markdown => print("### ✅ No policy changed\n")?,
            _ => {}
        }
    }
    Ok(ExitStatus::of(bad, false, found))
}

/// Two policies to compare.
pub(super) struct Pair {
    pub(super) old: Loaded,
    pub(super) new: Loaded,
    /// What stands before the verdict.
    pub(super) label: String,
}

impl Pair {
    fn for_one_grant(mut self) -> Pair {
        self.old.policy = self.old.policy.for_one_grant();
        self.new.policy = self.new.policy.for_one_grant();
        self
    }
}

/// The tree of a policy that was read.
fn root(loaded: &Loaded) -> &Node {
    loaded.document.root.as_ref().expect("a document without a tree is no policy")
}

impl DiffArguments {
    fn fail_on(&self) -> FailOn {
        if self.equivalent { FailOn::Any } else { self.fail_on }
    }

    fn access<'p>(
        &self,
        pair: &'p Pair,
        catalogue: Option<&Catalogue>,
        budget: &Budget,
    ) -> AccessChanges<'p> {
        let shapes = self.catalogue.shapes(catalogue, &[&pair.old.policy, &pair.new.policy]);
        AccessChanges::new(&pair.old.policy, &pair.new.policy, &shapes, budget)
    }

    fn write(
        &self,
        compared: &Compared<'_>,
        access: &AccessChanges<'_>,
        flips: Option<&Flips>,
        label: &str,
        style: &Style,
    ) -> Result<(), CliError> {
        let mut text = String::new();
        match self.format {
            DiffFormat::Json => {
                let mut out = stdout();
                write_diff_json(&mut out, compared, access, flips, self.git.is_some())?;
                return Ok(out.flush()?);
            }
            DiffFormat::Sarif => return self.write_sarif(&[(compared, access)]),
            // Nothing was read, which has been said.
            DiffFormat::Human if flips.is_some_and(|flips| flips.calls == 0) => {}
            DiffFormat::Human => {
                let label = if self.equivalent { equivalence(access) } else { label };
                write_access(&mut text, label, compared, access, style);
                if let Some(flips) = flips {
                    text.push('\n');
                    write_diff(&mut text, compared, flips, style);
                    write_documents(&mut text, compared, style);
                } else {
                    text.push('\n');
                }
            }
            DiffFormat::Markdown => write_access_markdown(&mut text, compared, access, flips),
            DiffFormat::Github => write_github(&mut text, compared, access),
        }
        Ok(print(&text)?)
    }

    fn write_sarif(
        &self,
        comparisons: &[(&Compared<'_>, &AccessChanges<'_>)],
    ) -> Result<(), CliError> {
        let mut out = stdout();
        write_json(&mut out, &sarif(comparisons))?;
        Ok(out.flush()?)
    }
}

fn equivalence(access: &AccessChanges<'_>) -> &'static str {
    match access.loosens().max(access.tightens()) {
        Certainty::No => "equivalent: ",
        Certainty::Maybe => "may not be equivalent: ",
        Certainty::Yes => "not equivalent: ",
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

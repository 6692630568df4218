//! The arguments of `gatelint replay`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::cli::common::assume::AssumeOptions;
use crate::cli::common::call_choice::CallChoice;
use crate::cli::common::fail_on::{OrCoverage, or_coverage};
use crate::cli::common::policies::PolicyOptions;
use crate::cli::common::trace_input::TraceOptions;
use crate::cli::common::verbosity::Verbosity;
use crate::engine::Outcome;
use crate::replay::By;
use crate::report::ReplayReport;

#[derive(Debug, Args)]
pub(in crate::cli) struct ReplayArguments {
    #[command(flatten)]
    pub(super) policies: PolicyOptions,
    /// A server that is behind the gateway: without a policy its calls are denied, by `(no policy)`.
    /// Calls to other servers without a policy are not decided, only counted. `agent` stands for the
    /// agent's own tools, which are decided like those of servers then.
    #[arg(long, value_name = "NAME")]
    pub(super) behind_gateway: Vec<String>,
    /// Recorded calls: files, folders, or `-` for standard input. Together they are one trace.
    #[arg(required_unless_present_any = ["partition_key", "merge"])]
    pub(super) traces: Vec<PathBuf>,
    /// Say by what a trace may be parted so that every part, replayed alone, has the decisions of the
    /// whole: fields of a record and the day in UTC, or `call` where any parts have them.
    #[arg(long, conflicts_with = "traces")]
    pub(super) partition_key: bool,
    /// Sum up what parts of a trace came to, each written by `--format part` under the same options.
    #[arg(long, num_args = 1.., conflicts_with_all = ["traces", "partition_key"], value_name = "PART")]
    pub(super) merge: Vec<PathBuf>,
    /// Write every decision as a line of JSON instead of a summary.
    #[arg(long, conflicts_with = "format")]
    pub(super) decisions: bool,
    /// Write the arguments of each call too; they may hold secrets.
    #[arg(long, requires = "decisions")]
    pub(super) show_args: bool,
    #[command(flatten)]
    pub(super) assume: AssumeOptions,
    /// Compare with the decisions that the trace recorded, and show where they disagree.
    #[arg(long, conflicts_with = "decisions")]
    pub(super) compare_recorded: bool,
    /// Show what other limits than those of the policies would have throttled, each alone.
    #[arg(long, conflicts_with = "decisions")]
    pub(super) what_if: bool,
    /// Show which rules, conditions, limits and tools of the policies the calls come to, and which not.
    #[arg(long, conflicts_with = "decisions")]
    pub(super) coverage: bool,
    /// What makes the exit status 1: outcomes, calls that the record decided differently, files that
    /// gave no call, or too little coverage; separated by commas.
    #[arg(long, value_parser = or_coverage::<FailOn>(), value_delimiter = ',', value_name = "LIST")]
    pub(super) fail_on: Vec<OrCoverage<FailOn>>,
    /// What the calls are grouped by.
    #[arg(long, value_enum, default_value_t = By::Tool, conflicts_with = "decisions")]
    pub(super) by: By,
    /// How many groups are shown; the others are summed up. 20 for people, all for machines unless
    /// given.
    #[arg(long, value_name = "NUMBER", conflicts_with = "decisions")]
    pub(super) top: Option<usize>,
    /// How the summary is written.
    #[arg(long, value_enum, default_value_t = SummaryFormat::Human)]
    pub(super) format: SummaryFormat,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
    #[command(flatten)]
    pub(super) choice: CallChoice,
    #[command(flatten)]
    pub(super) trace: TraceOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SummaryFormat {
    /// For people.
    Human,
    /// The whole summary for machines, with a `schema_version`.
    Json,
    /// A line of JSON for each group.
    Jsonl,
    /// A row for each group.
    Csv,
    /// A test case for each group, which fails where calls were refused.
    Junit,
    /// For a comment on a pull request.
    Markdown,
    /// A page with charts and tables, whole in one file.
    Html,
    /// What the calls cover of the policies, for editors and code hosts; implies --coverage.
    Lcov,
    /// All that `--merge` needs of a part of a trace.
    Part,
}

impl SummaryFormat {
    /// Whether it has a place for coverage.
    pub(super) fn tells_coverage(self) -> bool {
        !matches!(
            self,
            SummaryFormat::Jsonl | SummaryFormat::Csv | SummaryFormat::Junit | SummaryFormat::Part
        )
    }

    /// Whether it has a place for whatever else is asked for.
    pub(super) fn tells_more(self) -> bool {
        matches!(self, SummaryFormat::Human | SummaryFormat::Json | SummaryFormat::Html)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FailOn {
    Ask,
    Deny,
    Throttle,
    Indeterminate,
    /// A recorded decision that is another one; implies --compare-recorded.
    Disagree,
    /// A file that gave no call.
    PassedOver,
    None,
}

impl ReplayArguments {
    /// Whether the recorded decisions are looked at.
    pub(super) fn compares_recorded(&self) -> bool {
        self.compare_recorded || self.fail_on.contains(&OrCoverage::Is(FailOn::Disagree))
    }

    /// Whether it is looked at what calls come to.
    pub(super) fn gathers_coverage(&self) -> bool {
        let of_coverage = self.fail_on.iter().any(OrCoverage::is_of_coverage);
        self.coverage || self.format == SummaryFormat::Lcov || of_coverage
    }
}

impl FailOn {
    pub(super) fn is_met(self, report: &ReplayReport<'_>) -> bool {
        let totals = report.totals;
        match self {
            FailOn::Ask => totals.counts.of(Outcome::Ask) > 0,
            FailOn::Deny => totals.counts.of(Outcome::Deny) > 0,
            FailOn::Throttle => totals.counts.of(Outcome::Throttle) > 0,
            FailOn::Indeterminate => totals.counts.of(Outcome::Indeterminate) > 0,
            FailOn::Disagree => {
                totals.recorded.as_ref().is_some_and(|compared| compared.disagreeing > 0)
            }
            FailOn::PassedOver => !report.passed_over.is_empty(),
            FailOn::None => false,
        }
    }
}

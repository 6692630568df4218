//! The arguments of `gatelint test`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::proving::FailOn;
use crate::assertion::Statement;
use crate::cli::common::assume::AssumeOptions;
use crate::cli::common::catalogue_options::CatalogueOptions;
use crate::cli::common::fail_on::{OrCoverage, or_coverage};
use crate::cli::common::policies::PolicyOptions;
use crate::cli::common::trace_input::{TraceOptions, parse_timeout};
use crate::cli::common::verbosity::Verbosity;
use crate::testing::Case;

#[derive(Debug, Args)]
pub(in crate::cli) struct TestArguments {
    /// Test files, or folders that hold some (`*.test.yaml`, `*.test.json`; schemas/test.schema.json).
    #[arg(default_value = ".", value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
    #[command(flatten)]
    pub(super) policies: PolicyOptions,
    #[command(flatten)]
    pub(super) assume: AssumeOptions,
    /// Only cases whose names, and statements whose names or words, have this text in them.
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Option<String>,
    /// Test again whenever a test file or a policy changes, until interrupted.
    #[arg(long, conflicts_with = "write")]
    pub(super) watch: bool,
    /// Stop at the first case or statement that fails.
    #[arg(long)]
    pub(super) fail_fast: bool,
    /// Make every edit of the policies that somebody could make by mistake, and say which of these mutants
    /// pass all tests and which case is missing. In `junit` and `tap` each is a test that fails where no other does.
    #[arg(long, conflicts_with_all = ["filter", "fail_fast"])]
    pub(super) mutate: bool,
    /// Write a test file: with --mutate the cases that are missing, with --trace those that meet what recorded
    /// calls do.
    #[arg(long, value_name = "FILE")]
    pub(super) write: Option<PathBuf>,
    /// Recorded calls, of which the fewest are written that meet every rule, condition, limit and tool that all of
    /// them do, with what --policy says of each: files, folders, or `-`. No test file is run, so that no PATH stands beside it.
    #[arg(long = "trace", requires = "write", conflicts_with_all = ["paths", "mutate", "filter", "fail_fast", "coverage", "fail_on", "format"], value_name = "TRACE")]
    pub(super) traces: Vec<PathBuf>,
    /// Write `redacted` in the place of the values of this name, at any depth; `'*'` is every name. What is a secret
    /// beyond doubt is never written, nor what the configuration names as one. A call that would be decided otherwise
    /// so is left out.
    #[arg(long, requires = "traces", value_name = "NAME", value_delimiter = ',')]
    pub(super) redact: Vec<String>,
    /// Overwrite the file that --write names if there is one.
    #[arg(long, requires = "write")]
    pub(super) force: bool,
    /// What makes the exit status 1, separated by commas.
    #[arg(long, value_parser = or_coverage::<FailOn>(), value_delimiter = ',', default_value = "fails", value_name = "LIST")]
    pub(super) fail_on: Vec<OrCoverage<FailOn>>,
    /// Show which rules, conditions, limits and tools of the policies the cases come to, and which not.
    #[arg(long)]
    pub(super) coverage: bool,
    /// Show the values of arguments that are called like a secret, that `secret-arguments` names, or that look like a
    /// credential.
    #[arg(long)]
    pub(super) show_args: bool,
    /// How the answers are written.
    #[arg(long, value_enum, default_value_t = TestFormat::Human)]
    pub(super) format: TestFormat,
    /// How long to look for proofs of statements, such as `10s`, and as long again for those of mutants; each has its
    /// share of that, and what is open then is unknown.
    #[arg(long, value_parser = parse_timeout, default_value = "10s", value_name = "TIME")]
    pub(super) timeout: Duration,
    #[command(flatten)]
    pub(super) catalogue: CatalogueOptions,
    #[command(flatten)]
    pub(super) trace: TraceOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum TestFormat {
    /// For people.
    Human,
    /// For machines, with a `schema_version`.
    Json,
    /// For a comment on a pull request.
    Markdown,
    /// A page that also shows what the cases cover, in the policies' own text, whole in one file; implies --coverage.
    Html,
    /// Annotations of a GitHub workflow.
    Github,
    /// For the test reports of CI systems: a test case for each case, statement and mutant.
    Junit,
    /// The Test Anything Protocol, version 14.
    Tap,
    /// What the cases cover of the policies, for editors and code hosts; implies --coverage.
    Lcov,
}

impl TestFormat {
    /// Whether it has a place for mutants.
    pub(super) fn tells_mutants(self) -> bool {
        self != TestFormat::Lcov
    }

    /// Whether it is about coverage, wanted or not.
    fn is_of_coverage(self) -> bool {
        matches!(self, TestFormat::Lcov | TestFormat::Html)
    }
}

impl TestArguments {
    /// Whether mutants are made.
    pub(super) fn mutates(&self) -> bool {
        self.mutate || self.fail_on.contains(&OrCoverage::Is(FailOn::Survivors))
    }

    /// Whether it is looked at what cases come to.
    pub(super) fn gathers(&self) -> bool {
        let of_coverage = self.fail_on.iter().any(OrCoverage::is_of_coverage);
        self.coverage || self.format.is_of_coverage() || of_coverage
    }

    /// How many per cent of the policies must be covered.
    pub(super) fn least(&self) -> Option<f64> {
        self.fail_on.iter().filter_map(OrCoverage::least).reduce(f64::max)
    }

    pub(super) fn is_wanted(&self, case: &Case) -> bool {
        self.filter.as_ref().is_none_or(|text| case.name.contains(text.as_str()))
    }

    pub(super) fn is_asked(&self, statement: &Statement) -> bool {
        let has = |text: &String| {
            statement.to_string().contains(text.as_str())
                || statement.says().to_string().contains(text.as_str())
        };
        self.filter.as_ref().is_none_or(has)
    }
}

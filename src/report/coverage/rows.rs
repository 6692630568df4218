//! The table of coverage: a row for each policy, and one for all together.

use super::report::CoverageReport;
use super::words;
use crate::coverage::{Kind, Share};

/// What its columns are called: the name, the kinds, everything, and everything in per cent.
pub(super) const HEADING: [&str; 7] =
    ["policy", "rules", "conditions", "limits", "tools", "all", ""];

/// The rows; `name` makes a policy's name fit to be shown.
pub(super) fn rows(
    report: &CoverageReport<'_>,
    name: impl Fn(&str) -> String,
) -> Vec<[String; HEADING.len()]> {
    let all = report.policies.iter().map(|policy| {
        let coverage = &policy.coverage;
        let of = |kind| coverage.of(kind);
        cells(name(&policy.document.name), Kind::ALL.map(of), coverage.share())
    });
    let together = (report.policies.len() > 1).then(|| {
        let of = |kind| {
            let shares = report.policies.iter().map(|one| one.coverage.of(kind));
            shares.fold(Share::default(), Share::plus)
        };
        cells("(together)".to_owned(), Kind::ALL.map(of), report.share())
    });
    all.chain(together).collect()
}

fn cells(name: String, kinds: [Share; 4], all: Share) -> [String; HEADING.len()] {
    let cell = |share: Share| match share.items {
        0 => "-".to_owned(),
        items => format!("{}/{items}", share.covered),
    };
    let [rules, conditions, limits, tools] = kinds.map(cell);
    [name, rules, conditions, limits, tools, cell(all), words::percent(all.percent())]
}

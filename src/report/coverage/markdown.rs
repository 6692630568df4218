//! What calls have met of policies, as a part of a comment on a pull request.

use super::report::{CoverageReport, CoveredPolicy};
use super::rows::{HEADING, rows};
use super::words;
use crate::report::common::markdown::{Column, Comment, Rank, Rows, Things, code, plain, tag};

/// How much is named of each policy that was not seen.
const SHOWN: usize = 50;

/// It says what tests lack, and is left out before what they found.
const RANK: Rank = (5, 0);

/// Writes a table with a row for each policy, then what was not seen of each, folded away.
pub(in crate::report) fn write_coverage_markdown(
    comment: &mut Comment,
    report: &CoverageReport<'_>,
) {
    let share = report.share();
    let percent = words::percent(share.percent());
    let heading = format!("### Coverage: {percent} ({} of {})", share.covered, share.items);
    comment.heading(RANK, Things("report of coverage", "reports of coverage"), heading);
    let [name, numbers @ ..] = HEADING;
    let columns: Vec<Column<'_>> =
        std::iter::once(Column::Text(name)).chain(numbers.map(Column::Number)).collect();
    let mut table = Rows::table(Things("policy", "policies"), &columns);
    rows(report, code).iter().for_each(|row| table.row(RANK, 1, row));
    comment.rows(table);
    report.policies.iter().for_each(|policy| write_rest(comment, report, policy));
}

fn write_rest(comment: &mut Comment, report: &CoverageReport<'_>, policy: &CoveredPolicy<'_>) {
    let columns = ["part", "place", ""].map(Column::Text);
    let title = format!("Not covered of {}", tag(&policy.document.name));
    let table = Rows::table(Things("part not covered", "parts not covered"), &columns);
    let mut table = table.folded(title).at_most(SHOWN);
    for one in report.placed(policy) {
        let Some(never) = words::never(one.part) else { continue };
        let what = plain(&words::named(one.part.what, report.secrets));
        table.row((5, 1), 1, &[what, code(&one.place()), never.to_string()]);
    }
    comment.rows(table);
    if let Some(unchecked) = words::unchecked(policy) {
        comment.text(plain(&unchecked));
    }
}

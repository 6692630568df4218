//! What calls have met of policies, as a part of a comment on a pull request.

use std::fmt::Write;

use super::report::{CoverageReport, CoveredPolicy};
use super::rows::{HEADING, rows};
use super::words;
use crate::report::access::markdown::{code, plain};

/// How much is named of each policy that was not seen.
const SHOWN: usize = 50;

/// Writes a table with a row for each policy, then what was not seen of each, folded away, as GitHub-flavoured
/// Markdown.
pub(in crate::report) fn write_coverage_markdown(out: &mut String, report: &CoverageReport<'_>) {
    let share = report.share();
    let percent = words::percent(share.percent());
    _ = writeln!(out, "\n### Coverage: {percent} ({} of {})\n", share.covered, share.items);
    _ = writeln!(out, "| {} |\n|---|{}", HEADING.join(" | "), "--:|".repeat(HEADING.len() - 1));
    for row in rows(report, code) {
        _ = writeln!(out, "| {} |", row.join(" | "));
    }
    report.policies.iter().for_each(|policy| write_rest(out, report, policy));
}

fn write_rest(out: &mut String, report: &CoverageReport<'_>, policy: &CoveredPolicy<'_>) {
    let placed = report.placed(policy);
    let not_covered = placed.iter().filter_map(|one| Some((one, words::never(one.part)?)));
    let lines: Vec<String> = not_covered
        .map(|(one, never)| {
            let (what, place) = (words::named(one.part.what, report.secrets), one.place());
            format!("| {} | {} | {never} |", plain(&what), code(&place))
        })
        .collect();
    let name = code(&policy.document.name);
    if !lines.is_empty() {
        let title = format!("Not covered of {name} ({})", lines.len());
        _ = writeln!(out, "\n<details><summary>{title}</summary>\n");
        out.push_str("| part | place | |\n|---|---|---|\n");
        lines.iter().take(SHOWN).for_each(|line| _ = writeln!(out, "{line}"));
        if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            _ = writeln!(out, "| and {more} more, which `--format json` names | | |");
        }
        _ = writeln!(out, "\n</details>");
    }
    if let Some(unchecked) = words::unchecked(policy) {
        _ = writeln!(out, "\n{}", plain(&unchecked));
    }
}

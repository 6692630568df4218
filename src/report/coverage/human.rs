//! What calls have met of policies, for people.

use std::fmt::Write;

use super::report::{CoverageReport, CoveredPolicy};
use super::rows::{HEADING, rows};
use super::words;
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::report::common::table::{Align, write_table};

/// How much is named of each policy that was not seen.
const SHOWN: usize = 50;

/// Writes a row for each policy, then what was not seen, each with its place.
pub(in crate::report) fn write_coverage(
    out: &mut String,
    report: &CoverageReport<'_>,
    style: &Style,
) {
    _ = writeln!(out, "\n{}", style.bold("Coverage"));
    let mut heading = HEADING.map(|title| (title, Align::Right));
    heading[0].1 = Align::Left;
    let rows = rows(report, |name| escape(name).into_owned());
    write_table(out, style, &heading, &rows.into_iter().map(Vec::from).collect::<Vec<_>>());
    for policy in &report.policies {
        write_rest(out, report, policy, style);
    }
}

fn write_rest(
    out: &mut String,
    report: &CoverageReport<'_>,
    policy: &CoveredPolicy<'_>,
    style: &Style,
) {
    let (placed, heading) = (report.placed(policy), report.name_of(policy));
    let not_covered = placed.iter().filter_map(|one| Some((one, words::never(one.part)?)));
    let lines: Vec<String> = not_covered
        .map(|(one, never)| {
            let place = match one.file == heading && one.line > 0 {
                true => format!("(line {})", one.line),
                false => format!("({})", escape(&one.place())),
            };
            let place = style.dim(&place);
            format!("  {} {place} {never}", words::named(one.part.what, report.secrets))
        })
        .collect();
    if !lines.is_empty() {
        let title = format!("Not covered of {}", escape(&heading));
        _ = writeln!(out, "\n{}", style.bold(&title));
    }
    lines.iter().take(SHOWN).for_each(|line| _ = writeln!(out, "{line}"));
    if let Some(more) = lines.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        _ = writeln!(out, "  and {more} more, which `--format json` names");
    }
    if let Some(unchecked) = words::unchecked(policy) {
        _ = writeln!(out, "\n{}", escape(&unchecked));
    }
}

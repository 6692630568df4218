//! The summary of a replay as a page.

mod calls;
mod limits;
mod remarks;

use super::report::ReplayReport;
use crate::report::common::words::count;
use crate::report::html::{Markup, Page, grouped, tiles};

/// What a replay came to, as a document.
pub fn write_replay_html(report: &ReplayReport<'_>) -> String {
    let totals = report.totals;
    let (calls, grants) = (totals.calls(), count(totals.grants, "grant"));
    let title = match calls {
        1 => format!("1 call of {grants}"),
        calls => format!("{} calls of {grants}", grouped(calls)),
    };
    let mut page = Page::new("gatelint replay", &title);
    page.lead(|out| write_lead(out, report));
    calls::write_time(&mut page, report);
    calls::write_rules(&mut page, report);
    calls::write_hours(&mut page, report);
    calls::write_groups(&mut page, report);
    limits::write_limits(&mut page, report);
    limits::write_what_if(&mut page, report);
    if let Some(coverage) = report.coverage {
        crate::report::coverage::write_coverage_html(&mut page, coverage);
    }
    remarks::write_recorded(&mut page, report);
    remarks::write_remarks(&mut page, report);
    page.finish()
}

/// Writes when the calls were, under which policies, and what became of them.
fn write_lead(out: &mut Markup, report: &ReplayReport<'_>) {
    let totals = report.totals;
    out.element("p", &[("class", &"note")], |out| {
        match (totals.first, totals.last) {
            (Some(first), Some(last)) => out.text(&format!("{first} to {last}")),
            _ => out.text("No timestamps"),
        }
        if totals.untimed > 0 && totals.first.is_some() {
            out.text(&format!(", {} without a timestamp", grouped(totals.untimed)));
        }
        out.text(", under ");
        for (at, policy) in totals.policies.iter().take(NAMED).enumerate() {
            out.text(if at == 0 { "" } else { ", " });
            out.leaf("code", &[], policy);
        }
        if let Some(more) = totals.policies.len().checked_sub(NAMED).filter(|more| *more > 0) {
            out.text(&format!(" and {more} more"));
        }
        out.text(".");
    });
    let tile = |outcome: crate::engine::Outcome| {
        let number = totals.counts.of(outcome);
        let share = share(number, totals.calls());
        (outcome.name(), outcome.name(), grouped(number), share)
    };
    tiles(out, &report.outcomes().into_iter().map(tile).collect::<Vec<_>>());
}

/// How many policies are named.
const NAMED: usize = 5;

/// A share in per cent.
fn share(part: u64, all: u64) -> String {
    let share = if all == 0 { 0.0 } else { part as f64 * 100.0 / all as f64 };
    format!("{share:.1} %")
}

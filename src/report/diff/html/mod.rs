//! The comparison of policies as a page.

mod access;
mod flips;

use super::human::verdict as verdict_of_calls;
use crate::diff::{Certainty, Compared};
use crate::report::access::{Comparison, words};
use crate::report::common::excerpt::masked_text;
use crate::report::common::words::{count, cut};
use crate::report::html::{Markup, Page, tiles};

/// How many lines of the difference of two texts are shown, and how many characters of each.
const LINES: usize = 1_000;
const LONG: usize = 400;

/// Of how many policies all is shown; of the others the verdict.
const WHOLE: usize = 20;

/// What changes between two policies, or between those of two revisions, as a document.
pub fn write_diff_html(comparisons: &[Comparison<'_>]) -> String {
    let title = match comparisons {
        [] => "No policy changed".to_owned(),
        [(_, access, _)] => words::verdict(access),
        several => format!("{} policies compared", several.len()),
    };
    let mut page = Page::new("gatelint diff", &title);
    let title = |(compared, ..): &Comparison<'_>, part: &str| match comparisons {
        [_] => part.to_owned(),
        _ => format!("{}: {part}", words::title(compared.history())),
    };
    match comparisons {
        [comparison] => page.lead(|out| write_verdict(out, comparison)),
        several => several.iter().for_each(|comparison| {
            let (compared, access, _) = comparison;
            page.section(&words::title(compared.history()), |out| {
                out.leaf("p", &[], &words::verdict(access));
                write_verdict(out, comparison);
            });
        }),
    }
    for comparison in comparisons.iter().take(WHOLE) {
        let (compared, access, flips) = comparison;
        let title = |part: &str| title(comparison, part);
        access::write_matrix(&mut page, &title("Access, before and after"), access);
        access::write_protections(&mut page, &title, compared, access);
        if let Some(flips) = flips {
            flips::write_flips(&mut page, &title("Recorded calls"), compared, flips);
        }
        write_documents(&mut page, &title("The documents"), compared);
    }
    page.finish()
}

fn write_verdict(out: &mut Markup, (compared, access, flips): &Comparison<'_>) {
    let history = compared.history();
    if let Some(missing) = words::missing(&history.fate) {
        out.leaf("p", &[], missing);
    }
    let number = |number: usize| number.to_string();
    let tile = |class, name, tools: usize| (class, name, number(tools), "tools".to_owned());
    tiles(
        out,
        &[
            tile("loosened", "loosened", access.loosened(Certainty::Yes)),
            tile("maybe-loosened", "maybe loosened", access.loosened(Certainty::Maybe)),
            tile("tightened", "tightened", access.tightened(Certainty::Yes)),
            tile("maybe-tightened", "maybe tightened", access.tightened(Certainty::Maybe)),
        ],
    );
    if let Some(flips) = flips {
        out.leaf("p", &[], &format!("Recorded calls: {}", verdict_of_calls(flips)));
    }
    out.leaf("p", &[("class", &"note")], &words::basis(access));
}

/// Writes the difference of the two texts, if there is one.
fn write_documents(page: &mut Page, title: &str, compared: &Compared<'_>) {
    let text = compared.text_diff(masked_text);
    if text.is_empty() {
        return;
    }
    page.section(title, |out| {
        let frame: [(&str, &dyn std::fmt::Display); 4] = [
            ("class", &"frame"),
            ("role", &"region"),
            ("aria-label", &"Difference of the texts"),
            ("tabindex", &0),
        ];
        out.element("div", &frame, |out| {
            for line in text.lines().take(LINES) {
                let class = match line.as_bytes().first() {
                    Some(b'+') => "added",
                    Some(b'-') => "removed",
                    Some(b'@') => "place",
                    _ => "kept",
                };
                out.end_line();
                out.element("div", &[("class", &format_args!("change {class}"))], |out| {
                    out.leaf("code", &[], &cut(line, LONG).replace('\t', "    "));
                });
            }
        });
        if let Some(more) = text.lines().count().checked_sub(LINES).filter(|more| *more > 0) {
            let said = format!("{} not shown.", count(more as u64, "more line"));
            out.leaf("p", &[("class", &"note")], &said);
        }
    });
}

//! What two policies let pass, compared for all calls, for people.

use std::fmt::Write;

use super::words;
use super::words::{Group, Lines};
use crate::diff::{AccessChanges, Certainty, Compared, ToolChange, ToolName};
use crate::report::common::escape::escape;
use crate::report::common::style::Style;
use crate::report::common::words::count;
use crate::solver::{Evidence, Lost};
use crate::source::Document;

/// Writes the verdict behind a label, every lost protection with what shows that it is lost, and every new one.
pub fn write_access(
    out: &mut String,
    label: &str,
    compared: &Compared<'_>,
    access: &AccessChanges<'_>,
    style: &Style,
) {
    let color = match (access.tools.is_empty(), access.loosens()) {
        (true, _) => "32",
        (false, Certainty::No) => "33",
        (false, _) => "31",
    };
    _ = writeln!(out, "{}\n", style.paint(color, &format!("{label}{}", words::verdict(access))));
    let (old, new) = (compared.old_version(), compared.new_version());
    write_side(out, "Lost protections", access, old, new, style, |change| &change.loosened);
    write_side(out, "New protections", access, new, new, style, |change| &change.tightened);
    _ = writeln!(out, "{}", style.dim(&words::basis(access)));
}

/// Writes the protections that one side has and the other lacks. `owner` is the document that
/// they stand in, `explained` the one whose decision is to be explained.
fn write_side<'c, 'p>(
    out: &mut String,
    heading: &str,
    access: &'c AccessChanges<'p>,
    owner: &Document,
    explained: &Document,
    style: &Style,
    side: impl Fn(&'c ToolChange<'p>) -> &'c Vec<Lost<'p>> + Copy,
) {
    if access.tools.iter().all(|change| side(change).is_empty()) {
        return;
    }
    _ = writeln!(out, "{}", style.bold(heading));
    let lines = Lines::new(owner);
    for Group { tools, lost } in words::groups(access, side) {
        let pointer = lost.protection.pointer();
        let place = format!("{}:{}", owner.name, lines.of(pointer));
        let many = tools.len() > 1;
        let who = match tools.as_slice() {
            [tool] => words::tool(tool),
            tools => count(tools.len() as u64, "tool"),
        };
        _ = writeln!(
            out,
            "  {}: {}  {}",
            style.bold(&who),
            words::protection(&lost.protection),
            style.dim(&format!("({} {})", escape(&place), escape(pointer)))
        );
        if many {
            _ = writeln!(out, "    {}", words::tools(&tools));
        }
        _ = writeln!(out, "    {}", evidence(tools[0], lost, explained));
    }
    out.push('\n');
}

fn evidence(tool: &ToolName, lost: &Lost<'_>, explained: &Document) -> String {
    match &lost.evidence {
        Evidence::Call(arguments) => {
            words::explain(&explained.name, words::call_name(tool), arguments)
        }
        Evidence::Burst(burst) => words::burst(burst),
        Evidence::Unknown(why) => format!("unknown: {why}"),
    }
}

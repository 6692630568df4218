//! What two policies let pass, compared for all calls, for people.

use std::fmt::Write;

use super::commands;
use super::limits;
use super::words;
use super::words::{Group, LOOSENED, Lines, Side, TIGHTENED};
use crate::diff::{AccessChanges, Certainty, Compared, Origin, ToolName};
use crate::report::common::detail::{Detail, write_policy};
use crate::report::common::escape::escape;
use crate::report::common::secrets::{MASK, Secrets};
use crate::report::common::style::Style;
use crate::report::common::wrap::fitted;
use crate::solver::{Evidence, Lost, Protection};
use crate::source::Document;

/// Writes the verdict behind a label, every lost protection with what shows that it is lost, and every new one.
pub fn write_access(
    out: &mut String,
    label: &str,
    compared: &Compared<'_>,
    access: &AccessChanges<'_>,
    style: &Style,
    detail: Detail,
) {
    fitted(out, style, |out| {
        write_verdict(out, label, access, style);
        if detail > Detail::Summary {
            out.push('\n');
            write_parts(out, compared, access, style);
        }
        if detail == Detail::Files {
            let [old, new] = access.policies();
            write_policy(out, &compared.old_version().name, old, style);
            write_policy(out, &compared.new_version().name, new, style);
        }
    });
}

fn write_verdict(out: &mut String, label: &str, access: &AccessChanges<'_>, style: &Style) {
    let color = match (access.tools.is_empty(), access.loosens()) {
        (true, _) => "32",
        (false, Certainty::No) => "33",
        (false, _) => "31",
    };
    let verdict = format!("{label}{}", words::verdict(access));
    _ = writeln!(out, "{}", style.paint(color, &verdict));
}

fn write_parts(
    out: &mut String,
    compared: &Compared<'_>,
    access: &AccessChanges<'_>,
    style: &Style,
) {
    let history = compared.history();
    if let Some(missing) = words::missing(&history.fate) {
        _ = writeln!(out, "{missing}\n");
    }
    let (old, new) = (compared.old_version(), compared.new_version());
    // Of a policy that is gone only the old version can explain a call.
    let explained = history.new.as_ref().or(history.old.as_ref());
    let owner = |document, origin: &Option<Origin>| origin.as_ref().map(|_| document);
    let options = compared.options();
    let lost = Part { owner: owner(old, &history.old), explained, options, access, style };
    lost.write(out, limits::LOST, LOOSENED);
    let new = Part { owner: owner(new, &history.new), ..lost };
    new.write(out, "new protection", TIGHTENED);
    _ = writeln!(out, "{}", style.dim(&words::basis(access)));
}

/// The protections that one side has and the other lacks.
struct Part<'c, 'p> {
    /// The document that they stand in; none if there is no policy on that side.
    owner: Option<&'c Document>,
    /// The version whose decision is to be explained.
    explained: Option<&'c Origin>,
    /// The options that it is explained with.
    options: &'c [String],
    access: &'c AccessChanges<'p>,
    style: &'c Style,
}

impl Part<'_, '_> {
    fn write(&self, out: &mut String, usual: &'static str, side: Side) {
        let groups = words::groups(self.access, side, usize::MAX);
        let lines = self.owner.map(Lines::new);
        let becomes = |group: &Group<'_, '_>| {
            limits::becoming(self.access, &group.tools[0].tool, group.lost, usual)
        };
        for becoming in words::becomings(self.access, &groups, usual) {
            _ = writeln!(out, "{}", self.style.bold(&words::heading(&[becoming])));
            for group in groups.iter().filter(|group| becomes(group) == becoming) {
                self.write_group(out, group, lines.as_ref());
            }
            out.push('\n');
        }
    }

    fn write_group(&self, out: &mut String, group: &Group<'_, '_>, lines: Option<&Lines<'_>>) {
        let Group { tools, lost } = group;
        let pointer = lost.protection.pointer();
        let place = match lines {
            // The rules of an agent say themselves where they stand.
            _ if pointer.is_empty() || matches!(lost.protection, Protection::Permission(_)) => {
                String::new()
            }
            Some(lines) => {
                let place = lines.place(pointer);
                self.style.dim(&format!("  ({} {})", escape(&place), escape(pointer)))
            }
            None => String::new(),
        };
        let protection = words::reason(self.access, &tools[0].tool, lost, lines.is_some());
        let step = words::step(lost);
        _ = writeln!(out, "  {}: {step}{protection}{place}", self.style.bold(&words::who(tools)));
        if tools.len() > 1 {
            let names: Vec<String> = tools.iter().map(|change| words::tool(&change.tool)).collect();
            _ = writeln!(out, "    {}", names.join(", "));
        }
        _ = writeln!(out, "    {}", self.evidence(&tools[0].tool, lost));
        if let Evidence::Recorded(call) = &lost.evidence
            && let Some((tool, arguments)) = &call.elsewhere
        {
            let call = commands::call(tool, arguments);
            let call = Secrets::default().json(&call).into_owned();
            _ = writeln!(out, "    as the old policy has it: {call}");
        }
    }

    fn evidence(&self, tool: &ToolName, lost: &Lost<'_>) -> String {
        let record = commands::record(commands::call_name(tool), &lost.evidence);
        let secrets = Secrets::default();
        if let Some(shown) = record.as_deref().map(|record| secrets.json(record))
            && record.as_deref() != Some(&*shown)
        {
            return format!("{shown}, with a value in place of each {MASK}");
        }
        match (&lost.evidence, record, self.explained) {
            (_, Some(record), Some(origin)) => {
                commands::explain_version(origin, self.options, &record)
            }
            (_, Some(record), None) => record,
            (Evidence::Burst(burst), ..) => words::burst(burst),
            (Evidence::Unknown(why), ..) => format!("unknown: {why}"),
            (Evidence::Call(_) | Evidence::Recorded(_), None, _) => String::new(),
        }
    }
}

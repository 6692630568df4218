//! What two policies let pass, for all calls: before and after by tool, and the protections that are lost or new.

use std::cmp::Reverse;
use std::collections::HashMap;

use crate::diff::{AccessChanges, Certainty, Compared, Prospects, Reach, ToolChange, ToolName};
use crate::report::access::calls;
use crate::report::access::limits::LOST;
use crate::report::access::words;
use crate::report::access::words::{Group, LOOSENED, Lines, Side, TIGHTENED};
use crate::report::common::words::{count, cut};
use crate::report::html::{Cell, Column, Markup, Page, Table, UNCHANGED};
use crate::solver::{Evidence, Protection};

/// How many tools, protections and commands are shown.
const TOOLS: usize = 500;
const SHOWN: usize = 300;
const COMMANDS: usize = 40;

/// How many tools are named of one protection.
const NAMED: usize = 20;

/// How many characters of a call are shown.
const LONG: usize = 2_000;

/// Writes what may become of the calls of each tool under both policies.
pub(super) fn write_matrix(page: &mut Page, title: &str, access: &AccessChanges<'_>) {
    let changed: HashMap<&ToolName, &ToolChange<'_>> =
        access.tools.iter().map(|change| (&change.tool, change)).collect();
    let mut tools: Vec<(&Reach, Option<&ToolChange<'_>>)> =
        access.reach.iter().map(|one| (one, changed.get(&one.tool).copied())).collect();
    if tools.is_empty() {
        return;
    }
    // What is cut off did not change, as long as there is such.
    let by_change = |change: Option<&ToolChange<'_>>| {
        Reverse(change.map(|change| (change.loosens(), change.tightens())))
    };
    tools.sort_by_key(|(_, change)| by_change(*change));
    let more = tools.split_off(tools.len().min(TOOLS)).len();
    tools.sort_by_key(|(one, _)| (one.category.is_some(), Reverse(one.category)));
    page.section(title, |out| {
        let said = "What may become of the first calls of each tool: ● of all, ◐ of some, – of none, ? not known. Refused are also calls beyond a limit.";
        out.leaf("p", &[("class", &"note")], said);
        let columns = [
            Column::Text("tool"),
            Column::Choice("category"),
            Column::Change("change"),
            Column::Symbol("before", "allow"),
            Column::Symbol("before", "ask"),
            Column::Symbol("before", "deny"),
            Column::Symbol("after", "allow"),
            Column::Symbol("after", "ask"),
            Column::Symbol("after", "deny"),
        ];
        let groups = tools.chunk_by(|(one, _), (next, _)| one.category == next.category);
        let rows = groups.flat_map(|group| {
            std::iter::once(vec![heading(group)])
                .chain(group.iter().map(|(one, change)| row(one, *change)))
        });
        let caption = "Access before and after: the most dangerous category first, and in it what changed";
        Table { caption, columns: &columns, rows: rows.collect(), more }.write(out);
    });
}

/// What tools of a group have in common, and how many of them changed.
fn heading(group: &[(&Reach, Option<&ToolChange<'_>>)]) -> Cell {
    let category = group[0].0.category;
    let name = category.map_or("Not one tool alone".to_owned(), |category| category.to_string());
    let tools = count(group.len() as u64, "tool");
    let changed = group.iter().filter(|(_, change)| change.is_some()).count();
    Cell::text(&match category {
        Some(_) => format!("{name}: {tools}, {changed} changed"),
        None => format!("{name}: {changed} changed"),
    })
}

fn row(reach: &Reach, change: Option<&ToolChange<'_>>) -> Vec<Cell> {
    let name = match &reach.tool {
        ToolName::Named(name) => Cell::code(name),
        other => Cell::text(&words::tool(other)),
    };
    let category = reach.category.map(|category| category.to_string()).unwrap_or_default();
    let mut row = vec![name, Cell::text(&category), self::change(change)];
    row.extend(prospects(reach.old));
    row.extend(prospects(reach.new));
    row
}

fn prospects(prospects: Prospects) -> [Cell; 3] {
    let Prospects { allow, ask, deny } = prospects;
    let all = [("allow", allow), ("ask", ask), ("deny", deny)];
    all.map(|(class, certainty)| {
        let alone = all.iter().all(|(other, is)| *other == class || *is == Certainty::No);
        match certainty {
            Certainty::No => Cell::symbol("none", "–", "none").by(0),
            Certainty::Maybe => Cell::symbol(class, "?", "unknown").by(1),
            Certainty::Yes if alone => Cell::symbol(class, "●", "all").by(3),
            Certainty::Yes => Cell::symbol(class, "◐", "some").by(2),
        }
    })
}

/// How access to a tool changes.
fn change(change: Option<&ToolChange<'_>>) -> Cell {
    let Some(change) = change else {
        return Cell::text(UNCHANGED);
    };
    match (change.loosens(), change.tightens()) {
        (Certainty::Yes, Certainty::Yes) => Cell::marked("loosened", "loosened and tightened"),
        (Certainty::Yes, _) => Cell::marked("loosened", "loosened"),
        (Certainty::Maybe, _) => Cell::marked("maybe-loosened", "maybe loosened"),
        (Certainty::No, Certainty::Yes) => Cell::marked("tightened", "tightened"),
        (Certainty::No, _) => Cell::marked("maybe-tightened", "maybe tightened"),
    }
}

/// Writes the protections that are lost and those that are new, with what shows each.
pub(super) fn write_protections(
    page: &mut Page,
    of: &impl Fn(&str) -> String,
    compared: &Compared<'_>,
    access: &AccessChanges<'_>,
) {
    let history = compared.history();
    let lost = Part {
        side: LOOSENED,
        lines: history.old.is_some().then(|| Lines::new(compared.old_version())),
        access,
    };
    lost.write(page, of, [LOST, "passes now"], |out| {
        write_commands(out, compared, access);
    });
    let new = Part {
        side: TIGHTENED,
        lines: history.new.is_some().then(|| Lines::new(compared.new_version())),
        access,
    };
    new.write(page, of, ["new protection", "is refused now"], |_| ());
}

/// The protections that one side has and the other lacks.
struct Part<'c, 'p> {
    side: Side,
    /// The document that they stand in; none if there is no policy on that side.
    lines: Option<Lines<'c>>,
    access: &'c AccessChanges<'p>,
}

impl Part<'_, '_> {
    fn write(
        &self,
        page: &mut Page,
        of: &impl Fn(&str) -> String,
        [usual, shown_by]: [&'static str; 2],
        then: impl FnOnce(&mut Markup),
    ) {
        let mut groups = words::groups(self.access, self.side, usize::MAX);
        if groups.is_empty() {
            return;
        }
        let more = groups.split_off(groups.len().min(SHOWN)).len();
        let becomings = words::becomings(self.access, &groups, usual);
        let protection = becomings.join(" or ");
        page.section(&of(&words::heading(&becomings)), |out| {
            let columns = [
                Column::Text("tool"),
                Column::Choice("category"),
                Column::Text(&protection),
                Column::Choice("from → to"),
                Column::Text(shown_by),
                Column::Text("place"),
            ];
            let rows = groups.iter().map(|group| self.row(group)).collect();
            let caption = format!("Each {protection}, with what shows it");
            Table { caption: &caption, columns: &columns, rows, more }.write(out);
            then(out);
        });
    }

    fn row(&self, Group { tools, lost }: &Group<'_, '_>) -> Vec<Cell> {
        let names = Cell::of(|out| {
            for change in tools.iter().take(NAMED) {
                out.element("div", &[], |out| {
                    out.leaf("code", &[], &cut(&words::tool(&change.tool), 300))
                });
            }
            if let Some(more) = tools.len().checked_sub(NAMED).filter(|more| *more > 0) {
                out.leaf("div", &[("class", &"note")], &format!("and {more} more"));
            }
        });
        let category = tools[0].category.map(|category| category.to_string()).unwrap_or_default();
        let has_policy = self.lines.is_some();
        let reason = words::reason(self.access, &tools[0].tool, lost, has_policy);
        let step = lost.step.map(|[old, new]| format!("{old} → {new}")).unwrap_or_default();
        let shown = match &lost.evidence {
            Evidence::Burst(burst) => Cell::text(&words::burst(burst)),
            Evidence::Unknown(why) => Cell::text(&format!("unknown: {why}")),
            call => calls::shown(call).map(|it| Cell::code(&cut(&it, LONG))).unwrap_or_default(),
        };
        let pointer = lost.protection.pointer();
        let place = match &self.lines {
            // The rules of an agent say themselves where they stand.
            _ if pointer.is_empty() || matches!(lost.protection, Protection::Permission(_)) => {
                String::new()
            }
            Some(lines) => format!("{}:{}", lines.document.name, lines.of(pointer)),
            None => String::new(),
        };
        vec![
            names,
            Cell::text(&category),
            Cell::text(&reason),
            Cell::text(&step),
            shown,
            Cell::text(&place),
        ]
    }
}

/// Writes the commands that explain the calls that pass now.
fn write_commands(out: &mut Markup, compared: &Compared<'_>, access: &AccessChanges<'_>) {
    let commands = calls::explained(compared, access);
    if !commands.is_empty() {
        out.element("details", &[], |out| {
            out.leaf("summary", &[], "Run it yourself");
            for command in commands.iter().take(COMMANDS) {
                out.element("p", &[], |out| out.leaf("code", &[], &cut(command, LONG)));
            }
        });
    }
}

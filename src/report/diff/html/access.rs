//! What two policies let pass, for all calls: before and after by tool, and the protections that are lost or new.

use std::cmp::Reverse;

use crate::diff::{AccessChanges, Certainty, Compared, Prospects, Reach, ToolName};
use crate::report::access::commands;
use crate::report::access::words;
use crate::report::access::words::{Group, LOOSENED, Lines, Side, TIGHTENED};
use crate::report::common::words::cut;
use crate::report::html::{Cell, Column, Markup, Page, Table};
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
    let mut reach: Vec<&Reach> = access.reach.iter().collect();
    if reach.is_empty() {
        return;
    }
    reach.sort_by_key(|one| (one.category.is_some(), Reverse(one.category)));
    let more = reach.split_off(reach.len().min(TOOLS)).len();
    page.section(title, |out| {
        let said = "What may become of the first calls of each tool: of all, of some, or of none. Refused are also calls beyond a limit.";
        out.leaf("p", &[("class", &"note")], said);
        let columns = [
            Column::Text("tool"),
            Column::Choice("category"),
            Column::Choice("change"),
            Column::Text("before: allow"),
            Column::Text("ask"),
            Column::Text("deny"),
            Column::Text("after: allow"),
            Column::Text("ask"),
            Column::Text("deny"),
        ];
        let rows = reach.iter().map(|one| row(access, one)).collect();
        let caption = "Access before and after, the most dangerous tools first";
        Table { caption, columns: &columns, rows, more }.write(out);
    });
}

fn row(access: &AccessChanges<'_>, reach: &Reach) -> Vec<Cell> {
    let name = match &reach.tool {
        ToolName::Named(name) => Cell::code(name),
        other => Cell::text(&words::tool(other)),
    };
    let category = reach.category.map(|category| category.to_string()).unwrap_or_default();
    let mut row = vec![name, Cell::text(&category), change(access, &reach.tool)];
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
            Certainty::No => Cell::marked("none", "none").by(0),
            Certainty::Maybe => Cell::marked(class, "unknown").by(1),
            Certainty::Yes if alone => Cell::marked(class, "all").by(3),
            Certainty::Yes => Cell::marked(class, "some").by(2),
        }
    })
}

/// How access to a tool changes.
fn change(access: &AccessChanges<'_>, tool: &ToolName) -> Cell {
    let Some(change) = access.tools.iter().find(|change| change.tool == *tool) else {
        return Cell::marked("none", "none");
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
    lost.write(page, of, ["lost protection", "passes now"], |out| {
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
            Evidence::Call(arguments) => Cell::code(&cut(&commands::compact(arguments), LONG)),
            Evidence::Recorded(call) => Cell::code(&cut(&commands::recorded(call), LONG)),
            Evidence::Burst(burst) => Cell::text(&words::burst(burst)),
            Evidence::Unknown(why) => Cell::text(&format!("unknown: {why}")),
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
    let Some(origin) = &compared.history().new else { return };
    let groups = words::groups(access, LOOSENED, usize::MAX);
    let calls = groups.iter().filter_map(|group| {
        commands::record(commands::call_name(&group.tools[0].tool), &group.lost.evidence)
    });
    let commands = calls.map(|call| commands::explain_version(origin, compared.options(), &call));
    let commands: Vec<String> = commands.take(COMMANDS).collect();
    if !commands.is_empty() {
        out.element("details", &[], |out| {
            out.leaf("summary", &[], "Run it yourself");
            for command in &commands {
                out.element("p", &[], |out| out.leaf("code", &[], &cut(command, LONG)));
            }
        });
    }
}

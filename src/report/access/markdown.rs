//! What two policies let pass, compared for all calls, as a comment on a pull request.

use super::Comparison;
use super::calls;
use super::limits::LOST;
use super::words;
use super::words::{Group, LOOSENED, Side, TIGHTENED};
use crate::diff::{AccessChanges, Certainty, Change, Flips, ToolChange};
use crate::report::common::markdown::{Column, Comment, Rank, Rows, Things, code, plain};
use crate::solver::Evidence;

/// How many commands are shown.
const COMMANDS: usize = 40;

/// How many tools stand in one row.
const TOOLS: usize = 20;

/// Writes comparisons into one comment. Where not everything fits into it, commands are left out first, then what is
/// least dangerous.
pub fn write_access_markdown(comment: &mut Comment, comparisons: &[Comparison<'_>]) {
    if comparisons.is_empty() {
        comment.text("### ✅ No policy changed".to_owned());
    }
    let mut graves: Vec<_> = comparisons.iter().collect();
    graves.sort_by_key(|comparison| std::cmp::Reverse(gravity(comparison)));
    graves.into_iter().for_each(|comparison| write_section(comment, comparison));
}

/// Whether access is loosened, for all calls or for recorded ones.
fn gravity((_, access, flips): &Comparison<'_>) -> Certainty {
    let direct = |change| flips.is_some_and(|flips| flips.direct(change) > 0);
    let any = |change| flips.is_some_and(|flips| flips.count(change) > 0);
    let recorded = match (direct(Change::Loosened), any(Change::Loosened)) {
        (true, _) => Certainty::Yes,
        (false, true) => Certainty::Maybe,
        (false, false) if any(Change::MaybeLoosened) => Certainty::Maybe,
        (false, false) => Certainty::No,
    };
    access.loosens().max(recorded)
}

fn write_section(comment: &mut Comment, comparison: &Comparison<'_>) {
    let (compared, access, flips) = comparison;
    let (mark, class) = match gravity(comparison) {
        Certainty::No => ("✅", 1),
        Certainty::Maybe => ("⚠️", 0),
        Certainty::Yes => ("❌", 0),
    };
    let history = compared.history();
    let recorded = words::recorded(*flips).map_or(String::new(), |calls| format!("; {calls}"));
    let (title, verdict) = (code(&words::title(history)), words::verdict(access));
    let heading = format!("### {mark} {title}: {verdict}{recorded}");
    comment.heading((class, u8::MAX), Things("policy", "policies"), heading);
    if let Some(missing) = words::missing(&history.fate) {
        comment.text(missing.to_owned());
    }
    if let Some(flips) = flips {
        comment.text(recorded_calls(flips));
    }
    let lost = Table { class: 0, side: LOOSENED, has_policy: history.old.is_some(), access };
    let things = Things("lost protection", "lost protections");
    let protection = lost.protection(LOST);
    let columns = ["tool", &protection, "passes now"].map(Column::Text);
    comment.rows(lost.fill(Rows::table(things, &columns)));
    comment.rows(commands(comparison));
    let new = Table { class: 2, side: TIGHTENED, has_policy: history.new.is_some(), access };
    let things = Things("new protection", "new protections");
    let protection = new.protection("new protection");
    let columns = ["tool", &protection, "is refused now"].map(Column::Text);
    let rows = Rows::table(things, &columns);
    let is_all = gravity(comparison) == Certainty::No;
    comment.rows(new.fill(if is_all { rows } else { rows.folded("New protections") }));
    comment.text(format!("<sub>{}</sub>", plain(&words::basis(access))));
}

fn recorded_calls(flips: &Flips) -> String {
    let counts = Change::ALL.map(|change| {
        let (all, direct) = (flips.count(change), flips.direct(change));
        let cascade = match all - direct {
            0 => String::new(),
            cascade => format!(
                " ({cascade} as a cascade: only because calls before were decided otherwise)"
            ),
        };
        format!("{all} {}{cascade}", change.name())
    });
    format!("Of {} recorded calls: {}.", flips.calls, counts.join(", "))
}

/// The protections that one side has and the other lacks.
struct Table<'c, 'p> {
    /// What is left out before them, and after.
    class: u8,
    side: Side,
    /// Whether there is a policy on the side that the protections are of.
    has_policy: bool,
    access: &'c AccessChanges<'p>,
}

impl Table<'_, '_> {
    fn fill(&self, mut rows: Rows) -> Rows {
        let mut groups = words::groups(self.access, self.side, usize::MAX);
        groups.sort_by_key(|group| self.rank(group));
        for group in &groups {
            for tools in group.tools.chunks(TOOLS) {
                rows.row(self.rank(group), tools.len(), &self.cells(group, tools));
            }
        }
        rows
    }

    /// What becomes of the protections, above their column.
    fn protection(&self, otherwise: &'static str) -> String {
        let groups = words::groups(self.access, self.side, usize::MAX);
        words::becomings(self.access, &groups, otherwise).join(" or ")
    }

    /// What is about no tool alone is about every one, and most dangerous.
    fn rank(&self, group: &Group<'_, '_>) -> Rank {
        let danger = group.tools[0].category.map_or(0, |category| u8::MAX - 1 - category as u8);
        (self.class, danger)
    }

    fn cells(&self, group: &Group<'_, '_>, tools: &[&ToolChange<'_>]) -> [String; 3] {
        let lost = group.lost;
        let shown = match &lost.evidence {
            Evidence::Burst(burst) => plain(&words::burst(burst)),
            Evidence::Unknown(why) => plain(&format!("unknown: {why}")),
            call => calls::shown(call).as_deref().map(code).unwrap_or_default(),
        };
        let reason = words::reason(self.access, &tools[0].tool, lost, self.has_policy);
        [cell(tools), code(&reason), format!("{}{shown}", words::step(lost))]
    }
}

/// The tools of a row, behind what they do to the world.
fn cell(tools: &[&ToolChange<'_>]) -> String {
    let names: Vec<String> = tools.iter().map(|change| code(&words::tool(&change.tool))).collect();
    match tools[0].category {
        Some(category) => format!("{category}: {}", names.join(", ")),
        None => names.join(", "),
    }
}

/// The commands that show what is lost.
fn commands((compared, access, _): &Comparison<'_>) -> Rows {
    let rows = Rows::shell(Things("command", "commands")).folded("Run it yourself");
    let mut rows = rows.at_most(COMMANDS);
    // Nothing in a fence is a reference, and whoever looks for a marker may look into it.
    let commands = calls::explained(compared, access).into_iter();
    let commands = commands.filter(|command| !command.contains("<!--"));
    commands.for_each(|command| rows.item((3, 0), command));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Compared;
    use crate::policy::{Policy, read};
    use crate::solver::{Budget, Shapes};
    use crate::source::Document;

    fn policy(tools: &str) -> (Document, Policy) {
        let text = format!(r#"{{"version": "1", "default": "deny", "tools": {{{tools}}}}}"#);
        let document = Document::read("p.json", text.into_bytes());
        let policy = read(&document, None).policy.unwrap();
        (document, policy)
    }

    #[test]
    fn what_does_not_fit_is_cut_where_it_is_least_dangerous_over_all_policies() {
        let tools = |prefix: &str, number: usize| -> String {
            let names = (0..number).map(|at| format!(r#""{prefix}_{at:06}": {{}}"#));
            names.collect::<Vec<_>>().join(",")
        };
        let (none, old) = policy("");
        let many = [policy(&tools("list_things", 3_000)), policy(&tools("delete_thing", 20))];
        let budget = Budget::new(None);
        let access = many
            .iter()
            .map(|(_, new)| AccessChanges::new(&old, new, &Shapes::default(), &budget))
            .collect::<Vec<_>>();
        let compared =
            many.iter().map(|(new, _)| Compared::new(&none, new, &[])).collect::<Vec<_>>();
        let comparisons: Vec<Comparison<'_>> = compared
            .iter()
            .zip(&access)
            .map(|(compared, access)| (compared, access, None))
            .collect();
        let mut comment = Comment::new("diff", ["policies"]);
        write_access_markdown(&mut comment, &comparisons);
        let out = comment.finish();
        assert!(out.len() <= 65_536 && out.len() > 60_000, "{}", out.len());
        assert_eq!(out.matches("delete_thing").count(), 20);
        let shown = out.matches("list_things").count();
        let left = format!("Not shown: {} of 3020 lost protections, ", 3_000 - shown);
        assert!(shown > 100 && out.contains(&left), "{shown} {}", &out[out.len() - 300..]);
    }
}

//! What two policies let pass, compared for all calls, as a comment on a pull request.

use std::cmp::Reverse;
use std::fmt::Write;

use super::Comparison;
use super::commands;
use super::words;
use super::words::{Group, LOOSENED, Side, TIGHTENED};
use crate::catalogue::Category;
use crate::diff::{AccessChanges, Certainty, Change, Flips, ToolChange};
use crate::report::common::escape::escape;
use crate::solver::Evidence;

/// How much a comment on GitHub holds; everything is shown that fits.
const ROOM: usize = 65_536;

/// How many commands are shown.
const COMMANDS: usize = 40;

/// How long one cell of the table may be.
const LONG: usize = 300;

/// How many protections of a comparison are shown: of those that are lost and of those that are new.
type Shown = [usize; 2];

/// Writes comparisons as one comment in GitHub-flavoured Markdown. Where not everything fits into
/// it, commands are left out first, then what is least dangerous.
pub fn write_access_markdown(out: &mut String, comparisons: &[Comparison<'_>]) {
    let ranks = ranks(comparisons);
    let write = |shown: usize, commands: bool| -> Vec<String> {
        let mut counts = vec![[0; 2]; comparisons.len()];
        ranks.iter().take(shown).for_each(|rank| counts[rank.comparison][rank.side] += 1);
        let sections = comparisons.iter().zip(counts);
        sections.map(|(comparison, shown)| section(comparison, shown, commands)).collect()
    };
    let fits = |sections: &[String]| sections.iter().map(String::len).sum::<usize>() <= ROOM;
    let mut sections = write(ranks.len(), true);
    if !fits(&sections) {
        let (mut fitting, mut most) = (0, ranks.len() + 1);
        while fitting + 1 < most {
            let middle = usize::midpoint(fitting, most);
            if fits(&write(middle, false)) { fitting = middle } else { most = middle }
        }
        sections = write(fitting, false);
    }
    if fits(&sections) {
        out.extend(sections);
    } else {
        write_gravest(out, comparisons, sections);
    }
}

/// Where a protection is mentioned, in the order in which it is left out: the least dangerous of
/// those that are new first, the most dangerous of those that are lost last.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    side: usize,
    danger: Reverse<(bool, Option<Category>)>,
    comparison: usize,
}

fn ranks(comparisons: &[Comparison<'_>]) -> Vec<Rank> {
    let mut ranks = Vec::new();
    for (comparison, (_, access, _)) in comparisons.iter().enumerate() {
        for change in &access.tools {
            for (number, side) in [LOOSENED, TIGHTENED].into_iter().enumerate() {
                let rank = || Rank { side: number, danger: Reverse(change.danger()), comparison };
                ranks.extend(side(change).iter().map(|_| rank()));
            }
        }
    }
    ranks.sort();
    ranks
}

/// As many sections as fit, those first that loosen access.
fn write_gravest(out: &mut String, comparisons: &[Comparison<'_>], sections: Vec<String>) {
    /// How much the last line needs.
    const REST: usize = 100;
    let mut graves: Vec<_> = comparisons.iter().map(gravity).zip(sections).collect();
    graves.sort_by_key(|(gravity, _)| Reverse(*gravity));
    let mut left = graves.len();
    for (_, section) in graves {
        if out.len() + section.len() + REST > ROOM {
            break;
        }
        out.push_str(&section);
        left -= 1;
    }
    _ = writeln!(out, "### … and {left} more policies, for which a comment has no room");
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

/// One comparison.
fn section(comparison: &Comparison<'_>, shown: Shown, commands: bool) -> String {
    let (compared, access, flips) = comparison;
    let mut out = String::new();
    let mark = match gravity(comparison) {
        Certainty::No => "✅",
        Certainty::Maybe => "⚠️",
        Certainty::Yes => "❌",
    };
    let history = compared.history();
    let recorded = words::recorded(*flips).map_or(String::new(), |calls| format!("; {calls}"));
    let (title, verdict) = (code(&words::title(history)), words::verdict(access));
    _ = writeln!(out, "### {mark} {title}: {verdict}{recorded}\n");
    if let Some(missing) = words::missing(&history.fate) {
        _ = writeln!(out, "{missing}\n");
    }
    let table = |heading: [&'static str; 2], side, shown, has_policy| Table {
        heading,
        side,
        shown,
        has_policy,
        access,
    };
    let lost = table(["lost protection", "passes now"], LOOSENED, shown[0], history.old.is_some());
    lost.write(&mut out);
    if commands {
        write_commands(&mut out, comparison);
    }
    let new =
        table(["new protection", "is refused now"], TIGHTENED, shown[1], history.new.is_some());
    new.write(&mut out);
    if let Some(flips) = flips {
        write_flips(&mut out, flips);
    }
    _ = writeln!(out, "<sub>{}</sub>\n", plain(&words::basis(access)));
    out
}

fn write_flips(out: &mut String, flips: &Flips) {
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
    _ = writeln!(out, "Of {} recorded calls: {}.\n", flips.calls, counts.join(", "));
}

/// The protections that one side has and the other lacks.
struct Table<'c, 'p> {
    heading: [&'static str; 2],
    side: Side,
    shown: usize,
    /// Whether there is a policy on the side that the protections are of.
    has_policy: bool,
    access: &'c AccessChanges<'p>,
}

impl Table<'_, '_> {
    fn write(&self, out: &mut String) {
        let all: usize = self.access.tools.iter().map(|change| (self.side)(change).len()).sum();
        if all == 0 {
            return;
        }
        let [usual, shown_by] = self.heading;
        let groups = words::groups(self.access, self.side, self.shown);
        let protection = words::becomings(self.access, &groups, usual).join(" or ");
        _ = writeln!(out, "| tool | {protection} | {shown_by} |\n|---|---|---|");
        for group in &groups {
            out.push_str(&self.row(group));
        }
        if let Some(more) = all.checked_sub(self.shown).filter(|more| *more > 0) {
            _ = writeln!(out, "| … | and {more} more, none more dangerous | |");
        }
        out.push('\n');
    }

    fn row(&self, group: &Group<'_, '_>) -> String {
        let Group { tools, lost } = group;
        let shown = match &lost.evidence {
            Evidence::Call(arguments) => code(&commands::compact(arguments)),
            Evidence::Recorded(call) => code(&commands::recorded(call)),
            Evidence::Burst(burst) => plain(&words::burst(burst)),
            Evidence::Unknown(why) => plain(&format!("unknown: {why}")),
        };
        let reason = words::reason(self.access, &tools[0].tool, lost, self.has_policy);
        format!("| {} | {} | {}{shown} |\n", cell(tools), code(&reason), words::step(lost))
    }
}

/// Every tool of a group, behind what they do to the world.
fn cell(tools: &[&ToolChange<'_>]) -> String {
    let names: Vec<String> = tools.iter().map(|change| code(&words::tool(&change.tool))).collect();
    match tools[0].category {
        Some(category) => format!("{category}: {}", names.join(", ")),
        None => names.join(", "),
    }
}

fn write_commands(out: &mut String, (compared, access, _): &Comparison<'_>) {
    let Some(origin) = &compared.history().new else { return };
    let groups = words::groups(access, LOOSENED, usize::MAX);
    let calls = groups.iter().filter_map(|group| {
        commands::record(commands::call_name(&group.tools[0].tool), &group.lost.evidence)
    });
    let options = compared.options();
    let commands = calls.map(|call| commands::explain_version(origin, options, &call));
    let commands: Vec<String> = commands.take(COMMANDS).collect();
    if commands.is_empty() {
        return;
    }
    let longest = commands.iter().flat_map(|command| command.split(|c| c != '`')).map(str::len);
    let fence = "`".repeat(longest.max().unwrap_or(0).max(2) + 1);
    _ = writeln!(
        out,
        "<details><summary>Run it yourself</summary>\n\n{fence}sh\n{}\n{fence}\n\n</details>\n",
        commands.join("\n")
    );
}

/// Text as code that no Markdown in it can leave: what could be markup is written as a number.
pub(in crate::report) fn code(text: &str) -> String {
    format!("<code>{}</code>", plain(text))
}

/// Text in which nothing is markup; what could be is written as a number.
pub(in crate::report) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let text = escape(text);
    for (at, character) in text.chars().enumerate() {
        match character {
            _ if at >= LONG => {
                out.push('…');
                break;
            }
            '&' | '<' | '>' | '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '#' | '@' | '!'
            | '$' | ':' | '^' => {
                _ = write!(out, "&#{};", character as u32);
            }
            // GitHub makes a link of what begins with `www.`, also in tags.
            '.' if out.ends_with("www") => out.push_str("&#46;"),
            plain => out.push(plain),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::Compared;
    use crate::policy::{Policy, read};
    use crate::solver::{Budget, Shapes};
    use crate::source::Document;

    #[test]
    fn no_markup_comes_out_of_a_policy() {
        assert_eq!(code("a|b`</code>@x"), "<code>a&#124;b&#96;&#60;/code&#62;&#64;x</code>");
        assert_eq!(code("www.evil.example/x"), "<code>www&#46;evil.example/x</code>");
        assert_eq!(plain(&"x".repeat(400)).chars().count(), LONG + 1);
    }

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
        let mut out = String::new();
        write_access_markdown(&mut out, &comparisons);
        assert!(out.len() <= ROOM && out.len() > ROOM * 9 / 10, "{}", out.len());
        assert_eq!(out.matches("delete&#95;thing").count(), 20);
        let shown = out.matches("list&#95;things").count();
        let cut = format!("| … | and {} more, none more dangerous | |", 3_000 - shown);
        assert!(shown > 100 && out.contains(&cut), "{shown}");
    }
}

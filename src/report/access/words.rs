//! Lost protections in words, for every format.

use std::borrow::Cow;
use std::collections::HashMap;

use super::commands::compact;
use super::limits;
use crate::catalogue::Category;
use crate::diff::{AccessChanges, Change, Fate, Flips, History, ToolChange, ToolName};
use crate::engine::Outcome;
use crate::policy::{Check, Condition, Effect, PermissionRule, Predicate, Value};
use crate::report::common::escape::escape;
use crate::report::common::secrets::Secrets;
use crate::report::common::words::{count, cut};
use crate::solver::{Burst, Evidence, Lost, Protection};
use crate::source::{Document, LineTable, Place, Pointer};

/// How long a condition's operand may be before it is cut.
const LONG: usize = 80;

/// What a comparison comes to, in one line.
pub(in crate::report) fn verdict(access: &AccessChanges<'_>) -> String {
    if access.tools.is_empty() {
        let tools = count(access.asked as u64, "tool");
        return format!("changes no access: proved for {tools} and any other");
    }
    let mut lost = access.tools.iter().flat_map(|tool| tool.loosened.iter().chain(&tool.tightened));
    match lost.any(|lost| lost.evidence.is_unread()) {
        true => format!(
            "for calls whose arguments are an object: {}; for all others: {}",
            counted(access, |evidence| !evidence.is_unread()),
            counted(access, Evidence::is_unread)
        ),
        false => counted(access, |_| true),
    }
}

/// For how many tools evidence of a kind shows what.
fn counted(access: &AccessChanges<'_>, kind: impl Fn(&Evidence) -> bool) -> String {
    let number = |is_loosened: bool, certain: bool| {
        let shows = |tool: &&ToolChange<'_>| {
            let lost = if is_loosened { &tool.loosened } else { &tool.tightened };
            let of_kind = || lost.iter().filter(|lost| kind(&lost.evidence));
            of_kind().any(|lost| lost.evidence.is_certain()) == certain && of_kind().count() > 0
        };
        access.tools.iter().filter(shows).count()
    };
    let named = [
        (number(true, true), "loosens access"),
        (number(true, false), "may loosen access"),
        (number(false, true), "tightens access"),
        (number(false, false), "may tighten access"),
    ];
    let is_kept = named[..2].iter().all(|(number, _)| *number == 0);
    let named: Vec<String> = named
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{what}: {}", count(*number as u64, "tool")))
        .collect();
    match (is_kept, named.is_empty()) {
        (true, true) => "changes no access (proved)".to_owned(),
        (true, false) => format!("loosens no access (proved); {}", named.join("; ")),
        (false, _) => named.join("; "),
    }
}

/// What the answers rest on.
pub(in crate::report) fn basis(access: &AccessChanges<'_>) -> String {
    let asked = format!(
        "Asked about every call of {} and of any other",
        count(access.asked as u64, "tool")
    );
    let schemas = match &access.server {
        Some(server) if access.restricted > 0 => format!(
            "; the input schemas of {} restrict the calls of {} (--no-schemas leaves them out).",
            escape(server),
            access.restricted
        ),
        _ => ", without input schemas.".to_owned(),
    };
    let unreadable = match access.forwards_unreadable {
        true => {
            " The policies are of different dialects: calls whose arguments are not an object are asked about too, and Intercept forwards them without a look; those with a number beyond a 64-bit float are left out."
        }
        false => "",
    };
    let guessed = match access.is_guessed {
        true => " Categories that no record of the server gives are guessed from the names.",
        false => "",
    };
    format!("{asked}{schemas}{unreadable}{guessed}")
}

/// What is loosened for recorded calls, by itself or as a cascade; nothing if nothing is.
pub(in crate::report) fn recorded(flips: Option<&Flips>) -> Option<String> {
    let flips = flips?;
    let calls = |number| match number {
        1 => "1 recorded call passes".to_owned(),
        number => format!("{number} recorded calls pass"),
    };
    let direct = flips.direct(Change::Loosened);
    let cascade = flips.count(Change::Loosened) - direct;
    let mut parts = Vec::new();
    if direct > 0 {
        parts.push(format!("{} now", calls(direct)));
    }
    if cascade > 0 {
        parts.push(format!("{} only as a cascade of refused ones", calls(cascade)));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// How a policy is called, and what became of it.
pub fn title(history: &History) -> String {
    let name = escape(&history.name);
    match &history.fate {
        Fate::Stayed => name.into_owned(),
        Fate::Renamed { from } => format!("{name} (renamed from {})", escape(from)),
        Fate::New { from: None } => format!("{name} (new)"),
        Fate::New { from: Some(from) } => format!("{name} (new, from {})", escape(from)),
        Fate::Unread => format!("{name} (the old version cannot be read)"),
        Fate::Removed { to: None } => format!("{name} (removed)"),
        Fate::Removed { to: Some(to) } => format!("{name} (removed, now {})", escape(to)),
    }
}

/// What is compared where a version is missing; nothing where both are there.
pub(in crate::report) fn missing(fate: &Fate) -> Option<&'static str> {
    match fate {
        Fate::Stayed | Fate::Renamed { .. } => None,
        Fate::New { .. } => Some("New: compared with no policy, under which every call is denied."),
        Fate::Unread => Some(
            "The old version cannot be read: compared with no policy, under which every call is denied.",
        ),
        Fate::Removed { .. } => Some(
            "Removed: compared with no policy, under which every call is denied. A gateway that goes on without one may deny nothing.",
        ),
    }
}

/// Tools for which one protection is lost, with what shows it for the first of them.
pub(in crate::report) struct Group<'c, 'p> {
    pub(in crate::report) tools: Vec<&'c ToolChange<'p>>,
    pub(in crate::report) lost: &'c Lost<'p>,
}

/// What tools of one group have in common: the protection, whether it is surely lost, whether for
/// arguments that are no object, from which outcome to which, and what the tools do to the world.
type GroupKey<'p> = (Cow<'p, str>, bool, bool, Option<[Outcome; 2]>, Option<Category>);

/// One side of what changes: the protections that a tool loses, or those that it gains.
pub(in crate::report) type Side = for<'c, 'p> fn(&'c ToolChange<'p>) -> &'c [Lost<'p>];

/// The protections that are lost.
pub(in crate::report) const LOOSENED: Side = |change| &change.loosened;

/// The protections that are new.
pub(in crate::report) const TIGHTENED: Side = |change| &change.tightened;

/// The first `shown` of the protections that one side has and the other lacks, each with all tools
/// of a category that it is lost for; what is certain apart from what cannot be told.
pub(in crate::report) fn groups<'c, 'p>(
    access: &'c AccessChanges<'p>,
    side: Side,
    shown: usize,
) -> Vec<Group<'c, 'p>> {
    let mut groups: Vec<Group<'c, 'p>> = Vec::new();
    let mut known: HashMap<GroupKey<'_>, usize> = HashMap::new();
    let all =
        access.tools.iter().flat_map(|change| side(change).iter().map(move |lost| (change, lost)));
    for (change, lost) in all.take(shown) {
        let is_unknown = matches!(lost.evidence, Evidence::Unknown(_));
        let is_unread = lost.evidence.is_unread();
        let protection = match &lost.protection {
            Protection::Permission(rules) => permission(rules, lost.step).into(),
            protection => protection.pointer().into(),
        };
        let key = (protection, is_unknown, is_unread, lost.step, change.category);
        match known.get(&key).filter(|_| change.tool != ToolName::All) {
            Some(at) => groups[*at].tools.push(change),
            None => {
                if change.tool != ToolName::All {
                    known.insert(key, groups.len());
                }
                groups.push(Group { tools: vec![change], lost });
            }
        }
    }
    groups
}

/// What becomes of all protections of some groups, each kind once.
pub(in crate::report) fn becomings(
    access: &AccessChanges<'_>,
    groups: &[Group<'_, '_>],
    otherwise: &'static str,
) -> Vec<&'static str> {
    let of = |group: &Group<'_, '_>| {
        limits::becoming(access, &group.tools[0].tool, group.lost, otherwise)
    };
    distinct(groups.iter().map(of))
}

/// A heading above protections, by what becomes of them.
pub(in crate::report) fn heading(becomings: &[&str]) -> String {
    let text = becomings.iter().map(|one| format!("{one}s")).collect::<Vec<_>>().join(" and ");
    let (first, rest) = text.split_at(text.len().min(1));
    first.to_uppercase() + rest
}

/// Tools of one category, with it: one by its name, more by their number.
pub(in crate::report) fn who(tools: &[&ToolChange<'_>]) -> String {
    let names = match tools {
        [change] => tool(&change.tool),
        tools => count(tools.len() as u64, "tool"),
    };
    match tools[0].category {
        Some(category) => format!("{names} ({category})"),
        None => names,
    }
}

/// Which tool.
pub(in crate::report) fn tool(name: &ToolName) -> String {
    match name {
        ToolName::Named(name) => escape(name).into_owned(),
        ToolName::Other(_) => "any tool that nobody names".to_owned(),
        ToolName::All => "all tools together".to_owned(),
    }
}

/// From which outcome to which a call changes, before what shows it; nothing where nobody is asked.
pub(in crate::report) fn step(lost: &Lost<'_>) -> String {
    lost.step.map_or_else(String::new, |[old, new]| format!("{old} → {new}: "))
}

/// Why calls are refused on a side that may have no policy.
pub(in crate::report) fn reason(
    access: &AccessChanges<'_>,
    tool: &ToolName,
    lost: &Lost<'_>,
    has_policy: bool,
) -> String {
    match (has_policy, &lost.protection) {
        (true, Protection::Permission(rules)) => permission(rules, lost.step),
        (true, lost) => protection(access, tool, lost),
        (false, _) => "no policy, so every call is denied".to_owned(),
    }
}

/// A protection, as it is written in its document; of a limit that is raised or lowered how much it
/// was and how much it is.
fn protection(access: &AccessChanges<'_>, tool: &ToolName, protection: &Protection<'_>) -> String {
    match protection {
        Protection::Hidden(_) => "the tool is hidden".to_owned(),
        Protection::Unlisted => "the tool is not listed, and the default is to deny".to_owned(),
        Protection::Permission(rules) => permission(rules, None),
        Protection::Permissions => "the agent's permission files refuse some calls".to_owned(),
        Protection::Check(check) => self::check(check),
        Protection::Amount(limit) => match limit.calls() {
            Some(_) => format!("{}, which lets no call pass", limits::limit(limit)),
            None => format!("{}, which needs a number to count", limits::limit(limit)),
        },
        Protection::Limit(limit) => match limits::moved(access, tool, protection) {
            Some(both) => limits::moving(limit, both),
            None => limits::limit(limit),
        },
    }
}

/// The rule of an agent that counts before and the one that counts now, of a stricter and a milder one.
fn permission(
    [stricter, milder]: &[Option<&PermissionRule>; 2],
    step: Option<[Outcome; 2]>,
) -> String {
    let is_tightened = step.is_some_and(|[old, new]| old.access() > new.access());
    let (old, new) = if is_tightened { (milder, stricter) } else { (stricter, milder) };
    format!("{} → {}", permission_rule(*old), permission_rule(*new))
}

fn permission_rule(rule: Option<&PermissionRule>) -> String {
    let Some(rule) = rule else { return "no rule".to_owned() };
    let (text, origin) = (cut(&rule.text, LONG), &rule.origin);
    match &origin.file {
        None => format!("{} (built in)", escape(&text)),
        Some(file) if origin.line == 0 => format!("{} ({})", escape(&text), escape(file)),
        Some(file) => format!("{} ({}:{})", escape(&text), escape(file), origin.line),
    }
}

fn check(check: &Check) -> String {
    let effect = match check.effect {
        Effect::Require => "require",
        Effect::DenyIf if check.conditions.is_empty() => return "every call is denied".to_owned(),
        Effect::DenyIf => "deny if",
        Effect::AskIf if check.conditions.is_empty() => {
            return "a person is asked about every call".to_owned();
        }
        Effect::AskIf => "ask a person if",
    };
    let secrets = Secrets::default();
    let conditions = check.conditions.iter().map(|one| condition(one, &secrets));
    let conditions: Vec<String> = conditions.collect();
    format!("{effect} {}", conditions.join(" and "))
}

/// An operand as JSON, whole numbers without a fraction.
fn operand(value: &Value) -> serde_json::Value {
    /// From here on not every whole number is a float.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Float(number) if number.fract() == 0.0 && number.abs() < EXACT => {
            (*number as i64).into()
        }
        Value::List(values) => values.iter().map(operand).collect(),
        other => other.to_json(),
    }
}

/// A condition, as it is written in its document.
pub(in crate::report) fn condition(condition: &Condition, secrets: &Secrets) -> String {
    let operand = match &condition.predicate {
        Predicate::Equal { value, .. } | Predicate::Contains(value) => operand(value),
        Predicate::OneOf { values, .. } => values.iter().map(operand).collect(),
        Predicate::Compare { bound, .. } => operand(&Value::Float(*bound)),
        Predicate::Matches(pattern) => pattern.source().into(),
        Predicate::Exists(wanted) => (*wanted).into(),
    };
    let subject = condition.subject.to_string();
    let operand = secrets.operand(condition, compact(&operand));
    let operand = cut(&operand, LONG);
    format!("{} {} {operand}", escape(&subject), condition.predicate.operator())
}

/// A burst in words. Its times are only an example, in a window of nobody's choosing.
pub(in crate::report) fn burst(burst: &Burst) -> String {
    let tools: Vec<&str> = distinct(burst.batches.iter().map(|batch| batch.tool.as_str()));
    let grants = distinct(burst.batches.iter().map(|batch| batch.grant)).len();
    let moments = distinct(burst.batches.iter().map(|batch| batch.time)).len();
    let tools = match tools.as_slice() {
        [tool] => escape(tool).into_owned(),
        tools => count(tools.len() as u64, "tool"),
    };
    let by = if grants > 1 { format!(" by {grants} grants") } else { String::new() };
    let pace = if moments > 1 { ", as fast as they pass" } else { "" };
    let calls = count(burst.calls as u64, "call");
    format!("{calls} of {tools}{by} within one {}{pace}", burst.window)
}

fn distinct<T: PartialEq>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for value in values {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// A document in which lines are looked up, counted from 1.
pub(in crate::report) struct Lines<'d> {
    pub(in crate::report) document: &'d Document,
    table: LineTable,
}

impl<'d> Lines<'d> {
    pub(in crate::report) fn new(document: &'d Document) -> Lines<'d> {
        Lines { document, table: LineTable::new(&document.text) }
    }

    /// The file and the line of a place.
    pub(in crate::report) fn place(&self, pointer: &str) -> String {
        format!("{}:{}", self.document.name, self.of(pointer))
    }

    /// The line of a place.
    pub(in crate::report) fn of(&self, pointer: &str) -> usize {
        let span = self.document.span_of(&Place::key(Pointer::parse(pointer)));
        self.table.line_of(span.start) + 1
    }

    /// Where a change of a tool is best shown: at the tool's entry, if it has one.
    pub(in crate::report) fn of_tool(&self, name: &ToolName) -> usize {
        let ToolName::Named(name) = name else { return 1 };
        let pointer = Pointer::root().key("tools").key(name);
        let is_listed = self.document.root.as_ref().is_some_and(|root| root.at(&pointer).is_some());
        if is_listed { self.of(pointer.as_str()) } else { 1 }
    }
}

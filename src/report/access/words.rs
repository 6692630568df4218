//! Lost protections in words, for every format.

use crate::diff::{AccessChanges, ToolChange, ToolName};
use crate::policy::{Check, Condition, Effect, Limit, Predicate, Value};
use crate::report::common::escape::escape;
use crate::report::common::json;
use crate::report::common::words::count;
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
    format!("{asked}{schemas}{unreadable}")
}

/// Tools for which one protection is lost, with what shows it for the first of them.
pub(in crate::report) struct Group<'c, 'p> {
    pub(in crate::report) tools: Vec<&'c ToolName>,
    pub(in crate::report) lost: &'c Lost<'p>,
}

/// The protections that one side has and the other lacks, each with all tools that it is lost
/// for; what is certain apart from what cannot be told.
pub(in crate::report) fn groups<'c, 'p>(
    access: &'c AccessChanges<'p>,
    side: impl Fn(&'c ToolChange<'p>) -> &'c Vec<Lost<'p>>,
) -> Vec<Group<'c, 'p>> {
    let is_unknown = |lost: &Lost<'_>| matches!(lost.evidence, Evidence::Unknown(_));
    let mut groups: Vec<Group<'c, 'p>> = Vec::new();
    for change in &access.tools {
        for lost in side(change) {
            let same = |group: &&mut Group<'_, '_>| {
                group.lost.protection.pointer() == lost.protection.pointer()
                    && is_unknown(group.lost) == is_unknown(lost)
                    && group.lost.evidence.is_unread() == lost.evidence.is_unread()
                    && change.tool != ToolName::All
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.tools.push(&change.tool),
                None => groups.push(Group { tools: vec![&change.tool], lost }),
            }
        }
    }
    groups
}

/// The tools of a group; of many only the first.
pub(in crate::report) fn tools(names: &[&ToolName]) -> String {
    const NAMED: usize = 5;
    let named: Vec<String> = names.iter().take(NAMED).map(|name| tool(name)).collect();
    match names.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
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

/// A protection, as it is written in its document.
pub(in crate::report) fn protection(protection: &Protection<'_>) -> String {
    match protection {
        Protection::Hidden(_) => "the tool is hidden".to_owned(),
        Protection::Unlisted => "the tool is not listed, and the default is to deny".to_owned(),
        Protection::Check(check) => self::check(check),
        Protection::Amount(limit) => match limit.calls() {
            Some(_) => format!("{}, which lets no call pass", self::limit(limit)),
            None => format!("{}, which needs a number to count", self::limit(limit)),
        },
        Protection::Limit(limit) => self::limit(limit),
    }
}

fn check(check: &Check) -> String {
    let effect = match check.effect {
        Effect::Require => "require",
        Effect::DenyIf if check.conditions.is_empty() => return "every call is denied".to_owned(),
        Effect::DenyIf => "deny if",
    };
    let conditions: Vec<String> = check.conditions.iter().map(condition).collect();
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

fn condition(condition: &Condition) -> String {
    let operand = match &condition.predicate {
        Predicate::Equal { value, .. } | Predicate::Contains(value) => operand(value),
        Predicate::OneOf { values, .. } => values.iter().map(operand).collect(),
        Predicate::Compare { bound, .. } => operand(&Value::Float(*bound)),
        Predicate::Matches(pattern) => pattern.source().into(),
        Predicate::Exists(wanted) => (*wanted).into(),
    };
    let subject = condition.subject.to_string();
    let operand = cut(&compact(&operand));
    format!("{} {} {operand}", escape(&subject), condition.predicate.operator())
}

fn limit(limit: &Limit) -> String {
    let max = limit.max.map_or("any number".to_owned(), |max| format!("at most {max}"));
    // The counter of Intercept's shorthand has a name that nobody wrote.
    let name = if limit.counter.starts_with("_rate_") { &limit.rule } else { &limit.counter };
    format!("limit {}: {max} per {}", escape(name), limit.window)
}

/// A burst in words.
pub(in crate::report) fn burst(burst: &Burst) -> String {
    let tools: Vec<&str> = distinct(burst.batches.iter().map(|batch| batch.tool.as_str()));
    let grants = distinct(burst.batches.iter().map(|batch| batch.grant)).len();
    let moments = distinct(burst.batches.iter().map(|batch| batch.time)).len();
    let start = burst.batches.first().map(|batch| batch.time.to_string()).unwrap_or_default();
    let tools = match tools.as_slice() {
        [tool] => escape(tool).into_owned(),
        tools => count(tools.len() as u64, "tool"),
    };
    let by = if grants > 1 { format!(" by {grants} grants") } else { String::new() };
    let when = match moments {
        1 => format!("at {start}"),
        _ => format!("from {start}, as fast as they pass"),
    };
    format!(
        "{} of {tools}{by} within one {}, {when}",
        count(burst.calls as u64, "call"),
        burst.window
    )
}

/// The command that explains a call under a policy, ready to be run in a POSIX shell.
pub(in crate::report) fn explain(
    policy: &str,
    tool: &str,
    arguments: &serde_json::Value,
) -> String {
    let call = call(tool, arguments);
    format!("gatelint explain --policy {} --call {}", shell(&escape(policy)), shell(&call))
}

/// A call as JSON on one line.
pub(in crate::report) fn call(tool: &str, arguments: &serde_json::Value) -> String {
    format!("{{\"tool\":{},\"args\":{}}}", compact(&tool.into()), compact(arguments))
}

/// The name of a tool as a call would have it.
pub(in crate::report) fn call_name(name: &ToolName) -> &str {
    match name {
        ToolName::Named(name) | ToolName::Other(name) => name,
        ToolName::All => "*",
    }
}

/// A text quoted for a POSIX shell, where it needs to be.
fn shell(text: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./=:,@%+".contains(character);
    match !text.is_empty() && !text.starts_with('-') && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// JSON on one line, with hostile characters as escapes.
pub(in crate::report) fn compact(value: &serde_json::Value) -> String {
    let mut out = Vec::new();
    // Writing into memory cannot fail.
    _ = json::write_line(&mut out, value);
    String::from_utf8_lossy(&out).trim_end().to_owned()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONG) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
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

    /// The line of a place.
    pub(in crate::report) fn of(&self, pointer: &str) -> usize {
        let span = self.document.span_of(&Place::key(Pointer::parse(pointer)));
        self.table.position(&self.document.text, span.start).line
    }

    /// Where a change of a tool is best shown: at the tool's entry, if it has one.
    pub(in crate::report) fn of_tool(&self, name: &ToolName) -> usize {
        let ToolName::Named(name) = name else { return 1 };
        let pointer = Pointer::root().key("tools").key(name);
        let is_listed = self.document.root.as_ref().is_some_and(|root| root.at(&pointer).is_some());
        if is_listed { self.of(pointer.as_str()) } else { 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_survive_the_shell_whatever_is_in_them() {
        let arguments = serde_json::json!({"q": "it's $(rm -rf) `x`\n\u{202e}"});
        assert_eq!(
            explain("my policy.json", "t", &arguments),
            r#"gatelint explain --policy 'my policy.json' --call '{"tool":"t","args":{"q":"it'\''s $(rm -rf) `x`\n\u202e"}}'"#
        );
        assert_eq!(shell("a/b.json"), "a/b.json");
        assert_eq!(shell(""), "''");
        assert_eq!(shell("-x"), "'-x'");
    }
}

use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::contradiction::contradiction;
use crate::lint::finding::{Facts, Findings};
use crate::lint::solving::budget;
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Condition, Effect, Equality};
use crate::solver::{Budget, Conditions, Shape};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds conditions that cannot hold together: an empty range of numbers, a set of values none of which passes the other conditions, `exists` `false` beside a comparison, patterns that no text matches at once, an argument that must be text and an object.
    /// All `require` entries of a tool must hold together; the conditions of one `deny_if` entry must.
    ///
    /// ## Why is this bad?
    /// A `deny_if` entry that can never match protects nothing, which is an error. A tool whose `require` entries can never hold is always denied, which may be meant but is said better by hiding it.
    ///
    /// ## Example
    /// ```json
    /// {"deny_if": [{"conditions": [
    ///   {"path": "args.amount", "op": "gt", "value": 100},
    ///   {"path": "args.amount", "op": "lt", "value": 10}]}]}
    /// ```
    ///
    /// ## Use instead
    /// Two entries, each of which denies by itself:
    ///
    /// ```json
    /// {"deny_if": [
    ///   {"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]},
    ///   {"conditions": [{"path": "args.amount", "op": "lt", "value": 10}]}]}
    /// ```
    "contradictory-conditions", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Contradictory {
    tool: String,
    subject: String,
    /// Another subject with which it clashes.
    #[serde(skip)]
    other: Option<String>,
    never_denies: bool,
    /// Whether a single condition can never hold.
    alone: bool,
}

impl Facts for Contradictory {
    fn message(&self) -> String {
        let subject = &self.subject;
        let cannot = match &self.other {
            Some(other) => format!("conditions on `{other}` and `{subject}` cannot hold together"),
            None if self.alone => format!("the condition on `{subject}` can never hold"),
            None => format!("the conditions on `{subject}` cannot hold together"),
        };
        let so = match self.never_denies {
            true => "this entry never denies anything".to_owned(),
            false => format!("every call of `{}` is denied", self.tool),
        };
        format!("{cannot}, so {so}")
    }

    fn help(&self) -> Option<String> {
        let help = match self.never_denies {
            true if self.alone => "mend the condition",
            true => "split the entry in two if either condition is to deny",
            false => "hide the tool if no call is to pass, else mend the conditions",
        };
        Some(help.to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let equality = context.policy.semantics.equality;
    let budget = budget(context.policy);
    for listed in context.undenied() {
        // Where it takes more than that to see it, `unreachable-tool` says so.
        let required = contradiction(&context.required(listed), equality)
            .filter(|clashing| context.are_read(clashing));
        report(&listed.name, required, false, findings);
        let own = &listed.rules.checks;
        let denying = own.iter().filter(|check| check.effect == Effect::DenyIf);
        for check in denying.filter(|check| context.is_read(&check.pointer)) {
            let conditions: Vec<&Condition> = check.conditions.iter().collect();
            let clashing = contradiction(&conditions, equality)
                .or_else(|| unmeetable(conditions, equality, &budget));
            report(&listed.name, clashing, true, findings);
        }
    }
}

/// The conditions that no call can meet together, as few as are found; none if a call can, or if it
/// cannot be told.
fn unmeetable<'c>(
    mut conditions: Vec<&'c Condition>,
    equality: Equality,
    budget: &Budget,
) -> Option<Vec<&'c Condition>> {
    let shape = Shape::any();
    let can_hold = |conditions: &[&Condition]| {
        Conditions { equality, shape: &shape, budget }.can_hold(conditions) != Some(false)
    };
    if can_hold(&conditions) {
        return None;
    }
    for at in (0..conditions.len()).rev() {
        let left_out = conditions.remove(at);
        if can_hold(&conditions) {
            conditions.insert(at, left_out);
        }
    }
    Some(conditions)
}

fn report(
    tool: &str,
    clashing: Option<Vec<&Condition>>,
    never_denies: bool,
    findings: &mut Findings<'_>,
) {
    let Some((last, earlier)) = clashing.as_deref().and_then(<[_]>::split_last) else { return };
    let other = earlier.iter().find(|condition| condition.subject != last.subject);
    let facts = Contradictory {
        tool: tool.to_owned(),
        subject: last.subject.to_string(),
        other: other.map(|condition| condition.subject.to_string()),
        never_denies,
        alone: earlier.is_empty(),
    };
    let severity = if never_denies { RULE.severity } else { Severity::Warning };
    let related = earlier
        .iter()
        .map(|condition| (Place::value(condition.pointer.clone()), "clashes with this".to_owned()))
        .collect();
    findings.add_related(&RULE, severity, Place::value(last.pointer.clone()), facts, related);
}

//! Values that get around a list of allowed or of denied values.
//!
//! A table has the dangerous values of each kind of argument. The solver says which of them the policy
//! lets pass, with everything else that it asks of a call; the engine decides that call; and a judge looks
//! whether the value is what it seems: outside of the folder, another host, a second command.

mod asked;
mod danger;
mod judge;
mod list;
mod names;
mod safe;

use std::cell::OnceCell;
use std::collections::HashSet;

use super::solving::bounded;
use super::{Context, Severity};
use crate::catalogue::{ArgumentType, Held, Holds, Tool};
use crate::policy::{Check, Condition, Effect, Predicate, Subject, ToolPolicy, Value};
use crate::solver::{Budget, Passing, Shape, Test, Version};
pub(super) use asked::Bypass;
use asked::{Asked, Limits};
use danger::{ALLOWED, DENIED, Danger, Form};
use list::List;
use names::{Named, texts};
use safe::safe_pattern;
pub(super) use safe::{Kept, SafePattern};

/// A list of values with a hole.
pub(super) struct Hole<'a> {
    /// The tool.
    pub listed: &'a ToolPolicy,
    /// The condition that is the list.
    pub condition: &'a Condition,
    /// What the argument holds.
    pub what: Holds,
    /// How much a finding weighs: what is guessed of an argument weighs less.
    pub severity: Severity,
    /// What gets around the list.
    pub bypass: Bypass,
    /// A pattern that lets less through and has no hole that is known.
    pub safe: Option<SafePattern>,
}

/// The lists of allowed values that let through what they are to keep out.
pub(super) fn in_allowed<'a>(context: &Context<'a>, warned: Severity) -> Vec<Hole<'a>> {
    let lists = |check: &Check, condition: &Condition| {
        check.effect == Effect::Require && is_allow_list(&condition.predicate)
    };
    holes(context, warned, lists, |asked, _, condition| around_allowed(asked, condition))
}

/// The lists of denied values that miss what they mean. Where an argument has a list of allowed values,
/// that one is judged, with everything that is denied.
pub(super) fn in_denied<'a>(context: &Context<'a>, warned: Severity) -> Vec<Hole<'a>> {
    let lists = |check: &Check, condition: &Condition| match check.effect {
        Effect::Require => is_negated(&condition.predicate),
        Effect::DenyIf | Effect::AskIf => {
            !is_negated(&condition.predicate) && !texts(&condition.predicate).is_empty()
        }
    };
    holes(context, warned, lists, around_denied)
}

/// What the rules of this kind may spend on one policy, in steps of the solver, beside what answers take.
const STEPS: u32 = 400_000;

/// What they may spend on one list.
const SHARE: u32 = 20_000;

fn holes<'a>(
    context: &Context<'a>,
    warned: Severity,
    lists: impl Fn(&Check, &Condition) -> bool,
    around: impl Fn(&Asked<'_>, &Check, &Condition) -> Vec<Bypass>,
) -> Vec<Hole<'a>> {
    let share = bounded(context.policy, SHARE);
    let mut spent = 0;
    let version = OnceCell::new();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for (listed, tool) in context.reachable() {
        let checks: Vec<&Check> =
            context.policy.rules(Some(&listed.rules)).flat_map(|rules| &rules.checks).collect();
        if checks.iter().flat_map(|check| &check.conditions).any(is_large) {
            continue;
        }
        let conditions = checks
            .iter()
            .flat_map(|check| check.conditions.iter().map(|condition| (*check, condition)));
        for (check, condition) in conditions.filter(|(check, condition)| lists(check, condition)) {
            let Subject::Argument(path) = &condition.subject else { continue };
            let Some(held) = tool.held(path).filter(is_judged) else { continue };
            let is_denied = check.effect != Effect::Require || is_negated(&condition.predicate);
            if is_denied && has_allow_list(&checks, path, held.what)
                || !context.is_read(&check.pointer)
                || seen.contains(&condition.pointer)
            {
                continue;
            }
            // One list that takes long leaves the others their share.
            let budget = Budget::of_steps(share);
            if spent > STEPS / SHARE {
                return found;
            }
            let version = version.get_or_init(|| Version::new(context.policy));
            let passing = Passing::new(version, &listed.name, shape(tool));
            let (is_list, limits) = (is_list(tool, path), Limits::of_argument(tool, path));
            let asked = Asked {
                passing: &passing,
                path,
                what: held.what,
                is_list,
                limits,
                schema: tool.schema.as_ref(),
                equality: context.policy.semantics.equality,
                settings: context.settings(),
                budget: &budget,
            };
            let bypasses = around(&asked, check, condition);
            spent += u32::from(budget.is_spent());
            if !bypasses.is_empty() {
                seen.insert(condition.pointer.clone());
            }
            let severity = match context.is_certain(listed) && held.is_fair() {
                true => warned,
                false => Severity::Info,
            };
            let is_allowed = check.effect == Effect::Require && !bypasses.is_empty();
            // One pattern mends all that is wrong with a condition.
            let mut safe =
                if is_allowed { safe_pattern(&asked, &listed.name, condition) } else { None };
            let what = held.what;
            let hole =
                |bypass| Hole { listed, condition, what, severity, bypass, safe: safe.take() };
            found.extend(bypasses.into_iter().map(hole));
        }
    }
    found
}

/// Whether a condition has a pattern that takes much to follow.
fn is_large(condition: &Condition) -> bool {
    matches!(&condition.predicate, Predicate::Matches(pattern) if pattern.is_large())
}

/// Whether an argument has a list of allowed values that says where its texts lead to.
fn has_allow_list(checks: &[&Check], path: &[String], what: Holds) -> bool {
    let required = checks.iter().filter(|check| check.effect == Effect::Require);
    let mut own = required
        .flat_map(|check| &check.conditions)
        .filter(|condition| matches!(&condition.subject, Subject::Argument(own) if own == path));
    own.any(|condition| match &condition.predicate {
        Predicate::Equal { negated, .. } | Predicate::OneOf { negated, .. } => !negated,
        predicate => is_allow_list(predicate) && List::new(what, predicate).is_telling(),
    })
}

/// Whether an argument is declared as a list.
fn is_list(tool: &Tool, path: &[String]) -> bool {
    let [name] = path else { return false };
    tool.argument(name).is_some_and(|argument| argument.kind == Some(ArgumentType::Array))
}

/// Whether lists are judged of arguments of this kind.
fn is_judged(held: &Held) -> bool {
    ALLOWED.iter().chain(&DENIED).copied().flatten().any(|danger| danger.what == held.what)
}

/// Whether a predicate lets only some texts through by their form. A list of whole values has no hole.
fn is_allow_list(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Matches(pattern) => {
            let anything = ["", "x", "../../etc/passwd", "DROP TABLE users; --", "a\nb", "日本"];
            !anything.iter().all(|text| pattern.is_match(text))
        }
        Predicate::Contains(Value::String(_)) => true,
        _ => false,
    }
}

/// What gets through the list of allowed values that a condition of a `require` is, one value a mistake.
fn around_allowed(asked: &Asked<'_>, condition: &Condition) -> Vec<Bypass> {
    let list = List::new(asked.what, &condition.predicate);
    asked.around_allowed(&list, &[])
}

/// What gets past the list of denied values that a condition is: of a `deny_if`, or one of a `require` that
/// rules values out. What else the entry asks of a call holds.
fn around_denied(asked: &Asked<'_>, check: &Check, condition: &Condition) -> Vec<Bypass> {
    let predicate = &condition.predicate;
    let list = List::denied(asked.what, predicate);
    let is_other = |other: &&Condition| !is_negated(predicate) && !std::ptr::eq(*other, condition);
    let others = check.conditions.iter().filter(is_other);
    let tests: Vec<Test<'_>> = others
        .filter_map(|other| match &other.subject {
            Subject::Argument(path) => Some((&path[..], &other.predicate)),
            Subject::Counter(_) | Subject::Price { .. } => None,
        })
        .collect();
    let found = asked.each(DENIED, &list.named, &tests, &|value| list.is_meant(value));
    if !found.is_empty() {
        return found;
    }
    let anywhere: Option<Danger> = match asked.what {
        Holds::Path if list.denies_climbing() => Some(Danger {
            what: Holds::Path,
            form: Form::Values(&["/etc/shadow", "/root/.ssh/id_rsa"]),
            why: "a path from the root needs no `..`",
        }),
        Holds::Sql if list.denies_second() => Some(Danger {
            what: Holds::Sql,
            form: Form::Values(&["drop table users", "DROP TABLE users", "delete from users"]),
            why: "a statement that writes needs no other before it",
        }),
        _ => None,
    };
    let is_outside = |value: &str| !asked.is_of_house(value);
    let first = |danger| asked.first(&[danger], &[Named::default()], &tests, &is_outside);
    anywhere.and_then(first).into_iter().collect()
}

/// Whether a predicate rules out values: `neq`, `not_in`.
fn is_negated(predicate: &Predicate) -> bool {
    matches!(
        predicate,
        Predicate::Equal { negated: true, .. } | Predicate::OneOf { negated: true, .. }
    )
}

/// What is known of the arguments of a tool.
fn shape(tool: &Tool) -> Shape {
    Shape::of_tool(tool).unwrap_or_else(Shape::any)
}

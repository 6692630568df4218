use regex::Regex;
use serde::Serialize;
use serde_json::Value;

use crate::catalogue::{Property, Tool, choices};
use crate::engine::Prepared;
use crate::lint::check::rule;
use crate::lint::context::enumerate;
use crate::lint::finding::{Facts, Findings};
use crate::lint::solving::budget;
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{
    self, Condition, Effect, Equality, Order, Pattern, Predicate, Subject, ToolPolicy,
};
use crate::solver::{Budget, Conditions, Shape};
use crate::source::{Place, nearest};

rule! {
    /// ## What it does
    /// Finds values in conditions that the tool's schema does not have: none of its `enum`, not its `const`, against its `pattern`, of another type, or beyond its bounds.
    /// It needs the schema, from the server's `tools/list`.
    ///
    /// ## Why is this bad?
    /// The value can never be sent. A `require` entry denies what was meant, a `deny_if` entry denies nothing.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"set_visibility": {"deny_if": [
    ///   {"conditions": [{"path": "args.level", "op": "eq", "value": "Public"}]}]}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"tools": {"set_visibility": {"deny_if": [
    ///   {"conditions": [{"path": "args.level", "op": "eq", "value": "public"}]}]}}}
    /// ```
    "value-not-in-schema", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct NotInSchema {
    tool: String,
    argument: String,
    values: Vec<Value>,
    expected: String,
    nearest: Option<String>,
    so: &'static str,
}

impl Facts for NotInSchema {
    fn message(&self) -> String {
        let values: Vec<String> = self.values.iter().map(plain).collect();
        let (values, argument) = (enumerate(&values), &self.argument);
        format!("`{argument}` is never {values}: the schema has {}; {}", self.expected, self.so)
    }

    fn help(&self) -> Option<String> {
        Some(match &self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "write a value that the tool takes".to_owned(),
        })
    }
}

/// What is wrong with a condition.
struct Wrong {
    values: Vec<Value>,
    expected: String,
    /// Whether the condition never holds, or always does where it is negated.
    whole: bool,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let equality = context.policy.semantics.equality;
    let budget = budget(context.policy);
    for (listed, tool) in context.undenied_known() {
        for check in &listed.rules.checks {
            for condition in &check.conditions {
                let Subject::Argument(path) = &condition.subject else { continue };
                let Property::Known(schema) = tool.property(path) else { continue };
                let wrong = wrong(&condition.predicate, schema, equality)
                    .or_else(|| unlike(condition, schema, equality, &budget));
                if let Some(wrong) = wrong {
                    report(
                        context,
                        (listed, tool),
                        (check.effect, condition),
                        schema,
                        wrong,
                        findings,
                    );
                }
            }
        }
    }
}

fn report(
    context: &Context<'_>,
    (listed, tool): (&ToolPolicy, &Tool),
    (effect, condition): (Effect, &Condition),
    schema: &Value,
    wrong: Wrong,
    findings: &mut Findings<'_>,
) {
    let negated = matches!(
        condition.predicate,
        Predicate::Equal { negated: true, .. } | Predicate::OneOf { negated: true, .. }
    );
    let so = match (effect, negated, wrong.whole) {
        (Effect::Require, false, true) => "every call that the server takes is denied",
        (Effect::Require, false, false) => "what was meant is denied",
        (Effect::Require, true, _) => "it forbids nothing",
        (_, false, true) => "this entry never denies anything",
        (_, false, false) => "it denies nothing",
        (_, true, _) => "what was meant is denied",
    };
    let near = wrong.values.iter().find_map(|value| nearest_in(schema, value.as_str()?));
    // More names of what is denied than there are do no harm, unless one of them is a slip.
    let is_spare = effect != Effect::Require && !wrong.whole && near.is_none();
    let is_foresight = effect != Effect::Require
        && matches!(condition.predicate, Predicate::Matches(_) | Predicate::Contains(_));
    let most = if is_spare || is_foresight { Severity::Info } else { RULE.severity };
    let facts = NotInSchema {
        tool: listed.name.clone(),
        argument: condition.subject.to_string(),
        values: wrong.values,
        expected: wrong.expected,
        nearest: near,
        so,
    };
    let severity = context.weigh_announced(tool, most);
    findings.add(&RULE, severity, Place::value(condition.pointer.key("value")), facts);
}

/// What a predicate asks of a value that none of its schema has.
fn wrong(predicate: &Predicate, schema: &Value, equality: Equality) -> Option<Wrong> {
    let choices = choices(schema);
    match predicate {
        Predicate::Equal { value, .. } => {
            let expected = excluded(value, schema, equality, false)?;
            Some(Wrong { values: vec![value.to_json()], expected, whole: true })
        }
        Predicate::OneOf { values, .. } => {
            let verdicts =
                values.iter().map(|value| (value, excluded(value, schema, equality, true)));
            let out: Vec<_> =
                verdicts.filter_map(|(value, why)| Some((value.to_json(), why?))).collect();
            let expected = out.first()?.1.clone();
            // That all are of another type has a rule of its own.
            let whole = out.len() == values.len();
            let is_type = out.iter().all(|(_, why)| why.starts_with(TYPE));
            let values = out.into_iter().map(|(value, _)| value).collect();
            (!(whole && is_type)).then_some(Wrong { values, expected, whole })
        }
        Predicate::Compare { order, bound } => {
            let expected = beyond(*order, *bound, schema)?;
            Some(Wrong {
                values: vec![format!("{} {bound}", order.name()).into()],
                expected,
                whole: true,
            })
        }
        Predicate::Matches(pattern) => {
            let choices = choices?;
            let matches = choices
                .iter()
                .filter_map(|choice| choice.as_str())
                .any(|choice| pattern.is_match(choice));
            let values = vec![pattern.source().into()];
            (!matches).then(|| Wrong { values, expected: listed(&choices), whole: true })
        }
        Predicate::Contains(value) => {
            let of_items = schema.get("items").and_then(crate::catalogue::choices);
            let prepared = Prepared::new(predicate, equality);
            let (choices, can) = match of_items {
                Some(choices) => {
                    let is_there = equals_one(value, &choices, equality);
                    (choices, is_there)
                }
                None => {
                    let choices = choices?;
                    let can =
                        choices.iter().any(|choice| prepared.holds(Some(&choice.to_string())));
                    (choices, can)
                }
            };
            let values = vec![value.to_json()];
            (!can).then(|| Wrong { values, expected: listed(&choices), whole: true })
        }
        Predicate::Exists(_) => None,
    }
}

/// What a pattern asks of a text when the schema has another one, and no text matches both.
fn unlike(
    condition: &Condition,
    schema: &Value,
    equality: Equality,
    budget: &Budget,
) -> Option<Wrong> {
    let Predicate::Matches(pattern) = &condition.predicate else { return None };
    let announced = schema.get("pattern").and_then(Value::as_str)?;
    let predicate = Predicate::Matches(Pattern::compile(announced).ok()?);
    let other = Condition { predicate, ..condition.clone() };
    let shape = Shape::any();
    let conditions = Conditions { equality, shape: &shape, budget };
    let can = |all: &[&Condition]| conditions.can_hold(all);
    // A pattern that nothing matches is said to be one elsewhere.
    let is_unlike = can(&[condition, &other]) == Some(false) && can(&[condition]) == Some(true);
    let expected = format!("texts that match {announced}");
    is_unlike.then(|| Wrong { values: vec![pattern.source().into()], expected, whole: true })
}

/// How the reason begins that a value is of another type.
const TYPE: &str = "the type ";

/// Why a schema excludes a value, if it does; of the type only where that is asked for.
fn excluded(
    value: &policy::Value,
    schema: &Value,
    equality: Equality,
    types: bool,
) -> Option<String> {
    if *value == policy::Value::Null {
        return None;
    }
    if let Some(choices) = choices(schema) {
        return (!equals_one(value, &choices, equality)).then(|| listed(&choices));
    }
    // Values are compared as they are printed, and what is of another type may print alike.
    if equality == Equality::Printed {
        return None;
    }
    let json = value.to_json();
    let kind = schema.get("type").and_then(Value::as_str);
    match (&json, kind) {
        (Value::String(text), Some("string")) => excluded_text(text, schema),
        (Value::Number(number), Some("number" | "integer")) => {
            let number = number.as_f64()?;
            let is_whole = number.fract() == 0.0;
            (kind == Some("integer") && !is_whole)
                .then(|| "whole numbers".to_owned())
                .or_else(|| out_of(number, schema))
        }
        (_, Some(kind)) if types && !is_of(&json, kind) => Some(format!("{TYPE}{kind}")),
        _ => None,
    }
}

fn excluded_text(text: &str, schema: &Value) -> Option<String> {
    let length = text.chars().count() as u64;
    let number = |key: &str| schema.get(key).and_then(Value::as_u64);
    if let Some(least) = number("minLength").filter(|least| length < *least) {
        return Some(format!("texts of at least {least} characters"));
    }
    if let Some(most) = number("maxLength").filter(|most| length > *most) {
        return Some(format!("texts of at most {most} characters"));
    }
    let pattern = schema.get("pattern").and_then(Value::as_str)?;
    let regex = Regex::new(pattern).ok()?;
    (!regex.is_match(text)).then(|| format!("texts that match {pattern}"))
}

/// The bounds that a number is beyond.
fn out_of(number: f64, schema: &Value) -> Option<String> {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let least = bound("minimum").filter(|least| number < *least);
    let most = bound("maximum").filter(|most| number > *most);
    let above = bound("exclusiveMinimum").filter(|least| number <= *least);
    let below = bound("exclusiveMaximum").filter(|most| number >= *most);
    least
        .map(|least| format!("numbers from {least}"))
        .or_else(|| most.map(|most| format!("numbers up to {most}")))
        .or_else(|| above.map(|least| format!("numbers above {least}")))
        .or_else(|| below.map(|most| format!("numbers below {most}")))
}

/// The bounds within which no number stands in a relation to another one.
fn beyond(order: Order, bound: f64, schema: &Value) -> Option<String> {
    let (key, end) = match order {
        Order::Gt | Order::Gte => ("maximum", "up to"),
        Order::Lt | Order::Lte => ("minimum", "from"),
    };
    let most = schema.get(key).and_then(Value::as_f64)?;
    (!order.holds(most, bound)).then(|| format!("numbers {end} {most}"))
}

fn equals_one(value: &policy::Value, choices: &[&Value], equality: Equality) -> bool {
    let equal = Predicate::Equal { value: value.clone(), negated: false };
    let equal = Prepared::new(&equal, equality);
    choices.iter().any(|choice| equal.holds(Some(&choice.to_string())))
}

fn listed(choices: &[&Value]) -> String {
    enumerate(&choices.iter().map(|choice| plain(choice)).collect::<Vec<_>>())
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "number" | "integer" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The value of a schema that a text was meant to be.
fn nearest_in(schema: &Value, text: &str) -> Option<String> {
    let choices = choices(schema)?;
    let texts = || choices.iter().filter_map(|choice| choice.as_str());
    let same = texts().find(|choice| choice.eq_ignore_ascii_case(text));
    same.or_else(|| nearest(text, texts())).map(str::to_owned)
}

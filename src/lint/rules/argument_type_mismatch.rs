use serde::Serialize;

use crate::catalogue::{ArgumentType, Vocabulary};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Condition, Effect, Equality, Predicate, Subject, Value};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds conditions that can never hold for an argument of the type that the server declares: `gt` on text, `regex` on a number, a path into something that is no object.
    /// It needs to know the tool's arguments, from the catalogue or the server's `tools/list`.
    ///
    /// ## Why is this bad?
    /// Types are never converted: a `deny_if` entry never matches, a `require` entry denies every call that the server would take.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"create_job_template": {"deny_if": [
    ///   {"conditions": [{"path": "args.name", "op": "gt", "value": 10}]}]}}}
    /// ```
    ///
    /// ## Use instead
    /// An operator for the type: `lt`, `lte`, `gt`, `gte` for numbers, `regex` for text, `contains` for text and lists.
    "argument-type-mismatch", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Mismatch {
    tool: String,
    argument: String,
    operator: &'static str,
    declared: &'static str,
    never_denies: bool,
}

impl Facts for Mismatch {
    fn message(&self) -> String {
        let so = match self.never_denies {
            true => "this entry never denies anything",
            false => "every call is denied",
        };
        let Mismatch { argument, operator, declared, .. } = self;
        format!(
            "`{argument}` is declared as {declared}, for which this `{operator}` never holds, so {so}"
        )
    }

    fn help(&self) -> Option<String> {
        Some("choose an operator and a value that fit the type".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let equality = context.policy.semantics.equality;
    for (listed, tool) in context.undenied_known() {
        for check in &listed.rules.checks {
            for condition in &check.conditions {
                let Subject::Argument(path) = &condition.subject else { continue };
                let declared = tool.argument(&path[0]).and_then(|argument| argument.kind);
                let Some(declared) = declared else { continue };
                let fits = match path.len() {
                    1 => fits(condition, declared, equality),
                    _ => {
                        declared == ArgumentType::Object
                            || matches!(condition.predicate, Predicate::Exists(_))
                    }
                };
                if fits {
                    continue;
                }
                let facts = Mismatch {
                    tool: listed.name.clone(),
                    argument: condition.subject.to_string(),
                    operator: condition.predicate.operator(),
                    declared: declared.word(),
                    never_denies: check.effect == Effect::DenyIf,
                };
                let severity = context.weigh_arguments(tool, RULE.severity);
                findings.add(&RULE, severity, Place::value(condition.pointer.clone()), facts);
            }
        }
    }
}

/// Whether a condition can hold for a value of a type.
fn fits(condition: &Condition, declared: ArgumentType, equality: Equality) -> bool {
    let number = matches!(declared, ArgumentType::Number | ArgumentType::Integer);
    match &condition.predicate {
        Predicate::Compare { .. } => number,
        Predicate::Matches(_) => declared == ArgumentType::String,
        Predicate::Contains(Value::String(_)) => {
            matches!(declared, ArgumentType::String | ArgumentType::Array)
        }
        Predicate::Contains(_) => declared == ArgumentType::Array,
        // Values are compared as they are printed, and what is of another type may print alike.
        _ if equality == Equality::Printed => true,
        Predicate::Equal { value, negated: false } => is_of(value, declared),
        Predicate::OneOf { values, negated: false } => {
            values.is_empty() || values.iter().any(|value| is_of(value, declared))
        }
        _ => true,
    }
}

fn is_of(value: &Value, declared: ArgumentType) -> bool {
    match value {
        // A server may take null for "not given".
        Value::Null => true,
        Value::Bool(_) => declared == ArgumentType::Boolean,
        Value::Int(_) | Value::Uint(_) | Value::Float(_) => {
            matches!(declared, ArgumentType::Number | ArgumentType::Integer)
        }
        Value::String(_) | Value::Time(_) => declared == ArgumentType::String,
        Value::List(_) => declared == ArgumentType::Array,
        Value::Map(_) => declared == ArgumentType::Object,
    }
}

use serde::Serialize;

use crate::catalogue::ArgumentType;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Condition, Equality, Predicate, Subject, Value};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds conditions of Intercept policies that compare text with an argument that may be a number, where Intercept prints that number in another way; and lists with such numbers.
    /// Where the argument is known to be text it is silent; where nothing is known of it, it is information only.
    ///
    /// ## Why is this bad?
    /// What is not a number on both sides is compared as Go prints it, and Go prints 1000000 as `1e+06`: the number is not equal to `"1000000"`.
    ///
    /// ## Example
    /// ```yaml
    /// conditions: [{path: args.account, op: eq, value: "1000000"}]
    /// ```
    ///
    /// ## Use instead
    /// ```yaml
    /// conditions: [{path: args.account, op: eq, value: 1000000}]
    /// ```
    "printed-number-equality", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Printed {
    argument: String,
    text: String,
    printed: String,
}

impl Facts for Printed {
    fn message(&self) -> String {
        let Printed { argument, text, printed } = self;
        format!(
            "the number {text} in `{argument}` is compared as `{printed}`, which is not equal to `{text}`"
        )
    }

    fn help(&self) -> Option<String> {
        Some("write a number, or add the other way of writing it with `in`".to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    if context.policy.semantics.equality != Equality::Printed {
        return;
    }
    for (listed, tool) in context.reachable() {
        for condition in listed.rules.checks.iter().flat_map(|check| &check.conditions) {
            let Subject::Argument(path) = &condition.subject else { continue };
            let Some((text, printed)) = differently_printed(condition) else { continue };
            let declared = tool.argument(&path[0]).filter(|_| path.len() == 1);
            let severity = match declared.and_then(|argument| argument.kind) {
                Some(ArgumentType::String | ArgumentType::Boolean | ArgumentType::Object) => {
                    continue;
                }
                Some(_) => context.weigh_arguments(tool, RULE.severity),
                None => Severity::Info,
            };
            let argument = condition.subject.to_string();
            let facts = Printed { argument, text, printed };
            findings.add(&RULE, severity, Place::value(condition.pointer.key("value")), facts);
        }
    }
}

/// A number in an operand and how Intercept prints it when it comes in a call, if that differs.
fn differently_printed(condition: &Condition) -> Option<(String, String)> {
    match &condition.predicate {
        Predicate::Equal { value, .. } => in_operand(value),
        Predicate::OneOf { values, .. } => {
            // The other way of writing it may stand beside it.
            let texts: Vec<String> = values.iter().map(Value::printed).collect();
            let found = values.iter().filter_map(in_operand);
            found.into_iter().find(|(_, printed)| !texts.contains(printed))
        }
        Predicate::Contains(value @ Value::String(_)) => in_operand(value),
        _ => None,
    }
}

fn in_operand(value: &Value) -> Option<(String, String)> {
    match value {
        Value::String(text) => {
            let number = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
            let number = number.then(|| text.parse::<f64>().ok())?.filter(|n| n.is_finite())?;
            let printed = Value::Float(number).printed();
            (printed != *text).then(|| (text.clone(), printed))
        }
        Value::List(values) => values.iter().find_map(|value| {
            let Value::Int(number) = value else { return None };
            #[expect(clippy::cast_precision_loss, reason = "a call's number is a float")]
            let printed = Value::Float(*number as f64).printed();
            (printed != number.to_string()).then(|| (number.to_string(), printed))
        }),
        _ => None,
    }
}

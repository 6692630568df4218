//! Conditions in words.

use crate::policy::{Condition, Order, Predicate, Value};
use crate::report::common::escape::escape;
use crate::report::common::json_text::{number_text, of_policy};
use crate::report::common::secrets::Secrets;

/// A condition as a sentence: `args.amount is at most 5000`.
pub(in crate::report) fn describe(condition: &Condition, secrets: &Secrets) -> String {
    let subject = condition.subject.to_string();
    format!("{} {}", escape(&subject), words(condition, secrets))
}

fn words(condition: &Condition, secrets: &Secrets) -> String {
    let shown = |json: String| secrets.operand(condition, json);
    let value = |value: &Value| shown(of_policy(value));
    match &condition.predicate {
        Predicate::Equal { value: one, negated: false } => format!("is {}", value(one)),
        Predicate::Equal { value: one, negated: true } => format!("is not {}", value(one)),
        Predicate::OneOf { values, negated: false } => format!("is one of {}", list(values, value)),
        Predicate::OneOf { values, negated: true } => format!("is none of {}", list(values, value)),
        Predicate::Compare { order, bound } => {
            format!("is {} {}", relation(*order), shown(number_text(*bound)))
        }
        Predicate::Matches(pattern) => {
            format!("matches `{}`", escape(&secrets.pattern(condition, pattern.source())))
        }
        Predicate::Contains(part) => format!("contains {}", value(part)),
        Predicate::Exists(true) => "is there".to_owned(),
        Predicate::Exists(false) => "is not there".to_owned(),
    }
}

fn relation(order: Order) -> &'static str {
    match order {
        Order::Lt => "less than",
        Order::Lte => "at most",
        Order::Gt => "more than",
        Order::Gte => "at least",
    }
}

fn list(values: &[Value], shown: impl Fn(&Value) -> String) -> String {
    if values.is_empty() {
        return "no value".to_owned();
    }
    values.iter().map(shown).collect::<Vec<_>>().join(", ")
}

/// The operand as JSON text.
pub(in crate::report) fn operand(predicate: &Predicate) -> String {
    match predicate {
        Predicate::Equal { value, .. } | Predicate::Contains(value) => of_policy(value),
        Predicate::OneOf { values, .. } => {
            format!("[{}]", values.iter().map(of_policy).collect::<Vec<_>>().join(","))
        }
        Predicate::Compare { bound, .. } => number_text(*bound),
        Predicate::Matches(pattern) => of_policy(&Value::String(pattern.source().to_owned())),
        Predicate::Exists(wanted) => wanted.to_string(),
    }
}

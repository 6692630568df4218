use serde::Serialize;
use serde_json::json;

use crate::catalogue::{ArgumentType, Tool, Vocabulary};
use crate::engine::holds;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::solving::budget;
use crate::lint::{Context, RuleCheck};
use crate::policy::{Check, Condition, Effect, Equality, Predicate, Subject, Value};
use crate::solver::{Budget, Conditions, Shape};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds conditions that hold for every call in which the argument is there, such as `not_in []`, there and not null, such as `neq null`, or there and of the type that the server declares, such as `neq "1"` for a number or `regex ".*"` for text.
    /// No condition holds for a call without the argument but `exists` `false`.
    /// Conditions are judged by solving them; where that takes too long the rule is silent.
    ///
    /// ## Why is this bad?
    /// A `deny_if` entry of such conditions denies whatever value is given, a `require` entry lets any value through. Types are never converted, so that often a value only has the wrong type.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"create_job_template": {"deny_if": [
    ///   {"conditions": [{"path": "args.project", "op": "neq", "value": "7"}]}]}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"tools": {"create_job_template": {"deny_if": [
    ///   {"conditions": [{"path": "args.project", "op": "neq", "value": 7}]}]}}}
    /// ```
    "always-true-condition", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct AlwaysTrue {
    /// The argument that the condition looks at.
    argument: String,
    /// The type of which it holds for every value; none if it does for any value at all.
    declared: Option<&'static str>,
    /// Whether it does not hold for null, which no type is declared for.
    not_null: bool,
    /// Whether the entry has no other condition, but for such as these.
    whole_entry: bool,
    denies: bool,
}

impl Facts for AlwaysTrue {
    fn message(&self) -> String {
        let AlwaysTrue { argument, declared, .. } = self;
        let typed = match declared {
            Some(declared) => format!(" and of its declared type, {declared}"),
            None if self.not_null => " and not null".to_owned(),
            None => String::new(),
        };
        let so = match (self.whole_entry, self.denies) {
            (false, _) => "it tells none of them apart",
            (true, true) => "this entry denies all of them",
            (true, false) => "this entry lets all of them through",
        };
        format!(
            "the condition on `{argument}` holds for every call in which it is there{typed}, so {so}"
        )
    }

    fn help(&self) -> Option<String> {
        let help = match self.declared {
            Some(_) => "choose an operator and a value that tell values of the type apart",
            None if self.not_null => {
                "mend the condition, or write `exists` if any value but null will do"
            }
            None => "mend the condition, or write `exists` if any value will do",
        };
        Some(help.to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let budget = budget(context.policy);
    for listed in context.undenied() {
        let known = context.server().is_some_and(|known| known.server.tool(&listed.name).is_some());
        let tool = known.then(|| context.tool(&listed.name));
        for check in &listed.rules.checks {
            entry(context, check, tool, &budget, findings);
        }
    }
    for check in context.undenied_all_tools().into_iter().flat_map(|rules| &rules.checks) {
        entry(context, check, None, &budget, findings);
    }
}

fn entry(
    context: &Context<'_>,
    check: &Check,
    tool: Option<&Tool>,
    budget: &Budget,
    findings: &mut Findings<'_>,
) {
    if !context.is_read(&check.pointer) {
        return;
    }
    let equality = context.policy.semantics.equality;
    let judge = |condition| Some((condition, extent(condition, tool, equality, budget)?));
    let always: Vec<(&Condition, &[ArgumentType])> =
        check.conditions.iter().filter_map(judge).collect();
    // That an argument is there says nothing beside a condition that holds whenever it is.
    let is_implied = |condition: &Condition| {
        matches!(condition.predicate, Predicate::Exists(true))
            && always.iter().any(|(other, _)| other.subject == condition.subject)
    };
    let is_always =
        |condition: &Condition| always.iter().any(|(other, _)| std::ptr::eq(*other, condition));
    let whole_entry =
        check.conditions.iter().all(|condition| is_always(condition) || is_implied(condition));
    for (condition, types) in &always {
        let (declared, severity) = match (types, tool) {
            ([kind], Some(tool)) => {
                (Some(kind.word()), context.weigh_arguments(tool, RULE.severity))
            }
            _ => (None, RULE.severity),
        };
        let takes_null = holds(&condition.predicate, equality, Some(&Value::Null));
        let facts = AlwaysTrue {
            argument: condition.subject.to_string(),
            not_null: declared.is_none() && !takes_null,
            declared,
            whole_entry,
            denies: check.effect == Effect::DenyIf,
        };
        findings.add(&RULE, severity, Place::value(condition.pointer.clone()), facts);
    }
}

/// Of which types a condition holds for every value: of all of them, else of the declared one.
fn extent(
    condition: &Condition,
    tool: Option<&Tool>,
    equality: Equality,
    budget: &Budget,
) -> Option<&'static [ArgumentType]> {
    let Subject::Argument(path) = &condition.subject else { return None };
    // To ask that an argument is there is no mistake where the server wants it, too.
    if matches!(condition.predicate, Predicate::Exists(_)) {
        return None;
    }
    let declared = || match path.as_slice() {
        [name] => tool?.argument(name)?.kind,
        _ => None,
    };
    let all = ArgumentType::ALL;
    if holds_for(condition, all, equality, budget) {
        return Some(all);
    }
    let declared = declared()?;
    let own = all.iter().position(|kind| *kind == declared)?;
    let own = &all[own..=own];
    holds_for(condition, own, equality, budget).then_some(own)
}

/// Whether a condition holds for every value of some types.
fn holds_for(
    condition: &Condition,
    types: &[ArgumentType],
    equality: Equality,
    budget: &Budget,
) -> bool {
    let holds = |value: Value| holds(&condition.predicate, equality, Some(&value));
    // Asking the solver takes longer than trying a few values.
    if !types.iter().flat_map(|kind| samples(*kind)).all(holds) {
        return false;
    }
    // Where the argument lies does not matter, only what it is.
    const NAME: &str = "value";
    let alone =
        Condition { subject: Subject::Argument(vec![NAME.to_owned()]), ..condition.clone() };
    let words: Vec<&str> = types.iter().map(|kind| kind.word()).collect();
    let schema = json!({"properties": {NAME: {"type": words}}, "required": [NAME]});
    let shape = Shape::of_schema(&schema);
    Conditions { equality, shape: &shape, budget }.always_hold(&[&alone]) == Some(true)
}

/// Values of a type, by which most conditions show that they do not hold for all.
fn samples(declared: ArgumentType) -> Vec<Value> {
    match declared {
        ArgumentType::String => ["", "x", "\n"].map(|text| Value::String(text.to_owned())).to_vec(),
        ArgumentType::Number | ArgumentType::Integer => {
            [i64::MIN, 0, i64::MAX].map(Value::Int).to_vec()
        }
        ArgumentType::Boolean => [true, false].map(Value::Bool).to_vec(),
        ArgumentType::Array => vec![Value::List(Vec::new())],
        ArgumentType::Object => Vec::new(),
    }
}

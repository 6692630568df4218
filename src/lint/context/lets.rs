//! What the conditions on a tool let through.

use serde_json::Value;

use super::Context;
use crate::catalogue::{Category, Method, Tool};
use crate::engine::Prepared;
use crate::policy::{Check, Condition, Effect, Predicate, Subject, ToolPolicy};

impl<'a> Context<'a> {
    /// Whether the conditions on an argument alone let a value of it through.
    pub fn lets(&self, listed: &ToolPolicy, path: &[String], value: &Value) -> bool {
        let json = value.to_string();
        let equality = self.policy.semantics.equality;
        let holds = |condition: &Condition| {
            Prepared::new(&condition.predicate, equality).holds(Some(&json))
        };
        let is_own = |condition: &&Condition| is_about(condition, path);
        self.policy.rules(Some(&listed.rules)).flat_map(|rules| &rules.checks).all(|check| {
            match check.effect {
                Effect::Require => check.conditions.iter().filter(is_own).all(holds),
                Effect::DenyIf | Effect::AskIf => {
                    let is_alone = check.conditions.iter().all(|condition| is_own(&condition));
                    !(is_alone && check.conditions.iter().all(holds))
                }
            }
        })
    }

    /// Whether a condition looks at the value of an argument, or of what is in it.
    pub fn looks_at(&self, listed: &ToolPolicy, path: &[String]) -> bool {
        let conditions = self.policy.rules(Some(&listed.rules)).flat_map(|rules| &rules.checks);
        conditions.flat_map(|check| &check.conditions).any(|condition| {
            let within =
                matches!(&condition.subject, Subject::Argument(own) if own.starts_with(path));
            within && !matches!(condition.predicate, Predicate::Exists(true))
        })
    }

    /// Whether every call that passes has one of the values of an argument that somebody chose.
    pub fn is_chosen(&self, listed: &'a ToolPolicy, path: &[String]) -> bool {
        let mut required = self.required(listed).into_iter().filter(|one| is_about(one, path));
        required.any(|condition| !matches!(condition.predicate, Predicate::Exists(true)))
    }

    /// Whether every call that passes has one of the values of an argument that are listed one by one.
    pub fn is_listed(&self, listed: &'a ToolPolicy, path: &[String]) -> bool {
        self.required(listed).into_iter().filter(|one| is_about(one, path)).any(|condition| {
            matches!(
                condition.predicate,
                Predicate::Equal { negated: false, .. } | Predicate::OneOf { negated: false, .. }
            )
        })
    }

    /// Whether the conditions let none of the dangerous actions of a tool through, though it has some.
    pub fn excludes_danger(&self, listed: &ToolPolicy, tool: &Tool) -> bool {
        let methods = tool.methods();
        let excluded = |method: &Method| {
            let let_through = |(value, _): &(String, Category)| {
                self.lets(listed, &method.path, &value.as_str().into())
            };
            !method.dangerous.iter().any(let_through)
                && (method.required || self.is_required(listed, &method.path))
        };
        !methods.is_empty() && methods.iter().all(excluded)
    }

    fn is_required(&self, listed: &ToolPolicy, path: &[String]) -> bool {
        let checks = self.policy.rules(Some(&listed.rules)).flat_map(|rules| &rules.checks);
        let required = checks.filter(|check: &&Check| check.effect == Effect::Require);
        required.flat_map(|check| &check.conditions).any(|condition| {
            is_about(condition, path) && !matches!(condition.predicate, Predicate::Exists(false))
        })
    }
}

fn is_about(condition: &Condition, path: &[String]) -> bool {
    matches!(&condition.subject, Subject::Argument(own) if own == path)
}

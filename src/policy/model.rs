//! The one model that all dialects lower into.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::dialect::Dialect;
use super::pattern::Pattern;
use super::permissions::Permissions;
use super::value::Value;
use super::window::Window;
use crate::source::Pointer;

/// A policy, ready to be compiled, judged or compared.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The dialect it is written in, for messages only: what the dialects do differently stands
    /// in [`Policy::semantics`] and in the model itself.
    pub dialect: Dialect,
    /// What happens to a tool that is not listed.
    pub default: Default,
    /// Tools that are hidden, in the order of the document.
    pub hide: Vec<Hidden>,
    /// The listed tools, in the order of the document.
    pub tools: Vec<ToolPolicy>,
    /// What applies to every call that got past hiding and the default.
    pub all_tools: Rules,
    /// Where the dialects decide differently.
    pub semantics: Semantics,
    /// What an agent's own permission files say. They decide alone where there are some: a policy
    /// has these or what stands above.
    pub permissions: Option<Arc<Permissions>>,
}

/// What happens to a tool that the policy does not list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Default {
    /// Its calls are allowed.
    Allow,
    /// Its calls are denied.
    Deny,
    /// Nothing is written and calls are allowed, as Intercept does.
    AllowUnwritten,
}

impl Default {
    /// Whether an unlisted tool may be called.
    pub fn allows(self) -> bool {
        self != Default::Deny
    }
}

/// An entry of `hide`.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// The tool's name, or `*`.
    pub name: String,
    /// Where the entry stands.
    pub pointer: Pointer,
}

/// A listed tool.
#[derive(Clone, Debug)]
pub struct ToolPolicy {
    /// The exact name.
    pub name: String,
    /// Where it stands.
    pub pointer: Pointer,
    /// Its own rules.
    pub rules: Rules,
}

/// Checks and limits that belong together. A call is asked the checks first, then the limits.
#[derive(Clone, Debug, std::default::Default)]
pub struct Rules {
    /// The checks in the order in which they are asked.
    pub checks: Vec<Check>,
    /// The limits in the order in which they are asked.
    pub limits: Vec<Limit>,
    /// What could not be read, so that nothing may be concluded from its absence.
    pub gaps: Gaps,
}

/// Which parts of some rules could not be read.
#[derive(Clone, Copy, Debug, std::default::Default, PartialEq, Eq)]
pub struct Gaps {
    /// Something that may be a check.
    pub checks: bool,
    /// Something that may bound how often calls pass: a limit, or the denial of every call.
    pub bounds: bool,
}

impl Gaps {
    /// Where anything may stand in what could not be read.
    pub const ALL: Gaps = Gaps { checks: true, bounds: true };

    /// Whether there is anything that could not be read.
    pub fn is_any(self) -> bool {
        self.checks || self.bounds
    }

    /// Adds what else could not be read.
    pub(super) fn add(&mut self, other: Gaps) {
        *self = Gaps { checks: self.checks || other.checks, bounds: self.bounds || other.bounds };
    }
}

/// An entry that may deny a call by its arguments, or have a person asked about it.
#[derive(Clone, Debug)]
pub struct Check {
    /// Whether the conditions must hold or must not.
    pub effect: Effect,
    /// The conditions; they hold when every one does, so an empty list always holds.
    pub conditions: Vec<Condition>,
    /// What the caller is told when the check denies the call or has a person asked.
    pub message: String,
    /// Whether the message is the policy's own and not made by the gateway.
    pub has_message: bool,
    /// The rule string that the gateway's log prints.
    pub rule: String,
    /// Where the entry stands.
    pub pointer: Pointer,
}

/// What a check's conditions decide. A denial beats a question, wherever the two stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The call is denied unless every condition holds.
    Require,
    /// The call is denied if every condition holds.
    DenyIf,
    /// A person is asked about the call if every condition holds.
    AskIf,
}

impl Effect {
    /// The effect's name in machine-readable output.
    pub fn name(self) -> &'static str {
        match self {
            Effect::Require => "require",
            Effect::DenyIf => "deny_if",
            Effect::AskIf => "ask_if",
        }
    }
}

/// One test of an argument or a counter.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What is tested.
    pub subject: Subject,
    /// How.
    pub predicate: Predicate,
    /// Where the condition stands.
    pub pointer: Pointer,
}

/// What a condition tests.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// An argument, by the keys that lead to it.
    Argument(Vec<String>),
    /// A counter, by its key; an Intercept dialect feature.
    Counter(String),
    /// What the call costs and whether that is still allowed: the price stands in the server's
    /// answer; an Intercept dialect feature.
    Price {
        /// The most that one call may cost, as it is written.
        per_call: Option<String>,
        /// The most that all calls of a day may cost, as it is written.
        daily: Option<String>,
    },
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Argument(keys) => write!(f, "args.{}", keys.join(".")),
            Subject::Counter(key) => write!(f, "state.{key}"),
            Subject::Price { .. } => f.write_str("spend"),
        }
    }
}

/// A test with its operand.
#[derive(Clone, Debug)]
pub enum Predicate {
    /// `eq`, or with `negated` `neq`.
    Equal {
        /// What is compared with.
        value: Value,
        /// Whether it is `neq`.
        negated: bool,
    },
    /// `in`, or with `negated` `not_in`.
    OneOf {
        /// What is compared with.
        values: Vec<Value>,
        /// Whether it is `not_in`.
        negated: bool,
    },
    /// `lt`, `lte`, `gt`, `gte`.
    Compare {
        /// The direction.
        order: Order,
        /// The bound.
        bound: f64,
    },
    /// `regex`.
    Matches(Pattern),
    /// `contains`.
    Contains(Value),
    /// `exists`: whether the value is to be there.
    Exists(bool),
}

impl Predicate {
    /// The operator's name in the document.
    pub fn operator(&self) -> &'static str {
        match self {
            Predicate::Equal { negated: false, .. } => "eq",
            Predicate::Equal { negated: true, .. } => "neq",
            Predicate::OneOf { negated: false, .. } => "in",
            Predicate::OneOf { negated: true, .. } => "not_in",
            Predicate::Compare { order, .. } => order.name(),
            Predicate::Matches(_) => "regex",
            Predicate::Contains(_) => "contains",
            Predicate::Exists(_) => "exists",
        }
    }
}

/// The directions of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Less than.
    Lt,
    /// Less than or equal.
    Lte,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Gte,
}

impl Order {
    /// The operator's name in the document.
    pub fn name(self) -> &'static str {
        match self {
            Order::Lt => "lt",
            Order::Lte => "lte",
            Order::Gt => "gt",
            Order::Gte => "gte",
        }
    }

    /// Whether a number stands in this relation to a bound. NaN stands in none.
    pub fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Order::Lt => number < bound,
            Order::Lte => number <= bound,
            Order::Gt => number > bound,
            Order::Gte => number >= bound,
        }
    }
}

/// At most so many calls, or so much of something, in each window.
#[derive(Clone, Debug)]
pub struct Limit {
    /// The counter's name, as the document has it.
    pub counter: String,
    /// What tells this counter from all others: limits with equal keys share one counter.
    pub key: String,
    /// The window that is counted in.
    pub window: Window,
    /// How much fits into one window. `None`: the counter is declared but nothing limits it, so
    /// it never counts (Intercept); only its amount is asked.
    pub max: Option<i64>,
    /// How much a call takes.
    pub amount: Amount,
    /// Who shares the counter.
    pub scope: Scope,
    /// What the caller is told when there is no room.
    pub message: String,
    /// Whether the message is the policy's own and not made by the gateway.
    pub has_message: bool,
    /// The rule string that the gateway's log prints.
    pub rule: String,
    /// Where the limit stands.
    pub pointer: Pointer,
    /// Where its `max` stands: in the limit itself, in a condition, or in a `rate_limit`.
    pub max_pointer: Pointer,
}

/// How much a call takes from a limit.
#[derive(Clone, Debug, PartialEq)]
pub enum Amount {
    /// Always the same.
    Fixed(i64),
    /// The number in an argument, by the keys that lead to it, truncated toward zero.
    Argument(Vec<String>),
}

/// Who shares a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Every grant has its own.
    Grant,
    /// Everybody behind the gateway shares one.
    Gateway,
}

/// Where the dialects decide differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Semantics {
    /// When two values are equal.
    pub equality: Equality,
    /// What happens to a call whose arguments the gateway cannot read: not an object, or with a
    /// number beyond a 64-bit float.
    pub unreadable: Unreadable,
    /// What a reservation does with a counter.
    pub charging: Charging,
    /// Whether a call gives back what it took when the tool answers that it failed (`isError`);
    /// a JSON-RPC error always does.
    pub refunds_tool_errors: bool,
}

/// When two values are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Equality {
    /// Numbers as numbers, everything else by type and value.
    Strict,
    /// Numbers as numbers, everything else by the text that Go prints for it.
    Printed,
}

/// What happens to a call whose arguments the gateway cannot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// The rules decide it. What is no object has no argument in it, so that `require` fails closed; of
    /// a condition that is not certain for that reason nothing public tells.
    Decided,
    /// It is forwarded without being looked at.
    Forwarded,
}

/// What happens to counters when a call passes, is refused by a later limit, or fails upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charging {
    /// All limits are asked first; only a call that passes is charged.
    Whole,
    /// Limits are charged one by one and given back when a later one refuses; giving back never
    /// leaves a counter below zero, which lifts a negative one.
    OneByOne,
}

impl Policy {
    /// The policy of an agent's own permission files.
    pub fn of_permissions(dialect: Dialect, permissions: Permissions) -> Policy {
        Policy {
            dialect,
            default: Default::Deny,
            hide: Vec::new(),
            tools: Vec::new(),
            all_tools: Rules::default(),
            semantics: Semantics {
                equality: Equality::Strict,
                unreadable: Unreadable::Decided,
                charging: Charging::Whole,
                refunds_tool_errors: false,
            },
            permissions: Some(Arc::new(permissions)),
        }
    }

    /// What a call is asked, in this order: the tool's own rules, if it has any, and those of all
    /// tools.
    pub fn rules<'p>(&'p self, own: Option<&'p Rules>) -> impl Iterator<Item = &'p Rules> {
        own.into_iter().chain([&self.all_tools])
    }

    /// The rules of all tools, then those of each listed tool.
    pub fn all_rules(&self) -> impl Iterator<Item = &Rules> {
        std::iter::once(&self.all_tools).chain(self.tools.iter().map(|tool| &tool.rules))
    }

    /// The same policy as one grant alone meets it: nobody else uses up what is shared.
    pub fn for_one_grant(mut self) -> Policy {
        let rules = self.tools.iter_mut().map(|tool| &mut tool.rules);
        for rules in rules.chain([&mut self.all_tools]) {
            rules.limits.iter_mut().for_each(|limit| limit.scope = Scope::Grant);
        }
        self
    }

    /// Whether a person is ever asked.
    pub fn asks(&self) -> bool {
        let rules = self.tools.iter().map(|tool| &tool.rules).chain([&self.all_tools]);
        let asks = rules.flat_map(|rules| &rules.checks).any(|check| check.effect == Effect::AskIf);
        asks || self.permissions.as_ref().is_some_and(|permissions| permissions.asks())
    }

    /// The same policy where whoever is asked says yes: only limits are left to hold such calls.
    pub fn approved(mut self) -> Policy {
        let rules = self.tools.iter_mut().map(|tool| &mut tool.rules);
        for rules in rules.chain([&mut self.all_tools]) {
            rules.checks.retain(|check| check.effect != Effect::AskIf);
        }
        self
    }

    /// The rules of a listed tool.
    pub fn tool(&self, name: &str) -> Option<&ToolPolicy> {
        self.tools.iter().find(|tool| tool.name == name)
    }
}

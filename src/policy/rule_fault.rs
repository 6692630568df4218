//! Rules of Intercept that contradict themselves.

use serde::Serialize;
use thiserror::Error;

/// Ways in which an Intercept rule can contradict itself.
#[derive(Clone, Debug, PartialEq, Error, Serialize)]
#[serde(tag = "fault", content = "detail", rename_all = "kebab-case")]
pub enum RuleFault {
    /// It has no name.
    #[error(
        "the rule has no name, for which Intercept 1.1 refuses the policy; whether newer versions do is not publicly known"
    )]
    Unnamed,
    /// Its action does not exist.
    #[error("there is no action `{0}`, so Intercept refuses the policy")]
    UnknownAction(String),
    /// Its action does not exist, and it has conditions.
    #[error("there is no action `{0}`, so Intercept refuses the policy")]
    ActionUnderConditions(String),
    /// Its action does not exist, and it counts without a condition.
    #[error("there is no action `{0}`, so Intercept refuses the policy")]
    ActionBesideState(String),
    /// Its action does not exist, and it has a rate limit.
    #[error("there is no action `{0}`, so Intercept refuses the policy")]
    ActionBesideLimit(String),
    /// It evaluates nothing.
    #[error("the rule evaluates no condition")]
    NoConditions,
    /// It denies always and has conditions all the same.
    #[error("a rule with `action: deny` must not have conditions")]
    DenyWithConditions,
    /// It has an action that is overwritten by its rate limit.
    #[error("the action `{0}` does nothing beside `rate_limit`")]
    ActionOverwritten(String),
    /// It asks for approval, which this version does not know.
    #[error(
        "`action: require_approval` is unknown to Intercept 1.1, which does not load the policy; newer versions (`intercept@latest`) ask a person"
    )]
    ApprovalInOldVersion,
    /// It asks for approval and counts.
    #[error("`state` cannot stand beside `action: require_approval`")]
    StateBesideApproval,
    /// It has a rate limit beside what a rate limit stands for.
    #[error("`rate_limit` cannot stand beside {0}")]
    RateLimitBeside(&'static str),
    /// Its counter has no name.
    #[error("the counter has no name")]
    UnnamedCounter,
    /// Its amount comes from something that is not an argument.
    #[error("`increment_from` must start with `args.`, found `{0}`")]
    AmountPath(String),
}

/// Words for actions that Intercept does not have.
struct Action {
    words: &'static [&'static str],
    /// Whether a rule with nothing else would decide nothing.
    is_idle: bool,
    /// What is to be done about a rule with nothing else, one with conditions, and one with a rate limit.
    alone: &'static str,
    under_conditions: &'static str,
    beside_limit: &'static str,
}

const ACTIONS: [Action; 4] = [
    Action {
        words: &["allow", "permit", "accept", "pass", "allowed"],
        is_idle: true,
        alone: "remove the rule, and write `rules: []` if it is the only one: a listed tool is allowed unless a rule denies",
        under_conditions: "leave `action` out: a rule denies every call for which its conditions do not hold",
        beside_limit: "leave `action` out: a rate limit denies what is beyond it",
    },
    Action {
        words: &["deny", "block", "reject", "forbid", "refuse", "denied", "disallow", "drop"],
        is_idle: false,
        alone: "write `deny`",
        under_conditions: "leave `action` out, and write the opposite conditions: a rule denies every call for which they do not hold",
        beside_limit: "put `action: deny` into a rule of its own, if every call is to be denied, else leave it out: a rate limit denies what is beyond it",
    },
    Action {
        words: &[
            "require_approval",
            "ask",
            "approve",
            "approval",
            "confirm",
            "require-approval",
            "requires_approval",
        ],
        is_idle: false,
        alone: "Intercept asks a person with `require_approval`, since version 1.2",
        under_conditions: "Intercept asks a person with `require_approval`, since version 1.2",
        beside_limit: "put it into a rule of its own: Intercept asks a person with `require_approval`, since version 1.2",
    },
    Action {
        words: &["log", "audit", "monitor", "warn", "alert", "notify"],
        is_idle: true,
        alone: "no rule only logs: remove it, and write `rules: []` if it is the only one",
        under_conditions: "no rule only logs; without `action` it denies every call for which its conditions do not hold",
        beside_limit: "no rule only logs; without `action` it denies what is beyond its rate limit",
    },
];

/// What the help says about an action, or which actions there are.
fn about_action(action: &str, help: impl Fn(&Action) -> &'static str) -> &'static str {
    let is_it = |known: &&Action| known.words.iter().any(|word| word.eq_ignore_ascii_case(action));
    ACTIONS.iter().find(is_it).map_or(
        "the actions are `evaluate`, which denies unless the conditions hold, `deny` and `require_approval`",
        help,
    )
}

impl RuleFault {
    /// Whether an action that Intercept does not have decides nothing.
    pub(super) fn is_idle(action: &str) -> bool {
        let is_it = |word: &&str| word.eq_ignore_ascii_case(action);
        ACTIONS.iter().any(|known| known.is_idle && known.words.iter().any(is_it))
    }

    /// What to do about it.
    pub(super) fn help(&self) -> &'static str {
        match self {
            RuleFault::Unnamed => "add `name`, which logs and messages show",
            RuleFault::UnknownAction(action) => about_action(action, |known| known.alone),
            RuleFault::ActionUnderConditions(action) => {
                about_action(action, |known| known.under_conditions)
            }
            RuleFault::ActionBesideState(_) => {
                "leave `action` out, and say in `conditions` how far the counter may go: a rule denies every call for which they do not hold"
            }
            RuleFault::ActionBesideLimit(action) | RuleFault::ActionOverwritten(action) => {
                about_action(action, |known| known.beside_limit)
            }
            RuleFault::NoConditions => "add the conditions that must hold, or `rate_limit`",
            RuleFault::ApprovalInOldVersion => "write `action: deny` until the gateway is newer",
            RuleFault::StateBesideApproval => "put `state` into a rule of its own",
            RuleFault::DenyWithConditions => {
                "remove the conditions, or evaluate the opposite ones; the argument must then be there"
            }
            RuleFault::RateLimitBeside(_) => "put the rate limit into a rule of its own",
            RuleFault::UnnamedCounter => "add `counter`",
            RuleFault::AmountPath(_) => "name the argument, such as `args.amount`",
        }
    }
}

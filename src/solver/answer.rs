//! What the solver answers.

use serde_json::Value;
use thiserror::Error;

/// The answer to "is there a call for which …?".
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// There is none, whatever the arguments.
    Proved,
    /// There is: the arguments of one.
    Witness(Value),
    /// It cannot be told.
    Unknown(Why),
}

/// Why it cannot be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Error)]
pub enum Why {
    /// The time was over.
    #[error("the time was over; give it more with `--timeout`")]
    Timeout,
    /// Too many combinations of conditions.
    #[error("the conditions combine in too many ways")]
    TooManyCases,
    /// The patterns have too many states together.
    #[error("the patterns together have too many states")]
    TooManyStates,
    /// A pattern that cannot be made into an automaton.
    #[error("a pattern is too large to be followed exactly")]
    Pattern,
    /// Intercept compares lists and objects by their printed text.
    #[error("lists and objects are compared by the text that Go prints for them")]
    PrintedText,
    /// A rule reads counters other than its own limit.
    #[error("a rule reads a counter, so that earlier calls decide")]
    Counter,
    /// A limit that sums an argument, or gives back.
    #[error("a limit counts an argument, not calls")]
    Amount,
    /// The calls of a burst are too many to be replayed.
    #[error("there are too many calls to replay")]
    TooManyCalls,
    /// The input schema leaves no room to vary an object.
    #[error("the input schema leaves too little room")]
    Schema,
    /// The engine did not decide the call that was found as expected.
    #[error("a call was found, but the engine did not confirm it")]
    Unconfirmed,
    /// No order of calls was found that shows what their numbers allow.
    #[error("no order of calls was found that shows it")]
    NoOrder,
    /// Calls whose arguments are no object.
    #[error("nothing public tells what becomes of arguments that are no object")]
    Unread,
    /// Rules of an agent's own permission files leave it open, and no call was found that shows it.
    #[error("the rules alone do not tell, and no call was found that does")]
    Permissions,
    /// The two policies are not of the same agent, so that rules of one say nothing of those of the other.
    #[error("the policies are of different agents, whose calls are only tried")]
    Agents,
    /// The agents work in surroundings that rules depend on and that are not the same.
    #[error("the rules depend on surroundings that differ, such as folders, links or trust")]
    Surroundings,
    /// What rules say depends on facts that are not given.
    #[error(
        "the rules depend on a fact that is not given, such as the home folder (`--home`) or the project's (name the folder)"
    )]
    Undecided,
    /// A setting of an agent differs that is not among its rules: which one.
    #[error("the files differ in a setting whose effect on calls is not worked out: `{0}`")]
    Settings(&'static str),
}

impl Why {
    /// All reasons, the last one of no setting.
    pub const ALL: [Why; 17] = [
        Why::Timeout,
        Why::TooManyCases,
        Why::TooManyStates,
        Why::Pattern,
        Why::PrintedText,
        Why::Counter,
        Why::Amount,
        Why::TooManyCalls,
        Why::Schema,
        Why::Unconfirmed,
        Why::NoOrder,
        Why::Unread,
        Why::Permissions,
        Why::Agents,
        Why::Surroundings,
        Why::Undecided,
        Why::Settings(""),
    ];

    /// The reason's name in machine-readable output.
    pub fn code(self) -> &'static str {
        match self {
            Why::Timeout => "timeout",
            Why::TooManyCases => "too-many-cases",
            Why::TooManyStates => "too-many-states",
            Why::Pattern => "pattern",
            Why::PrintedText => "printed-text",
            Why::Counter => "counter",
            Why::Amount => "amount",
            Why::TooManyCalls => "too-many-calls",
            Why::Schema => "schema",
            Why::Unconfirmed => "unconfirmed",
            Why::NoOrder => "no-order",
            Why::Permissions => "permissions",
            Why::Agents => "agents",
            Why::Surroundings => "surroundings",
            Why::Undecided => "undecided",
            Why::Settings(_) => "settings",
            Why::Unread => "unread-arguments",
        }
    }
}

/// The answer for one value of a kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found<T> {
    /// This one.
    One(T),
    /// There is none.
    None,
    /// It cannot be told.
    Unknown(Why),
}

impl<T> Found<T> {
    /// The same, or the other where there is none.
    pub(super) fn or_else(self, other: impl FnOnce() -> Found<T>) -> Found<T> {
        match self {
            Found::One(value) => Found::One(value),
            Found::None => other(),
            Found::Unknown(why) => match other() {
                Found::One(value) => Found::One(value),
                _ => Found::Unknown(why),
            },
        }
    }

    pub(super) fn map<U>(self, f: impl FnOnce(T) -> U) -> Found<U> {
        match self {
            Found::One(value) => Found::One(f(value)),
            Found::None => Found::None,
            Found::Unknown(why) => Found::Unknown(why),
        }
    }
}

//! What a gate says of a call.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Timestamp;
use crate::policy::quote;

/// The outcomes of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The call passes.
    Allow,
    /// A person is asked, and the call passes if the answer is yes.
    Ask,
    /// The call is refused by what it is.
    Deny,
    /// The call is refused by how many there were before it.
    Throttle,
    /// A fact is missing without which it cannot be told.
    Indeterminate,
}

impl Outcome {
    /// All outcomes, in the order in which they are shown.
    pub const ALL: [Outcome; 5] =
        [Outcome::Allow, Outcome::Ask, Outcome::Deny, Outcome::Throttle, Outcome::Indeterminate];

    /// How much access an outcome gives: none where the call is refused, more where a person is
    /// asked, all where it passes. None where it cannot be told.
    pub fn access(self) -> Option<u8> {
        match self {
            Outcome::Deny | Outcome::Throttle => Some(0),
            Outcome::Ask => Some(1),
            Outcome::Allow => Some(2),
            Outcome::Indeterminate => None,
        }
    }

    /// The outcome's name.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Allow => "allow",
            Outcome::Ask => "ask",
            Outcome::Deny => "deny",
            Outcome::Throttle => "throttle",
            Outcome::Indeterminate => "indeterminate",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A fact without which a call cannot be decided.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Error, Serialize, Deserialize,
)]
pub enum Missing {
    /// The call has no time, so its window is unknown.
    #[error("no timestamps")]
    Time,
    /// Only a hash of the arguments was recorded.
    #[error("the arguments were hashed")]
    HashedArguments,
    /// The log blots the arguments out.
    #[error("the arguments were redacted")]
    RedactedArguments,
    /// The log cuts the arguments off.
    #[error("the arguments were cut off")]
    TruncatedArguments,
    /// The log never had the arguments.
    #[error("the arguments were not recorded")]
    UnrecordedArguments,
    /// Only the names of the arguments were recorded.
    #[error("only the names of the arguments were recorded")]
    ArgumentValues,
    /// The arguments are not an object, and nothing public tells what the gateway does then.
    #[error("the arguments are not an object")]
    UnreadableArguments,
    /// An argument is a number beyond a 64-bit float, which gateways read differently.
    #[error("an argument is a number beyond a 64-bit float")]
    HugeNumber,
    /// The price of the call is in the server's answer, and a rule bounds what is spent.
    #[error("the price is known only from the server's answer")]
    Price,
    /// Whether earlier calls passed is itself not known, so their counters are not either.
    #[error("earlier calls are undecided")]
    EarlierCalls,
    /// The folder that the agent works in, by which paths are understood.
    #[error("the working folder is not known")]
    Folder,
    /// The home folder, which a rule or a path speaks of.
    #[error("the home folder is not known")]
    Home,
    /// What is on the disk, such as whether a path is a folder.
    #[error("what is on the disk is not known")]
    Files,
    /// The environment of the agent's process.
    #[error("the environment of the agent is not known")]
    Environment,
    /// The shell command is too long to be taken apart.
    #[error("the shell command is too long to be taken apart")]
    LongCommand,
    /// The permission mode of the agent, or which agent works.
    #[error("the permission mode is not known")]
    Mode,
    /// Whether the user trusts the folder.
    #[error("whether the folder is trusted is not known")]
    Trust,
    /// What a server says of its tool, such as that it only reads.
    #[error("what the server says of the tool is not known")]
    Annotations,
    /// Which agent within the agent calls.
    #[error("which agent calls is not known")]
    Caller,
    /// A pattern goes back and forth over the arguments too often.
    #[error("a pattern takes too many steps on the arguments")]
    LongSearch,
    /// A file of rules is a program, and is not run.
    #[error("a file of rules has control flow, which is not followed")]
    Program,
    /// What a classifier of the agent's own says of the call.
    #[error("the agent's own classifier decides")]
    Classifier,
    /// Where the name of a tool ends and that of its server begins.
    #[error("it is not known which server the tool is of")]
    Server,
}

impl Missing {
    /// The ways in which a log withholds arguments.
    pub const WITHHELD: [Missing; 5] = [
        Missing::HashedArguments,
        Missing::RedactedArguments,
        Missing::TruncatedArguments,
        Missing::UnrecordedArguments,
        Missing::ArgumentValues,
    ];

    /// Whether it is an argument that is not known.
    pub fn is_argument(self) -> bool {
        match self {
            Missing::UnreadableArguments | Missing::HugeNumber => true,
            other => Missing::WITHHELD.contains(&other),
        }
    }

    /// All facts that can be missing.
    pub const ALL: [Missing; 23] = [
        Missing::Time,
        Missing::HashedArguments,
        Missing::RedactedArguments,
        Missing::TruncatedArguments,
        Missing::UnrecordedArguments,
        Missing::ArgumentValues,
        Missing::UnreadableArguments,
        Missing::HugeNumber,
        Missing::Price,
        Missing::EarlierCalls,
        Missing::Folder,
        Missing::Home,
        Missing::Files,
        Missing::Environment,
        Missing::LongCommand,
        Missing::Mode,
        Missing::Trust,
        Missing::Annotations,
        Missing::Caller,
        Missing::LongSearch,
        Missing::Program,
        Missing::Classifier,
        Missing::Server,
    ];

    /// The fact's name in machine-readable output.
    pub fn code(self) -> &'static str {
        match self {
            Missing::Time => "time",
            Missing::HashedArguments => "hashed-arguments",
            Missing::RedactedArguments => "redacted-arguments",
            Missing::TruncatedArguments => "truncated-arguments",
            Missing::UnrecordedArguments => "unrecorded-arguments",
            Missing::ArgumentValues => "argument-values",
            Missing::UnreadableArguments => "unreadable-arguments",
            Missing::HugeNumber => "huge-number",
            Missing::Price => "price",
            Missing::EarlierCalls => "earlier-calls",
            Missing::Folder => "working-folder",
            Missing::Home => "home-folder",
            Missing::Files => "files",
            Missing::Environment => "environment",
            Missing::LongCommand => "long-command",
            Missing::Mode => "permission-mode",
            Missing::Trust => "folder-trust",
            Missing::Annotations => "tool-annotations",
            Missing::Caller => "calling-agent",
            Missing::LongSearch => "long-search",
            Missing::Program => "program",
            Missing::Classifier => "classifier",
            Missing::Server => "server",
        }
    }
}

/// Parts of words with which a message speaks of a person who decides.
const APPROVAL_WORDS: [&str; 4] = ["approv", "human", "a person", "sign-off"];

/// The decision on one call.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision<'g> {
    /// What happens to the call.
    pub outcome: Outcome,
    /// What decided it.
    pub cause: Cause<'g>,
    /// For a throttled call: when the same call would find room again, if no other is made. None
    /// where it never will.
    pub retry_at: Option<Timestamp>,
    /// For a throttled call: the end of the window of the limit that decided.
    pub held_until: Option<Timestamp>,
    /// For an indeterminate call: the first fact that is missing.
    pub missing: Option<Missing>,
    /// The first fact that was missing and is assumed ([`crate::engine::Assumptions`]).
    pub assumed: Option<Missing>,
    /// Whether a person would be asked, and the answer is assumed.
    pub answered: bool,
    /// The number of the tool among [`crate::engine::Gate::tools`], if it is listed and was looked up.
    pub tool: Option<u32>,
}

impl<'g> Decision<'g> {
    /// An outcome and its cause, with nothing more to say of it.
    pub(super) fn new(outcome: Outcome, cause: Cause<'g>) -> Decision<'g> {
        Decision {
            outcome,
            cause,
            retry_at: None,
            held_until: None,
            missing: None,
            assumed: None,
            answered: false,
            tool: None,
        }
    }

    /// Whether the call is denied for good, although the message sounds as if somebody could approve
    /// it: the pages of PolicyLayer give a denial with such a message for "requires approval".
    pub fn only_speaks_of_approval(&self) -> bool {
        match self.cause {
            Cause::Check(reason) if self.outcome == Outcome::Deny => {
                let message = reason.message.to_lowercase();
                !reason.is_made && APPROVAL_WORDS.iter().any(|word| message.contains(word))
            }
            _ => false,
        }
    }

    /// A call to a server behind the gateway that has no policy is denied.
    pub fn no_policy() -> Decision<'static> {
        Decision::new(Outcome::Deny, Cause::NoPolicy)
    }
}

/// What decided a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause<'g> {
    /// No rule stood in the way, or it cannot be told which one did.
    None,
    /// The arguments cannot be decoded, and the gateway forwards such calls without a look.
    Uninspected,
    /// The tool is hidden, by the entry at this pointer.
    Hidden(&'g str),
    /// The tool is not listed and the default is to deny.
    Unlisted,
    /// The server has no policy at all, and the gateway denies what has none.
    NoPolicy,
    /// A check.
    Check(&'g Reason),
    /// A limit.
    Limit(&'g Reason),
    /// A limit whose amount could not be read from the arguments.
    Amount(&'g Reason),
}

/// How a rule is named where its decision is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule string of the gateway's log.
    pub rule: Box<str>,
    /// The exact JSON Pointer of the entry.
    pub pointer: Box<str>,
    /// What the caller is told.
    pub message: Box<str>,
    /// Whether the message is made by the gateway and not the policy's own.
    pub is_made: bool,
    /// The file and line of the rule, where the policy is made of several files.
    pub place: Option<Box<str>>,
    /// Whether an agent refuses of its own accord what its classifier would be asked about.
    pub for_classifier: bool,
}

impl Reason {
    /// A rule with its place and message, which the policy has or the gateway makes.
    pub(super) fn new(rule: &str, pointer: &str, message: &str, is_made: bool) -> Reason {
        let [rule, pointer, message] = [rule, pointer, message].map(Into::into);
        Reason { rule, pointer, message, is_made, place: None, for_classifier: false }
    }
}

impl<'g> Cause<'g> {
    /// The rule string of the gateway's log; empty for an allowed call.
    pub fn rule(&self) -> &'g str {
        match self {
            Cause::None | Cause::Uninspected => "",
            Cause::Hidden(_) => "(hidden)",
            Cause::Unlisted => "(default deny)",
            Cause::NoPolicy => "(no policy)",
            Cause::Check(reason) | Cause::Limit(reason) | Cause::Amount(reason) => &reason.rule,
        }
    }

    /// The exact JSON Pointer of what decided; empty where nothing did, or no policy is there.
    pub fn pointer(&self) -> &'g str {
        match self {
            Cause::None | Cause::Uninspected | Cause::NoPolicy => "",
            Cause::Hidden(pointer) => pointer,
            Cause::Unlisted => "/default",
            Cause::Check(reason) | Cause::Limit(reason) | Cause::Amount(reason) => &reason.pointer,
        }
    }

    /// The file and line of the rule that decided, where the policy is made of several files.
    pub fn place(&self) -> Option<&'g str> {
        match self {
            Cause::Check(reason) => reason.place.as_deref(),
            _ => None,
        }
    }

    /// Whether an agent refuses of its own accord what its classifier would be asked about.
    pub fn is_for_classifier(&self) -> bool {
        matches!(self, Cause::Check(reason) if reason.for_classifier)
    }

    /// What the caller of a tool is told.
    pub fn message(&self, tool: &str) -> Cow<'g, str> {
        match self {
            Cause::None | Cause::Uninspected => Cow::Borrowed(""),
            Cause::Hidden(_) => format!("Tool {} is hidden by policy", quote(tool)).into(),
            Cause::Unlisted => format!("Tool {} is not permitted by policy", quote(tool)).into(),
            Cause::NoPolicy => {
                format!("Tool {} is not permitted: its server has no policy", quote(tool)).into()
            }
            Cause::Check(reason) | Cause::Limit(reason) => Cow::Borrowed(&reason.message),
            Cause::Amount(_) => Cow::Borrowed("Internal policy error"),
        }
    }
}

//! What is known of the arguments of a tool.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::category::Vocabulary;

/// A property of a tool's arguments that calls for a condition in a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signal {
    /// Takes code, a command, a query language or a raw request of the caller's making.
    FreeformCode,
    /// Takes a URL, so that it may reach hosts nobody thought of.
    Url,
    /// Takes a path, so that it may leave the directory it was meant for.
    Path,
    /// Acts on many things in one call.
    Bulk,
    /// Takes or selects a credential.
    Credential,
}

impl Vocabulary for Signal {
    const ALL: &'static [Signal] =
        &[Signal::FreeformCode, Signal::Url, Signal::Path, Signal::Bulk, Signal::Credential];

    fn word(self) -> &'static str {
        match self {
            Signal::FreeformCode => "freeform-code",
            Signal::Url => "url",
            Signal::Path => "path",
            Signal::Bulk => "bulk",
            Signal::Credential => "credential",
        }
    }
}

/// The JSON type of an argument, in the words of JSON Schema. `null` beside a type is left out,
/// for it only says that the argument may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ArgumentType {
    /// Text.
    String,
    /// Any number.
    Number,
    /// A number without a fraction.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A list.
    Array,
    /// An object.
    Object,
}

impl Vocabulary for ArgumentType {
    const ALL: &'static [ArgumentType] = &[
        ArgumentType::String,
        ArgumentType::Number,
        ArgumentType::Integer,
        ArgumentType::Boolean,
        ArgumentType::Array,
        ArgumentType::Object,
    ];

    fn word(self) -> &'static str {
        match self {
            ArgumentType::String => "string",
            ArgumentType::Number => "number",
            ArgumentType::Integer => "integer",
            ArgumentType::Boolean => "boolean",
            ArgumentType::Array => "array",
            ArgumentType::Object => "object",
        }
    }
}

/// One argument of a tool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Argument {
    /// Its type; `None` when it is unknown or there are several.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ArgumentType>,
    /// Whether a call without it is refused by the server.
    #[serde(default)]
    pub required: bool,
}

/// The arguments of a tool by name.
pub type Arguments = BTreeMap<String, Argument>;

/// What an argument may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// A path in a file system.
    Path,
    /// An address with its scheme.
    Url,
    /// The name or the number of a host.
    Host,
    /// A statement in SQL or another query language that can write.
    Sql,
    /// A command line for a shell or a program.
    Command,
    /// A program or a part of one.
    Code,
    /// A branch or another reference of a repository.
    Branch,
    /// An e-mail address.
    Email,
    /// A sum of money, or a number of what is worth money.
    Amount,
    /// A kind of Kubernetes objects.
    Kind,
    /// The choice of what a tool does.
    Method,
    /// Text for people.
    Text,
    /// A secret.
    Secret,
}

impl Vocabulary for Holds {
    const ALL: &'static [Holds] = &[
        Holds::Path,
        Holds::Url,
        Holds::Host,
        Holds::Sql,
        Holds::Command,
        Holds::Code,
        Holds::Branch,
        Holds::Email,
        Holds::Amount,
        Holds::Kind,
        Holds::Method,
        Holds::Text,
        Holds::Secret,
    ];

    fn word(self) -> &'static str {
        match self {
            Holds::Path => "path",
            Holds::Url => "url",
            Holds::Host => "host",
            Holds::Sql => "sql",
            Holds::Command => "command",
            Holds::Code => "code",
            Holds::Branch => "branch",
            Holds::Email => "email",
            Holds::Amount => "amount",
            Holds::Kind => "kind",
            Holds::Method => "method",
            Holds::Text => "text",
            Holds::Secret => "secret",
        }
    }
}

impl Holds {
    /// Whether whoever chooses the value chooses what is run.
    pub fn is_run(self) -> bool {
        matches!(self, Holds::Sql | Holds::Command | Holds::Code)
    }
}

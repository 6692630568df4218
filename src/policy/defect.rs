//! What can be wrong with a policy as such, before it is judged.

use serde::Serialize;
use thiserror::Error;

use super::argument_path::argument_path;
use super::detect::Fragment;
use super::dialect::Dialect;
use super::rule_fault::RuleFault;
use crate::source::{Place, Pointer, ProblemKind, ViolationKind, all_of, one_of};

/// A part of a document that is wrong, with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect {
    /// What is wrong.
    pub kind: DefectKind,
    /// Where; bytes for what is wrong with the text, else a place in the tree.
    pub location: Location,
    /// A second place that belongs to it, and what it is.
    pub related: Option<(Location, &'static str)>,
    /// Whether the gateway itself would refuse the document because of it.
    pub refused: bool,
}

/// Where a defect is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Location {
    /// A range of bytes of the text.
    Bytes(std::ops::Range<usize>),
    /// A place in the tree.
    Place(Place),
}

impl Defect {
    /// A defect that makes the gateway refuse the document.
    pub fn refused(kind: DefectKind, place: Place) -> Defect {
        Defect { kind, location: Location::Place(place), related: None, refused: true }
    }

    /// A defect that the gateway passes over in silence.
    pub fn accepted(kind: DefectKind, place: Place) -> Defect {
        Defect { refused: false, ..Defect::refused(kind, place) }
    }
}

/// The kinds of defects. Serialised, they are the facts that the message is made of.
#[derive(Clone, Debug, PartialEq, Error, Serialize)]
#[serde(untagged)]
pub enum DefectKind {
    /// The text is wrong.
    #[error("{0}")]
    Text(ProblemKind),
    /// The document is readable and no policy.
    #[error("this is not a policy: {found}")]
    NotAPolicy {
        /// What it is instead.
        found: String,
        /// The part of a policy that it is, if it is one.
        fragment: Option<Fragment>,
    },
    /// A part does not have the shape it should have.
    #[error("{0}")]
    Shape(ViolationKind),
    /// An object lacks several fields.
    #[error("the fields {} are missing", all_of(fields.iter().map(String::as_str)))]
    MissingFields {
        /// In which way the object is wrong.
        violation: &'static str,
        /// The fields.
        fields: Vec<String>,
    },
    /// The limits of a tool as the text of one, such as `5/minute`.
    #[error("{wrong}")]
    LimitsAsText {
        /// What is wrong with it.
        #[serde(flatten)]
        wrong: ViolationKind,
        /// How the same is written as a list.
        #[serde(skip)]
        instead: String,
    },
    /// A field that has an effect elsewhere only.
    #[error("`{field}` has no effect here, it belongs to `{belongs}`")]
    MisplacedField {
        /// The field.
        #[serde(rename = "misplaced")]
        field: String,
        /// Where it has one, as the way to it.
        belongs: &'static str,
    },
    /// A field as older pages describe it.
    #[error("`{field}` {}", match dialect { Dialect::V1 => "is not part of version 1 policies", _ => "is written as on older pages; Intercept does not read it, so it decides nothing" })]
    LegacyField {
        /// The field.
        field: String,
        /// The dialect that does not have it.
        #[serde(skip)]
        dialect: Dialect,
        /// How the same is written today.
        instead: String,
    },
    /// A field that only newer versions read (Intercept).
    #[error("`{field}` is passed over by Intercept 1.1; newer versions (`{newer}`) read it")]
    NewerField {
        /// The field.
        field: String,
        /// The dialect, with its version, that reads it.
        newer: &'static str,
    },
    /// A field of which nothing public tells whether the gateway reads it (Intercept).
    #[error("whether the gateway reads `{field}` is not publicly known")]
    UnsureField {
        /// The field.
        field: String,
    },
    /// A field that the maker's pages show and that no known version reads (Intercept).
    #[error("`{field}` is read by no known version of Intercept (1.1, latest): {does}")]
    UnreadField {
        /// The field.
        field: String,
        /// What the gateway does without it.
        does: &'static str,
        /// What was meant, and how it is written.
        meant: &'static str,
    },
    /// The version is another one than "1".
    #[error("the version must be `\"1\"`, found {found}")]
    UnsupportedVersion {
        /// What is there.
        found: String,
    },
    /// A window that does not exist.
    #[error("there is no window {found}{}", did_you_mean(nearest.as_deref()))]
    UnknownWindow {
        /// What is there.
        found: String,
        /// The window that is most like it.
        nearest: Option<String>,
    },
    /// A scope that does not exist.
    #[error("there is no scope {found}{}", did_you_mean(nearest.as_deref()))]
    UnknownScope {
        /// What is there.
        found: String,
        /// The scope that it is a slip of the hand for.
        nearest: Option<String>,
    },
    /// An operator that does not exist.
    #[error("there is no operator {found}{}", did_you_mean(nearest.as_deref()))]
    UnknownOperator {
        /// What is there.
        found: String,
        /// The operator that it stands for elsewhere, or is a slip of the hand for.
        nearest: Option<String>,
        /// The operators that there are.
        allowed: Vec<String>,
    },
    /// A limit of zero or less.
    #[error("a limit of {max} lets no call through")]
    NonPositiveLimit {
        /// The limit.
        max: String,
    },
    /// A path that leads nowhere.
    #[error("the path `{found}` does not start with {}", one_of(starts.iter().copied()))]
    InvalidPath {
        /// What is there.
        found: String,
        /// What it may start with.
        starts: &'static [&'static str],
    },
    /// An operand that the operator cannot use.
    #[error("`{operator}` needs {expected}, found {found}")]
    InvalidOperand {
        /// The operator.
        operator: String,
        /// What it needs.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A regular expression that RE2 refuses.
    #[error("the regular expression `{pattern}` is invalid: {reason}")]
    InvalidRegex {
        /// The pattern.
        pattern: String,
        /// Why.
        reason: String,
        /// The byte of the pattern at which the trouble starts.
        at: usize,
    },
    /// Two limits of one tool with the same counter.
    #[error("the counter `{counter}` is declared twice for {owner}")]
    DuplicateCounter {
        /// The counter.
        counter: String,
        /// The tool, or all tools.
        owner: String,
    },
    /// A counter is read that no rule declares (Intercept).
    #[error("no rule declares the counter `{counter}`")]
    UndeclaredCounter {
        /// The counter's key.
        counter: String,
    },
    /// A counter of a tool whose name has a dot, which can have none (Intercept).
    #[error("`{tool}` can have no counter `{counter}`, because its name has a dot")]
    DottedToolCounter {
        /// The tool.
        tool: String,
        /// The counter's name.
        counter: String,
    },
    /// A `rate_limit` that cannot be read (Intercept).
    #[error("`{found}` is not a rate limit: {reason}")]
    InvalidRateLimit {
        /// What is there.
        found: String,
        /// Why.
        reason: String,
    },
    /// A rule whose parts do not go together (Intercept).
    #[error("{0}")]
    InvalidRule(RuleFault),
    /// A file whose text is to be put in, and that is not there (OpenCode).
    #[error("{} `{path}` for `{reference}`", if *is_beyond { "nothing is read outside of the folder that is served, such as" } else { "there is no file" })]
    MissingFile {
        /// Whether nothing is looked for there.
        is_beyond: bool,
        /// The reference as it is written.
        reference: String,
        /// The path that it leads to.
        path: String,
    },
    /// An entry of `hide` that is empty or stands twice.
    #[error("{}", match duplicate { Some(name) => format!("`{name}` is hidden twice"), None => "an entry of `hide` is empty".to_owned() })]
    InvalidHide {
        /// The name that stands twice; none for an empty entry.
        duplicate: Option<String>,
    },
}

impl DefectKind {
    /// The name of the lint rule that reports it.
    pub fn rule(&self) -> &'static str {
        match self {
            DefectKind::Text(problem) => match problem {
                ProblemKind::DuplicateKey { .. } => "duplicate-key",
                ProblemKind::JsonComment => "json-comment",
                ProblemKind::ExtraDocument => "extra-document",
                _ => "syntax-error",
            },
            DefectKind::NotAPolicy { .. } => "not-a-policy",
            DefectKind::Shape(violation) => match violation {
                ViolationKind::UnknownField { .. } => "unknown-field",
                ViolationKind::MissingField { field } if field == "default" => "missing-default",
                ViolationKind::MissingField { .. } => "missing-field",
                _ => "invalid-value",
            },
            DefectKind::MissingFields { .. } => "missing-field",
            DefectKind::LimitsAsText { .. } => "invalid-value",
            DefectKind::LegacyField { .. } => "legacy-field",
            DefectKind::MisplacedField { .. }
            | DefectKind::NewerField { .. }
            | DefectKind::UnsureField { .. }
            | DefectKind::UnreadField { .. } => "unknown-field",
            DefectKind::UnsupportedVersion { .. } => "unsupported-version",
            DefectKind::UnknownWindow { .. } => "unknown-window",
            DefectKind::UnknownScope { .. } => "unknown-scope",
            DefectKind::UnknownOperator { .. } => "unknown-operator",
            DefectKind::NonPositiveLimit { .. } => "non-positive-limit",
            DefectKind::InvalidPath { .. } => "invalid-path",
            DefectKind::InvalidOperand { .. } => "invalid-value",
            DefectKind::InvalidRegex { .. } => "invalid-regex",
            DefectKind::DuplicateCounter { .. } => "duplicate-counter",
            DefectKind::UndeclaredCounter { .. } => "undeclared-counter",
            DefectKind::DottedToolCounter { .. } => "dotted-tool-counter",
            DefectKind::InvalidRateLimit { .. } => "invalid-rate-limit",
            DefectKind::InvalidRule(_) => "invalid-rule",
            DefectKind::InvalidHide { .. } => "invalid-hide",
            DefectKind::MissingFile { .. } => "file-dropped",
        }
    }

    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        let text = match self {
            DefectKind::Text(problem) => problem.help(),
            DefectKind::NotAPolicy { fragment: Some(fragment), .. } => fragment.help(),
            DefectKind::NotAPolicy { .. } => {
                "a policy is an object with `version`, `default` and `tools`"
            }
            DefectKind::Shape(ViolationKind::MissingField { field }) if field == "default" => {
                "add `\"default\": \"deny\"`, so that tools that are not listed stay shut"
            }
            DefectKind::Shape(ViolationKind::UnknownField { field, allowed, .. })
                if field == "hide" && !allowed.contains(field) =>
            {
                "put the tool's name into the list `hide` of the document"
            }
            // Which of the two was meant only its owner knows.
            DefectKind::Shape(ViolationKind::NotAllowed { allowed, nearest: None, .. })
                if allowed.iter().any(|word| word == "deny") =>
            {
                "`deny` refuses the tools that are not listed, `allow` lets every call of them through"
            }
            DefectKind::Shape(ViolationKind::MissingField { field }) if field == "conditions" => {
                "put the tests into a list: `\"conditions\": [{\"path\": …, \"op\": …, \"value\": …}]`"
            }
            DefectKind::Shape(violation) => return violation.help(),
            DefectKind::MissingFields { fields, .. } => {
                return Some(format!("add {}", all_of(fields.iter().map(String::as_str))));
            }
            DefectKind::LimitsAsText { instead, .. } | DefectKind::LegacyField { instead, .. } => {
                return Some(instead.clone());
            }
            DefectKind::MisplacedField { belongs, .. } => {
                return Some(format!("write it in `{belongs}`"));
            }
            DefectKind::UnsureField { .. } => {
                "known are `dedupe_window` and `notify.webhook.url`; see what your version documents"
            }
            DefectKind::UnreadField { meant, .. } => meant,
            DefectKind::NewerField { .. } => {
                "rely on it only where the gateway is new enough, and name its version with `--dialect`"
            }
            DefectKind::UnsupportedVersion { .. } => "set `version` to \"1\"",
            DefectKind::UnknownWindow { nearest: Some(window), .. } => {
                return Some(format!("write `{window}`"));
            }
            DefectKind::UnknownWindow { .. } => {
                "the windows are `minute`, `hour` and `day`: choose one, and how many calls may pass in it"
            }
            DefectKind::UnknownScope { .. } => {
                "only `grant` is known, under which every grant has a counter of its own"
            }
            DefectKind::UnknownOperator { nearest: Some(operator), .. } => {
                return Some(format!("write `{operator}`"));
            }
            DefectKind::UnknownOperator { allowed, .. } => {
                return Some(format!(
                    "the operators are {}",
                    one_of(allowed.iter().map(String::as_str))
                ));
            }
            DefectKind::NonPositiveLimit { .. } => {
                "hide the tool if no call is to pass, else write how many may"
            }
            DefectKind::InvalidPath { found, .. } => {
                return Some(match argument_path(found) {
                    Some(meant) if meant.is_plain => format!("write `{}`", meant.path),
                    Some(meant) => format!("if it is an argument, write `{}`", meant.path),
                    None => "name the argument, such as `args.amount` or `args.filter.project`"
                        .to_owned(),
                });
            }
            DefectKind::InvalidOperand { expected, .. } => {
                return Some(format!("write {expected}"));
            }
            DefectKind::InvalidRegex { .. } => {
                "patterns are RE2: no lookaround, no backreferences, repeats up to 1000"
            }
            DefectKind::DuplicateCounter { .. } => "give each limit a counter of its own name",
            DefectKind::UndeclaredCounter { .. } => {
                "add a `state` block with that counter to a rule of that tool"
            }
            DefectKind::DottedToolCounter { .. } => {
                "count all tools together under `\"*\"`, or limit the arguments instead"
            }
            DefectKind::InvalidRateLimit { .. } => {
                "write a count, a slash and `minute`, `hour` or `day`, with what may pass in that window"
            }
            DefectKind::InvalidRule(fault) => fault.help(),
            DefectKind::InvalidHide { .. } => "remove the entry",
            DefectKind::MissingFile { .. } => {
                "write the file, or what it would say in place of the reference"
            }
        };
        Some(text.to_owned())
    }
}

/// The place of a pointer's value.
pub(super) fn value(pointer: &Pointer) -> Place {
    Place::value(pointer.clone())
}

pub(super) fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |word| format!(", did you mean `{word}`?"))
}

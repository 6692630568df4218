//! What a JSON Schema validator finds, as facts with places in a document.

use std::collections::HashSet;
use std::mem::discriminant;
use std::sync::OnceLock;

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, ValidationError, Validator};
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use super::instance::{Instance, Tree};
use super::nearest::{one_of, slip};
use super::scalar::Typing;
use super::{Node, Part, Place, Pointer, Scalar};
use crate::stop;

/// A part of a document that its schema does not allow.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// What is wrong.
    pub kind: ViolationKind,
    /// Where.
    pub place: Place,
}

/// The ways in which a part can be wrong.
#[derive(Clone, Debug, PartialEq, Error, Serialize)]
#[serde(tag = "violation", rename_all = "kebab-case")]
pub enum ViolationKind {
    /// A field that the schema does not know.
    #[error("unknown field `{field}`{}", meant(nearest.as_deref()))]
    UnknownField {
        /// The field.
        field: String,
        /// The fields that are known here.
        allowed: Vec<String>,
        /// The known field that is most like it.
        nearest: Option<String>,
    },
    /// A required field is not there.
    #[error("the field `{field}` is missing")]
    MissingField {
        /// The field.
        field: String,
    },
    /// A value of the wrong type.
    #[error("expected {expected}, found {found}")]
    WrongType {
        /// What the schema wants, as words.
        expected: String,
        /// What is there, as words.
        found: String,
    },
    /// A value that is not one of the few allowed ones.
    #[error("{found} is not {}{}", one_of(allowed.iter().map(String::as_str)), meant(nearest.as_deref()))]
    NotAllowed {
        /// What is there, as it would be written in JSON.
        found: String,
        /// The allowed values.
        allowed: Vec<String>,
        /// The allowed value that is most like it.
        nearest: Option<String>,
    },
    /// A number below the least one allowed.
    #[error("{found} is less than {minimum}")]
    TooSmall {
        /// The number that is there.
        found: String,
        /// The least number allowed.
        minimum: String,
    },
    /// Text that is empty where it must not be.
    #[error("the text is empty")]
    EmptyText,
    /// Text that does not have the form it should have.
    #[error("`{found}` does not have the form `{pattern}`")]
    BadForm {
        /// The text that is there.
        found: String,
        /// The regular expression of the schema.
        pattern: String,
    },
    /// Anything else, in the words of the validator.
    #[error("{message}")]
    Other {
        /// The validator's message.
        message: String,
    },
}

impl ViolationKind {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        match self {
            ViolationKind::UnknownField { allowed, .. } => {
                Some(format!("the fields known here are {}", join(allowed)))
            }
            ViolationKind::MissingField { field } => Some(format!("add `{field}`")),
            ViolationKind::NotAllowed { allowed, .. } => {
                Some(format!("write {}", one_of(allowed.iter().map(String::as_str))))
            }
            ViolationKind::TooSmall { minimum, .. } => Some(format!("write {minimum} or more")),
            _ => None,
        }
    }
}

/// A JSON Schema that stands in this program, compiled when it is first needed.
pub struct Schema {
    text: &'static str,
    compiled: OnceLock<(Value, Validator<Tree>)>,
}

impl Schema {
    /// The schema that a text holds, as a test shows of every one.
    pub const fn new(text: &'static str) -> Schema {
        Schema { text, compiled: OnceLock::new() }
    }

    /// What the schema finds in a tree, as facts.
    ///
    /// Errors of one place are kept once: a wrong value often breaks more than one keyword.
    pub fn violations(&self, root: &Node) -> Vec<Violation> {
        self.violations_as(root, Scalar::to_json)
    }

    /// The same where scalars are taken for something else than JSON does.
    pub fn violations_as(&self, root: &Node, typing: Typing) -> Vec<Violation> {
        let (schema, validator) = self.compiled.get_or_init(|| compile(self.text));
        let tree = Instance { node: root, typing };
        // Nearly every document is valid, and to say just that takes far less than to look for every error.
        if validator.is_valid(tree.clone()) {
            return Vec::new();
        }
        let mut known = HashSet::new();
        let mut is_new = |violation: &Violation| {
            stop::look();
            matches!(violation.kind, ViolationKind::MissingField { .. })
                || known.insert((violation.place.clone(), discriminant(&violation.kind)))
        };
        let found = validator.iter_errors(tree).flat_map(|error| translate(root, schema, &error));
        found.filter(|violation| is_new(violation)).collect()
    }
}

fn compile(text: &str) -> (Value, Validator<Tree>) {
    let schema = serde_json::from_str(text).expect("schemas are valid JSON, as a test shows");
    let validator = jsonschema::options_for::<Tree>().with_draft(Draft::Draft7).build(&schema);
    (schema, validator.expect("schemas are valid, as a test shows"))
}

fn translate(root: &Node, schema: &Value, error: &ValidationError<'_>) -> Vec<Violation> {
    let pointer = Pointer::parse(error.instance_path().as_str());
    if let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() {
        let allowed = known_fields(schema, error.schema_path().as_str());
        return unexpected
            .iter()
            .map(|field| Violation {
                kind: ViolationKind::UnknownField {
                    nearest: slip(field, allowed.iter().map(String::as_str)).map(str::to_owned),
                    field: field.clone(),
                    allowed: allowed.clone(),
                },
                place: Place::key(pointer.key(field)),
            })
            .collect();
    }
    let part = match error.kind() {
        ValidationErrorKind::Required { .. } => Part::Start,
        _ => Part::Value,
    };
    let found = root.at(&pointer);
    let kind = kind_of(found, error);
    vec![Violation { kind, place: Place { pointer, part } }]
}

fn kind_of(found: Option<&Node>, error: &ValidationError<'_>) -> ViolationKind {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match error.kind() {
        ValidationErrorKind::Required { property } => {
            ViolationKind::MissingField { field: text(property) }
        }
        ValidationErrorKind::Type { kind } => ViolationKind::WrongType {
            expected: type_words(kind),
            found: found.map_or_else(|| "something else".to_owned(), Node::describe),
        },
        ValidationErrorKind::Enum { options } => {
            not_allowed(error.instance(), options.as_array().map_or(&[][..], Vec::as_slice))
        }
        ValidationErrorKind::Constant { expected_value } => {
            not_allowed(error.instance(), std::slice::from_ref(&**expected_value))
        }
        ValidationErrorKind::Minimum { limit }
        | ValidationErrorKind::ExclusiveMinimum { limit } => {
            ViolationKind::TooSmall { found: text(error.instance()), minimum: text(limit) }
        }
        ValidationErrorKind::MinLength { .. } => ViolationKind::EmptyText,
        ValidationErrorKind::Pattern { pattern } => {
            ViolationKind::BadForm { found: text(error.instance()), pattern: pattern.clone() }
        }
        _ => ViolationKind::Other { message: error.to_string() },
    }
}

fn not_allowed(found: &Value, options: &[Value]) -> ViolationKind {
    let allowed: Vec<String> = options
        .iter()
        .filter_map(Value::as_str)
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let nearest = found
        .as_str()
        .and_then(|word| slip(word, allowed.iter().map(String::as_str)))
        .map(str::to_owned);
    let found = match found {
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}` (not text)"),
    };
    ViolationKind::NotAllowed { found, allowed, nearest }
}

/// The properties that the object schema at `path` knows; `path` ends in `/additionalProperties`.
fn known_fields(schema: &Value, path: &str) -> Vec<String> {
    let object = path.strip_suffix("/additionalProperties").unwrap_or(path);
    let mut at = schema;
    for token in Pointer::parse(object).tokens() {
        // The path may run through references; they all point into `definitions` of the same schema.
        at = match at.get("$ref").and_then(Value::as_str) {
            Some(reference) if token != "$ref" => {
                schema.pointer(reference.trim_start_matches('#')).unwrap_or(at)
            }
            _ => at,
        };
        let next = match at {
            Value::Object(map) if token == "$ref" => map
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| schema.pointer(reference.trim_start_matches('#'))),
            Value::Object(map) => map.get(&*token),
            Value::Array(items) => token.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => None,
        };
        let Some(next) = next else { return Vec::new() };
        at = next;
    }
    at.get("properties")
        .and_then(Value::as_object)
        .map(|properties| properties.keys().filter(|key| !key.starts_with('$')).cloned().collect())
        .unwrap_or_default()
}

fn type_words(kind: &TypeKind) -> String {
    let word = |name: &str| match name {
        "object" => "an object".to_owned(),
        "array" => "a list".to_owned(),
        "integer" => "a whole number".to_owned(),
        "null" => "nothing".to_owned(),
        name => format!("a {name}"),
    };
    let names: Vec<String> = match kind {
        TypeKind::Single(single) => vec![word(&single.to_string())],
        // That nothing may stand there too goes without saying.
        TypeKind::Multiple(set) => set
            .iter()
            .map(|single| single.to_string())
            .filter(|name| name != "null")
            .map(|name| word(&name))
            .collect(),
    };
    names.join(" or ")
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |word| format!(", did you mean `{word}`?"))
}

fn join(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

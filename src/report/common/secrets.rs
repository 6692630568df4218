//! Which values of arguments are not shown.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use super::json_text::{harmless, of_found};
use crate::assertion::Statement;
use crate::catalogue::{Disclosed, disclosed, names_secret};
use crate::engine::Found;
use crate::policy::{Condition, Predicate, Subject};
use crate::trace::{Record, RecordArguments};

/// What stands in place of a value that is not shown.
pub(in crate::report) const MASK: &str = "***";

/// Which values of arguments are secrets: those of arguments that are called like one, or that a house names, and
/// what looks like a credential wherever it stands.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    named: HashSet<String>,
    are_shown: bool,
}

impl Secrets {
    /// Holds for secrets what the arguments of these names take, too; shows none, or all as they are.
    pub fn new(named: impl IntoIterator<Item = String>, are_shown: bool) -> Secrets {
        Secrets { named: named.into_iter().collect(), are_shown }
    }

    fn is_named(&self, name: &str) -> bool {
        self.named.contains(name) || names_secret(name)
    }

    /// Whether the value of what a condition is about is not shown.
    fn hides(&self, subject: &Subject) -> bool {
        let Subject::Argument(keys) = subject else { return false };
        !self.are_shown && keys.iter().any(|key| self.is_named(key))
    }

    /// JSON text without the secrets in it.
    pub(in crate::report) fn json<'t>(&self, json: &'t str) -> Cow<'t, str> {
        if self.are_shown {
            return Cow::Borrowed(json);
        }
        // Nobody can tell what is in a text that cannot be read, such as one with a number beyond all.
        let Ok(mut value) = serde_json::from_str::<Value>(json) else {
            return Cow::Owned(Value::from(MASK).to_string());
        };
        match self.mask(&mut value) {
            true => Cow::Owned(harmless(&value.to_string())),
            false => Cow::Borrowed(json),
        }
    }

    /// What was found of the subject of a condition, as JSON text; none where nothing was, or where it is not known.
    pub(in crate::report) fn found(&self, subject: &Subject, found: &Found<'_>) -> Option<String> {
        of_found(found).map(|json| self.value(subject, json))
    }

    /// A value of the subject of a condition, as JSON text.
    pub(in crate::report) fn value(&self, subject: &Subject, json: String) -> String {
        match self.hides(subject) {
            true => Value::from(MASK).to_string(),
            false => self.json(&json).into_owned(),
        }
    }

    /// The operand of a condition, as JSON text. Whether something is there is no secret.
    pub(in crate::report) fn operand(&self, condition: &Condition, json: String) -> String {
        match condition.predicate {
            Predicate::Exists(_) => json,
            _ => self.value(&condition.subject, json),
        }
    }

    /// The pattern that a condition asks for.
    pub(in crate::report) fn pattern<'t>(
        &self,
        condition: &Condition,
        source: &'t str,
    ) -> Cow<'t, str> {
        match self.hides(&condition.subject) {
            true => Cow::Borrowed(MASK),
            false => self.text(source),
        }
    }

    /// A call without the secrets in its arguments.
    pub(in crate::report) fn record<'r>(&self, record: &Record<'r>) -> Record<'r> {
        let mut record = record.clone();
        if let Some(json) = record.arguments.json() {
            let masked = self.json(json).into_owned();
            record.arguments = RecordArguments::Json(Cow::Owned(masked));
        }
        record
    }

    /// Says no values of secrets in the words of a statement.
    pub fn mask_statement(&self, statement: &mut Statement) {
        match self.are_shown {
            true => statement.hidden.clear(),
            false => statement.hide(|name| self.named.contains(name)),
        }
    }

    /// A text without what looks like a credential.
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let found = if self.are_shown { Vec::new() } else { disclosed(text) };
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let (mut masked, mut at) = (String::new(), 0);
        for Disclosed { span, .. } in found {
            // One may reach into another.
            if span.start >= at {
                masked = masked + &text[at..span.start] + MASK;
            }
            at = at.max(span.end);
        }
        Cow::Owned(masked + &text[at..])
    }

    /// Takes the secrets out of a value, and says whether there were some.
    pub(in crate::report) fn mask(&self, value: &mut Value) -> bool {
        match value {
            _ if self.are_shown => false,
            Value::Object(fields) => {
                let mut was_masked = false;
                let masked = std::mem::take(fields).into_iter().map(|(name, mut value)| {
                    let is_secret = self.is_named(&name) && !value.is_null() && !value.is_boolean();
                    if is_secret {
                        value = MASK.into();
                    }
                    let shown = self.text(&name);
                    was_masked |= is_secret || self.mask(&mut value) || *shown != name;
                    (shown.into_owned(), value)
                });
                *fields = masked.collect();
                was_masked
            }
            Value::Array(elements) => {
                let mut was_masked = false;
                for element in elements {
                    was_masked |= self.mask(element);
                }
                was_masked
            }
            Value::String(text) => {
                let masked = match self.text(text) {
                    Cow::Owned(masked) => Some(masked),
                    Cow::Borrowed(_) => None,
                };
                let was_masked = masked.is_some();
                masked.into_iter().for_each(|masked| *text = masked);
                was_masked
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(json: &str) -> String {
        Secrets::new(["pin".to_owned()], false).json(json).into_owned()
    }

    #[test]
    fn what_is_called_like_a_secret_or_looks_like_one_is_not_shown_at_any_depth() {
        for (json, shown) in [
            (r#"{"password":"hunter2"}"#, r#"{"password":"***"}"#),
            (r#"{"a":[{"pin":1234}]}"#, r#"{"a":[{"pin":"***"}]}"#),
            (r#"{"api_key":["x"],"n":1}"#, r#"{"api_key":"***","n":1}"#),
            (
                r#"{"q":"use ghp_x7Kq2mZp9LwT4vBn8RsY1cUd6HfJ3gAe5oXi now"}"#,
                r#"{"q":"use *** now"}"#,
            ),
            (r#"{"ghp_x7Kq2mZp9LwT4vBn8RsY1cUd6HfJ3gAe5oXi":1}"#, r#"{"***":1}"#),
            (r#"{"password":null,"n": 1.0}"#, r#"{"password":null,"n": 1.0}"#),
            (r#"{"n":1e400}"#, r#""***""#),
        ] {
            assert_eq!(masked(json), shown);
        }
        let all = Secrets::new(["pin".to_owned()], true);
        assert_eq!(all.json(r#"{"password":"hunter2"}"#), r#"{"password":"hunter2"}"#);
    }
}

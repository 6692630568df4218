//! Arguments that choose what a tool does.

use std::collections::BTreeSet;

use serde_json::Value;

use super::argument::{Holds, Signal};
use super::category::Category;
use super::classify::{Subject, classify};
use super::holds::Held;
use super::name::split;
use super::record::Tool;
use super::schema::{Property, choices};
use super::words::is_report;

/// The last words of the names of arguments that choose what is done, whatever else they may hold.
const NAMES: [&str; 7] = ["method", "action", "operation", "op", "command", "verb", "mode"];

/// An argument that chooses among actions, some of which are dangerous.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The keys that lead to it.
    pub path: Vec<String>,
    /// The values that do harm which nobody can simply undo, with what they do.
    pub dangerous: Vec<(String, Category)>,
    /// The other values.
    pub harmless: Vec<String>,
    /// Whether the server refuses calls without it.
    pub required: bool,
}

impl Tool {
    /// The choices of what it does, as its schema lists them, of which some are dangerous.
    pub fn methods(&self) -> Vec<Method> {
        let held = self.holding(|held| held.what == Holds::Method).into_iter();
        let named = self.arguments.iter().flatten().map(|(name, _)| vec![name.clone()]);
        let named = named.filter(|path| is_named(path));
        let paths: BTreeSet<Vec<String>> = held.map(|(path, _)| path).chain(named).collect();
        paths.into_iter().filter_map(|path| method(self, path)).collect()
    }

    /// The choices of what it does that alone make it as dangerous as it is. None where its name says as
    /// much, or it pays.
    pub fn worst_choices(&self) -> Vec<Method> {
        let is_worst = |(_, category): &(String, Category)| *category >= self.category;
        if self.category != Category::Destructive || self.named_category() >= Some(self.category) {
            return Vec::new();
        }
        let methods = self.methods().into_iter();
        methods.filter(|method| method.dangerous.iter().any(is_worst)).collect()
    }

    /// What its name alone says that it does, if that has a verb that is known.
    pub fn named_category(&self) -> Option<Category> {
        let verdict = classify(&Subject::named(&self.name));
        (verdict.confidence >= 0.5).then_some(verdict.category)
    }

    /// Whether more than a guess says that it does harm which nobody can simply undo: a person, the verb of
    /// its name, or what its arguments take.
    pub fn surely_harms(&self) -> bool {
        match self.category {
            _ if !self.is_guess() => true,
            Category::Read | Category::Write => false,
            // A statement may be one that the server lets only read.
            Category::Execute => {
                let is_run = |(_, held): &(_, Held)| held.what != Holds::Sql;
                self.has_signal(Signal::FreeformCode) && self.carriers().iter().any(is_run)
            }
            category => self.named_category() == Some(category) || !self.methods().is_empty(),
        }
    }

    /// Whether no verb that is known says that a tool does what it was taken for: it runs something only
    /// because nothing says what it does, or its server claims that it only reads and its name does not
    /// say otherwise.
    pub fn is_mere_suspicion(&self) -> bool {
        let named = self.named_category();
        let runs = self.category == Category::Execute && named.is_none();
        let may_read = self.claims_read_only() && (named < Some(self.category) || self.reports());
        self.is_guess() && !self.surely_harms() && (runs || may_read)
    }

    /// Whether its name ends with something that is read: `run_report`, `execute_query`.
    fn reports(&self) -> bool {
        let last = split(&self.name).pop();
        last.is_some_and(|word| is_report(&word) || ["query", "read"].contains(&&*word))
    }

    /// The arguments that surely carry what is run: none of which the schema lists the values, or that is
    /// no text, does.
    pub fn carriers(&self) -> Vec<(Vec<String>, Held)> {
        let mut carriers = self.holding(|held| held.what.is_run());
        carriers.retain(|(path, _)| match self.property(path) {
            Property::Known(schema) => choices(schema).is_none() && may_be_text(schema),
            _ => true,
        });
        carriers
    }

    /// The arguments that surely hold something, by the keys that lead to them.
    pub fn holding(&self, wanted: impl Fn(&Held) -> bool) -> Vec<(Vec<String>, Held)> {
        let held = self.held_arguments().into_iter();
        held.filter(|(_, held)| held.is_fair() && wanted(held))
            .map(|(name, held)| (self.keys(name), held))
            .collect()
    }

    /// The keys of an argument within objects, which is named with dots; one that the tool has by that
    /// very name is no other.
    fn keys(&self, name: &str) -> Vec<String> {
        match self.argument(name) {
            Some(_) => vec![name.to_owned()],
            None => name.split('.').map(str::to_owned).collect(),
        }
    }
}

/// Whether a name says that an argument chooses what is done.
fn is_named(path: &[String]) -> bool {
    let last = path.last().and_then(|name| split(name).pop());
    last.is_some_and(|word| NAMES.contains(&&*word))
}

/// Whether a value of a schema may be a text, or have one in it.
fn may_be_text(schema: &Value) -> bool {
    let of_no_text =
        |kind: &Value| matches!(kind.as_str(), Some("number" | "integer" | "boolean" | "null"));
    match schema.get("type") {
        Some(Value::Array(kinds)) => !kinds.iter().all(of_no_text),
        Some(kind) => !of_no_text(kind),
        None => true,
    }
}

fn method(tool: &Tool, path: Vec<String>) -> Option<Method> {
    let Property::Known(schema) = tool.property(&path) else { return None };
    let is_named = is_named(&path);
    let (mut dangerous, mut harmless) = (Vec::new(), Vec::new());
    for value in choices(schema)?.into_iter().filter_map(Value::as_str) {
        let verdict = classify(&Subject::named(value));
        // That a review may request changes runs nothing.
        let counts = verdict.category > Category::Execute || is_named;
        // Who decided what the tool does has seen its choices.
        let is_graver = !tool.is_guess() && verdict.category > tool.category;
        match verdict.confidence >= 0.5 && verdict.category.is_dangerous() && counts && !is_graver {
            true => dangerous.push((value.to_owned(), verdict.category)),
            false => harmless.push(value.to_owned()),
        }
    }
    let required =
        path.len() == 1 && tool.argument(&path[0]).is_some_and(|argument| argument.required);
    (!dangerous.is_empty()).then_some(Method { path, dangerous, harmless, required })
}

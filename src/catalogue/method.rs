//! Arguments that choose what a tool does.

use serde_json::Value;

use super::argument::Holds;
use super::category::Category;
use super::classify::{Subject, classify};
use super::holds::Held;
use super::name::split;
use super::record::Tool;
use super::schema::Property;

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
        let paths = self.holding(|held| held.what == Holds::Method).into_iter();
        paths.filter_map(|(path, _)| method(self, path)).collect()
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

fn method(tool: &Tool, path: Vec<String>) -> Option<Method> {
    const NAMES: [&str; 7] = ["method", "action", "operation", "op", "command", "verb", "mode"];
    let Property::Known(schema) = tool.property(&path) else { return None };
    let last = path.last().map(|name| split(name))?;
    let is_named = last.last().is_some_and(|word| NAMES.contains(&&**word));
    let (mut dangerous, mut harmless) = (Vec::new(), Vec::new());
    for value in schema.get("enum")?.as_array()?.iter().filter_map(Value::as_str) {
        let verdict = classify(&Subject::named(value));
        // That a review may request changes runs nothing.
        let counts = verdict.category > Category::Execute || is_named;
        match verdict.confidence >= 0.5 && verdict.category.is_dangerous() && counts {
            true => dangerous.push((value.to_owned(), verdict.category)),
            false => harmless.push(value.to_owned()),
        }
    }
    let required =
        path.len() == 1 && tool.argument(&path[0]).is_some_and(|argument| argument.required);
    (!dangerous.is_empty()).then_some(Method { path, dangerous, harmless, required })
}

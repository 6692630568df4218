//! The records of the catalogue: servers, their tools, and how dangerous each tool is.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::argument::{Argument, ArgumentType, Arguments, Signal};
use super::category::{Category, Severity, Vocabulary};
use super::holds::{self, Company, Held, HeldArguments};
use super::schema::{self, Property};

/// What a tool makes possible in the company of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Capability {
    /// It reads what is not for everybody.
    PrivateData,
    /// It reads what strangers may have written.
    UntrustedContent,
    /// It sends something to whom the caller chooses.
    WayOut,
}

impl Vocabulary for Capability {
    const ALL: &'static [Capability] =
        &[Capability::PrivateData, Capability::UntrustedContent, Capability::WayOut];

    fn word(self) -> &'static str {
        match self {
            Capability::PrivateData => "private-data",
            Capability::UntrustedContent => "untrusted-content",
            Capability::WayOut => "way-out",
        }
    }
}

/// What a tool makes possible, each with what told it.
pub type Capabilities = BTreeMap<Capability, String>;

/// What a server says about its tool: the hints of MCP's `ToolAnnotations`
/// (<https://modelcontextprotocol.io/specification/2025-06-18/schema#toolannotations>). They are
/// claims, not facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Annotations {
    /// The tool does not change its environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_only_hint: Option<bool>,
    /// The tool may delete or overwrite, not only add.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destructive_hint: Option<bool>,
    /// Calling it again with the same arguments changes nothing more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotent_hint: Option<bool>,
    /// It reaches an open world of things, such as the web.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_world_hint: Option<bool>,
}

impl Annotations {
    /// Whether the server claims that the tool only reads. MCP's default is that it does not.
    pub fn claims_read_only(&self) -> bool {
        self.read_only_hint == Some(true)
    }

    /// Whether the tool may destroy by what the server says. MCP's default for a tool that is
    /// not read-only is that it may.
    pub fn may_destroy(&self) -> bool {
        !self.claims_read_only() && self.destructive_hint != Some(false)
    }
}

/// A claim of a server about its tool that the tool's category contradicts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contradiction {
    /// `readOnlyHint` is true and the tool does more than read.
    NotReadOnly,
    /// `destructiveHint` is false and the tool destroys.
    Destroys,
}

/// One tool of a server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// Its name, as `tools/list` spells it.
    pub name: String,
    /// What it does to the world.
    pub category: Category,
    /// How bad a careless call can be; may differ from the category's class.
    pub severity: Severity,
    /// How sure the category is: 1.0 when a person decided, less when it was guessed.
    #[serde(default = "certain")]
    pub confidence: f64,
    /// Why the category was given, one fact each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// Its arguments; `None` when nothing is known about them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arguments: Option<Arguments>,
    /// What the JSON Schema of its arguments says of values, without words for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<serde_json::Value>,
    /// What its arguments hold, where a person said it or the description was needed to tell.
    #[serde(default, skip_serializing_if = "HeldArguments::is_empty")]
    pub holds: HeldArguments,
    /// What it makes possible in the company of others, where a person said it or the description was
    /// needed to tell; each with what told it.
    #[serde(default, skip_serializing_if = "Capabilities::is_empty")]
    pub capabilities: Capabilities,
    /// What its arguments make possible, in the order of [`Signal`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Signal>,
    /// The server's claims about it; `None` when it makes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Annotations>,
    /// Why a person decided as the record says, where that is not plain from the tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Tool {
    /// An argument by its name. `None` also when nothing is known about the arguments.
    pub fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.as_ref()?.get(name)
    }

    /// What its schema says of an argument, by the keys that lead to it. Without a schema only the outermost
    /// is known, and of one that names no arguments, nothing is.
    pub fn property(&self, path: &[String]) -> Property<'_> {
        let is_named =
            |arguments: &Arguments| path.first().is_some_and(|key| arguments.contains_key(key));
        match (&self.schema, &self.arguments) {
            (Some(schema), _) => schema::property(schema, path),
            (None, Some(arguments)) if !arguments.is_empty() && !is_named(arguments) => {
                Property::Absent { depth: 0, closed: false, within: &serde_json::Value::Null }
            }
            _ => Property::Open,
        }
    }

    /// What an argument holds, by the keys that lead to it: what the record says, else a guess.
    pub fn held(&self, path: &[String]) -> Option<Held> {
        if let Some(held) = self.holds.get(&path.join(".")) {
            return Some(held.clone());
        }
        let company = Company::new(self.words());
        holds::guess(&self.argument_at(path)?, &company, self.category)
    }

    /// The names of the tool and of its arguments.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let names = self.arguments.iter().flatten().map(|(name, _)| &**name);
        names.chain([&*self.name])
    }

    /// What its arguments hold, by name; those of which nothing tells it are left out.
    pub fn held_arguments(&self) -> BTreeMap<&str, Held> {
        let outer = self.arguments.iter().flatten().map(|(name, _)| &**name);
        let names: BTreeSet<&str> = outer.chain(self.holds.keys().map(String::as_str)).collect();
        let held = |name: &str| {
            let said = self.holds.get(name).cloned();
            said.or_else(|| self.held(&[name.to_owned()]))
        };
        names.into_iter().filter_map(|name| Some((name, held(name)?))).collect()
    }

    /// An argument by the keys that lead to it, with what is known of it.
    fn argument_at<'a>(&'a self, path: &'a [String]) -> Option<holds::Argument<'a>> {
        let (name, outer) = path.split_last()?;
        let mut schema = self.schema.as_ref();
        for key in outer.iter().chain([name]) {
            schema = schema.and_then(|schema| schema.get("properties")?.get(key));
        }
        let listed = self.argument(name).filter(|_| outer.is_empty());
        let kind = listed.map_or_else(|| schema.and_then(type_of), |argument| argument.kind);
        Some(holds::Argument { name, kind, schema })
    }

    /// Whether the category was guessed from the name and the like, not decided by a person.
    pub fn is_guess(&self) -> bool {
        self.confidence < 1.0
    }

    /// Whether the tool's arguments make something possible.
    pub fn has_signal(&self, signal: Signal) -> bool {
        self.signals.contains(&signal)
    }

    /// Whether the server claims that it only reads.
    pub fn claims_read_only(&self) -> bool {
        self.annotations.as_ref().is_some_and(Annotations::claims_read_only)
    }

    /// The server's claim that the category contradicts, if there is one.
    pub fn contradiction(&self) -> Option<Contradiction> {
        let claims = self.annotations.as_ref()?;
        if claims.claims_read_only() && self.category > Category::Read {
            return Some(Contradiction::NotReadOnly);
        }
        let denies = claims.destructive_hint == Some(false);
        (denies && self.category == Category::Destructive).then_some(Contradiction::Destroys)
    }

    /// This record with the facts that it leaves open taken from an older one, so that a user
    /// who overrides a category need not repeat the arguments.
    pub(super) fn completed_by(mut self, older: Tool) -> Tool {
        if self.arguments.is_none() {
            self.schema = self.schema.or(older.schema);
        }
        self.arguments = self.arguments.or(older.arguments);
        self.annotations = self.annotations.or(older.annotations);
        if self.signals.is_empty() {
            self.signals = older.signals;
        }
        if self.capabilities.is_empty() {
            self.capabilities = older.capabilities;
        }
        for (argument, held) in older.holds {
            self.holds.entry(argument).or_insert(held);
        }
        self
    }
}

/// A server and its tools.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Its name, such as `octopusdeploy/mcp-server`.
    #[serde(rename = "server")]
    pub name: String,
    /// Its name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The package that it is installed from, with the registry before it: `npm:@playwright/mcp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
    /// The version that the record is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The day on which its tools were listed, such as `2026-11-27`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The address of its source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// What it is called elsewhere, such as in the registry of MCP.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Its tools; no name stands twice.
    pub tools: Vec<Tool>,
}

impl Server {
    /// A tool by its exact name; MCP tells upper from lower case.
    pub fn tool(&self, name: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.name == name)
    }

    /// Whether a person decided on every tool of it.
    pub fn is_reviewed(&self) -> bool {
        !self.tools.is_empty() && !self.tools.iter().any(Tool::is_guess)
    }

    /// Takes over a newer record tool by tool. A tool keeps the arguments, annotations and signals
    /// that the newer one leaves open.
    pub(super) fn override_tools(&mut self, newer: Server) {
        let facts = [
            (&mut self.title, newer.title),
            (&mut self.package, newer.package),
            (&mut self.version, newer.version),
            (&mut self.date, newer.date),
            (&mut self.repository, newer.repository),
        ];
        for (fact, newer) in facts.into_iter().filter(|(_, newer)| newer.is_some()) {
            *fact = newer;
        }
        self.aliases.extend(newer.aliases);
        self.aliases.sort_unstable();
        self.aliases.dedup();
        for tool in newer.tools {
            match self.tools.iter_mut().find(|older| older.name == tool.name) {
                Some(slot) => *slot = tool.completed_by(slot.clone()),
                None => self.tools.push(tool),
            }
        }
    }
}

fn type_of(schema: &serde_json::Value) -> Option<ArgumentType> {
    schema.get("type")?.as_str().and_then(ArgumentType::of_word)
}

fn certain() -> f64 {
    1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling_is_that_of_serde<T: Vocabulary + Serialize>() {
        for value in T::ALL {
            let json = serde_json::to_value(value).unwrap();
            assert_eq!(json.as_str(), Some(value.word()));
            assert!(T::of_word(value.word()).is_some());
        }
    }

    #[test]
    fn words_are_spelt_alike_in_files_and_in_messages() {
        spelling_is_that_of_serde::<Category>();
        spelling_is_that_of_serde::<Severity>();
        spelling_is_that_of_serde::<Signal>();
        spelling_is_that_of_serde::<ArgumentType>();
        spelling_is_that_of_serde::<crate::catalogue::Holds>();
        spelling_is_that_of_serde::<Capability>();
    }

    fn tool(category: Category, annotations: &str) -> Tool {
        let json = format!(
            r#"{{"name": "t", "category": "{category}", "severity": "low", "annotations": {annotations}}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn only_claims_that_are_made_are_contradicted() {
        let reads = tool(Category::Destructive, r#"{"readOnlyHint": true}"#);
        assert_eq!(reads.contradiction(), Some(Contradiction::NotReadOnly));
        let keeps = tool(Category::Destructive, r#"{"destructiveHint": false}"#);
        assert_eq!(keeps.contradiction(), Some(Contradiction::Destroys));
        assert_eq!(tool(Category::Execute, r#"{"destructiveHint": false}"#).contradiction(), None);
        assert_eq!(tool(Category::Destructive, "{}").contradiction(), None);
    }

    #[test]
    fn a_missing_destructive_hint_counts_as_true_unless_the_tool_is_read_only() {
        assert!(Annotations::default().may_destroy());
        let read_only = Annotations { read_only_hint: Some(true), ..Annotations::default() };
        assert!(!read_only.may_destroy());
    }
}

//! Two policies compared for all calls: the protections that one has and the other lacks.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::catalogue::Server;
use crate::policy::Policy;
use crate::solver::{Budget, Evidence, Lost, Shape, Version, lost_both_ways, lost_overall};

/// What two policies let pass, compared for all calls.
#[derive(Clone, Debug)]
pub struct AccessChanges<'p> {
    /// What changes, tool by tool; tools for which it is proved that nothing does are left out.
    pub tools: Vec<ToolChange<'p>>,
    /// How many tools were asked about by name.
    pub asked: usize,
    /// How many of them have an input schema that restricts the calls.
    pub restricted: usize,
    /// The server whose schemas they are.
    pub server: Option<String>,
    /// Whether just one of the policies forwards calls whose arguments are no object.
    pub forwards_unreadable: bool,
}

/// What changes for the calls of one tool.
#[derive(Clone, Debug)]
pub struct ToolChange<'p> {
    /// Which tool.
    pub tool: ToolName,
    /// The protections of the old policy that the new one lacks.
    pub loosened: Vec<Lost<'p>>,
    /// The protections of the new policy that the old one lacks.
    pub tightened: Vec<Lost<'p>>,
}

/// Which tool a change is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolName {
    /// One that a policy or the catalogue names.
    Named(String),
    /// Any that nobody names; this name stands for all of them.
    Other(String),
    /// All tools together, where they share a limit.
    All,
}

/// What is known of the tools' arguments.
#[derive(Clone, Debug, Default)]
pub struct Shapes {
    /// The server that they are from.
    pub server: Option<String>,
    tools: HashMap<String, Option<Shape>>,
}

/// What there is to say of one direction: is access loosened, or tightened?
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Certainty {
    /// It is proved that it is not.
    No,
    /// It cannot be told.
    Maybe,
    /// A call, or a burst of calls, shows it.
    Yes,
}

impl Shapes {
    /// What a server says of its tools.
    pub fn of_server(server: &Server) -> Shapes {
        let tools = server.tools.iter().map(|tool| (tool.name.clone(), Shape::of_tool(tool)));
        Shapes { server: Some(server.name.clone()), tools: tools.collect() }
    }

    /// The names of the tools of the server.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tools.keys().map(String::as_str)
    }

    /// What is known of the arguments of a tool.
    pub fn of(&self, tool: &str) -> &Shape {
        static ANY: LazyLock<Shape> = LazyLock::new(Shape::any);
        self.tools.get(tool).and_then(Option::as_ref).unwrap_or(&ANY)
    }
}

impl<'p> AccessChanges<'p> {
    /// Compares two policies.
    pub fn new(old: &'p Policy, new: &'p Policy, shapes: &Shapes, budget: &Budget) -> Self {
        let (old, new) = (Version::new(old), Version::new(new));
        let names = names(&old, &new, shapes);
        let other = unused_name(&names);
        let all: Vec<(&str, &Shape)> = names
            .iter()
            .map(|name| (*name, shapes.of(name)))
            .chain([(other.as_str(), shapes.of(&other))])
            .collect();
        let mut tools: Vec<ToolChange<'p>> = all
            .iter()
            .map(|(name, shape)| {
                let [loosened, tightened] = lost_both_ways(&old, &new, name, shape, budget);
                let tool = match *name == other {
                    true => ToolName::Other(other.clone()),
                    false => ToolName::Named((*name).to_owned()),
                };
                ToolChange { tool, loosened, tightened }
            })
            .collect();
        tools.push(ToolChange {
            tool: ToolName::All,
            loosened: lost_overall(&old, &new, &all, budget),
            tightened: lost_overall(&new, &old, &all, budget),
        });
        tools.retain(|change| !change.loosened.is_empty() || !change.tightened.is_empty());
        AccessChanges {
            asked: names.len(),
            restricted: names
                .iter()
                .filter(|name| shapes.tools.get(**name).is_some_and(Option::is_some))
                .count(),
            server: shapes.server.clone(),
            forwards_unreadable: old.policy.semantics.unreadable != new.policy.semantics.unreadable,
            tools,
        }
    }

    /// Whether access is loosened at all.
    pub fn loosens(&self) -> Certainty {
        self.tools.iter().map(ToolChange::loosens).max().unwrap_or(Certainty::No)
    }

    /// Whether access is tightened at all.
    pub fn tightens(&self) -> Certainty {
        self.tools.iter().map(ToolChange::tightens).max().unwrap_or(Certainty::No)
    }

    /// Whether something changes, and only for calls whose arguments are no object.
    pub fn is_unread_only(&self) -> bool {
        let mut lost =
            self.tools.iter().flat_map(|tool| tool.loosened.iter().chain(&tool.tightened));
        !self.tools.is_empty() && lost.all(|lost| lost.evidence.is_unread())
    }

    /// How many tools are loosened with this certainty.
    pub fn loosened(&self, certainty: Certainty) -> usize {
        self.tools.iter().filter(|change| change.loosens() == certainty).count()
    }

    /// How many tools are tightened with this certainty.
    pub fn tightened(&self, certainty: Certainty) -> usize {
        self.tools.iter().filter(|change| change.tightens() == certainty).count()
    }
}

impl ToolChange<'_> {
    /// Whether access is loosened.
    pub fn loosens(&self) -> Certainty {
        certainty(&self.loosened)
    }

    /// Whether access is tightened.
    pub fn tightens(&self) -> Certainty {
        certainty(&self.tightened)
    }
}

fn certainty(lost: &[Lost<'_>]) -> Certainty {
    let of = |lost: &Lost<'_>| match lost.evidence {
        Evidence::Unknown(_) => Certainty::Maybe,
        Evidence::Call(_) | Evidence::Burst(_) => Certainty::Yes,
    };
    lost.iter().map(of).max().unwrap_or(Certainty::No)
}

/// The names to ask about: those of the new policy in their order, then those that only the old
/// one has, then those that only the catalogue has.
fn names<'a>(old: &Version<'a>, new: &Version<'a>, shapes: &'a Shapes) -> Vec<&'a str> {
    let mut catalogued: Vec<&str> = shapes.names().collect();
    catalogued.sort_unstable();
    let mut seen = HashSet::new();
    let all = new.names().chain(old.names()).chain(catalogued);
    all.filter(|name| seen.insert(*name)).collect()
}

/// A name that nobody uses.
fn unused_name(names: &[&str]) -> String {
    let mut name = "any_other_tool".to_owned();
    while names.contains(&name.as_str()) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::read;
    use crate::source::Document;

    fn policy(json: &str) -> Policy {
        let reading = read(&Document::read("p.json", json.as_bytes().to_vec()), None);
        assert!(!reading.is_refused(), "{:?}", reading.defects);
        reading.policy.unwrap()
    }

    fn changes(old: &str, new: &str) -> Vec<(String, Certainty, Certainty)> {
        let (old, new) = (policy(old), policy(new));
        let found = AccessChanges::new(&old, &new, &Shapes::default(), &Budget::new(None));
        let name = |tool: &ToolName| match tool {
            ToolName::Named(name) => name.clone(),
            ToolName::Other(_) => "(other)".to_owned(),
            ToolName::All => "(all)".to_owned(),
        };
        let tools = found.tools.iter();
        tools.map(|tool| (name(&tool.tool), tool.loosens(), tool.tightens())).collect()
    }

    #[test]
    fn default_and_hide_decide_for_named_and_other_tools() {
        let deny = r#"{"version": "1", "default": "deny", "tools": {"a": {}}}"#;
        let allow = r#"{"version": "1", "default": "allow", "hide": ["a"]}"#;
        assert_eq!(changes(deny, deny), []);
        assert_eq!(
            changes(deny, allow),
            [
                ("a".into(), Certainty::No, Certainty::Yes),
                ("(other)".into(), Certainty::Yes, Certainty::No)
            ]
        );
    }

    #[test]
    fn a_limit_on_all_tools_is_kept_by_limits_on_each_only_if_their_sum_is() {
        let limited = |tools: &str, all: &str| {
            format!(
                r#"{{"version": "1", "default": "deny", "all_tools": {{"limits": [{all}]}}, "tools": {{{tools}}}}}"#
            )
        };
        let limit = |name: &str, window: &str, max: i64| {
            format!(
                r#"{{"counter": "{name}", "window": "{window}", "max": {max}, "scope": "grant"}}"#
            )
        };
        let tool = |name: &str, max: i64| {
            format!(r#""{name}": {{"limits": [{}]}}"#, limit("own", "minute", max))
        };
        let old = limited(r#""a": {}, "b": {}"#, &limit("all", "minute", 10));
        let kept = limited(&[tool("a", 6), tool("b", 4)].join(","), "");
        let lost = limited(&[tool("a", 6), tool("b", 5)].join(","), "");
        let loosened = |found: Vec<(String, Certainty, Certainty)>| -> Vec<String> {
            found.into_iter().filter(|tool| tool.1 != Certainty::No).map(|tool| tool.0).collect()
        };
        assert_eq!(loosened(changes(&old, &kept)), [""; 0]);
        assert_eq!(loosened(changes(&old, &lost)), ["(all)"]);
    }
}

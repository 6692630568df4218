//! The tools that a statement is about.

use std::collections::BTreeSet;

use regex::Regex;

use crate::catalogue::Category;
use crate::policy::{CallKind, Policy};
use crate::solver::{Shapes, Version};

/// The tools that a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tools {
    /// Those of one of these names, in which `*` stands for any text.
    Named(Vec<String>),
    /// Those of one of these categories.
    Of(Vec<Category>),
    /// Those that the policy does not name.
    Unnamed,
}

/// What the names of tools begin with that nobody has reviewed and that are of a category.
const STEMS: [(Category, &str); 5] = [
    (Category::Read, "get_"),
    (Category::Write, "create_"),
    (Category::Execute, "run_"),
    (Category::Destructive, "delete_"),
    (Category::Financial, "pay_"),
];

/// The tools that a policy or a server speaks of.
#[derive(Debug)]
pub(super) struct Known<'k> {
    policy: &'k Policy,
    shapes: &'k Shapes,
    /// Those that the policy speaks of, or that its agent has.
    own: BTreeSet<&'k str>,
    /// These and those of the server.
    pub(super) names: BTreeSet<&'k str>,
}

impl<'k> Known<'k> {
    pub(super) fn new(version: &Version<'k>, shapes: &'k Shapes) -> Known<'k> {
        let own: BTreeSet<&str> = version.names().collect();
        let names = own.iter().copied().chain(shapes.names()).collect();
        Known { policy: version.policy, shapes, own, names }
    }

    /// The known tools that are meant.
    pub(super) fn meant(&self, tools: &Tools) -> Vec<&'k str> {
        let patterns: Vec<Regex> = match tools {
            Tools::Named(names) => names.iter().map(|name| tool_pattern(name)).collect(),
            Tools::Of(_) | Tools::Unnamed => Vec::new(),
        };
        let is_meant = |name: &&str| match tools {
            Tools::Named(_) => patterns.iter().any(|pattern| pattern.is_match(name)),
            Tools::Of(categories) => categories.contains(&self.category(name)),
            Tools::Unnamed => !self.is_own(name),
        };
        self.names.iter().copied().filter(is_meant).collect()
    }

    /// Names that are meant and that nobody speaks of: one stands for all that are alike.
    pub(super) fn others(&self, tools: &Tools) -> Vec<String> {
        let mut found: Vec<String> = match tools {
            Tools::Named(names) => {
                let is_new = |name: &&String| !self.names.contains(name.as_str());
                let name = |name: &String| match name.contains('*') {
                    true => self.unused(name),
                    false => Some(name.clone()).filter(|name| is_new(&name)),
                };
                names.iter().filter_map(name).collect()
            }
            Tools::Of(categories) => {
                let is_of = |(category, _): &&(Category, &str)| categories.contains(category);
                let stems = STEMS.iter().filter(is_of);
                stems.filter_map(|(_, stem)| self.unused(&format!("{stem}*"))).collect()
            }
            Tools::Unnamed => {
                let server = self.policy.permissions.as_ref().map(|own| own.server_tools);
                let of_server = server.map(|names| names.name("x", "") + "*");
                let patterns = of_server.into_iter().chain(["*".to_owned()]);
                patterns.filter_map(|name| self.unnamed(&name)).collect()
            }
        };
        // Two patterns may come to one name.
        found.sort_unstable();
        found.dedup();
        found
    }

    /// A name that a pattern stands for and that nobody speaks of.
    fn unused(&self, pattern: &str) -> Option<String> {
        let name = |length| pattern.replace('*', &"x".repeat(length));
        (1..).map(name).find(|name| !self.names.contains(name.as_str()))
    }

    /// The same of a name that no pattern of the policy stands for either, as far as there is one.
    fn unnamed(&self, pattern: &str) -> Option<String> {
        let stems = ["*", "y*", "other_*"].map(|stem| pattern.replace('*', stem));
        let mut names = stems.iter().filter_map(|stem| self.unused(stem));
        names.find(|name| !self.is_own(name)).or_else(|| self.unused(pattern))
    }

    /// Whether the policy names a tool.
    fn is_own(&self, name: &str) -> bool {
        match &self.policy.permissions {
            Some(permissions) => permissions.names_tool(name),
            None => self.own.contains(name),
        }
    }

    /// The known tools whose categories are guessed, where a statement is about categories.
    pub(super) fn guessed(&self, tools: &Tools) -> Vec<&'k str> {
        let is_guess = |name: &&str| is_guess(tools, name, self.policy, self.shapes);
        self.names.iter().copied().filter(is_guess).collect()
    }

    /// What a tool does to the world: what it is to its agent, or what its server or else its name says.
    fn category(&self, name: &str) -> Category {
        of_agent(self.policy, name).unwrap_or_else(|| self.shapes.category(name))
    }
}

/// Whether a statement is about categories, and nothing but names says what a tool does: its own, or those of the
/// tools that a server was recognised by.
pub(super) fn is_guess(tools: &Tools, name: &str, policy: &Policy, shapes: &Shapes) -> bool {
    let is_given = || shapes.server.is_some() && !shapes.is_guess(name);
    matches!(tools, Tools::Of(_)) && !is_given() && of_agent(policy, name).is_none()
}

/// What a tool of the policy's agent does: its best known ones, and those that are ruled on as they are.
fn of_agent(policy: &Policy, name: &str) -> Option<Category> {
    let (agent, permissions) = (policy.dialect.agent()?, policy.permissions.as_ref()?);
    let matter = permissions.matters(name).and_then(<[_]>::last).map_or(name, |own| own.name);
    let is_it = |kind: &CallKind| {
        agent.tool_for(*kind).is_some_and(|known| [name, matter].contains(&known.tool))
    };
    Some(match CallKind::ALL.into_iter().find(is_it)? {
        CallKind::Shell => Category::Execute,
        CallKind::Edit => Category::Write,
        CallKind::Read | CallKind::Fetch => Category::Read,
    })
}

/// The names that a pattern stands for.
pub(crate) fn tool_pattern(tools: &str) -> Regex {
    let parts: Vec<String> = tools.split('*').map(regex::escape).collect();
    Regex::new(&format!("(?s)^{}$", parts.join(".*"))).expect("escaped text is a valid pattern")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Subject, classify};

    #[test]
    fn a_star_stands_for_any_text_and_everything_else_for_itself() {
        let is_match = |pattern: &str, name: &str| tool_pattern(pattern).is_match(name);
        assert!(is_match("delete_*", "delete_job") && is_match("delete_*", "delete_"));
        assert!(is_match("*", "") && is_match("a*c", "a\nc") && is_match("a.b", "a.b"));
        assert!(!is_match("a.b", "axb") && !is_match("delete_*", "undelete_job"));
    }

    #[test]
    fn a_name_that_nobody_speaks_of_is_of_the_category_that_it_stands_for() {
        for (category, stem) in STEMS {
            for name in [format!("{stem}x"), format!("{stem}xxx")] {
                assert_eq!(classify(&Subject::named(&name)).category, category, "{name}");
            }
        }
    }
}

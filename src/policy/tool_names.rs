//! The names of tools that permission files and agents speak of.

use std::collections::BTreeSet;

use super::permissions::{PermissionRule, Permissions, SubjectTest};

impl Permissions {
    /// The names of tools that the agent's table or a rule spells out; not those of matters, such as
    /// folders outside of the project.
    pub fn names(&self) -> BTreeSet<&str> {
        let matters = self.tools.iter().flat_map(|tool| tool.matters).map(|matter| matter.name);
        let is_matter = |name: &str| matters.clone().any(|known| known == name);
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for rule in &self.rules {
            match &rule.test {
                SubjectTest::Call(test) => {
                    names.extend(test.tool.named().iter().map(|name| &**name));
                }
                _ => names.extend(rule.name.only().filter(|name| !is_matter(name))),
            }
        }
        names.extend(self.tools.iter().map(|tool| tool.tool));
        if let Some(profile) = self.calls.as_ref().map(|calls| calls.profile) {
            names.extend(profile.shell_tools.iter().chain([&profile.agent_tool.0]));
        }
        names
    }

    /// Whether a rule of a file is about a tool and not about all.
    pub fn names_tool(&self, tool: &str) -> bool {
        let matters = || self.matters(tool).into_iter().flatten().map(|matter| matter.name);
        let is_about = |rule: &PermissionRule| match &rule.test {
            SubjectTest::Call(test) => test.tool.named().iter().any(|name| **name == *tool),
            _ if rule.name.is_all() => false,
            _ => matters().chain([tool]).any(|name| rule.name.matches(name)),
        };
        self.rules.iter().filter(|rule| rule.is_written()).any(is_about)
    }
}

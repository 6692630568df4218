//! Patterns of the names of servers' tools, as rules have them that do not say of which server.

use super::deed::Deed;
use crate::policy::{PermissionRule, Permissions, ServerTools, SubjectTest, ToolTest};

/// A pattern over the name of a server and that of its tool with `_` between them, where `*` is any text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToolNames(String);

/// The names of servers' tools that a rule is about by a pattern; none where it is about one tool or none.
pub(super) fn tool_names(permissions: &Permissions, rule: &PermissionRule) -> Option<ToolNames> {
    if let SubjectTest::Call(test) = &rule.test {
        let is_all = matches!(test.tool, ToolTest::OfServers)
            || (test.tool == ToolTest::Any && test.server.is_none() && test.arguments.is_none());
        return is_all.then(|| ToolNames("*".to_owned()));
    }
    let ServerTools { before, between, .. } = permissions.server_tools;
    let source = rule.name.source();
    let own = match source.strip_prefix(before) {
        Some(own) => own,
        // What begins with a star may begin with what stands before the server, too.
        None if source.starts_with('*') => source,
        None => return None,
    };
    // One character is taken for any text, which forbids no less.
    let own = own.replace('?', "*").replace(between, "_");
    own.contains('*').then_some(ToolNames(own))
}

/// A name of a server or a tool in the letters that every agent keeps.
pub(super) fn plain_name(name: &str) -> String {
    let is_kept = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-');
    name.chars().map(|letter| if is_kept(letter) { letter } else { '_' }).collect()
}

/// What stands behind the name of a server in that of another one which begins alike.
pub(super) const OTHER_SERVER: &str = "_other";

/// Whether two names may be one to an agent.
pub(super) fn is_same_name(one: &str, other: &str) -> bool {
    one == other || plain_name(one) == plain_name(other)
}

impl ToolNames {
    /// The pattern.
    pub fn pattern(&self) -> &str {
        &self.0
    }

    /// What stands before the first star.
    fn beginning(&self) -> &str {
        self.0.split('*').next().unwrap_or_default()
    }

    /// Whether it does not say which server it is about.
    pub fn is_of_any(&self) -> bool {
        !self.beginning().contains('_')
    }

    /// Whether it may be about tools of a server.
    pub(super) fn may_be_of(&self, server: &str) -> bool {
        let (own, beginning) = (format!("{server}_"), self.beginning());
        own.starts_with(beginning) || beginning.starts_with(&own)
    }

    /// The patterns of the names that have another text between a server and its tool.
    pub fn joined(&self, between: &str) -> Vec<String> {
        let parts = self.0.match_indices('_').map(|(at, _)| (&self.0[..at], &self.0[at + 1..]));
        // Next to a star the star may be the rest of what stands between them.
        let ends = parts.filter(|(left, right)| !left.ends_with('*') && !right.starts_with('*'));
        let ends = ends.map(|(left, right)| format!("{left}{between}{right}"));
        std::iter::once(self.0.clone()).chain(ends).collect()
    }

    /// A tool that it is about.
    pub fn sample(&self) -> Option<Deed> {
        let text = self.0.replace('*', "zz");
        let text = match text.contains('_') {
            true => text,
            false if self.0.starts_with('*') => format!("zz_{text}"),
            false if self.0.ends_with('*') => format!("{text}_zz"),
            false => return None,
        };
        let (server, tool) = text.split_once('_')?;
        Some(Deed::of_server(server, tool)).filter(|_| !server.is_empty() && !tool.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_tells_whether_it_may_be_about_a_server() {
        for (pattern, server, may) in [
            ("*_t", "s", true),
            ("octo_re*", "octo", true),
            ("octo_re*", "other", false),
            ("oc*", "octo", true),
            ("*", "s", true),
        ] {
            assert_eq!(ToolNames(pattern.to_owned()).may_be_of(server), may, "{pattern} {server}");
        }
    }

    #[test]
    fn where_the_server_ends_is_looked_for_at_every_joint() {
        let joined = |pattern: &str| ToolNames(pattern.to_owned()).joined("__");
        assert_eq!(joined("*_t"), ["*_t"]);
        assert_eq!(joined("a_b*"), ["a_b*", "a__b*"]);
        assert_eq!(joined("x*"), ["x*"]);
    }

    #[test]
    fn a_pattern_has_a_tool_that_shows_it() {
        let sample = |pattern: &str| ToolNames(pattern.to_owned()).sample();
        assert_eq!(sample("*_t"), Some(Deed::of_server("zz", "t")));
        assert_eq!(sample("x*"), Some(Deed::of_server("xzz", "zz")));
        assert_eq!(sample("*x"), Some(Deed::of_server("zz", "zzx")));
    }
}

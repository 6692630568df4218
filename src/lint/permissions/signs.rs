//! Signs of patterns that an agent reads as themselves.

use super::context::{PermissionContext, WrittenRule};
use crate::policy::{
    Agent, CommandPattern, CommandTest, Origin, PermissionRule, Ruling, SubjectTest,
};

/// A rule with a sign that is itself.
type Literal<'p> = (&'p Origin, Ruling, String, String);

/// The rules of the file that have one.
pub fn literal_signs<'c>(context: &'c PermissionContext<'_>) -> Vec<Literal<'c>> {
    let own = Ruling::ALL.into_iter().flat_map(|ruling| context.own(ruling));
    let found = own.filter_map(|written| {
        let sign = literal_sign(context.agent, &written)?;
        Some((written.origin, written.ruling, written.text().to_owned(), sign))
    });
    found.collect()
}

/// The first sign of a rule that is itself.
pub fn literal_sign(agent: Agent, written: &WrittenRule<'_>) -> Option<String> {
    written.own().find_map(|rule| sign(agent, rule))
}

fn sign(agent: Agent, rule: &PermissionRule) -> Option<String> {
    match (agent, &rule.test) {
        (Agent::ClaudeCode, SubjectTest::Command(CommandTest::Matches(pattern, _))) => {
            in_command(match pattern {
                CommandPattern::Exact(text) | CommandPattern::Prefix(text) => text,
                CommandPattern::Glob(glob) => glob.source(),
            })
        }
        (Agent::ClaudeCode, _) if rule.name.source().starts_with("mcp__") => {
            let name = rule.name.source();
            let at = name.find(['?', '[', '{', '(', '|', '^', '$']).or(name.find(".*"))?;
            Some(name[at..].to_owned())
        }
        (Agent::ClaudeCode, SubjectTest::Path(pattern)) => braces(pattern.source()),
        (Agent::OpenCode, SubjectTest::Text(glob))
            if ["read", "edit"].contains(&rule.name.source()) =>
        {
            braces(glob.source())
        }
        (Agent::Codex, SubjectTest::Anything) => {
            let (tool, _) = rule.text.split_once(" of ").filter(|_| is_tool_list(rule))?;
            tool.contains(['*', '?', '[', '^', '$']).then(|| tool.to_owned())
        }
        (Agent::OpenCode, SubjectTest::Text(glob)) if rule.name.source() == "bash" => {
            in_command(glob.source())
        }
        _ => None,
    }
}

/// Whether a rule of Codex is an element of a list of tools.
fn is_tool_list(rule: &PermissionRule) -> bool {
    rule.text.ends_with(" is disabled")
}

/// A choice in braces, which no agent takes for one.
fn braces(pattern: &str) -> Option<String> {
    let (before, behind) = pattern.split_once('{')?;
    let (choice, _) = behind.split_once('}')?;
    let is_escaped = before.ends_with('\\');
    (choice.contains(',') && !is_escaped).then(|| format!("{{{choice}}}"))
}

/// A sign in the pattern of commands that no command has by itself.
fn in_command(pattern: &str) -> Option<String> {
    let words = pattern.split(' ');
    if let Some(rest) = pattern.strip_prefix('^') {
        return (!rest.is_empty()).then(|| "^".to_owned());
    }
    let is_quoted = pattern.contains(['"', '\'']);
    words.filter(|_| !is_quoted).find_map(|word| {
        let braces = word.find('{').is_some_and(|at| {
            word[at..].find('}').is_some_and(|end| word[at..at + end].contains(','))
        });
        let either = word.contains('|') && word.chars().any(char::is_alphanumeric)
            && !word.contains("||") && !word.starts_with('|') && !word.ends_with('|');
        let flags = word.starts_with("-[") && word.contains(']');
        let range = word.find('[').is_some_and(|at| {
            let rest = &word.as_bytes()[at + 1..];
            matches!(rest, [a, b'-', z, ..] if a.is_ascii_alphanumeric() && z.is_ascii_alphanumeric())
        });
        // Behind a name, as in `mkfs.*`, both are meant as they are read.
        let is_expression = word.starts_with(".*") && !word.contains('/');
        (braces || either || flags || range || is_expression).then(|| word.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_in_braces_is_told() {
        assert_eq!(braces("**/*.{pem,key}").as_deref(), Some("{pem,key}"));
        for pattern in ["src/{name}/*", "a\\{b,c}", "a,b"] {
            assert_eq!(braces(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn signs_are_told_where_no_command_has_them() {
        for pattern in [
            "git {push,pull} *",
            "npm (run|test)",
            "git .*",
            "^git push",
            "ls [a-z]*",
            "rm -[rf]* *",
        ] {
            assert!(in_command(pattern).is_some(), "{pattern}");
        }
        for pattern in [
            "git push *",
            "[ -f *",
            "npm run test:*",
            "ls | wc",
            "rg 'a|b' *",
            "cat *.md",
            "find . -name .*/x",
            "a || b",
            "mkfs.*",
        ] {
            assert_eq!(in_command(pattern), None, "{pattern}");
        }
    }
}

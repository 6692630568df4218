//! The list of rules: what the program brings along, and behind it what the files say.

use super::block::{Block, Value};
use super::merged::Merged;
use super::tools::OUTSIDE;
use crate::policy::folders::{below, relative};
use crate::policy::permissions::{Ground, Origin, PermissionRule, Ruling, SubjectTest, Unsure};
use crate::policy::setting::Setting;
use crate::policy::wildcard::{Wildcard, WildcardSyntax};

const SYNTAX: WildcardSyntax =
    WildcardSyntax { question: true, backslash_is_slash: true, open_end: true };

/// A built-in rule: a name, a pattern, what happens.
type BuiltIn = (&'static str, &'static str, Ruling);

const ALLOW: Ruling = Ruling::Allow;
const ASK: Ruling = Ruling::Ask;
const DENY: Ruling = Ruling::Deny;

/// Where the program keeps long outputs.
const OUTPUTS: &str = "~/.local/share/opencode/tool-output/*";

/// What every agent is given.
const BASE: [BuiltIn; 12] = [
    ("*", "*", ALLOW),
    ("doom_loop", "*", ASK),
    (OUTSIDE, "*", ASK),
    (OUTSIDE, OUTPUTS, ALLOW),
    (OUTSIDE, "/tmp/opencode/*", ALLOW),
    ("question", "*", DENY),
    ("plan_enter", "*", DENY),
    ("plan_exit", "*", DENY),
    ("read", "*", ALLOW),
    ("read", "*.env", ASK),
    ("read", "*.env.*", ASK),
    ("read", "*.env.example", ALLOW),
];

/// Where plans are written, beside the project's own.
const PLANS: &str = "~/.local/share/opencode/plans/*";

/// What single agents are given before the files are heard.
const OF_AGENTS: [(&str, &[BuiltIn]); 7] = [
    ("build", &[("question", "*", ALLOW), ("plan_enter", "*", ALLOW)]),
    (
        "plan",
        &[
            ("question", "*", ALLOW),
            ("plan_exit", "*", ALLOW),
            ("task", "general", DENY),
            (OUTSIDE, PLANS, ALLOW),
            ("edit", "*", DENY),
            ("edit", ".opencode/plans/*.md", ALLOW),
        ],
    ),
    ("general", &[("todowrite", "*", DENY)]),
    (
        "explore",
        &[
            ("*", "*", DENY),
            ("grep", "*", ALLOW),
            ("glob", "*", ALLOW),
            ("list", "*", ALLOW),
            ("bash", "*", ALLOW),
            ("webfetch", "*", ALLOW),
            ("websearch", "*", ALLOW),
            ("read", "*", ALLOW),
            (OUTSIDE, "*", ASK),
            (OUTSIDE, OUTPUTS, ALLOW),
            (OUTSIDE, "/tmp/opencode/*", ALLOW),
        ],
    ),
    ("title", &[("*", "*", DENY)]),
    ("summary", &[("*", "*", DENY)]),
    ("compaction", &[("*", "*", DENY)]),
];

/// The agents that the program asks for a text alone, without any tool.
pub(super) const IDLE: [&str; 3] = ["title", "summary", "compaction"];

/// All rules of all agents, in their order. What is one agent's alone says so by its mode.
pub(super) fn all(merged: &Merged, setting: &Setting, ground: &Ground) -> Vec<PermissionRule> {
    let mut list = List { home: ground.home.as_deref(), rules: Vec::new() };
    BASE.iter().for_each(|rule| list.built_in(rule, None));
    for (agent, rules) in OF_AGENTS {
        rules.iter().for_each(|rule| list.built_in(rule, Some(agent)));
        if agent == "plan" {
            list.plans_of_home(ground);
        }
    }
    list.block(&merged.of_all(), None);
    for (agent, block) in &merged.all_agents() {
        list.block(block, Some(agent));
    }
    list.outputs();
    for (name, pattern, ruling) in &setting.session {
        list.add((name, pattern, *ruling), None, Origin::built_in());
    }
    list.rules
}

struct List<'s> {
    home: Option<&'s str>,
    rules: Vec<PermissionRule>,
}

impl List<'_> {
    fn built_in(&mut self, rule: &BuiltIn, agent: Option<&str>) {
        self.add(*rule, agent, Origin::built_in());
    }

    /// The plans in the home folder, as edits know them: by the way from the project.
    fn plans_of_home(&mut self, ground: &Ground) {
        let Some(home) = self.home else { return };
        let folder = below(home, ".local/share/opencode/plans");
        let way = relative(ground.project.as_deref().unwrap_or("/"), &folder);
        self.add(("edit", &below(&way, "*.md"), ALLOW), Some("plan"), Origin::built_in());
    }

    /// What the program always allows at the end, unless a rule denies just this.
    fn outputs(&mut self) {
        let (pattern, _) = self.expanded(OUTPUTS);
        let denied = self.rules.iter().any(|rule| {
            let names = rule.name.source() == OUTSIDE && rule.ruling == DENY;
            names && matches!(&rule.test, SubjectTest::Text(text) if text.source() == pattern)
        });
        if !denied {
            self.built_in(&(OUTSIDE, OUTPUTS, ALLOW), None);
        }
    }

    fn block(&mut self, block: &Block, agent: Option<&str>) {
        for (name, value) in block.entries() {
            match value {
                Value::Word(ruling, origin) => {
                    self.add((name, "*", *ruling), agent, origin.clone());
                }
                Value::Object(patterns) => {
                    for (pattern, value) in patterns.entries() {
                        if let Value::Word(ruling, origin) = value {
                            self.add((name, pattern, *ruling), agent, origin.clone());
                        }
                    }
                }
            }
        }
    }

    fn add(
        &mut self,
        (name, pattern, ruling): (&str, &str, Ruling),
        agent: Option<&str>,
        origin: Origin,
    ) {
        let (expanded, unsure) = self.expanded(pattern);
        let wildcard = Wildcard::new(&expanded, SYNTAX);
        let word = ruling.name();
        self.rules.push(PermissionRule {
            ruling,
            name: Wildcard::new(name, SYNTAX),
            test: match unsure {
                Some(fact) => SubjectTest::Unsure(wildcard, fact),
                None if wildcard.is_all() => SubjectTest::Anything,
                None => SubjectTest::Text(wildcard),
            },
            modes: agent.map(|agent| vec![agent.into()]),
            rank: 0,
            text: match pattern {
                "*" => format!("{word} {name}").into(),
                _ => format!("{word} {name} `{pattern}`").into(),
            },
            origin,
        });
    }

    /// A pattern with the home folder in it; with `*` where what belongs there is not known.
    fn expanded(&self, pattern: &str) -> (String, Option<Unsure>) {
        let variable = ["{env:", "{file:"].iter().find_map(|start| pattern.find(start));
        if let Some(at) = variable {
            let behind = pattern[at..].find('}').map_or("", |end| &pattern[at + end + 1..]);
            return (format!("{}*{behind}", &pattern[..at]), Some(Unsure::Environment));
        }
        let rest = pattern.strip_prefix("$HOME").or_else(|| match pattern.strip_prefix('~') {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => Some(rest),
            _ => None,
        });
        match (rest, self.home) {
            (None, _) => (pattern.to_owned(), None),
            (Some(rest), Some(home)) => (format!("{home}{rest}"), None),
            (Some(rest), None) => (format!("*{rest}"), Some(Unsure::Home)),
        }
    }
}

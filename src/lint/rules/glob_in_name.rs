use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::context::enumerate;
use crate::lint::finding::{Facts, Findings};
use crate::lint::name::{as_glob, is_pattern};
use crate::lint::permissions::{PermissionContext, literal_signs};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Dialect, Ruling};

rule! {
    /// ## What it does
    /// Finds names in `tools` and `hide` that are written as patterns: `delete_*`, `write_?`, `{get,list}_user`, `^drop_`, `get_.+`, `get_%`. Where the server is known and has a tool of that very name, it is one.
    /// In the permission files of an agent: signs of regular expressions and of globs that the agent reads as themselves (`Bash(git {push,pull})`, `mcp__github__(get|list)_*`, `disabled_tools = ["delete_*"]`).
    /// `*` alone hides every tool in `hide`, and means every listed tool in Intercept's `tools`; under `tools` of version 1 it is a name like any other.
    ///
    /// ## Why is this bad?
    /// Names are exact: `delete_*` is a tool called "delete_*", which no server has. What seems to be hidden or ruled is neither.
    ///
    /// ## Example
    /// ```json
    /// {"hide": ["delete_*"], "tools": {"*": {"limits": [{"counter": "calls", "window": "minute", "max": 60, "scope": "grant"}]}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"hide": ["delete_job", "delete_host"], "all_tools": {"limits": [{"counter": "calls", "window": "minute", "max": 60, "scope": "grant"}]}}
    /// ```
    "glob-in-name", Error, RuleCheck::Both(check, check_permissions)
}

#[derive(Serialize)]
struct GlobInName {
    name: String,
    /// Whether it stands in `hide`.
    hidden: bool,
    /// The tools of the server that the pattern would stand for, if the server is known.
    matches: Vec<String>,
}

impl Facts for GlobInName {
    fn message(&self) -> String {
        let Self { name, hidden, .. } = self;
        let so = if *hidden { "it hides none" } else { "these rules hold for none" };
        format!("`{name}` is no pattern: names are exact and no tool is called so, {so}")
    }

    fn help(&self) -> Option<String> {
        Some(match (&*self.name, self.matches.as_slice()) {
            ("*", _) => {
                "move the limits to `all_tools`; other rules are needed for each tool".to_owned()
            }
            (_, []) => "write the name of each tool that is meant".to_owned(),
            (_, names) => format!("write the name of each tool: {}", enumerate(names)),
        })
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let policy = context.policy;
    let means_all = |name: &str, hidden| name == "*" && (hidden || policy.dialect != Dialect::V1);
    let server = context.server().map(|known| known.server);
    for (name, place, hidden) in context.names() {
        let is_tool = server.is_some_and(|server| server.tool(name).is_some());
        if !is_pattern(name) || means_all(name, hidden) || is_tool {
            continue;
        }
        let glob = server.and_then(|_| compiled(name));
        let tools = server.into_iter().flat_map(|server| &server.tools);
        let matched =
            tools.filter(|tool| glob.as_ref().is_some_and(|glob| glob.is_match(&tool.name)));
        let matches = matched.map(|tool| tool.name.clone()).collect();
        let facts = GlobInName { name: name.to_owned(), hidden, matches };
        findings.add(&RULE, RULE.severity, place, facts);
    }
}

/// The pattern as other programs read it; none if it is too long to be one that somebody wrote.
fn compiled(name: &str) -> Option<GlobSet> {
    const LONGEST: usize = 128;
    let glob =
        (name.len() <= LONGEST).then(|| GlobBuilder::new(&as_glob(name)).build().ok()).flatten()?;
    GlobSetBuilder::new().add(glob).build().ok()
}

#[derive(Serialize)]
struct LiteralSign {
    reason: &'static str,
    /// The rule in the words of its file.
    rule: String,
    /// The sign that is itself.
    sign: String,
}

impl Facts for LiteralSign {
    fn message(&self) -> String {
        let Self { rule, sign, .. } = self;
        format!("`{sign}` in `{rule}` is no pattern: it stands for itself")
    }

    fn help(&self) -> Option<String> {
        Some("write a rule for each that is meant; only `*` stands for something else".to_owned())
    }
}

fn check_permissions(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    for (origin, ruling, rule, sign) in literal_signs(context) {
        let severity = match ruling {
            Ruling::Allow => Severity::Info,
            Ruling::Ask => Severity::Warning,
            Ruling::Deny => Severity::Error,
        };
        let facts = LiteralSign { reason: "regex-or-glob-syntax", rule, sign };
        findings.add_permission(&RULE, severity, origin, facts, Vec::new());
    }
}

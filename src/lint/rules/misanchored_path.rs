use serde::Serialize;

use crate::engine::{Holding, Outcome};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::permissions::{PermissionContext, Probe, WrittenRule, usual_path};
use crate::lint::{RuleCheck, Severity};
use crate::policy::{Agent, FileOwner, Ruling, SubjectTest};

rule! {
    /// ## What it does
    /// Finds rules for paths that begin elsewhere than they seem to. Of Claude Code: with one slash a path begins at the project (`Read(/etc/**)` is `etc` in the project), in the user's settings at `~/.claude`. Of OpenCode: `**/.env` is not `.env` at the project's root, for `**` is `*` there and the slash has to be in the path. Whether the rule holds for the path that it seems to name is tried.
    ///
    /// ## Why is this bad?
    /// A refusal of `/etc/**` does not stop anything from reading `/etc/passwd`.
    ///
    /// ## Example
    /// ```json
    /// {"permissions": {"deny": ["Read(/etc/**)"]}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"permissions": {"deny": ["Read(//etc/**)"]}}
    /// ```
    "misanchored-path", Error, RuleCheck::Permissions(check)
}

#[derive(Serialize)]
struct MisanchoredPath {
    reason: &'static str,
    rule: String,
    /// The path that it seems to name.
    path: String,
    /// Where it begins instead.
    anchor: &'static str,
    instead: String,
}

impl Facts for MisanchoredPath {
    fn message(&self) -> String {
        let Self { reason, rule, path, anchor, .. } = self;
        let why = if *reason == STARS { "with `**/`" } else { "with one slash" };
        format!("`{rule}` does not hold for `{path}`: {why} it begins at {anchor}")
    }

    fn help(&self) -> Option<String> {
        let too =
            if self.reason == STARS && !self.instead.starts_with('*') { " as well" } else { "" };
        Some(format!("write `{}`{too}", self.instead))
    }
}

/// The pitfall of a pattern that begins with any folder.
const STARS: &str = "stars-miss-root";

/// The folders at the root of a machine, of which no project has one at its own.
/// Source: <https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html>; those of macOS.
const ROOTS: [&str; 19] = [
    "Applications",
    "Library",
    "System",
    "Users",
    "Volumes",
    "boot",
    "dev",
    "etc",
    "home",
    "media",
    "mnt",
    "opt",
    "private",
    "proc",
    "root",
    "run",
    "sys",
    "usr",
    "var",
];

fn check(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    for ruling in Ruling::ALL {
        for written in context.own(ruling) {
            let found = match context.agent {
                Agent::ClaudeCode => misanchored(context, &written).map(|facts| (facts, false)),
                Agent::OpenCode => below_root(context, &written),
                Agent::Codex | Agent::Gemini => None,
            };
            if let Some((facts, is_asked)) = found {
                let severity = match ruling {
                    Ruling::Allow => Severity::Info,
                    Ruling::Deny if !is_asked => Severity::Error,
                    Ruling::Ask | Ruling::Deny => Severity::Warning,
                };
                findings.add_permission(&RULE, severity, written.origin, facts, Vec::new());
            }
        }
    }
}

/// A pattern of OpenCode for files in folders that leaves out the same at the project's root, and whether that is
/// at least asked about.
fn below_root(
    context: &PermissionContext<'_>,
    written: &WrittenRule<'_>,
) -> Option<(MisanchoredPath, bool)> {
    let rule = written.own().next()?;
    let name = rule.name.source();
    let SubjectTest::Text(pattern) = &rule.test else { return None };
    let rest = pattern.source().strip_prefix("**/").filter(|_| ["read", "edit"].contains(&name))?;
    let path = usual_path(rest);
    let probe = Probe::of(name, [("filePath", path.as_str())]);
    let verdict = context.prober.decide(&probe, written.mode());
    let wanted = match written.ruling {
        Ruling::Allow => verdict.outcome != Outcome::Allow,
        Ruling::Ask => verdict.outcome == Outcome::Allow,
        Ruling::Deny => matches!(verdict.outcome, Outcome::Allow | Outcome::Ask),
    };
    let facts = MisanchoredPath {
        reason: STARS,
        rule: written.text().to_owned(),
        path,
        anchor: "a folder, and none stands before it",
        instead: rest.to_owned(),
    };
    (wanted && !rest.is_empty()).then_some((facts, verdict.outcome == Outcome::Ask))
}

fn misanchored(
    context: &PermissionContext<'_>,
    written: &WrittenRule<'_>,
) -> Option<MisanchoredPath> {
    let text = written.text().split_once(' ')?.1;
    let (tool, rest) = text.split_once('(').filter(|(tool, _)| ["Read", "Edit"].contains(tool))?;
    let path = rest.strip_suffix(')')?;
    let way = path.strip_prefix('/').filter(|way| !way.starts_with('/'))?;
    let is_of_machine = ROOTS.contains(&way.split('/').next().unwrap_or(way));
    let is_of_user = context.owner == FileOwner::User;
    if !is_of_machine && !is_of_user {
        return None;
    }
    let seeming = path.replace("**", "x").replace('*', "x");
    let probe = Probe::of(tool, [("file_path", seeming.as_str())]);
    let holding = context.prober.holding(&probe, written.mode(), &written.numbers());
    let verdict = context.prober.decide(&probe, written.mode());
    let is_known = verdict.outcome != Outcome::Indeterminate;
    if holding != Holding::default() || !is_known {
        return None;
    }
    Some(MisanchoredPath {
        reason: if is_of_machine { "single-slash-absolute" } else { "user-slash-anchor" },
        rule: written.text().to_owned(),
        path: seeming,
        anchor: if is_of_user { "`~/.claude`" } else { "the project" },
        instead: format!("{tool}(/{path})"),
    })
}

use serde::Serialize;

use crate::engine::{Holding, Outcome};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::permissions::{PermissionContext, Probe, WrittenRule};
use crate::lint::{RuleCheck, Severity};
use crate::policy::{Agent, FileOwner, Ruling};

rule! {
    /// ## What it does
    /// Finds rules for paths of Claude Code that begin elsewhere than they seem to: with one slash a path begins at the project (`Read(/etc/**)` is `etc` in the project), in the user's settings at `~/.claude`. Whether the rule holds for the path that it seems to name is tried.
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
        let Self { rule, path, anchor, .. } = self;
        format!("`{rule}` does not hold for `{path}`: with one slash it begins at {anchor}")
    }

    fn help(&self) -> Option<String> {
        Some(format!("write `{}`", self.instead))
    }
}

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
    if context.agent != Agent::ClaudeCode {
        return;
    }
    for ruling in Ruling::ALL {
        for written in context.own(ruling) {
            if let Some(facts) = misanchored(context, &written) {
                let severity = match ruling {
                    Ruling::Allow => Severity::Info,
                    Ruling::Ask => Severity::Warning,
                    Ruling::Deny => Severity::Error,
                };
                findings.add_permission(&RULE, severity, written.origin, facts, Vec::new());
            }
        }
    }
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

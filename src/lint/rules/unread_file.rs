use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{PermissionContext, RuleCheck, Severity};
use crate::policy::{Agent, FileOwner, Unread};
use crate::source::starlark::calls;
use crate::source::{Node, Place, Pointer};

rule! {
    /// ## What it does
    /// Finds permission files, and folders within them, that stand where the agent does not look: rules of Codex outside of `.codex/rules`, policies in `.gemini/policies` of a project, which Gemini CLI as it is shipped does not read, policy paths in the settings of a project, and additional directories of Claude Code that are patterns or begin with two slashes.
    /// It says also which files of rules would have to be run to be judged, and which are so long that not everything in them was tried.
    ///
    /// ## Why is this bad?
    /// What is written there has no effect, and what it forbids is open.
    ///
    /// ## Example
    /// `.codex/git.rules`
    ///
    /// ## Use instead
    /// `.codex/rules/git.rules`
    "unread-file", Error, RuleCheck::Permissions(check)
}

#[derive(Serialize)]
struct UnreadFile {
    reason: &'static str,
    #[serde(skip)]
    message: String,
    #[serde(skip)]
    help: &'static str,
}

impl Facts for UnreadFile {
    fn message(&self) -> String {
        self.message.clone()
    }

    fn help(&self) -> Option<String> {
        Some(self.help.to_owned())
    }
}

fn check(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    if context.owner == FileOwner::Nobody(Unread::Workspace) {
        let facts = UnreadFile {
            reason: "workspace-tier-not-loaded",
            message: Unread::Workspace.to_string(),
            help: "keep the file in `~/.gemini/policies`, or name it with `--policy`; where this folder is a home, say so: `gatelint lint --home DIR`",
        };
        findings.add(&RULE, Severity::Warning, first(findings), facts);
    }
    let root = Pointer::root();
    match context.agent {
        Agent::Gemini if context.owner == FileOwner::Project => {
            for key in ["policyPaths", "adminPolicyPaths"] {
                let place = root.key(key);
                if findings.node(&place).is_some() {
                    let facts = UnreadFile {
                        reason: "policyPaths-in-project",
                        message: format!(
                            "`{key}` counts in the settings of the user, not in those of a project"
                        ),
                        help: "name the policies in `~/.gemini/settings.json`, or with `--policy`",
                    };
                    findings.add(&RULE, Severity::Warning, Place::key(place), facts);
                }
            }
        }
        Agent::ClaudeCode => directories(findings),
        Agent::Codex => no_rules(findings),
        _ => {}
    }
}

/// Adds what rules could not be tried with, so that nothing is known of it.
pub(in crate::lint) fn not_covered(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    let calls = context.prober.untried();
    if calls > 0 {
        let facts = UnreadFile {
            reason: "not-covered",
            message: format!(
                "this file is not judged as a whole: {calls} of the calls that its rules would be tried with are too long, or too many"
            ),
            help: "shorten the patterns, and take out rules that say the same as others",
        };
        findings.add(&RULE, Severity::Warning, first(findings), facts);
    }
}

/// Adds that Codex does not read a file of rules where it is.
pub(in crate::lint) fn outside_rules(findings: &mut Findings<'_>) {
    let facts = UnreadFile {
        reason: "rules-outside-rules-folder",
        message: Unread::OutsideRules.to_string(),
        help: "move it to `.codex/rules/NAME.rules`",
    };
    findings.add(&RULE, RULE.severity, first(findings), facts);
}

/// Adds that a file of rules has none, whatever else stands in it.
fn no_rules(findings: &mut Findings<'_>) {
    let document = findings.document();
    let is_said = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
    let is_of_rules = document.name.ends_with(".rules") && document.text.lines().any(is_said);
    if is_of_rules && calls(&document.text).is_ok_and(|calls| calls.is_empty()) {
        let facts = UnreadFile {
            reason: "zero-rules",
            message: "the file holds no rule: what stands in it is a value that nobody asks for"
                .to_owned(),
            help: "write rules as calls: `prefix_rule(pattern = [\"git\", \"push\"], decision = \"forbidden\")`",
        };
        let start = document.text.split_inclusive('\n').take_while(|line| !is_said(line));
        let start: usize = start.map(str::len).sum();
        let line = document.text[start..].lines().next().unwrap_or_default();
        findings.add_text(&RULE, Severity::Warning, (start..start + line.len()).into(), facts);
    }
}

/// Where what stands in a file begins.
fn first(findings: &Findings<'_>) -> Place {
    let root = Pointer::root();
    let list = root.key("rule");
    let of_list = findings.node(&list).map(|_| list.index(0));
    let of_root = findings.node(&root.index(0)).map(|_| root.index(0));
    Place::start(of_list.or(of_root).unwrap_or(root))
}

/// Additional directories that Claude Code does not heed.
fn directories(findings: &mut Findings<'_>) {
    let list = Pointer::root().key("permissions").key("additionalDirectories");
    let folders = findings.node(&list).map(Node::elements).unwrap_or_default();
    for (at, folder) in folders.iter().enumerate() {
        let Some(text) = folder.as_str() else { continue };
        let why = match text {
            text if text.starts_with("//") => "it begins with two slashes",
            text if text.contains('*') => "patterns are not expanded here",
            _ => continue,
        };
        let facts = UnreadFile {
            reason: "dead-directory",
            message: format!("`{text}` adds no directory: {why}"),
            help: "write the path of one folder that is there: absolute, `~/…`, or from the project",
        };
        findings.add(&RULE, Severity::Warning, Place::value(list.index(at)), facts);
    }
}

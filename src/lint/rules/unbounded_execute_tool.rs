use serde::Serialize;

use crate::catalogue::Category;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::permissions::{PermissionContext, has_empty_prefix, is_whole_shell, shell_of};
use crate::lint::unbounded::report_unbounded;
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::Ruling;

rule! {
    /// ## What it does
    /// Finds tools that run something and can be called without any limit on how often. In the permission files of an agent: a shell that is allowed without a pattern, so that any command runs without a question.
    ///
    /// ## Why is this bad?
    /// An agent in a loop, or one that was talked into it, runs the tool as fast as it can. PolicyLayer recommends 10 calls a minute for each grant.
    ///
    /// ## Example
    /// ```json
    /// {"version": "1", "default": "deny", "tools": {"run_job": {}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"version": "1", "default": "deny", "tools": {"run_job": {"limits": [
    ///   {"counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}
    /// ```
    "unbounded-execute-tool", Error, RuleCheck::Both(check, check_permissions)
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    report_unbounded(&RULE, Category::Execute, context, findings);
}

#[derive(Serialize)]
struct ShellAllowed {
    reason: &'static str,
    /// The tool.
    tool: &'static str,
    /// The rule in the words of its file.
    rule: String,
}

impl Facts for ShellAllowed {
    fn message(&self) -> String {
        format!("`{}` lets every command run without a question", self.rule)
    }

    fn help(&self) -> Option<String> {
        Some("allow the few commands that are needed, and let others be asked about".to_owned())
    }
}

fn check_permissions(context: &PermissionContext<'_>, findings: &mut Findings<'_>) {
    for written in context.own(Ruling::Allow) {
        // A prefix that is none is told as that.
        if is_whole_shell(context, &written) && !has_empty_prefix(&written, findings) {
            let (tool, _) = shell_of(context.agent);
            let own = written.own().find(|rule| rule.name.source() == tool);
            let rule = own.map_or(written.text(), |rule| &rule.text).to_owned();
            let facts = ShellAllowed { reason: "shell-without-pattern", tool, rule };
            findings.add_permission(&RULE, Severity::Warning, written.origin, facts, Vec::new());
        }
    }
}

use serde::Serialize;

use crate::catalogue::{Category, Holds, Tool};
use crate::lint::alike::{Alike, Doing, common_words};
use crate::lint::check::rule;
use crate::lint::context::enumerate;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::ToolPolicy;
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds tools that run something where no condition looks at the argument that carries the danger: the command, the code, the SQL; where none is known to, at any argument.
    /// It is a warning where conditions look at other arguments only, such as a time or a folder, and where the tool could do the work of one that is hidden or denied by name. Else it is information only, because what a good argument is only the owner knows.
    ///
    /// ## Why is this bad?
    /// What such a tool does depends on that argument. PolicyLayer says of these tools that they "should be rate-limited and have argument validation enabled". To hide `delete_pod` is void while a command line may say `delete pod`.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"run_command": {"require": [{"conditions": [{"path": "args.timeout", "op": "lte", "value": 60}]}],
    ///   "limits": [{"counter": "run_command_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}
    /// ```
    ///
    /// ## Use instead
    /// A `require` entry for what makes the call dangerous:
    ///
    /// ```json
    /// {"tools": {"run_command": {
    ///   "require": [{"conditions": [{"path": "args.command", "op": "in", "value": ["git status", "npm test"]}]}],
    ///   "limits": [{"counter": "run_command_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}
    /// ```
    "unvalidated-execute-argument", Warning, RuleCheck::Policy(check)
}

/// What something is run within, by words of a tool's name in the singular: it is not known to control what
/// is around that.
const ENCLOSING: [&str; 20] = [
    "container",
    "pod",
    "sandbox",
    "notebook",
    "cell",
    "webview",
    "iframe",
    "frame",
    "ipc",
    "image",
    "lambda",
    "function",
    "workflow",
    "pipeline",
    "job",
    "task",
    "test",
    "scan",
    "benchmark",
    "template",
];

#[derive(Serialize)]
struct Unvalidated {
    tool: String,
    arguments: Vec<String>,
    holds: Option<Holds>,
    /// Whether conditions look at other arguments.
    checked: bool,
    /// A tool that is hidden or denied by name, and whose work this one may do.
    replaces: Option<String>,
}

impl Facts for Unvalidated {
    fn message(&self) -> String {
        let (tool, arguments) = (&self.tool, enumerate(&self.arguments));
        match (&self.replaces, self.checked) {
            (Some(other), _) => format!(
                "no condition looks at {arguments} of `{tool}`, which may do what `{other}` is not to"
            ),
            (None, true) => format!(
                "no condition looks at {arguments} of `{tool}`, which carries what is run; those that there are look elsewhere"
            ),
            (None, false) => {
                format!("no condition looks at what `{tool}` is called with: {arguments}")
            }
        }
    }

    fn help(&self) -> Option<String> {
        let help = match self.replaces {
            Some(_) => "require one of the values that are wanted, or hide this tool as well",
            None => "add conditions on the arguments that make a call dangerous",
        };
        Some(help.to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (listed, tool) in context.unasked().filter(|(_, tool)| tool.category > Category::Read) {
        if context.is_incomplete(listed) {
            continue;
        }
        let Some((facts, severity)) = judge(context, listed, tool) else { continue };
        findings.add(&RULE, severity, Place::key(listed.pointer.clone()), facts);
    }
}

fn judge(
    context: &Context<'_>,
    listed: &ToolPolicy,
    tool: &Tool,
) -> Option<(Unvalidated, Severity)> {
    let carriers = tool.carriers();
    let is_free = |path: &[String]| !context.looks_at(listed, path);
    let free: Vec<_> = carriers.iter().filter(|(path, _)| is_free(path)).collect();
    let checked = context.is_looked_at(listed);
    let executes = tool.category == Category::Execute;
    // Where one of several commands is checked, the others may be parts of it.
    if let Some((_, held)) = free.first().filter(|_| free.len() == carriers.len()) {
        let replaces = replaced(context, tool);
        let most = match (&replaces, checked) {
            (None, false) => Severity::Info,
            _ => context.weigh_announced(tool, RULE.severity),
        };
        let arguments = free.iter().map(|(path, _)| path.join(".")).collect();
        let tool = tool.name.clone();
        let holds = Some(held.what);
        let facts = Unvalidated { tool, arguments, holds, checked, replaces };
        // What only stores a text that might be run is the matter of what runs it.
        return (executes || most > Severity::Info).then_some((facts, most));
    }
    let arguments = arguments_by_weight(tool);
    if !executes || !carriers.is_empty() || arguments.is_empty() || checked {
        return None;
    }
    let tool = tool.name.clone();
    let facts = Unvalidated { tool, arguments, holds: None, checked, replaces: None };
    Some((facts, Severity::Info))
}

/// A tool that changes something, is not to be called by name, and whose work a free command might do.
fn replaced(context: &Context<'_>, tool: &Tool) -> Option<String> {
    let common = context.server().map(|known| common_words(known.server)).unwrap_or_default();
    // What is called a reader is not known to write, whatever statement it takes.
    let own = Alike::of(tool, &common);
    let is_within = |own: &Alike| own.things.iter().any(|thing| ENCLOSING.contains(&&**thing));
    if matches!(own.doing, Some(Doing::Read | Doing::List)) || is_within(&own) {
        return None;
    }
    let mut shut = context.shut_by_name();
    shut.find(|(other, _)| other.category > Category::Read && other.name != tool.name)
        .map(|(other, _)| other.name.clone())
}

/// The names of a tool's arguments, the required ones first.
fn arguments_by_weight(tool: &Tool) -> Vec<String> {
    let mut arguments: Vec<_> = tool.arguments.iter().flatten().collect();
    arguments.sort_by_key(|(name, argument)| (!argument.required, (*name).clone()));
    arguments.into_iter().map(|(name, _)| name.clone()).collect()
}

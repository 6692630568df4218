use serde::Serialize;

use super::index_in_path::index_of;
use crate::catalogue::Tool;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::fix::{Fix, Safety};
use crate::lint::{Context, RuleCheck};
use crate::policy::{Effect, Predicate, Subject};
use crate::source::{Place, nearest};

rule! {
    /// ## What it does
    /// Finds conditions on arguments that the tool does not have, and offers the nearest one that it has.
    /// It needs to know the tool's arguments, from the catalogue or the server's `tools/list`.
    /// A tool whose schema allows further arguments with `additionalProperties` is passed over.
    ///
    /// ## Why is this bad?
    /// No honest caller gives the argument: a `deny_if` entry then never matches, and a `require` entry denies all but those who add it, to whom it is no obstacle.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"run_runbook": {"require": [
    ///   {"conditions": [{"path": "args.runbook", "op": "eq", "value": "backup"}]}]}}}
    /// ```
    ///
    /// ## Use instead
    /// ```json
    /// {"tools": {"run_runbook": {"require": [
    ///   {"conditions": [{"path": "args.runbookName", "op": "eq", "value": "backup"}]}]}}}
    /// ```
    "unknown-argument", Error, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct UnknownArgument {
    tool: String,
    argument: String,
    nearest: Option<String>,
    /// Whether the entry never denies because of it; otherwise it denies only who does not add it.
    never_denies: bool,
}

impl Facts for UnknownArgument {
    fn message(&self) -> String {
        let so = match self.never_denies {
            true => "this entry never denies anything",
            false => "this entry lets pass whoever adds one",
        };
        format!("`{}` has no argument `{}`, so {so}", self.tool, self.argument)
    }

    fn help(&self) -> Option<String> {
        Some(match &self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "name an argument that the tool has".to_owned(),
        })
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (listed, tool) in context.undenied_known() {
        // A schema that names no arguments may leave them open.
        let named = tool.arguments.as_ref().filter(|arguments| !arguments.is_empty());
        let Some(arguments) = named.filter(|_| !is_open(tool)) else { continue };
        for check in &listed.rules.checks {
            for condition in &check.conditions {
                let Subject::Argument(path) = &condition.subject else { continue };
                // That something is not to be there may well be asked of what never is.
                let is_guard = matches!(condition.predicate, Predicate::Exists(_));
                // What seems to be an index has a rule of its own.
                let is_index = index_of(path) == Some(0);
                if arguments.contains_key(&path[0]) || is_guard || is_index {
                    continue;
                }
                let near = nearest(&path[0], arguments.keys().map(String::as_str));
                let facts = UnknownArgument {
                    tool: listed.name.clone(),
                    argument: path[0].clone(),
                    nearest: near.map(str::to_owned),
                    never_denies: check.effect == Effect::DenyIf,
                };
                let at = condition.pointer.key("path");
                let fix = near.and_then(|near| {
                    let rest: String = path[1..].iter().map(|key| format!(".{key}")).collect();
                    let path = format!("args.{near}{rest}");
                    let edit = findings.editor().replace(&at, &path.as_str().into());
                    Fix::new(Safety::Unsafe, format!("write `{path}`"), [edit])
                });
                let severity = context.weigh_arguments(tool, RULE.severity);
                findings.add(&RULE, severity, Place::value(at), facts).fixed_by(fix);
            }
        }
    }
}

/// Whether the tool's schema says that it takes arguments which it does not name.
fn is_open(tool: &Tool) -> bool {
    let more = tool.schema.as_ref().and_then(|schema| schema.get("additionalProperties"));
    more.is_some_and(|more| more.is_object() || more.as_bool() == Some(true))
}

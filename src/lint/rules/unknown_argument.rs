use serde::Serialize;
use serde_json::Value;

use super::index_in_path::index_of;
use crate::catalogue::{Property, Tool};
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::fix::{Fix, Safety};
use crate::lint::solving::Witnesses;
use crate::lint::{Context, RuleCheck};
use crate::policy::{Condition, Effect, Predicate, Subject, ToolPolicy};
use crate::source::{Place, nearest};

rule! {
    /// ## What it does
    /// Finds conditions on arguments that the tool does not have, also within other arguments, and offers the nearest one that it has.
    /// It needs to know the tool's arguments, from the catalogue or the server's `tools/list`.
    /// A tool whose schema allows further arguments with `additionalProperties` is passed over.
    ///
    /// ## Why is this bad?
    /// No honest caller gives the argument, so a `deny_if` entry never matches. Unless the schema forbids arguments that it does not name (`"additionalProperties": false`), any caller may add it, and a `require` entry is no obstacle to whoever does, as the call in `witness` shows. Where the schema forbids it, a `require` entry denies every call that the server takes.
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
    /// Whether the entry never refuses anything because of it; otherwise it refuses only who does not
    /// add it.
    never_denies: bool,
    /// Whether the server refuses arguments that it does not name.
    closed: bool,
    /// The arguments of a call that adds it and passes.
    witness: Option<Value>,
}

impl Facts for UnknownArgument {
    fn message(&self) -> String {
        let so = match (self.never_denies, self.closed) {
            (true, _) => "this entry never denies anything",
            (false, true) => "this entry denies every call that the server takes",
            (false, false) => "this entry lets pass whoever adds one",
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

/// What a tool lacks of a path.
struct Lack<'c> {
    path: &'c [String],
    /// How many keys lead to something.
    depth: usize,
    closed: bool,
    nearest: Option<String>,
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let witnesses = Witnesses::new(context.policy);
    for (listed, tool) in context.undenied_known() {
        for check in &listed.rules.checks {
            for condition in &check.conditions {
                if let Some(lack) = lack(tool, condition) {
                    report(
                        (context, &witnesses),
                        (listed, tool),
                        (check.effect, condition),
                        &lack,
                        findings,
                    );
                }
            }
        }
    }
}

fn lack<'c>(tool: &Tool, condition: &'c Condition) -> Option<Lack<'c>> {
    let Subject::Argument(path) = &condition.subject else { return None };
    let Property::Absent { depth, closed, within } = tool.property(path) else { return None };
    let inner = within.get("properties").and_then(Value::as_object);
    let names: Vec<&str> = match inner {
        Some(named) => named.keys().map(String::as_str).collect(),
        None => tool.arguments.iter().flatten().map(|(name, _)| &**name).collect(),
    };
    // That something is not to be there may well be asked of what never is.
    let is_guard = matches!(condition.predicate, Predicate::Exists(_));
    // What seems to be an index has a rule of its own, and a schema that names no arguments may leave
    // them open.
    let is_index = index_of(path) == Some(depth);
    if is_guard || is_index || names.is_empty() {
        return None;
    }
    let near = nearest(&path[depth], names).map(str::to_owned);
    Some(Lack { path, depth, closed, nearest: near })
}

fn report(
    (context, witnesses): (&Context<'_>, &Witnesses<'_>),
    (listed, tool): (&ToolPolicy, &Tool),
    (effect, condition): (Effect, &Condition),
    lack: &Lack<'_>,
    findings: &mut Findings<'_>,
) {
    let Lack { path, depth, closed, .. } = *lack;
    let never_denies = effect != Effect::Require;
    let full = |near: &String| {
        [&path[..depth], std::slice::from_ref(near), &path[depth + 1..]].concat().join(".")
    };
    let is_open = !never_denies && !closed;
    let facts = UnknownArgument {
        tool: listed.name.clone(),
        argument: path[..=depth].join("."),
        nearest: lack.nearest.clone(),
        never_denies,
        closed,
        witness: if is_open { witnesses.passing(listed, tool) } else { None },
    };
    let at = condition.pointer.key("path");
    let fix = lack.nearest.as_ref().and_then(|near| {
        let path = format!("args.{}", full(near));
        let edit = findings.editor().replace(&at, &path.as_str().into());
        Fix::new(Safety::Unsafe, format!("write `{path}`"), [edit])
    });
    let severity = context.weigh_announced(tool, RULE.severity);
    findings.add(&RULE, severity, Place::value(at), facts).fixed_by(fix);
}

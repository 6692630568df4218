//! What two policies let pass, compared for all calls, for machines: the part `access` of
//! `schemas/diff.schema.json`.

use serde::Serialize;
use serde_json::{Value, json};

use super::limits;
use super::words;
use crate::catalogue::Category;
use crate::diff::{AccessChanges, Certainty, ToolChange, ToolName};
use crate::engine::Outcome;
use crate::policy::{Limit, Window};
use crate::report::common::secrets::Secrets;
use crate::solver::{Burst, Evidence, Lost, Protection, Recorded};

#[derive(Serialize)]
pub(in crate::report) struct Access<'a> {
    verdict: String,
    loosened: Tools,
    tightened: Tools,
    asked: usize,
    schemas: Schemas<'a>,
    tools: Vec<Tool<'a>>,
}

#[derive(Serialize)]
struct Tools {
    certain: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct Schemas<'a> {
    server: Option<&'a str>,
    tools: usize,
}

#[derive(Serialize)]
struct Tool<'a> {
    which: &'static str,
    tool: Option<&'a str>,
    category: Option<Category>,
    loosened: Vec<JsonLost<'a>>,
    tightened: Vec<JsonLost<'a>>,
}

#[derive(Serialize)]
pub(in crate::report) struct JsonLost<'a> {
    protection: &'static str,
    rule: &'a str,
    pointer: &'a str,
    limit: Option<Moved>,
    evidence: &'static str,
    step: Option<Step>,
    args: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_call: Option<Value>,
    burst: Option<&'a Burst>,
    why: Option<&'static str>,
}

/// How much a limit lets pass in both policies.
#[derive(Serialize)]
struct Moved {
    old: Terms,
    new: Terms,
}

#[derive(Serialize)]
struct Terms {
    max: Option<i64>,
    window: Window,
}

#[derive(Serialize)]
struct Step {
    old: Outcome,
    new: Outcome,
}

impl<'a> Access<'a> {
    pub(in crate::report) fn new(access: &'a AccessChanges<'_>) -> Access<'a> {
        Access {
            verdict: words::verdict(access),
            loosened: Tools {
                certain: access.loosened(Certainty::Yes),
                unknown: access.loosened(Certainty::Maybe),
            },
            tightened: Tools {
                certain: access.tightened(Certainty::Yes),
                unknown: access.tightened(Certainty::Maybe),
            },
            asked: access.asked,
            schemas: Schemas { server: access.server.as_deref(), tools: access.restricted },
            tools: access.tools.iter().map(|change| tool(access, change)).collect(),
        }
    }
}

fn tool<'a>(access: &AccessChanges<'_>, change: &'a ToolChange<'_>) -> Tool<'a> {
    let (which, tool) = match &change.tool {
        ToolName::Named(name) => ("named", Some(name.as_str())),
        ToolName::Other(name) => ("other", Some(name.as_str())),
        ToolName::All => ("all", None),
    };
    let of = |lost: &'a Lost<'_>| JsonLost::new(lost, moved(access, change, lost));
    let side = |lost: &'a [Lost<'_>]| lost.iter().map(of).collect();
    let (loosened, tightened) = (side(&change.loosened), side(&change.tightened));
    Tool { which, tool, category: change.category, loosened, tightened }
}

/// How much a limit lets pass that both policies have.
fn moved(access: &AccessChanges<'_>, change: &ToolChange<'_>, lost: &Lost<'_>) -> Option<Moved> {
    let terms = |limit: &Limit| Terms { max: limit.max, window: limit.window };
    let [old, new] = limits::moved(access, &change.tool, &lost.protection)?;
    Some(Moved { old: terms(old), new: terms(new) })
}

impl<'a> JsonLost<'a> {
    fn new(lost: &'a Lost<'_>, limit: Option<Moved>) -> JsonLost<'a> {
        let recorded = match &lost.evidence {
            Evidence::Recorded(recorded) => Some(&**recorded),
            _ => None,
        };
        let elsewhere = recorded.and_then(|recorded| recorded.elsewhere.as_ref());
        let (evidence, args, burst, why) = match &lost.evidence {
            Evidence::Call(arguments) => ("call", Some(arguments), None, None),
            Evidence::Recorded(recorded) => ("call", Some(&recorded.arguments), None, None),
            Evidence::Burst(burst) => ("burst", None, Some(burst), None),
            Evidence::Unknown(why) => ("unknown", None, None, Some(why.code())),
        };
        JsonLost {
            protection: kind(&lost.protection),
            rule: lost.protection.rule(),
            pointer: lost.protection.pointer(),
            limit,
            evidence,
            step: lost.step.map(|[old, new]| Step { old, new }),
            args: args.cloned().map(masked),
            call: recorded.map(call).map(masked),
            old_call: elsewhere.map(|(tool, args)| masked(json!({ "tool": tool, "args": args }))),
            burst,
            why,
        }
    }
}

/// A value without the secrets in it.
fn masked(mut value: Value) -> Value {
    Secrets::default().mask(&mut value);
    value
}

/// A call as a record has it.
pub(in crate::report) fn call(recorded: &Recorded) -> Value {
    let Recorded { tool, arguments, mode, folder, .. } = recorded;
    let mut call = json!({ "tool": tool, "args": arguments });
    for (name, value) in [("mode", mode), ("cwd", folder)] {
        if let Some(value) = value {
            call[name] = json!(value);
        }
    }
    call
}

fn kind(protection: &Protection<'_>) -> &'static str {
    match protection {
        Protection::Hidden(_) => "hide",
        Protection::Unlisted => "default",
        Protection::Permission(_) | Protection::Permissions => "permissions",
        Protection::Check(check) => check.effect.name(),
        Protection::Amount(_) => "amount",
        Protection::Limit(_) => "limit",
    }
}

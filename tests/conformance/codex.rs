//! Sets of Codex.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gatelint::engine::{Call, Cause, Counters, Gate, GrantId, Outcome, Surroundings};
use gatelint::policy::{Agent, Permissions, ServerTool, Setting, SubjectTest, read_agent};
use gatelint::trace::{GrantBy, parse_record};
use serde_json::Value;

use crate::Answers;
use crate::set::Set;

/// Where the folders of a set lie.
const FOLDERS: [(&str, &str); 3] =
    [("{PROJECT}", "/work/p"), ("{HOME}", "/home/u"), ("{MCP}", "/home/u/mcp")];

/// The place of what no file says.
const BUILT_IN: &str = "(built in)";

/// Decides the calls of a set.
pub fn decide(set: &Set) -> Answers {
    let is_check = set.meta["via"] == "check";
    let setting = setting(set);
    let reading = read_agent(Agent::Codex, &setting, &files(set));
    let is_refused =
        |file: &(_, Vec<gatelint::policy::Defect>)| file.1.iter().any(|defect| defect.refused);
    let is_dropped = reading.files.iter().any(is_refused);
    let Some(mut policy) = reading.policy else { return Err("config".to_owned()) };
    if is_check && is_dropped {
        return Err("load".to_owned());
    }
    let warned = set.errors.iter().any(|errors| errors["warnings"][0] == "rules-dropped");
    assert_eq!(is_dropped, warned, "{}", set.name);
    if is_check {
        let permissions = policy.permissions.as_deref().unwrap();
        policy.permissions = Some(of_check(permissions, set.meta["resolve"] == true).into());
    }
    let gate = Gate::new(&policy);
    let decide = |call: &Value| {
        let call = if is_check { unopened(call) } else { call.clone() };
        let line = Set::filled(&call.to_string(), &FOLDERS);
        let record = parse_record(&line, &GrantBy::Grant).unwrap();
        let call = Call {
            tool: &record.tool,
            grant: GrantId(0),
            time: None,
            in_order: true,
            after: None,
            arguments: record.arguments.as_arguments(),
            result: record.result,
            around: Surroundings {
                server: &record.server,
                folder: &record.folder,
                ..Surroundings::default()
            },
        };
        let decision = gate.decide(&call, &mut Counters::default());
        let is_unsaid = match decision.cause {
            Cause::Check(reason) => reason.place.as_deref() == Some(BUILT_IN),
            _ => decision.outcome == Outcome::Allow,
        };
        (!is_check || !is_unsaid).then_some(decision.outcome)
    };
    Ok(set.calls.iter().map(decide).collect())
}

/// `codex execpolicy check` asks the files alone, and takes a path for a program where it is told to.
fn of_check(permissions: &Permissions, resolves: bool) -> Permissions {
    let mut permissions = permissions.clone();
    permissions.rules.retain(|rule| {
        let is_resolved = matches!(rule.test, SubjectTest::Program(..));
        rule.origin.file.is_some() && (resolves || !is_resolved)
    });
    permissions
}

/// It opens no shells either: with a word more, nobody does.
fn unopened(call: &Value) -> Value {
    let mut call = call.clone();
    let words = call["args"]["command"].as_array_mut().unwrap();
    if words.len() == 3 && (words[1] == "-c" || words[1] == "-lc") {
        words.push("".into());
    }
    call
}

fn setting(set: &Set) -> Setting {
    let sub = set.meta["sub"].as_str().unwrap_or_default();
    let config = set.files.get("home/.codex/config.toml").map(String::as_str).unwrap_or_default();
    Setting {
        start: format!("{}{sub}", FOLDERS[0].1),
        home: Some(FOLDERS[1].1.to_owned()),
        environment: [("SHELL".to_owned(), "/bin/bash".to_owned())].into(),
        trusted: Some(set.meta["trust"].as_str().is_none_or(|level| level == "trusted")),
        tools: config.parse().map(|config: toml::Table| tools(&config)).unwrap_or_default(),
        ..Setting::default()
    }
}

/// What the stub servers say of their tools: it stands in their arguments.
fn tools(config: &toml::Table) -> Vec<ServerTool> {
    let servers = config.get("mcp_servers").and_then(toml::Value::as_table);
    let of_server = |(server, set_up): (&String, &toml::Value)| {
        let text = set_up.get("args").and_then(|args| args.get(0)?.as_str()).unwrap_or("{}");
        let tools: BTreeMap<String, Value> = serde_json::from_str(text).unwrap();
        let tool = |(tool, hints): (String, Value)| ServerTool {
            server: server.clone(),
            tool,
            read_only: hints["readOnlyHint"].as_bool(),
            destructive: hints["destructiveHint"].as_bool(),
            open_world: hints["openWorldHint"].as_bool(),
        };
        tools.into_iter().map(tool).collect::<Vec<_>>()
    };
    servers.into_iter().flatten().flat_map(of_server).collect()
}

fn files(set: &Set) -> BTreeMap<PathBuf, Vec<u8>> {
    let place = |(name, text): (&String, &String)| {
        let path = match name.split_once('/').unwrap() {
            ("project", rest) => format!("{}/{rest}", FOLDERS[0].1),
            ("home", rest) => format!("{}/{rest}", FOLDERS[1].1),
            _ => format!("{}/.codex/{name}", FOLDERS[1].1),
        };
        (PathBuf::from(path), Set::filled(text, &FOLDERS).into_bytes())
    };
    let mut files: BTreeMap<_, _> = set.files.iter().map(place).collect();
    files.insert(format!("{}/.git/HEAD", FOLDERS[0].1).into(), Vec::new());
    files
}

//! Sets of Gemini CLI.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gatelint::engine::{Arguments, Call, Counters, Gate, GrantId, Surroundings};
use gatelint::policy::{Agent, AgentReading, Location, Setting, read_agent};
use serde_json::{Value, json};

use crate::Answers;
use crate::set::Set;

const PROJECT: &str = "/tmp/gmset/project";
const HOME: &str = "/tmp/gmset/home";

/// Where the folders of a set lay when the program was asked.
const FOLDERS: [(&str, &str); 2] = [("{PROJECT}", PROJECT), ("{HOME}", HOME)];

/// Decides the calls of a set.
pub fn decide(set: &Set) -> Answers {
    let reading = read_agent(Agent::Gemini, &setting(set), &files(set));
    check_errors(set, &reading);
    let Some(mut policy) = reading.policy else { return Err(failure(&reading)) };
    let mut permissions = (**policy.permissions.as_ref().unwrap()).clone();
    if set.meta["defaults"] == false {
        permissions.rules.retain(|rule| rule.origin.file.is_some());
    }
    policy.permissions = Some(permissions.into());
    let gate = Gate::new(&policy);
    let decide = |call: &Value| {
        let text = |key: &str| Set::filled(&call[key].to_string(), &FOLDERS);
        let (arguments, annotations) = (text("args"), text("annotations"));
        let call = Call {
            tool: call["tool"].as_str().unwrap(),
            grant: GrantId(0),
            time: None,
            in_order: true,
            after: None,
            arguments: match call.get("args") {
                Some(_) => Arguments::Json(&arguments),
                None => Arguments::Absent,
            },
            result: Default::default(),
            around: Surroundings {
                server: call["server"].as_str().unwrap_or_default(),
                folder: PROJECT,
                roots: &[],
                mode: set.meta["mode"].as_str().unwrap(),
                annotations: Some(&annotations),
                caller: Some(call["subagent"].as_str().unwrap_or_default()),
            },
        };
        gate.decide(&call, &mut Counters::default()).outcome
    };
    Ok(set.calls.iter().map(decide).map(Some).collect())
}

/// How the program refuses to start.
fn failure(reading: &AgentReading) -> String {
    let mut refused =
        reading.files.iter().flat_map(|(_, defects)| defects).filter(|defect| defect.refused);
    let place = refused.find_map(|defect| match &defect.location {
        Location::Place(place) => place.pointer.last().map(|key| key.into_owned()),
        Location::Bytes(_) => None,
    });
    match place.as_deref() {
        Some("toolName") => "Invalid policy rule: toolName is required".to_owned(),
        Some(name) => {
            format!("Invalid policy rule: {name} is required if specified (cannot be empty)")
        }
        None => "nothing is wrong".to_owned(),
    }
}

/// The files that are dropped are those that the program drops.
fn check_errors(set: &Set, reading: &AgentReading) {
    // Sets of another place are counted, whatever they hold.
    if std::env::var_os("CONFORMANCE_SETS").is_some() {
        return;
    }
    let errors = set.errors.as_ref().and_then(|errors| errors["errors"].as_array());
    let is_drop = |error: &&Value| {
        ["schema_validation", "toml_parse"].contains(&error["type"].as_str().unwrap())
    };
    let theirs = errors.into_iter().flatten().filter(is_drop).count();
    let is_dropped =
        |defects: &Vec<_>| defects.iter().any(|defect: &gatelint::policy::Defect| defect.refused);
    let ours = reading.files.iter().filter(|(_, defects)| is_dropped(defects)).count();
    if reading.failure.is_none() {
        assert_eq!(ours > 0, theirs > 0, "{}: {:?}", set.name, reading.files);
    }
}

fn setting(set: &Set) -> Setting {
    Setting {
        start: PROJECT.to_owned(),
        home: Some(HOME.to_owned()),
        managed: Some("/tmp/gmset/admin".to_owned()),
        trusted: Some(set.meta["trusted"] != false),
        headless: set.meta["interactive"] == false,
        extensions: extensions(set),
        reads_workspace: true,
        ..Setting::default()
    }
}

fn extensions(set: &Set) -> Vec<String> {
    let name =
        |path: &String| path.strip_prefix("ext/")?.split_once('/').map(|(name, _)| name.to_owned());
    let mut names: Vec<String> = set.files.keys().filter_map(name).collect();
    names.dedup();
    names.iter().map(|name| format!("/tmp/gmset/ext/{name}")).collect()
}

fn files(set: &Set) -> BTreeMap<PathBuf, Vec<u8>> {
    let place = |(name, text): (&String, &String)| {
        let text = Set::filled(text, &FOLDERS);
        (PathBuf::from(format!("/tmp/gmset/{name}")), text.into_bytes())
    };
    let mut files: BTreeMap<_, _> = set.files.iter().map(place).collect();
    if set.meta["disableAlwaysAllow"] == true {
        let settings = files.entry(format!("{HOME}/.gemini/settings.json").into()).or_default();
        let mut whole: Value = serde_json::from_slice(settings).unwrap_or_else(|_| json!({}));
        whole["security"]["disableAlwaysAllow"] = true.into();
        *settings = whole.to_string().into_bytes();
    }
    files
}

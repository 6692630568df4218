//! Sets of OpenCode.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gatelint::engine::{Call, Counters, Gate, GrantId, Surroundings};
use gatelint::policy::{Agent, Failure, Permissions, Ruling, Setting, SubjectTest, read_agent};
use gatelint::trace::{GrantBy, parse_record};
use serde_json::Value;

use crate::Answers;
use crate::set::Set;

/// Where the folders of a set lay when the program was asked.
const FOLDERS: [(&str, &str); 3] = [
    ("{PROJECT}", "/tmp/ocset-x/p/k/project"),
    ("{HOME}", "/tmp/ocset-x/home0"),
    ("{PARENT}", "/tmp/ocset-x/p/k"),
];

/// Decides the calls of a set.
pub fn decide(set: &Set) -> Answers {
    let setting = setting(set);
    let reading = read_agent(Agent::OpenCode, &setting, &files(set));
    let Some(policy) = reading.policy else {
        return Err(match reading.failure.unwrap() {
            Failure::Start => "start",
            Failure::Text => "ConfigJsonError",
            Failure::Value => "ConfigInvalidError",
        }
        .to_owned());
    };
    let mode = set.meta["agent"].as_str().unwrap();
    check_rules(set, policy.permissions.as_deref().unwrap(), mode, setting.session.len());
    let gate = Gate::new(&policy);
    let decide = |call: &Value| {
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
                mode,
                ..Surroundings::default()
            },
        };
        Some(gate.decide(&call, &mut Counters::default()).outcome)
    };
    Ok(set.calls.iter().map(decide).collect())
}

/// The rules of an agent are those that the program itself lists.
fn check_rules(set: &Set, permissions: &Permissions, mode: &str, of_session: usize) {
    let Some(theirs) = &set.rules else { return };
    let in_mode = permissions.rules.iter().filter(|rule| {
        rule.modes.as_ref().is_none_or(|modes| modes.iter().any(|known| **known == *mode))
    });
    let ours = in_mode.map(|rule| {
        let pattern = match &rule.test {
            SubjectTest::Anything => "*",
            SubjectTest::Text(text) => text.source(),
            other => panic!("{}: {other:?}", set.name),
        };
        [rule.name.source(), pattern, rule.ruling.name()].map(str::to_owned)
    });
    let mut ours: Vec<[String; 3]> = ours.collect();
    ours.truncate(ours.len() - of_session);
    let theirs = Set::filled(&theirs.to_string(), &FOLDERS);
    let theirs: Vec<[String; 3]> = serde_json::from_str(&theirs).unwrap();
    assert_eq!(ours, theirs, "{}", set.name);
}

fn setting(set: &Set) -> Setting {
    let text = |value: &Value| Set::filled(value.as_str().unwrap(), &FOLDERS);
    let variables = set.meta["env"].as_object().into_iter().flatten();
    let environment: BTreeMap<String, String> =
        variables.map(|(name, value)| (name.clone(), text(value))).collect();
    let session = set.meta["session_permission"].as_array().into_iter().flatten();
    let rule = |rule: &Value| {
        let ruling = Ruling::ALL.into_iter().find(|ruling| rule["action"] == ruling.name());
        (text(&rule["permission"]), text(&rule["pattern"]), ruling.unwrap())
    };
    let below = set.meta["subdir"].as_str().map(|below| format!("/{below}"));
    Setting {
        start: format!("{}{}", FOLDERS[0].1, below.unwrap_or_default()),
        home: Some(FOLDERS[1].1.to_owned()),
        managed: environment.get("OPENCODE_TEST_MANAGED_CONFIG_DIR").cloned(),
        session: session.map(rule).collect(),
        environment,
        ..Setting::default()
    }
}

fn files(set: &Set) -> BTreeMap<PathBuf, Vec<u8>> {
    let place = |(name, text): (&String, &String)| {
        let [(_, project), (_, home), _] = FOLDERS;
        let path = name.replacen("project/", &format!("{project}/"), 1);
        let path = path.replacen("home/", &format!("{home}/"), 1);
        (PathBuf::from(path), Set::filled(text, &FOLDERS).into_bytes())
    };
    let mut files: BTreeMap<_, _> = set.files.iter().map(place).collect();
    if set.meta["git"] == true {
        files.insert(format!("{}/.git/HEAD", FOLDERS[0].1).into(), Vec::new());
    }
    files
}

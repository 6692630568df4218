//! `gatelint assert` as a user meets it.

use crate::support::{Folder, Run, fixture};

const POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "hide": ["delete_job"],
  "tools": {
    "delete_job": {},
    "run_job": { "limits": [{ "counter": "c", "window": "minute", "max": 10, "scope": "grant" },
                            { "counter": "d", "window": "hour", "max": 20, "scope": "grant" }] },
    "create_charge": { "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gte", "value": 10000 }] }] }
  }
}
"#;

fn assert(statements: &str, policy: &str) -> Run {
    let folder = Folder::new().file("must.yaml", statements).file("p.json", policy);
    folder.run(&["assert", "must.yaml", "p.json"])
}

#[test]
fn the_house_rules_of_the_fixtures_hold_for_a_careful_policy() {
    let folder = Folder::new().file("p.json", POLICY);
    let run = folder.run(&["assert", &fixture("assertions/house.yaml"), "p.json"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(run.out.starts_with("p.json: 3 of 3 statements hold\n"), "{}", run.out);
    assert!(run.out.contains("proved: at most 20 calls of run_job per hour"), "{}", run.out);
}

#[test]
fn each_statement_that_fails_is_answered_with_calls_that_pass() {
    let open = POLICY
        .replace("\"hide\": [\"delete_job\"],", "")
        .replace("20,", "21,")
        .replace("gte", "gt");
    let folder = Folder::new().file("p.json", open).file("good.json", POLICY);
    let house = fixture("assertions/house.yaml");
    let run = folder.run(&["assert", &house, "p.json", "good.json"]);
    assert_eq!(run.status, 1);
    for part in [
        "p.json: 1 of 3 statements holds",
        r#"--call '{"tool":"delete_job","args":{}}'"#,
        "21 calls of run_job within one hour, as fast as they pass",
        "good.json: 3 of 3 statements hold",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
}

#[test]
fn a_tool_that_nobody_names_is_asked_about_too() {
    let allow = POLICY.replace("\"default\": \"deny\"", "\"default\": \"allow\"");
    let run = assert("assert: [{deny: 'delete_*'}]", &allow);
    assert_eq!(run.status, 1);
    assert!(run.out.contains(r#"'{"tool":"delete_x","args":{}}'"#), "{}", run.out);
    let run = assert("assert: [{deny: delete_all}]", POLICY);
    assert_eq!(run.status, 0);
    assert!(
        run.out.contains("neither the policy nor the catalogue names such a tool"),
        "{}",
        run.out
    );
}

#[test]
fn mistakes_are_named_all_at_once_with_their_places() {
    let statements = "assert:\n  - dney: x\n  - deny: x\n    max: 3\n  - limit: x\n    max: 0\n    window: minuet\n  - deny: x\n    when: [{path: args.q, op: regex, value: '('}]\n";
    let run = assert(statements, POLICY);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    for part in [
        "unknown field `dney`, did you mean `deny`?",
        "must.yaml:2:5",
        "the statement says nothing of any tool",
        "`max` belongs to `limit`",
        "0 is less than 1",
        "did you mean `minute`?",
        "missing closing )",
        "must.yaml:9:45",
        "must.yaml is not a valid file of statements",
    ] {
        assert!(run.err.contains(part), "{part:?} is not in\n{}", run.err);
    }
    let twice = assert("assert: [{deny: a, deny: b}]", POLICY);
    assert_eq!(twice.status, 2);
    assert!(twice.err.contains("the key `deny` stands twice"), "{}", twice.err);
    let fraction = assert("assert: [{limit: run_job, max: 20.0, window: hour}, 7]", POLICY);
    assert_eq!(fraction.status, 2);
    assert!(fraction.err.contains("expected an object, found the number 7"), "{}", fraction.err);
    let fraction = assert("assert: [{limit: run_job, max: 20.0, window: hour}]", POLICY);
    assert!(
        fraction.out.contains("proved: at most 20 calls of run_job per hour"),
        "{}",
        fraction.out
    );
    let empty = assert("assert: []", POLICY);
    assert_eq!(empty.status, 3);
    assert!(empty.err.contains("the file holds no statement"), "{}", empty.err);
}

//! `gatelint assert` as a user meets it.

mod agents;
mod team;

use serde_json::Value;

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
    let run = assert("assert: [{deny: 'drop_*'}]", POLICY);
    assert_eq!(run.status, 0);
    assert!(
        run.out.contains("neither the policy nor its server in the catalogue names such a tool"),
        "{}",
        run.out
    );
}

#[test]
fn a_statement_that_says_nothing_is_a_warning_and_fails_where_that_is_asked_for() {
    let clash = "[{path: args.n, op: gt, value: 10}, {path: args.n, op: lt, value: 5}]";
    let statements = format!(
        "assert: [{{deny: delete_jbo}}, {{name: never, deny: run_job, when: {clash}}}, {{limit: nothing_like_it, max: 1, window: day}}]"
    );
    let run = assert(&statements, POLICY);
    assert_eq!(run.status, 0, "{}", run.out);
    for part in [
        "warning: no call of delete_jbo passes: neither a policy nor its server in the catalogue names `delete_jbo`, did you mean `delete_job`?  (must.yaml:1)",
        "warning: never: no call meets all of its conditions, so it says nothing",
        "names `nothing_like_it`  (",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
    let folder = Folder::new()
        .file("must.yaml", &statements)
        .file("good.yaml", "assert: [{deny: delete_job}, {deny: 'drop_*'}]")
        .file("bad.yaml", "assert: [{deny: run_job}]")
        .file("p.json", POLICY);
    for (file, fail_on, status) in [
        ("must.yaml", "vacuous", 1),
        ("must.yaml", "none", 0),
        ("good.yaml", "vacuous", 0),
        ("bad.yaml", "fails", 1),
        ("bad.yaml", "vacuous", 1),
        ("bad.yaml", "none", 0),
    ] {
        let run = folder.run(&["assert", "--fail-on", fail_on, file, "p.json"]);
        assert_eq!(run.status, status, "{file} {fail_on}: {}", run.out);
    }
    let output = folder.run(&["assert", "must.yaml", "p.json", "--format", "json"]).json();
    let reasons = |key: &str| {
        let warnings = output["warnings"].as_array().unwrap();
        warnings.iter().map(|warning| warning[key].clone()).collect::<Vec<_>>()
    };
    assert_eq!(reasons("reason"), ["unknown-tool", "contradictory-when", "unknown-tool"]);
    assert_eq!(reasons("nearest"), [Some("delete_job").into(), Value::Null, Value::Null]);
}

#[test]
fn a_policy_that_forwards_what_is_no_object_is_asked_about_objects_and_that_is_said() {
    let policy = "version: \"1\"\ndefault: deny\ntools: {a: {}}\n";
    let folder = Folder::new().file("must.yaml", "assert: [{deny: b}]").file("p.yaml", policy);
    let run = folder.run(&["assert", "must.yaml", "p.yaml"]);
    assert_eq!(run.status, 0, "{}", run.out);
    assert!(run.out.contains("Asked about calls whose arguments are an object;"), "{}", run.out);
    let output = folder.run(&["assert", "must.yaml", "p.yaml", "--format", "json"]).json();
    assert_eq!(output["policies"][0]["objects_only"], true);
    assert!(!assert("assert: [{deny: b}]", POLICY).out.contains("Asked about"));
}

#[test]
fn every_format_names_the_statements_and_means_the_same() {
    let statements = "assert:\n  - {name: \"charges, all: 100%\", deny: create_charge}\n  - {name: no deleting, deny: delete_job}\n";
    let folder = Folder::new().file("must.yaml", statements).file("p.json", POLICY);
    let run = |format: &str| {
        let run = folder.run(&["assert", "must.yaml", "p.json", "--format", format]);
        assert_eq!(run.status, 1, "{}", run.err);
        run
    };
    let sarif = run("sarif").json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["ruleId"], "statement-fails");
    assert_eq!(
        results[0]["message"]["text"],
        r#"charges, all: 100%: expected: no call of create_charge passes (must.yaml:2); found allow (p.json:9): {"tool":"create_charge","args":{}}"#
    );
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
        (&"p.json".into(), &9.into())
    );
    let github = run("github").out;
    assert!(
        github.starts_with(
            "::error file=p.json,line=9,title=statement-fails::charges, all: 100%25: expected: no call of create_charge passes (must.yaml:2); found allow (p.json:9): {"
        ),
        "{github}"
    );
    assert_eq!(github.lines().count(), 1, "{github}");
    let junit = run("junit").out;
    assert!(junit.contains("<testsuite name=\"p.json\" tests=\"2\""), "{junit}");
    assert_eq!(junit.matches("<failure ").count(), 1, "{junit}");
    assert!(
        junit.contains("name=\"charges, all: 100%\"") && junit.contains("name=\"no deleting\"")
    );
    let markdown = run("markdown").out;
    assert!(markdown.contains("no call of delete_job passes (line 3) | proved |  |"), "{markdown}");
    assert!(markdown.contains("(line 2) | fails | `"), "{markdown}");
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
    let nothing = assert("assert: [{deny: a, when: []}]", POLICY);
    assert_eq!(nothing.status, 2);
    assert!(nothing.err.contains("`when` holds no condition"), "{}", nothing.err);
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

const ASKING: &str = r#"version: "1"
default: deny
tools:
  pay:
    rules:
      - {name: big, action: require_approval, conditions: [{path: args.amount, op: gte, value: 100}]}
  drop:
    rules:
      - {name: always, action: require_approval}
  free:
    rules: []
"#;

#[test]
fn ask_holds_where_nothing_passes_unasked_and_deny_only_where_nobody_is_asked_either() {
    let big = "when: [{path: args.amount, op: gte, value: 100}]";
    let folder = Folder::new().file("p.yaml", ASKING);
    for (statement, holds) in [
        ("{ask: drop}".to_owned(), true),
        ("{deny: drop}".to_owned(), false),
        ("{ask: pay}".to_owned(), false),
        (format!("{{ask: pay, {big}}}"), true),
        (format!("{{deny: pay, {big}}}"), false),
        ("{ask: free}".to_owned(), false),
        ("{ask: unlisted}".to_owned(), true),
    ] {
        let folder = Folder::new()
            .file("must.yaml", format!("assert: [{statement}]"))
            .file("p.yaml", ASKING);
        let run = folder.run(&["assert", "must.yaml", "p.yaml"]);
        assert_eq!(run.status, i32::from(!holds), "{statement}: {}{}", run.out, run.err);
    }
    let folder = folder.file("must.yaml", "assert: [{ask: pay}, {ask: 'dro*'}]");
    let run = folder.run(&["assert", "must.yaml", "p.yaml"]);
    for part in [
        "p.yaml: 1 of 2 statements holds",
        "does not hold: no call of pay passes unasked",
        "proved: no call of dro* passes unasked",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
    // The call that is shown does pass, and nobody is asked.
    let output = folder.run(&["assert", "must.yaml", "p.yaml", "--format", "json"]).json();
    let call =
        serde_json::json!({"tool": "pay", "args": output["policies"][0]["answers"][0]["args"]});
    let explain =
        ["explain", "--policy", "p.yaml", "--format", "json", "--call", &call.to_string()];
    assert_eq!(folder.run(&explain).json()["outcome"], "allow", "{call}");
}

#[test]
fn a_statement_says_one_thing() {
    for (statement, message) in [
        ("{ask: a, deny: a}", "`deny` and `ask` in one statement"),
        ("{ask: a, limit: a, max: 1, window: day}", "`ask` and `limit` in one statement"),
        ("{ask: a, max: 1}", "`max` belongs to `limit`"),
        (
            "{limit: a, max: 1, window: day, when: [{path: args.a, op: eq, value: 1}]}",
            "`when` belongs to `deny`, `ask` or `allow`",
        ),
        ("{default: deny, when: [{path: args.a, op: eq, value: 1}]}", "`when` belongs to"),
        (
            "{limit: [a, b], max: 1, window: day, unless: [{path: args.a, op: eq, value: 1}]}",
            "`unless` belongs to `deny`, `ask` or `allow`",
        ),
        ("{limit: a, max: 1, window: day, total: true}", "`total` counts the calls of several"),
        ("{deny: [a, b], total: true}", "`total` belongs to `limit`"),
        ("{deny: []}", "`deny` names no tool"),
        ("{deny: {category: []}}", "`deny` names no tool"),
        ("{deny: [a, b, a]}", "`a` stands twice"),
        ("{deny: {category: Exceute}}", "`Exceute` is not `Read`"),
        ("{deny: {category: Exec}}", "`Exec` is not `Read`"),
        ("{deny: {categories: Execute}}", "the fields known here are `category`"),
        ("{default: allow}", "`allow` is not `deny` or `ask`"),
        ("{deny: a, unless: []}", "`unless` holds no condition"),
        ("{deny: a, unless: [{path: args.a, op: regex, value: '('}]}", "missing closing )"),
        ("{ask: a, when: [{path: args.a, op: regex, value: '('}]}", "missing closing )"),
    ] {
        let run = assert(&format!("assert: [{statement}]"), POLICY);
        assert_eq!(run.status, 2, "{statement}");
        assert!(run.err.contains(message), "{statement}: {}", run.err);
    }
}

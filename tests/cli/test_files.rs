//! What `gatelint test` says of statements that fail, of what it leaves out, and of files that are wrong.

use serde_json::json;

use crate::support::{Folder, Run};

const POLICY: &str = r#"{
  "version": "1",
  "default": "allow",
  "tools": {
    "run_job": { "limits": [{ "counter": "c", "window": "minute", "max": 11, "scope": "grant" }] },
    "pay": { "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gt", "value": 500 }] }] }
  }
}
"#;

const STATEMENTS: &str = "statements:
  - {name: nobody pays, deny: pay}
  - {limit: run_job, max: 10, window: minute}
  - {default: deny}
  - {allow: pay}
";

fn test(tests: &str, options: &[&str]) -> Run {
    let folder = Folder::new().file("p.test.yaml", tests).file("p.json", POLICY);
    folder.run_with(&[&["test"], options].concat(), "", &[("COLUMNS", "200")])
}

#[test]
fn a_statement_that_fails_says_what_was_expected_and_found_and_where_in_every_format() {
    let told = [
        ("no call of pay passes (p.test.yaml:2)", "found allow (p.json:6)"),
        ("at most 10 calls of run_job per minute (p.test.yaml:3)", "found allow (p.json:5)"),
        ("a tool that the policy does not name passes (p.test.yaml:4)", "found allow (p.json:3)"),
        ("every call of pay is allowed (p.test.yaml:5)", "args.amount-gt (p.json:6)"),
    ];
    for format in ["github", "junit", "tap"] {
        let run = test(STATEMENTS, &["--format", format]);
        assert_eq!(run.status, 1, "{}", run.err);
        for (expected, found) in told {
            for part in [expected, found] {
                assert!(run.out.contains(part), "{format}: {part:?} is not in\n{}", run.out);
            }
        }
        assert!(run.out.contains("nobody pays"), "{}", run.out);
    }
    let github = test(STATEMENTS, &["--format", "github"]).out;
    assert!(github.contains("::error file=p.json,line=3,title=statement-fails::expected: "));
    let output = test(STATEMENTS, &["--format", "json"]).json();
    let answers = &output["files"][0]["tested"][0]["statements"]["policies"][0]["answers"];
    assert_eq!(answers[0]["says"], "no call of pay passes");
    assert_eq!((&answers[0]["line"], &answers[3]["line"]), (&json!(2), &json!(5)));
    let decided = &answers[3]["violations"][0]["decided"];
    assert_eq!(
        (&decided["outcome"], &decided["pointer"], &decided["file"], &decided["line"]),
        (&json!("deny"), &json!("/tools/pay/deny_if/0"), &json!("p.json"), &json!(6))
    );
    let human = test(STATEMENTS, &[]).out;
    assert!(human.contains("expected  no call of pay passes"), "{human}");
}

#[test]
fn statements_are_chosen_by_what_they_say_and_what_is_left_out_is_counted_in_every_format() {
    for (filter, left) in [("nobody", 3), ("no call of pay", 3), ("pay", 2)] {
        let run = test(STATEMENTS, &["--filter", filter, "--format", "json"]);
        let output = run.json();
        assert_eq!((&output["left_out"], run.status), (&json!(left), 1), "{filter}");
        assert_eq!(output["files"][0]["tested"][0]["left_out"], json!(left), "{filter}");
    }
    for format in ["human", "markdown", "github", "junit", "tap"] {
        let run = test(STATEMENTS, &["--filter", "nobody", "--format", format]);
        assert!(run.out.contains("3 statements left out"), "{format}: {}", run.out);
    }
    let run = test(STATEMENTS, &["--filter", "nowhere"]);
    assert_eq!((run.status, run.err.contains("--filter")), (3, true), "{}", run.err);
}

#[test]
fn the_first_failure_ends_cases_and_statements() {
    let case = "cases: [{name: a, call: {tool: pay}, expect: deny}]\n";
    for (tests, failures, left) in [
        (STATEMENTS.to_owned(), 1, "3 statements left out"),
        (format!("{case}{STATEMENTS}"), 1, "4 statements left out"),
    ] {
        let run = test(&tests, &["--fail-fast"]);
        let told = ["fails: ", "does not hold: "].map(|word| run.out.matches(word).count());
        assert_eq!((run.status, told.iter().sum()), (1, failures), "{}", run.out);
        assert!(run.out.contains(left), "{}", run.out);
    }
}

#[test]
fn what_is_wrong_is_told_once_and_with_a_remedy() {
    let case = |fields: &str| format!("cases: [{{name: a, call: {{tool: t}}, {fields}}}]");
    let named =
        |calls: &str| format!("calls: {{{calls}}}\ncases: [{{name: c, call: a, expect: allow}}]");
    let rows = [
        (named("a: {like: a}"), "the call `a` is like itself", "write the fields of `a` out"),
        (named("a: {like: b}, b: {tool: t}"), "the call `b` stands below `a`", "move `b` above"),
        (named("job: {tool: t}, a: {like: jbo}"), "no call `jbo`, did you mean `job`?", "name"),
        (case("at: 5, expect: allow"), "`5` is no length of time", "write `5s`"),
        (case("at: 1.5s, expect: allow"), "`1.5s` is no length of time", "write `1500ms`"),
        (case("at: [1], expect: allow"), "a list is no length of time", "write it as"),
        (case("repeat: 0, expect: allow"), "`0` is no number of calls", "a number from 1 to"),
        (case("repeat: 2 every 5, expect: allow"), "`2 every 5` is no", "`2 every 5s`"),
        (case("repeat: '+5', expect: allow"), "`+5` is no number of calls", "a number from 1"),
        (case("expect: {outcome: throttle, retry: 5}"), "`5` is no length of time", "write `5s`"),
        (case("start: 9999-01-01T00:00:00Z, expect: allow"), "is too far off", "1 to 9898"),
        (case("start: 9950-01-01T00:00:00Z, expect: allow"), "is too far off", "1 to 9898"),
        (
            case("start: 2026-03-01, expect: allow"),
            "the time of day or the offset",
            "`2026-03-01T00:00:00Z`",
        ),
        (
            case("start: 2026-03-01 10:00:00, expect: allow"),
            "the time of day or the offset",
            "`2026-03-01T10:00:00Z`",
        ),
        (case("start: 5, expect: allow"), "`5` is no time", "`2026-03-01T10:00:00Z`"),
        (String::new(), "the file is empty", "statements: [{default: deny}]"),
        (case("expect: allowed"), "did you mean `allow`?", "write `allow`"),
        (case("expect: {outcome: block}"), "did you mean `deny`?", "write `allow`"),
        (case("expect: rate_limit"), "`throttle`?", "write `allow`"),
        (case("expects: allow"), "unknown field `expects`, did you mean `expect`?", "known here"),
        (case("after: 3s, expect: allow"), "unknown field `after`", "from the start of the case"),
        (case("args: {a: 1}, expect: allow"), "unknown field `args`", "put it into `call: {…}`"),
        (
            "cases: [{name: a, call: {tool: t, result: error}, expect: allow}]".to_owned(),
            "`error` is not",
            "write `ok`",
        ),
        (
            "cases: [{name: a, call: get_balance, expect: allow}]".to_owned(),
            "there is no call `get_balance`",
            "write `call: {tool: get_balance}`",
        ),
        ("statements: [{limit: pay, max: 2}]".to_owned(), "`limit` needs `window`", "add `window`"),
        (
            "statements: [{deny: pay, when: [{path: amount, op: gt, value: 5}]}]".to_owned(),
            "`amount` does not have the form",
            "write `args.amount`",
        ),
        (
            "statements: [{deny: pay, when: [{path: args.amount, op: '>', value: 5}]}]".to_owned(),
            "`gt`?",
            "write `eq`",
        ),
        (
            format!("for: q.json\n{}", case("expect: allow")),
            "there is no policy q.json, did you mean `p.json`?",
            "write its path",
        ),
        (
            format!("for: [p.json, ./p.json]\n{}", case("expect: allow")),
            "p.json stands twice in `for`",
            "remove one of them",
        ),
    ];
    for (tests, message, help) in rows {
        let run = test(&tests, &[]);
        assert_eq!(run.status, 2, "{tests}: {}", run.out);
        for part in [message, help] {
            assert!(run.err.contains(part), "{tests}: {part:?} is not in\n{}", run.err);
        }
        assert_eq!(run.err.matches("error[test]").count(), 1, "{tests}: {}", run.err);
    }
    let both = test(&case("at: 5, repeat: 0, expect: allow"), &[]);
    assert_eq!(both.err.matches("error[test]").count(), 2, "{}", both.err);
    let two = "cases:\n  - {name: a, call: x, expect: allow}\n  - {name: b, call: {tool: t}, expect: pass}\n";
    let run = test(two, &[]);
    let places = ["no call `x`", "`pass` is not"].map(|part| run.err.find(part));
    assert!(places[0].is_some() && places[0] < places[1], "{}", run.err);
    let cycle = named("a: {like: b}, b: {like: a}");
    let run = test(&cycle, &[]);
    assert!(run.err.contains("`a` is like itself, by way of `b`"), "{}", run.err);
}

#[test]
fn the_path_of_a_policy_is_shown_without_steps_that_lead_back() {
    let tests = "for: ../p.json\ncases: [{name: a, call: {tool: t}, expect: allow}]";
    let folder = Folder::new().file("sub/p.test.yaml", tests).file("p.json", POLICY);
    let run = folder.run(&["test"]);
    assert_eq!(run.out, "sub/p.test.yaml under p.json: 1 of 1 case passes\n", "{}", run.err);
    let run = Folder::new().file("sub/p.test.yaml", tests).run(&["test"]);
    assert!(run.err.contains("there is no policy p.json"), "{}", run.err);
}

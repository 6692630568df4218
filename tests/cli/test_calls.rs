//! What `gatelint test` makes of the calls of a test file: arguments that are not known, that are no object, that
//! hold secrets.

use crate::support::{Folder, Run};

const POLICY: &str = r#"{
  "version": "1",
  "default": "allow",
  "tools": {
    "pay": {
      "require": [{ "conditions": [{ "path": "args.amount", "op": "lte", "value": 500 }] }],
      "deny_if": [{ "conditions": [{ "path": "args.pin", "op": "eq", "value": "9876" }] }]
    },
    "log": { "deny_if": [{ "conditions": [{ "path": "args.level", "op": "eq", "value": "all" }] }] }
  }
}
"#;

fn folder(tests: &str) -> Folder {
    Folder::new().file("p.test.yaml", tests).file("p.json", POLICY)
}

fn test(tests: &str) -> Run {
    folder(tests).run(&["test"])
}

#[test]
fn what_a_row_or_a_call_knows_of_arguments_takes_the_place_of_what_the_other_knew() {
    let run = test(
        "
calls:
  base: {tool: pay, args: {amount: 5, pin: '1'}}
  hashed: {like: base, args_missing: hashed}
  named: {like: base, args_keys: [amount]}
  known: {like: hashed, args: {amount: 6}}
cases:
  - {name: hashed, call: hashed, expect: {outcome: indeterminate, missing: hashed-arguments}}
  - {name: named, call: named, expect: {outcome: indeterminate, missing: argument-values}}
  - {name: known, call: known, expect: allow}
  - name: rows
    call: base
    table:
      - {expect: allow}
      - {args: {pin: '9876'}, expect: deny}
      - {args_missing: redacted, expect: {outcome: indeterminate, missing: redacted-arguments}}
      - {args_keys: [amount, pin], expect: {outcome: indeterminate, missing: argument-values}}
      - {args: null, expect: deny}
",
    );
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("8 of 8 cases pass"), "{}", run.out);
}

#[test]
fn a_call_says_in_one_way_what_is_known_of_its_arguments() {
    for call in [
        "{tool: pay, args: {amount: 5}, args_missing: hashed}",
        "{tool: pay, args: {amount: 5}, args_keys: [amount]}",
        "{tool: pay, args_keys: [amount], args_missing: hashed}",
    ] {
        let both = format!("cases: [{{name: a, call: {call}, expect: allow}}]");
        let named = format!("calls: {{c: {call}}}\ncases: [{{name: a, call: c, expect: allow}}]");
        let row = call.replace("tool: pay, ", "expect: allow, ");
        let row = format!("cases: [{{name: a, call: {{tool: pay}}, table: [{row}]}}]");
        for tests in [both, named, row] {
            let run = test(&tests);
            assert_eq!((run.status, run.err.matches("error[test]").count()), (2, 1), "{tests}");
            assert!(run.err.contains("` of one call"), "{tests}: {}", run.err);
        }
    }
}

#[test]
fn what_requires_an_argument_fails_closed_where_arguments_are_no_object_and_no_other_rule_is_sure()
{
    let run = test(
        "
cases:
  - {name: required, call: {tool: pay, args: [1]}, expect: {outcome: deny, rule: /tools/pay/require/args.amount-lte}}
  - {name: denied, call: {tool: log, args: [1]}, expect: {outcome: indeterminate, missing: unreadable-arguments}}
",
    );
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
}

const SECRETS: &str = "
cases:
  - {name: pays, call: {tool: pay, args: {amount: 5, password: hunter2, pin: '1111', note: 'ghp_x7Kq2mZp9LwT4vBn8RsY1cUd6HfJ3gAe5oXi'}}, expect: deny}
statements:
  - {deny: pay, when: [{path: args.pin, op: eq, value: '4711'}]}
";

#[test]
fn values_of_secrets_are_shown_only_where_that_is_asked_for() {
    let folder = folder(SECRETS).file("gatelint.yaml", "secret-arguments: [pin]\n");
    let secrets = ["hunter2", "1111", "9876", "ghp_x7Kq", "4711"];
    for format in ["human", "markdown", "github", "junit", "tap", "json", "lcov"] {
        let coverage = matches!(format, "human" | "markdown" | "json" | "lcov");
        let more: &[&str] = if coverage { &["--coverage"] } else { &[] };
        let run = folder.run(&[&["test", "--format", format], more].concat());
        assert_eq!(run.status, 1, "{format}: {}", run.err);
        for secret in secrets {
            assert!(!run.out.contains(secret), "{format}: {secret}: {}", run.out);
        }
    }
    let masked = folder.run(&["test", "--coverage"]).out;
    for part in [r#""password":"***""#, r#"args.pin is "***"; found "***""#, r#"args.pin eq "***""#]
    {
        assert!(masked.contains(part), "{part} is not in\n{masked}");
    }
    let run = folder.run(&["test", "--coverage", "--show-args"]);
    for secret in secrets {
        assert!(run.out.contains(secret), "{secret} is not in\n{}", run.out);
    }
    let mutants = folder.run(&["test", "--mutate"]).out;
    assert!(mutants.contains("missing") && !mutants.contains("9876"), "{mutants}");
}

#[test]
fn explain_shows_values_of_secrets_only_where_that_is_asked_for() {
    let folder = folder(SECRETS).file("gatelint.yaml", "secret-arguments: [pin]\n");
    let call = r#"{"tool":"pay","args":{"amount":5,"pin":"1111"}}"#;
    for format in ["human", "json"] {
        let explain = ["explain", "--policy", "p.json", "--call", call, "--format", format];
        let run = folder.run(&explain);
        assert!(!run.out.contains("1111") && !run.out.contains("9876"), "{}", run.out);
        let run = folder.run(&[&explain[..], &["--show-args"]].concat());
        assert!(run.out.contains("1111") && run.out.contains("9876"), "{}", run.out);
    }
}

#[test]
fn a_failure_is_told_once_and_ends_at_what_decided_and_the_tally_stands_last() {
    let long = "x".repeat(400);
    let run = test(&format!(
        "cases: [{{name: a, call: {{tool: pay, args: {{amount: 5, pin: '9876', q: {long}}}}}, expect: allow}}]"
    ));
    assert!(!run.out.contains("not asked") && !run.out.contains("place:"), "{}", run.out);
    assert!(run.out.lines().all(|line| line.chars().count() < 200), "{}", run.out);
    assert_eq!(run.out.lines().last(), Some("0 of 1 case passes"), "{}", run.out);
}

#[test]
fn a_statement_about_some_commands_is_decided_for_each_of_them() {
    let settings =
        r#"{"permissions": {"deny": ["Bash(rm:*)"], "allow": ["Bash(rm -v x)", "Bash(ls)"]}}"#;
    for (condition, verdict) in [
        ("op: eq, value: rm x", "proved"),
        ("op: in, value: [rm x, rm -v x, rm]", "proved"),
        ("op: eq, value: rm x && rm y", "proved"),
        ("op: eq, value: ls", "does not hold"),
        ("op: in, value: [rm x, ls]", "does not hold"),
        ("op: contains, value: rm x", "does not hold"),
        ("op: eq, value: rmdir x", "does not hold"),
    ] {
        let statement =
            format!("statements: [{{deny: Bash, when: [{{path: args.command, {condition}}}]}}]");
        let folder =
            Folder::new().file("app/.claude/settings.json", settings).file("must.yaml", &statement);
        let run = folder.run(&["assert", "must.yaml", "app"]);
        assert!(run.out.contains(&format!("  {verdict}: ")), "{condition}: {}{}", run.out, run.err);
    }
}

#[test]
fn statements_of_other_conditions_have_other_names_in_every_format() {
    let tests = "
statements:
  - {deny: pay, when: [{path: args.amount, op: gt, value: 5}]}
  - {deny: pay, when: [{path: args.amount, op: gt, value: 900}], unless: [{path: args.password, op: eq, value: hunter2}]}
";
    for format in ["human", "tap", "junit"] {
        let run = folder(tests).run(&["test", "--format", format]);
        let said = run.out.replace("&gt;", ">");
        assert!(said.contains("no call of pay with args.amount gt 5 passes"), "{format}: {said}");
        assert!(!said.contains("hunter2"), "{format}: {said}");
        let proved =
            "no call of pay with args.amount gt 900 passes unless it has args.password eq ***";
        assert_eq!(said.contains(proved), format != "human", "{format}: {said}");
    }
}

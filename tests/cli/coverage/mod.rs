//! `--coverage` of `test` and `replay` as a user meets it.

mod agents;
mod replay;

use serde_json::{Value, json};

use self::replay::{INTERCEPT, call, replay};
use crate::support::{Folder, Run};

const POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "hide": ["secret"],
  "tools": {
    "run": {
      "limits": [{ "counter": "c", "window": "minute", "max": 2, "scope": "grant" }]
    },
    "pay": {
      "require": [{ "conditions": [{ "path": "args.currency", "op": "eq", "value": "EUR" }] }],
      "deny_if": [
        {
          "conditions": [
            { "path": "args.amount", "op": "gt", "value": 500 },
            { "path": "args.to", "op": "exists", "value": true }
          ]
        }
      ]
    },
    "list": {}
  }
}
"#;

const SOME: &str = "
cases:
  - {name: pays, call: {tool: pay, args: {currency: EUR, amount: 5}}, expect: allow}
  - {name: runs, call: {tool: run}, expect: allow}
  - {name: lists, call: {tool: list}, expect: allow}
";

const REST: &str = "
  - {name: dollars, call: {tool: pay, args: {currency: USD}}, expect: deny}
  - {name: much, call: {tool: pay, args: {currency: EUR, amount: 501}}, expect: allow}
  - {name: much to somebody, call: {tool: pay, args: {currency: EUR, amount: 501, to: x}}, expect: deny}
  - {name: often, call: {tool: run}, steps: [{repeat: 2, expect: allow}, {expect: throttle}]}
  - {name: hidden, call: {tool: secret}, expect: deny}
  - {name: unlisted, call: {tool: drop}, expect: deny}
";

const TABLE: &str = "p.test.yaml under p.json: 3 of 3 cases pass

Coverage
  policy  rules  conditions  limits  tools   all
  p.json    0/4         2/6     1/2    3/3  6/15  40 %

Not covered of p.json
  rule default deny (line 3) never decided a call
  rule hide secret (line 4) never decided a call
  limit c: at most 2 a minute (line 7) was never hit
  rule /tools/pay/require/args.currency-eq (line 10) never decided a call; it was asked about 1 call
  condition args.currency eq \"EUR\" (line 10) was never false
  rule /tools/pay/deny_if/args.amount-gt (line 12) never decided a call; it was asked about 1 call
  condition args.amount gt 500 (line 14) was never true
  condition args.to exists true (line 15) was never true and never false

No rule of p.json looked at 1 call that passed: list 1

3 of 3 cases pass
";

const LCOV: &str = "TN:
SF:p.json
FN:3,rule default deny
FN:4,rule hide secret
FN:6,tool run
FN:9,tool pay
FN:10,rule /tools/pay/require/args.currency-eq
FN:12,rule /tools/pay/deny_if/args.amount-gt
FN:20,tool list
FNDA:0,rule default deny
FNDA:0,rule hide secret
FNDA:1,tool run
FNDA:1,tool pay
FNDA:0,rule /tools/pay/require/args.currency-eq
FNDA:0,rule /tools/pay/deny_if/args.amount-gt
FNDA:1,tool list
FNF:7
FNH:3
BRDA:7,0,0,0
BRDA:7,0,1,1
BRDA:10,1,0,1
BRDA:10,1,1,0
BRDA:14,2,0,0
BRDA:14,2,1,1
BRDA:15,3,0,-
BRDA:15,3,1,-
BRF:8
BRH:3
DA:3,0
DA:4,0
DA:6,1
DA:7,1
DA:9,1
DA:10,0
DA:12,0
DA:14,1
DA:15,0
DA:20,1
LF:10
LH:5
end_of_record
";

fn test(policy: &str, cases: &str, options: &[&str]) -> Run {
    let folder = Folder::new().file("p.test.yaml", cases).file("p.json", policy);
    folder.run(&[&["test", "p.test.yaml"], options].concat())
}

/// The coverage of the only policy.
fn covered(run: &Run) -> Value {
    run.json()["coverage"]["policies"][0].clone()
}

/// What was never seen, by the line and kind of the part.
fn never(coverage: &Value) -> Vec<(u64, &str, &str)> {
    let parts = coverage["not_covered"].as_array().unwrap().iter();
    let items = parts.flat_map(|part| {
        let never = part["never"].as_array().unwrap().iter();
        let line = part["line"].as_u64().unwrap_or_default();
        never.map(move |item| (line, part["kind"].as_str().unwrap(), item.as_str().unwrap()))
    });
    items.collect()
}

fn counts(coverage: &Value) -> [String; 5] {
    let count = |share: &Value| format!("{}/{}", share["covered"], share["items"]);
    let kinds = ["rules", "conditions", "limits", "tools"].map(|kind| count(&coverage[kind]));
    let [rules, conditions, limits, tools] = kinds;
    [rules, conditions, limits, tools, count(coverage)]
}

#[test]
fn each_part_that_was_not_seen_is_named_with_its_place_and_why() {
    let run = test(POLICY, SOME, &["--coverage"]);
    assert_eq!((run.status, run.out.as_str()), (0, TABLE), "{}", run.err);
}

#[test]
fn lcov_shows_rules_and_tools_as_functions_and_the_two_sides_of_conditions_and_limits_as_branches()
{
    let run = test(POLICY, SOME, &["--format", "lcov"]);
    assert_eq!((run.status, run.out.as_str()), (0, LCOV), "{}", run.err);
}

#[test]
fn markdown_has_a_table_and_what_was_never_met_with_its_place() {
    let run = test(POLICY, SOME, &["--coverage", "--format", "markdown"]);
    for part in [
        "### Coverage: 40 % (6 of 15)\n",
        "| policy | rules | conditions | limits | tools | all |  |\n| --- | --: | --: | --: | --: | --: | --: |\n",
        "| `p.json` | 0/4 | 2/6 | 1/2 | 3/3 | 6/15 | 40 % |\n",
        "<summary>Not covered of <code>p.json</code> (8)</summary>",
        "| rule default deny | `p.json:3` | never decided a call |\n",
        "No rule of p.json looked at 1 call that passed: list 1\n",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in {}", run.out);
    }
    let bare = test(POLICY, SOME, &["--format", "markdown"]);
    assert!(!bare.out.contains("### Coverage"), "{}", bare.out);
    let hostile =
        r#"{"version": "1", "default": "deny", "tools": {"a|b`</summary><img src=x>@me": {}}}"#;
    let run = test(hostile, SOME, &["--coverage", "--format", "markdown"]);
    let row = "| tool a&#124;b&#96;&#60;/summary&#62;&#60;img src=x&#62;&#64;&#8203;me | `p.json:1` | was never called |\n";
    assert!(run.out.contains(row), "{}", run.out);
    let trace = call(0, r#""tool":"pay","args":{"amount":2}"#);
    let run = replay(INTERCEPT, &trace, &["--coverage", "--format", "markdown"]);
    assert!(run.out.contains("### Coverage: 27.2 % (3 of 11)\n"), "{}", run.out);
}

#[test]
fn json_has_the_same_parts_and_numbers() {
    let run = test(POLICY, SOME, &["--coverage", "--format", "json"]);
    let coverage = covered(&run);
    assert_eq!(counts(&coverage), ["0/4", "2/6", "1/2", "3/3", "6/15"]);
    assert_eq!((&coverage["percent"], &coverage["calls"]), (&json!(40.0), &json!(3)));
    assert_eq!(coverage["unchecked"], json!([{"name": "list", "calls": 1}]));
    let expected = [
        (3, "rule", "decided"),
        (4, "rule", "decided"),
        (7, "limit", "hit"),
        (10, "rule", "decided"),
        (10, "condition", "false"),
        (12, "rule", "decided"),
        (14, "condition", "true"),
        (15, "condition", "true"),
        (15, "condition", "false"),
    ];
    assert_eq!(never(&coverage), expected);
    let first = &coverage["not_covered"][3];
    assert_eq!(first["pointer"], "/tools/pay/require/0");
    assert_eq!((&first["file"], &first["reached"]), (&json!("p.json"), &json!(1)));
    assert_eq!(test(POLICY, SOME, &["--format", "json"]).json()["coverage"], Value::Null);
}

#[test]
fn what_cases_and_calls_of_a_trace_show_together_is_everything() {
    let run = test(POLICY, &format!("{SOME}{REST}"), &["--coverage", "--fail-on", "coverage<100"]);
    assert_eq!((run.status, run.err.as_str()), (0, ""), "{}", run.out);
    assert!(run.out.contains("4/4         6/6     2/2    3/3  15/15  100 %"), "{}", run.out);
    assert!(!run.out.contains("Not covered"), "{}", run.out);
}

#[test]
fn a_policy_that_several_files_test_is_covered_by_all_of_them() {
    let name = "for: p.json";
    let folder = Folder::new().file("p.json", POLICY);
    let folder = folder.file("a.test.yaml", format!("{name}{SOME}"));
    let folder = folder.file("sub/b.test.yaml", format!("for: ../p.json\ncases:{REST}"));
    let run = folder.run(&["test", "--coverage", "--format", "json"]);
    let coverage = run.json()["coverage"].clone();
    assert_eq!(coverage["policies"].as_array().unwrap().len(), 1, "{}", run.out);
    assert_eq!(
        (&coverage["percent"], &coverage["policies"][0]["calls"]),
        (&json!(100.0), &json!(11))
    );
}

#[test]
fn too_little_coverage_fails_beside_other_reasons_and_says_how_much_there_is() {
    let status = |list: &str| test(POLICY, SOME, &["--fail-on", list]);
    for (list, expected) in [
        ("coverage<40", 0),
        ("coverage<40.1", 1),
        ("fails,coverage<90", 1),
        ("vacuous,coverage<10", 0),
        ("coverage<100", 1),
    ] {
        let run = status(list);
        assert_eq!(run.status, expected, "{list}: {}", run.err);
        assert_eq!(
            run.err.contains("40 % is covered (6 of 15), less than "),
            expected == 1,
            "{list}"
        );
        assert!(run.out.contains("6/15"), "{list} implies --coverage");
    }
    for list in ["coverage<", "coverage<0", "coverage<101", "coverage<x", "coverage>50", "coverage"]
    {
        let run = status(list);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{list}");
        assert!(run.err.contains("as `coverage<90`"), "{list}: {}", run.err);
    }
    let run = status("covrage<90");
    assert!(
        run.status == 2 && run.err.contains("fails, vacuous, survivors, none, coverage<N]"),
        "{}",
        run.err
    );
    let run = status("none,coverage<90");
    assert!(run.status == 2 && run.err.contains("`--fail-on none` stands alone"), "{}", run.err);
    let failing = SOME.replace("expect: allow", "expect: deny");
    assert_eq!(
        test(POLICY, &failing, &["--fail-on", "coverage<1"]).status,
        1,
        "cases fail as ever"
    );
    let junit = test(POLICY, SOME, &["--format", "junit", "--fail-on", "coverage<90"]);
    assert_eq!((junit.status, junit.err.contains("40 % is covered")), (1, true));
    let junit = test(POLICY, SOME, &["--format", "junit", "--coverage"]);
    assert!(junit.status == 0 && junit.out.contains("40 % is covered"), "{}", junit.out);
}

#[test]
fn names_that_a_policy_chooses_make_no_records_of_their_own() {
    let hostile = r#"{"version": "1", "default": "deny", "tools": {"a\nend_of_record\nDA:1,9": {}, "b\u202e": {}}}"#;
    let cases = "cases: [{name: a, call: {tool: x}, expect: deny}]";
    let run = test(hostile, cases, &["--format", "lcov"]);
    assert_eq!(run.out.lines().filter(|line| *line == "end_of_record").count(), 1, "{}", run.out);
    assert!(run.out.contains(r"FN:1,tool a\u{a}end_of_record\u{a}DA:1,9"), "{}", run.out);
    assert!(run.out.contains(r"tool b\u{202e}") && !run.out.contains('\u{202e}'), "{}", run.out);
    let shown = test(hostile, cases, &["--coverage"]).out;
    assert!(shown.contains(r"tool a\u{a}end_of_record"), "{shown}");
}

#[test]
fn the_policies_of_the_fixtures_are_tested_to_the_last_item() {
    let run = crate::support::run(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")),
        &["test", "fixtures/tests", "--fail-on", "coverage<100", "--format", "json"],
        "",
        &[],
    );
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let output = run.json();
    assert_eq!(output["cases"], output["passed"]);
    let policies = output["coverage"]["policies"].as_array().unwrap();
    let items: Vec<&Value> = policies.iter().map(|policy| &policy["items"]).collect();
    assert_eq!(items, [4, 6, 4, 2, 4, 4].map(Value::from).iter().collect::<Vec<_>>());
}

#[test]
fn parts_of_one_line_are_told_apart_though_they_are_called_alike() {
    let entry = r#"{"deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 5}]}]}"#;
    let policy = format!(
        r#"{{"version": "1", "default": "allow", "tools": {{"a": {entry}, "b": {entry}}}}}"#
    );
    let cases = "
cases:
  - {name: a, call: {tool: a, args: {n: 6}}, expect: deny}
  - {name: b, call: {tool: b, args: {n: 6}}, expect: deny}
  - {name: few, call: {tool: a, args: {n: 1}}, expect: allow}
";
    let lcov = test(&policy, cases, &["--format", "lcov"]).out;
    assert!(
        lcov.contains("BRDA:1,0,0,1\nBRDA:1,0,1,1\nBRDA:1,1,0,1\nBRDA:1,1,1,0\nBRF:4\nBRH:3\n"),
        "{lcov}"
    );
    assert!(lcov.contains("FNF:4\nFNH:4\n") && lcov.contains("DA:1,1\n"), "{lcov}");
    let rules = "rules: [{name: no, action: deny}]";
    let policy = format!("version: '1'\ntools: {{a: {{{rules}}}, b: {{{rules}}}}}\n");
    let folder =
        Folder::new().file("p.yaml", policy).file("t.jsonl", "{\"tool\":\"a\",\"args\":{}}\n");
    let lcov = folder.run(&["replay", "--policy", "p.yaml", "t.jsonl", "--format", "lcov"]).out;
    assert!(lcov.contains("FNDA:1,rule no\n") && lcov.contains("FNDA:0,rule no (2)\n"), "{lcov}");
}

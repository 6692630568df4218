//! `gatelint test` as a user meets it.

use crate::support::{Folder, Run};

const POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "tools": {
    "run_job": { "limits": [{ "counter": "c", "window": "minute", "max": 10, "scope": "grant" }] },
    "pay": { "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gt", "value": 500 }], "on_deny": "too much" }] }
  }
}
"#;

const TESTS: &str = "
start: 2026-03-01T10:00:00Z
calls:
  job: {tool: run_job, args: {id: 1}}
cases:
  - name: ten a minute
    call: job
    steps:
      - {repeat: 10 every 4s, expect: allow}
      - {at: 41s, expect: {outcome: throttle, retry: 19s}}
      - {call: {like: job, grant: other}, expect: allow}
      - {at: 1m, expect: allow}
  - name: payments
    call: {tool: pay, args: {currency: eur}}
    table:
      - {args: {amount: 500}, expect: allow}
      - {name: much, args: {amount: 501}, expect: {outcome: deny, rule: /tools/pay/deny_if/0, message: too*}}
  - {name: nothing else, call: {tool: drop}, expect: deny}
statements:
  - {limit: run_job, max: 10, window: minute}
";

fn test(tests: &str, policy: &str, options: &[&str]) -> Run {
    let folder = Folder::new().file("p.test.yaml", tests).file("p.json", policy);
    folder.run(&[&["test"], options].concat())
}

#[test]
fn a_policy_beside_its_test_file_is_tested_and_passes() {
    let run = test(TESTS, POLICY, &[]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert_eq!(run.out, "p.test.yaml under p.json: 4 of 4 cases pass, 1 of 1 statement holds\n");
}

#[test]
fn a_case_that_fails_shows_what_was_expected_and_found_and_the_steps() {
    let loose = POLICY.replace("500", "900").replace("\"max\": 10", "\"max\": 11");
    let run = test(TESTS, &loose, &[]);
    assert_eq!(run.status, 1);
    for part in [
        "p.test.yaml under p.json: 2 of 4 cases pass, 0 of 1 statement holds",
        "fails: ten a minute  (p.test.yaml:10)",
        "\"ts\":\"2026-03-01T10:00:41Z\"",
        ", step 2",
        "expected  throttle, room after 19s",
        "fails: payments: much  (p.test.yaml:17)",
        r#""args":{"currency":"eur","amount":501}}"#,
        "expected  deny, by /tools/pay/deny_if/0, message `too*`",
        "does not hold  args.amount",
        "does not hold: at most 10 calls of run_job per minute",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
    assert!(!run.out.contains("nothing else"), "{}", run.out);
}

#[test]
fn parts_of_an_expectation_are_compared_one_by_one() {
    let case = |expect: &str| {
        let call = "{tool: pay, args: {amount: 501}}";
        let tests = format!("cases:\n  - {{name: a, call: {call}, expect: {expect}}}\n");
        test(&tests, POLICY, &[])
    };
    for met in ["deny", "{outcome: deny, message: too much}", "{outcome: deny, message: '*much'}"] {
        assert_eq!(case(met).status, 0, "{met}");
    }
    for (unmet, shown) in [
        ("{outcome: deny, message: too}", "message `too much`"),
        ("{outcome: deny, rule: /default}", "by /tools/pay/deny_if/args.amount-gt"),
        ("allow", "found     deny"),
    ] {
        let run = case(unmet);
        assert_eq!(run.status, 1, "{unmet}");
        assert!(run.out.contains(shown), "{}", run.out);
    }
}

#[test]
fn cases_are_chosen_by_name_and_stop_at_the_first_failure_where_that_is_asked_for() {
    let run = test(TESTS, POLICY, &["--filter", "payments"]);
    assert_eq!(
        (run.status, run.out.contains("2 of 2 cases pass, 2 cases and 1 statement left out")),
        (0, true),
        "{}",
        run.out
    );
    let run = test(TESTS, POLICY, &["--filter", "nowhere"]);
    assert_eq!((run.status, run.err.contains("--filter")), (3, true), "{}", run.err);
    let open = POLICY.replace("\"deny\",", "\"allow\",").replace("10,", "9,");
    let run = test(TESTS, &open, &["--fail-fast"]);
    assert_eq!((run.status, run.out.matches("fails: ").count()), (1, 1), "{}", run.out);
}

#[test]
fn what_is_wrong_in_a_test_file_is_told_with_its_place_and_does_not_keep_others_from_being_run() {
    let wrong = [
        ("cases: [{nam: a}]", "did you mean `name`?"),
        (
            "cases: [{name: a, call: {tool: t}, expect: {outcome: allow, retry: 5s}}]",
            "`retry` belongs to `throttle`",
        ),
        ("cases: [{name: a, call: {tool: t}, expect: alow}]", "`alow` is not"),
        ("cases: [{name: a, call: {args: {}}, expect: deny}]", "the call names no tool"),
        ("cases: [{name: a, expect: deny}]", "there is no call"),
        ("cases: [{name: a, call: {tool: t}}]", "does not say what must come"),
        ("cases: [{name: a, call: b, expect: deny}]", "there is no call `b`"),
        (
            "cases: [{name: a, call: {tool: t}, steps: [{at: 5s, expect: deny}, {at: 2s, expect: deny}]}]",
            "is before the call",
        ),
        (
            "cases: [{name: a, call: {tool: t}, repeat: 0, expect: deny}]",
            "`0` is no number of calls",
        ),
        (
            "cases: [{name: a, call: {tool: t}, expect: deny}, {name: a, call: {tool: u}, expect: deny}]",
            "two cases are called `a`",
        ),
        (
            "for: gone.json\ncases: [{name: a, call: {tool: t}, expect: deny}]",
            "there is no policy gone.json",
        ),
        ("cases: [{name: a, call: {tool: t}, at: 999999999999d, expect: deny}]", "too long"),
        (
            "cases: [{name: a, call: {tool: t}, expect: {outcome: throttle, retry: 999999999999d}}]",
            "too long",
        ),
        ("cases: [{name: a, call: {tool: t}, repeat: 4000000000, expect: deny}]", "or too many"),
        (
            "cases: [{name: a, call: {tool: t}, repeat: 1000 every 36500d, expect: deny}]",
            "a hundred years",
        ),
        ("cases: [{name: a, call: {tool: t}, steps: []}]", "`steps` is empty"),
        ("cases: [{name: a, call: {tool: t}, table: []}]", "`table` is empty"),
        (
            "cases: [{name: a, call: {tool: t, args: {n: .inf}}, expect: deny}]",
            "a number that JSON has not",
        ),
        (
            "for: /dev/zero\ncases: [{name: a, call: {tool: t}, expect: deny}]",
            "a pipe, a socket or a device",
        ),
        ("start: noon\ncases: [{name: a, call: {tool: t}, expect: deny}]", "`noon` is no time"),
        (
            "assume: [mode]\ncases: [{name: a, call: {tool: t}, expect: deny}]",
            "write a fact and a value",
        ),
        ("statements: [{deny: t, retry: 5s}]", "unknown field `retry`"),
    ];
    for (tests, message) in wrong {
        let folder = Folder::new().file("p.test.yaml", tests).file("p.json", POLICY);
        let folder = folder.file("q.test.yaml", TESTS).file("q.json", POLICY);
        let run = folder.run(&["test"]);
        assert_eq!(run.status, 2, "{tests}: {}", run.out);
        assert!(run.err.contains(message), "{message:?} is not in\n{}", run.err);
        assert!(run.err.contains("p.test.yaml:"), "{}", run.err);
        assert!(run.out.contains("4 of 4 cases pass"), "{}", run.out);
    }
    for nothing in ["cases: []", "statements: []", "{}"] {
        let run = test(nothing, POLICY, &[]);
        let told = "p.test.yaml has neither cases nor statements";
        assert_eq!((run.status, run.err.contains(told)), (3, true), "{nothing}: {}", run.err);
    }
    let run = Folder::new().file("lone.test.yaml", TESTS).run(&["test"]);
    assert_eq!((run.status, run.err.contains("--policy")), (2, true), "{}", run.err);
}

#[test]
fn the_settings_of_an_agent_are_tested_from_their_project() {
    let settings =
        r#"{"permissions": {"allow": ["Bash(git status)"], "deny": ["Bash(git push:*)"]}}"#;
    let tests = "
for: .
assume: [mode=default]
cases:
  - {name: status, call: {tool: Bash, args: {command: git status}, cwd: /p}, expect: allow}
  - {name: push, call: {tool: Bash, args: {command: 'cd x && git push -f'}, cwd: /p}, expect: {outcome: deny, rule: '.claude/settings.json:1'}}
  - {name: other, call: {tool: Bash, args: {command: make}, cwd: /p}, expect: ask}
";
    let folder = Folder::new().file(".claude/settings.json", settings).file("a.test.yaml", tests);
    let run = folder.run(&["test"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains("3 of 3 cases pass"), "{}", run.out);
}

#[test]
fn every_format_tells_what_fails_and_hides_no_text_in_its_own_notation() {
    let tests = "cases:\n  - {name: \"a\\n::error::b # c\", call: {tool: pay}, expect: deny}\n";
    for (format, part) in [
        ("github", "::error file=p.test.yaml,line=2,title=case-fails::a\\u{a}::error::b"),
        ("junit", "failures=\"1\""),
        ("tap", "not ok 1 - p.test.yaml under p.json: a"),
        ("markdown", "| deny | allow |"),
        ("json", "\"passed\": 0,"),
    ] {
        let run = test(tests, POLICY, &["--format", format]);
        assert_eq!(run.status, 1, "{format}");
        assert!(run.out.contains(part), "{format}: {part:?} is not in\n{}", run.out);
        assert!(!run.out.contains("\n::error::b"), "{}", run.out);
    }
}

#[test]
fn mutants_that_pass_all_tests_are_told_with_the_case_that_is_missing() {
    let weak = "cases: [{name: much, call: {tool: pay, args: {amount: 900}}, expect: deny}]";
    let run = test(weak, POLICY, &["--mutate"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    for part in [
        "1 of 8 mutants killed; 7 survive the tests",
        "survives: /default: unlisted tools are allowed  (p.json:3)",
        r#"missing   {"tool":"any_other_tool","args":{}}: deny"#,
        "survives: /tools/run_job/limits/0/max: `max` 10 becomes 20  (p.json:5)",
        "missing   {\"tool\":\"run_job\",\"args\":{}} 10 times: allow\n    then      {\"tool\":\"run_job\",\"args\":{}}: throttle\n",
        "survives: /tools/pay/deny_if/0/conditions/0: `gt` becomes `gte`  (p.json:6)",
        r#"missing   {"tool":"pay","args":{"amount":500}}: allow"#,
        "survives: /tools/run_job: no longer listed  (p.json:5)",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
    assert_eq!(test(weak, POLICY, &["--mutate", "--fail-on", "survivors"]).status, 1);
    for (format, part) in [
        ("github", "::warning file=p.json,line=3,title=mutant-survives::/default"),
        ("markdown", "1 of 8 mutants killed"),
        ("json", "\"edit\": \"lengthen-window\""),
    ] {
        let run = test(weak, POLICY, &["--mutate", "--format", format]);
        assert!(run.out.contains(part), "{format}: {}", run.out);
    }
}

#[test]
fn the_cases_that_are_missing_are_written_and_kill_every_mutant() {
    let weak = "cases: [{name: much, call: {tool: pay, args: {amount: 900}}, expect: deny}]";
    let folder = Folder::new().file("p.test.yaml", weak).file("sub/p.json", POLICY);
    for (file, policy) in [("sub/more.test.yaml", "p.json"), ("more.test.json", "sub/p.json")] {
        let run = folder.run(&[
            "test",
            "p.test.yaml",
            "--policy",
            "sub/p.json",
            "--mutate",
            "--write",
            file,
        ]);
        assert_eq!(run.status, 0, "{}{}", run.out, run.err);
        assert!(run.err.contains(&format!(" cases were written to {file}")), "{}", run.err);
        let written = std::fs::read_to_string(folder.path(file)).unwrap();
        let is_json = file.ends_with(".json");
        let heading = match is_json {
            true => format!("\"for\": {policy:?}"),
            false => format!("# written by gatelint test --mutate\nfor: {policy}\ncases:\n"),
        };
        assert!(written.contains(&heading), "{written}");
        assert!(written.lines().all(|line| is_json || line.chars().count() < 120), "{written}");
        let again = folder.run(&[
            "test",
            "p.test.yaml",
            file,
            "--policy",
            "sub/p.json",
            "--mutate",
            "--fail-on",
            "survivors",
        ]);
        assert_eq!(again.status, 0, "{}{}", again.out, again.err);
        assert!(again.out.contains("8 of 8 mutants killed"), "{}", again.out);
        let run = folder.run(&[
            "test",
            "p.test.yaml",
            "--policy",
            "sub/p.json",
            "--mutate",
            "--write",
            file,
        ]);
        assert_eq!((run.status, run.err.contains("--force")), (2, true), "{}", run.err);
    }
}

#[test]
fn what_a_change_closes_becomes_a_test_that_fails_before_it() {
    let old = POLICY.replace("500", "900").replace("\"max\": 10", "\"max\": 30");
    let folder = Folder::new().file("old.json", old).file("new.json", POLICY);
    let run = folder.run(&["diff", "old.json", "new.json", "--write", "new.test.yaml"]);
    assert!(run.err.contains("2 cases were written to new.test.yaml"), "{}", run.err);
    assert_eq!(folder.run(&["test", "new.test.yaml"]).status, 0);
    let before = folder.run(&["test", "new.test.yaml", "--policy", "old.json"]);
    assert_eq!(before.status, 1);
    assert!(before.out.contains("0 of 2 cases pass"), "{}", before.out);
    let keeps =
        "2 of them keep closed what new.json closes: they pass under it and fail under old.json";
    assert!(run.err.contains(keeps) && !run.err.contains("warning"), "{}", run.err);
    let run = folder.run(&["diff", "new.json", "new.json", "--write", "none.test.yaml"]);
    assert!(run.err.contains("no call shows a change"), "{}", run.err);
}

#[test]
fn what_a_change_opens_becomes_a_test_that_fails_until_somebody_decides() {
    let opened = POLICY.replace("500", "900").replace("\"max\": 10", "\"max\": 3");
    let folder = Folder::new().file("old.json", POLICY).file("new.json", opened);
    let run = folder.run(&["diff", "old.json", "new.json", "--write", "new.test.yaml"]);
    assert_eq!(run.status, 1, "{}", run.err);
    for told in [
        "2 cases were written to new.test.yaml",
        "1 of them keeps closed what new.json closes",
        "1 of them fails under new.json, which opens what old.json does not let pass",
    ] {
        assert!(run.err.contains(told), "{told:?} is not in {}", run.err);
    }
    let now = folder.run(&["test", "new.test.yaml"]);
    assert_eq!(now.status, 1, "{}", now.out);
    assert!(now.out.contains("1 of 2 cases pass"), "{}", now.out);
    let name =
        "/tools/pay/deny_if/args.amount-gt, opened: deny under old.json, allow under new.json";
    assert!(now.out.contains(name), "{}", now.out);
    let written = std::fs::read_to_string(folder.path("new.test.yaml")).unwrap();
    assert!(written.contains("closed: allow under old.json, throttle under new.json"), "{written}");
    // As the rule was before, the opened call is refused.
    let before = folder.run(&["test", "new.test.yaml", "--policy", "old.json"]);
    assert!(before.out.contains("1 of 2 cases pass"), "{}", before.out);
}

#[test]
fn the_linter_knows_test_files_and_passes_over_them() {
    let folder = Folder::new().file("p.test.yaml", TESTS).file("p.json", POLICY);
    let alone = Folder::new().file("p.json", POLICY);
    assert_eq!(folder.run(&["lint", "."]).out, alone.run(&["lint", "."]).out);
    let run = folder.run(&["lint", "p.test.yaml"]);
    assert_eq!(run.status, 3, "{}", run.out);
    assert!(
        run.err.contains("p.test.yaml is a test file, which `gatelint test` runs"),
        "{}",
        run.err
    );
    let run = folder.run(&["lint", "--skip-non-policies", "--allow-empty", "p.test.yaml"]);
    assert_eq!((run.status, run.err.contains("test file")), (0, false), "{}", run.err);
}

#[test]
fn the_test_file_of_the_pages_passes_for_a_policy_that_it_is_for() {
    let page =
        std::fs::read_to_string(format!("{}/docs/tests.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let blocks = page.split("```yaml\n").skip(1).map(|block| block.split("```").next().unwrap());
    let tests = blocks.filter(|block| block.starts_with("for: ")).collect::<Vec<_>>();
    assert_eq!(tests.len(), 1);
    let folder = Folder::new().file("payments.test.yaml", tests[0]).file("payments.json", POLICY);
    let run = folder.run(&["test"]);
    assert_eq!(
        (run.status, run.out.contains("3 of 3 cases pass, 1 of 1 statement holds")),
        (0, true),
        "{}",
        run.out
    );
}

#[test]
fn a_rule_of_an_agent_is_edited_as_it_is_written() {
    let settings = r#"{"permissions": {"ask": ["Bash(git commit:*)"], "deny": ["Read(./.env)"]}}"#;
    let tests = "for: .\nassume: [mode=default]\ncases:\n  - {name: s, call: {tool: Bash, args: {command: ls}, cwd: /p}, expect: allow}\n";
    let folder = Folder::new().file(".claude/settings.json", settings).file("a.test.yaml", tests);
    let run = folder.run(&["test", "--mutate", "--write", "b.test.yaml"]);
    assert!(run.out.contains("0 of 5 mutants killed; 5 survive the tests"), "{}", run.out);
    assert!(run.out.contains("survives: deny Read(./.env): `deny` becomes `ask`"), "{}", run.out);
    let written = std::fs::read_to_string(folder.path("b.test.yaml")).unwrap();
    assert!(written.contains("assume: [\"mode=default\"]\n"), "{written}");
    let run = folder.run(&["test", "--mutate", "--fail-on", "survivors"]);
    assert_eq!((run.status, run.out.matches("mutants killed").count()), (0, 1), "{}", run.out);
    assert!(run.out.contains("5 of 5 mutants killed"), "{}", run.out);
}

#[test]
fn the_fewest_calls_of_a_trace_that_meet_what_all_do_become_cases() {
    let call = |second: u64, call: &str| {
        format!("{{\"ts\":\"2026-03-01T10:00:{second:02}Z\",\"grant\":\"g\",{call}}}\n")
    };
    let job = r#""tool":"run_job","args":{"id":1}"#;
    let pay =
        |amount: u64| format!(r#""tool":"pay","args":{{"amount":{amount},"token":"s3cret"}}"#);
    let mut trace: String = (0..12).map(|second| call(second, job)).collect();
    trace += &(20..30).map(|second| call(second, &pay(second * 10))).collect::<String>();
    trace += &(30..33).map(|second| call(second, &pay(second * 100))).collect::<String>();
    trace += &call(40, r#""tool":"drop""#);
    let folder = Folder::new().file("p.json", POLICY).file("t.jsonl", trace);
    let options = ["test", "--policy", "p.json", "--trace", "t.jsonl", "--write"];
    let run = folder.run(&[&options[..], &["p.test.yaml"]].concat());
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(
        run.err.contains("4 cases were written to p.test.yaml that come to all that 26 calls do"),
        "{}",
        run.err
    );
    let written = std::fs::read_to_string(folder.path("p.test.yaml")).unwrap();
    assert!(written.contains(r#"repeat: "10 every 1s", expect: allow}"#), "{written}");
    let run = folder.run(&["test", "--coverage", "--fail-on", "fails,coverage<100"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let run = folder.run(&[&options[..], &["q.test.yaml", "--redact", "token"]].concat());
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let written = std::fs::read_to_string(folder.path("q.test.yaml")).unwrap();
    assert!(!written.contains("s3cret") && written.contains("token: redacted"), "{written}");
    let run = folder.run(&["test", "q.test.yaml", "--policy", "p.json"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let run = folder.run(&["test", "--write", "r.test.yaml"]);
    assert_eq!((run.status, run.err.contains("--trace TRACE")), (2, true), "{}", run.err);
}

#[test]
fn a_number_beyond_a_float_is_as_unknown_as_in_a_trace() {
    let tests = r#"{"for": "p.json", "cases": [{"name": "a", "call": {"tool": "pay", "args": {"amount": 1e400}},
        "expect": {"outcome": "indeterminate", "missing": "huge-number"}}]}"#;
    let folder = Folder::new().file("a.test.json", tests).file("p.json", POLICY);
    let run = folder.run(&["test"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
}

#[test]
fn surviving_mutants_are_told_wherever_they_fail_and_no_file_that_is_run_is_replaced() {
    let weak = "cases: [{name: much, call: {tool: pay, args: {amount: 900}}, expect: deny}]";
    let run = test(weak, POLICY, &["--fail-on", "survivors", "--format", "lcov"]);
    let told = run.err.contains("mutants pass all tests");
    assert_eq!((run.status, told), (1, true), "{}", run.err);
    let run = test(weak, POLICY, &["--mutate", "--write", "p.test.yaml", "--force"]);
    assert_eq!(
        (run.status, run.err.contains("one of those that are run")),
        (2, true),
        "{}",
        run.err
    );
    let run = test(weak, POLICY, &["--mutate", "--write", "-"]);
    assert_eq!(
        (run.status, run.err.contains("name a file that ends in")),
        (2, true),
        "{}",
        run.err
    );
}

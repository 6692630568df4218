//! What `gatelint test` lets through in CI: nothing that was not run, proved or told.

use crate::support::{Folder, Run};

const POLICY: &str = r#"{"version": "1", "default": "deny", "tools": {
  "list_invoices": {},
  "refund": {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 500}], "on_deny": "too much"}]}
}}
"#;

const GOOD: &str =
    "for: p.json\ncases: [{name: list, call: {tool: list_invoices}, expect: allow}]\n";

const FORMATS: [&str; 6] = ["human", "json", "markdown", "github", "junit", "tap"];

fn folder() -> Folder {
    Folder::new().file("p.json", POLICY)
}

#[test]
fn a_file_that_could_not_be_run_is_in_every_format() {
    let wrong = "for: p.json\ncases:\n  - {nam: a}\n";
    let both = folder().file("a.test.yaml", wrong).file("b.test.yaml", GOOD);
    for (format, part) in [
        ("human", "1 of 1 case passes, 1 test file could not be run"),
        ("json", "\"file\": \"a.test.yaml\",\n      \"line\": 3,"),
        ("markdown", "### ❌ a.test.yaml is not a valid test file"),
        ("github", "::error file=a.test.yaml,line=3,title=not-run::"),
        ("junit", "<testcase name=\"a.test.yaml:3\" classname=\"gatelint.test\">"),
        ("tap", "not ok 2 - a.test.yaml is not a valid test file"),
    ] {
        let run = both.run(&["test", "--format", format]);
        assert_eq!(run.status, 2, "{format}: {}", run.err);
        assert!(run.out.contains(part), "{format}: {part:?} is not in\n{}", run.out);
    }
    let tap = both.run(&["test", "--format", "tap"]).out;
    assert!(tap.contains("\n1..2\n") && tap.contains("\nok 1 - b.test.yaml"), "{tap}");
    let alone = folder().file("a.test.yaml", wrong);
    assert!(alone.run(&["test", "--format", "tap"]).out.contains("\n1..1\nnot ok 1"));
    let junit = alone.run(&["test", "--format", "junit"]).out;
    assert!(!junit.contains(" errors=\"0\""), "{junit}");
}

#[test]
fn a_policy_that_cannot_be_read_is_told_where_it_is_wrong_as_is_a_file_that_is_gone() {
    let folder = folder().file("bad.json", "{\n  \"version\": \"1\",\n  \"tools\": 5\n}\n");
    let folder = folder.file("a.test.yaml", GOOD.replace("p.json", "bad.json"));
    let run = folder.run(&["test", "--format", "github"]);
    assert_eq!(run.status, 2);
    assert!(run.out.contains("::error file=bad.json,line=3,title=not-run::"), "{}", run.out);
    let tap = folder.run(&["test", "--format", "tap"]).out;
    assert!(tap.contains("not ok 1 - a.test.yaml: bad.json is not a valid policy"), "{tap}");
    let run = folder.run(&["test", "gone.test.yaml", "--format", "github"]);
    assert!(run.out.starts_with("::error file=gone.test.yaml,title=not-run::"), "{}", run.out);
}

#[test]
fn a_file_that_says_nothing_is_nothing_to_check_alone_and_bad_input_beside_others() {
    let empty = folder().file("a.test.yaml", "for: p.json\ncases: []\n");
    let told = "a.test.yaml has neither cases nor statements";
    for format in FORMATS {
        let run = empty.run(&["test", "--format", format]);
        assert_eq!(run.status, 3, "{format}");
        assert!(format == "human" || run.out.contains(told), "{format}: {}", run.out);
    }
    assert_eq!(empty.run(&["test", "--allow-empty"]).status, 0);
    let both = empty.file("b.test.yaml", GOOD);
    let run = both.run(&["test"]);
    assert_eq!((run.status, run.err.contains(told)), (2, true), "{}", run.err);
    assert_eq!(both.run(&["test", "--allow-empty"]).status, 0);
}

/// A policy with a mutant of which nothing can be told: a limit that sums an argument.
fn untold(options: &[&str]) -> Run {
    let policy = r#"version: "1"
default: deny
tools:
  pay:
    rules:
      - name: sane amount
        conditions:
          - {path: args.amount, op: gte, value: 1}
          - {path: args.amount, op: lte, value: 50}
      - name: a day
        conditions: [{path: state.pay.sum, op: lte, value: 100}]
        state: {counter: sum, window: day, increment_from: args.amount}
        on_deny: Enough.
"#;
    let tests = "cases:
  - {name: other, call: {tool: other}, expect: deny}
  - name: pay
    call: {tool: pay}
    table:
      - {args: {amount: 0}, expect: deny}
      - {args: {amount: 1}, expect: allow}
      - {args: {amount: 50}, expect: allow}
      - {args: {amount: 51}, expect: deny}
";
    let folder = Folder::new().file("p.yaml", policy).file("p.test.yaml", tests);
    folder.run(&[&["test", "--mutate"], options].concat())
}

#[test]
fn a_mutant_of_which_nothing_can_be_told_passes_no_gate_and_is_in_every_format() {
    let run = untold(&["--fail-on", "survivors"]);
    assert_eq!(run.status, 1, "{}", run.out);
    assert!(run.out.contains("cannot be told"), "{}", run.out);
    for (format, part) in [
        ("human", "unknown: /tools/pay/rules/1"),
        ("github", "title=mutant-unknown::/tools/pay/rules/1"),
        ("markdown", "unknown: a limit counts an argument"),
        ("json", "\"why\": \"amount\""),
        ("junit", "type=\"mutant-unknown\""),
        ("tap", "whether it decides any call otherwise cannot be told"),
    ] {
        let run = untold(&["--format", format]);
        assert!(run.out.contains(part), "{format}: {part:?} is not in\n{}", run.out);
    }
}

#[test]
fn mutants_are_tests_of_their_own_in_reports_of_tests() {
    let folder = folder().file("p.test.yaml", GOOD);
    let tap = folder.run(&["test", "--mutate", "--format", "tap"]).out;
    for part in [
        "\nok 3 - mutant /tools/list_invoices: no longer listed (p.json:2)\n",
        "\nnot ok 2 - mutant /default: unlisted tools are allowed (p.json:1)\n",
        r#"no test fails; missing: {\"tool\":\"refund\""#,
    ] {
        assert!(tap.contains(part), "{part:?} is not in\n{tap}");
    }
    let points = tap.lines().filter(|line| line.contains("ok ") && line.contains(" - ")).count();
    assert!(tap.contains(&format!("\n1..{points}\n")), "{tap}");
    let junit = folder.run(&["test", "--mutate", "--format", "junit"]).out;
    for part in [
        "<testsuite name=\"mutants of p.json\"",
        "<testcase name=\"/tools/list_invoices: no longer listed (p.json:2)\" classname=\"gatelint.test\"/>",
        "type=\"mutant-survives\"",
    ] {
        assert!(junit.contains(part), "{part:?} is not in\n{junit}");
    }
}

#[test]
fn coverage_is_told_in_reports_of_tests_with_the_least_that_is_wanted() {
    let folder = folder().file("p.test.yaml", GOOD);
    for (format, part) in [
        ("github", "::notice title=coverage::"),
        ("junit", "<testsuite name=\"coverage\""),
        ("tap", "\n# coverage: "),
    ] {
        let run = folder.run(&["test", "--fail-on", "coverage<90", "--format", format]);
        assert_eq!(run.status, 1, "{format}: {}", run.err);
        assert!(run.out.contains(part), "{format}: {}", run.out);
        assert!(
            run.out.contains(", at least 90 %25 must be")
                || run.out.contains(", at least 90 % must be")
        );
        assert_eq!(folder.run(&["test", "--coverage", "--format", format]).status, 0);
    }
}

#[test]
fn what_is_easy_is_answered_whatever_the_time() {
    let statements = "cases: [{name: list, call: {tool: list_invoices}, expect: allow}]
statements:
  - {limit: refund, max: 5, window: day}
  - {deny: nosuch}
  - {deny: refund, when: [{path: args.amount, op: gt, value: 500}]}
";
    let folder = folder().file("p.test.yaml", statements);
    let run = folder.run(&["test", "--timeout", "1ms"]);
    assert!(run.out.contains("2 of 3 statements hold"), "{}", run.out);
    assert!(!run.out.contains("the time was over"), "{}", run.out);
    let run = folder.run(&["test", "--mutate", "--timeout", "1ms"]);
    assert!(!run.out.contains("the time was over"), "{}", run.out);
}

#[test]
fn no_file_is_replaced_that_is_no_test_file_and_the_target_is_looked_at_before_all_work() {
    let trace = "{\"ts\":\"2026-03-01T10:00:00Z\",\"tool\":\"list_invoices\",\"args\":{}}\n";
    let folder = folder().file("p.test.yaml", GOOD).file("t.jsonl", trace);
    let folder = folder.file("new.json", POLICY.replace("500", "400"));
    let read = |name: &str| std::fs::read_to_string(folder.path(name)).unwrap();
    for (options, to) in [
        (&["test", "--mutate", "--write", "p.json", "--force"][..], "p.json"),
        (
            &["test", "--policy", "p.json", "--trace", "t.jsonl", "--write", "t.jsonl", "--force"],
            "t.jsonl",
        ),
        (&["diff", "p.json", "new.json", "--write", "new.json", "--force"], "new.json"),
    ] {
        let before = read(to);
        let run = folder.run(options);
        let told = format!("`gatelint test` would never run {to}");
        assert_eq!((run.status, run.err.contains(&told)), (2, true), "{}", run.err);
        assert_eq!(read(to), before);
    }
    let write = |to: &str, more: &[&str]| {
        folder.run(&[&["test", "--mutate", "--write", to], more].concat())
    };
    let run = write("missing.test.yaml", &[]);
    assert_eq!(run.status, 0, "{}", run.err);
    for (to, why) in [
        (".", "name a file that ends in"),
        ("missing.test.yaml", "is there already"),
        ("no/a.test.yaml", "cannot write"),
    ] {
        let run = write(to, &["p.test.yaml"]);
        assert_eq!((run.status, run.err.contains(why)), (2, true), "{}", run.err);
        assert_eq!(run.out, "", "nothing was done");
    }
    assert_eq!(write("missing.test.yaml", &["p.test.yaml", "--force"]).status, 0);
    let several = folder.file("q.test.yaml", GOOD.replace("p.json", "new.json"));
    let run =
        several.run(&["test", "p.test.yaml", "q.test.yaml", "--mutate", "--write", "b.test.yaml"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""), "{}", run.err);
    assert!(run.err.contains("more than one policy is tested"), "{}", run.err);
}

#[test]
fn a_case_with_a_slip_of_a_name_is_warned_of_unless_it_says_by_which_rule_it_is_decided() {
    let tests = "cases:
  - {name: typo, call: {tool: reffund}, expect: deny}
  - {name: argument, call: {tool: refund, args: {ammount: 900}}, expect: allow}
  - {name: meant, call: {tool: reffund}, expect: {outcome: deny, rule: (default deny)}}
  - {name: unknown, call: {tool: drop_everything}, expect: deny}
  - {name: right, call: {tool: refund, args: {amount: 501, note: x}}, expect: deny}
";
    let folder = folder().file("p.test.yaml", tests);
    let run = folder.run(&["test"]);
    assert_eq!(run.status, 0, "{}", run.out);
    let warned = "warning: typo: no rule of p.json names `reffund`, did you mean `refund`?  (p.test.yaml:2)
warning: argument: no condition on `refund` looks at `ammount`, did you mean `amount`?  (p.test.yaml:3)
";
    assert!(run.out.contains(warned), "{}", run.out);
    for (format, part) in [
        ("json", "\"nearest\": \"amount\""),
        ("markdown", "did you mean"),
        ("github", "::warning file=p.test.yaml,line=2,title=case-vacuous::typo: no rule"),
        ("junit", "did you mean"),
        ("tap", "# p.test.yaml under p.json: warning: typo"),
    ] {
        let run = folder.run(&["test", "--fail-on", "vacuous", "--format", format]);
        assert_eq!((run.status, run.out.contains(part)), (1, true), "{format}: {}", run.out);
    }
}

#[cfg(unix)]
#[test]
fn neither_a_link_nor_the_name_of_a_test_file_hides_what_is_replaced() {
    let folder = folder()
        .file("p.test.yaml", GOOD)
        .file("old.test.json", POLICY)
        .file("new.json", POLICY.replace("500", "400"));
    std::os::unix::fs::symlink(folder.path("p.json"), folder.path("l.test.yaml")).unwrap();
    for (options, kept) in [
        (&["test", "p.test.yaml", "--mutate", "--write", "l.test.yaml", "--force"][..], "p.json"),
        (&["diff", "p.json", "new.json", "--write", "l.test.yaml", "--force"], "p.json"),
        (
            &["diff", "old.test.json", "new.json", "--write", "old.test.json", "--force"],
            "old.test.json",
        ),
    ] {
        let before = std::fs::read_to_string(folder.path(kept)).unwrap();
        let run = folder.run(options);
        assert_eq!(run.status, 2, "{options:?}: {}", run.err);
        assert!(run.err.contains("is there and is no test file"), "{}", run.err);
        assert_eq!(std::fs::read_to_string(folder.path(kept)).unwrap(), before);
    }
}

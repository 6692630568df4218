//! Rules of the house: `statements` of the configuration.

use serde_json::{Value, json};

use crate::support::Folder;

const HOUSE: &str = "statements:
  - {id: no-deletes, severity: error, deny: 'delete_*'}
  - {id: few-jobs, severity: info, name: Jobs are rare, limit: run_job, max: 2, window: minute}
  - {id: small-payments, severity: warning, deny: pay, when: [{path: args.amount, op: gte, value: 100}]}
";

const OPEN: &str = "version: \"1\"
default: deny
tools:
  delete_job: {}
  delete_repo: {}
  pay: {require: [{conditions: [{path: args.amount, op: lt, value: 100}]}]}
  run_job: {}
";

/// A folder with the house's rules, and a policy that breaks two of them.
fn house() -> Folder {
    Folder::with(&[("gatelint.yaml", HOUSE), ("p.yaml", OPEN)])
}

/// What a run of the linter found of the house's rules.
fn found(folder: &Folder, arguments: &[&str]) -> Vec<Value> {
    let run = folder.run(&[&["lint", "--dialect", "v1", "--format", "jsonl"], arguments].concat());
    let is_own = |found: &Value| {
        ["no-deletes", "few-jobs", "small-payments"].contains(&found["rule"].as_str().unwrap())
    };
    run.json_lines().into_iter().filter(is_own).collect()
}

fn pointers(found: &[Value]) -> Vec<&str> {
    found.iter().map(|one| one["pointer"].as_str().unwrap()).collect()
}

#[test]
fn each_tool_that_breaks_a_statement_is_found_and_one_that_is_proved_stays_silent() {
    let folder = house();
    let found = found(&folder, &[]);
    let gist: Vec<Value> = found
        .iter()
        .map(|one| json!([one["rule"], one["severity"], one["pointer"], one["facts"]["verdict"]]))
        .collect();
    assert_eq!(
        gist,
        [
            json!(["no-deletes", "error", "/tools/delete_job", "fails"]),
            json!(["no-deletes", "error", "/tools/delete_repo", "fails"]),
            json!(["few-jobs", "info", "/tools/run_job", "fails"]),
        ]
    );
    assert_eq!(found[2]["facts"]["statement"], "Jobs are rare");
    assert_eq!(found[2]["facts"]["witness"]["calls"], 3);
    // The engine agrees that the witness passes.
    let call = found[0]["facts"]["witness"].to_string();
    let arguments =
        ["explain", "--dialect", "v1", "--policy", "p.yaml", "--format", "json", "--call"];
    let decision = folder.run(&[&arguments[..], &[&call]].concat()).json();
    assert_eq!(decision["outcome"], "allow", "{decision}");
}

#[test]
fn what_the_policy_does_not_list_is_found_once_at_its_top() {
    let open =
        "version: \"1\"\ndefault: allow\ntools:\n  delete_job: {deny_if: [{conditions: []}]}\n";
    let folder = house().file("p.yaml", open);
    let found = found(&folder, &["--select", "no-deletes"]);
    assert_eq!(pointers(&found), [""]);
    let call = &found[0]["facts"]["witness"];
    assert_ne!(call["tool"], "delete_job");
    assert!(call["tool"].as_str().unwrap().starts_with("delete_"), "{call}");
}

#[test]
fn a_statement_is_a_rule_to_every_option_that_takes_one() {
    let folder = house();
    assert_eq!(found(&folder, &["--select", "few-jobs"]).len(), 1);
    assert_eq!(found(&folder, &["--ignore", "no-deletes"]).len(), 1);
    let select = ["lint", "--select", "few-jobs"];
    assert_eq!(folder.run(&select).status, 0, "info is below the gate");
    assert_eq!(folder.run(&[&select[..], &["--fail-on", "info"]].concat()).status, 1);
    let run = folder.run(&["lint", "--select", "no-delets"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("did you mean `no-deletes`?"), "{}", run.err);
    let run = folder.run(&["rule", "no-deletes"]);
    assert!(run.out.contains("no call of delete_* passes"), "{}", run.out);
    assert!(folder.run(&["rule", "--all"]).out.contains("few-jobs"));
}

#[test]
fn what_is_ignored_of_a_statement_is_the_one_tool_and_nothing_else() {
    let commented =
        OPEN.replace("delete_job: {}", "delete_job: {} # gatelint: ignore[no-deletes] known");
    let folder = house().file("p.yaml", commented);
    let select = ["--select", "no-deletes"];
    assert_eq!(pointers(&found(&folder, &select)), ["/tools/delete_repo"]);
    let entry = "ignores: [{rule: no-deletes, pointer: /tools/delete_repo, reason: known}]\n";
    let folder = house().file("gatelint.yaml", format!("{HOUSE}{entry}"));
    assert_eq!(pointers(&found(&folder, &select)), ["/tools/delete_job"]);
    let unignorable =
        format!("{HOUSE}{entry}rules: {{no-deletes: {{ignorable: false, severity: info}}}}\n");
    let folder = folder.file("gatelint.yaml", unignorable);
    let both = found(&folder, &select);
    assert_eq!(pointers(&both), ["/tools/delete_job", "/tools/delete_repo"]);
    assert!(both.iter().all(|one| one["severity"] == "info"), "{both:?}");

    let folder = house();
    folder.run(&["lint", "--dialect", "v1", "--write-baseline=b.json"]);
    assert_eq!(found(&folder, &["--baseline", "b.json"]), [Value::Null; 0]);
    // What is new is shown.
    let folder = folder.file("p.yaml", OPEN.replace("  pay", "  delete_all: {}\n  pay"));
    assert_eq!(pointers(&found(&folder, &["--baseline", "b.json"])), ["/tools/delete_all"]);
}

#[test]
fn an_ignore_of_a_statement_that_holds_is_unused() {
    let commented = OPEN.replace("  pay:", "  # gatelint: ignore[small-payments] known\n  pay:");
    let run =
        house().file("p.yaml", commented).run(&["lint", "--dialect", "v1", "--format", "jsonl"]);
    let unused: Vec<Value> = run.json_lines();
    let unused = unused.iter().find(|found| found["rule"] == "unused-ignore").unwrap();
    assert_eq!(unused["facts"], json!({ "rule": "small-payments" }));
}

#[test]
fn every_format_has_what_breaks_a_statement() {
    let folder = house();
    for format in
        ["human", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown"]
    {
        let run = folder.run(&["lint", "--dialect", "v1", "--format", format]);
        assert_eq!(run.status, 1, "{format}");
        for part in ["no-deletes", "delete_repo", "few-jobs"] {
            assert!(run.out.contains(part), "{part} is not in {format}: {}", run.out);
        }
    }
    let log = folder.run(&["lint", "--dialect", "v1", "--format", "sarif"]).json();
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), gatelint::lint::RULES.len() + 3);
    for result in run["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let own = rules.iter().find(|rule| rule["id"] == "no-deletes").unwrap();
    assert_eq!(own["defaultConfiguration"]["level"], "error");
    assert!(own["help"]["text"].as_str().unwrap().contains("no call of delete_* passes"));
}

#[test]
fn that_it_cannot_be_told_is_said_and_weighs_no_more_than_a_warning() {
    // A policy that the gateway refuses lets nothing be told.
    let folder = house().file("p.yaml", format!("{OPEN}  odd: {{limits: [{{window: minuet}}]}}\n"));
    let refused = found(&folder, &["--select", "no-deletes"]);
    assert_eq!(pointers(&refused), [""]);
    assert_eq!(refused[0]["severity"], "warning");
    assert_eq!(
        refused[0]["facts"],
        json!({
            "statement": "no call of delete_* passes", "tools": [], "verdict": "unknown",
            "witness": null, "why": "refused-policy"
        })
    );
    // Nor is it told where the solver gives up.
    let deep = format!("args.a{}", ".a".repeat(50_000));
    let is = |value: u32| json!([{ "path": deep, "op": "eq", "value": value }]);
    let config = json!({ "statements": [{ "id": "no-deletes", "deny": "t", "when": is(1) }] });
    let policy = json!({
        "version": "1", "default": "deny",
        "tools": { "t": { "require": [{ "conditions": is(2) }] } },
    });
    let folder =
        Folder::new().file("gatelint.yaml", config.to_string()).file("p.yaml", policy.to_string());
    let unknown = found(&folder, &["--select", "no-deletes"]);
    assert_eq!(pointers(&unknown), ["/tools/t"]);
    let facts = &unknown[0]["facts"];
    assert_eq!((&facts["verdict"], &facts["why"]), (&json!("unknown"), &json!("too-many-cases")));
    assert_eq!((&unknown[0]["severity"], &facts["witness"]), (&json!("warning"), &Value::Null));
}

#[test]
fn a_statement_may_be_about_some_files_and_secrets_stay_hidden() {
    let secret = "version: \"1\"
default: deny
tools:
  send: {require: [{conditions: [{path: args.token, op: eq, value: hunter2}]}]}
";
    let config = "secret-arguments: [token]
statements:
  - {id: no-sending, deny: send, files: 'a/*'}
";
    let folder =
        Folder::with(&[("gatelint.yaml", config), ("a/p.yaml", secret), ("b/p.yaml", secret)]);
    let run =
        folder.run(&["lint", "--dialect", "v1", "--select", "no-sending", "--format", "jsonl"]);
    let found = run.json_lines();
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["file"], "./a/p.yaml");
    assert_eq!(found[0]["severity"], "error", "nothing else is said");
    assert_eq!(found[0]["facts"]["witness"], json!({ "tool": "send", "args": { "token": "***" } }));
    assert!(!run.out.contains("hunter2"), "{}", run.out);
    // Nobody is told of a pattern that matches, and everybody of one that does not.
    let folder = folder.file("gatelint.yaml", config.replace("a/*", "c/*"));
    let run = folder.run(&["lint", "--format", "jsonl"]);
    assert!(run.out.contains("there is no file that `c/*` matches"), "{}", run.out);
}

#[test]
fn every_mistake_in_a_statement_is_told_at_its_place() {
    let config = "select: [own-rule, broken]
statements:
  - {id: default-allow, deny: a}
  - {id: own-rule, deny: a, severty: error}
  - {id: own-rule, deny: a, severity: eror}
  - {id: Not_An_Id, deny: a}
  - {deny: a}
  - {id: broken, denny: a}
  - {id: no-window, limit: a, max: 3}
  - {id: contradiction, deny: a, when: [{path: args.x, op: eq, value: 1}, {path: args.x, op: eq, value: 2}]}
";
    let told = |config: &str| Folder::with(&[("gatelint.yaml", config)]).run(&["config"]).err;
    let all = told(config);
    for part in [
        "gatelint has a rule `default-allow` of its own",
        "unknown field `severty`, did you mean `severity`?",
        "two statements are called `own-rule`",
        "did you mean `error`?",
        "`Not_An_Id` does not have the form",
        "the field `id` is missing",
        "unknown field `denny`, did you mean `deny`?",
        "the statement says nothing of any tool",
        "`limit` needs `window`",
    ] {
        assert_eq!(all.matches(part).count(), 1, "{part:?} in {all}");
    }
    assert!(!all.contains("there is no rule"), "a broken statement has its name: {all}");
    let contradictory = told(
        &config
            .lines()
            .filter(|line| line.contains("contra") || line.starts_with("statem"))
            .collect::<Vec<_>>()
            .join("\n"),
    );
    assert!(contradictory.contains("no call meets all of its conditions"), "{contradictory}");
}

#[test]
fn rules_of_the_house_speak_the_whole_language() {
    let house = "statements:
  - {id: no-deletes, deny: [delete_job, delete_repo], unless: [{path: args.dry_run, op: eq, value: true}]}
  - {id: few-jobs, limit: {category: Execute}, max: 2, window: minute}
  - {id: small-payments, allow: pay}
";
    let folder = Folder::with(&[("gatelint.yaml", house), ("p.yaml", OPEN)]);
    let found = found(&folder, &[]);
    let gist: Vec<Value> =
        found.iter().map(|one| json!([one["rule"], one["severity"], one["pointer"]])).collect();
    assert_eq!(
        gist,
        [
            json!(["no-deletes", "error", "/tools/delete_job"]),
            json!(["no-deletes", "error", "/tools/delete_repo"]),
            json!(["small-payments", "error", "/tools/pay"]),
            // That it is an Execute tool is but guessed.
            json!(["few-jobs", "warning", "/tools/run_job"]),
        ]
    );
    let message = found[3]["message"].as_str().unwrap();
    assert!(message.contains("whose category is guessed from names"), "{message}");
    let all = "statements: [{id: closed, default: deny}, {id: few, limit: '*', max: 9, window: day, total: true}]";
    let folder = Folder::with(&[("gatelint.yaml", all), ("p.yaml", OPEN)]);
    let run = folder.run(&[
        "lint",
        "--dialect",
        "v1",
        "--select",
        "closed",
        "--select",
        "few",
        "--format",
        "jsonl",
    ]);
    let rules: Vec<Value> = run.json_lines().iter().map(|one| one["rule"].clone()).collect();
    assert_eq!(rules, ["few"]);
    let idle = "statements: [{id: x, deny: a, unless: [{path: args.a, op: in, value: []}]}]";
    let run = Folder::with(&[("gatelint.yaml", idle), ("p.yaml", OPEN)]).run(&["lint"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("so it spares none"), "{}", run.err);
}

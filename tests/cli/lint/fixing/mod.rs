//! `--fix`, `--unsafe-fixes` and `--diff`.

mod files;
mod slips;
mod wrappers;

use crate::support::{Folder, fixture};

const MISSPELT: &str = "# our policy
version: \"1\"
defualt: deny   # misspelt
tools:
  create_job:
    rules:
      - name: \"branches\"  # keep this
        conditions:
          - { path: args.branch,   op: regexp, value: \"feat/\" }
      - name: \"rate\"
        conditions: [{path: state.create_job.n, op: lte, value: 5}]
        state: {counter: n, window: minuet}
  run_it: {}
";

fn text(folder: &Folder, name: &str) -> String {
    std::fs::read_to_string(folder.path(name)).unwrap()
}

#[test]
fn safe_fixes_write_what_was_meant_and_keep_every_other_byte() {
    let folder = Folder::new().file("a.yaml", MISSPELT);
    let run = folder.run(&["lint", "a.yaml", "--fix"]);
    let expected = MISSPELT
        .replace("defualt", "default")
        .replace("regexp", "regex")
        .replace("minuet", "minute");
    assert_eq!(text(&folder, "a.yaml"), expected);
    assert!(run.err.contains("fixed a.yaml: unknown-field: write `default`"), "{}", run.err);
    assert!(!run.out.contains("unknown-field"), "{}", run.out);
    // There is nothing left to mend.
    let again = folder.run(&["lint", "a.yaml", "--fix"]);
    assert_eq!(
        again.err,
        "nothing is fixed: all 2 fixes change what is decided; --unsafe-fixes makes them too\n"
    );
    assert_eq!(text(&folder, "a.yaml"), expected);
}

#[test]
fn unsafe_fixes_add_limits_and_anchors_and_leave_the_default() {
    let policy = r#"{
  "version": "1",
  "default": "allow",
  "tools": {
    "run_job": {},
    "run_adhoc_command": {
      "require": [{ "conditions": [{ "path": "args.module_name", "op": "regex", "value": "ping|setup" }] }]
    }
  }
}
"#;
    let folder = Folder::new().file("a.json", policy);
    folder.run(&["lint", "a.json", "--fix", "--unsafe-fixes"]);
    let expected = r#"{
  "version": "1",
  "default": "allow",
  "tools": {
    "run_job": { "limits": [{ "counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant" }] },
    "run_adhoc_command": {
      "require": [{ "conditions": [{ "path": "args.module_name", "op": "regex", "value": "^(?:ping|setup)$" }] }],
      "limits": [{ "counter": "run_adhoc_command_rate", "window": "minute", "max": 10, "scope": "grant" }]
    }
  }
}
"#;
    assert_eq!(text(&folder, "a.json"), expected);
}

#[test]
fn legacy_fields_become_version_1() {
    let folder = Folder::new()
        .file("a.json", std::fs::read(fixture("policies/bad/legacy-field.json")).unwrap());
    let run = folder.run(&["lint", "a.json", "--fix"]);
    let expected = r#"{
  "version": "1",
  "default": "deny",
  "tools": {
    "delete_host": {
      "deny_if": [{ "conditions": [], "on_deny": "Hosts are removed by the operations team." }]
    },
    "run_job": {
      "require": [
        { "conditions": [{ "path": "args.template_id", "op": "in", "value": [12, 15] }] }
      ],
      "limits": [{ "counter": "run_job_rate", "window": "minute", "max": 10, "scope": "grant" }]
    }
  }
}
"#;
    assert_eq!(text(&folder, "a.json"), expected, "{}", run.err);
    assert_eq!(folder.run(&["lint", "a.json"]).status, 0);
}

#[test]
fn legacy_fields_of_yaml_and_versions_that_are_no_text_are_mended_too() {
    let policy = "version: 1.0
default: deny
all_tools: {limits: [{counter: calls, window: minutes, max: 100, scope: user}]}
tools:
  delete_x:
    # never
    action: deny
    reason: Ask Ops.   # because
  run_y:
    rate_limit:
      max: 10
      window: 60
    limits:
      - {counter: a, window: day, max: 50, scope: grant}
  get_z:
    action: allow
";
    let expected = "version: \"1\"
default: deny
all_tools: {limits: [{counter: calls, window: minute, max: 100, scope: user}]}
tools:
  delete_x:
    # never
    deny_if: [{ conditions: [], on_deny: \"Ask Ops.\" }]
    # because
  run_y:
    limits:
      - {counter: a, window: day, max: 50, scope: grant}
      - { counter: run_y_rate, window: minute, max: 10, scope: grant }
  get_z:
    {}
";
    let folder = Folder::new().file("a.yaml", policy);
    let run = folder.run(&["lint", "a.yaml", "--fix"]);
    assert_eq!(text(&folder, "a.yaml"), expected, "{}", run.err);
}

#[test]
fn what_opens_tools_is_mended_only_when_asked() {
    let policy = r#"{"version": "1", "default": "deny", "tols": {"run_shell": {}}}"#;
    let folder =
        Folder::new().file("p.json", policy).file("q.json", policy.replace("deny", "alow"));
    folder.run(&["lint", "p.json", "q.json", "--fix"]);
    assert_eq!(text(&folder, "p.json"), policy);
    assert!(text(&folder, "q.json").contains("alow"));
    folder.run(&["lint", "p.json", "--fix", "--unsafe-fixes"]);
    assert!(text(&folder, "p.json").contains("tools"));
}

#[test]
fn operators_of_other_languages_become_their_true_counterparts() {
    for (word, operator) in [("nin", "not_in"), ("!in", "not_in"), ("ne", "neq"), ("greater", "gt")]
    {
        let entry = r#"{"conditions": [{"path": "args.a", "op": "OP", "value": VALUE}]}"#;
        let value = if operator == "not_in" { "[1]" } else { "1" };
        let entry = entry.replace("OP", word).replace("VALUE", value);
        let policy = format!(
            r#"{{"version": "1", "default": "deny", "tools": {{"t": {{"deny_if": [{entry}]}}}}}}"#
        );
        let folder = Folder::new().file("p.json", &policy);
        folder.run(&["lint", "p.json", "--fix"]);
        assert_eq!(text(&folder, "p.json"), policy.replace(word, operator));
    }
}

#[test]
fn a_path_without_its_beginning_gets_it() {
    let fixed = |path: &str, options: &[&str]| {
        let policy = format!(
            r#"{{"version": "1", "default": "deny", "tools": {{"t": {{"require": [{{"conditions": [{{"path": "{path}", "op": "eq", "value": "dev"}}]}}]}}}}}}"#
        );
        let folder = Folder::new().file("p.json", &policy);
        folder.run(&[&["lint", "p.json", "--fix"], options].concat());
        let fixed = text(&folder, "p.json");
        fixed.split("\"path\": \"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    assert_eq!(fixed("base", &[]), "args.base");
    assert_eq!(fixed("Args.base.ref", &[]), "args.base.ref");
    assert_eq!(fixed("$.ref", &["--unsafe-fixes"]), "$.ref");
    // What the root is of only the owner knows.
    for path in ["base.ref", "session.user", "headers.host"] {
        assert_eq!(fixed(path, &[]), path);
        assert_eq!(fixed(path, &["--unsafe-fixes"]), format!("args.{path}"));
    }
    assert_eq!(fixed("user.args.x", &["--unsafe-fixes"]), "user.args.x");
}

#[test]
fn words_that_may_mean_another_are_left_alone() {
    let limit = |limit: &str| {
        format!(
            r#"{{"version": "1", "default": "deny", "tools": {{"t": {{"limits": [{{"counter": "c", "scope": "grant", {limit}}}]}}}}}}"#
        )
    };
    let operator = |op: &str| {
        format!(
            r#"{{"version": "1", "default": "deny", "tools": {{"t": {{"deny_if": [{{"conditions": [{{"path": "args.a", "op": "{op}", "value": 1}}]}}]}}}}}}"#
        )
    };
    for policy in [
        operator("-in"),
        operator("get"),
        operator("let"),
        limit(r#""window": "M", "max": 5"#),
        limit(r#""window": "minute", "max": "1.000""#),
    ] {
        let folder = Folder::new().file("p.json", &policy);
        let run = folder.run(&["lint", "p.json", "--fix"]);
        assert_eq!((run.status, text(&folder, "p.json")), (1, policy), "{}", run.err);
    }
}

#[test]
fn entries_that_differ_in_what_was_not_read_are_no_duplicates() {
    let rule = |name: &str, word: &str| {
        format!(
            "      - name: {name}\n        action: deny\n        when: [{{path: args.sql, op: contains, value: {word}}}]\n"
        )
    };
    let policy = format!(
        "version: \"1\"\ndefault: deny\ntools:\n  run_query:\n    rules:\n{}{}",
        rule("no drop", "DROP"),
        rule("no truncate", "TRUNCATE")
    );
    let folder = Folder::new().file("p.yaml", &policy);
    let run = folder.run(&["lint", "p.yaml", "--fix", "--format", "json"]);
    let found: Vec<_> =
        run.json()["findings"].as_array().unwrap().iter().map(|one| one["rule"].clone()).collect();
    assert!(
        found.iter().all(|rule| rule != "duplicate-rule" && rule != "shadowed-rule"),
        "{found:?}"
    );
    assert!(text(&folder, "p.yaml").contains("TRUNCATE"));
}

#[test]
fn a_pattern_that_is_tied_to_an_end_is_left_as_it_is() {
    for pattern in ["^https://(a|b)/", "^feature/", "(?i)^select\\\\b", "\\\\.md$", "^/app/src/"] {
        let policy = format!(
            r#"{{"version": "1", "default": "deny", "tools": {{"t": {{"require": [{{"conditions": [{{"path": "args.x", "op": "regex", "value": "{pattern}"}}]}}]}}}}}}"#
        );
        let folder = Folder::new().file("p.json", &policy);
        let run = folder.run(&[
            "lint",
            "p.json",
            "--fix",
            "--unsafe-fixes",
            "--select",
            "unanchored-regex",
        ]);
        assert_eq!(text(&folder, "p.json"), policy, "{}", run.err);
    }
}

#[test]
fn diff_shows_and_changes_nothing() {
    let folder = Folder::new().file("a.yaml", MISSPELT);
    let run = folder.run(&["lint", "a.yaml", "--diff"]);
    assert_eq!(run.status, 1);
    assert!(run.out.starts_with("--- a.yaml\n+++ a.yaml\n"), "{}", run.out);
    assert!(
        run.out.contains("-defualt: deny   # misspelt\n+default: deny   # misspelt\n"),
        "{}",
        run.out
    );
    assert!(!run.out.contains("rate_limit"), "{}", run.out);
    assert_eq!(text(&folder, "a.yaml"), MISSPELT);
    let all = folder.run(&["lint", "a.yaml", "--diff", "--unsafe-fixes"]);
    assert!(
        all.out.contains(
            "+  run_it: { rules: [{ name: \"run_it rate limit\", rate_limit: 10/minute }] }"
        ),
        "{}",
        all.out
    );
}

#[test]
fn what_is_ignored_or_not_selected_is_not_mended() {
    let folder = Folder::new().file(
        "a.yaml",
        MISSPELT.replace("# misspelt", "# gatelint: ignore[unknown-field] on purpose"),
    );
    folder.run(&["lint", "a.yaml", "--fix", "--ignore", "unknown-window"]);
    let after = text(&folder, "a.yaml");
    assert!(
        after.contains("defualt") && after.contains("minuet") && !after.contains("regexp"),
        "{after}"
    );
}

#[test]
fn an_older_limit_beside_one_of_its_name_and_window_is_left_to_its_owner() {
    let policy = r#"{
  "version": "1",
  "default": "deny",
  "tools": {
    "run_job": {
      "rate_limit": { "max": 10, "window": 60 },
      "limits": [{ "counter": "run_job_rate", "window": "minute", "max": 5, "scope": "grant" }]
    }
  }
}
"#;
    let folder = Folder::new().file("a.json", policy);
    let run = folder.run(&["lint", "a.json", "--fix"]);
    assert_eq!(text(&folder, "a.json"), policy, "{}", run.err);
    // In another window it is another limit.
    let folder = folder.file("a.json", policy.replace("60", "86400"));
    folder.run(&["lint", "a.json", "--fix"]);
    assert!(!text(&folder, "a.json").contains("rate_limit"), "{}", text(&folder, "a.json"));
}

#[test]
fn a_tool_is_not_renamed_where_the_server_is_only_guessed() {
    let policy = r#"{
  "version": "1",
  "default": "deny",
  "tools": { "run_job": {}, "list_jobs": {}, "list_inventories": {}, "delete_inventorys": {}, "fetch_mail": {} }
}
"#;
    let folder = Folder::new().file("a.json", policy);
    let found = folder.run(&["lint", "a.json", "--format", "jsonl"]).json_lines();
    let unknown = found.iter().find(|finding| finding["rule"] == "unknown-tool").unwrap();
    assert_eq!(unknown["severity"], "info");
    let arguments = ["lint", "a.json", "--fix", "--unsafe-fixes", "--select", "unknown-tool"];
    folder.run(&arguments);
    assert_eq!(text(&folder, "a.json"), policy);
    let server = unknown["facts"]["server"].as_str().unwrap();
    folder.run(&[&arguments[..], &["--server", server]].concat());
    assert_eq!(text(&folder, "a.json"), policy.replace("inventorys", "inventory"));
}

#[test]
fn a_pattern_that_lets_everything_through_is_not_tied_to_the_empty_text() {
    for pattern in ["", "^", "$"] {
        let policy = format!(
            r#"{{"version": "1", "default": "deny", "tools": {{"a_b": {{"require": [
  {{"conditions": [{{"path": "args.x", "op": "regex", "value": "{pattern}"}}]}}]}}}}}}"#
        );
        let folder = Folder::new().file("a.json", &policy);
        let select = ["--select", "unanchored-regex"];
        let run =
            folder.run(&[&["lint", "a.json", "--fix", "--unsafe-fixes"], &select[..]].concat());
        assert_eq!((run.status, text(&folder, "a.json")), (i32::from(pattern.is_empty()), policy));
    }
}

#[test]
fn a_difference_without_a_change_is_status_0_whatever_is_found() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"run_job": {}}}"#;
    let folder = Folder::new().file("a.json", policy);
    assert_eq!(folder.run(&["lint", "a.json"]).status, 1);
    let run = folder.run(&["lint", "a.json", "--diff"]);
    assert_eq!((run.status, run.out.as_str()), (0, ""), "{}", run.err);
    assert_eq!(folder.run(&["lint", "a.json", "--diff", "--unsafe-fixes"]).status, 1);
}

#[test]
fn a_misspelt_window_of_a_rate_limit_is_mended() {
    let policy = |limit: &str| {
        format!(
            "version: \"1\"\ndefault: deny\ntools:\n  run_job:\n    rules:\n      - name: a\n        rate_limit: {limit}\n"
        )
    };
    for (before, after) in [
        ("5/minuet", "5/minute"),
        ("100/hours", "100/hour"),
        ("5/fortnight", "5/fortnight"),
        ("five/minuet", "five/minuet"),
    ] {
        let folder = Folder::new().file("a.yaml", policy(before));
        let run = folder.run(&["lint", "a.yaml", "--format", "concise"]);
        let window = after.split_once('/').unwrap().1;
        let suggested = run.out.contains(&format!("did you mean `{window}`?"));
        assert_eq!(suggested, before != after, "{}", run.out);
        folder.run(&["lint", "a.yaml", "--fix"]);
        assert_eq!(text(&folder, "a.yaml"), policy(after));
    }
}

#[test]
fn a_fix_that_opens_tools_is_not_safe_and_says_what_it_opens() {
    let policy = r#"{"version": "1", "default": "deny", "tols": {"drop_table": {}}}"#;
    let folder = Folder::new().file("a.json", policy);
    let run = folder.run(&["lint", "a.json", "--fix"]);
    assert_eq!(text(&folder, "a.json"), policy);
    assert!(
        run.out.contains("write `tools`, which lets calls of `drop_table` pass"),
        "{}",
        run.out
    );
    assert!(
        run.err.contains("nothing is fixed: the one fix changes what is decided"),
        "{}",
        run.err
    );
    folder.run(&["lint", "a.json", "--fix", "--unsafe-fixes"]);
    assert_eq!(text(&folder, "a.json"), policy.replace("tols", "tools"));
}

#[test]
fn the_report_says_what_can_be_mended_and_how() {
    let folder = Folder::new().file("a.yaml", MISSPELT);
    let run = folder.run(&["lint", "a.yaml"]);
    assert!(run.out.contains("[fix]: "), "{}", run.out);
    assert!(run.out.contains("3 fixable with --fix, 2 more with --unsafe-fixes"), "{}", run.out);
    let clean = Folder::new().file("a.json", r#"{"version": "1", "default": "deny"}"#);
    let run = clean.run(&["lint", "a.json"]);
    assert!(!run.out.contains("fixable"), "{}", run.out);
    assert_eq!(clean.run(&["lint", "a.json", "--fix"]).err, "");
}

#[test]
fn nothing_is_dead_behind_a_rule_that_was_not_read_whole() {
    let policy = |field: &str| {
        format!(
            "version: \"1\"\ndefault: deny\ntools:\n  run_query:\n    rules:\n      - {{name: no drop, action: deny{field}}}\n      - {{name: five, rate_limit: 5/minute}}\n"
        )
    };
    let folder = Folder::new().file("a.yaml", policy("")).file("b.yaml", policy(", wehn: weekend"));
    let dead = |name: &str| {
        let found = folder.run(&["lint", name, "--format", "jsonl"]).json_lines();
        let rules = ["always-denies", "dead-limit", "unreachable-tool"];
        found.iter().any(|finding| rules.iter().any(|rule| finding["rule"] == *rule))
    };
    assert!(dead("a.yaml"));
    assert!(!dead("b.yaml"));
}

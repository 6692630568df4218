//! The forms of older pages: named at every place, mended where they have one meaning.

use serde_json::{Value, json};

use crate::support::Folder;

/// A policy of version 1 with a tool, and with more fields of the document.
fn v1(tool: Value, more: Value) -> String {
    let mut policy = json!({"version": "1", "default": "deny", "tools": {"get_page": tool}});
    for (key, value) in more.as_object().unwrap() {
        policy[key] = value.clone();
    }
    policy.to_string()
}

fn intercept(lines: &str) -> String {
    format!("version: \"1\"\ndefault: deny\ntools:\n{lines}")
}

/// The text of a policy after `--fix`.
fn fixed(name: &str, text: &str) -> String {
    let folder = Folder::new().file(name, text);
    folder.run(&["lint", name, "--fix"]);
    std::fs::read_to_string(folder.path(name)).unwrap()
}

fn fixed_v1(tool: Value, more: Value) -> Value {
    serde_json::from_str(&fixed("p.json", &v1(tool, more))).unwrap()
}

/// What is found in a policy, before anything is mended.
fn findings(name: &str, text: &str) -> Vec<Value> {
    let run = Folder::new().file(name, text).run(&["lint", name, "--format", "json"]);
    run.json()["findings"].as_array().unwrap().clone()
}

fn limit(counter: &str, window: &str, max: i64) -> Value {
    json!({"counter": counter, "window": window, "max": max, "scope": "grant"})
}

#[test]
fn a_limit_of_older_pages_becomes_one_with_its_own_numbers() {
    for (written, window, max) in [
        (json!({"max": 10, "window": 60}), "minute", 10),
        (json!({"max": "7", "window": "3600"}), "hour", 7),
        (json!({"max": 2.0, "window": 86400}), "day", 2),
        (json!({"max": 3, "window": "hour"}), "hour", 3),
        (json!("5/hour"), "hour", 5),
        (json!("5 per minute"), "minute", 5),
    ] {
        for field in ["rate_limit", "rateLimit"] {
            let policy = fixed_v1(json!({ field: written }), json!({}));
            let expected = json!({"limits": [limit("get_page_rate", window, max)]});
            assert_eq!(policy["tools"]["get_page"], expected, "{written}");
        }
        for (tool, more) in [
            (json!({}), json!({ "rate_limit": written })),
            (json!({}), json!({"all_tools": { "rate_limit": written }})),
        ] {
            let policy = fixed_v1(tool, more);
            let expected = json!({"limits": [limit("all_tools_rate", window, max)]});
            assert_eq!(policy["all_tools"], expected, "{written}");
            assert_eq!(policy["rate_limit"], Value::Null);
        }
    }
}

#[test]
fn limits_for_a_star_become_those_of_all_tools() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"*": {"rate_limit": "5/hour"}, "get_page": {}}}"#;
    let policy: Value = serde_json::from_str(&fixed("p.json", policy)).unwrap();
    assert_eq!(policy["tools"], json!({"get_page": {}}));
    assert_eq!(policy["all_tools"], json!({"limits": [limit("all_tools_rate", "hour", 5)]}));
}

#[test]
fn what_leaves_a_choice_is_named_and_left_as_it_is() {
    for written in [
        json!({"max": 10, "window": 30}),
        json!({"max": 10, "window": "45s"}),
        json!({"max": 10, "window": "week"}),
        json!({"max": 10, "window": "30 minutes"}),
        json!({"max": 1.5, "window": 60}),
        json!({"max": 10}),
        json!("10/week"),
        json!("10"),
    ] {
        let yaml = intercept(&format!("  get_page:\n    rate_limit: {written}\n"));
        let in_rule = intercept(&format!(
            "  get_page:\n    rules:\n      - name: a\n        rate_limit: {written}\n"
        ));
        let json = v1(json!({ "rate_limit": written }), json!({}));
        for (name, text, rule) in [
            ("p.json", json, "legacy-field"),
            ("p.yaml", yaml, "legacy-field"),
            (
                "p.yaml",
                in_rule,
                if written.is_object() { "legacy-field" } else { "invalid-rate-limit" },
            ),
        ] {
            let found = findings(name, &text);
            assert!(found.iter().any(|one| one["rule"] == rule), "{text}");
            assert!(found.iter().all(|one| one["fix"].is_null()), "{found:?}");
            assert_eq!(fixed(name, &text), text);
        }
    }
}

#[test]
fn a_denial_of_older_pages_becomes_one_beside_what_stands_there() {
    let entry = json!({"conditions": [{"path": "args.year", "op": "eq", "value": 2020}]});
    let tool = json!({"action": "deny", "reason": "Closed", "deny_if": [entry]});
    let policy = fixed_v1(tool, json!({}));
    let denial = json!({"conditions": [], "on_deny": "Closed"});
    assert_eq!(policy["tools"]["get_page"], json!({"deny_if": [entry, denial]}));
    // What denies every call already is left with its own words.
    let all = json!([{"conditions": []}]);
    let policy = fixed_v1(json!({"action": "deny", "reason": "x", "deny_if": all}), json!({}));
    assert_eq!(policy["tools"]["get_page"], json!({"reason": "x", "deny_if": all}));
}

#[test]
fn fields_beside_the_rules_of_a_tool_become_rules_of_intercept() {
    let cases = [
        (
            "  get_page:\n    rate_limit:\n      max: 10\n      window: 60\n    # stays\n  b: {rules: []}\n",
            "  get_page:\n    rules: [{ name: \"get_page rate limit\", rate_limit: 10/minute }]\n    # stays\n  b: {rules: []}\n",
        ),
        (
            "  get_page:\n    'action': 'deny'\n    reason: no   # why\n",
            "  get_page:\n    'rules': [{ name: \"get_page denied\", action: deny, on_deny: \"no\" }]\n    # why\n",
        ),
        (
            "  get_page: {action: deny, reason: Shut, rate_limit: 5/min}\n",
            "  get_page: {rules: [{ name: \"get_page denied\", action: deny, on_deny: Shut }, { name: \"get_page rate limit\", rate_limit: 5/minute }]}\n",
        ),
        (
            "  get_page:\n    reason: >\n      Closed\n      for audit\n    action: deny\n",
            "  get_page:\n    rules: [{ name: \"get_page denied\", action: deny, on_deny: \"Closed for audit\\n\" }]\n",
        ),
        (
            "  get_page:\n    action: deny\n    rate_limit: 5/hour\n    rules:\n      - name: a\n        rate_limit: 3/day\n",
            "  get_page:\n    rules:\n      - name: a\n        rate_limit: 3/day\n      - { name: \"get_page denied\", action: deny }\n      - { name: \"get_page rate limit\", rate_limit: 5/hour }\n",
        ),
        ("  get_page:\n    action: allow\n", "  get_page:\n    rules: []\n"),
        (
            "  get_page:\n    rules:\n      - rate_limit: {max: \"2\", window: 3600}\n        reason: slow\n",
            "  get_page:\n    rules:\n      - rate_limit: 2/hour\n        on_deny: slow\n        name: \"get_page rate limit\"\n",
        ),
        (
            "  get_page:\n    rules:\n      - name: a\n        max: 5\n        window: 60\n",
            "  get_page:\n    rules:\n      - name: a\n        rate_limit: 5/minute\n",
        ),
    ];
    for (written, expected) in cases {
        let text = fixed("p.yaml", &intercept(written));
        assert_eq!(text, intercept(expected), "{written}");
    }
    let text =
        "version: \"1\"\ndefault: deny\nrate_limit: 100/hour\ntools:\n  get_page: {rules: []}\n";
    let star = "  \"*\": { rules: [{ name: \"all_tools rate limit\", rate_limit: 100/hour }] }\n";
    assert_eq!(fixed("p.yaml", text), text.replace("rate_limit: 100/hour\n", "") + star);
}

#[test]
fn rules_of_older_pages_in_json_are_mended_too() {
    let policy = v1(
        json!({"rules": [{"action": "deny", "reason": "no"}, {"rate_limit": {"max": 9, "window": 60}}]}),
        json!({}),
    );
    let policy: Value = serde_json::from_str(&fixed("p.json", &policy)).unwrap();
    let expected = json!([
        {"name": "get_page denied 1", "action": "deny", "on_deny": "no"},
        {"name": "get_page rate limit 2", "rate_limit": "9/minute"},
    ]);
    assert_eq!(policy["tools"]["get_page"]["rules"], expected);
}

#[test]
fn numbers_as_text_and_what_a_limit_can_only_mean_are_written() {
    let tool = json!({
        "deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": "100"}]}],
        "limits": [{"window": "60", "max": "10"}],
    });
    let policy = fixed_v1(tool, json!({}));
    let tool = &policy["tools"]["get_page"];
    assert_eq!(tool["deny_if"][0]["conditions"][0]["value"], 100);
    assert_eq!(tool["limits"], json!([limit("get_page_rate", "minute", 10)]));
}

#[test]
fn advice_has_the_numbers_that_are_there_and_never_opens() {
    let help = |name: &str, text: &str| -> String {
        let found = findings(name, text);
        found.iter().filter_map(|one| one["help"].as_str()).collect::<Vec<_>>().join("\n")
    };
    let tool = |field: &str, value: Value| v1(json!({ field: value }), json!({}));
    let of_limit = help("p.json", &tool("rate_limit", json!("5/minute")));
    assert!(
        of_limit.contains(r#""counter": "get_page_rate", "window": "minute", "max": 5"#),
        "{of_limit}"
    );
    assert!(help("p.json", &tool("action", json!("allow"))).starts_with("remove it"));
    let approval = help("p.json", &tool("action", json!("require_approval")));
    assert!(
        approval.contains("Requires human approval.") && !approval.contains("require`"),
        "{approval}"
    );
    let rule = |rule: &str| intercept(&format!("  get_page:\n    rules:\n      - {rule}\n"));
    assert!(help("p.yaml", &rule("{name: a, action: allow}")).contains("`rules: []`"));
    let limit = help("p.yaml", &rule("{rate_limit: {max: 30, window: 60}}"));
    assert!(limit.contains("30/minute") && !limit.contains("action: deny"), "{limit}");
    let default = help("p.json", &v1(json!({}), json!({"default": "allowlist"})));
    assert!(default.starts_with("`deny` refuses"), "{default}");
    let window = json!([{"counter": "c", "window": "week", "max": 5, "scope": "grant"}]);
    let window = help("p.json", &tool("limits", window));
    assert!(window.contains("how many calls may pass in it"), "{window}");
}

#[test]
fn a_tool_with_fields_of_older_pages_is_not_called_unbounded() {
    for (name, text) in [
        ("p.yaml", intercept("  run_job:\n    rate_limit: {max: 5, window: 30}\n")),
        ("p.yaml", intercept("  run_job:\n    action: deny\n")),
        (
            "p.yaml",
            "version: \"1\"\ndefault: deny\nrate_limit: 5/hour\ntools:\n  run_job:\n".to_owned(),
        ),
        (
            "p.json",
            r#"{"version": "1", "default": "deny", "rate_limit": 5, "tools": {"run_job": {}}}"#
                .to_owned(),
        ),
    ] {
        let found = findings(name, &text);
        let rules: Vec<_> = found.iter().map(|one| one["rule"].as_str().unwrap()).collect();
        assert!(
            !rules.is_empty() && rules.iter().all(|rule| *rule == "legacy-field"),
            "{text}: {rules:?}"
        );
    }
}

#[test]
fn what_newer_versions_of_intercept_read_is_not_called_unknown() {
    let text = "version: \"1\"\ndefault: deny\napprovals: {dedupe_window: 10m}\ntools:\n  get_page:\n    rules:\n      - name: a\n        action: require_approval\n        approval_timeout: 30m\n";
    let found = findings("p.yaml", text);
    let telling = |one: &&Value| one["severity"] != "info";
    assert_eq!(found.iter().filter(telling).count(), 0, "{found:?}");
}

#[test]
fn a_rule_with_nothing_but_an_unread_limit_is_refused_as_intercept_does() {
    let rule = |more: &str| {
        intercept(&format!(
            "  get_page:\n    rules:\n      - name: a\n        max: 5\n        window: 60\n{more}"
        ))
    };
    let classes = |text: &str| -> Vec<String> {
        let found = findings("p.yaml", text);
        found
            .iter()
            .map(|one| format!("{} {}", one["rule"], one["class"]).replace('"', ""))
            .collect()
    };
    assert_eq!(classes(&rule("")), ["legacy-field invalid", "legacy-field invalid"]);
    // What stands beside a condition is passed over.
    let conditions = "        conditions: [{path: args.id, op: eq, value: 1}]\n";
    assert_eq!(classes(&rule(conditions)), ["unknown-field risk", "unknown-field risk"]);
}

#[test]
fn a_field_that_no_version_of_intercept_reads_is_named_with_what_happens_instead() {
    let rule =
        |lines: &str| intercept(&format!("  run_sql:\n    rules:\n      - name: a\n{lines}"));
    let when = "        when: {args.query: \"(?i)DROP\"}\n";
    let limits = "        rate_limit: 5/hour\n";
    let ask = "        action: require_approval\n";
    let has = "        conditions: [{path: args.query, op: eq, value: a}]\n";
    for (text, field, does, meant) in [
        (
            rule(&format!("{when}        action: deny\n")),
            "when",
            "the rule denies every call",
            "every call is to be denied",
        ),
        (rule(&format!("{when}{limits}")), "when", "the rule counts every call", "remove it"),
        (
            rule(&format!("{when}{ask}")),
            "when",
            "a person is asked about every call",
            "about which calls a person is asked",
        ),
        (
            rule(&format!("{when}{ask}{has}")),
            "when",
            "wherever the `conditions` hold",
            "among the `conditions`",
        ),
        (
            rule(&format!("{when}{has}")),
            "when",
            "`conditions` do not hold",
            "what must hold for a call to pass",
        ),
        (rule(when), "when", "evaluates nothing", "write it as `conditions`"),
        (
            rule(&format!("        log: true\n{limits}")),
            "log",
            "counts every call",
            "no policy switches logging",
        ),
        (
            rule(&format!("{limits}        priority: 1\n")),
            "priority",
            "counts every call",
            "each of them can deny",
        ),
        (
            intercept("  run_sql:\n    hide: true\n"),
            "hide",
            "only its `rules` decide",
            "into the list `hide`",
        ),
        (
            intercept("  run_sql:\n    hide: false\n"),
            "hide",
            "only its `rules` decide",
            "remove it",
        ),
        (
            intercept("  run_sql:\n    rules: []\npriority: 1\n"),
            "priority",
            "it decides nothing",
            "each of them can deny",
        ),
    ] {
        let found = findings("p.yaml", &text);
        let errors: Vec<_> = found.iter().filter(|one| one["severity"] == "error").collect();
        let [error] = errors.as_slice() else { panic!("{text}: {errors:?}") };
        assert_eq!(error["rule"], "unknown-field", "{text}");
        let message = error["message"].as_str().unwrap();
        let start = format!("`{field}` is read by no known version of Intercept (1.1, latest): ");
        assert!(message.starts_with(&start) && message.contains(does), "{text}: {message}");
        assert!(error["help"].as_str().unwrap().contains(meant), "{text}: {}", error["help"]);
    }
}

#[test]
fn a_tool_that_is_to_be_hidden_comes_into_the_list_of_hidden_ones() {
    let tool = "  run_sql:\n    hide: true\n    rules: []\n";
    let other = "  read_sql:\n    rules: []\n";
    for text in [
        intercept(&format!("{tool}{other}")),
        intercept(&format!("  run_sql:\n    hide: true\n{other}")),
        intercept(&format!("{other}{tool}")),
    ] {
        let mended = fixed("p.yaml", &text);
        let found = findings("p.yaml", &mended);
        let errors = found.iter().filter(|one| one["severity"] == "error").count();
        assert_eq!(errors, 0, "{mended}");
        assert!(!mended.contains("hide: true") && mended.contains("run_sql"), "{mended}");
        let run = Folder::new().file("p.yaml", &mended);
        let run = run.run(&["explain", "--policy", "p.yaml", "--call", r#"{"tool":"run_sql"}"#]);
        assert!(run.out.contains("(hidden)"), "{mended}{}", run.out);
    }
    let listed = format!("hide: [drop_sql]\n{}", intercept(tool));
    assert!(fixed("p.yaml", &listed).contains("drop_sql, run_sql"), "{}", fixed("p.yaml", &listed));
    let all = intercept("  \"*\":\n    hide: true\n    rules: []\n");
    assert_eq!(fixed("p.yaml", &all), all);
}

#[test]
fn a_rule_that_only_allows_or_logs_is_one_finding_whether_it_has_a_name_or_not() {
    for action in ["allow", "log", "audit", "permit"] {
        for name in ["", "name: a\n        "] {
            let text =
                intercept(&format!("  get_page:\n    rules:\n      - {name}action: {action}\n"));
            let found = findings("p.yaml", &text);
            let errors: Vec<_> = found.iter().filter(|one| one["severity"] == "error").collect();
            assert_eq!(errors.len(), 1, "{text}: {errors:?}");
            assert_eq!(errors[0]["pointer"], "/tools/get_page/rules/0/action");
        }
    }
    let text =
        intercept("  get_page:\n    rules:\n      - action: deny\n      - rate_limit: 5/hour\n");
    let mended = fixed("p.yaml", &text);
    assert!(
        mended.contains("get_page denied 1") && mended.contains("get_page rate limit 2"),
        "{mended}"
    );
    assert!(
        findings("p.yaml", &mended).iter().all(|one| one["rule"] != "invalid-rule"),
        "{mended}"
    );
}

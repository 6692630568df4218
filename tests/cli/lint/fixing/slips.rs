//! Mends that meet each other, and words that are no slips: what is mended keeps its meaning, and what
//! is announced is made.

use serde_json::{Value, json};

use super::text;
use crate::support::Folder;

pub(super) fn v1(tool: &Value, more: &str) -> String {
    format!(r#"{{"version":"1","default":"deny"{more},"tools":{{"get_page":{tool}}}}}"#)
}

fn intercept(rules: &str) -> String {
    format!("version: \"1\"\ndefault: deny\ntools:\n  get_page:\n{rules}")
}

fn findings(folder: &Folder, name: &str) -> Vec<Value> {
    let run = folder.run(&["lint", name, "--format", "json"]);
    run.json()["findings"].as_array().unwrap().clone()
}

/// The text after `--fix`. No key stands twice that did not, and nothing is left that is said to be
/// mended safely.
#[track_caller]
fn fixed(name: &str, text: &str) -> String {
    let folder = Folder::new().file(name, text);
    folder.run(&["lint", name, "--fix"]);
    let left = findings(&folder, name);
    assert!(left.iter().all(|one| one["rule"] != "duplicate-key"), "{left:?}");
    assert!(left.iter().all(|one| one["fix"]["safety"] != "safe"), "{left:?}");
    std::fs::read_to_string(folder.path(name)).unwrap()
}

/// The help of what is found of a rule.
fn help(name: &str, text: &str, rule: &str) -> String {
    let found = findings(&Folder::new().file(name, text), name);
    let of_rule = found.iter().filter(|one| one["rule"] == rule);
    let help: Vec<&str> = of_rule.filter_map(|one| one["help"].as_str()).collect();
    assert!(!help.is_empty(), "{rule} in {text}: {found:?}");
    help.join("\n")
}

#[test]
fn no_two_mends_make_the_same_key() {
    let entry = json!([{"conditions": [{"path": "args.a", "op": "eq", "value": 1}]}]);
    let limit = json!([{"counter": "a", "window": "day", "max": 1, "scope": "grant"}]);
    for (tool, more) in [
        (json!({"requre": entry, "reqire": entry}), ""),
        (json!({"limit": limit, "limts": limit}), ""),
        (json!({"requre": entry, "require": entry}), ""),
        (json!({}), r#","hidee":["a"],"hiden":["b"]"#),
        (json!({}), r#","hidee":["a"],"hide":["b"]"#),
    ] {
        let policy = v1(&tool, more);
        assert_eq!(fixed("p.json", &policy), policy);
    }
}

#[test]
fn an_older_form_waits_for_the_slip_that_it_is_written_beside() {
    let entry = json!({"conditions": [{"path": "args.a", "op": "eq", "value": 1}]});
    let denial = json!({"conditions": []});
    let tool = json!({"action": "deny", "denyif": [entry]});
    let policy: Value = serde_json::from_str(&fixed("p.json", &v1(&tool, ""))).unwrap();
    assert_eq!(policy["tools"]["get_page"], json!({"deny_if": [entry, denial]}));

    let with = |more: Value| {
        let mut entry = entry.clone();
        entry.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        v1(&json!({"deny_if": [entry]}), "")
    };
    let text = fixed("p.json", &with(json!({"reason": "a", "ondeny": "b"})));
    let policy: Value = serde_json::from_str(&text).unwrap();
    let of_entry = &policy["tools"]["get_page"]["deny_if"][0];
    assert_eq!((&of_entry["reason"], &of_entry["on_deny"]), (&json!("a"), &json!("b")));

    let limit = json!({"counter": "a", "window": "day", "max": 1, "scope": "grant"});
    let more = format!(r#","rate_limit":"5/hour","all_tolls":{{"limits":[{limit}]}}"#);
    let policy: Value = serde_json::from_str(&fixed("p.json", &v1(&json!({}), &more))).unwrap();
    let limits = policy["all_tools"]["limits"].as_array().unwrap();
    assert_eq!((limits[0].clone(), limits[1]["max"].clone()), (limit, json!(5)));
}

#[test]
fn of_two_limits_of_older_pages_none_is_deleted() {
    let tool = json!({"rate_limit": "5/hour", "rateLimit": "3/minute"});
    let policies = [v1(&tool, ""), v1(&json!({}), r#","rate_limit":"5/hour","rateLimit":"3/day""#)];
    for policy in policies {
        assert_eq!(fixed("p.json", &policy), policy);
    }
    let policy = intercept("    rate_limit: 5/hour\n    rateLimit: 3/minute\n");
    assert_eq!(fixed("p.yaml", &policy), policy);
}

#[test]
fn a_comment_in_a_limit_does_not_keep_the_denial_beside_it() {
    let limit = "    rate_limit:\n      max: 5  # agreed\n      window: 60\n";
    let policy = intercept(&format!("    action: deny\n    reason: Shut\n{limit}"));
    let rules = "    rules: [{ name: \"get_page denied\", action: deny, on_deny: Shut }]\n";
    assert_eq!(fixed("p.yaml", &policy), intercept(&format!("{rules}{limit}")));
}

#[test]
fn other_words_are_no_slips() {
    let condition = |path: &str, op: &str| json!({"path": path, "op": op, "value": "a"});
    let of_condition =
        |path: &str, op: &str| v1(&json!({"require": [{"conditions": [condition(path, op)]}]}), "");
    let operators =
        ["not", "not_lt", "not_int", "not_inn", "noin", "nqe", "contains!", "regex!", "exists?"];
    let paths =
        ["arguments.base", "params.base", "input.base", "args", "tool.name", "context.user"];
    let windows = ["five minutes", "half hour", "weekday", "monday", "Sunday", "four"];
    let window = |window: &str| {
        let limit = json!({"counter": "a", "window": window, "max": 1, "scope": "grant"});
        v1(&json!({"limits": [limit]}), "")
    };
    let more = [",\"mode\":[]", ",\"time\":[]"].map(|more| v1(&json!({}), more));
    let fields = ["any", "deny"].map(|field| v1(&json!({ field: true }), ""));
    let scope = json!({"counter": "a", "window": "day", "max": 1, "scope": "giant"});
    let policies = operators
        .map(|op| of_condition("args.a", op))
        .into_iter()
        .chain(paths.map(|path| of_condition(path, "eq")))
        .chain(windows.map(window))
        .chain(more)
        .chain(fields)
        .chain([v1(&json!({"limits": [scope]}), "")]);
    for policy in policies {
        assert_eq!(fixed("p.json", &policy), policy);
        let found = findings(&Folder::new().file("p.json", &policy), "p.json");
        let invalid = found.iter().find(|one| one["class"] == "invalid").expect(&policy);
        assert!(invalid["fix"].is_null(), "{invalid}");
        assert!(!invalid["message"].as_str().unwrap().contains("did you mean"), "{invalid}");
    }
}

#[test]
fn a_root_with_a_slip_is_mended() {
    for root in ["Args", "arg", "agrs"] {
        let conditions = json!([{"path": format!("{root}.base"), "op": "eq", "value": "dev"}]);
        let policy = v1(&json!({"require": [{ "conditions": conditions }]}), "");
        let expected = policy.replace(&format!("\"{root}.base"), "\"args.base");
        assert_eq!(fixed("p.json", &policy), expected);
    }
}

#[test]
fn advice_on_actions_neither_opens_nor_leads_to_the_next_error() {
    let rule = |rule: &str| intercept(&format!("    rules:\n      - {{name: a, {rule}}}\n"));
    let conditions = "conditions: [{path: args.a, op: eq, value: 1}]";
    let counter = "state: {counter: n, window: day}";
    for action in ["Allow", "permit", "accept", "pass", "block", "REJECT", "Deny", "log"] {
        for beside in [conditions, counter, "rate_limit: 5/hour"] {
            let policy = rule(&format!("action: {action}, {beside}"));
            let help = help("p.yaml", &policy, "invalid-rule");
            assert!(!help.contains("rules: []") && !help.contains("remove"), "{policy}{help}");
            assert!(!help.starts_with("write `deny`"), "{policy}{help}");
        }
        let alone = help("p.yaml", &rule(&format!("action: {action}")), "invalid-rule");
        let is_denial = ["block", "REJECT", "Deny"].contains(&action);
        let expected = if is_denial { "write `deny`" } else { "`rules: []`" };
        assert!(alone.contains(expected), "{action}: {alone}");
    }
}

#[test]
fn advice_on_limits_has_the_numbers_that_are_there() {
    let policy = v1(&json!({"rate_limit": {"max": 5, "window": 45}}), "");
    assert!(help("p.json", &policy, "legacy-field").contains("instead of `5` in `45`"));
    let policy = intercept("    rules: [{name: a, rate_limit: {max: 7, window: 30}}]\n");
    assert!(help("p.yaml", &policy, "legacy-field").contains("instead of `7` in `30`"));
    let policy = v1(&json!({"limits": "5/minute"}), "");
    let said = help("p.json", &policy, "invalid-value");
    assert!(said.contains(r#""window": "minute", "max": 5"#), "{said}");
    let limit = |window: &str, max: i64| json!({"counter": window, "window": window, "max": max, "scope": "grant"});
    let policy = v1(&json!({"limits": [limit("day", 1), limit("hour", 4)]}), "");
    let said = help("p.json", &policy, "unreachable-limit");
    assert!(said.starts_with("remove it") && !said.contains("below"), "{said}");
    let policy = v1(&json!({"limits": [limit("day", 3), limit("hour", 4)]}), "");
    assert!(help("p.json", &policy, "unreachable-limit").contains("below 3"));
}

#[test]
fn what_is_said_of_patterns_is_true_of_them() {
    let found = |pattern: &str| {
        let conditions = json!([{"path": "args.a", "op": "regex", "value": pattern}]);
        let policy = v1(&json!({"require": [{ "conditions": conditions }]}), "");
        let found = findings(&Folder::new().file("p.json", &policy), "p.json");
        found.into_iter().find(|one| one["rule"] == "unanchored-regex")
    };
    for pattern in ["^/tmp(?:/|$)", "^/tmp(/|$)"] {
        assert_eq!(found(pattern), None, "{pattern}");
    }
    for pattern in [r"(?:^|/)docs/", r"(^|\s)main($|\s)", r"\.example\.com(/|$)"] {
        let found = found(pattern).unwrap();
        let message = found["message"].as_str().unwrap();
        assert!(message.ends_with("also where more stands around it"), "{message}");
        assert!(found["fix"].is_null() && found["severity"] == "info", "{found}");
    }
    for pattern in ["staging", "(?i)select", "README", "10.0.0.", r"\bDROP\b", "^reports/2024"] {
        assert!(found(pattern).unwrap()["fix"].is_null(), "{pattern}");
    }
}

#[test]
fn slips_inside_of_slips_are_mended_together() {
    let json = r#"{"version": "1", "default": "deny", "tools": {"edit_page": {"requre": [{"condtions": [{"path": "args.a", "op": "contians", "value": "b"}]}]}}}"#;
    let yaml = "version: \"1\"\ndefault: deny\ntools:\n  edit_page:\n    ruels:\n      - name: docs\n        condtions: [{path: args.a, op: contians, value: b}]\n";
    let folder = Folder::new().file("a.json", json).file("a.yaml", yaml);
    folder.run(&["lint", "a.json", "a.yaml", "--fix"]);
    let mended = |text: &str| {
        let words = [("requre", "require"), ("ruels", "rules"), ("condtions", "conditions")];
        let mended =
            words.iter().fold(text.to_owned(), |text, (slip, word)| text.replace(slip, word));
        mended.replace("contians", "contains")
    };
    assert_eq!(text(&folder, "a.json"), mended(json));
    assert_eq!(text(&folder, "a.yaml"), mended(yaml));
}

#[test]
fn a_condition_without_its_wrapper_is_one_fault() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"a": {"deny_if": [{"path": "args.b", "op": "eq", "value": 1}]}}}"#;
    let folder = Folder::new().file("a.json", policy);
    let run = folder.run(&["lint", "a.json", "--format", "concise"]);
    assert_eq!(run.out.matches("error").count(), 1, "{}", run.out);
    assert!(run.out.contains("`conditions` is missing"), "{}", run.out);
    let yaml = "version: \"1\"\ndefault: deny\ntools:\n  a:\n    rules:\n      - {name: b, path: args.b, op: eq, value: 1}\n";
    let run = folder.file("a.yaml", yaml).run(&["lint", "a.yaml", "--format", "concise"]);
    assert_eq!(run.out.matches("error").count(), 1, "{}", run.out);
}

#[test]
fn what_turns_a_meaning_is_no_slip_and_never_mended() {
    let policy = |tool: &str, more: &str| {
        format!(r#"{{"version": "1", "default": "deny", "tools": {{"t": {tool}}}{more}}}"#)
    };
    let condition = |op: &str| {
        let value = r#"[{"conditions": [{"path": "args.a", "op": "OP", "value": "x"}]}]"#;
        policy(&format!(r#"{{"deny_if": {}}}"#, value.replace("OP", op)), "")
    };
    let field = |name: &str| policy(&format!(r#"{{"{name}": [{{"conditions": []}}]}}"#), "");
    let operators = ["not_contains", "ncontains", "!contains", "not_regex", "gtr", "startswith"];
    let fields = ["deny_if_not", "require_not", "require_approval", "not_require"];
    let defaults = ["allowlist", "denylist", "allow_all", "allowed", "allow-none"];
    let texts = operators.map(condition).into_iter().chain(fields.map(field)).chain([
        policy("{}", r#", "unhide": ["t"]"#),
        policy(r#"{"limits": [{"counter": "c", "window": "day", "max": 5, "scope": "org"}]}"#, ""),
    ]);
    let of_default =
        |word: &str| format!(r#"{{"version": "1", "default": "{word}", "tools": {{}}}}"#);
    for text in texts.chain(defaults.map(of_default)) {
        let folder = Folder::new().file("p.json", &text);
        let run = folder.run(&["lint", "p.json", "--fix", "--unsafe-fixes", "--format", "json"]);
        let offered = run.json()["findings"].as_array().unwrap().clone();
        let invalid: Vec<_> = offered.iter().filter(|found| found["class"] == "invalid").collect();
        assert!(!invalid.is_empty(), "{text}");
        for found in invalid {
            assert!(found["fix"].is_null(), "{text}: {found}");
            assert!(!found["message"].as_str().unwrap().contains("did you mean"), "{found}");
        }
    }
}

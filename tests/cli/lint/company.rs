//! Findings about what the tools of a server can do together, or in each other's place.

use serde_json::{Value, json};

use crate::support::Folder;

fn tool(name: &str, arguments: &Value, read_only: bool) -> Value {
    let names: Vec<&String> = arguments.as_object().unwrap().keys().collect();
    json!({"name": name, "annotations": {"readOnlyHint": read_only},
        "inputSchema": {"type": "object", "properties": arguments, "required": names}})
}

/// The severity and the message of the first finding of a rule on a policy for a server.
fn found(rule: &str, tools: &[Value], policy: &Value) -> Option<(String, String)> {
    let policy = policy.to_string();
    let server = json!({"tools": tools}).to_string();
    let folder = Folder::with(&[("server.json", &*server), ("policy.json", &*policy)]);
    let arguments = ["lint", "policy.json", "--catalogue", "server.json", "--server", "server"];
    let (_, output) = folder.run_json(&[&arguments[..], &["--format", "json"]].concat());
    let text = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let mut findings = output["findings"].as_array().unwrap().iter();
    let finding = findings.find(|finding| finding["rule"] == rule)?;
    Some((text(finding, "severity"), text(finding, "message")))
}

fn severity(rule: &str, tools: &[Value], policy: &Value) -> Option<String> {
    found(rule, tools, policy).map(|(severity, _)| severity)
}

/// A policy that allows tools, each by its conditions on one argument.
fn policy(tools: &[(&str, Option<Value>)]) -> Value {
    let held = |condition: &Option<Value>| match condition {
        Some(condition) => json!({"require": [{"conditions": [condition]}]}),
        None => json!({}),
    };
    let tools: serde_json::Map<String, Value> =
        tools.iter().map(|(name, condition)| ((*name).to_owned(), held(condition))).collect();
    json!({"version": "1", "default": "deny", "tools": tools})
}

fn matches(argument: &str, pattern: &str) -> Option<Value> {
    Some(json!({"path": format!("args.{argument}"), "op": "regex", "value": pattern}))
}

fn one_of(argument: &str, values: &[&str]) -> Option<Value> {
    Some(json!({"path": format!("args.{argument}"), "op": "in", "value": values}))
}

fn text() -> Value {
    json!({"type": "string"})
}

#[test]
fn the_trifecta_is_certain_only_where_all_its_parts_are() {
    let inbox = || tool("read_inbox", &json!({}), true);
    let page = |schema: Value| tool("fetch_page", &json!({"url": schema}), true);
    let of = |tools: &[Value], parts: &[(&str, Option<Value>)]| {
        severity("lethal-trifecta", tools, &policy(parts))
    };
    let fetching = [("read_inbox", None), ("fetch_page", None)];
    assert_eq!(of(&[inbox(), page(text())], &fetching).as_deref(), Some("warning"));
    let closed = json!({"type": "string", "pattern": "^https://docs\\.example\\.org/"});
    assert_eq!(of(&[inbox(), page(closed)], &fetching), None);
    assert_eq!(of(&[inbox(), page(json!({"enum": ["https://example.org/"]}))], &fetching), None);
    let post = tool("send_message", &json!({"channel": text(), "text": text()}), false);
    let posting = |channel| [("read_inbox", None), ("send_message", channel)];
    assert_eq!(of(&[inbox(), post.clone()], &posting(None)).as_deref(), Some("warning"));
    assert_eq!(of(&[inbox(), post], &posting(one_of("channel", &["C01"]))), None);
    let comment = tool("add_issue_comment", &json!({"repo": text(), "body": text()}), false);
    let commenting = [("read_inbox", None), ("add_issue_comment", None)];
    assert_eq!(of(&[inbox(), comment], &commenting).as_deref(), Some("info"));
    let manual = tool("fetch-acme-docs", &json!({"url": text()}), true);
    assert_eq!(of(&[inbox(), manual], &[("read_inbox", None), ("fetch-acme-docs", None)]), None);
    let mode = tool("get-sql-mode", &json!({}), true);
    let reading = [("get-sql-mode", None), ("fetch_page", None)];
    assert_eq!(of(&[mode, page(text())], &reading), None);
}

#[test]
fn tools_in_place_of_others_do_the_same_kind_of_thing() {
    let tools = [
        tool("browser_navigate", &json!({"url": text()}), false),
        tool(
            "browser_tabs",
            &json!({"action": {"enum": ["list", "new", "close", "select"]}, "url": text()}),
            false,
        ),
        tool("http_get", &json!({"url": text()}), true),
        tool("browse", &json!({"url": text()}), true),
        tool("repo_add", &json!({"url": text()}), false),
        tool("chart_verify", &json!({"kube_apiserver": text(), "chart": text()}), true),
        tool("create_resource", &json!({"namespace": text(), "manifest": text()}), false),
        tool("apply_resource", &json!({"namespace": text(), "manifest": text()}), false),
        tool("chat_postMessage", &json!({"channel": text(), "text": text()}), false),
        tool("chat_scheduleMessage", &json!({"channel": text(), "text": text()}), false),
        tool("create_or_update_file", &json!({"file_path": text(), "content": text()}), false),
        tool(
            "push_files",
            &json!({"files": {"type": "array", "items": {
                "type": "object", "properties": {"file_path": text(), "content": text()}}}}),
            false,
        ),
        tool("query", &json!({"sql": text()}), false),
        tool("execute_sql", &json!({"sql": text()}), false),
        tool("explain_sql", &json!({"sql": text()}), true),
    ];
    let host = || matches("url", r"^https://docs\.example\.org/");
    for (held, condition, open, own, expected) in [
        ("browser_navigate", host(), "browser_tabs", None, Some("warning")),
        ("browser_navigate", host(), "browser_tabs", one_of("action", &["list", "select"]), None),
        ("browser_navigate", host(), "browser_tabs", one_of("action", &["new"]), Some("warning")),
        ("http_get", host(), "browse", None, Some("warning")),
        ("repo_add", host(), "chart_verify", None, None),
        ("repo_add", host(), "http_get", None, None),
        ("create_resource", one_of("namespace", &["a"]), "apply_resource", None, Some("warning")),
        (
            "chat_postMessage",
            one_of("channel", &["C"]),
            "chat_scheduleMessage",
            None,
            Some("warning"),
        ),
        ("create_or_update_file", one_of("file_path", &["a"]), "push_files", None, Some("warning")),
        ("query", one_of("sql", &["select 1"]), "execute_sql", None, Some("warning")),
        ("query", one_of("sql", &["select 1"]), "explain_sql", None, None),
    ] {
        let policy = policy(&[(held, condition), (open, own)]);
        let severity = severity("equivalent-tool-open", &tools, &policy);
        assert_eq!(severity.as_deref(), expected, "{open} beside {held}");
    }
}

#[test]
fn a_deletion_that_is_hidden_has_no_second_name() {
    let page = || json!({"page_id": text()});
    for (open, expected) in [
        ("erase_page", Some("warning")),
        ("purge_page", Some("warning")),
        ("remove_page", Some("warning")),
        ("remove_label", None),
        ("update_page", None),
    ] {
        let tools = [tool("delete_page", &page(), false), tool(open, &page(), false)];
        let mut policy = policy(&[(open, None)]);
        policy["hide"] = json!(["delete_page"]);
        let found = found("equivalent-tool-open", &tools, &policy);
        assert_eq!(found.as_ref().map(|(severity, _)| &**severity), expected, "{open}");
        assert!(found.is_none_or(|(_, message)| message.contains("`delete_page`")));
    }
}

#[test]
fn money_that_moves_is_an_amount_whatever_it_is_counted_in() {
    for amount in ["usd", "amountUsd", "amount_cents", "amountInCents", "value_usd", "total"] {
        let schema = json!({"order": text(), amount: {"type": "integer"}});
        let refund = [tool("issue_refund", &schema, false)];
        let free = policy(&[("issue_refund", None)]);
        let found = found("unbounded-amount", &refund, &free);
        assert!(found.is_some_and(|(_, message)| message.contains(amount)), "{amount}");
    }
    let schema = json!({"order": text(), "cents_of_wisdom": {"type": "integer"}});
    let refund = [tool("issue_refund", &schema, false)];
    assert_eq!(severity("unbounded-amount", &refund, &policy(&[("issue_refund", None)])), None);
}

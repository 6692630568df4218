use serde_json::json;

use super::*;
use crate::catalogue::{Subject, classify};

/// What the argument of a tool with that schema is taken for.
fn held(tool: &str, description: &str, name: &str, schema: Value) -> Option<Holds> {
    let kind = schema.get("type").and_then(Value::as_str).and_then(ArgumentType::of_word);
    let tool = classify(&Subject::named(tool)).into_tool(tool);
    let company = Company::new(tool.words().chain([description]));
    let argument = Argument { name, kind, schema: Some(&schema) };
    guess(&argument, &company, tool.category).filter(Held::is_fair).map(|held| held.what)
}

#[test]
fn names_schemas_and_company_tell_what_an_argument_holds() {
    let text = || json!({"type": "string"});
    for (tool, name, schema, expected) in [
        ("read_file", "path", text(), Some(Holds::Path)),
        ("git_log", "repo_path", text(), Some(Holds::Path)),
        ("fetch", "page", json!({"type": "string", "format": "uri"}), Some(Holds::Url)),
        ("fetch", "targetUrl", text(), Some(Holds::Url)),
        ("ping", "host", text(), Some(Holds::Host)),
        ("postgres_query", "query", text(), Some(Holds::Sql)),
        ("search_pages", "query", text(), None),
        ("call_aws", "cli_command", text(), Some(Holds::Command)),
        ("browser_run", "code", text(), Some(Holds::Code)),
        ("git_checkout", "branch_name", text(), Some(Holds::Branch)),
        ("send_mail", "to", text(), Some(Holds::Email)),
        ("go_to", "to", text(), None),
        ("issue_refund", "amount", json!({"type": "integer"}), Some(Holds::Amount)),
        ("list", "path", json!({"type": "boolean"}), None),
        ("kubectl_get", "resourceType", text(), Some(Holds::Kind)),
        ("set", "method", json!({"enum": ["create", "delete"]}), Some(Holds::Method)),
        ("post", "message", text(), Some(Holds::Text)),
        ("login", "api_key", text(), Some(Holds::Secret)),
        ("read_files", "paths", json!({"type": "array", "items": text()}), Some(Holds::Path)),
        ("file_stat", "file_id", text(), None),
        ("list_products", "code", json!({"description": "The product's code"}), None),
        ("run_report", "accountCode", text(), None),
        ("send_mail", "in_reply_to", text(), None),
        ("run_report", "cron_expression", text(), None),
        ("git_checkout", "project_ref", text(), None),
        ("connect", "connectionString", text(), Some(Holds::Secret)),
        ("set_env", "value", text(), Some(Holds::Secret)),
        ("set_page", "value", text(), None),
        ("get", "secret_type", text(), None),
        ("manage", "action", text(), Some(Holds::Method)),
    ] {
        assert_eq!(held(tool, "", name, schema), expected, "{name} of {tool}");
    }
}

#[test]
fn descriptions_tell_where_names_do_not() {
    let described = |text: &str| json!({"type": "string", "description": text});
    let of = |name, text: &str| held("do_it", "", name, described(text));
    assert_eq!(of("where", "Absolute path to the file"), Some(Holds::Path));
    assert_eq!(of("q", "The SQL to run"), Some(Holds::Sql));
    assert_eq!(of("expr", "JavaScript to evaluate in the page"), Some(Holds::Code));
    assert_eq!(held("lookup", "Runs SQL on the database", "query", json!({})), Some(Holds::Sql));
}

#[test]
fn what_a_description_mentions_is_not_what_an_argument_is() {
    let of = |name: &str, text: &str| {
        held("do_it", "", name, json!({"type": "string", "description": text}))
    };
    for (name, text, expected) in [
        ("q", "SQL query to execute", Some(Holds::Sql)),
        ("where", "The URL of the page", Some(Holds::Url)),
        ("expr", "JavaScript to evaluate", Some(Holds::Code)),
        ("period", "hourly, daily or weekly", None),
        ("slug", "Documentation URL: https://docs.example.org/a", None),
        ("project", "ID or URL-encoded path of the project", None),
        ("key", "The key that is found in the page URL", None),
        ("output", "Writes SQL to a file", None),
        ("port", "Port of the SQL server", None),
        ("port", "SQL port of the server", None),
        ("kind_of_ui", "React, Vue or plain JavaScript", None),
        ("framework", "JavaScript framework", None),
        ("sql_mode", "SQL mode of the cluster", None),
        ("max_query_results", "SQL rows at most", None),
        ("datacenter_code", "Code to choose a datacenter", None),
        ("script_type", "MonoBehaviour or plain", None),
        ("script_name", "", None),
    ] {
        assert_eq!(of(name, text), expected, "{name}: {text}");
    }
}

#[test]
fn names_that_may_mean_much_need_company() {
    let text = || json!({"type": "string"});
    let number = || json!({"type": "integer"});
    for (tool, name, schema, expected) in [
        ("kubectl_get", "resourceKind", text(), Some(Holds::Kind)),
        ("kubectl_get", "apiKind", text(), Some(Holds::Kind)),
        ("kubectl_get", "kind_name", text(), Some(Holds::Kind)),
        ("postgres_run", "stmt", text(), Some(Holds::Sql)),
        ("postgres_run", "queryText", text(), Some(Holds::Sql)),
        ("postgres_run", "query_string", text(), Some(Holds::Sql)),
        ("postgres_run", "q", text(), Some(Holds::Sql)),
        ("search_pages", "q", text(), None),
        ("aws", "cli", text(), Some(Holds::Command)),
        ("do_it", "bash", text(), Some(Holds::Command)),
        ("open_shell", "exec", text(), Some(Holds::Command)),
        ("open_terminal", "input", text(), Some(Holds::Command)),
        ("run_workflow", "input", text(), None),
        ("copy_file", "source", text(), Some(Holds::Path)),
        ("copy_file", "location", text(), Some(Holds::Path)),
        ("list_events", "location", text(), None),
        ("browser_open", "address", text(), Some(Holds::Url)),
        ("web_read", "page", text(), Some(Holds::Url)),
        ("list_pages", "page", text(), None),
        ("get_it", "uri", text(), Some(Holds::Url)),
        ("send_mail", "to_address", text(), Some(Holds::Email)),
        ("send_mail", "recipients", text(), Some(Holds::Email)),
        ("ping", "server", text(), Some(Holds::Host)),
        ("dns_lookup", "domain", text(), Some(Holds::Host)),
        ("create_team", "domain", text(), None),
        ("issue_refund", "usd", number(), Some(Holds::Amount)),
        ("issue_refund", "amountUsd", number(), Some(Holds::Amount)),
        ("issue_refund", "amount_cents", number(), Some(Holds::Amount)),
        ("issue_refund", "amountInCents", number(), Some(Holds::Amount)),
        ("issue_refund", "amount_eur", number(), Some(Holds::Amount)),
        ("issue_refund", "value_usd", number(), Some(Holds::Amount)),
        ("issue_refund", "total", number(), Some(Holds::Amount)),
        ("list_pages", "total", number(), None),
    ] {
        assert_eq!(held(tool, "", name, schema), expected, "{name} of {tool}");
    }
}

#[test]
fn a_word_in_a_record_is_certain_and_a_guess_keeps_its_evidence() {
    let said: HeldArguments = serde_json::from_value(json!({
        "a": "sql", "b": {"what": "path", "confidence": 0.5, "evidence": ["name: b"]},
    }))
    .unwrap();
    assert_eq!((said["a"].what, said["a"].confidence), (Holds::Sql, 1.0));
    assert_eq!((said["b"].what, said["b"].confidence), (Holds::Path, 0.5));
    let again = serde_json::to_value(&said).unwrap();
    assert_eq!(serde_json::from_value::<HeldArguments>(again).unwrap(), said);
}

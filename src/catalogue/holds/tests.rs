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

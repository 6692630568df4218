//! Names that are not those of the tools that are meant.

use serde_json::{Value, json};

use crate::support::Folder;

const SHOP: &str = r#"{"server": "shop", "tools": [
  {"name": "delete_user", "category": "Destructive"},
  {"name": "delete_order", "category": "Destructive"},
  {"name": "list_orders", "category": "Read"},
  {"name": "is_open?", "category": "Read", "arguments": {"list[0]": {"type": "string"}}}]}"#;

/// The findings of a rule in a policy that is judged against the shop.
fn found(rule: &str, policy: &str) -> Vec<Value> {
    let folder = Folder::new().file("shop.json", SHOP).file("policy.json", policy);
    let judge = ["lint", "--catalogue", "shop.json", "--server", "shop", "--format", "jsonl"];
    let run = folder.run(&[&judge[..], &["policy.json"]].concat());
    run.json_lines().into_iter().filter(|finding| finding["rule"] == rule).collect()
}

fn hiding(name: &str) -> String {
    json!({ "version": "1", "default": "allow", "hide": [name], "tools": {} }).to_string()
}

#[test]
fn a_name_that_looks_like_a_tool_of_the_server_is_named_with_what_differs() {
    for (name, characters) in [
        ("delete_us\u{435}r", vec!["U+0435"]),
        ("d\u{435}l\u{435}t\u{435}_us\u{435}r", vec!["U+0435"]),
        ("DELETE_USER", vec![]),
        ("delete_user ", vec!["U+0020"]),
        ("\u{a0}delete_user", vec!["U+00A0"]),
        ("delete_\u{200d}user", vec!["U+200D"]),
        ("delete_use\u{308}r", vec!["U+0308"]),
        (
            "\u{ff24}\u{ff25}\u{ff2c}\u{ff25}\u{ff34}\u{ff25}_user",
            vec!["U+FF24", "U+FF25", "U+FF2C", "U+FF34"],
        ),
    ] {
        let findings = found("lookalike-tool-name", &hiding(name));
        assert_eq!(findings.len(), 1, "{name:?}");
        assert_eq!(findings[0]["pointer"], "/hide/0");
        assert_eq!(
            findings[0]["facts"],
            json!({ "tool": name, "alike": "delete_user", "server": "shop", "characters": characters })
        );
        assert_eq!(findings[0]["fix"]["safety"], "unsafe", "{name:?}");
        // It is said once.
        assert_eq!(found("unknown-tool", &hiding(name)), [Value::Null; 0], "{name:?}");
        assert_eq!(found("stale-tool", &hiding(name)), [Value::Null; 0], "{name:?}");
    }
    assert_eq!(found("lookalike-tool-name", &hiding("delete_user")), [Value::Null; 0]);
    assert_eq!(found("lookalike-tool-name", &hiding("delete_usr")), [Value::Null; 0]);
    assert_eq!(found("unknown-tool", &hiding("delete_usr")).len(), 1);
}

#[test]
fn a_pattern_is_told_the_tools_that_it_would_stand_for() {
    let of = |name: &str| {
        let findings = found("glob-in-name", &hiding(name));
        findings.first().map(|finding| finding["facts"]["matches"].clone())
    };
    assert_eq!(of("delete_*"), Some(json!(["delete_user", "delete_order"])));
    assert_eq!(of("{list,drop}_orders"), Some(json!(["list_orders"])));
    assert_eq!(of("drop_?"), Some(json!([])));
    for name in ["delete_* ", "delete_.+", "delete_\\w+", "delete_%"] {
        assert_eq!(of(name), Some(json!(["delete_user", "delete_order"])), "{name}");
        assert_eq!(found("lookalike-tool-name", &hiding(name)), [Value::Null; 0], "{name}");
    }
    assert_eq!(of("DELETE *"), Some(json!([])));
    assert_eq!((of("delete 5%"), of("App\\widget")), (None, None));
    assert_eq!(of(&"{a,".repeat(100)), None);
    assert_eq!(of(&format!("{}}}", "{a,*".repeat(100))), Some(json!([])));
    assert_eq!((of("*"), of("is_open?"), of("delete_user")), (None, None, None));
    // Nothing else is said of a name that is none.
    assert_eq!(found("stale-tool", &hiding("delete_*")), [Value::Null; 0]);
    assert_eq!(found("unknown-tool", &hiding("delete_use*")), [Value::Null; 0]);
}

#[test]
fn a_key_that_the_server_has_is_no_index() {
    let paths = |tool: &str, path: &str| {
        let condition = json!({ "path": path, "op": "eq", "value": "a" });
        let policy = json!({ "version": "1", "default": "deny", "tools": {
            tool: { "deny_if": [{ "conditions": [condition] }] } } });
        found("index-in-path", &policy.to_string()).len()
    };
    assert_eq!(paths("is_open?", "args.list[0]"), 0);
    assert_eq!(paths("is_open?", "args.list[1]"), 1);
    assert_eq!(paths("list_orders", "args.list[0]"), 1);
    assert_eq!(paths("list_orders", "args.0"), 0);
}

//! The servers that are built in, held against what servers announce, and brought up to date.

use crate::support::Folder;

/// What the fetch server announces, and the same grown by a tool and an argument.
const FETCH: &str = r#"{"tools": [{"name": "fetch", "inputSchema": {"type": "object",
    "properties": {"url": {"type": "string"}, "cookie": {"type": "string"}}, "required": ["url"]}},
    {"name": "delete_cache", "description": "Deletes the cache."}]}"#;

#[test]
fn a_server_is_held_against_its_built_in_record() {
    let folder = Folder::new().file("fetch.json", FETCH);
    let named = ["catalogue", "check", "--builtin=mcp-server-fetch", "fetch.json"];
    for arguments in
        [&named[..], &["catalogue", "check", "--builtin", "--server", "fetch", "fetch.json"]]
    {
        let run = folder.run(arguments);
        assert_eq!(run.status, 1, "{}{}", run.out, run.err);
        for part in
            ["since the built-in record of modelcontextprotocol/server-fetch 20", "new-tool"]
        {
            assert!(run.out.contains(part), "{part:?}: {}", run.out);
        }
        assert!(run.out.contains("changed-arguments"), "{}", run.out);
    }
    let unknown = folder.run(&["catalogue", "check", "--builtin=slack", "fetch.json"]);
    assert_eq!(unknown.status, 2);
    assert!(unknown.err.contains("use `korotovsky/slack-mcp-server` or "), "{}", unknown.err);
}

#[test]
fn what_is_built_in_differs_from_itself_in_nothing() {
    let folder = Folder::new();
    let record = folder.run(&["catalogue", "show", "supabase", "--format", "json"]);
    let folder = folder.file("record.json", &record.out);
    let run = folder.run(&["catalogue", "check", "--builtin", "record.json"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("nothing changed on 1 server since the built-in record"),
        "{}",
        run.out
    );
}

#[test]
fn a_record_is_brought_up_to_date_and_keeps_what_was_decided() {
    let folder = Folder::new().file("fetch.json", FETCH).file(
        "record.json",
        r#"{"server": "our/fetch", "aliases": ["get"], "tools": [
            {"name": "delete_cache", "category": "Write", "severity": "low", "reason": "only ours"},
            {"name": "fetch", "category": "Execute", "severity": "high", "arguments": {}}]}"#,
    );
    let arguments = ["catalogue", "import", "fetch.json", "--update", "record.json", "--release"];
    let run = folder.run(&[&arguments[..], &["2.0", "--date", "2026-11-27"]].concat());
    assert_eq!((run.status, run.out.as_str()), (0, ""), "{}", run.err);
    assert!(run.err.contains("no longer stands, for they changed: "), "{}", run.err);
    let text = std::fs::read_to_string(folder.path("record.json")).unwrap();
    let record: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&record["version"], &record["server"]), (&"2.0".into(), &"our/fetch".into()));
    assert_eq!(record["tools"][1]["name"], "fetch");
    assert_ne!(record["tools"][1]["confidence"], 1.0);
    assert!(text.lines().any(|line| line.starts_with(r#"    {"name":"fetch","#)), "{text}");
    assert!(!text.contains("Deletes the cache"), "no words of the server are kept");
}

#[test]
fn servers_that_are_alike_are_named_and_none_is_taken() {
    let list = r#"{"servers": [
        {"server": "a", "tools": [{"name": "frob_it", "category": "Read"}]},
        {"server": "b", "tools": [{"name": "frob_it", "category": "Read"}]}]}"#;
    let policy = r#"{"version": "1", "default": "deny", "tools": {"frob_it": {}}}"#;
    let folder = Folder::new().file("list.json", list).file("policy.json", policy);
    let run = folder.run(&["lint", "policy.json", "--catalogue", "list.json"]);
    let said =
        "tools judged as the worst of a and b, which have them alike: say which with --server";
    assert!(run.out.replace("\n  ", " ").contains(said), "{}", run.out);
    let run = folder.run(&["lint", "policy.json", "--catalogue", "list.json", "--server", "b"]);
    assert!(run.out.contains("judged against b"), "{}", run.out);
}

#[test]
fn an_unknown_tool_is_held_against_a_version() {
    let policy = r#"{"version": "1", "default": "deny", "tools": {"browser_clik": {}}}"#;
    let folder = Folder::new().file("policy.json", policy);
    let run = folder.run(&["lint", "policy.json", "--server", "playwright", "--format", "concise"]);
    let said = "microsoft/playwright-mcp 0.0.83 has no tool `browser_clik`";
    assert!(run.out.contains(said), "{}", run.out);
}

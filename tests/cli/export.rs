//! `gatelint export` as a user meets it.

use crate::support::Folder;

const POLICY: &str = r#"{"version": "1", "default": "deny", "hide": ["delete_job"], "tools": {
    "list_jobs": {},
    "run_job": {"limits": [{"counter": "c", "window": "minute", "max": 10, "scope": "grant"}]},
    "tag.job": {"require": [{"conditions": [{"path": "args.a", "op": "eq", "value": 1}]}]},
    "pay": {"deny_if": [{"conditions": [], "on_deny": "Requires human approval."}]}}}"#;

const TOOLS: &str = r#"{"tools": [{"name": "list_jobs"}, {"name": "run_job"}, {"name": "kill_job"},
    {"name": "delete_job"}, {"name": "tag.job"}, {"name": "pay"}]}"#;

#[test]
fn claude_code_gets_permissions_and_no_call_is_freer_than_before() {
    let folder = Folder::new().file("policy.json", POLICY).file("jobs.json", TOOLS);
    let export = ["export", "policy.json", "--to", "claude-code", "--as", "jobs"];
    let run = folder.run(&[&export[..], &["--catalogue", "jobs.json"]].concat());
    assert_eq!(run.status, 0, "{}", run.err);
    let expected = serde_json::json!({"permissions": {
        "allow": ["mcp__jobs__list_jobs"],
        "ask": ["mcp__jobs__run_job", "mcp__jobs__tag_job"],
        "deny": ["mcp__jobs__delete_job", "mcp__jobs__kill_job", "mcp__jobs__pay"]}});
    assert_eq!(run.json(), expected);
    for line in [
        "warning: `run_job`: its limits cannot be said, so a person is asked for each call",
        "warning: `tag.job`: its conditions cannot be said, so a person is asked for each call",
        "warning: what denied callers are told (`on_deny`) is lost",
        "warning: tools that are neither in the policy nor in the catalogue are asked for, not denied",
    ] {
        assert!(run.err.contains(line), "{line:?} is not in:\n{}", run.err);
    }
}

#[test]
fn a_default_to_allow_is_a_rule_for_the_whole_server() {
    let folder = Folder::new()
        .file("open.json", r#"{"version": "1", "default": "allow", "hide": ["x"], "tools": {}}"#)
        .file("shut.json", r#"{"version": "1", "default": "deny", "tools": {}}"#);
    let permissions = |policy| {
        folder.run(&["export", policy, "--to", "claude-code", "--as", "my server"]).json()["permissions"].clone()
    };
    let open = permissions("open.json");
    assert_eq!(open["allow"], serde_json::json!(["mcp__my_server"]));
    assert_eq!(open["deny"], serde_json::json!(["mcp__my_server__x"]));
    assert_eq!(permissions("shut.json")["deny"], serde_json::json!(["mcp__my_server"]));
}

#[test]
fn codex_gets_lists_of_tools_and_approvals() {
    let folder = Folder::new().file("policy.json", POLICY);
    let run = folder.run(&["export", "policy.json", "--to", "codex", "--as", "our jobs"]);
    let expected = r#"[mcp_servers."our jobs"]
enabled_tools = [
  "list_jobs",
  "run_job",
  "tag.job",
]
disabled_tools = [
  "delete_job",
  "pay",
]

[mcp_servers."our jobs".tools.run_job]
approval_mode = "prompt"

[mcp_servers."our jobs".tools."tag.job"]
approval_mode = "prompt"
"#;
    assert_eq!((run.status, run.out.as_str()), (0, expected));
    assert!(!run.err.contains("not denied"), "an allow-list denies the rest: {}", run.err);
}

#[test]
fn intercept_policies_are_exported_too_and_hostile_names_do_no_harm() {
    let policy = "version: \"1\"\ndefault: allow\nhide: [\"a\\e[31m\\\"]\\nx\"]\ntools: {}\n";
    let folder = Folder::new().file("policy.yaml", policy);
    for to in ["claude-code", "codex"] {
        let run = folder.run(&["export", "policy.yaml", "--to", to, "--as", "s"]);
        assert_eq!(run.status, 0, "{}", run.err);
        assert!(!run.out.contains('\u{1b}'), "{}", run.out);
    }
    let run = folder.run(&["export", "policy.yaml", "--to", "codex", "--as", "s"]);
    assert_eq!(run.out, "[mcp_servers.s]\ndisabled_tools = [\n  \"a\\u001b[31m\\\"]\\nx\",\n]\n");
}

#[test]
fn wrong_usage_is_refused() {
    let folder = Folder::new()
        .file("bad.json", r#"{"version": "2", "tools": {}}"#)
        .file("policy.json", POLICY);
    for (arguments, message) in [
        (&["bad.json", "--to", "codex", "--as", "s"][..], "bad.json is not a valid policy"),
        (&["policy.json", "--to", "cursor", "--as", "s"], "claude-code, codex"),
        (&["policy.json", "--to", "codex"], "--as"),
        (&["policy.json", "--to", "codex", "--as", "s", "--server", "x"], "there is no server `x`"),
        (
            &["policy.json", "--to", "codex", "--as", "s", "-o", "bad.json"],
            "bad.json is there already",
        ),
    ] {
        let run = folder.run(&[&["export"], arguments].concat());
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{arguments:?}");
        assert!(run.err.contains(message), "{arguments:?}: {}", run.err);
    }
}

//! `gatelint init` as a user meets it.

mod approvals;
mod trace;

use crate::support::{Folder, fixture};

fn seed(name: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(fixture(&format!("policies/seed/{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_policy_of_a_catalogue_page_comes_out_value_for_value() {
    let folder = Folder::new();
    for (server, tool, page) in [
        ("octopusdeploy/mcp-server", "run_runbook", "octopus-run-runbook"),
        ("octopusdeploy/mcp-server", "find_interruptions", "octopus-find-interruptions"),
        ("myrikld/komodo-mcp", "run_procedure", "komodo-run-procedure"),
        ("sibilleb/aap-enterprise-mcp-server", "run_job", "aap-run-job"),
        ("@paretools/http", "run", "paretools-run"),
    ] {
        let run = folder.run(&["init", "--server", server, "--tool", tool]);
        assert_eq!((run.status, run.json()), (0, seed(page)), "{page}");
    }
}

#[test]
fn the_pages_are_printed_byte_for_byte_as_the_fixtures_have_them() {
    let run = Folder::new().run(&["init", "--server", "@paretools/http", "--tool", "run"]);
    let page = std::fs::read_to_string(fixture("policies/seed/paretools-run.json")).unwrap();
    assert_eq!(run.out, page);
}

const TOOLS: &str = r#"{"tools": [{"name": "list_x"}, {"name": "create_x"}, {"name": "run_x"},
    {"name": "delete_x"}, {"name": "send_payment"}]}"#;

#[test]
fn every_category_gets_its_rule_in_either_dialect_and_the_policy_lints_clean() {
    let folder = Folder::new().file("shop.json", TOOLS);
    let run = folder.run(&["init", "--from", "shop.json"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let rate = |tool: &str, max| {
        serde_json::json!({"limits": [
            {"counter": format!("{tool}_rate"), "window": "minute", "max": max, "scope": "grant"}]})
    };
    let expected = serde_json::json!({
        "version": "1",
        "default": "deny",
        "hide": ["delete_x"],
        "tools": {
            "list_x": {},
            "create_x": rate("create_x", 30),
            "run_x": rate("run_x", 10),
            "send_payment": {"deny_if": [
                {"conditions": [], "on_deny": "Requires human approval."}]},
        }
    });
    assert_eq!(run.json(), expected);
    let folder = folder.file("policy.json", &run.out);
    let run = folder.run(&["init", "--from", "shop.json", "--to", "intercept"]);
    for line in [
        "hide:\n  - delete_x\n",
        "  list_x:\n    rules: []\n",
        "  run_x:\n    rules:\n      - name: run_x_rate\n        rate_limit: 10/minute\n",
        "        action: deny\n        on_deny: \"Requires human approval.\"\n",
    ] {
        assert!(run.out.contains(line), "{line:?} is not in:\n{}", run.out);
    }
    let folder = folder.file("policy.yaml", &run.out);
    for policy in ["policy.json", "policy.yaml"] {
        let lint = folder.run(&["lint", policy, "--catalogue", "shop.json"]);
        assert_eq!(lint.status, 0, "{}", lint.out);
    }
}

#[test]
fn a_file_is_never_overwritten_unasked() {
    let folder = Folder::new().file("policy.json", "mine");
    let arguments = ["init", "--server", "@paretools/http", "-o", "policy.json"];
    let run = folder.run(&arguments);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("policy.json is there already"), "{}", run.err);
    assert_eq!(std::fs::read_to_string(folder.path("policy.json")).unwrap(), "mine");
    assert_eq!(folder.run(&[&arguments[..], &["--force"]].concat()).status, 0);
    assert!(std::fs::read_to_string(folder.path("policy.json")).unwrap().contains("run_rate"));
}

#[test]
fn wrong_names_and_numbers_are_refused_with_a_remedy() {
    let folder = Folder::new()
        .file("two.json", r#"[{"server": "a", "tools": []}, {"server": "b", "tools": []}]"#)
        .file("empty.jsonl", "")
        .file("none.json", r#"{"tools": []}"#);
    for (arguments, status, message) in [
        (&["init"][..], 2, "--server <SERVER>"),
        (
            &["init", "--server", "octopusdeploy/mcp-servr"],
            2,
            "did you mean `octopusdeploy/mcp-server`?",
        ),
        (&["init", "--server", "@paretools/http", "--tool", "rnu"], 2, "did you mean `run`?"),
        (&["init", "--from", "two.json"], 2, "two.json holds 2 servers"),
        (&["init", "--from", "none.json"], 3, "no tool to write a policy for"),
        (&["init", "--trace", "empty.jsonl"], 3, "the trace holds no call"),
        (&["init", "--trace", "absent.jsonl"], 2, "absent.jsonl"),
        (&["init", "--server", "x", "--headroom", "nan"], 2, "from 1 to 1000"),
        (&["init", "--server", "x", "--percentile", "0"], 2, "above 0"),
        (&["init", "--server", "x", "--what-if"], 2, "`--what-if` is now `replay --what-if`"),
    ] {
        let run = folder.run(arguments);
        assert_eq!(run.status, status, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(message), "{arguments:?}: {}", run.err);
        assert_eq!(run.out, "");
    }
}

#[test]
fn what_is_hardly_more_than_a_guess_is_named() {
    let folder =
        Folder::new().file("t.json", r#"{"tools": [{"name": "frobnicate"}, {"name": "get_x"}]}"#);
    let run = folder.run(&["init", "--from", "t.json"]);
    assert_eq!(run.status, 0);
    let note = "note: look at what is hardly more than a guess: `frobnicate` (Execute)\n";
    assert!(run.err.contains(note), "{}", run.err);
}

#[test]
fn hostile_names_are_escaped_and_a_wildcard_is_left_out() {
    let tools = r#"{"tools": [{"name": "*"}, {"name": "run_\u001b[31m\u202e"}]}"#;
    let folder = Folder::new().file("tools.json", tools);
    for dialect in ["v1", "intercept"] {
        let run = folder.run(&["init", "--from", "tools.json", "--to", dialect]);
        assert_eq!(run.status, 0, "{}", run.err);
        assert!(!(run.out + &run.err).contains(['\u{1b}', '\u{202e}']));
        assert!(run.err.contains("`*` is left out"), "{}", run.err);
    }
}

#[test]
fn a_tool_that_is_allowed_without_a_trace_is_listed_with_a_limit_and_a_misspelt_one_is_refused() {
    let tools = r#"{"tools": [{"name": "delete_file", "inputSchema": {"type": "object"}}, {"name": "read_file", "inputSchema": {"type": "object"}}]}"#;
    let folder = Folder::new().file("fs.json", tools);
    let run = folder.run(&["init", "--from", "fs.json", "--allow", "delete_file"]);
    let policy = run.json();
    assert_eq!(policy["tools"]["delete_file"]["limits"][0]["max"], 10, "{}", run.out);
    assert!(policy.get("hide").is_none_or(|hide| hide.as_array().unwrap().is_empty()), "{policy}");
    let run = folder.run(&["init", "--from", "fs.json", "--allow", "delet_file"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("did you mean `delete_file`?"), "{}", run.err);
}

#[test]
fn a_tool_that_may_be_called_anyway_is_allowed_in_vain_and_that_is_said() {
    let tools = r#"{"tools": [{"name": "read_file", "annotations": {"readOnlyHint": true}},
        {"name": "delete_file", "annotations": {"destructiveHint": true}}]}"#;
    let trace = "{\"tool\": \"read_file\"}\n{\"tool\": \"delete_file\"}\n";
    let folder = Folder::new().file("fs.json", tools).file("t.jsonl", trace);
    for (more, needed) in [(&[][..], false), (&["--trace", "t.jsonl"], true)] {
        let said = |name: &str| {
            folder.run(&[&["init", "--from", "fs.json", "--allow", name], more].concat()).err
        };
        let vain = "warning: --allow read_file changes nothing: it may be called without it";
        assert!(said("read_file").contains(vain), "{}", said("read_file"));
        let is_vain = said("delete_file").contains("--allow delete_file changes nothing");
        assert_eq!(is_vain, needed, "{}", said("delete_file"));
    }
}

//! The permission files of agents: where they are found, by what they are known, what is around them, and what is
//! said of such as their programs do not take.

use serde_json::Value;

use crate::support::{Folder, Run};

const DENY_ENV: &str = r#"{"permissions": {"deny": ["Read(.env)"]}}"#;

/// The findings of a run as `file:line rule`.
fn findings(run: &Run) -> Vec<String> {
    let json = run.json();
    let line = |found: &Value| {
        let file = found["file"].as_str().unwrap();
        format!("{file}:{} {}", found["line"], found["rule"].as_str().unwrap())
    };
    json["findings"].as_array().unwrap().iter().map(line).collect()
}

fn judged(run: &Run) -> Vec<String> {
    let json = run.json();
    let line = |policy: &Value| {
        format!(
            "{} {}",
            policy["file"].as_str().unwrap(),
            policy["dialect"].as_str().unwrap_or("-")
        )
    };
    json["policies"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn a_bare_lint_finds_permission_files_that_are_hidden_or_ignored() {
    let folder = Folder::new()
        .file(".gitignore", ".claude\n*.local.json\nopencode.json\nbuilt\n")
        .file(".claude/settings.json", DENY_ENV)
        .file(".claude/settings.local.json", DENY_ENV)
        .file(".claude/other.json", DENY_ENV)
        .file(".codex/config.toml", "approval_policy = \"on-request\"\n")
        .file(".codex/rules/a.rules", "prefix_rule([\"git\", \"push\"], \"prompt\")\n")
        .file(".opencode/agent/a.md", "---\npermission:\n  edit: ask\n---\nDo it.\n")
        .file("opencode.json", r#"{"permission": {"edit": "ask"}}"#)
        .file(".gemini/settings.json", r#"{"tools": {"exclude": ["web_fetch"]}}"#)
        .file("deep/managed-settings.json", DENY_ENV)
        .file("deep/.claude/settings.json", DENY_ENV)
        .file("built/.claude/settings.json", DENY_ENV)
        .file("policy.json", r#"{"version": "1", "default": "deny", "tools": {"list_pages": {}}}"#);
    let all = [
        "./.claude/settings.json claude-code",
        "./.claude/settings.local.json claude-code",
        "./.codex/config.toml codex",
        "./.codex/rules/a.rules codex",
        "./.gemini/settings.json gemini",
        "./.opencode/agent/a.md opencode",
        "./opencode.json opencode",
        "./deep/.claude/settings.json claude-code",
        "./deep/managed-settings.json claude-code",
        "./policy.json v1",
    ];
    let bare = folder.run(&["lint", "--format", "json", "--fail-on", "none"]);
    assert_eq!(judged(&bare), all);
    let below = folder.run_in(".codex", &["lint", "--format", "json", "--fail-on", "none"]);
    assert_eq!(judged(&below), ["./config.toml codex", "./rules/a.rules codex"]);
    let restricted = |dialect: &str| {
        let arguments =
            ["lint", "--format", "json", "--fail-on", "none", "--dialect", dialect, "."];
        judged(&folder.run(&arguments))
    };
    assert_eq!(restricted("codex"), all[2..4]);
    assert_eq!(restricted("v1"), all[9..]);
}

#[test]
fn a_named_file_needs_no_dialect_and_a_text_is_known_by_its_signs() {
    let folder = Folder::new()
        .file("strict.json", DENY_ENV)
        .file("a.rules", "prefix_rule([\"cargo\", \"test\"], \"allow\")\n")
        .file("a.toml", "sandbox_mode = \"read-only\"\n");
    let run = folder.run(&["lint", "--format", "json", "strict.json", "a.rules", "a.toml"]);
    assert_eq!(judged(&run), ["strict.json claude-code", "a.rules codex", "a.toml codex"]);
    for (text, dialect, named) in [
        (DENY_ENV, "claude-code", None),
        ("# rules\nprefix_rule([\"cargo\", \"test\"], \"allow\")\n", "codex", None),
        ("approval_policy = \"on-request\"\n", "codex", Some("codex")),
        ("[[rule]]\ntoolName = \"glob\"\ndecision = \"deny\"\npriority = 1\n", "gemini", None),
        ("{\"permission\": {\"edit\": \"ask\"}}", "opencode", None),
        ("// such\n{\"permission\": {\"edit\": \"ask\"}}", "opencode", Some("opencode")),
    ] {
        let arguments = ["lint", "--format", "json", "--fail-on", "none", "-"];
        let named: Vec<&str> = named.into_iter().flat_map(|name| ["--dialect", name]).collect();
        let run = folder.run_with(&[&arguments[..], &named].concat(), text, &[]);
        assert_eq!(judged(&run), [format!("<stdin> {dialect}")], "{text}");
        assert_eq!(run.json()["findings"], serde_json::json!([]), "{text}");
    }
}

#[test]
fn settings_that_say_nothing_of_permissions_are_passed_over_in_silence() {
    let folder = Folder::new()
        .file(".claude/settings.json", r#"{"model": "opus", "hooks": {}}"#)
        .file(".codex/config.toml", "model = \"o9\"\n[mcp_servers.a]\ncommand = \"a\"\n")
        .file("opencode.json", r#"{"model": "x/y"}"#)
        .file(".gemini/settings.json", r#"{"tools": {"sandbox": true}, "mcpServers": {"a": {}}}"#)
        .file("policy.json", r#"{"version": "1", "default": "deny", "tools": {"list_pages": {}}}"#);
    let run = folder.run(&["lint"]);
    assert!(!run.out.contains("passed over") && !run.out.contains("no polic"), "{}", run.out);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
    let run = folder.run(&["lint", "--format", "json"]);
    assert_eq!(run.json()["summary"]["passed_over"].as_array().unwrap().len(), 4);
    // Who names one has it judged.
    let run = folder.run(&["lint", ".claude/settings.json"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(run.out.contains(".claude/settings.json: Claude Code\n"), "{}", run.out);
    let run = folder.run(&["lint", ".claude"]);
    assert_eq!(run.status, 3);
    assert!(run.err.contains("only settings that say nothing of permissions"), "{}", run.err);
}

#[test]
fn a_dropped_file_says_what_is_lost_and_who_is_to_blame() {
    let folder = Folder::new()
        .file(
            ".claude/settings.json",
            "{\n  // why\n  \"permissions\": {\"allow\": [\"WebFetch\"], \"deny\": [\"Read(.env)\", \"Edit\"]}, // more\n}\n",
        )
        .file(".codex/rules/a.rules", "prefix_rule([\"git\"], \"prompt\")\nprefix_rule([\"gh\"],\n")
        .file("sub/.codex/config.toml", "profile = \"x\"\n")
        .file("sub/opencode.json", r#"{"permission": {"bash": "deny"}, "permissions": {}}"#)
        .file("sub/.gemini/policies/a.toml", "[[rule]]\ntoolName = \"\"\ndecision = \"deny\"\npriority = 1\n");
    let run = folder.run(&["lint", "--format", "json"]);
    assert_eq!(run.status, 1, "{}", run.err);
    let json = run.json();
    let dropped: Vec<&Value> = json["findings"].as_array().unwrap().iter().collect();
    assert!(dropped.iter().all(|found| found["rule"] == "file-dropped"), "{json}");
    let told = |found: &Value| {
        let facts = &found["facts"];
        format!(
            "{}:{} {} {} {}",
            found["file"].as_str().unwrap(),
            found["line"],
            facts["reason"].as_str().unwrap(),
            facts["effect"].as_str().unwrap(),
            facts["lost"]
        )
    };
    let told: Vec<String> = dropped.into_iter().map(told).collect();
    assert_eq!(
        told,
        [
            "./.claude/settings.json:2 file-dropped file-dropped {\"denials\":2,\"rules\":3}",
            "./.codex/rules/a.rules:2 one-broken-file-drops-all all-rules-dropped null",
            "./sub/.codex/config.toml:1 retired-setting refuses-start null",
            "./sub/.gemini/policies/a.toml:2 engine-refuses refuses-start null",
            "./sub/opencode.json:1 unknown-key refuses-requests null",
        ]
    );
}

#[test]
fn files_of_one_project_are_judged_as_one_policy() {
    let rules = "prefix_rule([\"git\", \"push\"], \"prompt\")\nprefix_rule([\"make\"])\n";
    let config = "approval_policy = \"never\"\nsandbox_mode = \"read-only\"\n";
    let folder = Folder::new()
        .file(".git/HEAD", "")
        .file(".codex/config.toml", config)
        .file(".codex/rules/a.rules", rules);
    let of = |folder: &Folder, arguments: &[&str]| {
        let run = folder
            .run(&[&["lint", "--format", "json", "--select", "void-mode"], arguments].concat());
        findings(&run)
    };
    let both = [".codex/config.toml:1 void-mode", ".codex/config.toml:2 void-mode"];
    assert_eq!(of(&folder, &[".codex/config.toml"]), both);
    let alone = Folder::new().file(".codex/config.toml", config);
    assert_eq!(of(&alone, &[".codex/config.toml"]), [""; 0]);
    // The user's files count where the home is given, and are judged only where they are named.
    let apart = Folder::new()
        .file("p/.git/HEAD", "")
        .file("p/.codex/config.toml", config)
        .file("home/.codex/rules/u.rules", rules);
    assert_eq!(of(&apart, &["p"]), [""; 0]);
    let found = of(&apart, &["--home", "home", "p"]);
    assert_eq!(found, ["p/.codex/config.toml:1 void-mode", "p/.codex/config.toml:2 void-mode"]);
}

#[test]
fn scopes_that_are_not_known_are_said() {
    let folder = Folder::new().file("p/.claude/settings.json", DENY_ENV).file("h/x", "");
    let run = folder.run(&["lint", "p"]);
    let said =
        "note: permission files of the organisation, the user, the administrator are not known\n";
    assert_eq!(run.err, said);
    let run = folder.run(&["lint", "--home", "h", "--format", "json", "p"]);
    let unknown = &run.json()["policies"][0]["unknown_scopes"];
    assert_eq!(*unknown, serde_json::json!(["the organisation", "the administrator"]));
}

#[test]
fn the_home_of_a_user_is_no_project() {
    let bypass = r#"{"permissions": {"defaultMode": "bypassPermissions", "allow": ["WebFetch"]}}"#;
    let folder = Folder::new()
        .file("h/.claude/settings.json", bypass)
        .file("p/.claude/settings.json", bypass);
    let reasons = |file: &str| {
        let run = folder.run(&["lint", "--format", "json", "--home", "h", file]);
        let json = run.json();
        let found = json["findings"].as_array().unwrap().iter();
        let of = found.filter(|found| {
            ["void-mode", "default-allow"].contains(&found["rule"].as_str().unwrap())
        });
        of.map(|found| found["facts"]["reason"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(reasons("h/.claude/settings.json"), ["bypass-by-default", "allow-in-bypass"]);
    assert_eq!(reasons("p/.claude/settings.json"), ["bypass-committed"]);
}

#[test]
fn files_where_no_program_looks_are_found_out() {
    let rule = "prefix_rule([\"git\", \"push\"], \"forbidden\")\n";
    let folder = Folder::new()
        .file(".codex/git.rules", rule)
        .file(".codex/rules/more/git.rules", rule)
        .file(".codex/old.codexpolicy", "define_program(program=\"git\")\n")
        .file(
            ".gemini/policies/a.toml",
            "[[rule]]\ntoolName = \"glob\"\ndecision = \"deny\"\npriority = 1\n",
        )
        .file(".gemini/settings.json", r#"{"policyPaths": ["policies"]}"#);
    let run = folder.run(&["lint", "--format", "json", "--select", "unread-file,file-dropped"]);
    let json = run.json();
    let told = |found: &Value| {
        format!(
            "{} {} {}",
            found["file"].as_str().unwrap(),
            found["severity"].as_str().unwrap(),
            found["facts"]["reason"].as_str().unwrap()
        )
    };
    let told: Vec<String> = json["findings"].as_array().unwrap().iter().map(told).collect();
    assert_eq!(
        told,
        [
            "./.codex/git.rules error rules-outside-rules-folder",
            "./.codex/old.codexpolicy error rules-outside-rules-folder",
            "./.codex/rules/more/git.rules error rules-outside-rules-folder",
            "./.gemini/policies/a.toml warning workspace-tier-not-loaded",
            "./.gemini/settings.json warning policyPaths-in-project",
        ]
    );
}

#[test]
fn findings_are_ignored_by_comments_where_there_are_some_and_by_the_configuration_elsewhere() {
    let folder = Folder::new()
        .file(".codex/config.toml", "# gatelint: ignore[default-allow] a container\nsandbox_mode = \"danger-full-access\"\n")
        .file("opencode.jsonc", "{\n  // gatelint: ignore[default-allow] it is meant so\n  \"permission\": {\"bash\": {\"git *\": \"allow\"}}\n}\n")
        .file(
            ".claude/settings.json",
            r#"{"permissions": {"defaultMode": "bypassPermissions", "deny": ["Read(.env)"]}}"#,
        )
        .file(
            "gatelint.yaml",
            "ignores:\n- {rule: void-mode, files: [.claude/settings.json], pointer: /permissions/defaultMode, reason: old versions}\n",
        );
    let select = ["lint", "--format", "json", "--select", "void-mode,default-allow,unused-ignore"];
    let run = folder.run(&select);
    assert_eq!(findings(&run), [""; 0], "{}", run.out);
    assert_eq!(run.json()["summary"]["ignored"], 3);
    let run = folder.run(&[&select[..], &["--no-ignores"]].concat());
    assert_eq!(findings(&run).len(), 3);
}

#[test]
fn a_baseline_and_every_format_take_permission_files() {
    let folder = Folder::new()
        .file(".codex/rules/a.rules", "x = 1\nprefix_rule([\"gh\"], decision=\"deny\")\n")
        .file(
            ".codex/config.toml",
            "[mcp_servers.a]\ndefault_tools_approval_mode = \"prompt\"\ndisabled_tool = [\"x\"]\n",
        );
    let sarif = folder.run(&["lint", "--format", "sarif"]).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let place = |result: &Value| {
        let physical = &result["locations"][0]["physicalLocation"];
        format!(
            "{} {}:{}",
            physical["artifactLocation"]["uri"].as_str().unwrap(),
            physical["region"]["startLine"],
            physical["region"]["startColumn"]
        )
    };
    let places: Vec<String> = results.iter().map(place).collect();
    assert_eq!(places, [".codex/config.toml 3:1", ".codex/rules/a.rules 2:30"]);
    let github = folder.run(&["lint", "--format", "github"]).out;
    assert!(github.contains("file=.codex/rules/a.rules,line=2"), "{github}");
    let run = folder.run(&["lint", "--write-baseline", "--baseline", "seen.json"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let run = folder.run(&["lint", "--format", "json", "--baseline", "seen.json"]);
    assert_eq!((run.status, findings(&run).len()), (0, 0), "{}", run.out);
    assert_eq!(run.json()["summary"]["baselined"], 2);
}

#[test]
fn a_fix_is_made_by_itself_only_where_it_shuts_more() {
    let loose = r#"{"permissions": {"Allow": ["WebSearch"], "deny": ["bash"]}}"#;
    let folder = Folder::new().file(".claude/settings.json", loose);
    let run = folder.run(&["lint", "--fix", ".claude/settings.json"]);
    let after = std::fs::read_to_string(folder.path(".claude/settings.json")).unwrap();
    assert_eq!(after, loose, "{}", run.out);
    let folder =
        Folder::new().file(".claude/settings.json", r#"{"permissions": {"Deny": ["WebFetch"]}}"#);
    folder.run(&["lint", "--fix", ".claude/settings.json"]);
    let after = std::fs::read_to_string(folder.path(".claude/settings.json")).unwrap();
    assert_eq!(after, r#"{"permissions": {"deny": ["WebFetch"]}}"#);
}

#[test]
fn a_baseline_holds_wherever_the_project_lies_and_whatever_its_lines_are() {
    let shared = r#"{"permissions":{"allow":["Bash(*)","Bash(git:*)"],"deny":["Bash(rm -rf *)"]}}"#;
    let local =
        r#"{"permissions":{"allow":["Read(./a/**)"],"deny":["Bash(git push *)","Read(./a/*)"]}}"#;
    let opencode = r#"{"permission":{"bash":{"git push *":"deny","*":"allow"}}}"#;
    let project = |below: &str, lead: &str| {
        let file = |name: &str| format!("{below}{name}");
        Folder::new()
            .file(&file("one/.claude/settings.json"), format!("{lead}{shared}"))
            .file(&file("one/.claude/settings.local.json"), format!("{lead}{local}"))
            .file(&file("two/opencode.json"), format!("{lead}{opencode}"))
    };
    let (first, other) = (project("", ""), project("deep/er/", "\n\n"));
    let run = first.run(&["lint", "one", "two", "--write-baseline=known.json"]);
    let known = std::fs::read_to_string(first.path("known.json")).unwrap();
    assert!(known.contains("evaded-deny"), "{}{known}", run.err);
    let other = other.file("deep/er/known.json", known);
    for (folder, below) in [(&first, ""), (&other, "deep/er")] {
        let run = folder.run_in(below, &["lint", "one", "two", "--baseline=known.json"]);
        assert!(run.out.contains("0 errors, 0 warnings"), "{below}: {}", run.out);
        let run = folder.run_in(below, &["lint", "one", "two", "--format", "jsonl"]);
        let place = folder.path("").canonicalize().unwrap();
        assert!(run.out.contains("which runs by `allow Bash(*)`"), "{}", run.out);
        assert!(run.out.contains("of `.claude/settings.json`"), "{}", run.out);
        for finding in run.json_lines() {
            let said = finding["message"].to_string();
            assert!(!said.contains(place.to_str().unwrap()), "{said}");
        }
    }
}

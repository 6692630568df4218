//! Shapes of permission files as careful people commit them: nothing is to be said of how they are read, where they
//! lie and which modes and servers they set.

use gatelint::catalogue::Catalogue;
use gatelint::lint::{Linter, Settings, Severity};
use gatelint::policy::{Agent, Dialect};
use gatelint::source::Document;

/// The rules that are meant; those about what single rules do have tests of their own.
const RULES: [&str; 10] = [
    "default-allow",
    "duplicate-key",
    "file-dropped",
    "invalid-value",
    "syntax-error",
    "unknown-field",
    "unknown-tool",
    "unread-file",
    "void-mode",
    "weak-server-approval",
];

/// Every way to choose one of each list.
fn combined(lists: &[&[&str]]) -> Vec<Vec<String>> {
    lists.iter().fold(vec![Vec::new()], |all, list| {
        let with = |before: &Vec<String>| {
            let longer = |part: &&str| [&before[..], &[(*part).to_owned()]].concat();
            list.iter().map(longer).collect::<Vec<_>>()
        };
        all.iter().flat_map(with).collect()
    })
}

fn claude_code() -> Vec<(String, String)> {
    let modes = [
        "",
        r#""defaultMode": "default","#,
        r#""defaultMode": "acceptEdits","#,
        r#""defaultMode": "plan","#,
        r#""defaultMode": "dontAsk","#,
    ];
    let lists = [
        r#""deny": ["Read(./.env)", "Read(./secrets/**)", "Edit(./.env)"]"#,
        r#""allow": ["Bash(npm run lint)", "Bash(npm run test:*)", "WebFetch(domain:docs.rs)"]"#,
        r#""ask": ["Bash"], "allow": ["Read", "Grep", "Glob", "LSP", "TodoWrite"]"#,
        r#""allow": ["mcp__github__list_issues", "mcp__tracker"], "deny": ["mcp__github__delete_repo"]"#,
        r#""allow": [], "deny": ["WebSearch", "WebFetch", "Task", "Agent(helper)"]"#,
        r#""additionalDirectories": ["../docs", "/srv/shared", "~/notes"], "deny": ["NotebookEdit"]"#,
        r#""disableBypassPermissionsMode": "disable", "deny": ["Bash(curl *)"], "ask": ["Bash(*)"]"#,
        r#""allow": ["Skill(review)", "Edit(/src/**)", "Write", "PowerShell", "SomeNewTool"]"#,
    ];
    let others = ["", r#""model": "opus", "env": {"A": "1"}, "hooks": {}, "enabledPlugins": {},"#];
    let text = |parts: Vec<String>| {
        let [others, mode, lists] = [&parts[0], &parts[1], &parts[2]];
        let text = format!("{{{others} \"permissions\": {{{mode} {lists}}}}}");
        (".claude/settings.json".to_owned(), text)
    };
    combined(&[&others, &modes, &lists]).into_iter().map(text).collect()
}

fn codex() -> Vec<(String, String)> {
    let approvals = [
        "",
        "approval_policy = \"on-request\"\n",
        "approval_policy = \"never\"\n",
        "approval_policy = { granular = { sandbox_approval = true, rules = true, mcp_elicitations = true } }\n",
    ];
    let sandboxes = [
        "sandbox_mode = \"read-only\"\n",
        "sandbox_mode = \"workspace-write\"\n[sandbox_workspace_write]\nnetwork_access = false\nwritable_roots = [\"/srv\"]\n",
    ];
    let servers = [
        "",
        "[mcp_servers.docs]\nurl = \"https://docs.example/mcp\"\n",
        "[mcp_servers.shop]\ncommand = \"shop\"\nenabled_tools = [\"list_orders\"]\nenabled = true\n",
        "[mcp_servers.shop]\ncommand = \"shop\"\nstartup_timeout_sec = 20\n[mcp_servers.shop.tools.list_orders]\napproval_mode = \"approve\"\n",
    ];
    let text = |parts: Vec<String>| {
        let config = format!("model = \"o9\"\n{}", parts.concat());
        (".codex/config.toml".to_owned(), config)
    };
    let configs = combined(&[&approvals, &sandboxes, &servers]).into_iter().map(text);
    let rules = [
        "# nothing yet\n",
        "prefix_rule(pattern = [\"git\", \"status\"], decision = \"allow\")\n",
        "prefix_rule(\n    pattern = [\"git\", [\"push\", \"fetch\"]],\n    decision = \"prompt\",\n    justification = \"a person looks\",\n    match = [\"git push\", [\"git\", \"fetch\"]],\n    not_match = [\"git status\"],\n)\n",
        "WORDS = [\"rm\", \"-rf\"]\nprefix_rule(WORDS, \"forbidden\")\n",
        "host_executable(name = \"git\", paths = [\"/usr/bin/git\"])\nprefix_rule([\"git\"], \"prompt\")\n",
        "network_rule(host = \"api.example.com\", protocol = \"https\", decision = \"allow\")\n",
    ];
    let rules = rules.map(|text| (".codex/rules/default.rules".to_owned(), text.to_owned()));
    configs.chain(rules).collect()
}

fn opencode() -> Vec<(String, String)> {
    let permissions = [
        r#""ask""#,
        r#"{"*": "ask", "read": "allow", "grep": "allow", "glob": "allow", "list": "allow"}"#,
        r#"{"edit": "ask", "bash": "ask", "webfetch": "deny"}"#,
        r#"{"bash": {"*": "ask", "git status *": "allow", "npm test": "allow"}}"#,
        r#"{"bash": {"rm *": "deny", "git push *": "ask"}, "edit": "ask"}"#,
        r#"{"external_directory": {"/opt/x/*": "allow"}, "doom_loop": "ask"}"#,
        r#"{"read": {"*": "allow", "*.env": "deny"}, "skill": {"*": "ask"}, "task": "ask"}"#,
        r#"{"shop_*": "deny", "shop_list_orders": "allow", "edit": {"*": "deny", "src/*": "ask"}}"#,
    ];
    let others = [
        "",
        r#""$schema": "https://opencode.ai/config.json", "model": "a/b", "mcp": {"s": {"type": "local"}},"#,
        "// why\n",
        r#""agent": {"plan": {"permission": {"bash": "deny"}}, "review": {"tools": {"write": false}}},"#,
    ];
    let names = ["opencode.json", ".opencode/opencode.jsonc"];
    let text = |parts: Vec<String>| {
        (parts[0].clone(), format!("{{{} \"permission\": {}}}", parts[1], parts[2]))
    };
    combined(&[&names, &others, &permissions]).into_iter().map(text).collect()
}

fn gemini() -> Vec<(String, String)> {
    let tools = [
        "toolName = \"run_shell_command\"\ncommandPrefix = [\"git status\", \"npm test\"]\n",
        "toolName = \"run_shell_command\"\ncommandRegex = \"(git|gh) \"\n",
        "toolName = [\"write_file\", \"replace\"]\nargsPattern = \"\\\\.env\"\n",
        "toolName = \"*\"\nmcpName = \"shop\"\n",
        "toolName = \"web_fetch\"\nmodes = [\"default\", \"autoEdit\"]\n",
    ];
    let decisions =
        ["decision = \"deny\"\n", "decision = \"ask_user\"\n", "decision = \"allow\"\n"];
    let priorities = ["priority = 0\n", "priority = 100\n", "priority = 999\n"];
    let text = |parts: Vec<String>| {
        ("policies/a.toml".to_owned(), format!("# why\n[[rule]]\n{}", parts.concat()))
    };
    let rules = combined(&[&tools, &decisions, &priorities]).into_iter().map(text);
    let settings = [
        r#"{"tools": {"exclude": ["run_shell_command"]}}"#,
        r#"{"tools": {"core": ["read_file", "glob"], "confirmationRequired": ["replace"]}}"#,
        r#"{"tools": {"allowed": ["run_shell_command(git status)"]}, "mcp": {"excluded": ["x"]}}"#,
        "{\n// comments are read\n\"mcpServers\": {\"a\": {\"command\": \"a\", \"trust\": false}}}",
        r#"{"security": {"disableAlwaysAllow": true}, "ui": {"theme": "dark"}}"#,
    ];
    let settings = settings.map(|text| (".gemini/settings.json".to_owned(), text.to_owned()));
    rules.chain(settings).collect()
}

#[test]
fn careful_files_of_two_hundred_shapes_give_no_alarm() {
    let (catalogue, settings) = (Catalogue::builtin(), Settings::default());
    let shapes = [
        (Agent::ClaudeCode, claude_code()),
        (Agent::Codex, codex()),
        (Agent::OpenCode, opencode()),
        (Agent::Gemini, gemini()),
    ];
    let (mut count, mut alarms) = (0, String::new());
    for (agent, files) in shapes {
        assert!(files.len() >= 35, "{agent:?} has {} shapes", files.len());
        for (name, text) in files {
            let dialect = Some(Dialect::Agent(agent));
            let linter = Linter {
                catalogue: &catalogue,
                dialect,
                settings: &settings,
                root: None,
                project: None,
            };
            let document = Document::read(format!("/nowhere/{name}"), text.clone().into_bytes());
            let report = linter.lint(document, None);
            assert_eq!(report.dialect, dialect);
            let own = report.findings.iter().filter(|found| RULES.contains(&found.rule.name));
            for found in own.filter(|found| found.severity >= Severity::Warning) {
                alarms += &format!("{name}: {}: {}\n{text}\n", found.rule.name, found.message);
            }
            count += 1;
        }
    }
    assert!(count >= 200, "{count}");
    assert!(alarms.is_empty(), "{alarms}");
}

//! A secret in a policy is said to be one, and no output repeats it.

use serde_json::json;

use crate::support::Folder;

/// A token, in two parts so that no scanner takes it for one.
fn token() -> String {
    ["gh", "p_Zq8mW3xT6vK1bN5rD9yH2cJ7fL4sP0aGeUiO"].concat()
}

const SERVER: &str = r#"{"tools": [{"name": "read_sheet", "description": "Reads a file.",
  "inputSchema": {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}}]}"#;

/// Policies with a secret in a message, a value, the keys of a value, the name of a tool, of a hidden
/// one, an unknown field, a path and a comment.
fn policies() -> Vec<String> {
    let token = token();
    let tool = |rules: serde_json::Value| json!({"read_sheet": rules});
    let of = |tools: serde_json::Value| json!({"version": "1", "default": "deny", "tools": tools});
    let asks = |path: &str, value: serde_json::Value| {
        of(tool(json!({"require": [{"conditions": [{"path": path, "op": "eq", "value": value}]}]})))
    };
    let hidden = json!({"version": "1", "default": "deny", "hide": [token, "read_shet"], "tools": tool(json!({}))});
    let message = json!({"deny_if": [{"conditions": [], "on_deny": format!("use {token}")}]});
    let values = [
        of(tool(message)),
        asks("args.path", json!(token)),
        asks("args.path", json!({ (format!("x-{token}")): 1 })),
        asks(&format!("args.{token}"), json!("a")),
        of(json!({ (token.clone()): {}, "read_sheet": {} })),
        of(
            json!({ (format!("run_{token}")): {"require": [{"conditions": [{"path": "args.a", "op": "regex", "value": "a"}]}]} }),
        ),
        of(tool(json!({ (token.clone()): 1 }))),
        hidden,
    ];
    let comment = format!("version: '1' # {token}\ndefault: deny\ntools:\n  read_sheet: {{}}\n");
    let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap();
    values.iter().map(pretty).chain([comment]).collect()
}

#[test]
fn no_output_shows_a_secret() {
    let formats =
        ["human", "concise", "json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown"];
    for (index, policy) in policies().iter().enumerate() {
        assert!(policy.contains(&token()));
        let name = if index == policies().len() - 1 { "policy.yaml" } else { "policy.json" };
        let folder = Folder::with(&[("server.json", SERVER), (name, policy)]);
        let lint = ["lint", name, "--catalogue", "server.json", "--server", "server"];
        let further = formats.iter().map(|format| vec!["--format", format]).chain([
            vec!["--fix", "--unsafe-fixes", "--diff"],
            vec!["--statistics"],
            vec!["--write-baseline=baseline.json"],
        ]);
        for more in further {
            let run = folder.run(&[&lint[..], &more].concat());
            for text in [&run.out, &run.err] {
                assert!(!text.contains(&token()), "{index} {more:?}: {text}");
            }
        }
        let baseline = std::fs::read_to_string(folder.path("baseline.json")).unwrap();
        assert!(!baseline.contains(&token()), "{index}: {baseline}");
        let (_, output) = folder.run_json(&[&lint[..], &["--format", "json"]].concat());
        let findings = output["findings"].as_array().unwrap();
        let is_told = findings.iter().any(|finding| finding["rule"] == "secret-in-policy");
        assert!(is_told, "{index}: {output}");
    }
}

#[test]
fn no_excerpt_shows_what_the_environment_of_an_agent_holds() {
    let settings = r#"{"env":{"SHOP_TOKEN":"no-such-words","DEBUG":"plain-words"},"permissions":{"allow":["Bash(*)"]}}"#;
    let config = "approval_policy = \"on-request\"\nfurther = { set = { API_KEY = 'no-such-words' }, typo = 1 }\n";
    let folder =
        Folder::with(&[("a/.claude/settings.json", settings), ("b/.codex/config.toml", config)]);
    for (project, seen) in [("a", "plain-words"), ("b", "")] {
        for format in ["human", "html", "json", "markdown"] {
            let run = folder.run(&["lint", project, "--format", format]);
            assert!(!run.out.contains("no-such-words"), "{project} {format}: {}", run.out);
            let shows_text = matches!(format, "human" | "html");
            assert!(!shows_text || run.out.contains(seen), "{project} {format}: {}", run.out);
        }
    }
}

#[test]
fn no_command_repeats_a_secret_of_a_policy_but_in_what_it_makes_of_it() {
    let token = token();
    let policy = |more: &str| {
        format!(
            r#"{{"version":"1","default":"deny","tools":{{"send":{{"deny_if":[{{"conditions":[
              {{"path":"args.key","op":"eq","value":"{token}"}}],"on_deny":"not {token}"}}]{more}}}}}}}"#
        )
    };
    let call = r#"{"tool":"send","args":{"key":"KEY"},"time":"2026-03-01T10:00:00Z"}"#;
    let call = call.replace("KEY", &token);
    let limited = r#","limits":[{"counter":"c","window":"day","max":1,"scope":"grant"}]"#;
    let folder = Folder::with(&[("p.json", &policy(limited)), ("t.jsonl", &call)])
        .file("q.json", policy("").replace("\"eq\"", "\"neq\""))
        .file(
            "p.test.yaml",
            "for: p.json\ncases: [{name: a, call: {tool: send, args: {key: x}}, expect: allow}]\n",
        )
        .file("must.yaml", "statements: [{deny: send}]\n");
    let mut runs = vec![
        vec!["explain", "--policy", "p.json", "--call", &call],
        vec!["replay", "t.jsonl", "--policy", "p.json", "--decisions"],
        vec!["diff", "p.json", "q.json", "--trace", "t.jsonl"],
        vec!["test", "--mutate", "--coverage"],
    ];
    for format in ["human", "json", "markdown", "sarif", "github", "html"] {
        runs.push(vec!["diff", "p.json", "q.json", "--format", format]);
    }
    for format in ["human", "json", "markdown", "html"] {
        runs.push(vec![
            "replay",
            "t.jsonl",
            "--policy",
            "p.json",
            "--coverage",
            "--format",
            format,
        ]);
        runs.push(vec!["test", "--coverage", "--format", format]);
        runs.push(vec!["assert", "must.yaml", "p.json", "--format", format]);
    }
    for arguments in runs {
        let run = folder.run(&arguments);
        assert!(run.status < 2 || run.err.contains("--format"), "{arguments:?}: {}", run.err);
        let text = run.out + &run.err;
        assert!(!text.contains(&token), "{arguments:?}: {text}");
    }
    let run = folder.run(&["convert", "p.json", "--to", "intercept", "-o", "-"]);
    assert!(run.out.contains(&token) && !run.err.contains(&token), "{} {}", run.out, run.err);
    let run = folder.run(&["explain", "--policy", "p.json", "--call", &call, "--show-args"]);
    assert!(run.out.contains(&token), "{}", run.out);
}

#[test]
fn only_what_starts_a_server_is_hidden_of_it() {
    let opencode = r#"{"mcp": {"a": {"type": "local", "command": ["hunt3r2"], "environment": {"A": "hunt3r2"}}},
 "permission": {"bash": "alow", "edit": "allow"}}"#;
    let folder = Folder::new().file("a/opencode.json", opencode);
    let run = folder.run(&["lint", "a"]);
    assert!(run.out.contains(r#""bash": "alow""#), "{}", run.out);
    assert!(!run.out.contains("hunt3r2"), "{}", run.out);
}

#[test]
fn nothing_that_is_called_like_a_secret_is_shown_of_two_versions() {
    let pay = |op: &str, value: &str| {
        format!(
            r#"{{"version":"1","default":"deny","tools":{{"pay":{{"deny_if":[{{"conditions":[{{"path":"args.password","op":"{op}","value":{value}}}]}}]}}}}}}"#
        )
    };
    let opencode = |ruling: &str, text: &str| {
        format!(
            r#"{{"permission":{{"bash":"{ruling}"}},"provider":{{"o":{{"options":{{"apiKey":"{text}"}}}}}},"mcp":{{"x":{{"type":"local","command":["npx"],"environment":{{"TOKEN":"{text}"}}}}}}}}"#
        )
    };
    let folder = Folder::new()
        .file("n1.json", pay("eq", "48213977"))
        .file("n2.json", pay("neq", "48213977"))
        .file("w1.json", pay("in", r#"["correcthorse", "fieldmouse"]"#))
        .file("w2.json", pay("not_in", r#"["correcthorse", "fieldmouse"]"#))
        .file("m1/opencode.json", opencode("allow", "Serval21Quince"))
        .file("m2/opencode.json", opencode("ask", "Serval22Quince"))
        .file("t.jsonl", "{\"tool\":\"bash\",\"mode\":\"build\",\"args\":{\"command\":\"ls\"}}\n");
    let hidden = ["48213977", "correcthorse", "fieldmouse", "Serval2"];
    for [old, new] in
        [["n1.json", "n2.json"], ["w1.json", "w2.json"], ["m1/opencode.json", "m2/opencode.json"]]
    {
        for format in ["human", "json", "markdown", "sarif", "github", "html"] {
            for trace in [&["--trace", "t.jsonl"][..], &[]] {
                let run = folder.run(&[&["diff", old, new, "--format", format], trace].concat());
                assert_eq!(run.status, 1, "{old} {format}: {}{}", run.out, run.err);
                for text in hidden {
                    assert!(!run.out.contains(text), "{old} {format} {trace:?}: {}", run.out);
                }
            }
            let run = folder.run(&["lint", old, new, "--format", format]);
            assert!(hidden.iter().all(|text| !run.out.contains(text)), "{format}: {}", run.out);
        }
    }
    let run = folder.run(&["diff", "n1.json", "n2.json"]);
    let call = r#"{"args":{"password":"***"},"tool":"pay"}, with a value in place of each ***"#;
    assert!(run.out.contains(call), "{}", run.out);
}

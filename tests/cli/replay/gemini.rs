//! Calls decided under the policies of Gemini CLI.

use crate::support::Folder;

fn project() -> Folder {
    Folder::with(&[
        (
            "home/.gemini/policies/a.toml",
            "# what I say\n[[rule]]\ntoolName = \"run_shell_command\"\ncommandPrefix = [\"npm\", \"git\"]\n\
             decision = \"allow\"\npriority = 100\n\n[[rule]]\ntoolName = \"run_shell_command\"\n\
             commandPrefix = \"git push\"\ndecision = \"deny\"\npriority = 200\n",
        ),
        ("project/.gemini/settings.json", "{\n  \"tools\": {\"exclude\": [\"web_fetch\"]}\n}\n"),
        (
            "project/.gemini/policies/b.toml",
            "[[rule]]\ntoolName = \"*\"\ndecision = \"deny\"\npriority = 999\n",
        ),
        (
            "trace.jsonl",
            concat!(
                "{\"tool\":\"run_shell_command\",\"args\":{\"command\":\"npm test\"}}\n",
                "{\"tool\":\"run_shell_command\",\"args\":{\"command\":\"npm test && git push\"}}\n",
                "{\"tool\":\"run_shell_command\",\"args\":{\"command\":\"npm test > log\"}}\n",
                "{\"tool\":\"web_fetch\",\"args\":{\"prompt\":\"x\"}}\n",
                "{\"tool\":\"write_file\",\"args\":{\"file_path\":\"a\"}}\n",
                "{\"tool\":\"write_file\",\"args\":{\"file_path\":\"a\"},\"mode\":\"autoEdit\"}\n",
                "{\"tool\":\"run_shell_command\",\"args\":{\"command\":\"cat a.txt\"}}\n",
                "{\"tool\":\"run_shell_command\",\"args\":{\"command\":\"git status && make\"}}\n",
            ),
        ),
    ])
}

fn decided(folder: &Folder, more: &[&str]) -> Vec<serde_json::Value> {
    let run = folder.run(&[&["replay", "--decisions", "trace.jsonl"], more].concat());
    assert_eq!(run.status, 0, "{}", run.err);
    run.json_lines()
}

fn outcomes(decided: &[serde_json::Value]) -> Vec<&str> {
    decided.iter().map(|line| line["outcome"].as_str().unwrap()).collect()
}

#[test]
fn the_policies_of_the_user_and_the_settings_decide_and_are_named() {
    let folder = project();
    let decided = decided(&folder, &["--policy", "project", "--home", "home"]);
    let found = ["allow", "deny", "ask", "deny", "ask", "allow", "allow", "ask"];
    assert_eq!(outcomes(&decided), found);
    assert_eq!(decided[1]["rule"], "deny run_shell_command `git push`");
    for (call, place) in
        [(1, "home/.gemini/policies/a.toml:8"), (3, "project/.gemini/settings.json:2")]
    {
        let found = decided[call]["place"].as_str().unwrap();
        assert!(found.ends_with(place), "{found}");
    }
}

#[test]
fn what_would_be_asked_of_nobody_is_refused_and_what_is_not_trusted_is_not_heard() {
    let folder = project();
    let decided = decided(
        &folder,
        &[
            "--policy",
            "project",
            "--home",
            "home",
            "--assume",
            "interactive=no",
            "--assume",
            "trust=no",
        ],
    );
    let found = ["allow", "deny", "ask", "deny", "deny", "allow", "deny", "deny"];
    assert_eq!(outcomes(&decided), found);
    assert_eq!(decided[3]["place"], "(built in)");
}

#[test]
fn a_file_of_a_folder_of_policies_is_one_of_the_agents() {
    let folder = project();
    let decided = decided(&folder, &["--policy", "home/.gemini/policies/a.toml"]);
    assert_eq!(outcomes(&decided)[..2], ["allow", "deny"]);
}

#[test]
fn what_the_agent_passes_over_is_said() {
    let rule = "[[rule]]\ntoolName = \"web_fetch\"\ndecision = \"allow\"\npriority = ";
    let folder = project()
        .file("home/.gemini/policies/c.toml", format!("{rule}1000\n"))
        .file("home/.gemini/policies/d.toml", format!("{rule}1\nargPattern = \"x\"\n"))
        .file("home/.gemini/policies/e.toml", format!("{rule}1\nargsPattern = \"(a+)+\"\n"));
    let run = folder.run(&["replay", "--policy", "project", "--home", "home", "trace.jsonl"]);
    for (line, said) in [
        ("c.toml:4: ", "found 1000; the agent drops the whole file"),
        ("d.toml:5: ", "did you mean `argsPattern`?"),
        ("e.toml:1: ", "the program drops this rule"),
    ] {
        let found = run.err.lines().find(|found| found.contains(line)).expect(&run.err);
        assert!(found.contains(said), "{found}");
    }
}

#[test]
fn the_server_of_a_tool_is_one_that_is_configured() {
    let rule =
        "[[rule]]\ntoolName = \"*\"\nmcpName = \"my_server\"\ndecision = \"deny\"\npriority = 1\n";
    let folder = project()
        .file("home/.gemini/policies/c.toml", rule)
        .file("trace.jsonl", "{\"tool\":\"mcp_my_server_read\",\"args\":{}}\n");
    let options = ["--policy", "project", "--home", "home"];
    assert_eq!(outcomes(&decided(&folder, &options)), ["ask"]);
    let folder = folder
        .file("project/.gemini/settings.json", "{\"mcpServers\":{\"my\":{},\"my_server\":{}}}");
    assert_eq!(outcomes(&decided(&folder, &options)), ["deny"]);
}

#[test]
fn an_empty_name_stops_the_agent_and_is_an_error_with_its_place() {
    let bad = "[[rule]]\ntoolName = \"\"\ndecision = \"deny\"\npriority = 1\n";
    let folder = project().file("home/.gemini/policies/c.toml", bad);
    let run = folder.run(&["replay", "--policy", "project", "--home", "home", "trace.jsonl"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("c.toml:2:12"), "{}", run.err);
}

//! What a team writes down: every tool that breaks it, and what is only guessed of categories.

use serde_json::Value;

use super::POLICY;
use crate::support::Folder;

const TEAM: &str = r#"{
  "version": "1",
  "default": "deny",
  "hide": ["delete_repo"],
  "all_tools": { "limits": [{ "counter": "all", "window": "minute", "max": 60, "scope": "grant" }] },
  "tools": {
    "run_job": { "limits": [{ "counter": "c", "window": "minute", "max": 10, "scope": "grant" }] },
    "create_charge": { "require": [{ "conditions": [{ "path": "args.amount", "op": "lte", "value": 500 }] }] },
    "get_file": { "require": [{ "conditions": [{ "path": "args.path", "op": "regex", "value": "^docs/" }] }] },
    "refund": {}
  }
}
"#;

/// What each of some statements comes to: its verdict, and the tools that show it.
fn answers(statements: &[String], policy: &str, more: &[&str]) -> (Vec<Value>, Value) {
    let folder = Folder::new()
        .file("must.yaml", format!("statements:\n  - {}\n", statements.join("\n  - ")))
        .file("p.json", policy);
    let run = folder.run(&[&["assert", "must.yaml", "p.json", "--format", "json"], more].concat());
    assert!(run.status < 2, "{}", run.err);
    let output = run.json();
    let gist = output["policies"][0]["answers"].as_array().unwrap().iter().map(|answer| {
        let tools = answer["violations"].as_array().unwrap().iter().map(|one| one["tool"].clone());
        serde_json::json!([answer["verdict"], tools.collect::<Vec<_>>()])
    });
    (gist.collect(), output)
}

#[test]
fn what_a_team_writes_down_is_proved_or_answered_with_every_tool_that_breaks_it() {
    let at_most = |value: u32| format!("[{{path: args.amount, op: lte, value: {value}}}]");
    let docs = "[{path: args.path, op: regex, value: ^docs/}]";
    let above = "[{path: args.path, op: regex, value: '^(docs|src)/'}]";
    let rows = [
        ("{deny: [delete_*, purge]}".to_owned(), "proved", vec![]),
        ("{default: deny}".to_owned(), "proved", vec![]),
        ("{deny: [run_job, purge, 're*']}".to_owned(), "fails", vec!["refund", "run_job"]),
        (
            "{limit: [run_job, refund], max: 60, window: minute, total: true}".into(),
            "proved",
            vec![],
        ),
        ("{limit: '*', max: 60, window: minute, total: true}".into(), "proved", vec![]),
        (
            "{limit: [run_job, 're*'], max: 59, window: minute, total: true}".into(),
            "fails",
            vec!["refund"],
        ),
        ("{limit: [run_job, refund], max: 60, window: minute}".into(), "proved", vec![]),
        ("{limit: [run_job, refund], max: 10, window: minute}".into(), "fails", vec!["refund"]),
        ("{limit: {category: Execute}, max: 10, window: minute}".into(), "proved", vec![]),
        (
            "{limit: {category: [Execute, Financial]}, max: 9, window: minute}".into(),
            "fails",
            vec!["create_charge", "refund", "run_job"],
        ),
        (format!("{{deny: create_charge, unless: {}}}", at_most(500)), "proved", vec![]),
        (
            format!("{{deny: create_charge, unless: {}}}", at_most(499)),
            "fails",
            vec!["create_charge"],
        ),
        (format!("{{deny: get_file, unless: {docs}}}"), "proved", vec![]),
        (format!("{{ask: get_file, when: {above}, unless: {docs}}}"), "proved", vec![]),
        (format!("{{allow: 'get_*', when: {docs}}}"), "proved", vec![]),
        (format!("{{allow: 'get_*', when: {above}}}"), "fails", vec!["get_file"]),
        (format!("{{allow: get_file, when: {above}, unless: {docs}}}"), "fails", vec!["get_file"]),
        (
            "{allow: [refund, run_job, delete_repo, other]}".into(),
            "fails",
            vec!["delete_repo", "other"],
        ),
        ("{allow: {category: Financial}}".into(), "fails", vec!["create_charge"]),
    ];
    let statements: Vec<String> = rows.iter().map(|(statement, ..)| statement.clone()).collect();
    let (found, output) = answers(&statements, TEAM, &[]);
    for ((statement, verdict, tools), found) in rows.iter().zip(&found) {
        assert_eq!(*found, serde_json::json!([verdict, tools]), "{statement}: {output:#}");
    }
    // Each call that is shown is decided so.
    let of = |at: usize| &output["policies"][0]["answers"][at];
    assert_eq!(of(5)["burst"]["calls"], 60);
    assert_eq!(of(11)["args"]["amount"].as_f64().map(|amount| amount > 499.0), Some(true));
    let path = of(15)["args"]["path"].as_str().unwrap();
    assert!(path.starts_with("src/"), "{path}");
}

#[test]
fn what_is_only_guessed_of_categories_is_said_and_what_a_server_says_is_not_guessed() {
    let tools = r#"{"tools": [{"name": "run_job", "inputSchema": {"type": "object"}},
        {"name": "launch", "description": "Runs a command", "inputSchema": {"type": "object"}}]}"#;
    let folder = Folder::new()
        .file("jobs.json", tools)
        .file("must.yaml", "assert: [{limit: {category: Execute}, max: 10, window: minute}]")
        .file("p.json", POLICY);
    let run = folder.run(&["assert", "must.yaml", "p.json"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    let guessed = "it is guessed what these do to the world: create_charge, delete_job, run_job";
    assert!(run.out.contains(guessed), "{}", run.out);
    let server = ["assert", "must.yaml", "p.json", "--catalogue", "jobs.json", "--server", "jobs"];
    let run = folder.run(&server);
    assert!(
        run.out.contains("guessed what these do to the world: create_charge, delete_job\n"),
        "{}",
        run.out
    );
    let named = folder.file("must.yaml", "assert: [{limit: run_job, max: 10, window: minute}]");
    assert!(!named.run(&["assert", "must.yaml", "p.json"]).out.contains("guessed"));
}

#[test]
fn a_statement_that_spares_no_call_or_every_call_is_a_warning() {
    let clash = "[{path: args.n, op: gt, value: 10}, {path: args.n, op: lt, value: 5}]";
    let statements = [
        format!("{{deny: run_job, unless: {clash}}}"),
        "{deny: run_job, when: [{path: args.n, op: gt, value: 9}], unless: [{path: args.n, op: gt, value: 5}]}".to_owned(),
        "{allow: 'list_*'}".to_owned(),
        "{deny: {category: Read}}".to_owned(),
        "{deny: [run_jbo, 'drop_*', delete_job]}".to_owned(),
        "{deny: run_job, unless: [{path: args.n, op: gt, value: 5}]}".to_owned(),
    ];
    let (_, output) = answers(&statements, POLICY, &[]);
    let warnings = output["warnings"].as_array().unwrap().iter();
    let gist: Vec<Value> = warnings
        .map(|one| serde_json::json!([one["pointer"], one["reason"], one["tool"]]))
        .collect();
    let expected = serde_json::json!([
        ["/statements/0", "contradictory-unless", "run_job"],
        ["/statements/1", "nothing-left", "run_job"],
        ["/statements/2", "unknown-tool", "list_*"],
        ["/statements/3", "empty-category", "a tool of category Read"],
        ["/statements/4", "unknown-tool", "run_jbo"],
    ]);
    assert_eq!(Value::from(gist), expected);
}

#[test]
fn every_tool_that_breaks_a_statement_is_named_in_every_format() {
    let tools: Vec<String> = (0..80).map(|number| format!("\"tool{number}\": {{}}")).collect();
    let policy = format!(
        "{{\"version\": \"1\", \"default\": \"deny\",\n\"tools\": {{{}}}}}",
        tools.join(",\n")
    );
    let folder = Folder::new()
        .file("must.yaml", "statements: [{deny: 'tool*'}]")
        .file("p.test.yaml", "statements: [{deny: 'tool*'}]")
        .file("p.json", policy);
    let formats = ["human", "json", "junit", "sarif", "github", "markdown", "tap"];
    for format in formats {
        for command in [&["assert", "must.yaml", "p.json"][..], &["test", "p.test.yaml"][..]] {
            if matches!((command[0], format), ("assert", "tap") | ("test", "sarif")) {
                continue;
            }
            let run = folder.run(&[command, &["--format", format]].concat());
            assert_eq!(run.status, 1, "{format}: {}", run.err);
            for number in 0..80 {
                let tool = format!("tool{number}");
                let is_it = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_digit());
                let is_named = run.out.split(&tool).skip(1).any(is_it);
                assert!(is_named, "{format}: {tool} is not in\n{}", run.out);
            }
        }
    }
    let lines = folder.run(&["assert", "must.yaml", "p.json", "--format", "github"]).out;
    let lines: Vec<&str> = lines.lines().map(|line| line.split(',').nth(1).unwrap()).collect();
    let (mut found, mut expected) =
        (lines, (2..82).map(|line| format!("line={line}")).collect::<Vec<_>>());
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

#[test]
fn categories_are_those_of_the_server_with_and_without_its_schemas() {
    let listing = r#"{"tools": [{"name": "get_it", "inputSchema": {"type": "object"}}]}"#;
    let policy = r#"{"version": "1", "default": "deny", "tools": {"get_it": {}, "purge": {}}}"#;
    let folder = Folder::new()
        .file("must.yaml", "assert: [{deny: {category: Read}}]")
        .file("p.json", policy)
        .file("tools.json", listing);
    let options = ["assert", "must.yaml", "p.json", "--format", "json"];
    let server = ["--catalogue", "tools.json", "--server", "tools"];
    for (more, guessed) in [
        (&[][..], vec!["get_it", "purge"]),
        (&["--no-schemas"][..], vec!["get_it", "purge"]),
        (&server[..], vec!["purge"]),
        (&[&server[..], &["--no-schemas"]].concat()[..], vec!["purge"]),
    ] {
        let run = folder.run(&[&options[..], more].concat());
        let answer = run.json()["policies"][0]["answers"][0].clone();
        assert_eq!(answer["guessed"], serde_json::json!(guessed), "{more:?}: {answer:#}");
        assert_eq!((&answer["verdict"], &answer["tool"]), (&"fails".into(), &"get_it".into()));
    }
}

#[test]
fn a_tool_of_the_catalogue_is_known_unless_the_policy_is_said_to_be_for_another_server() {
    let folder = Folder::with(&[
        ("p.json", POLICY),
        ("must.yaml", "statements: [{deny: delete_repository}, {deny: delte_repository}]"),
    ]);
    let unknown = |more: &[&str]| {
        let run = folder.run(&[&["assert", "must.yaml", "p.json"], more].concat());
        let names = ["`delete_repository`", "`delte_repository`"];
        names.map(|name| run.out.contains(&format!("in the catalogue names {name}")))
    };
    assert_eq!(unknown(&[]), [false, true]);
    assert_eq!(unknown(&["--server", "github/github-mcp-server"]), [false, true]);
    assert_eq!(unknown(&["--server", "stripe"]), [true, true]);
}

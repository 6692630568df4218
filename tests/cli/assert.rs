//! `gatelint assert` as a user meets it.

use serde_json::Value;

use crate::support::{Folder, Run, fixture};

const POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "hide": ["delete_job"],
  "tools": {
    "delete_job": {},
    "run_job": { "limits": [{ "counter": "c", "window": "minute", "max": 10, "scope": "grant" },
                            { "counter": "d", "window": "hour", "max": 20, "scope": "grant" }] },
    "create_charge": { "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gte", "value": 10000 }] }] }
  }
}
"#;

fn assert(statements: &str, policy: &str) -> Run {
    let folder = Folder::new().file("must.yaml", statements).file("p.json", policy);
    folder.run(&["assert", "must.yaml", "p.json"])
}

#[test]
fn the_house_rules_of_the_fixtures_hold_for_a_careful_policy() {
    let folder = Folder::new().file("p.json", POLICY);
    let run = folder.run(&["assert", &fixture("assertions/house.yaml"), "p.json"]);
    assert_eq!(run.status, 0, "{}{}", run.out, run.err);
    assert!(run.out.starts_with("p.json: 3 of 3 statements hold\n"), "{}", run.out);
    assert!(run.out.contains("proved: at most 20 calls of run_job per hour"), "{}", run.out);
}

#[test]
fn each_statement_that_fails_is_answered_with_calls_that_pass() {
    let open = POLICY
        .replace("\"hide\": [\"delete_job\"],", "")
        .replace("20,", "21,")
        .replace("gte", "gt");
    let folder = Folder::new().file("p.json", open).file("good.json", POLICY);
    let house = fixture("assertions/house.yaml");
    let run = folder.run(&["assert", &house, "p.json", "good.json"]);
    assert_eq!(run.status, 1);
    for part in [
        "p.json: 1 of 3 statements holds",
        r#"--call '{"tool":"delete_job","args":{}}'"#,
        "21 calls of run_job within one hour, as fast as they pass",
        "good.json: 3 of 3 statements hold",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
}

#[test]
fn a_tool_that_nobody_names_is_asked_about_too() {
    let allow = POLICY.replace("\"default\": \"deny\"", "\"default\": \"allow\"");
    let run = assert("assert: [{deny: 'delete_*'}]", &allow);
    assert_eq!(run.status, 1);
    assert!(run.out.contains(r#"'{"tool":"delete_x","args":{}}'"#), "{}", run.out);
    let run = assert("assert: [{deny: 'drop_*'}]", POLICY);
    assert_eq!(run.status, 0);
    assert!(
        run.out.contains("neither the policy nor its server in the catalogue names such a tool"),
        "{}",
        run.out
    );
}

#[test]
fn a_statement_that_says_nothing_is_a_warning_and_fails_where_that_is_asked_for() {
    let clash = "[{path: args.n, op: gt, value: 10}, {path: args.n, op: lt, value: 5}]";
    let statements = format!(
        "assert: [{{deny: delete_jbo}}, {{name: never, deny: run_job, when: {clash}}}, {{limit: nothing_like_it, max: 1, window: day}}]"
    );
    let run = assert(&statements, POLICY);
    assert_eq!(run.status, 0, "{}", run.out);
    for part in [
        "warning: no call of delete_jbo passes: neither a policy nor its server in the catalogue names `delete_jbo`, did you mean `delete_job`?  (must.yaml:1)",
        "warning: never: no call meets all of its conditions, so it says nothing",
        "names `nothing_like_it`  (",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
    let folder = Folder::new()
        .file("must.yaml", &statements)
        .file("good.yaml", "assert: [{deny: delete_job}, {deny: 'drop_*'}]")
        .file("bad.yaml", "assert: [{deny: run_job}]")
        .file("p.json", POLICY);
    for (file, fail_on, status) in [
        ("must.yaml", "vacuous", 1),
        ("must.yaml", "none", 0),
        ("good.yaml", "vacuous", 0),
        ("bad.yaml", "fails", 1),
        ("bad.yaml", "vacuous", 1),
        ("bad.yaml", "none", 0),
    ] {
        let run = folder.run(&["assert", "--fail-on", fail_on, file, "p.json"]);
        assert_eq!(run.status, status, "{file} {fail_on}: {}", run.out);
    }
    let output = folder.run(&["assert", "must.yaml", "p.json", "--format", "json"]).json();
    let reasons = |key: &str| {
        let warnings = output["warnings"].as_array().unwrap();
        warnings.iter().map(|warning| warning[key].clone()).collect::<Vec<_>>()
    };
    assert_eq!(reasons("reason"), ["unknown-tool", "contradictory-when", "unknown-tool"]);
    assert_eq!(reasons("nearest"), [Some("delete_job").into(), Value::Null, Value::Null]);
}

#[test]
fn a_policy_that_forwards_what_is_no_object_is_asked_about_objects_and_that_is_said() {
    let policy = "version: \"1\"\ndefault: deny\ntools: {a: {}}\n";
    let folder = Folder::new().file("must.yaml", "assert: [{deny: b}]").file("p.yaml", policy);
    let run = folder.run(&["assert", "must.yaml", "p.yaml"]);
    assert_eq!(run.status, 0, "{}", run.out);
    assert!(run.out.contains("Asked about calls whose arguments are an object;"), "{}", run.out);
    let output = folder.run(&["assert", "must.yaml", "p.yaml", "--format", "json"]).json();
    assert_eq!(output["policies"][0]["objects_only"], true);
    assert!(!assert("assert: [{deny: b}]", POLICY).out.contains("Asked about"));
}

#[test]
fn every_format_names_the_statements_and_means_the_same() {
    let statements = "assert:\n  - {name: \"charges, all: 100%\", deny: create_charge}\n  - {name: no deleting, deny: delete_job}\n";
    let folder = Folder::new().file("must.yaml", statements).file("p.json", POLICY);
    let run = |format: &str| {
        let run = folder.run(&["assert", "must.yaml", "p.json", "--format", format]);
        assert_eq!(run.status, 1, "{}", run.err);
        run
    };
    let sarif = run("sarif").json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 1);
    assert_eq!(results[0]["ruleId"], "statement-fails");
    assert_eq!(
        results[0]["message"]["text"],
        r#"charges, all: 100%: expected: no call of create_charge passes (must.yaml:2); found allow (p.json:9): {"tool":"create_charge","args":{}}"#
    );
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
        (&"p.json".into(), &9.into())
    );
    let github = run("github").out;
    assert!(
        github.starts_with(
            "::error file=p.json,line=9,title=statement-fails::charges, all: 100%25: expected: no call of create_charge passes (must.yaml:2); found allow (p.json:9): {"
        ),
        "{github}"
    );
    assert_eq!(github.lines().count(), 1, "{github}");
    let junit = run("junit").out;
    assert!(junit.contains("<testsuite name=\"p.json\" tests=\"2\""), "{junit}");
    assert_eq!(junit.matches("<failure ").count(), 1, "{junit}");
    assert!(
        junit.contains("name=\"charges, all: 100%\"") && junit.contains("name=\"no deleting\"")
    );
    let markdown = run("markdown").out;
    assert!(markdown.contains("no call of delete_job passes (line 3) | proved |  |"), "{markdown}");
    assert!(markdown.contains("(line 2) | fails | `"), "{markdown}");
}

#[test]
fn mistakes_are_named_all_at_once_with_their_places() {
    let statements = "assert:\n  - dney: x\n  - deny: x\n    max: 3\n  - limit: x\n    max: 0\n    window: minuet\n  - deny: x\n    when: [{path: args.q, op: regex, value: '('}]\n";
    let run = assert(statements, POLICY);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    for part in [
        "unknown field `dney`, did you mean `deny`?",
        "must.yaml:2:5",
        "the statement says nothing of any tool",
        "`max` belongs to `limit`",
        "0 is less than 1",
        "did you mean `minute`?",
        "missing closing )",
        "must.yaml:9:45",
        "must.yaml is not a valid file of statements",
    ] {
        assert!(run.err.contains(part), "{part:?} is not in\n{}", run.err);
    }
    let nothing = assert("assert: [{deny: a, when: []}]", POLICY);
    assert_eq!(nothing.status, 2);
    assert!(nothing.err.contains("`when` holds no condition"), "{}", nothing.err);
    let twice = assert("assert: [{deny: a, deny: b}]", POLICY);
    assert_eq!(twice.status, 2);
    assert!(twice.err.contains("the key `deny` stands twice"), "{}", twice.err);
    let fraction = assert("assert: [{limit: run_job, max: 20.0, window: hour}, 7]", POLICY);
    assert_eq!(fraction.status, 2);
    assert!(fraction.err.contains("expected an object, found the number 7"), "{}", fraction.err);
    let fraction = assert("assert: [{limit: run_job, max: 20.0, window: hour}]", POLICY);
    assert!(
        fraction.out.contains("proved: at most 20 calls of run_job per hour"),
        "{}",
        fraction.out
    );
    let empty = assert("assert: []", POLICY);
    assert_eq!(empty.status, 3);
    assert!(empty.err.contains("the file holds no statement"), "{}", empty.err);
}

const ASKING: &str = r#"version: "1"
default: deny
tools:
  pay:
    rules:
      - {name: big, action: require_approval, conditions: [{path: args.amount, op: gte, value: 100}]}
  drop:
    rules:
      - {name: always, action: require_approval}
  free:
    rules: []
"#;

#[test]
fn ask_holds_where_nothing_passes_unasked_and_deny_only_where_nobody_is_asked_either() {
    let big = "when: [{path: args.amount, op: gte, value: 100}]";
    let folder = Folder::new().file("p.yaml", ASKING);
    for (statement, holds) in [
        ("{ask: drop}".to_owned(), true),
        ("{deny: drop}".to_owned(), false),
        ("{ask: pay}".to_owned(), false),
        (format!("{{ask: pay, {big}}}"), true),
        (format!("{{deny: pay, {big}}}"), false),
        ("{ask: free}".to_owned(), false),
        ("{ask: unlisted}".to_owned(), true),
    ] {
        let folder = Folder::new()
            .file("must.yaml", format!("assert: [{statement}]"))
            .file("p.yaml", ASKING);
        let run = folder.run(&["assert", "must.yaml", "p.yaml"]);
        assert_eq!(run.status, i32::from(!holds), "{statement}: {}{}", run.out, run.err);
    }
    let folder = folder.file("must.yaml", "assert: [{ask: pay}, {ask: 'dro*'}]");
    let run = folder.run(&["assert", "must.yaml", "p.yaml"]);
    for part in [
        "p.yaml: 1 of 2 statements holds",
        "does not hold: no call of pay passes unasked",
        "proved: no call of dro* passes unasked",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
    // The call that is shown does pass, and nobody is asked.
    let output = folder.run(&["assert", "must.yaml", "p.yaml", "--format", "json"]).json();
    let call =
        serde_json::json!({"tool": "pay", "args": output["policies"][0]["answers"][0]["args"]});
    let explain =
        ["explain", "--policy", "p.yaml", "--format", "json", "--call", &call.to_string()];
    assert_eq!(folder.run(&explain).json()["outcome"], "allow", "{call}");
}

#[test]
fn a_statement_says_one_thing() {
    for (statement, message) in [
        ("{ask: a, deny: a}", "`deny` and `ask` in one statement"),
        ("{ask: a, limit: a, max: 1, window: day}", "`ask` and `limit` in one statement"),
        ("{ask: a, max: 1}", "`max` belongs to `limit`"),
        (
            "{limit: a, max: 1, window: day, when: [{path: args.a, op: eq, value: 1}]}",
            "`when` belongs to `deny`, `ask` or `allow`",
        ),
        ("{default: deny, when: [{path: args.a, op: eq, value: 1}]}", "`when` belongs to"),
        (
            "{limit: [a, b], max: 1, window: day, unless: [{path: args.a, op: eq, value: 1}]}",
            "`unless` belongs to `deny`, `ask` or `allow`",
        ),
        ("{limit: a, max: 1, window: day, total: true}", "`total` counts the calls of several"),
        ("{deny: [a, b], total: true}", "`total` belongs to `limit`"),
        ("{deny: []}", "`deny` names no tool"),
        ("{deny: {category: []}}", "`deny` names no tool"),
        ("{deny: [a, b, a]}", "`a` stands twice"),
        ("{deny: {category: Exceute}}", "`Exceute` is not `Read`"),
        ("{deny: {category: Exec}}", "`Exec` is not `Read`"),
        ("{deny: {categories: Execute}}", "the fields known here are `category`"),
        ("{default: allow}", "`allow` is not `deny` or `ask`"),
        ("{deny: a, unless: []}", "`unless` holds no condition"),
        ("{deny: a, unless: [{path: args.a, op: regex, value: '('}]}", "missing closing )"),
        ("{ask: a, when: [{path: args.a, op: regex, value: '('}]}", "missing closing )"),
    ] {
        let run = assert(&format!("assert: [{statement}]"), POLICY);
        assert_eq!(run.status, 2, "{statement}");
        assert!(run.err.contains(message), "{statement}: {}", run.err);
    }
}

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

/// What statements come to under settings of Claude Code.
fn under_claude(permissions: &str, statements: &str) -> Run {
    let settings = format!("{{\"permissions\": {permissions}}}");
    let folder = Folder::new()
        .file("app/.claude/settings.json", settings)
        .file("must.yaml", format!("assert:\n{statements}"));
    folder.run(&["assert", "must.yaml", "app", "--format", "json"])
}

#[test]
fn statements_hold_under_permission_files_where_a_tool_is_denied_or_asked_about_as_a_whole() {
    let permissions = r#"{"deny": ["WebFetch", "mcp__hub"], "ask": ["Bash"]}"#;
    let statements = "  - deny: WebFetch\n  - deny: mcp__hub__*\n  - ask: WebFetch\n  - deny: Bash\n  - limit: WebFetch\n    max: 1\n    window: day\n";
    let run = under_claude(permissions, statements);
    let answers = run.json()["policies"][0]["answers"].clone();
    let verdicts: Vec<&str> = (0..5).map(|at| answers[at]["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["proved", "proved", "proved", "fails", "proved"], "{answers:#}");
    assert_eq!((run.status, &answers[3]["call"]["tool"]), (1, &"Bash".into()));
}

#[test]
fn a_statement_about_commands_is_answered_with_one_that_runs_unasked() {
    let statements = "  - name: no push unasked\n    ask: Bash\n    when: [{path: args.command, op: contains, value: git push}]\n";
    for (permissions, verdict) in [
        (r#"{"allow": ["Bash(git:*)"]}"#, "fails"),
        (r#"{"allow": ["Bash(git:*)"], "ask": ["Bash(git push:*)"]}"#, "fails"),
        (r#"{"deny": ["Bash"]}"#, "proved"),
        (r#"{"ask": ["Bash"], "disableBypassPermissionsMode": "disable"}"#, "proved"),
    ] {
        let run = under_claude(permissions, statements);
        let answer = run.json()["policies"][0]["answers"][0].clone();
        assert_eq!(answer["verdict"], verdict, "{permissions}: {answer:#}");
        if verdict == "fails" {
            let command = answer["call"]["args"]["command"].as_str().unwrap();
            assert!(command.contains("git push"), "{command}");
        }
    }
}

#[test]
fn what_is_allowed_or_left_to_the_default_is_asked_of_permission_files_too() {
    let permissions = r#"{"allow": ["mcp__hub__read", "Bash(git status)"], "deny": ["mcp__hub__drop", "WebFetch"]}"#;
    let status = "[{path: args.command, op: eq, value: git status}]";
    for (statement, verdict) in [
        ("allow: mcp__hub__read".to_owned(), "proved"),
        ("allow: mcp__hub__write".to_owned(), "fails"),
        ("allow: [mcp__hub__read, mcp__hub__drop]".to_owned(), "fails"),
        ("deny: [WebFetch, mcp__hub__drop]".to_owned(), "proved"),
        ("allow: Bash".to_owned(), "fails"),
        // What becomes of a command is more than rules say.
        (format!("allow: Bash\n    when: {status}"), "unknown"),
        (format!("deny: Bash\n    unless: {status}"), "fails"),
        ("limit: {category: Execute}\n    max: 3\n    window: day".to_owned(), "fails"),
        ("default: deny".to_owned(), "fails"),
    ] {
        let run = under_claude(permissions, &format!("  - {statement}\n"));
        let answer = run.json()["policies"][0]["answers"][0].clone();
        assert_eq!(answer["verdict"], verdict, "{statement}: {answer:#}");
        if statement.contains("unless") {
            assert_ne!(answer["args"]["command"], "git status");
        }
    }
}

#[test]
fn a_denial_of_the_highest_priority_is_proved_of_calls_as_a_whole() {
    let rule = |tool: &str, more: &str| {
        format!("[[rule]]\ntoolName = \"{tool}\"\n{more}\npriority = 999\n\n")
    };
    let deny = "decision = \"deny\"";
    let statements = "assert:\n  - deny: run_shell_command\n  - ask: write_file\n  - deny: \"*\"\n";
    for (rules, verdicts) in [
        (rule("run_shell_command", deny), ["proved", "fails", "fails"]),
        (rule("write_file", "decision = \"ask_user\""), ["fails", "proved", "fails"]),
        (rule("*", deny), ["proved", "proved", "proved"]),
        // What is not denied in every mode, or not with all arguments, runs.
        (
            rule("run_shell_command", &format!("{deny}\nmodes = [\"default\"]")),
            ["fails", "fails", "fails"],
        ),
        (
            rule("run_shell_command", &format!("{deny}\ncommandPrefix = \"git\"")),
            ["fails", "fails", "fails"],
        ),
    ] {
        let folder = Folder::new().file("a.toml", &rules).file("must.yaml", statements);
        let run = folder.run(&["assert", "must.yaml", "a.toml", "--format", "json"]);
        let answers = run.json()["policies"][0]["answers"].clone();
        let said: Vec<&str> = (0..3).map(|at| answers[at]["verdict"].as_str().unwrap()).collect();
        assert_eq!(said, verdicts, "{rules}: {answers:#}");
    }
}

#[test]
fn what_permission_files_do_not_deny_is_shown_by_a_call_that_the_statement_suggests() {
    // `curlx` is another program, which no rule names.
    let download = "deny: Bash\n    when: [{path: args.command, op: regex, value: ^curl}]";
    let permissions = r#"{"allow": ["Bash(git:*)"], "deny": ["Bash(curl:*)"]}"#;
    for statement in [download, "limit: Bash\n    max: 5\n    window: minute"] {
        let run = under_claude(permissions, &format!("  - {statement}\n"));
        let answer = run.json()["policies"][0]["answers"][0].clone();
        assert_eq!(answer["verdict"], "fails", "{statement}: {answer:#}");
        assert_eq!(answer["call"]["mode"], "default", "{answer:#}");
        let command = answer["args"]["command"].as_str().unwrap();
        assert_eq!(command.starts_with("curl"), statement == download, "{command}");
    }
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

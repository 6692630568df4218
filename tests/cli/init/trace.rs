//! What `init --trace` learns from recorded calls.

use crate::support::{Folder, Run};

/// Calls of a tool, so many in each of the minutes.
fn calls(tool: &str, minutes: &[u32]) -> String {
    let mut out = String::new();
    for (minute, count) in minutes.iter().enumerate() {
        for second in 0..*count {
            let at = format!("2026-03-01T10:{minute:02}:{second:02}Z");
            out += &format!(
                "{{\"ts\":\"{at}\",\"grant\":\"ci\",\"tool\":\"{tool}\",\"args\":{{\"env\":\"dev\",\"n\":{second}}}}}\n"
            );
        }
    }
    out
}

fn init_of(trace: &str, more: &[&str]) -> Run {
    let folder = Folder::new().file("trace.jsonl", trace);
    folder.run(&[&["init", "--trace", "trace.jsonl"], more].concat())
}

#[test]
fn a_trace_gets_what_it_needed_and_no_more() {
    let trace = calls("run_x", &[3, 4, 3]) + &calls("list_x", &[50]);
    let run = init_of(&trace, &[]);
    assert_eq!(run.status, 0, "{}", run.err);
    let policy = run.json();
    assert_eq!(policy["tools"].as_object().unwrap().len(), 2, "what was never called is left out");
    assert_eq!(policy["tools"]["list_x"], serde_json::json!({}));
    assert_eq!(policy["tools"]["run_x"]["limits"][0]["max"], 8);
    let condition = &policy["tools"]["run_x"]["require"][0]["conditions"][0];
    let expected = serde_json::json!({"path": "args.env", "op": "eq", "value": "dev"});
    assert_eq!(condition, &expected);
    assert!(run.err.contains("60 allowed, 0 denied, 0 throttled, 0 indeterminate"), "{}", run.err);
    let max =
        |more: &[&str]| init_of(&trace, more).json()["tools"]["run_x"]["limits"][0]["max"].clone();
    assert_eq!(max(&["--headroom", "1"]), 4);
    assert_eq!(max(&["--headroom", "1", "--percentile", "60"]), 3);
    let plain = init_of(&trace, &["--no-conditions"]).json();
    assert_eq!(plain["tools"]["run_x"].get("require"), None);
}

#[test]
fn the_replay_of_the_fitted_policy_denies_nothing_in_either_dialect() {
    let trace = calls("run_x", &[3, 4, 3]) + &calls("create_x", &[12]);
    for (dialect, file) in [("v1", "policy.json"), ("intercept", "policy.yaml")] {
        let run = init_of(&trace, &["--to", dialect]);
        let folder = Folder::new().file("trace.jsonl", &trace).file(file, &run.out);
        let replay = folder.run(&["replay", "--policy", file, "trace.jsonl", "--format", "json"]);
        assert_eq!(replay.json()["outcomes"]["allow"], 22, "{}\n{}", run.out, replay.out);
        let changed = trace.replace("\"dev\"", "\"prod\"");
        let folder = Folder::new().file("trace.jsonl", changed).file(file, &run.out);
        let replay = folder.run(&["replay", "--policy", file, "trace.jsonl", "--format", "json"]);
        assert_eq!(replay.json()["outcomes"]["deny"], 22, "{}", replay.out);
    }
}

#[test]
fn a_dangerous_tool_that_was_called_may_do_what_it_did_and_people_are_told() {
    let trace = calls("list_x", &[1]) + &calls("delete_x", &[2, 2]);
    for (dialect, file) in [("v1", "policy.json"), ("intercept", "policy.yaml")] {
        let run = init_of(&trace, &["--to", dialect]);
        assert_eq!(run.status, 0, "what may only do what it did lints clean: {}", run.err);
        assert!(run.err.contains("0 denied"), "{}", run.err);
        let note =
            "note: `delete_x` is a Destructive tool and may be called, because it was, 4 times";
        assert!(run.err.contains(note), "{}", run.err);
        let other = calls("delete_x", &[1]).replace("dev", "prod");
        let folder = Folder::new().file("trace.jsonl", other).file(file, &run.out);
        let replay = folder.run(&["replay", "--policy", file, "trace.jsonl", "--format", "json"]);
        assert_eq!(replay.json()["outcomes"]["deny"], 1, "{}", run.out);
    }
}

/// Calls of a tool, each in a session of its own, with these arguments.
fn sessions(tool: &str, arguments: &[&str]) -> String {
    let numbered = arguments.iter().enumerate();
    numbered
        .map(|(number, arguments)| {
            let at = format!("2026-03-01T10:{:02}:{:02}Z", number / 60, number % 60);
            format!("{{\"ts\":\"{at}\",\"session\":\"s{number}\",\"tool\":\"{tool}\",\"args\":{arguments}}}\n")
        })
        .collect()
}

fn require_of(run: &Run, tool: &str) -> Vec<(String, String, serde_json::Value)> {
    let policy = run.json();
    let entries = policy["tools"][tool]["require"].as_array().cloned().unwrap_or_default();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let condition = |entry: &serde_json::Value| {
        let condition = &entry["conditions"][0];
        (text(&condition["path"]), text(&condition["op"]), condition["value"].clone())
    };
    entries.iter().map(condition).collect()
}

#[test]
fn ids_dates_texts_and_questions_are_not_pinned_and_few_values_are_offered() {
    let arguments: Vec<String> = (0..30)
        .map(|n| {
            let (env, flavour) = (["dev", "test"][n % 2], "core");
            format!(
                r#"{{"id":"r-{n}","env":"{env}","flavour":"{flavour}","date":"2026-03-01","body":"same","query":"same","count":1,"dry":true,"both":{}}}"#,
                n % 3 == 0
            )
        })
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = init_of(&sessions("run_x", &arguments), &[]);
    let expected = [
        ("args.dry".to_owned(), "eq".to_owned(), serde_json::json!(true)),
        ("args.env".to_owned(), "in".to_owned(), serde_json::json!(["dev", "test"])),
        ("args.flavour".to_owned(), "eq".to_owned(), serde_json::json!("core")),
    ];
    let mut found = require_of(&run, "run_x");
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(found, expected, "{}", run.err);
    assert!(run.err.contains(r#"only with env="dev"|"test", as 30 calls had it"#), "{}", run.err);
    let again = &arguments[..2].repeat(5);
    let few = init_of(&sessions("run_x", &again[..9]), &[]);
    assert_eq!(require_of(&few, "run_x"), [], "nine calls are too few");
}

#[test]
fn places_get_a_list_though_a_few_were_seen_once_and_choices_do_not() {
    let arguments: Vec<String> = (0..40)
        .map(|n| {
            let value = if n == 7 { "once" } else { "often" };
            format!(r#"{{"channel":"{value}","flavour":"{value}"}}"#)
        })
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let found = require_of(&init_of(&sessions("send_message", &arguments), &[]), "send_message");
    let place = ("args.channel".to_owned(), "in".to_owned(), serde_json::json!(["often", "once"]));
    assert_eq!(found, [place]);
}

#[test]
fn a_session_that_tries_again_shows_nothing_about_others() {
    let loops = |session: usize| {
        let call = move |second: usize| {
            let at = format!("2026-03-01T{:02}:{:02}:{second:02}Z", session / 60, session % 60);
            format!(
                "{{\"ts\":\"{at}\",\"session\":\"s{session}\",\"tool\":\"send_message\",\"args\":{{\"channel\":\"c{session}\"}}}}\n"
            )
        };
        (0..10).map(call).collect::<String>()
    };
    let trace: String = (0..5).map(loops).collect();
    assert_eq!(require_of(&init_of(&trace, &[]), "send_message"), []);
}

#[test]
fn paths_and_addresses_are_tied_to_what_they_have_in_common_and_nothing_gets_around_it() {
    let read: Vec<String> =
        (0..20).map(|n| format!(r#"{{"path":"/srv/app/d{}/f{n}.txt"}}"#, n % 3)).collect();
    let read: Vec<&str> = read.iter().map(String::as_str).collect();
    let fetch: Vec<String> =
        (0..20).map(|n| format!(r#"{{"url":"https://docs.example.org/p/{n}"}}"#)).collect();
    let fetch: Vec<&str> = fetch.iter().map(String::as_str).collect();
    let trace = sessions("read_file", &read) + &sessions("fetch_page", &fetch);
    let run = init_of(&trace, &[]);
    assert_eq!(run.status, 0, "{}", run.err);
    let folder = Folder::new().file("policy.json", &run.out);
    for (tool, arguments, passes) in [
        ("read_file", r#"{"path":"/srv/app/new/x.md"}"#, true),
        ("read_file", r#"{"path":"/srv/app/../../etc/passwd"}"#, false),
        ("read_file", r#"{"path":"/srv/application/x"}"#, false),
        ("read_file", "{}", false),
        ("fetch_page", r#"{"url":"https://docs.example.org/other?q=1"}"#, true),
        ("fetch_page", r#"{"url":"https://docs.example.org@evil.example/"}"#, false),
        ("fetch_page", r#"{"url":"https://docs.example.org.evil.example/"}"#, false),
    ] {
        let folder = folder.path("t.jsonl");
        std::fs::write(&folder, sessions(tool, &[arguments])).unwrap();
        let home = folder.parent().unwrap();
        let policy = home.join("policy.json");
        let run = Folder::new().run(&[
            "replay",
            "--policy",
            policy.to_str().unwrap(),
            folder.to_str().unwrap(),
            "--format",
            "json",
        ]);
        let allowed = run.json()["outcomes"]["allow"] == 1;
        assert_eq!(allowed, passes, "{tool} {arguments}\n{}", run.out);
    }
    let lint = folder.run(&["lint", "policy.json", "--format", "json"]);
    assert!(!lint.out.contains("bypassable"), "{}", lint.out);
}

#[test]
fn many_people_of_few_domains_are_told_by_the_domain() {
    let arguments: Vec<String> =
        (0..20).map(|n| format!(r#"{{"to":"person{n}@guild.example"}}"#)).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = init_of(&sessions("send_email", &arguments), &[]);
    let pattern = serde_json::json!(r"^[A-Za-z0-9._+-]+@(?:guild\.example)$");
    assert_eq!(
        require_of(&run, "send_email"),
        [("args.to".to_owned(), "regex".to_owned(), pattern)]
    );
}

#[test]
fn a_condition_that_the_linter_finds_at_fault_is_left_out() {
    let tools = r#"{"tools": [{"name": "run_x", "inputSchema": {"type": "object",
        "properties": {"env": {"type": "string"}}, "additionalProperties": false}}]}"#;
    let trace = sessions("run_x", &[r#"{"env":"dev","flavour":"mild"}"#; 20]);
    let folder = Folder::new().file("s.json", tools).file("trace.jsonl", &trace);
    let run = folder.run(&["init", "--from", "s.json", "--trace", "trace.jsonl"]);
    assert!(!run.err.contains("unknown-argument"), "{}", run.err);
    let env = ("args.env".to_owned(), "eq".to_owned(), serde_json::json!("dev"));
    assert_eq!(require_of(&run, "run_x"), [env], "the server does not know `flavour`");
    let alone = init_of(&trace, &[]);
    assert_eq!(require_of(&alone, "run_x").len(), 2, "{}", alone.out);
}

#[test]
fn what_may_be_left_out_is_denied_where_it_is_something_else() {
    let arguments: Vec<&str> =
        [r#"{"channel":"a"}"#, r#"{"channel":"a","user":"x"}"#, r#"{"channel":"a","user":null}"#]
            .repeat(8);
    let run = init_of(&sessions("send_message", &arguments), &[]);
    let denied = &run.json()["tools"]["send_message"]["deny_if"][0]["conditions"];
    let expected = serde_json::json!([{"path": "args.user", "op": "exists", "value": true},
        {"path": "args.user", "op": "not_in", "value": ["x"]}]);
    assert_eq!(*denied, expected, "{}", run.err);
    assert!(run.err.contains("24 allowed, 0 denied"), "{}", run.err);
    let yaml = init_of(&sessions("send_message", &arguments), &["--to", "intercept"]);
    assert!(!yaml.out.contains("args.user"), "Intercept cannot say it: {}", yaml.out);
    assert!(yaml.out.contains("# as 24 recorded calls had it\n"), "{}", yaml.out);
}

#[test]
fn what_moves_money_is_bounded_in_each_call_and_by_the_day() {
    let arguments: Vec<String> = (0..12)
        .map(|n| format!(r#"{{"recipient":"GB29NWBK60161331926819","amount":{}}}"#, 10 + n))
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = init_of(&sessions("send_money", &arguments), &[]);
    assert_eq!(run.status, 0, "{}", run.err);
    let policy = run.json();
    let limits = policy["tools"]["send_money"]["limits"].as_array().unwrap();
    let windows: Vec<&str> = limits.iter().map(|one| one["window"].as_str().unwrap()).collect();
    assert_eq!(windows, ["minute", "day"]);
    let found = require_of(&run, "send_money");
    assert_eq!((&*found[0].1, &found[0].2), ("lte", &serde_json::json!(42)));
    assert_eq!(found[1].2, "GB29NWBK60161331926819");
}

#[test]
fn every_server_of_a_trace_gets_a_policy_in_a_folder() {
    let call =
        |server: &str, tool: &str| format!("{{\"server\":\"{server}\",\"tool\":\"{tool}\"}}\n");
    let trace = call("../bank", "list_x") + &call("desk", "list_y") + &call("desk", "run_z");
    let folder = Folder::new().file("trace.jsonl", &trace);
    let refused = folder.run(&["init", "--trace", "trace.jsonl"]);
    assert_eq!((refused.status, &*refused.out), (2, ""));
    assert!(refused.err.contains("several servers: `../bank`, `desk`"), "{}", refused.err);
    let run = folder.run(&["init", "--trace", "trace.jsonl", "-o", "out"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let tools = |file: &str| {
        let text = std::fs::read_to_string(folder.path(&format!("out/{file}"))).unwrap();
        let policy: serde_json::Value = serde_json::from_str(&text).unwrap();
        policy["tools"].as_object().unwrap().keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(tools("_bank.json"), ["list_x"]);
    assert_eq!(tools("desk.json"), ["list_y", "run_z"]);
    let one = folder.run(&[
        "init",
        "--server",
        "@paretools/http",
        "--trace",
        "trace.jsonl",
        "-o",
        "one/",
    ]);
    assert!(folder.path("one/_paretools_http.json").is_file(), "{}", one.err);
    let again = folder.run(&["init", "--trace", "trace.jsonl", "-o", "out"]);
    assert_eq!(again.status, 2, "nothing is replaced unasked: {}", again.err);
    let json = folder.run(&["init", "--trace", "trace.jsonl", "--format", "json"]).json();
    assert_eq!(json["policies"].as_array().unwrap().len(), 2);
    assert_eq!(json["policies"][1]["server"], "desk");
}

#[test]
fn calls_that_were_refused_when_recorded_are_no_need() {
    let refused = r#"{"tool":"delete_all","decision":"deny"}"#.to_owned() + "\n";
    let run = init_of(&(calls("list_x", &[1]) + &refused), &[]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert_eq!(run.json()["tools"], serde_json::json!({"list_x": {}}));
}

#[test]
fn a_trace_may_come_from_standard_input_though_it_is_read_twice() {
    let run = Folder::new().run_with(&["init", "--trace", "-"], &calls("run_x", &[2]), &[]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(run.err.contains("2 allowed"), "{}", run.err);
}

#[test]
fn what_may_be_a_secret_is_written_nowhere_and_of_an_address_its_host_is_asked_for() {
    let arguments: Vec<String> = (0..12)
        .map(|n| {
            format!(
                r#"{{"ssn":"123-45-6789","login":"ann","private":true,"card":"4111 1111 1111 1111","keyName":"mild","url":"https://a.example/x?sig=Zx{n}Yw8Kp2"}}"#
            )
        })
        .collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = init_of(&sessions("send_request", &arguments), &[]);
    let shown = format!("{}{}", run.out, run.err);
    for secret in ["123-45", "ann", "4111", "Kp2"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    let found = require_of(&run, "send_request");
    let paths: Vec<&str> = found.iter().map(|(path, ..)| &**path).collect();
    assert_eq!(paths, ["args.keyName", "args.private", "args.url"], "{}", run.err);
    let pattern = serde_json::json!(r"^https://a\.example(?::[0-9]{1,5})?(?:[/?#]|$)");
    assert_eq!(found[2].2, pattern);
    assert!(
        run.err.contains("nothing but the host is asked of what may be a secret: url"),
        "{}",
        run.err
    );
}

#[test]
fn what_stays_open_of_a_tool_that_may_do_harm_is_said_with_the_reason() {
    let open = |tool: &str, arguments: &[&str], more: &[&str]| {
        let more = [&["--format", "json"], more].concat();
        let tools = init_of(&sessions(tool, arguments), &more).json()["tools"][0].clone();
        let open = tools["open"].as_array().unwrap().clone();
        let words = |one: &serde_json::Value, key: &str| one[key].as_str().unwrap().to_owned();
        open.iter().map(|one| (words(one, "path"), words(one, "reason"))).collect::<Vec<_>>()
    };
    let numbered = |form: &str| -> Vec<String> {
        (0..70).map(|n| form.replace("<n>", &n.to_string())).collect()
    };
    for (tool, form, path, reason) in [
        ("send_money", r#"{"amount":"<n>.50"}"#, "args.amount", "written as text"),
        ("send_request", r#"{"url":"https://b<n>.bücher.example/"}"#, "args.url", "plain name"),
        ("send_request", r#"{"url":"https://[2001:db8::<n>]/"}"#, "args.url", "plain name"),
        ("send_message", r#"{"send.to":"a<n>"}"#, "args.send.to", "for a dot"),
        ("send_message", r#"{"channel":"a<n>"}"#, "args.channel", "too many different"),
        ("query_page", r#"{"url":"https://a<n>.example/"}"#, "args.url", "looks for something"),
    ] {
        let arguments = numbered(form);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let found = open(tool, &arguments, &[]);
        assert_eq!(found.len(), 1, "{form}: {found:?}");
        assert!(found[0].0 == path && found[0].1.contains(reason), "{form}: {found:?}");
        let run = init_of(&sessions(tool, &arguments), &[]);
        let name = path.trim_start_matches("args.");
        assert!(run.err.contains(&format!("open: any {name}: ")), "{}", run.err);
    }
    let few = open("send_message", &[r#"{"channel":"a"}"#], &[]);
    assert!(few[0].1.contains("too few calls"), "{few:?}");
    let optional = [r#"{"channel":"a"}"#, r#"{"channel":"a","user":"x"}"#].repeat(9);
    let found = open("send_message", &optional, &["--to", "intercept"]);
    assert!(found.len() == 1 && found[0].1.contains("may leave it out"), "{found:?}");
    assert_eq!(open("send_message", &optional, &[]), [], "v1 bounds both");
    assert_eq!(open("list_x", &[r#"{"channel":"a","n":1}"#; 3], &[]), [], "it only reads");
}

#[test]
fn a_server_of_ones_own_gets_a_policy_from_its_calls() {
    let call =
        |server: &str, tool: &str| format!("{{\"server\":\"{server}\",\"tool\":\"{tool}\"}}\n");
    let trace = call("mine", "list_x") + &call("desk", "list_y") + &call("mine", "run_z");
    let of = |trace: &str, name: &str| {
        let folder = Folder::new().file("trace.jsonl", trace);
        folder.run(&["init", "--server", name, "--trace", "trace.jsonl"])
    };
    let tools =
        |run: &Run| run.json()["tools"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let run = of(&trace, "mine");
    assert_eq!(
        (run.status, tools(&run)),
        (0, vec!["list_x".to_owned(), "run_z".to_owned()]),
        "{}",
        run.err
    );
    assert!(
        run.err.contains("no server `mine`") && run.err.contains("1 of 3 calls"),
        "{}",
        run.err
    );
    assert!(run.err.contains("policy for mine: "), "{}", run.err);
    assert_eq!(tools(&of(&trace, "another")).len(), 3, "no call names it: it is all of them");
    let folder = Folder::new();
    assert_eq!(folder.run(&["init", "--server", "mine"]).status, 2, "nothing tells of its tools");
}

#[test]
fn policies_go_into_a_folder_all_or_none_and_what_is_left_of_before_is_named() {
    let call = |server: &str| format!("{{\"server\":\"{server}\",\"tool\":\"list_x\"}}\n");
    let folder =
        Folder::new().file("one.jsonl", call("a")).file("two.jsonl", call("b") + &call("c"));
    let init = |trace: &str, more: &[&str]| {
        folder.run(&[&["init", "--trace", trace, "-o", "out/"], more].concat())
    };
    assert_eq!(init("one.jsonl", &[]).status, 0);
    assert!(folder.path("out/a.json").is_file());
    std::fs::write(folder.path("out/c.json"), "{}").unwrap();
    let refused = init("two.jsonl", &[]);
    assert_eq!(refused.status, 2, "{}", refused.err);
    assert!(!folder.path("out/b.json").exists(), "nothing is written where not all can be");
    let run = init("two.jsonl", &["--force"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(folder.path("out/b.json").is_file());
    assert!(run.err.contains("a.json is from before"), "{}", run.err);
    assert!(!run.err.contains("c.json is from before"), "{}", run.err);
    let run = folder.run(&["init", "--server", "@paretools/http", "-o", "out/"]);
    assert!(folder.path("out/_paretools_http.json").is_file(), "{}", run.err);
}

#[test]
fn a_server_that_is_told_by_its_tools_is_named_as_what_the_policy_seems_to_be_for() {
    let tools = ["create_issue", "list_issues", "delete_repository", "get_file_contents"];
    let calls = tools.map(|tool| format!("{{\"tool\":\"{tool}\",\"args\":{{\"repo\":\"a\"}}}}\n"));
    let folder = Folder::new().file("t.jsonl", calls.concat());
    let said = |more: &[&str]| folder.run(&[&["init", "--trace", "t.jsonl"], more].concat()).err;
    let name = "github/github-mcp-server";
    let seems = format!("policy for what seems to be {name} (`--server {name}` says so): ");
    assert!(said(&[]).contains(&seems), "{}", said(&[]));
    let sure = said(&["--server", name]);
    assert!(sure.contains(&format!("policy for {name}: ")), "{sure}");
}

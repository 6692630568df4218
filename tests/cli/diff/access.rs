//! `gatelint diff` for all calls, as a user meets it.

use serde_json::json;

use crate::support::{Folder, Run, fixture};

/// The old or new policy of a pair of the fixtures.
fn side(pair: &str, side: &str) -> String {
    let json = fixture(&format!("policies/pairs/{pair}/{side}.json"));
    if std::path::Path::new(&json).exists() { json } else { json.replace(".json", ".yaml") }
}

fn diff_pair(pair: &str, more: &[&str]) -> Run {
    let (old, new) = (side(pair, "old"), side(pair, "new"));
    Folder::new().run(&[&["diff", &old, &new], more].concat())
}

fn policy(tools: &str) -> String {
    format!(r#"{{"version": "1", "default": "deny", "tools": {{{tools}}}}}"#)
}

fn diff(old: &str, new: &str, more: &[&str]) -> Run {
    let folder = Folder::new().file("old.json", old).file("new.json", new);
    folder.run(&[&["diff", "old.json", "new.json"], more].concat())
}

#[test]
fn instructive_pairs_get_their_verdict_and_what_shows_it() {
    for (pair, status, parts) in [
        ("lost-anchor", 1, &["loosens access: 1 tool\n", r#""args":{"name":"afeat/"}"#][..]),
        ("dropped-default", 1, &["any tool that nobody names: the tool is not listed"]),
        ("optional-argument", 1, &[r#"'{"tool":"create_charge","args":{}}'"#]),
        (
            "wider-window",
            1,
            &["run_job (Execute): limit ", "11 calls of run_job within one minute\n"],
        ),
        ("same-rate-shorter-window", 0, &["loosens no access (proved); tightens access: 1 tool"]),
        ("reordered-rules", 0, &["changes no access: proved for 2 tools and any other"]),
        ("rewritten-rules", 0, &["changes no access: proved for 1 tool and any other"]),
        ("text-for-number", 1, &[r#""args":{"amount":""}"#]),
        ("split-limits", 1, &["all tools together: limit calls", "11 calls of 2 tools within"]),
        ("unhidden", 1, &["delete_job (Destructive): the tool is hidden"]),
        (
            "intercept-converted",
            0,
            &[
                "for calls whose arguments are an object: changes no access (proved)",
                "tightens access",
            ],
        ),
        ("intercept-printed-numbers", 0, &["tightens access: 1 tool", r#""args":{"amount":"5"}"#]),
    ] {
        let run = diff_pair(pair, &[]);
        assert_eq!(run.status, status, "{pair}: {}{}", run.out, run.err);
        for part in parts {
            assert!(run.out.contains(part), "{pair}: {part} is not in\n{}", run.out);
        }
    }
}

#[test]
fn every_pair_is_equivalent_to_itself_and_turning_a_pair_around_turns_the_verdict() {
    for entry in std::fs::read_dir(fixture("policies/pairs")).unwrap() {
        let pair = entry.unwrap().file_name().into_string().unwrap();
        let (old, new) = (side(&pair, "old"), side(&pair, "new"));
        let itself = Folder::new().run(&["diff", "--equivalent", &old, &old]);
        assert_eq!(itself.status, 0, "{pair}: {}", itself.out);
        assert!(itself.out.starts_with("equivalent: changes no access"), "{pair}: {}", itself.out);
        let access = |one: &str, other: &str| {
            let run = Folder::new().run(&["diff", one, other, "--format", "json"]);
            run.json()["access"].clone()
        };
        let (there, back) = (access(&old, &new), access(&new, &old));
        assert_eq!(there["loosened"], back["tightened"], "{pair}");
        assert_eq!(there["tightened"], back["loosened"], "{pair}");
    }
}

#[test]
fn the_gate_is_what_was_asked_for_and_unknown_is_not_passed() {
    for (gate, wide, narrow) in
        [("loosened", 1, 0), ("tightened", 0, 1), ("any", 1, 1), ("none", 0, 0)]
    {
        let more = ["--fail-on", gate];
        assert_eq!(diff_pair("lost-anchor", &more).status, wide, "{gate}");
        let (old, new) = (side("lost-anchor", "new"), side("lost-anchor", "old"));
        let run = Folder::new().run(&[&["diff", &old, &new], &more[..]].concat());
        assert_eq!(run.status, narrow, "{gate}");
    }
    // What lies so deep is not looked for.
    let with = |value: u8| {
        let path = format!("args{}", ".a".repeat(100));
        let condition = format!(r#"{{"path": "{path}", "op": "eq", "value": {value}}}"#);
        policy(&format!(r#""t": {{"require": [{{"conditions": [{condition}]}}]}}"#))
    };
    let (one, other) = (with(1), with(2));
    let run = diff(&one, &other, &[]);
    assert_eq!(run.status, 1, "{}", run.out);
    assert!(run.out.starts_with("may loosen access: 1 tool"), "{}", run.out);
    assert!(run.out.contains("unknown: the conditions combine in too many ways"), "{}", run.out);
    let run = diff(&one, &other, &["--equivalent"]);
    assert_eq!(
        (run.status, run.out.starts_with("may not be equivalent: ")),
        (1, true),
        "{}",
        run.out
    );
    // The same on both sides needs no search.
    assert_eq!(diff(&one, &one, &["--equivalent"]).status, 0);
}

#[test]
fn patterns_that_blow_up_end_as_unknown_or_with_an_answer_and_never_hang() {
    let with = |pattern: &str| {
        let condition = format!(r#"{{"path": "args.q", "op": "regex", "value": "{pattern}"}}"#);
        policy(&format!(r#""t": {{"require": [{{"conditions": [{condition}]}}]}}"#))
    };
    let (old, new) = (with("^(a|b)*a(a|b){16}$"), with("^(a|b)*a(b|a){16}$"));
    let run = diff(&old, &new, &["--timeout", "2s"]);
    let known =
        run.out.starts_with("changes no access") || run.out.starts_with("may loosen access");
    assert!(known, "{}", run.out);
    let run = diff(&old, &new, &["--timeout", "1ms"]);
    assert!(run.out.contains("unknown: "), "{}", run.out);
    assert_eq!(run.status, 1);
}

#[test]
fn input_schemas_restrict_the_calls_only_where_they_are_given() {
    let with = |operator: &str, value: &str| {
        let condition = format!(r#"{{"path": "args.n", "op": "{operator}", "value": {value}}}"#);
        policy(&format!(r#""t": {{"require": [{{"conditions": [{condition}]}}]}}"#))
    };
    let listing = r#"{"tools": [{"name": "t", "inputSchema": {"type": "object",
        "properties": {"n": {"type": "integer", "enum": [1, 2, 3]}}, "required": ["n"]}}]}"#;
    let folder = Folder::new()
        .file("old.json", with("in", "[1, 2, 3]"))
        .file("new.json", with("lte", "3"))
        .file("tools.json", listing);
    let ask = |more: &[&str]| folder.run(&[&["diff", "old.json", "new.json"], more].concat());
    let free = ask(&[]);
    assert_eq!(free.status, 1, "{}", free.out);
    assert!(free.out.contains("without input schemas"), "{}", free.out);
    let restricted = ask(&["--catalogue", "tools.json"]);
    assert_eq!(restricted.status, 0, "{}", restricted.out);
    assert!(restricted.out.starts_with("changes no access"), "{}", restricted.out);
    assert!(
        restricted.out.contains("the input schemas of tools restrict the calls of 1 "),
        "{}",
        restricted.out
    );
    assert_eq!(ask(&["--catalogue", "tools.json", "--no-schemas"]).status, 1);
}

#[test]
fn a_counter_that_everybody_shares_is_one_of_ones_own_for_one_grant() {
    let shared = "version: \"1\"\ndefault: deny\ntools: {t: {rules: [{name: rate, rate_limit: 3/minute}]}}\n";
    let own = policy(
        r#""t": {"limits": [{"counter": "rate", "window": "minute", "max": 3, "scope": "grant"}]}"#,
    );
    let folder = Folder::new().file("old.yaml", shared).file("new.json", own);
    let run = folder.run(&["diff", "old.yaml", "new.json"]);
    assert_eq!(run.status, 1);
    assert!(run.out.contains("4 calls of t by 2 grants within one minute"), "{}", run.out);
    assert!(run.out.contains("Intercept forwards them without a look;"), "{}", run.out);
    let run =
        folder.run(&["diff", "old.yaml", "new.json", "--assume", "grants=one", "--equivalent"]);
    assert_eq!(run.status, 1, "{}", run.out);
    let same =
        "not equivalent: for calls whose arguments are an object: changes no access (proved)";
    assert!(run.out.starts_with(same), "{}", run.out);
    let run = folder.run(&["convert", "old.yaml", "--to", "v1", "--assume", "grants=one"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert_eq!(run.json()["tools"]["t"]["limits"][0]["max"], 3);
}

#[test]
fn the_formats_hold_the_same_facts() {
    let markdown = diff_pair("lost-anchor", &["--format", "markdown"]);
    assert_eq!(markdown.status, 1);
    assert!(markdown.out.starts_with("<!-- gatelint:diff "), "{}", markdown.out);
    assert!(markdown.out.contains("| Write: `create_branch` | "), "{}", markdown.out);
    assert!(markdown.out.contains("\n```sh\ngatelint explain --policy "), "{}", markdown.out);
    let github = diff_pair("unhidden", &["--format", "github"]);
    assert!(github.out.starts_with("::error file="), "{}", github.out);
    assert!(
        github.out.contains(",line=1,title=loosened-access::delete_job (Destructive): "),
        "{}",
        github.out
    );
    let sarif = diff_pair("wider-window", &["--format", "sarif"]).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let levels: Vec<&str> =
        results.iter().map(|result| result["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["error", "note"]);
    let place = &results[0]["locations"][0]["physicalLocation"];
    assert_eq!(place["region"]["startLine"], 5);
    assert!(place["artifactLocation"]["uri"].as_str().unwrap().ends_with("wider-window/new.json"));
}

#[test]
fn a_hostile_tool_name_reaches_neither_terminal_nor_shell() {
    let name = r"a\u001b[31m\u202e';rm -rf ~;'";
    let old = policy("");
    let new = policy(&format!("\"{name}\": {{}}"));
    let run = diff(&old, &new, &[]);
    assert!(!run.out.contains(['\x1b', '\u{202e}']), "{}", run.out);
    assert!(run.out.contains(r#"\u001b[31m\u202e'\'';rm -rf ~;'\''","args":{}}'"#), "{}", run.out);
}

#[test]
fn policies_for_different_servers_are_compared_with_a_warning() {
    let seed = |name: &str| fixture(&format!("policies/seed/{name}.json"));
    let (old, new) = (seed("octopus-run-runbook"), seed("aap-run-job"));
    let run = Folder::new().run(&["diff", &old, &new, "--fail-on", "none"]);
    assert_eq!(run.status, 0);
    assert!(
        run.err.contains("the old policy names tools of octopusdeploy/mcp-server, the new one those of sibilleb/aap-enterprise-mcp-server"),
        "{}",
        run.err
    );
    assert_eq!(diff_pair("lost-anchor", &[]).err, "");
}

#[test]
fn wrong_usage_and_bad_input_are_status_2() {
    let one = Folder::new().file("old.json", policy("")).run(&["diff", "old.json"]);
    assert_eq!(one.status, 2);
    assert!(one.err.contains("two policies are needed"), "{}", one.err);
    let bad = diff(&policy(""), "{", &[]);
    assert_eq!((bad.status, bad.out.as_str()), (2, ""));
    let server = diff_pair("lost-anchor", &["--server", "octopusdeploy/mcp-servr"]);
    assert_eq!(server.status, 2);
    assert!(server.err.contains("did you mean `octopusdeploy/mcp-server`?"), "{}", server.err);
}

#[test]
fn every_tool_that_is_opened_is_listed_the_most_dangerous_first() {
    let old = r#"{"version": "1", "default": "deny", "hide": ["drop_table"], "tools": {}}"#;
    let names = ["list_a", "list_b", "list_c", "list_d", "list_e", "list_f", "list_g"];
    let listed: String = names.iter().map(|name| format!("\"{name}\": {{}}, ")).collect();
    let new = policy(&format!("{listed}\"drop_table\": {{}}, \"create_x\": {{}}"));
    for (format, danger) in [("human", "drop_table (Destructive): "), ("markdown", "Destructive: ")]
    {
        let out = diff(old, &new, &["--format", format]).out;
        let place = |part: &str| out.find(part).unwrap_or_else(|| panic!("no {part} in\n{out}"));
        assert!(names.iter().all(|name| place(name) > place("create_x")), "{out}");
        assert!(place(danger) <= place("drop_table"), "{out}");
        assert!(place("drop_table") < place("create_x"), "{out}");
    }
    let json = diff(old, &new, &["--format", "json"]).json();
    let first = &json["access"]["tools"][0];
    assert_eq!((&first["tool"], &first["category"]), (&"drop_table".into(), &"Destructive".into()));
}

#[test]
fn a_raised_limit_reads_from_what_to_what_and_a_burst_has_no_date() {
    let limit = |max: u32| {
        policy(&format!(
            r#""run_job": {{"limits": [{{"counter": "c", "window": "minute", "max": {max}, "scope": "grant"}}]}}"#
        ))
    };
    for (old, new, says, heading) in [
        (37, 83, "limit c raised from 37 to 83 a minute", "raised limit"),
        (83, 37, "limit c lowered from 83 to 37 a minute", "lowered limit"),
    ] {
        for format in ["human", "markdown", "github", "sarif", "html"] {
            let more = ["--format", format, "--fail-on", "none"];
            let out = diff(&limit(old), &limit(new), &more).out;
            assert!(out.contains(says), "{format}: {out}");
            assert!(format == "html" || !out.contains("2026-01-01"), "{format}: {out}");
            for wrong in ["Lost protection", "a protection is", "lost protection", "new protection"]
            {
                assert!(!out.contains(wrong), "{wrong} in {format}: {out}");
            }
            let is_headed = ["human", "markdown", "html"].contains(&format);
            assert_eq!(out.to_lowercase().contains(heading), is_headed, "{format}: {out}");
        }
        let json =
            diff(&limit(old), &limit(new), &["--format", "json", "--fail-on", "none"]).json();
        let tool = &json["access"]["tools"][0];
        let side = if old < new { "loosened" } else { "tightened" };
        let terms = |max: u32| json!({ "max": max, "window": "minute" });
        assert_eq!(tool[side][0]["limit"], json!({ "old": terms(old), "new": terms(new) }));
    }
    let gone = diff(&limit(37), &policy("\"run_job\": {}"), &[]);
    assert!(gone.out.contains("Lost protections\n  run_job"), "{}", gone.out);
    assert!(gone.out.contains("limit c: at most 37 a minute"), "{}", gone.out);
    let hourly = limit(600).replace("minute", "hour");
    let changed = diff(&limit(37), &hourly, &[]);
    let says = "limit c changed from 37 a minute to 600 an hour";
    assert!(
        changed.out.contains(says) && changed.out.contains("Loosened limits"),
        "{}",
        changed.out
    );
    assert!(!changed.out.contains("Lost protections"), "{}", changed.out);
    let daily = r#""counter": "d", "window": "day", "max": 100, "scope": "grant"}"#;
    let more = limit(83).replace("\"grant\"}", &format!("\"grant\"}}, {{{daily}"));
    let both = diff(&limit(37), &more, &[]);
    let [raised, new] = ["Raised limits", "New protections"].map(|part| both.out.find(part));
    assert!(raised.is_some() && raised < new, "{}", both.out);
}

/// An Intercept policy whose only tool has these rules.
fn intercept(rules: &[&str]) -> String {
    let rules = rules.join(", ");
    format!("version: \"1\"\ndefault: deny\ntools:\n  pay:\n    rules: [{rules}]\n")
}

const DENIES: &str = "{name: shut, action: deny}";
const ASKS: &str = "{name: look, action: require_approval}";
const ASKS_SOME: &str =
    "{name: big, action: require_approval, conditions: [{path: args.amount, op: gt, value: 100}]}";
fn diff_intercept(old: &[&str], new: &[&str], more: &[&str]) -> Run {
    let folder = Folder::new().file("old.yaml", intercept(old)).file("new.yaml", intercept(new));
    folder.run(&[&["diff", "old.yaml", "new.yaml"], more].concat())
}

/// The steps of one direction, each as `old → new`, with the arguments of the witness.
fn steps(old: &[&str], new: &[&str], direction: &str) -> Vec<(String, serde_json::Value)> {
    let output = diff_intercept(old, new, &["--format", "json"]).json();
    let tools = output["access"]["tools"].as_array().unwrap();
    let lost = tools.iter().flat_map(|tool| tool[direction].as_array().unwrap());
    let step = |lost: &serde_json::Value| {
        let word = |side: &str| lost["step"][side].as_str().unwrap().to_owned();
        (format!("{} → {}", word("old"), word("new")), lost["args"].clone())
    };
    lost.map(step).collect()
}

#[test]
fn each_step_from_denied_to_asked_to_allowed_has_a_witness() {
    fn names(old: &[&str], new: &[&str], direction: &str) -> Vec<String> {
        steps(old, new, direction).into_iter().map(|(step, _)| step).collect()
    }
    let (denies, asks, passes): (&[&str], &[&str], &[&str]) = (&[DENIES], &[ASKS], &[]);
    for (old, new, [less, more]) in
        [(denies, asks, ["deny", "ask"]), (asks, passes, ["ask", "allow"])]
    {
        assert_eq!(names(old, new, "loosened"), [format!("{less} → {more}")]);
        assert_eq!(names(new, old, "tightened"), [format!("{more} → {less}")]);
        assert_eq!(diff_intercept(old, new, &[]).status, 1);
        assert_eq!(diff_intercept(new, old, &[]).status, 0);
        assert_eq!(names(old, old, "loosened"), [""; 0]);
    }
    // What was denied is asked about where it is much, and passes where it is not: two calls show it.
    let both = steps(&[DENIES], &[ASKS_SOME], "loosened");
    let find = |step: &str| both.iter().find(|(name, _)| name == step).map(|(_, args)| args);
    let passes = find("deny → allow").unwrap_or_else(|| panic!("{both:?}"));
    assert!(passes["amount"].as_f64().is_none_or(|amount| amount <= 100.0), "{passes}");
    let narrowed = steps(&[ASKS], &[ASKS_SOME], "loosened");
    assert_eq!(narrowed.len(), 1, "{narrowed:?}");
    assert_eq!(narrowed[0].0, "ask → allow");
}

#[test]
fn every_format_shows_the_step_where_somebody_is_asked_and_only_there() {
    for format in ["human", "markdown", "github", "sarif"] {
        let run = diff_intercept(&[DENIES], &[ASKS], &["--format", format]);
        assert!(run.out.contains("deny → ask: "), "{format}: {}", run.out);
        let run = diff_intercept(&[DENIES], &[], &["--format", format]);
        assert!(!run.out.contains("deny → allow"), "{format}: {}", run.out);
    }
    let output = diff_intercept(&[DENIES], &[], &["--format", "json"]).json();
    assert_eq!(output["access"]["tools"][0]["loosened"][0]["step"], serde_json::Value::Null);
}

#[test]
fn of_many_calls_the_last_one_shows_the_step() {
    let slow = "{name: slowly, rate_limit: 3/day}";
    let output = diff_intercept(&[slow], &[ASKS], &["--format", "json"]).json();
    let lost = &output["access"]["tools"][0]["loosened"][0];
    assert_eq!(lost["burst"]["calls"], 4, "{lost}");
    assert_eq!(lost["step"], serde_json::json!({"old": "throttle", "new": "ask"}));
}

#[test]
fn a_limit_that_stays_as_it_is_has_become_no_other_one() {
    let limit = |counter: &str, max: u32| {
        format!(r#"{{"counter": "{counter}", "window": "minute", "max": {max}, "scope": "grant"}}"#)
    };
    let of =
        |limits: &[String]| policy(&format!(r#""run_job": {{"limits": [{}]}}"#, limits.join(",")));
    let (one, both) = (of(&[limit("a", 10)]), of(&[limit("a", 10), limit("b", 5)]));
    let added = diff(&one, &both, &[]).out;
    assert!(added.contains("New protections") && !added.contains("owered"), "{added}");
    let removed = diff(&both, &one, &[]).out;
    assert!(removed.contains("Lost protections") && !removed.contains("aised"), "{removed}");
    let renamed = diff(&of(&[limit("b", 5)]), &one, &[]).out;
    assert!(renamed.contains("raised from 5 to 10 a minute"), "{renamed}");
}

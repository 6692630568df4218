//! `gatelint diff` as a user meets it.

use crate::support::{Folder, Run, fixture};

fn policy(run_max: u32, more: &str) -> String {
    format!(
        r#"{{
  "version": "1",
  "default": "deny",
  "tools": {{
    "run_job": {{ "limits": [{{ "counter": "run_job_rate", "window": "minute", "max": {run_max}, "scope": "grant" }}] }}{more}
  }}
}}
"#
    )
}

fn trace() -> String {
    let run = (0..12)
        .map(|second| format!("{{\"ts\":{second},\"grant\":\"ci\",\"tool\":\"run_job\"}}\n"));
    run.chain(["{\"ts\":20,\"grant\":\"ops\",\"tool\":\"list_jobs\"}\n".to_owned()]).collect()
}

fn diff(old: &str, new: &str, more: &[&str]) -> Run {
    let folder =
        Folder::new().file("old.json", old).file("new.json", new).file("trace.jsonl", trace());
    folder.run(&[&["diff", "old.json", "new.json", "--trace", "trace.jsonl"], more].concat())
}

#[test]
fn a_policy_does_not_differ_from_itself() {
    let run = diff(&policy(10, ""), &policy(10, ""), &["--fail-on", "any"]);
    assert_eq!(run.status, 0);
    assert_eq!(
        run.out,
        "changes no access: proved for 1 tool and any other\n\n\
         Asked about every call of 1 tool and of any other, without input schemas.\n\n\
         No decision changes: 13 calls compared.\n\n"
    );
    let output = diff(&policy(10, ""), &policy(10, ""), &["--format", "json"]).json();
    assert_eq!(output["groups"].as_array().unwrap().len(), 0);
    assert_eq!(output["edits"].as_array().unwrap().len(), 0);
    assert_eq!(output["text_diff"], "");
}

#[test]
fn one_more_call_a_minute_is_one_call_loosened() {
    let run = diff(&policy(10, ""), &policy(11, ""), &[]);
    assert_eq!(run.status, 1);
    for part in [
        "1 loosened, of 13 calls compared.",
        "loosened: /tools/run_job/limits/0/max 10 → 11",
        "call 11  1970-01-01T00:00:10Z  ci  run_job  throttle by /tools/run_job/limits/run_job_rate → allow",
        "-    \"run_job\": { \"limits\": [{ \"counter\": \"run_job_rate\", \"window\": \"minute\", \"max\": 10,",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
}

#[test]
fn tightening_fails_only_when_asked_to() {
    let (old, new) = (policy(10, ""), policy(9, ""));
    assert_eq!(diff(&old, &new, &[]).status, 0);
    assert_eq!(diff(&old, &new, &["--fail-on", "tightened"]).status, 1);
    assert_eq!(diff(&old, &new, &["--fail-on", "any"]).status, 1);
    assert_eq!(diff(&new, &old, &["--fail-on", "none"]).status, 0);
}

#[test]
fn each_flip_is_given_to_the_edit_that_caused_it() {
    let new = policy(11, ",\n    \"list_jobs\": {}");
    let output = diff(&policy(10, ""), &new, &["--format", "json"]).json();
    assert_eq!(output["changes"]["loosened"], 2);
    let groups = output["groups"].as_array().unwrap();
    let causes: Vec<_> = groups
        .iter()
        .map(|group| {
            let edit = &output["edits"][group["edit"].as_u64().unwrap() as usize];
            (
                edit["kind"].as_str().unwrap(),
                edit["new"].as_str().unwrap(),
                group["calls"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        causes,
        [("changed", "/tools/run_job/limits/0/max", 1), ("added", "/tools/list_jobs", 1)]
    );
    assert_eq!(groups[1]["grants"], serde_json::json!(["ops"]));
    assert_eq!(groups[1]["flips"][0]["old"]["rule"], "(default deny)");
}

#[test]
fn a_refusal_with_other_words_is_reworded_and_fails_only_with_any() {
    let with = |words: &str| {
        policy(
            10,
            &format!(
                ",\n    \"list_jobs\": {{ \"deny_if\": [{{ \"conditions\": [], \"on_deny\": \"{words}\" }}] }}"
            ),
        )
    };
    let (old, new) = (with("No."), with("Ask Ops."));
    let run = diff(&old, &new, &[]);
    assert_eq!(run.status, 0);
    assert!(run.out.contains("1 reworded, of 13 calls compared."), "{}", run.out);
    assert_eq!(diff(&old, &new, &["--fail-on", "any"]).status, 1);
}

#[test]
fn calls_that_change_only_as_a_consequence_are_told_apart() {
    // Denying some calls leaves quota to later ones.
    let old = policy(2, "");
    let new = old.replace(
        "\"run_job\": {",
        "\"run_job\": { \"deny_if\": [{ \"conditions\": [{ \"path\": \"args.dry\", \"op\": \"eq\", \"value\": true }] }],",
    );
    let trace = "{\"ts\":0,\"tool\":\"run_job\",\"args\":{\"dry\":true}}\n".repeat(2)
        + &"{\"ts\":1,\"tool\":\"run_job\",\"args\":{}}\n".repeat(3);
    let folder =
        Folder::new().file("old.json", old).file("new.json", new).file("trace.jsonl", trace);
    let run =
        folder.run(&["diff", "old.json", "new.json", "--trace", "trace.jsonl", "--format", "json"]);
    let output = run.json();
    assert_eq!(output["changes"]["tightened"], 2);
    assert_eq!(output["changes"]["loosened"], 2);
    let loosened = &output["groups"][0];
    assert_eq!((&loosened["change"], &loosened["consequences"]), (&"loosened".into(), &2.into()));
    assert_eq!(loosened["edit"], 0, "undoing the new entry gives the old decisions back");
    let gate = |more: &[&str]| {
        folder.run(&[&["diff", "old.json", "new.json", "--trace", "trace.jsonl"], more].concat())
    };
    assert_eq!(gate(&["--fail-on", "loosened-cascade"]).status, 1);
    let run = gate(&[]);
    assert_eq!(run.status, 0, "what is tightened fails nothing\n{}", run.out);
    assert!(run.out.contains("2 loosened (2 as a cascade), 2 tightened, of 5"), "{}", run.out);
    let markdown = gate(&["--format", "markdown"]).out;
    let heading = "; 2 recorded calls pass only as a cascade of refused ones\n";
    assert!(markdown.contains(heading), "{markdown}");
    let github = gate(&["--format", "github"]).out;
    assert!(!github.contains("::error") && github.contains("2 loosened only because"), "{github}");
}

#[test]
fn dialects_can_be_compared_with_each_other() {
    let intercept = "version: \"1\"\ndefault: deny\ntools:\n  run_job:\n    rules:\n      - name: rate\n        rate_limit: 10/minute\n";
    let folder = Folder::new()
        .file("old.yaml", intercept)
        .file("new.json", policy(10, ""))
        .file("trace.jsonl", trace());
    let run = folder.run(&["diff", "old.yaml", "new.json", "--trace", "trace.jsonl"]);
    assert!(run.out.contains("2 reworded, of 13 calls compared."), "{}", run.out);
    // Nothing recorded is loosened, but Intercept's counters are shared by everybody.
    assert_eq!(run.status, 1, "{}{}", run.out, run.err);
    assert!(run.out.contains("11 calls of run_job by 2 grants within one minute"), "{}", run.out);
}

#[test]
fn invalid_input_is_status_2() {
    let run = diff("{}", &policy(10, ""), &[]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("old.json is not a valid policy"), "{}", run.err);
    let seed = fixture("policies/seed/aap-run-job.json");
    let run = Folder::new().run(&["diff", &seed, &seed, "--trace", "missing.jsonl"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("cannot read missing.jsonl"), "{}", run.err);
}

#[test]
fn operator_and_value_changed_together_are_told_apart() {
    let with = |condition: &str| {
        policy(
            10,
            &format!(",\n    \"pay\": {{ \"require\": [{{ \"conditions\": [{condition}] }}] }}"),
        )
    };
    let old = with(r#"{ "path": "args.amount", "op": "lte", "value": 100 }"#);
    let new = with(r#"{ "path": "args.amount", "op": "lt", "value": 1000 }"#);
    let folder = Folder::new()
        .file("old.json", old)
        .file("new.json", new)
        .file("known.jsonl", "{\"tool\":\"pay\",\"args\":{\"amount\":500}}\n")
        .file("hashed.jsonl", "{\"tool\":\"pay\",\"args_hash\":\"sha256:0\"}\n");
    let run = folder.run(&["diff", "old.json", "new.json", "--trace", "known.jsonl"]);
    assert!(
        run.out.contains("loosened: /tools/pay/require/0/conditions/0/value 100 → 1000"),
        "{}",
        run.out
    );
    // What neither side can tell may be looser, and a gate must not pass it.
    let run = folder.run(&["diff", "--trace", "hashed.jsonl", "old.json", "new.json"]);
    assert_eq!(run.status, 1);
    assert!(run.out.contains("1 maybe-loosened, of 1 call compared."), "{}", run.out);
}

#[test]
fn every_format_tells_of_recorded_calls_that_may_pass_now() {
    let policy = |op: &str| {
        format!(
            r#"{{"version": "1", "default": "deny", "tools": {{"pay": {{"require": [{{"conditions": [
                {{"path": "args.amount", "op": "{op}", "value": 100}}]}}]}}}}}}"#
        )
    };
    let folder = Folder::new()
        .file("old.json", policy("lte"))
        .file("new.json", policy("lt"))
        .file("t.jsonl", "{\"tool\":\"pay\",\"args_hash\":\"sha256:0\"}\n");
    for (format, part) in [
        ("human", "1 maybe-loosened"),
        ("markdown", "### ⚠️"),
        ("github", "::warning file=new.json,line=1"),
        ("sarif", "of 1 recorded calls 1 maybe-loosened"),
    ] {
        let run =
            folder.run(&["diff", "old.json", "new.json", "--trace", "t.jsonl", "--format", format]);
        assert_eq!(run.status, 1, "{format}: {}", run.err);
        assert!(run.out.contains(part), "{format}: {part:?} is not in:\n{}", run.out);
    }
}

#[test]
fn a_call_is_a_cascade_where_the_new_policy_refuses_it_with_what_the_old_one_counted() {
    let sum = |max: u32| {
        format!(
            "version: \"1\"\ndefault: deny\ntools:\n  pay:\n    rules:\n      - name: daily\n        \
             conditions: [{{path: state.pay.spend, op: lte, value: {max}}}]\n        \
             state: {{counter: spend, window: day, increment_from: args.n}}\n"
        )
    };
    let call =
        |n: u32| format!("{{\"ts\":1,\"grant\":\"g\",\"tool\":\"pay\",\"args\":{{\"n\":{n}}}}}\n");
    let ask = |old: u32, new: u32| {
        let folder = Folder::new()
            .file("old.yaml", sum(old))
            .file("new.yaml", sum(new))
            .file("t.jsonl", call(60) + &call(50));
        folder.run(&["diff", "old.yaml", "new.yaml", "--trace", "t.jsonl", "--format", "json"])
    };
    // 60 is too much for 55, and 50 is not; for 100 it is the other way round.
    let run = ask(100, 55);
    let groups = run.json()["groups"].clone();
    assert_eq!((&groups[0]["change"], &groups[0]["consequences"]), (&"loosened".into(), &1.into()));
    assert_eq!(
        (&groups[1]["change"], &groups[1]["consequences"]),
        (&"tightened".into(), &0.into())
    );
    assert_eq!(run.status, 0);
    let back = ask(55, 100);
    let groups = back.json()["groups"].clone();
    assert_eq!((&groups[0]["change"], &groups[0]["consequences"]), (&"loosened".into(), &0.into()));
    assert_eq!(
        (&groups[1]["change"], &groups[1]["consequences"]),
        (&"tightened".into(), &1.into())
    );
    assert_eq!(back.status, 1);
}

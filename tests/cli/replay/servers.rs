//! Calls to several servers, each with its policy.

use crate::support::{Folder, Run};

const ONE_A_DAY: &str = r#"{"version": "1", "default": "deny", "tools": {
    "t": {"limits": [{"counter": "c", "window": "day", "max": 1, "scope": "grant"}]}}}"#;

fn call_to(server: &str) -> String {
    format!("{{\"ts\":0,\"tool\":\"t\",\"grant\":\"g\",\"server\":\"{server}\"}}\n")
}

fn of_servers(policies: &[&str], servers: &[&str], more: &[&str]) -> Run {
    let trace: String = servers.iter().map(|server| call_to(server)).collect();
    let folder = Folder::new()
        .file("a.json", ONE_A_DAY)
        .file("b=c.json", ONE_A_DAY)
        .file("trace.jsonl", trace);
    let policies = policies.iter().flat_map(|policy| ["--policy", policy]);
    let arguments: Vec<&str> = std::iter::once("replay").chain(policies).collect();
    folder.run(&[&arguments[..], &["trace.jsonl"], more].concat())
}

#[test]
fn each_server_has_its_policy_and_each_policy_its_counters() {
    let servers = ["x", "y", "x", "z", "z", "w"];
    let run = |policies: &[&str]| -> Vec<String> {
        let run = of_servers(policies, &servers, &["--decisions"]);
        assert_eq!(run.status, 0, "{}", run.err);
        let outcome = |line: &serde_json::Value| {
            format!("{}{}", line["n"], &line["outcome"].as_str().unwrap()[..1])
        };
        run.json_lines().iter().map(outcome).collect()
    };
    assert_eq!(run(&["x=a.json", "y=b=c.json"]), ["1a", "2a", "3t"]);
    // What has no policy of its own shares one, with its counters.
    assert_eq!(run(&["x=a.json", "b=c.json"]), ["1a", "2a", "3t", "4t", "5t", "6t"]);
    assert_eq!(run(&["a.json"]), ["1a", "2t", "3t", "4t", "5t", "6t"]);
}

#[test]
fn a_call_without_a_policy_is_not_covered_unless_its_server_is_behind_the_gateway() {
    let run = of_servers(&["x=a.json"], &["x", "y", "z", "z"], &["--behind-gateway", "y"]);
    assert_eq!(run.status, 0, "{}", run.err);
    for part in [
        "2 calls to servers without a policy not covered: z 2\n",
        "  deny                   1   50.0 %\n",
        "      1  deny     (no policy)\n         at 1970-01-01T00:00:00Z, of t 1, for g 1\n",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
    let run = of_servers(&["xy=a.json"], &["xyz"], &[]);
    assert_eq!((run.status, run.out.as_str()), (3, ""));
    for part in ["no call of the trace is to server `xy`, did you mean `xyz`?", "none was decided"]
    {
        assert!(run.err.contains(part), "{part:?} is not in:\n{}", run.err);
    }
}

#[test]
fn policies_that_contradict_each_other_are_wrong_usage() {
    for (policies, more, part) in [
        (&["a.json", "b=c.json"][..], &[][..], "two policies are given for all servers"),
        (&["x=a.json", "x=b=c.json"], &[], "two policies are given for server `x`"),
        (&["a.json"], &["--behind-gateway", "y"], "--behind-gateway y changes nothing"),
        (&["x=gone.json"], &[], "gone.json"),
    ] {
        let run = of_servers(policies, &["x"], more);
        assert_eq!((run.status, run.out.as_str()), (2, ""));
        assert!(run.err.contains(part), "{part:?} is not in:\n{}", run.err);
    }
}

#[test]
fn with_several_policies_each_place_names_its_file() {
    let run = of_servers(&["x=a.json", "y=b=c.json"], &["x", "x", "y", "y"], &["--by", "server"]);
    for part in [
        "By server\n  server  allow  deny  throttle  indeterminate\n  x           1     0         1              0\n",
        "  a.json:2\n",
        "  b=c.json:2\n",
        "1 of 1 a day  a.json /tools/t/limits/c ",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in:\n{}", run.out);
    }
}

#[test]
fn the_configuration_says_which_policy_is_for_which_server() {
    let policy = |tool: &str| {
        format!("{{\"version\": \"1\", \"default\": \"deny\", \"tools\": {{\"{tool}\": {{}}}}}}")
    };
    let config =
        "policies:\n  - {files: \"a/*.json\", server: one}\n  - {files: b.json, server: two}\n";
    let folder = Folder::new()
        .file("gatelint.yaml", config)
        .file("a/policy.json", policy("read"))
        .file("b.json", policy("write"))
        .file("other.json", policy("read"))
        .file(
            "t.jsonl",
            "{\"server\":\"one\",\"tool\":\"read\"}\n{\"server\":\"two\",\"tool\":\"read\"}\n{\"server\":\"three\",\"tool\":\"read\"}\n",
        );
    let run = folder.run(&["replay", "t.jsonl", "--decisions"]);
    assert_eq!(run.status, 0, "{}", run.err);
    let outcomes: Vec<_> = run.json_lines().iter().map(|line| line["outcome"].clone()).collect();
    assert_eq!(outcomes, ["allow", "deny"], "server three has no policy");
    let none = folder.run(&["replay", "t.jsonl", "--no-config"]);
    assert_eq!(none.status, 2);
    assert!(none.err.contains("no policy is given") && none.err.contains("--policy NAME=PATH"));
    let twice = folder.file("a/more.json", policy("read")).run(&["replay", "t.jsonl"]);
    assert_eq!(twice.status, 2);
    assert!(twice.err.contains("two policies are given for server `one`"), "{}", twice.err);
}

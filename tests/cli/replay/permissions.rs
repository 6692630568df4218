//! Calls decided under the permission files of an agent.

use crate::support::Folder;

/// A project of OpenCode with a file of the user's, and some calls.
fn project() -> Folder {
    Folder::with(&[
        ("home/.config/opencode/opencode.json", "{\"permission\": {\"webfetch\": \"deny\"}}"),
        ("project/.git/HEAD", ""),
        (
            "project/opencode.json",
            "{\n  // what the project says\n  \"permission\": {\n    \"bash\": {\"*\": \"ask\", \"git *\": \"allow\",\n      \"git push*\": \"deny\"}\n  }\n}\n",
        ),
        (
            "trace.jsonl",
            concat!(
                "{\"tool\":\"bash\",\"args\":{\"command\":\"git status\"}}\n",
                "{\"tool\":\"bash\",\"args\":{\"command\":\"git status && git push\"}}\n",
                "{\"tool\":\"bash\",\"args\":{\"command\":\"ls\"}}\n",
                "{\"tool\":\"webfetch\",\"args\":{\"url\":\"https://a.test\"}}\n",
                "{\"tool\":\"edit\",\"args\":{\"filePath\":\"a.rs\"}}\n",
                "{\"tool\":\"edit\",\"args\":{\"filePath\":\"a.rs\"},\"mode\":\"plan\"}\n",
                "{\"tool\":\"read\",\"args\":{\"filePath\":\"b/.env\"},\"cwd\":\"/elsewhere\"}\n",
            ),
        ),
    ])
}

fn outcomes(folder: &Folder, more: &[&str]) -> Vec<serde_json::Value> {
    let run = folder.run(&[&["replay", "--decisions", "trace.jsonl"], more].concat());
    assert_eq!(run.status, 0, "{}", run.err);
    run.json_lines()
}

#[test]
fn the_files_of_the_project_and_of_the_user_decide_and_are_named() {
    let folder = project();
    let decided = outcomes(&folder, &["--policy", "project", "--home", "home"]);
    let found: Vec<_> = decided.iter().map(|line| line["outcome"].as_str().unwrap()).collect();
    assert_eq!(found, ["allow", "deny", "ask", "deny", "allow", "deny", "ask"]);
    assert_eq!(decided[1]["rule"], "deny bash `git push*`");
    assert_eq!(decided[1]["pointer"], "/permission/bash/git push*");
    let place = decided[1]["place"].as_str().unwrap();
    assert!(place.ends_with("project/opencode.json:5"), "{place}");
    let place = decided[3]["place"].as_str().unwrap();
    assert!(place.ends_with("home/.config/opencode/opencode.json:1"), "{place}");
    assert_eq!(decided[5]["place"], "(built in)");
    let run = folder.run(&["explain", "--policy", "project", "--trace", "trace.jsonl", "--n", "2"]);
    assert!(
        run.out.contains("the rule that counts is deny bash `git push*`, "),
        "{}{}",
        run.out,
        run.err
    );
    assert!(run.out.contains("project/opencode.json:5"), "{}", run.out);
}

#[test]
fn without_the_home_folder_the_users_own_files_are_said_to_be_unknown() {
    let folder = project();
    let run = folder.run(&["replay", "--decisions", "--policy", "project", "trace.jsonl"]);
    assert!(run.err.contains("note: files of the organisation, the user"), "{}", run.err);
    let decided = run.json_lines();
    assert_eq!(decided[3]["outcome"], "allow");
    // The folder of the agent's own outputs lies in the home folder, but this is not it.
    assert_eq!(decided[6]["outcome"], "ask");
}

#[test]
fn the_mode_may_be_assumed_where_a_record_tells_none() {
    let folder = project();
    let decided = outcomes(&folder, &["--policy", "project", "--assume", "mode=plan"]);
    assert_eq!([&decided[4]["outcome"], &decided[5]["outcome"]], ["deny", "deny"]);
}

#[test]
fn one_file_alone_is_a_policy_whose_surroundings_are_not_known() {
    let folder = project();
    let decided = outcomes(&folder, &["--policy", "project/opencode.json"]);
    assert_eq!(decided[1]["outcome"], "deny");
    // Nothing asks for the path, so that nothing hangs on the folder.
    assert_eq!(decided[0]["outcome"], "allow");
}

#[test]
fn files_that_the_agent_refuses_are_an_error_with_its_place() {
    let folder = project().file("project/opencode.json", "{\"permission\": {\"bash\": \"Deny\"}}");
    let run = folder.run(&["replay", "--policy", "project", "trace.jsonl"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("opencode.json:1:25"), "{}", run.err);
    assert!(run.err.contains("did you mean `deny`?"), "{}", run.err);
}

#[test]
fn permission_files_are_compared_and_nothing_is_written_from_them() {
    let folder = project().file("other/opencode.json", "{\"permission\": \"deny\"}");
    let (dialect, old) = (["--dialect", "opencode"], "project/opencode.json");
    let run = folder.run(&[&["diff", old, "other/opencode.json"][..], &dialect].concat());
    let proved = "loosens no access (proved); tightens access: ";
    assert!(run.status == 0 && run.out.starts_with(proved), "{}", run.out);
    let run = folder.run(&[&["diff", old, old][..], &dialect].concat());
    assert!(!run.out.contains("unknown"), "{}", run.out);
    let run = folder.run(&[&["convert", old, "--to", "v1"][..], &dialect].concat());
    assert_eq!(run.status, 2);
    assert!(run.err.contains("a gateway sees the tools of servers alone"), "{}", run.err);
}

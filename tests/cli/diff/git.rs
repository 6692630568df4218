//! `gatelint diff --git` on a repository of its own.

use std::process::Command;

use crate::support::Folder;

/// Runs git in a folder, without the settings of whoever runs the tests.
pub(crate) fn git(folder: &Folder, arguments: &[&str]) {
    git_with(folder, arguments, &[]);
}

/// The same with more in the environment.
pub(crate) fn git_with(folder: &Folder, arguments: &[&str], environment: &[(&str, &str)]) {
    let output = Command::new("git")
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
        .args(["-c", "protocol.file.allow=always"])
        .args(arguments)
        .current_dir(folder.path(""))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn policy(max: u32, hide: &str) -> String {
    format!(
        r#"{{
  "version": "1",
  "default": "deny",
  "hide": [{hide}],
  "tools": {{
    "run_job": {{ "limits": [{{ "counter": "c", "window": "minute", "max": {max}, "scope": "grant" }}] }},
    "drop": {{}}
  }}
}}
"#
    )
}

/// Three commits: a policy on `main`; on `work` a looser limit; on `work` another policy, a file
/// that is none, and a rename.
fn repository() -> Folder {
    let folder = Folder::new().file("policies/a.json", policy(10, "\"drop\""));
    let folder = folder.file("policies/c.json", policy(5, ""));
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "one"]);
    git(&folder, &["switch", "-qc", "work"]);
    let folder = folder.file("policies/a.json", policy(20, "\"drop\""));
    git(&folder, &["commit", "-qam", "two"]);
    let folder = folder.file("policies/b.json", policy(1, "")).file("notes.json", "[]");
    git(&folder, &["mv", "policies/c.json", "policies/d.json"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "three"]);
    folder
}

#[test]
fn every_policy_that_a_branch_changes_is_compared_with_where_it_left() {
    let folder = repository();
    let run = folder.run(&["diff", "--git", "main"]);
    assert_eq!(run.status, 1, "{}", run.err);
    for part in [
        "policies/a.json: loosens access: 1 tool",
        "limit c raised from 10 to 20 a minute  (policies/a.json (old):6 /tools/run_job/limits/0)",
        "policies/b.json (new): loosens access: 2 tools",
        "policies/d.json (renamed from policies/c.json): changes no access: proved for 2 tools and any other",
    ] {
        assert!(run.out.contains(part), "{part:?} is not in\n{}", run.out);
    }
    assert!(!run.out.contains("notes"), "{}", run.out);
    // What happens on main meanwhile is none of the branch's changes.
    git(&folder, &["switch", "-q", "main"]);
    let folder = folder.file("policies/a.json", policy(10, ""));
    git(&folder, &["commit", "-qam", "meanwhile"]);
    git(&folder, &["switch", "-q", "work"]);
    let again = folder.run(&["diff", "--git", "main"]);
    assert_eq!(again.out, run.out);
}

#[test]
fn two_revisions_paths_and_files_that_are_not_committed_yet() {
    let folder = repository();
    let run = folder.run(&["diff", "--git", "main..work~1"]);
    assert!(run.out.contains("policies/a.json: loosens access"), "{}", run.out);
    assert!(!run.out.contains("policies/b.json"), "{}", run.out);
    let named = ["diff", "--git", "main", "policies/c.json", "policies/d.json", "notes.json"];
    assert_eq!(folder.run(&named).status, 0);
    let run = folder.run(&["diff", "--git", "work"]);
    assert_eq!((run.status, run.out.as_str()), (0, "No policy changed.\n"));
    let run = folder.run(&["diff", "--git", "work", "--format", "markdown", "policies"]);
    assert_eq!(run.out, "<!-- gatelint:diff policies -->\n\n### ✅ No policy changed\n");
    let run = folder.run(&["diff", "--git", "work", "--format", "html"]);
    assert!(run.out.contains("<h1>No policy changed</h1>"), "{}", run.out);
    assert_eq!(run.out.matches("<html").count(), 1, "it is one page");
    let run = folder.run(&["diff", "--git", "main", "--format", "html", "--fail-on", "none"]);
    assert!(run.out.contains("<h2 id=\"s1-title\">policies/a.json</h2>"), "{}", run.out);
    assert!(run.out.contains("policies/a.json: Access, before and after"), "{}", run.out);
    let folder = folder.file("policies/a.json", policy(20, ""));
    let run = folder.run(&["diff", "--git", "work", "--format", "json"]);
    assert_eq!(run.status, 1);
    let lines = run.json_lines();
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["new"], &lines[0]["traced"]), (&"policies/a.json".into(), &false.into()));
    let markdown = folder.run(&["diff", "--git", "work", "--format", "markdown"]);
    assert!(
        markdown.out.starts_with("<!-- gatelint:diff -->\n\n### ❌ `policies/a.json`: "),
        "{}",
        markdown.out
    );
}

#[test]
fn a_policy_that_is_broken_or_gone_does_not_keep_others_from_being_compared() {
    let folder = repository();
    std::fs::remove_file(folder.path("policies/d.json")).unwrap();
    let folder = folder.file("policies/b.json", policy(1, "").replace("\"deny\"", "\"dney\""));
    let run = folder.run(&["diff", "--git", "work", "--fail-on", "none"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("policies/b.json is not a valid policy"), "{}", run.err);
    assert!(run.out.contains("policies/d.json (removed): loosens no access"), "{}", run.out);
    for (revision, message) in [
        ("nowhere", "there is no revision `nowhere`"),
        ("--output=x", "there is no revision `--output=x`"),
    ] {
        let run = folder.run(&["diff", &format!("--git={revision}")]);
        assert_eq!(run.status, 2);
        assert!(run.err.contains(message), "{}", run.err);
    }
    let outside = Folder::new().run(&["diff", "--git", "main"]);
    assert_eq!(outside.status, 2);
    assert!(outside.err.contains("git: not a git repository"), "{}", outside.err);
}

#[test]
fn a_path_that_is_nowhere_is_refused_and_a_new_file_counts_before_git_knows_it() {
    let folder = repository();
    let run = folder.run(&["diff", "--git", "main", "polices"]);
    assert_eq!(run.status, 2, "a gate must not pass because of a typing error\n{}", run.out);
    assert!(run.err.contains("no file or folder `polices`"), "{}", run.err);
    let folder = folder.file("policies/e.json", policy(3, ""));
    let run = folder.run(&["diff", "--git", "work", "policies"]);
    assert_eq!(run.status, 1, "{}", run.err);
    assert!(run.out.contains("policies/e.json (new): loosens access"), "{}", run.out);
}

#[test]
fn the_settings_of_git_change_nothing() {
    let folder = repository();
    git(&folder, &["config", "diff.relative", "true"]);
    let run = Folder::run(&folder, &["diff", "--git", "main", "policies"]);
    assert_eq!(run.status, 1, "{}", run.err);
    assert!(run.out.contains("policies/a.json: loosens access: 1 tool"), "{}", run.out);
}

#[test]
fn a_base_that_cannot_be_read_is_named_and_does_not_lock_out_the_repair() {
    let folder = Folder::new().file("a.json", "{\"version\": \"1\", \"default\": \"deny\",\n");
    git(&folder, &["init", "-q", "-b", "main"]);
    git(&folder, &["add", "."]);
    git(&folder, &["commit", "-qm", "one"]);
    let deny = r#"{"version": "1", "default": "deny", "tools": {}}"#;
    for (text, status) in [(deny, 0), (&*deny.replace("deny", "allow"), 1), ("{", 2)] {
        let run = write(&folder, "a.json", text).run(&["diff", "--git", "main"]);
        assert_eq!(run.status, status, "{}{}", run.out, run.err);
        assert!(run.err.contains("a.json"), "{}", run.err);
        if status < 2 {
            let title = "a.json (the old version cannot be read): ";
            assert!(run.out.starts_with(title), "{}", run.out);
        }
    }
}

/// Writes a file of a folder that goes on being used.
fn write<'f>(folder: &'f Folder, name: &str, text: &str) -> &'f Folder {
    std::fs::write(folder.path(name), text).unwrap();
    folder
}

#[test]
fn three_dots_compare_with_where_the_branch_left_and_say_where_that_is_not_known() {
    let folder = repository();
    git(&folder, &["switch", "-q", "main"]);
    git(&folder, &["commit", "-qm", "meanwhile", "--allow-empty"]);
    let run = folder.run(&["diff", "--git", "main...work"]);
    assert_eq!((run.status, run.err.as_str()), (1, ""));
    assert_eq!(run.out, folder.run(&["diff", "--git", "work~2..work"]).out);
    git(&folder, &["switch", "-q", "--orphan", "apart"]);
    write(&folder, "e.json", &policy(1, ""));
    git(&folder, &["add", "e.json"]);
    git(&folder, &["commit", "-qm", "apart"]);
    for range in ["main", "main...apart", "main..."] {
        let run = folder.run(&["diff", "--git", range]);
        assert_eq!(run.status, 0, "{}", run.err);
        assert!(run.err.contains("have no common ancestor here"), "{range}: {}", run.err);
        assert!(run.out.contains("policies/a.json (removed): "), "{}", run.out);
    }
}

#[test]
fn what_is_removed_is_named_in_every_format() {
    let folder = repository();
    std::fs::remove_file(folder.path("policies/d.json")).unwrap();
    for (format, part) in [
        ("human", "policies/d.json (removed): "),
        ("markdown", "`policies/d.json (removed)`: "),
        ("json", r#""old":"policies/d.json (old)","new":"no policy","fate":"removed""#),
        ("github", "::notice file=policies/d.json,line=1,title=moved-policy::"),
        ("sarif", r#""uri": "policies/d.json""#),
    ] {
        let run = folder.run(&["diff", "--git", "work", "--format", format]);
        assert_eq!(run.status, 0, "{}", run.err);
        assert!(run.out.contains(part), "{format}: {part} is not in\n{}", run.out);
        let says = format == "json" || run.out.contains("under which every call is denied");
        assert!(says, "{format} does not say what removed means:\n{}", run.out);
    }
}

#[test]
fn commands_find_the_policy_from_the_folder_that_they_were_asked_in() {
    let folder = repository();
    let run = folder.run_in("policies", &["diff", "--git", "main", "b.json"]);
    let file = "gatelint explain --policy b.json --call '{\"tool\":\"drop\",\"args\":{}}'";
    assert!(run.out.contains(file), "{}", run.out);
    let run = folder.run_in("policies", &["diff", "--git", "main..work", "b.json"]);
    let shown = ":policies/b.json | gatelint explain --policy - --call ";
    assert!(run.out.contains("\n    git show ") && run.out.contains(shown), "{}", run.out);
    let outside = folder.run(&["diff", "--git", "main", "../x.json"]);
    assert_eq!(outside.status, 2);
    assert!(outside.err.contains("../x.json is outside of the repository"), "{}", outside.err);
}

//! `gatelint diff --git` where policies move: renames, links, submodules, odd names.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::path::Path;

use super::git::{git, git_with};
use crate::support::{Folder, Run};

const DENY: &str = "{ \"version\": \"1\", \"default\": \"deny\", \"tools\": {} }\n";
const ALLOW: &str = "{ \"version\": \"1\", \"default\": \"allow\", \"tools\": {} }\n";

fn commit(folder: &Folder) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-qm", "more"]);
}

/// Three policies on `main`, `policies/link.json` and `policies/team` being links out of the folder.
fn repository() -> Folder {
    let folder = Folder::new()
        .file("policies/own.json", DENY)
        .file("common/tight.json", DENY)
        .file("common/open.json", ALLOW);
    symlink("../common/tight.json", folder.path("policies/link.json")).unwrap();
    symlink("../common", folder.path("policies/team")).unwrap();
    git(&folder, &["init", "-q", "-b", "main"]);
    commit(&folder);
    folder
}

fn diff(folder: &Folder, paths: &[&str]) -> Run {
    folder.run(&[&["diff", "--git", "main"], paths].concat())
}

/// The first line of each comparison.
fn titles(run: &Run) -> Vec<&str> {
    let lines = run.out.lines().filter(|line| line.contains(" access"));
    lines.filter_map(|line| line.split_once(": ")).map(|(title, _)| title).collect()
}

#[test]
fn what_enters_the_folder_is_new_and_what_leaves_it_is_removed() {
    let enters = "policies/new.json (new, from common/open.json)";
    let leaves = "policies/own.json (removed, now common/own.json)";
    let renamed = "policies/now.json (renamed from policies/own.json)";
    let unnamed = "policies/own.json (removed, now policies/own.json.off)";
    for (from, to, status, title) in [
        ("common/open.json", "policies/new.json", 1, enters),
        ("policies/own.json", "common/own.json", 0, leaves),
        ("policies/own.json", "policies/now.json", 0, renamed),
        ("policies/own.json", "policies/own.json.off", 0, unnamed),
    ] {
        let folder = repository();
        git(&folder, &["rm", "-q", "policies/team"]);
        git(&folder, &["commit", "-qm", "no team"]);
        git(&folder, &["mv", from, to]);
        let run = diff(&folder, &["policies"]);
        assert_eq!((run.status, titles(&run)), (status, vec![title]), "{}{}", run.out, run.err);
    }
    let folder = repository().file("policies/off.json.off", ALLOW);
    commit(&folder);
    git(&folder, &["mv", "policies/off.json.off", "policies/on.json"]);
    let run = diff(&folder, &[]);
    let title = "policies/on.json (new, from policies/off.json.off)";
    assert_eq!((run.status, titles(&run)), (1, vec![title]));
}

#[test]
fn links_are_followed_to_what_changed_behind_them() {
    let folder = repository();
    let run = diff(&folder, &["policies"]);
    assert_eq!((run.status, run.out.as_str()), (0, "No policy changed.\n"));
    std::fs::write(folder.path("common/tight.json"), ALLOW).unwrap();
    let run = diff(&folder, &["policies"]);
    assert_eq!(titles(&run), ["policies/link.json", "policies/team/tight.json"]);
    assert_eq!(run.status, 1);
    // What is compared by its own name is not compared again behind links that lead to it.
    assert_eq!(titles(&diff(&folder, &[])), ["common/tight.json"]);
    let through = diff(&folder, &["policies/team/tight.json"]);
    assert_eq!((through.status, titles(&through)), (1, vec!["policies/team/tight.json"]));
}

#[test]
fn a_link_that_is_pointed_elsewhere_is_another_policy() {
    let point = |name: &str, to: &str| {
        let folder = repository();
        std::fs::remove_file(folder.path(name)).unwrap();
        symlink(to, folder.path(name)).unwrap();
        diff(&folder, &["policies"])
    };
    let open = point("policies/link.json", "../common/open.json");
    assert_eq!((open.status, titles(&open)), (1, vec!["policies/link.json"]));
    let file = point("policies/own.json", "team/open.json");
    assert_eq!((file.status, titles(&file)), (1, vec!["policies/own.json"]));
    for to in ["/etc/policy.json", "../../policy.json", "nowhere.json", "link.json"] {
        let run = point("policies/link.json", to);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{to}");
        let name = format!("policies/link.json is a link to {to}, which this repository does not");
        assert!(run.err.contains(&name), "{}", run.err);
    }
}

#[test]
fn links_that_leave_the_repository_and_come_back_are_followed() {
    let folder = repository();
    let root = folder.path("").canonicalize().unwrap();
    let around = Path::new("../..").join(root.file_name().unwrap()).join("common/tight.json");
    for (name, to) in [
        ("policies/absolute.json", root.join("common/tight.json")),
        ("policies/around.json", around),
        ("policies/folder", root.join("common")),
    ] {
        symlink(to, folder.path(name)).unwrap();
    }
    commit(&folder);
    let run = diff(&folder, &["policies"]);
    assert_eq!((run.status, run.out.as_str()), (0, "No policy changed.\n"), "{}", run.err);
    std::fs::write(folder.path("common/tight.json"), ALLOW).unwrap();
    let run = diff(&folder, &["policies"]);
    assert_eq!(run.status, 1, "{}", run.err);
    for name in ["policies/absolute.json", "policies/around.json", "policies/folder/tight.json"] {
        assert!(titles(&run).contains(&name), "{name}: {}", run.out);
    }
}

#[test]
fn a_policy_behind_a_link_that_git_does_not_keep_is_refused_whatever_its_time() {
    let folder = repository().file(".gitignore", "local\n").file("local/p.json", DENY);
    let folder = folder.file("local/other/p.json", ALLOW).file("local/none/text.json", "[]");
    let outside = Folder::new().file("text.json", "[]").file("p.json", DENY);
    for (to, name) in [
        ("../local/p.json".into(), "ignored.json"),
        (outside.path("p.json"), "outside.json"),
        (outside.path("text.json"), "text.json"),
        (outside.path("gone.json"), "gone.json"),
        ("../local/other".into(), "folder"),
        ("../local/none".into(), "none"),
        ("../local/gone".into(), "gone"),
    ] {
        symlink(to, folder.path(&format!("policies/{name}"))).unwrap();
    }
    git(&folder, &["add", "-A"]);
    // A time proves nothing: whoever changes the policy writes it.
    let later = [("GIT_COMMITTER_DATE", "2099-01-01T00:00:00Z")];
    git_with(&folder, &["commit", "-qm", "links"], &later);
    let run = diff(&folder, &["policies"]);
    assert_eq!(run.status, 2, "{}", run.err);
    let refused: Vec<&str> = run
        .err
        .lines()
        .filter_map(|line| line.strip_prefix("error: ")?.split_once(' '))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(
        refused,
        ["folder", "gone.json", "ignored.json", "outside.json"]
            .map(|name| format!("policies/{name}"))
    );
    assert!(run.err.contains("what it was is not known"), "{}", run.err);
}

#[test]
fn a_link_that_is_renamed_has_both_names_and_one_that_loses_its_ending_is_removed() {
    for (to, title) in [
        ("now.json", "policies/now.json (renamed from policies/link.json)"),
        ("link.txt", "policies/link.json (removed, now policies/link.txt)"),
    ] {
        let folder = repository();
        git(&folder, &["mv", "policies/link.json", &format!("policies/{to}")]);
        let run = diff(&folder, &["policies"]);
        assert_eq!((run.status, titles(&run)), (0, vec![title]), "{}", run.err);
    }
}

#[test]
fn links_around_themselves_end() {
    let folder = repository();
    symlink(".", folder.path("policies/self")).unwrap();
    symlink("../policies", folder.path("common/back")).unwrap();
    commit(&folder);
    let folder = folder.file("policies/own.json", ALLOW);
    let run = diff(&folder, &["policies"]);
    assert_eq!((run.status, titles(&run)), (1, vec!["policies/own.json"]), "{}", run.err);
}

#[test]
fn submodules_are_followed_and_named_where_they_are_not_here() {
    let folder = Folder::new().file("inner/p.json", DENY).file("outer/own.json", DENY);
    let run_git = |place: &str, arguments: &[&str]| {
        git(&folder, &[&["-C", place], arguments].concat());
    };
    for place in ["inner", "outer"] {
        run_git(place, &["init", "-q", "-b", "main"]);
        run_git(place, &["add", "."]);
        run_git(place, &["commit", "-qm", "one"]);
    }
    let from = folder.path("inner");
    run_git("outer", &["submodule", "--quiet", "add", from.to_str().unwrap(), "lib/sub"]);
    run_git("outer", &["commit", "-qam", "two"]);
    let ask =
        |paths: &[&str]| folder.run_in("outer", &[&["diff", "--git", "main"], paths].concat());
    assert_eq!(ask(&[]).out, "No policy changed.\n");
    run_git("outer", &["switch", "-qc", "work"]);
    std::fs::write(folder.path("outer/lib/sub/p.json"), ALLOW).unwrap();
    run_git("outer/lib/sub", &["commit", "-qam", "open"]);
    run_git("outer", &["commit", "-qam", "three"]);
    for paths in [&[][..], &["lib"], &["lib/sub"], &["lib/sub/p.json"]] {
        let run = ask(paths);
        assert_eq!((run.status, titles(&run)), (1, vec!["lib/sub/p.json"]), "{}", run.err);
    }
    assert_eq!(ask(&["own.json"]).status, 0);
    run_git("outer", &["mv", "lib/sub", "moved"]);
    let run = ask(&["moved"]);
    assert_eq!(titles(&run), ["moved/p.json (new)"], "what enters is new: {}", run.err);
    let run = ask(&["lib"]);
    assert_eq!((run.status, titles(&run)[0]), (0, "lib/sub (removed)"), "{}", run.err);
    run_git("outer", &["mv", "moved", "lib/sub"]);
    run_git("outer", &["submodule", "--quiet", "deinit", "-f", "lib/sub"]);
    let run = folder.run_in("outer", &["diff", "--git", "main..work"]);
    assert_eq!((run.status, run.out.as_str()), (2, ""));
    assert!(run.err.contains("the submodule lib/sub changed"), "{}", run.err);
    run_git("outer", &["rm", "-q", "--cached", "lib/sub"]);
    std::fs::remove_dir_all(folder.path("outer/lib")).unwrap();
    let removed = ask(&["--format", "json"]).json_lines();
    assert_eq!((&removed[0]["old"], &removed[0]["fate"]), (&"lib/sub".into(), &"removed".into()));
}

#[test]
fn odd_names_are_compared_like_others() {
    let odd = ["a b.json", "it's \"q\".json", "[ab].json", "-x.json", ":p.json", "n\nl.json"];
    let folder = odd.iter().fold(Folder::new(), |folder, name| folder.file(name, DENY));
    let bytes = folder.path("").join(OsStr::from_bytes(b"caf\xe9.json"));
    std::fs::write(&bytes, DENY).unwrap();
    git(&folder, &["init", "-q", "-b", "main"]);
    commit(&folder);
    let folder = odd.iter().fold(folder, |folder, name| folder.file(name, ALLOW));
    std::fs::write(&bytes, ALLOW).unwrap();
    let run = diff(&folder, &[]);
    assert_eq!((run.status, titles(&run).len()), (1, odd.len() + 1), "{}{}", run.out, run.err);
    for name in odd {
        let run = folder.run(&["diff", "--git", "main", "--format", "json", "--", name]);
        let lines = run.json_lines();
        assert_eq!((lines.len(), lines[0]["new"].as_str()), (1, Some(name)), "{}", run.err);
    }
}

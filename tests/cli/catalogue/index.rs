//! Catalogues as one indexed file.

use crate::support::Folder;

/// A folder with an index of two lists.
fn with_index() -> Folder {
    let folder = Folder::new()
        .file("lists/weather.json", r#"{"tools": [{"name": "get_rain"}, {"name": "delete_rain"}]}"#)
        .file(
            "lists/more/record.yaml",
            "server: our/files\ntools: [{name: read_file, category: Read}]\n",
        )
        .file("lists/package.json", r#"{"name": "x", "version": "1.0.0"}"#);
    let run = folder.run(&["catalogue", "build", "lists", "--output", "all.index"]);
    assert_eq!(run.status, 0, "{}", run.err);
    assert!(run.err.starts_with("all.index: 2 servers, 3 tools, "), "{}", run.err);
    folder
}

#[test]
fn an_index_serves_every_command_like_its_sources() {
    let folder = with_index();
    let show = folder.run(&["catalogue", "show", "Weather", "--catalogue", "all.index"]);
    assert!(show.out.contains("2 tools: 1 Read, 1 Destructive"), "{}{}", show.out, show.err);
    let list = folder.run(&["catalogue", "list", "--catalogue", "all.index"]);
    let builtin = folder.run(&["catalogue", "list"]).out.lines().count();
    assert_eq!(list.out.lines().count(), builtin + 2, "{}", list.out);
    let search = folder.run(&["catalogue", "search", "rain", "--catalogue", "all.index"]);
    assert_eq!(search.out.matches("weather").count(), 2, "{}", search.out);
    let explain = folder.run(&["catalogue", "explain", "read_file", "--catalogue", "all.index"]);
    assert!(explain.out.contains("our/files: Read"), "{}", explain.out);
    let init = folder.run(&["init", "--server", "weather", "--catalogue", "all.index"]);
    assert_eq!(init.json()["hide"], serde_json::json!(["delete_rain"]));
    let policy =
        r#"{"version": "1", "default": "deny", "tools": {"get_rain": {}, "delete_rain": {}}}"#;
    let folder = folder.file("policy.json", policy);
    let lint = |catalogue| {
        folder.run(&["lint", "policy.json", "--server", "weather", "--catalogue", catalogue])
    };
    let (by_index, by_file) = (lint("all.index"), lint("lists/weather.json"));
    assert_eq!((by_index.status, &by_index.out), (1, &by_file.out));
    let found = folder.run(&["lint", "policy.json", "--catalogue", "all.index"]);
    assert!(
        found.out.contains("judged against weather (it has 2 of 2 tools named)"),
        "{}",
        found.out
    );
}

#[test]
fn an_index_that_is_older_than_its_sources_says_so() {
    let folder = with_index();
    let list = || folder.run(&["catalogue", "list", "--catalogue", "all.index"]);
    assert_eq!(list().err, "");
    std::fs::write(
        folder.path("lists/weather.json"),
        r#"{"tools": [{"name": "get_snow"}, {"name": "x"}]}"#,
    )
    .unwrap();
    let stale = list();
    assert_eq!(stale.status, 0);
    assert!(stale.err.contains("warning: all.index is older than "), "{}", stale.err);
    assert!(stale.err.contains("lists/weather.json\n  help: build it again"), "{}", stale.err);
    let again = ["catalogue", "build", "lists", "-o", "all.index"];
    assert_eq!(folder.run(&again).status, 0, "an index is replaced unasked");
    assert_eq!(list().err, "");
    std::fs::write(folder.path("lists/new.json"), "{}").unwrap();
    assert!(list().err.contains("is older than"));
    std::fs::remove_dir_all(folder.path("lists")).unwrap();
    assert!(list().err.contains("can no longer be held against"));
}

#[test]
fn an_index_may_be_sent_elsewhere_without_its_sources() {
    let folder = with_index();
    let arguments = ["catalogue", "build", "lists", "-o", "all.index", "--detached"];
    assert_eq!(folder.run(&arguments).status, 0);
    std::fs::remove_dir_all(folder.path("lists")).unwrap();
    let list = folder.run(&["catalogue", "list", "--catalogue", "all.index"]);
    assert_eq!((list.status, list.err.as_str()), (0, ""));
}

#[test]
fn a_damaged_or_newer_index_is_refused_and_never_believed() {
    let folder = with_index();
    let path = folder.path("all.index");
    let whole = std::fs::read(&path).unwrap();
    let change = |at: usize| {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        bytes
    };
    let mut newer = whole.clone();
    newer[16] = 9;
    let record = whole.windows(9).position(|bytes| bytes == b"get_rain\"").unwrap();
    for (bytes, message) in [
        (whole[..whole.len() / 2].to_vec(), "all.index is damaged"),
        (change(whole.len() - 60), "all.index is damaged: its directory is not as it was written"),
        (change(record), "all.index is damaged: a part is not as it was written"),
        (newer, "an index of version 9, and this program knows versions up to 3"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        for command in [&["show", "weather"][..], &["list"], &["explain", "get_rain"]] {
            let arguments = [&["catalogue"], command, &["--catalogue", "all.index"]].concat();
            let run = folder.run(&arguments);
            assert_eq!((run.status, run.out.as_str()), (2, ""), "{command:?}");
            assert!(run.err.contains(message), "{command:?}: {}", run.err);
        }
    }
    std::fs::write(&path, change(record)).unwrap();
    let policy = r#"{"version": "1", "default": "deny", "tools": {"get_rain": {}}}"#;
    let folder = folder.file("policy.json", policy);
    let lint = folder.run(&["lint", "policy.json", "--catalogue", "all.index"]);
    assert_eq!((lint.status, lint.out.as_str()), (2, ""), "{}", lint.err);
}

#[test]
fn sources_that_cannot_be_used_build_nothing() {
    let folder = Folder::new()
        .file("broken.json", "{")
        .file("mine.txt", "mine")
        .file("empty/notes.txt", "")
        .file("good.json", r#"{"tools": [{"name": "get_x"}]}"#);
    for (arguments, status, message) in [
        (&["broken.json", "-o", "x"][..], 2, "broken.json is not a valid catalogue"),
        (&["absent.json", "-o", "x"], 2, "cannot read absent.json"),
        (&["empty", "-o", "x"], 3, "the sources hold no server"),
        (&["good.json", "-o", "mine.txt"], 2, "mine.txt is there already"),
        (&["good.json", "-o", "x.json"], 2, "an index is neither JSON nor YAML"),
        (&["good.json"], 2, "--output"),
        (&["-o", "x"], 2, "<SOURCE>"),
    ] {
        let run = folder.run(&[&["catalogue", "build"], arguments].concat());
        assert_eq!(run.status, status, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(message), "{arguments:?}: {}", run.err);
        assert!(!folder.path("x").exists());
    }
    assert_eq!(std::fs::read_to_string(folder.path("mine.txt")).unwrap(), "mine");
}

#[test]
fn a_lock_an_index_and_other_files_of_a_folder_are_passed_over_and_named() {
    let folder = Folder::new()
        .file(
            "r/a.json",
            r#"{"server": "acme/a", "tools": [{"name": "get_x", "category": "Read"}]}"#,
        )
        .file("r/package.json", r#"{"name": "desk"}"#);
    let lock = ["--lock", "r/mcp.lock.json", "--write-lock", "r/a.json"];
    assert_eq!(folder.run(&[&["catalogue", "check"], &lock[..]].concat()).status, 0);
    let build = ["catalogue", "build", "r", "-o", "all.index"];
    assert_eq!(folder.run(&build).status, 0);
    std::fs::copy(folder.path("all.index"), folder.path("r/old.json")).unwrap();
    let run = folder.run(&build);
    assert_eq!(run.status, 0, "{}", run.err);
    let said =
        "note: passed over what holds no server: r/mcp.lock.json, r/old.json, r/package.json\n";
    assert!(run.err.ends_with(said), "{}", run.err);
    assert!(run.err.starts_with("all.index: 1 server, 1 tools, "), "{}", run.err);
    // What somebody names is called what it is.
    for (arguments, what) in [
        (&["catalogue", "build", "r/mcp.lock.json", "-o", "x"][..], "r/mcp.lock.json is a lock"),
        (&["catalogue", "build", "all.index", "-o", "x"], "all.index is an index"),
        (&["catalogue", "list", "--catalogue", "r/mcp.lock.json"], "r/mcp.lock.json is a lock"),
    ] {
        let run = folder.run(arguments);
        assert_eq!(run.status, 2, "{arguments:?}");
        assert!(run.err.contains(what), "{}", run.err);
    }
    assert_eq!(folder.run(&["catalogue", "list", "--catalogue", "all.index"]).status, 0);
}

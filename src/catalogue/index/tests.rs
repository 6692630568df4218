use std::path::PathBuf;

use super::*;
use crate::catalogue::tests::reviewed;

/// A folder with an index of the reviewed servers.
fn built() -> (tempfile::TempDir, PathBuf) {
    built_by(Build::new())
}

fn built_by(mut build: Build) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.index");
    reviewed().into_iter().for_each(|server| build.add(server));
    let mut bytes = Vec::new();
    let built = build.write(&mut bytes).unwrap();
    assert_eq!((built.servers, built.tools, built.bytes), (4, 157, bytes.len() as u64));
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

#[test]
fn what_went_in_comes_out() {
    for build in [Build::new(), Build::new().packed()] {
        let (_folder, path) = built_by(build);
        let index = Index::open(&path).unwrap();
        assert!(Index::is_index(&path));
        for server in &reviewed() {
            let found = index.server(&server.name.to_uppercase()).unwrap();
            assert_eq!(found, Some(server));
        }
    }
    let (_folder, path) = built();
    let index = Index::open(&path).unwrap();
    let mut names = Vec::new();
    index.each(|_| true, |server| names.push(server.name)).unwrap();
    assert!(names.is_sorted() && names.len() == 4);
    assert_eq!(index.names().unwrap(), names);
    assert_eq!(index.called("Komodo").unwrap(), [1]);
    assert_eq!(index.server("nobody").unwrap(), None);
    assert_eq!(index.server("").unwrap(), None);
    let run = index.with_tool("run").unwrap();
    assert_eq!(run, [0]);
    assert_eq!(index.at(0).unwrap().name, "@paretools/http");
    assert_eq!(index.with_tool("nothing").unwrap(), [] as [u32; 0]);
    // A search goes on where the one before ended, which makes no difference, whatever is looked for next.
    let mut tools: Vec<String> = Vec::new();
    index
        .each(|_| true, |server| tools.extend(server.tools.into_iter().map(|tool| tool.name)))
        .unwrap();
    tools.extend(["", "a", "zzz"].map(str::to_owned));
    tools.sort();
    let alone = |tool: &String| Index::open(&path).unwrap().with_tool(tool).unwrap();
    let alone: Vec<_> = tools.iter().map(alone).collect();
    let count = tools.len();
    for step in [1, count - 1, 7] {
        let (mut at, mut looked_up) = (0, 0);
        while looked_up < 2 * count {
            assert_eq!(index.with_tool(&tools[at]).unwrap(), alone[at], "{}", tools[at]);
            (at, looked_up) = ((at + step) % count, looked_up + 1);
        }
    }
    assert_eq!(index.at(3).unwrap().name, "sibilleb/aap-enterprise-mcp-server");
}

#[test]
fn no_changed_byte_is_believed_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.index");
    let mut servers = reviewed();
    servers.truncate(2);
    servers.iter_mut().for_each(|server| server.tools.truncate(1));
    for mut build in [Build::new(), Build::new().packed()] {
        servers.iter().cloned().for_each(|server| build.add(server));
        let mut whole = Vec::new();
        build.write(&mut whole).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x20;
            std::fs::write(&path, &bytes).unwrap();
            let noticed = match Index::open(&path) {
                Err(_) => true,
                Ok(index) => servers.iter().any(|server| is_noticed(&index, server)),
            };
            assert!(noticed, "byte {at} of {}", whole.len());
        }
    }
}

/// Whether looking up a server or its tools fails; if not, they must be what they are.
fn is_noticed(index: &Index, server: &Server) -> bool {
    let tools = server.tools.iter().any(|tool| index.with_tool(&tool.name).is_err())
        || index.called(&server.name).is_err();
    match index.server(&server.name) {
        Ok(found) => {
            assert_eq!(found, Some(server));
            tools
        }
        Err(_) => true,
    }
}

#[test]
fn a_file_that_ends_early_is_damaged() {
    let (_folder, path) = built();
    let whole = std::fs::read(&path).unwrap();
    for length in [20, 30, 100, whole.len() / 2, whole.len() - 1] {
        std::fs::write(&path, &whole[..length]).unwrap();
        let error = Index::open(&path).unwrap_err();
        assert!(matches!(error, IndexError::Damaged { .. }), "{length}: {error}");
    }
    std::fs::write(&path, [&whole[..], b"x"].concat()).unwrap();
    assert!(Index::open(&path).is_err());
}

#[test]
fn a_newer_version_is_told_from_damage() {
    let (_folder, path) = built();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[layout::MAGIC.len()] = 4;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(Index::open(&path), Err(IndexError::Newer { found: 4, .. })));
}

#[test]
fn sources_that_change_vanish_or_appear_make_an_index_stale() {
    let folder = tempfile::tempdir().unwrap();
    let (index, lists) = (folder.path().join("all.index"), folder.path().join("lists"));
    std::fs::create_dir(&lists).unwrap();
    let (one, two) = (lists.join("one.json"), lists.join("two.json"));
    std::fs::write(&one, "1").unwrap();
    std::fs::write(&two, "2").unwrap();
    let (files, folders) = find_sources(std::slice::from_ref(&lists)).unwrap();
    assert_eq!(
        (files.as_slice(), folders.as_slice()),
        (&[one.clone(), two.clone()][..], &[lists.clone()][..])
    );
    let mut build = Build::new();
    for file in &files {
        build.add_file(file, &std::fs::read(file).unwrap(), &index).unwrap();
    }
    build.add_folder(&lists, &index).unwrap();
    build.write(&mut File::create(&index).unwrap()).unwrap();
    let stale = || Index::open(&index).unwrap().stale();
    assert_eq!(stale(), []);
    std::fs::write(&one, "1").unwrap();
    assert_eq!(stale(), [], "written again, but the same");
    std::fs::write(&one, "3").unwrap();
    assert_eq!(stale(), [Stale::Changed(one.clone())]);
    std::fs::write(&one, "1").unwrap();
    std::fs::write(lists.join("new.json"), "{}").unwrap();
    assert_eq!(stale(), [Stale::Changed(lists.clone())]);
    std::fs::write(lists.join("notes.txt"), "").unwrap();
    std::fs::remove_file(lists.join("new.json")).unwrap();
    assert_eq!(stale(), []);
    std::fs::remove_file(&two).unwrap();
    assert_eq!(stale(), [Stale::Gone(two), Stale::Changed(lists)]);
}

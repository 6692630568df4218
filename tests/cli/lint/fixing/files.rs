//! The files that are mended: their names, permissions and links, and standard input.

use serde_json::json;

use super::slips::v1;
use super::{MISSPELT, text};
use crate::support::Folder;

#[cfg(unix)]
#[test]
fn a_link_and_the_permissions_of_its_file_stay() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new().file("real.yaml", MISSPELT);
    let mode = |folder: &Folder| {
        std::fs::metadata(folder.path("real.yaml")).unwrap().permissions().mode() & 0o777
    };
    std::fs::set_permissions(folder.path("real.yaml"), std::fs::Permissions::from_mode(0o640))
        .unwrap();
    std::os::unix::fs::symlink(folder.path("real.yaml"), folder.path("link.yaml")).unwrap();
    folder.run(&["lint", "link.yaml", "--fix"]);
    assert!(text(&folder, "real.yaml").contains("default: deny"));
    assert!(folder.path("link.yaml").is_symlink());
    assert_eq!(mode(&folder), 0o640);
}

#[cfg(unix)]
#[test]
fn the_name_of_a_file_cannot_forge_a_line_of_the_difference() {
    let name = "a\n+++ b\u{1b}[2J.yaml";
    let folder = Folder::new().file(name, MISSPELT);
    let run = folder.run(&["lint", name, "--diff"]);
    let header = r"a\u{a}+++ b\u{1b}[2J.yaml";
    assert!(run.out.starts_with(&format!("--- {header}\n+++ {header}\n")), "{}", run.out);
    assert!(!run.out.contains('\u{1b}'));
}

#[test]
fn standard_input_comes_out_mended_and_alone() {
    let folder = Folder::new();
    let run = folder.run_with(&["lint", "-", "--fix"], MISSPELT, &[]);
    let expected = MISSPELT
        .replace("defualt", "default")
        .replace("regexp", "regex")
        .replace("minuet", "minute");
    assert_eq!(run.out, expected);
    assert!(run.err.contains("<stdin>:13:3:"), "{}", run.err);
    // What has nothing to mend comes out as it is, also what cannot be read; what is no text does not.
    assert_eq!(folder.run_with(&["lint", "-", "--fix"], &expected, &[]).out, expected);
    let broken = folder.run_with(&["lint", "-", "--fix"], "{\"version\": ", &[]);
    assert_eq!((broken.status, broken.out.as_str()), (2, "{\"version\": "));
    assert!(broken.err.contains("syntax-error"), "{}", broken.err);
    let diff = folder.run_with(&["lint", "-", "--diff"], MISSPELT, &[]);
    assert!(diff.out.starts_with("--- -\n+++ -\n"), "{}", diff.out);
    assert_eq!(folder.run_with(&["lint", "-", "--diff"], &expected, &[]).out, "");
}

#[cfg(unix)]
#[test]
fn a_mended_file_stays_the_file_that_it_was() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let folder = Folder::new().file("a.yaml", MISSPELT);
    let (path, other) = (folder.path("a.yaml"), folder.path("other.txt"));
    std::fs::hard_link(&path, &other).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
    let before = std::fs::metadata(&path).unwrap();
    folder.run(&["lint", "a.yaml", "--fix"]);
    let after = std::fs::metadata(&path).unwrap();
    assert!(!text(&folder, "a.yaml").contains("defualt"));
    assert_eq!(text(&folder, "other.txt"), text(&folder, "a.yaml"));
    let facts = |file: &std::fs::Metadata| (file.ino(), file.nlink(), file.mode(), file.uid());
    assert_eq!(facts(&before), facts(&after));
}

#[test]
fn what_could_not_be_written_is_not_told_as_mended() {
    let folder = Folder::new().file("a.yaml", MISSPELT);
    let mut permissions = std::fs::metadata(folder.path("a.yaml")).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(folder.path("a.yaml"), permissions).unwrap();
    let run = folder.run(&["lint", "a.yaml", "--fix"]);
    assert_eq!(run.status, 2, "{}", run.err);
    assert!(run.err.contains("cannot write a.yaml"), "{}", run.err);
    assert!(!run.err.contains("fixed a.yaml"), "{}", run.err);
    assert!(run.out.contains("unknown-field"), "{}", run.out);
    assert_eq!(text(&folder, "a.yaml"), MISSPELT);
}

#[cfg(unix)]
#[test]
fn two_names_of_one_file_are_one_file() {
    let policy = v1(&json!({}), r#","hidee":["a"]"#);
    let folder = Folder::new().file("a.json", &policy);
    std::fs::hard_link(folder.path("a.json"), folder.path("b.json")).unwrap();
    let run = folder.run(&["lint", "--fix", "a.json", "b.json"]);
    assert_ne!(run.status, 2, "{}", run.err);
    let text = std::fs::read_to_string(folder.path("b.json")).unwrap();
    assert_eq!(text, policy.replace("hidee", "hide"));
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_written() {
    let policy = v1(&json!({}), r#","hidee":["a"]"#);
    let run = Folder::new().run_with(&["lint", "--fix", "/dev/stdin"], &policy, &[]);
    assert_eq!(run.status, 2, "{}", run.err);
    assert!(run.err.contains("no regular file"), "{}", run.err);
}

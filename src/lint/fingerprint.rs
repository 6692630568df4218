//! What tells a finding from all others, whatever the line it stands on.

use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::Finding;
use crate::source::Document;

/// A hash of a finding's rule, its place in the tree, what stands there and what is said of it.
/// It stays the same when lines move, and is another one when what was found changes.
pub fn fingerprint(document: &Document, finding: &Finding) -> String {
    let content = document.text.get(finding.span.clone()).unwrap_or_default();
    let pointer = finding.pointer.as_deref().unwrap_or("-");
    let mut hash = Sha256::new();
    for part in [finding.rule.name, pointer, content, &finding.message] {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// A document's path below a folder (the current one without it), with slashes; one that is not
/// below it as it is.
pub fn relative_path(name: &str, folder: Option<&Path>) -> String {
    let Some(current) = current_folder() else { return with_slashes(Path::new(name)) };
    let folder = normal(&current.join(folder.unwrap_or(Path::new(""))));
    let path = normal(&current.join(name));
    match path.strip_prefix(&folder) {
        // What is no file, such as `<stdin>`, is below the folder as well.
        Ok(below) => with_slashes(below),
        Err(_) => with_slashes(&path),
    }
}

/// A document's path from a folder, upwards where it is not below it, so that it is the same on every
/// machine.
pub(super) fn path_from(name: &str, folder: &Path) -> String {
    let Some(current) = current_folder() else { return with_slashes(Path::new(name)) };
    let (folder, path) = (normal(&current.join(folder)), normal(&current.join(name)));
    let common = folder.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(common).map(|_| Component::ParentDir);
    let below: PathBuf = up.chain(path.components().skip(common)).collect();
    with_slashes(&below)
}

/// The current folder, asked for once: it does not change, and thousands of paths are below it.
fn current_folder() -> Option<&'static Path> {
    static CURRENT: OnceLock<Option<PathBuf>> = OnceLock::new();
    CURRENT.get_or_init(|| std::env::current_dir().ok()).as_deref()
}

fn with_slashes(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}

/// A path without `.` and `..`, as its letters have it.
pub fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => _ = out.pop(),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;
    use crate::lint::lint;

    #[test]
    fn a_path_is_shown_below_its_folder() {
        for (name, folder, expected) in [
            ("./a/b.json", None, "a/b.json"),
            ("a/../b.json", None, "b.json"),
            ("a/b.json", Some("a"), "b.json"),
            ("<stdin>", None, "<stdin>"),
            ("/elsewhere/b.json", None, "/elsewhere/b.json"),
        ] {
            assert_eq!(relative_path(name, folder.map(Path::new)), expected);
        }
    }

    #[test]
    fn a_path_leads_upwards_where_it_must() {
        for (name, folder, expected) in [
            ("a/b.json", "", "a/b.json"),
            ("a/b.json", "a", "b.json"),
            ("a/b.json", "c/d", "../../a/b.json"),
            ("/x/b.json", "/x/base", "../b.json"),
        ] {
            assert_eq!(path_from(name, Path::new(folder)), expected, "{name} {folder}");
        }
    }

    #[test]
    fn a_fingerprint_stays_when_lines_move_and_goes_when_the_policy_changes() {
        let of = |text: &str| {
            let document = Document::read("policy.yaml", text.as_bytes().to_vec());
            let report = lint(document, &Catalogue::builtin(), None, None);
            fingerprint(&report.document, &report.findings[0])
        };
        let text = "version: \"1\"\ndefault: allow\ntools: {}\n";
        assert_eq!(of(text), of(&format!("# moved\n\n{text}")));
        assert_ne!(of(text), of("version: \"1\"\ndefault: allw\ntools: {}\n"));
    }
}

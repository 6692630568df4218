//! Paths as text, as agents compare them: absolute, with `/`, taken apart without a look at the disk.

/// The path that `path` means to whoever stands in `folder`, which is absolute, with `.` and `..` resolved.
pub fn resolved(folder: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Where a path leads by symbolic links, each given with its target; none where no link is on the way.
pub fn followed(path: &str, links: &[(String, String)]) -> Option<String> {
    let mut path = path.to_owned();
    let mut has_moved = false;
    // A circle of links leads nowhere.
    for _ in 0..8 {
        let Some((link, target)) = links.iter().find(|(link, _)| is_within(&path, link)) else {
            break;
        };
        path = format!("{target}{}", &path[link.len()..]);
        has_moved = true;
    }
    has_moved.then_some(path)
}

/// The folder that an absolute path lies in; that of the root is the root.
pub fn parent(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((folder, _)) => folder,
    }
}

/// Whether an absolute path is a folder or lies below it.
pub fn is_within(path: &str, folder: &str) -> bool {
    let rest = path.strip_prefix(folder.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path without the steps that lead nowhere, without a look at the disk: links are not followed.
pub fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match (part, parts.last()) {
            (".", _) => {}
            ("..", Some(last)) if !["", ".."].contains(last) => _ = parts.pop(),
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// What leads from one absolute folder to another path.
pub fn relative(folder: &str, path: &str) -> String {
    let (from, to) = (parts(folder), parts(path));
    let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    let up = from[shared..].iter().map(|_| "..");
    up.chain(to[shared..].iter().copied()).collect::<Vec<_>>().join("/")
}

fn parts(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// What lies below a folder, as a path.
pub fn below(folder: &str, name: &str) -> String {
    format!("{}/{name}", folder.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_without_a_look_at_the_disk() {
        for (folder, path, whole) in [
            ("/p/q", "a/./b", "/p/q/a/b"),
            ("/p/q", "../../../x", "/x"),
            ("/p/q", "/opt//zz/", "/opt/zz"),
            ("/p/q", ".", "/p/q"),
            ("/", "", "/"),
        ] {
            assert_eq!(resolved(folder, path), whole);
        }
        assert_eq!([parent("/a/b"), parent("/a"), parent("/")], ["/a", "/", "/"]);
    }

    #[test]
    fn a_folder_holds_itself_and_what_lies_below() {
        assert!(is_within("/p", "/p") && is_within("/p/x", "/p") && is_within("/p", "/"));
        assert!(!is_within("/px", "/p") && !is_within("/", "/p"));
        assert_eq!(relative("/p/q", "/p/q/a/b"), "a/b");
        assert_eq!(relative("/p/q", "/p/x"), "../x");
        assert_eq!(relative("/", "/p/x"), "p/x");
        assert_eq!(relative("/p", "/p"), "");
        assert_eq!([below("/", "*"), below("/a", "*")], ["/*", "/a/*"]);
    }
}

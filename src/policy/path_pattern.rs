//! Lines of gitignore below a folder, as agents write the paths that a rule is about.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::folders::is_within;

/// The paths that a line of gitignore names below a folder.
#[derive(Clone, Debug)]
pub struct PathPattern {
    folder: Box<str>,
    line: Box<str>,
    is_caseless: bool,
    /// What every path that is named begins with below the folder, but for the case of letters.
    head: Box<str>,
    matcher: Gitignore,
}

impl PathPattern {
    /// The folder that stands for where the agent was started, as far as a call tells.
    pub const START: &str = "";

    /// The folder that stands for the home.
    pub const HOME: &str = "~";

    /// Prepares a line below an absolute folder or one that stands for another; none where it is no valid
    /// one.
    pub fn new(folder: &str, line: &str, is_caseless: bool) -> Option<PathPattern> {
        let mut builder = GitignoreBuilder::new("");
        builder.case_insensitive(is_caseless).ok()?;
        builder.add_line(None, line).ok()?;
        let matcher = builder.build().ok()?;
        let (folder, line, head) = (folder.into(), line.into(), head(line).into());
        Some(PathPattern { folder, line, is_caseless, head, matcher })
    }

    /// The folder that the line begins at.
    pub fn folder(&self) -> &str {
        &self.folder
    }

    /// Where the line begins, given where the agent was started and the home; none where that is not known.
    pub fn begin<'p>(&'p self, start: Option<&'p str>, home: Option<&'p str>) -> Option<&'p str> {
        match self.folder() {
            PathPattern::START => start,
            PathPattern::HOME => home,
            folder => Some(folder),
        }
    }

    /// The line as it is written.
    pub fn source(&self) -> &str {
        &self.line
    }

    /// Whether the case of letters does not matter.
    pub fn is_caseless(&self) -> bool {
        self.is_caseless
    }

    /// The same line below another folder.
    pub fn moved(&self, folder: &str) -> PathPattern {
        PathPattern { folder: folder.into(), ..self.clone() }
    }

    /// Whether an absolute path, resolved, is among those that are named, or lies below one of them.
    pub fn matches(&self, path: &str) -> bool {
        self.matches_below(&self.folder, path)
    }

    /// The same where the line begins at this folder.
    pub fn matches_below(&self, folder: &str, path: &str) -> bool {
        if !is_within(path, folder) {
            return false;
        }
        let below = path[folder.trim_end_matches('/').len()..].trim_start_matches('/');
        let begins = below.as_bytes().get(..self.head.len());
        begins.is_some_and(|start| start.eq_ignore_ascii_case(self.head.as_bytes()))
            && !below.is_empty()
            && self.matcher.matched_path_or_any_parents(below, false).is_ignore()
    }
}

/// What is fixed at the beginning of a line that begins at its folder.
fn head(line: &str) -> &str {
    let Some(way) = line.strip_prefix('/') else { return "" };
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    let fixed = way.find(|letter| !is_plain(letter)).map_or(way, |at| &way[..at]);
    fixed.trim_end_matches('/')
}

impl PartialEq for PathPattern {
    fn eq(&self, other: &PathPattern) -> bool {
        (&self.folder, &self.line, self.is_caseless)
            == (&other.folder, &other.line, other.is_caseless)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_paths_as_gitignore_does_below_their_folder() {
        for (folder, line, matched, missed) in [
            ("/p", "/src/**", &["/p/src/a", "/p/src/b/c"][..], &["/p/x/src/a", "/src/a"][..]),
            ("/p", "*.env", &["/p/.env", "/p/a/prod.env"], &["/p/env", "/px/.env"]),
            ("/p/", "secret", &["/p/secret", "/p/a/secret/b"], &["/p/secrets"]),
            ("/", "/etc/**", &["/etc/passwd"], &["/p/etc/passwd"]),
        ] {
            let pattern = PathPattern::new(folder, line, false).unwrap();
            assert!(matched.iter().all(|path| pattern.matches(path)), "{line}");
            assert!(!missed.iter().any(|path| pattern.matches(path)), "{line}");
        }
        let caseless = PathPattern::new("/p", "/Src/**", true).unwrap();
        assert!(caseless.matches("/p/src/a"));
    }
}

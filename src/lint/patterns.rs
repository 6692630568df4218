//! Patterns of files, as `.gitignore` has them.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Files by patterns. One without a slash holds in every folder; one that names a folder holds for
/// all that is in it.
#[derive(Clone, Debug)]
pub struct Patterns {
    /// The patterns as they are written.
    pub texts: Vec<String>,
    set: GlobSet,
}

impl Patterns {
    /// Compiles patterns.
    ///
    /// # Errors
    /// The index of the first one that is none, and why.
    pub fn new(texts: Vec<String>) -> Result<Patterns, (usize, String)> {
        let mut builder = GlobSetBuilder::new();
        for (index, text) in texts.iter().enumerate() {
            let plain = text.trim_start_matches("./").trim_end_matches('/');
            let anchored = match plain.strip_prefix('/') {
                Some(anchored) => anchored.to_owned(),
                None if plain.contains('/') => plain.to_owned(),
                None => format!("**/{plain}"),
            };
            for pattern in [anchored.clone(), format!("{anchored}/**")] {
                let glob = GlobBuilder::new(&pattern).literal_separator(true).build();
                builder.add(glob.map_err(|error| (index, error.kind().to_string()))?);
            }
        }
        let set = builder.build().map_err(|error| (0, error.to_string()))?;
        Ok(Patterns { texts, set })
    }

    /// Whether a path is one of the files.
    pub fn is_match(&self, path: &str) -> bool {
        self.set.is_match(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_hold_as_in_gitignore() {
        for (pattern, path, expected) in [
            ("*.json", "a/b.json", true),
            ("/*.json", "a/b.json", false),
            ("a/*.json", "a/b.json", true),
            ("a/*.json", "a/c/b.json", false),
            ("a/**/*.json", "a/c/b.json", true),
            ("a", "x/a/b.json", true),
            ("a/", "a/b.json", true),
            ("./a/b.json", "a/b.json", true),
        ] {
            let patterns = Patterns::new(vec![pattern.to_owned()]).unwrap();
            assert_eq!(patterns.is_match(path), expected, "{pattern} {path}");
        }
        assert_eq!(Patterns::new(vec!["a".into(), "[".into()]).unwrap_err().0, 1);
    }
}

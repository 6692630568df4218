//! The names of test files.

use std::path::{Path, PathBuf};

/// How they end.
const ENDINGS: [&str; 3] = [".test.yaml", ".test.yml", ".test.json"];

/// How the names of the policies beside them end.
const POLICY_ENDINGS: [&str; 4] = [".json", ".yaml", ".yml", ".toml"];

/// Whether a file's name says that it is a test file.
pub fn is_test_file(path: &Path) -> bool {
    stem(path).is_some()
}

/// The policy that is named as a test file is, without `.test`, if there is one beside it.
pub fn policy_beside(path: &Path) -> Option<PathBuf> {
    let stem = stem(path)?;
    let policy = |ending: &str| path.with_file_name(format!("{stem}{ending}"));
    POLICY_ENDINGS.iter().map(|ending| policy(ending)).find(|policy| policy.is_file())
}

/// The name of a test file without what says that it is one; none for another file.
fn stem(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))
}

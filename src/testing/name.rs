//! The names of test files.

use std::path::Path;

/// How they end.
const ENDINGS: [&str; 3] = [".test.yaml", ".test.yml", ".test.json"];

/// Whether a file's name says that it is a test file.
pub fn is_test_file(path: &Path) -> bool {
    stem(path).is_some()
}

/// The name of a test file without what says that it is one; none for another file.
pub fn stem(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    ENDINGS.iter().find_map(|ending| name.strip_suffix(ending))
}

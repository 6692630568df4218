//! Where the configuration is.

use std::path::{Path, PathBuf};

use super::FILE_NAME;

/// The configuration that holds for a folder: the nearest one in it or above it, not beyond the
/// root of the repository. Outside of a repository only the folder itself is looked at.
pub fn find(folder: &Path) -> Option<PathBuf> {
    let is_root = |folder: &Path| folder.join(".git").exists();
    let root = folder.ancestors().find(|folder| is_root(folder)).unwrap_or(folder);
    folder
        .ancestors()
        .take_while(|folder| folder.starts_with(root))
        .map(|folder| folder.join(FILE_NAME))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_nearest_one_is_found_and_none_beyond_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("repository");
        let inner = root.join("a/b");
        fs::create_dir_all(&inner).unwrap();
        fs::write(folder.path().join(FILE_NAME), "").unwrap();
        assert_eq!(find(&inner), None, "outside of a repository nothing above is looked at");
        fs::create_dir(root.join(".git")).unwrap();
        assert_eq!(find(&inner), None);
        fs::write(root.join(FILE_NAME), "").unwrap();
        assert_eq!(find(&inner), Some(root.join(FILE_NAME)));
        fs::write(inner.join(FILE_NAME), "").unwrap();
        assert_eq!(find(&inner), Some(inner.join(FILE_NAME)));
    }
}

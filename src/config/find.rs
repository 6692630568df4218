//! Where the configuration is.

use std::path::{Path, PathBuf};

use super::FILE_NAMES;

/// The configuration that holds for a folder: that of the nearest folder that has one, itself or
/// above it, not beyond the root of the repository. Outside of a repository only the folder itself
/// is looked at. Several are what the one folder has under more than one of the names.
pub fn find(folder: &Path) -> Vec<PathBuf> {
    let root = root(folder);
    let found_in = |folder: &Path| -> Vec<PathBuf> {
        let files = FILE_NAMES.iter().map(|name| folder.join(name));
        files.filter(|file| file.is_file()).collect()
    };
    folder
        .ancestors()
        .take_while(|folder| folder.starts_with(root))
        .map(found_in)
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// The root of the repository that a folder is in; without one, the folder itself.
pub(super) fn root(folder: &Path) -> &Path {
    let is_root = |folder: &Path| folder.join(".git").exists();
    folder.ancestors().find(|folder| is_root(folder)).unwrap_or(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_nearest_one_is_found_under_each_name_and_none_beyond_the_repository() {
        for name in FILE_NAMES {
            let folder = tempfile::tempdir().unwrap();
            let root = folder.path().join("repository");
            let inner = root.join("a/b");
            fs::create_dir_all(&inner).unwrap();
            fs::write(folder.path().join(name), "").unwrap();
            let none: [PathBuf; 0] = [];
            assert_eq!(find(&inner), none, "outside of a repository nothing above is looked at");
            fs::create_dir(root.join(".git")).unwrap();
            assert_eq!(find(&inner), none);
            fs::write(root.join(name), "").unwrap();
            assert_eq!(find(&inner), [root.join(name)]);
            fs::write(inner.join(name), "").unwrap();
            assert_eq!(find(&inner), [inner.join(name)]);
        }
    }

    #[test]
    fn all_of_one_folder_are_given() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["gatelint.yml", ".gatelint.yaml"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let names = ["gatelint.yml", ".gatelint.yaml"].map(|name| folder.path().join(name));
        assert_eq!(find(folder.path()), names);
    }
}

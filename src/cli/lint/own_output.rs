//! Files that the program writes itself while it lints.

use std::path::Path;

/// Whether a file is what standard output or standard error goes to. To lint it would be to lint
/// one's own words, and to watch it to wake oneself.
#[cfg(unix)]
pub(super) fn is_own_output(path: &Path) -> bool {
    use std::fs::{File, Metadata};
    use std::os::fd::AsFd;
    use std::os::unix::fs::MetadataExt;
    use std::sync::LazyLock;

    type Identity = (u64, u64);
    static OWN: LazyLock<Vec<Identity>> = LazyLock::new(|| {
        let (out, error) = (std::io::stdout(), std::io::stderr());
        let streams = [out.as_fd(), error.as_fd()].into_iter();
        let opened = streams.filter_map(|stream| stream.try_clone_to_owned().ok());
        let metadata = opened.filter_map(|stream| File::from(stream).metadata().ok());
        metadata.filter(Metadata::is_file).map(|file| (file.dev(), file.ino())).collect()
    });
    !OWN.is_empty() && path.metadata().is_ok_and(|file| OWN.contains(&(file.dev(), file.ino())))
}

/// Elsewhere a file does not say whether it is the one that is written to.
#[cfg(not(unix))]
pub(super) fn is_own_output(_path: &Path) -> bool {
    false
}

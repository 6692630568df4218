//! The folder that is served: which paths lead to what lies in it.

use std::path::{Component, Path, PathBuf};

use crate::cli::common::error::CliError;
use crate::disk;
use crate::lint::WalkError;

/// The largest file that is read, in bytes: what people write is much smaller.
pub(super) const LARGEST: usize = 4 << 20;

/// The folder that is served, which is the current one.
pub(super) struct Root {
    /// As it was named, from the root of the disk.
    named: PathBuf,
    /// Without links on the way to it.
    real: PathBuf,
}

impl Root {
    /// Makes a folder the current one, outside of which nothing is read that belongs to a policy.
    pub(super) fn enter(folder: &Path) -> Result<Root, CliError> {
        let entered = || {
            let (named, real) = (std::path::absolute(folder)?, folder.canonicalize()?);
            std::env::set_current_dir(folder)?;
            disk::confine(&named, LARGEST as u64)?;
            Ok(Root { named, real })
        };
        let entered: std::io::Result<Root> = entered();
        Ok(entered.map_err(|cause| WalkError { path: folder.to_owned(), cause })?)
    }

    /// The path of what an agent names, from the root; nothing needs to be there.
    pub(super) fn named(&self, path: &str) -> Result<PathBuf, CliError> {
        if path.contains('\0') {
            let help = "name a file or a folder as the disk does";
            return Err(CliError::usage(
                "a path holds the character U+0000, as no name does",
                help,
            ));
        }
        let given = Path::new(path);
        let below = given.strip_prefix(&self.real).or_else(|_| given.strip_prefix(&self.named));
        let mut names = PathBuf::new();
        for part in below.unwrap_or(given).components() {
            match part {
                Component::Normal(name) => names.push(name),
                Component::CurDir => {}
                _ => return Err(outside(path)),
            }
        }
        let names = if names.as_os_str().is_empty() { ".".into() } else { names };
        match disk::leads_out(&names) {
            true => Err(outside(path)),
            // What is called so stands for standard input elsewhere.
            false if names == Path::new("-") => Ok(Path::new(".").join(names)),
            false => Ok(names),
        }
    }
}

fn outside(path: &str) -> CliError {
    CliError::usage(
        &format!("{path} leads out of the folder that is served"),
        "name what lies below it, by a path from it without `..`",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_lies_below_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().canonicalize().unwrap();
        let root = Root { named: folder.path().to_owned(), real: real.clone() };
        let named = |path: &str| root.named(path).ok();
        let whole = real.join("a/b.json").display().to_string();
        for (path, from_root) in [("./a/b.json", "a/b.json"), (&whole, "a/b.json"), ("-", "./-")] {
            assert_eq!(named(path), Some(PathBuf::from(from_root)), "{path}");
        }
        for path in ["..", "../x", "a/../../x", "/", "/etc/passwd", "a\0b", "a/.."] {
            assert_eq!(named(path), None, "{path}");
        }
    }
}

//! Which files to lint: paths as given, folders walked.

use std::collections::HashMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use ignore::WalkBuilder;
use thiserror::Error;

use crate::policy::looks_like_policy;
use crate::source::{Document, Format};

/// The path by which standard input is asked for.
const STDIN: &str = "-";

/// A document to lint.
#[derive(Debug)]
pub struct Candidate {
    /// The document.
    pub document: Document,
    /// Whether the user named it; otherwise it was met in a folder.
    pub named: bool,
}

/// A path that cannot be read.
#[derive(Debug, Error)]
#[error("cannot read {}: {cause}", path.display())]
pub struct WalkError {
    /// The path.
    pub path: PathBuf,
    /// What the system says.
    pub cause: std::io::Error,
}

/// A file to lint, not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The path, `-` for standard input.
    pub path: PathBuf,
    /// Whether the user named it; otherwise it was met in a folder.
    pub named: bool,
}

/// Finds every file that paths stand for: files as they are, standard input for `-`, and of
/// folders the JSON and YAML files that `takes` wants. Folders are walked as version control sees
/// them: hidden and ignored files are passed over.
///
/// One path that cannot be read does not keep the others from being linted.
pub fn find(paths: &[PathBuf], takes: &dyn Fn(&Path) -> bool) -> Vec<Result<Found, WalkError>> {
    let of_path = |path: &PathBuf| match path.is_dir() {
        true => of_folder(path, takes),
        false => vec![Ok(Found { path: path.clone(), named: true })],
    };
    distinct(paths.iter().flat_map(of_path).collect())
}

/// Every file once, where it was found first, whatever the ways that lead to it. One that was
/// named somewhere is.
fn distinct(found: Vec<Result<Found, WalkError>>) -> Vec<Result<Found, WalkError>> {
    let mut places: HashMap<Identity, usize> = HashMap::new();
    let mut list: Vec<Result<Found, WalkError>> = Vec::with_capacity(found.len());
    for one in found {
        if let Ok(Found { path, named }) = &one {
            let real = identity(path);
            if let Some(place) = places.get(&real) {
                if let Ok(first) = &mut list[*place] {
                    first.named |= *named;
                }
                continue;
            }
            places.insert(real, list.len());
        }
        list.push(one);
    }
    list
}

/// What a file is the same by, whatever leads to it.
#[derive(PartialEq, Eq, Hash)]
enum Identity {
    Path(PathBuf),
    /// The device and the number of a file, which hard links have in common.
    #[cfg(unix)]
    File(u64, u64),
}

fn identity(path: &Path) -> Identity {
    #[cfg(unix)]
    if path != Path::new(STDIN)
        && let Ok(file) = path.metadata()
    {
        use std::os::unix::fs::MetadataExt;
        return Identity::File(file.dev(), file.ino());
    }
    let real = if path == Path::new(STDIN) { None } else { path.canonicalize().ok() };
    Identity::Path(real.unwrap_or_else(|| path.to_owned()))
}

/// Reads every document that paths stand for, and passes over those met in folders that do not look
/// like policies.
pub fn candidates(paths: &[PathBuf]) -> Vec<Result<Candidate, WalkError>> {
    let found = find(paths, &|_| true).into_iter();
    found.filter_map(|found| found.and_then(|found| found.read()).transpose()).collect()
}

impl Found {
    /// Reads the document; none for one that was met in a folder and does not look like a policy.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self) -> Result<Option<Candidate>, WalkError> {
        let document = self.document()?;
        let wanted = self.named || looks_like_policy(&document);
        Ok(wanted.then_some(Candidate { document, named: self.named }))
    }

    /// Reads the document, whatever it looks like.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn document(&self) -> Result<Document, WalkError> {
        self.text().map_err(|cause| WalkError { path: self.path.clone(), cause })
    }

    fn text(&self) -> std::io::Result<Document> {
        if self.path == Path::new(STDIN) {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes)?;
            return Ok(Document::read("<stdin>", bytes));
        }
        Ok(Document::read(self.path.display().to_string(), std::fs::read(&self.path)?))
    }
}

fn of_folder(folder: &Path, takes: &dyn Fn(&Path) -> bool) -> Vec<Result<Found, WalkError>> {
    let walk = WalkBuilder::new(folder).require_git(false).sort_by_file_name(Ord::cmp).build();
    let mut found = Vec::new();
    for entry in walk {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let message = error.to_string();
                let cause = error.into_io_error().unwrap_or_else(|| std::io::Error::other(message));
                found.push(Err(WalkError { path: folder.to_owned(), cause }));
                continue;
            }
        };
        let path = entry.path();
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if is_file && Format::of_name(&path.display().to_string()).is_some() && takes(path) {
            found.push(Ok(Found { path: path.to_owned(), named: false }));
        }
    }
    found
}

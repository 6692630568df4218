//! Which files to lint: paths as given, folders walked.

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

/// Reads every document that paths stand for: files as they are, standard input for `-`, and of
/// folders every JSON and YAML file that looks like a policy. Folders are walked as version
/// control sees them: hidden and ignored files are passed over.
///
/// One path that cannot be read does not keep the others from being linted.
pub fn candidates(paths: &[PathBuf]) -> Vec<Result<Candidate, WalkError>> {
    paths.iter().flat_map(|path| of_path(path)).collect()
}

fn of_path(path: &Path) -> Vec<Result<Candidate, WalkError>> {
    if path == Path::new(STDIN) {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        let document = read.map(|_| Document::read("<stdin>", bytes));
        return vec![candidate(path, true, document)];
    }
    if path.is_dir() {
        return of_folder(path);
    }
    vec![candidate(path, true, read(path))]
}

fn of_folder(folder: &Path) -> Vec<Result<Candidate, WalkError>> {
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
        if !is_file || Format::of_name(&path.display().to_string()).is_none() {
            continue;
        }
        match read(path) {
            Ok(document) if !looks_like_policy(&document) => {}
            document => found.push(candidate(path, false, document)),
        }
    }
    found
}

fn read(path: &Path) -> std::io::Result<Document> {
    Ok(Document::read(path.display().to_string(), std::fs::read(path)?))
}

fn candidate(
    path: &Path,
    named: bool,
    document: std::io::Result<Document>,
) -> Result<Candidate, WalkError> {
    match document {
        Ok(document) => Ok(Candidate { document, named }),
        Err(cause) => Err(WalkError { path: path.to_owned(), cause }),
    }
}

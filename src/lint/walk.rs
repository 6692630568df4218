//! Which files to lint: paths as given, folders walked.

use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::disk::{self, Kind, Walk};
use crate::policy::{AgentFile, decoded, looks_like_policy};
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

impl WalkError {
    /// What to do about a path that cannot be read, by the reason.
    pub fn help(cause: &std::io::Error) -> &'static str {
        match cause.kind() {
            std::io::ErrorKind::Other => "remove it, or put the file that is meant in its place",
            // The system's own words for a circle, which has no kind that is told yet.
            _ if cause.to_string().contains("symbolic link") => {
                "a link on the way leads to itself: remove it"
            }
            _ => "check the path and its permissions",
        }
    }
}

/// A file to lint, not yet read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The path, `-` for standard input.
    pub path: PathBuf,
    /// Whether the user named it; otherwise it was met in a folder.
    pub named: bool,
    /// Other paths that lead to it.
    pub also: Vec<PathBuf>,
    /// What keeps it from being read; none for what can be.
    pub unfollowed: Option<Unfollowed>,
}

/// Why what was met in a folder is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfollowed {
    /// It is a link that leads to a folder, and so may lead in circles.
    Folder,
    /// It is a link, and there is nothing where it leads.
    Nowhere,
    /// It is a link that leads out of the folder that is served.
    Outside,
    /// It is no file that could be read to its end, but a pipe, a socket or a device.
    NoFile,
}

impl fmt::Display for Unfollowed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Unfollowed::Folder => "it is a link to a folder",
            Unfollowed::Nowhere => "it is a link that leads nowhere",
            Unfollowed::Outside => "it is a link that leads out of the folder that is served",
            Unfollowed::NoFile => "it is a pipe, a socket or a device",
        })
    }
}

/// Which files of folders are wanted.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    /// Whether a file that is not hidden is.
    pub takes: &'a dyn Fn(&Path) -> bool,
    /// Whether a file is that is hidden or lies in a hidden folder; none is where nobody says.
    pub takes_hidden: Option<&'a dyn Fn(&Path) -> bool>,
    /// Whether a permission file of an agent is, hidden and ignored ones as well; none is where nobody says.
    pub takes_permissions: Option<&'a dyn Fn(&Path) -> bool>,
    /// Whether the hidden folders of agents, in which permission files lie, are walked as if they were not hidden.
    pub walks_agents: bool,
}

impl<'a> Wanted<'a> {
    /// Files that are not hidden, and no others.
    pub fn shown(takes: &'a dyn Fn(&Path) -> bool) -> Wanted<'a> {
        Wanted { takes, takes_hidden: None, takes_permissions: None, walks_agents: false }
    }
}

/// Finds every file that paths stand for: files as they are, standard input for `-`, and of
/// folders the JSON and YAML files that are wanted. Folders are walked as version control sees
/// them, without ignored files. Links to files are followed; those to folders are found as what they
/// are, unless they lead to what is walked anyhow.
///
/// One path that cannot be read does not keep the others from being linted.
pub fn find(paths: &[PathBuf], wanted: Wanted<'_>) -> Vec<Result<Found, WalkError>> {
    let of_path = |path: &PathBuf| match path.is_dir() {
        true => of_folder(path, wanted),
        false => vec![Ok(Found::new(path.clone(), true))],
    };
    distinct(paths.iter().flat_map(of_path).collect())
}

/// Every file once, where it was found first, whatever the ways that lead to it. One that was
/// named somewhere is.
fn distinct(found: Vec<Result<Found, WalkError>>) -> Vec<Result<Found, WalkError>> {
    let mut places: HashMap<Identity, usize> = HashMap::new();
    let mut list: Vec<Result<Found, WalkError>> = Vec::with_capacity(found.len());
    for one in found {
        if let Ok(Found { path, named, .. }) = &one {
            let real = identity(path);
            if let Some(place) = places.get(&real) {
                if let Ok(first) = &mut list[*place] {
                    first.named |= *named;
                    first.also.push(path.clone());
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
    File((u64, u64)),
}

fn identity(path: &Path) -> Identity {
    let facts = if path == Path::new(STDIN) { None } else { disk::facts(path).ok() };
    let real = || path.canonicalize().ok().filter(|_| facts.is_some());
    match facts.as_ref().and_then(|facts| facts.number) {
        Some(number) => Identity::File(number),
        None => Identity::Path(real().unwrap_or_else(|| path.to_owned())),
    }
}

/// Reads every document that paths stand for, and passes over those met in folders that do not look
/// like policies.
pub fn candidates(paths: &[PathBuf]) -> Vec<Result<Candidate, WalkError>> {
    let found = find(paths, Wanted::shown(&|_| true)).into_iter();
    found.filter_map(|found| found.and_then(|found| found.read()).transpose()).collect()
}

impl Found {
    fn new(path: PathBuf, named: bool) -> Found {
        Found { path, named, also: Vec::new(), unfollowed: None }
    }

    /// Every path by which it was met.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(&*self.path).chain(self.also.iter().map(|path| &**path))
    }

    /// Reads the document; none for one that was met in a folder and does not look like a policy.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self) -> Result<Option<Candidate>, WalkError> {
        if self.unfollowed.is_some() {
            return Ok(None);
        }
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
        // The pipes that a shell makes end; those among files may not.
        let is_of_shell = ["/dev", "/proc"].iter().any(|folder| self.path.starts_with(folder));
        let bytes = match is_of_shell && !disk::is_confined() {
            true => std::fs::read(&self.path)?,
            false => disk::read(&self.path, u64::MAX)?,
        };
        let name = self.path.display().to_string();
        let bytes = decoded(&name, bytes);
        Ok(Document::read(name, bytes))
    }
}

fn of_folder(folder: &Path, wanted: Wanted<'_>) -> Vec<Result<Found, WalkError>> {
    use Unfollowed::{Folder, NoFile, Nowhere, Outside};
    let is_hidden = |path: &Path| {
        let below = path.strip_prefix(folder).unwrap_or(path);
        below.iter().any(|name| name.as_encoded_bytes().starts_with(b"."))
    };
    let real = folder.canonicalize();
    let is_walked = |path: &Path| {
        path.canonicalize().is_ok_and(|path| real.as_ref().is_ok_and(|real| path.starts_with(real)))
    };
    let mut found = Vec::new();
    let walk = Walk { takes_hidden: wanted.takes_hidden.is_some(), takes_ignored: false };
    walk.through(folder, |met| {
        let (path, kind) = match met {
            Ok(met) => met,
            Err((path, cause)) => {
                found.push(Err(WalkError { path, cause }));
                return ControlFlow::Continue(());
            }
        };
        let unfollowed = match kind {
            Kind::File => None,
            Kind::Other => Some(NoFile),
            Kind::Link => match disk::look(&path) {
                Ok(Some(Kind::File)) => None,
                Ok(Some(Kind::Folder)) if !is_walked(&path) => Some(Folder),
                Ok(Some(Kind::Folder)) => return ControlFlow::Continue(()),
                Ok(_) => Some(NoFile),
                // That it cannot be read is told of a file, and said of what looks like a folder.
                Err(_) if disk::leads_out(&path) => path.extension().is_none().then_some(Outside),
                Err(_) => Some(Nowhere),
            },
            Kind::Folder => {
                found.extend(permission_files(&path, wanted));
                if wanted.walks_agents {
                    let folders = AgentFile::hidden_folders(&path).into_iter();
                    found.extend(folders.flat_map(|folder| of_folder(&folder, wanted)));
                }
                return ControlFlow::Continue(());
            }
        };
        let name = path.display().to_string();
        let has_format = Format::of_name(&name).is_some();
        if !has_format && unfollowed.is_none() && AgentFile::of_name(&name).is_some() {
            let takes = wanted.takes_permissions.is_some_and(|takes| takes(&path));
            found.extend(takes.then(|| Ok(Found::new(path, false))));
            return ControlFlow::Continue(());
        }
        let takes = match is_hidden(&path) {
            true => wanted.takes_hidden,
            false => Some(wanted.takes),
        };
        if (has_format || matches!(unfollowed, Some(Folder | Outside)))
            && takes.is_some_and(|takes| takes(&path))
        {
            found.push(Ok(Found { unfollowed, ..Found::new(path, false) }));
        }
        ControlFlow::Continue(())
    });
    found
}

/// The permission files of a folder, which lie at their places whatever is hidden or ignored there.
fn permission_files(folder: &Path, wanted: Wanted<'_>) -> Vec<Result<Found, WalkError>> {
    let Some(takes) = wanted.takes_permissions else { return Vec::new() };
    let files = AgentFile::in_folder(folder, None).into_iter().filter(|(path, _)| takes(path));
    files
        .map(|(path, stands)| match stands {
            Ok(()) => Ok(Found::new(path, false)),
            Err(cause) => Err(WalkError { path, cause }),
        })
        .collect()
}

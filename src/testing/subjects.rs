//! Which policies a test file is for, and how they are read.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::name::{is_test_file, policy_beside};
use super::suite::{Suite, Tested};
use crate::assertion::Mistake;
use crate::engine::Assumption;
use crate::policy::paths;
use crate::source::{Document, Place, Pointer, nearest};

/// The policies that are tested together, each with the server that it is for.
pub type Members = Vec<(Option<String>, PathBuf)>;

impl Suite {
    /// What is assumed where facts are missing; of two on one fact the later counts.
    ///
    /// # Errors
    /// There is no such fact or value.
    pub fn assumptions(&self, document: &Document) -> Result<Vec<Assumption>, Mistake> {
        let read = |(text, pointer): &(String, Pointer)| {
            let help = "write it as for --assume";
            Assumption::parse(text).map_err(|why| mistake(document, pointer, why, help))
        };
        self.assume.iter().map(read).collect()
    }

    /// The home folder of an agent, as seen from where the file is seen.
    pub fn home_from(&self, file: &Path) -> Option<PathBuf> {
        Some(file.parent().unwrap_or(Path::new("")).join(self.home.as_ref()?))
    }

    /// The policies under which all must hold, one after the other: those that the file names, or else the one
    /// beside it that is named as it is.
    ///
    /// # Errors
    /// There is no such policy.
    pub fn members(&self, document: &Document, file: &Path) -> Result<Vec<Members>, Mistake> {
        if !self.policies.is_empty() {
            let mut seen = BTreeSet::new();
            return self
                .policies
                .iter()
                .map(|tested| named(tested, document, file, &mut seen))
                .collect();
        }
        let beside = policy_beside(file).ok_or_else(|| {
            let message = "it is not said which policy is tested".to_owned();
            let help = "write `for` and its path, or --policy on the command line";
            mistake(document, &Pointer::root(), message, help)
        })?;
        Ok(vec![vec![(None, beside)]])
    }
}

/// The policies of one entry of `for`; `seen` holds where those of the entries before it lead.
fn named(
    tested: &Tested,
    document: &Document,
    file: &Path,
    seen: &mut BTreeSet<Members>,
) -> Result<Members, Mistake> {
    let Tested { members, pointer } = tested;
    let folder = file.parent().unwrap_or(Path::new(""));
    let members = members.iter().map(|(server, path)| (server.clone(), plain(folder.join(path))));
    let members: Members = members.collect();
    if let Some((_, gone)) = members.iter().find(|(_, path)| !path.exists()) {
        let meant = beside(gone).map(|near| format!(", did you mean `{near}`?"));
        let message = format!("there is no policy {}{}", gone.display(), meant.unwrap_or_default());
        let help = "write its path from the folder of this file";
        return Err(mistake(document, pointer, message, help));
    }
    if let Some((_, odd)) = members.iter().find(|(_, path)| !path.is_file() && !path.is_dir()) {
        let message = format!("{} is a pipe, a socket or a device", odd.display());
        return Err(mistake(document, pointer, message, "name a file or a folder"));
    }
    let real = |(server, path): &(Option<String>, PathBuf)| {
        (server.clone(), path.canonicalize().unwrap_or_else(|_| path.clone()))
    };
    let mut real: Members = members.iter().map(real).collect();
    real.sort();
    if !seen.insert(real) {
        let message = format!("{} stands twice in `for`", members[0].1.display());
        return Err(mistake(
            document,
            pointer,
            message,
            "remove one of them: a policy is tested once",
        ));
    }
    Ok(members)
}

/// The name in the folder of a file that is not there that is most like its own.
fn beside(gone: &Path) -> Option<String> {
    let folder = gone.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.filter(|name| !is_test_file(Path::new(name))).collect();
    names.sort();
    nearest(gone.file_name()?.to_str()?, names.iter().map(String::as_str)).map(str::to_owned)
}

/// A path without the steps that lead nowhere, where it leads to the same without them.
fn plain(path: PathBuf) -> PathBuf {
    let Some(plain) = path.to_str().map(paths::plain) else { return path };
    let plain = PathBuf::from(if plain.is_empty() { ".".to_owned() } else { plain });
    // What is not there is meant to be in some folder.
    let end = |path: &Path| match path.parent() {
        _ if path.exists() => path.canonicalize().ok(),
        Some(parent) if parent.as_os_str().is_empty() => Path::new(".").canonicalize().ok(),
        parent => parent?.canonicalize().ok(),
    };
    if end(&plain).is_some_and(|one| end(&path) == Some(one)) { plain } else { path }
}

fn mistake(document: &Document, pointer: &Pointer, message: String, help: &str) -> Mistake {
    let span = document.span_of(&Place::value(pointer.clone()));
    Mistake { message, help: Some(help.to_owned()), span }
}

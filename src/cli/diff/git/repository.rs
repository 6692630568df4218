//! A repository, through the `git` command.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::common::error::CliError;

/// What git tells its hooks of the repository that they run in, which is not the one of a submodule.
const OF_HOOKS: [&str; 6] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
];

/// A repository with its files.
pub(super) struct Repository {
    /// Its top folder.
    pub(super) root: PathBuf,
    /// Where it is in the repository that was asked about: nothing, or the path of the submodule.
    pub(super) place: PathBuf,
}

impl Repository {
    /// The repository of the current folder, and the path of that folder in it.
    pub(super) fn here() -> Result<(Repository, PathBuf), CliError> {
        let tell = |what| run(&mut Command::new("git"), ["rev-parse", what]).map(line);
        let root = PathBuf::from(tell("--show-toplevel")?);
        Ok((Repository { root, place: PathBuf::new() }, PathBuf::from(tell("--show-prefix")?)))
    }

    /// The submodule at a path, if it is checked out.
    pub(super) fn submodule(&self, path: &Path) -> Option<Repository> {
        let root = self.root.join(path);
        root.join(".git").exists().then(|| Repository { root, place: self.place.join(path) })
    }

    /// Runs git on the repository; what it wrote.
    pub(super) fn git(
        &self,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Vec<u8>, CliError> {
        run(&mut self.command(), arguments)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.root).stdin(Stdio::null());
        if !self.place.as_os_str().is_empty() {
            OF_HOOKS.iter().for_each(|name| _ = command.env_remove(name));
        }
        command
    }

    /// The name of the commit that a revision stands for, so that nothing that the user gave can be
    /// read as an option.
    pub(super) fn commit(&self, revision: &str) -> Result<String, CliError> {
        let wanted = format!("{revision}^{{commit}}");
        let found = self.git(["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted]);
        found.map(text).map_err(|_| CliError::UnknownName {
            what: "revision",
            name: revision.to_owned(),
            help:
                "name a branch, a tag or a commit of this repository; a shallow clone may lack it"
                    .to_owned(),
        })
    }

    /// The revision that holds no files.
    pub(super) fn nothing(&self) -> Result<String, CliError> {
        self.git(["hash-object", "-t", "tree", "--stdin"]).map(text)
    }

    /// What a file holds in a revision; of a link where it leads.
    pub(super) fn blob(&self, revision: &str, path: &Path) -> Result<Vec<u8>, CliError> {
        let mut object = OsString::from(format!("{revision}:"));
        object.push(path);
        self.git([OsStr::new("cat-file"), OsStr::new("blob"), &object])
    }

    /// What blobs hold, by what git calls them.
    pub(super) fn blobs(&self, ids: Vec<String>) -> Result<Vec<Vec<u8>>, CliError> {
        let mut command = self.command();
        command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut git = command.spawn()?;
        let mut input = git.stdin.take().expect("it is piped");
        // Beside the reading, for neither pipe holds everything.
        let writer =
            std::thread::spawn(move || ids.iter().try_for_each(|id| writeln!(input, "{id}")));
        let output = git.wait_with_output()?.stdout;
        _ = writer.join();
        // `ID blob SIZE`, a line break, the blob and a line break.
        let mut rest = &output[..];
        let mut found = Vec::new();
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let size = rest[..end].rsplit(|byte| *byte == b' ').next().unwrap_or_default();
            // Of a blob that a partial clone lacks git says that it is missing.
            let Ok(size) = String::from_utf8_lossy(size).parse::<usize>() else { break };
            rest = &rest[end + 1..];
            found.push(rest.get(..size).unwrap_or_default().to_owned());
            rest = rest.get(size + 1..).unwrap_or_default();
        }
        Ok(found)
    }

    /// Whether there is something at a path in a revision.
    pub(super) fn has(&self, revision: &str, path: &Path) -> bool {
        let mut object = OsString::from(format!("{revision}:"));
        object.push(path);
        self.git([OsStr::new("cat-file"), OsStr::new("-e"), &object]).is_ok()
    }

    /// A path in the repository as it is shown, seen from the one that was asked about.
    pub(super) fn shown(&self, path: &Path) -> String {
        self.place.join(path).display().to_string()
    }
}

fn run(
    command: &mut Command,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<Vec<u8>, CliError> {
    let output = command.args(arguments).output().map_err(|error| {
        CliError::usage(
            &format!("cannot run git: {error}"),
            "install git, or name the two policies: `gatelint diff OLD NEW`",
        )
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().strip_prefix("fatal: ").unwrap_or(said.trim());
    Err(CliError::usage(
        &format!("git: {said}"),
        "run it in the repository that holds the policies",
    ))
}

/// A name in git's output. Git gives bytes, which need not be text.
#[cfg(unix)]
pub(super) fn name(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    OsStr::from_bytes(bytes).into()
}

/// A name in git's output, which is text on this system.
#[cfg(not(unix))]
pub(super) fn name(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}

/// Names that end with a zero byte each.
pub(super) fn names(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| *byte == 0).filter(|name| !name.is_empty())
}

/// The one line that git wrote, as a name.
fn line(bytes: Vec<u8>) -> OsString {
    name(bytes.strip_suffix(b"\n").unwrap_or(&bytes)).into()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).trim_end().to_owned()
}

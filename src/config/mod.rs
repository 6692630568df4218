//! The configuration, `gatelint.yaml`: what the user wants to be different.
//!
//! It is read as every other document is, so that what is wrong with it has a place; all of it is
//! reported together. [`Config::settings`] gives what the linter is asked for.

mod find;
mod house;
mod read;
mod reader;
mod settings;

use std::path::{Path, PathBuf};

pub use find::find;
pub use read::read;
pub use reader::ConfigError;

use crate::catalogue::Category;
use crate::lint::{HouseRule, Ignore, Patterns, Severity, relative_path};
use crate::policy::Dialect;
use crate::source::{Document, LineTable, Place, Pointer};

/// The names of the file.
pub const FILE_NAMES: [&str; 4] =
    ["gatelint.yaml", "gatelint.yml", ".gatelint.yaml", ".gatelint.yml"];

/// What a configuration says; what it leaves open is empty.
#[derive(Debug, Default)]
pub struct Config {
    /// The file; none where there is no configuration.
    pub document: Option<Document>,
    /// The folder that paths are below.
    pub folder: PathBuf,
    /// The only rules that run.
    pub select: Option<Vec<&'static str>>,
    /// The rules that do not run.
    pub ignore: Vec<&'static str>,
    /// The severities of rules.
    pub severities: Vec<(&'static str, Severity)>,
    /// The rules whose findings may not be ignored.
    pub unignorable: Vec<&'static str>,
    /// Recommended calls a minute.
    pub limits: Vec<(Category, u32)>,
    /// Catalogue files.
    pub catalogues: Vec<PathBuf>,
    /// Which policies are for which server, and how they are read.
    pub policies: Vec<PoliciesOf>,
    /// The files of folders that are looked at.
    pub include: Option<Patterns>,
    /// The files that are passed over.
    pub exclude: Option<Patterns>,
    /// The files each of which is to be a policy.
    pub expect: Option<Patterns>,
    /// Findings that are not shown.
    pub ignores: Vec<Ignore>,
    /// Whether comments that ignore something must say why.
    pub require_reasons: bool,
    /// What must hold for every call, as rules of the linter.
    pub statements: Vec<HouseRule>,
    /// The hosts that calls may reach: without scheme and port, in lower case.
    pub allowed_hosts: Vec<String>,
    /// The folders that calls may reach, without a slash at the end.
    pub path_roots: Vec<String>,
    /// The arguments that hold secrets.
    pub secret_arguments: Vec<String>,
    /// The baseline.
    pub baseline: Option<PathBuf>,
}

/// What is said of some policies.
#[derive(Clone, Debug)]
pub struct PoliciesOf {
    /// The policies.
    pub files: Patterns,
    /// The name of the server that they are for.
    pub server: Option<String>,
    /// The dialect that they are read in.
    pub dialect: Option<Dialect>,
}

impl Config {
    /// A path below the folder of the configuration.
    pub fn path(&self, name: &str) -> String {
        relative_path(name, self.document.is_some().then_some(&*self.folder))
    }

    /// The server that a policy is for, if the configuration says so.
    pub fn server_of(&self, name: &str) -> Option<&str> {
        self.said_of(name).find_map(|entry| entry.server.as_deref())
    }

    /// The dialect that a policy is read in, if the configuration says so.
    pub fn dialect_of(&self, name: &str) -> Option<Dialect> {
        self.said_of(name).find_map(|entry| entry.dialect)
    }

    /// What is said of a policy, in order.
    fn said_of(&self, name: &str) -> impl Iterator<Item = &PoliciesOf> {
        let path = self.path(name);
        self.policies.iter().filter(move |entry| entry.files.is_match(&path))
    }

    /// Whether a file met in a folder is to be looked at.
    pub fn includes(&self, path: &Path) -> bool {
        (self.include.is_none() || self.has(&self.include, path) || self.expects(path))
            && !self.excludes(path)
    }

    /// Whether a file is to be passed over even if it is named.
    pub fn excludes(&self, path: &Path) -> bool {
        self.has(&self.exclude, path)
    }

    /// Whether a file is to be a policy, whatever it looks like.
    pub fn expects(&self, path: &Path) -> bool {
        self.has(&self.expect, path)
    }

    fn has(&self, patterns: &Option<Patterns>, path: &Path) -> bool {
        let is_match =
            |patterns: &Patterns| patterns.is_match(&self.path(&path.display().to_string()));
        patterns.as_ref().is_some_and(is_match)
    }

    /// Where a field stands: the file and its line; none for one that is not there.
    pub fn origin(&self, field: &str) -> Option<String> {
        let document = self.document.as_ref()?;
        document.root.as_ref()?.get(field)?;
        let span = document.span_of(&Place::key(Pointer::root().key(field)));
        let line = LineTable::new(&document.text).position(&document.text, span.start).line;
        Some(format!("{}:{line}", document.name))
    }
}

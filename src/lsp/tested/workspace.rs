//! Policies and test files as an editor has them: the texts that are open count for those on the disk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::assertion::Mistake;
use crate::config::Config;
use crate::engine::{Assumption, Assumptions, Gate, Seen};
use crate::lsp::address::path;
use crate::lsp::open::Open;
use crate::policy::{
    self, Agent, AgentFile, Edited, Files, Policy, Setting, Start, read_agent, real_path,
};
use crate::replay::Policies;
use crate::source::Document;
use crate::testing::{self, Members, Suite, is_test_file};

/// What is open, and behind it the disk.
pub(in crate::lsp) struct Workspace<'s> {
    files: Edited<'s>,
    config: &'s Config,
}

/// A test file.
pub(super) struct TestFile {
    pub(super) path: PathBuf,
    pub(super) document: Document,
    pub(super) suite: Suite,
}

/// The policies that are tested together.
pub(super) struct Set {
    pub(super) members: Vec<Member>,
    pub(super) policies: Policies,
}

/// A policy that is tested.
pub(super) struct Member {
    pub(super) policy: Policy,
    pub(super) read: ReadAs,
}

/// What tells how a policy was read; the same read twice is one.
#[derive(Clone, PartialEq)]
pub(super) struct ReadAs {
    /// The real path of the file, or of the folder of an agent's project.
    path: String,
    home: Option<PathBuf>,
    start: Start,
}

/// Policies that cannot be tested in the editor.
pub(super) struct Untested {
    members: Members,
    pub(super) why: String,
}

impl<'s> Workspace<'s> {
    /// What is open, by its addresses.
    pub(in crate::lsp) fn new(open: &'s HashMap<String, Open>, config: &'s Config) -> Self {
        let is_text = |open: &Open| open.document.problems_are_of_notation();
        let open = open.iter().filter(|(_, open)| is_text(open));
        let texts = open.map(|(uri, open)| (real_path(&path(uri)), &*open.document.text));
        Workspace { files: Edited::new(texts), config }
    }

    /// The test files that may be for a file: those beside it, those of an agent's file up to the folder of its
    /// project, and those that are open.
    pub(super) fn tests_near(&self, own: &str) -> Vec<TestFile> {
        let top = AgentFile::of_path(own).map(|file| file.folder);
        let folders = Path::new(own).ancestors().skip(1);
        let mut paths: Vec<PathBuf> = Vec::new();
        for folder in folders {
            let name = folder.display().to_string();
            paths.extend(self.files.names(&name).iter().map(|name| folder.join(name)));
            if top.as_ref().is_none_or(|top| *top == name || !name.starts_with(top.as_str())) {
                break;
            }
        }
        paths.extend(self.files.paths().map(PathBuf::from));
        paths.retain(|path| is_test_file(path));
        paths.sort();
        paths.dedup();
        let read = |path: PathBuf| {
            let document = self.document(&path)?;
            let suite = testing::read(&document).ok()?;
            Some(TestFile { path, document, suite })
        };
        paths.into_iter().filter_map(read).collect()
    }

    fn document(&self, path: &Path) -> Option<Document> {
        let name = path.display().to_string();
        Some(Document::read(name.clone(), self.files.read(&real_path(&name))?))
    }

    /// The policies that a test file is for, as `gatelint test` reads them.
    pub(super) fn sets(
        &self,
        suite: &Suite,
        document: &Document,
        file: &Path,
    ) -> Result<Vec<Result<Set, Untested>>, Mistake> {
        let assumed = suite.assumptions(document)?;
        let (start, assumptions) = (Assumption::start(&assumed), Assumption::together(&assumed));
        let home = suite.home_from(file);
        let sets = suite.members(document, file)?.into_iter().map(|members| {
            let set = self.set(&members, home.as_deref(), start, &assumptions);
            set.map_err(|why| Untested { members, why })
        });
        Ok(sets.collect())
    }

    fn set(
        &self,
        members: &Members,
        home: Option<&Path>,
        start: Start,
        assumptions: &Assumptions,
    ) -> Result<Set, String> {
        let mut set = Set { members: Vec::new(), policies: Policies::default() };
        for (server, path) in members {
            let named = path.display().to_string();
            let policy = self.policy(path, home, start).map_err(|why| format!("{named} {why}"))?;
            let gate = Gate::new(&policy).assuming(assumptions.clone());
            set.policies.add(server.clone(), named.clone(), gate);
            let read = ReadAs { path: real_path(&named), home: home.map(Path::to_owned), start };
            set.members.push(Member { policy, read });
        }
        Ok(set)
    }

    /// Reads a policy: a file, or of a folder the permission files of the agent whose project it is.
    fn policy(&self, path: &Path, home: Option<&Path>, start: Start) -> Result<Policy, String> {
        if !path.is_dir() {
            let dialect = self.config.dialect_of(&path.display().to_string());
            let document = self.document(path).ok_or("cannot be read")?;
            let reading = policy::read(&document, dialect);
            let is_refused = reading.is_refused();
            return reading.policy.filter(|_| !is_refused).ok_or("is no valid policy".to_owned());
        }
        if !self.config.policies.is_empty() {
            return Err("is a folder, whose policies the configuration names".to_owned());
        }
        let [agent] = Agent::of_folder(path)[..] else {
            return Err("is no folder with the permission files of one agent".to_owned());
        };
        let setting = Setting::in_folder(path, home, start)
            .map_err(|(gone, cause)| format!("rests on {}: {cause}", gone.display()))?;
        let policy = read_agent(agent, &setting, &self.files).policy;
        policy.ok_or("has files with which the agent does not work".to_owned())
    }
}

impl Set {
    /// What no call has met yet of each policy.
    pub(super) fn unseen(&self) -> Vec<Seen> {
        let both = self.members.iter().zip(self.policies.iter());
        both.map(|(member, (_, gate))| Seen::new(&member.policy, gate.limits())).collect()
    }
}

impl Member {
    /// Whether a file is the policy, or one of those that make it.
    pub(super) fn is_of(&self, own: &str) -> bool {
        let files = self.policy.permissions.iter().flat_map(|permissions| &permissions.files);
        self.read.path == own || files.into_iter().any(|file| &*file.name == own)
    }
}

impl Untested {
    /// Whether a file is one of the policies, or may be one of those that make one.
    pub(super) fn may_be_of(&self, own: &str) -> bool {
        self.members.iter().any(|(_, path)| {
            let path = real_path(&path.display().to_string());
            path == own || Path::new(own).starts_with(path) && AgentFile::of_path(own).is_some()
        })
    }
}

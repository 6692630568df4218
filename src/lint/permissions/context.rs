//! The rules of a permission file among those of its project.

use std::borrow::Cow;

use super::alone::alone;
use crate::catalogue::Catalogue;
use crate::lint::settings::Settings;
use crate::policy::{
    Agent, AgentFile, FileOwner, Origin, PermissionRule, Permissions, Policy, Ruling,
};
use crate::source::Document;

/// The project that a permission file is part of.
#[derive(Clone, Copy, Debug)]
pub struct Project<'a> {
    /// The policy that all its files make together.
    pub policy: &'a Policy,
    /// The name by which that policy knows the file that is judged.
    pub file: &'a str,
    /// Whose that file is.
    pub owner: FileOwner,
}

/// A permission file and what it is judged against. Rules of other files are there to be asked, and only
/// what is wrong with this one's is reported.
#[derive(Debug)]
pub struct PermissionContext<'a> {
    /// The agent whose file it is.
    pub agent: Agent,
    /// What is known of tools.
    pub catalogue: &'a Catalogue,
    /// What is asked for.
    pub settings: &'a Settings,
    /// The policy of the whole project; of the file alone where nothing else is known.
    pub policy: Cow<'a, Policy>,
    /// Whether nothing is known of what stands around the file.
    pub is_alone: bool,
    /// Whose the file is; the project's where nobody knows.
    pub owner: FileOwner,
    file: Cow<'a, str>,
}

/// A rule as a file has it, which may stand for several of the agent's.
#[derive(Clone, Debug)]
pub struct WrittenRule<'p> {
    /// Where it stands.
    pub origin: &'p Origin,
    /// What it does.
    pub ruling: Ruling,
    /// What it stands for, each with its number among the rules of the policy.
    pub rules: Vec<(u32, &'p PermissionRule)>,
}

impl<'a> PermissionContext<'a> {
    /// Prepares to judge a document of an agent; none where the agent would refuse it, so that it has no rules.
    pub fn new(
        agent: Agent,
        document: &Document,
        project: Option<Project<'a>>,
        catalogue: &'a Catalogue,
        settings: &'a Settings,
    ) -> Option<PermissionContext<'a>> {
        let (policy, file) = match project {
            Some(project) => (Cow::Borrowed(project.policy), Cow::Borrowed(project.file)),
            None => {
                let (policy, file) = alone(agent, document)?;
                (Cow::Owned(policy), Cow::Owned(file))
            }
        };
        policy.permissions.as_ref()?;
        let is_alone = project.is_none();
        let of_place = || AgentFile::of_name(&document.name).map(|file| file.owner);
        let owner = project.map(|project| project.owner).or_else(of_place);
        let owner = owner.unwrap_or(FileOwner::Project);
        Some(PermissionContext { agent, catalogue, settings, policy, is_alone, owner, file })
    }

    /// The rules of the project.
    pub fn permissions(&self) -> &Permissions {
        self.policy.permissions.as_ref().expect("a context is of a policy with permissions")
    }

    /// Whether something stands in the file that is judged.
    pub fn is_own(&self, origin: &Origin) -> bool {
        origin.file.as_deref() == Some(&*self.file)
    }

    /// The rules of all files as they are written, in the order in which the files have them.
    pub fn written(&self) -> Vec<WrittenRule<'_>> {
        let mut written: Vec<WrittenRule<'_>> = Vec::new();
        for (number, rule) in (0..).zip(&self.permissions().rules) {
            if rule.origin.file.is_none() {
                continue;
            }
            match written.iter_mut().rev().find(|known| *known.origin == rule.origin) {
                Some(known) => {
                    known.ruling = known.ruling.min(rule.ruling);
                    known.rules.push((number, rule));
                }
                None => written.push(WrittenRule {
                    origin: &rule.origin,
                    ruling: rule.ruling,
                    rules: vec![(number, rule)],
                }),
            }
        }
        written
    }
}

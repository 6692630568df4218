//! The rules of a permission file among those of its project.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::alone::alone;
use super::probe::{Probe, Prober, Verdict};
use super::samples::samples;
use crate::catalogue::Catalogue;
use crate::lint::settings::Settings;
use crate::policy::{
    Agent, AgentFile, Defect, FileOwner, Origin, PermissionRule, Permissions, Policy, Ruling, paths,
};
use crate::source::Document;

/// For how many rules of the agent one may stand that is tried.
const MOST: usize = 256;

/// The project that a permission file is part of.
#[derive(Clone, Copy, Debug)]
pub struct Project<'a> {
    /// The policy that all its files make together; none where the agent refuses one of them.
    pub policy: Option<&'a Policy>,
    /// The name by which that policy knows the file that is judged.
    pub file: &'a str,
    /// Whose that file is.
    pub owner: FileOwner,
    /// What is wrong in the file.
    pub defects: &'a [Defect],
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
    /// What decides calls by it.
    pub prober: Prober,
    file: Cow<'a, str>,
    /// The numbers of the rules of files, those together that are written as one.
    together: Vec<Vec<u32>>,
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
        let whole = project.and_then(|project| Some((project.policy?, project.file)));
        let (policy, file) = match whole {
            Some((policy, file)) => (Cow::Borrowed(policy), Cow::Borrowed(file)),
            None => (Cow::Owned(alone(agent, document)?), Cow::Owned(document.name.clone())),
        };
        let together = together(policy.permissions.as_ref()?);
        let prober = Prober::new(agent, &policy);
        let is_alone = whole.is_none();
        let of_place = || AgentFile::of_name(&document.name).map(|file| file.owner);
        let owner = project.map(|project| project.owner).or_else(of_place);
        let owner = owner.unwrap_or(FileOwner::Project);
        Some(PermissionContext {
            agent,
            catalogue,
            settings,
            policy,
            is_alone,
            owner,
            prober,
            file,
            together,
        })
    }

    /// The rules of the project.
    pub fn permissions(&self) -> &Permissions {
        self.policy.permissions.as_ref().expect("a context is of a policy with permissions")
    }

    /// Whether something stands in the file that is judged.
    pub fn is_own(&self, origin: &Origin) -> bool {
        origin.file.as_deref() == Some(&*self.file)
    }

    /// The rule that counts, for people, with its file where it is another one. Neither its line is named, nor where the
    /// project and the home lie: what is said of a mistake is the same wherever it stands.
    pub fn named(&self, verdict: &Verdict) -> String {
        let rule = &verdict.rule;
        let Some(file) = verdict.file() else {
            let is_default = rule.is_empty() || rule == "(no rule)";
            return if is_default { "default".to_owned() } else { format!("`{rule}` (built in)") };
        };
        if *file == *self.file {
            return format!("`{rule}`");
        }
        let ground = &self.permissions().ground;
        let below = |folder: &Option<String>| {
            let folder = folder.as_deref().filter(|folder| paths::is_within(file, folder))?;
            Some(paths::relative(folder, file))
        };
        let of_project = || below(&ground.start).or_else(|| below(&ground.project));
        let shown = of_project().or_else(|| Some(format!("~/{}", below(&ground.home)?)));
        format!("`{rule}` of `{}`", shown.unwrap_or_else(|| file.to_owned()))
    }

    /// Calls that a rule is written for; none where it is for too many to try them all.
    pub fn probes(&self, written: &WrittenRule<'_>) -> Vec<Probe> {
        if written.rules.len() > MOST {
            self.prober.pass_over(written.rules.len());
            return Vec::new();
        }
        let probes = written.own().flat_map(|rule| samples(self.agent, self.permissions(), rule));
        let mut known = HashSet::new();
        probes.filter(|probe| known.insert((probe.key(None), probe.shown.clone()))).collect()
    }

    /// The same, each with whether the rule holds for it; none where that depends on what is not known.
    pub fn samples(&self, written: &WrittenRule<'_>) -> Vec<(Probe, bool)> {
        let mut samples = Vec::new();
        let own = written.numbers();
        for probe in self.probes(written) {
            let holding = self.prober.holding(&probe, written.mode(), &own);
            if !holding.unsure.is_empty() {
                return Vec::new();
            }
            samples.push((self.shortened(probe), !holding.sure.is_empty()));
        }
        samples
    }

    /// A call with its paths shown as they lead from where the agent is started.
    pub fn shortened(&self, probe: Probe) -> Probe {
        let Some(start) = &self.permissions().ground.start else { return probe };
        Probe { shown: probe.shown.replace(&format!("{start}/"), ""), ..probe }
    }

    /// The rules of the file with a ruling, as they are written.
    pub fn own(&self, ruling: Ruling) -> Vec<WrittenRule<'_>> {
        let mut written = self.written();
        written.retain(|rule| rule.ruling == ruling && self.is_own(rule.origin));
        written
    }

    /// The rules of all files as they are written, in the order in which the files have them.
    pub fn written(&self) -> Vec<WrittenRule<'_>> {
        let rules = &self.permissions().rules;
        let written = |numbers: &Vec<u32>| {
            let rules: Vec<(u32, &PermissionRule)> =
                numbers.iter().map(|number| (*number, &rules[*number as usize])).collect();
            let ruling = rules.iter().map(|(_, rule)| rule.ruling).min().unwrap_or(Ruling::Deny);
            WrittenRule { origin: &rules[0].1.origin, ruling, rules }
        };
        self.together.iter().map(written).collect()
    }
}

/// The numbers of the rules of files, those together that stand at one place.
fn together(permissions: &Permissions) -> Vec<Vec<u32>> {
    let (mut places, mut together) = (HashMap::new(), Vec::<Vec<u32>>::new());
    for (number, rule) in (0..).zip(&permissions.rules).filter(|(_, rule)| rule.is_written()) {
        let place = *places.entry(&rule.origin).or_insert(together.len());
        match together.get_mut(place) {
            Some(known) => known.push(number),
            None => together.push(vec![number]),
        }
    }
    together
}

impl<'p> WrittenRule<'p> {
    /// What it stands for, each as a rule of its own: Gemini CLI takes lists of tools and of prefixes. None where it
    /// is one rule, or where others have come into it.
    pub fn parts(&self, agent: Agent) -> Vec<WrittenRule<'p>> {
        let is_list = self.rules.len() > 1 && self.own().count() == self.rules.len();
        let rules = self.rules.iter().filter(|_| is_list && agent == Agent::Gemini);
        rules.map(|rule| WrittenRule { rules: vec![*rule], ..*self }).collect()
    }

    /// The rule in the words of its file.
    pub fn text(&self) -> &'p str {
        self.own().next().map_or("", |rule| &rule.text)
    }

    /// The numbers of what it stands for.
    pub fn numbers(&self) -> Vec<u32> {
        self.rules.iter().map(|(number, _)| *number).collect()
    }

    /// Those that do what it says.
    pub fn own(&self) -> impl Iterator<Item = &'p PermissionRule> {
        let ruling = self.ruling;
        self.rules.iter().map(|(_, rule)| *rule).filter(move |rule| rule.ruling == ruling)
    }

    /// The mode in which it is there; none where it is in the usual one.
    pub fn mode(&self) -> Option<&'p str> {
        if self.own().any(|rule| rule.modes.is_none()) {
            return None;
        }
        let first = self.own().find_map(|rule| rule.modes.as_ref()?.first());
        first.map(|mode| &**mode)
    }
}

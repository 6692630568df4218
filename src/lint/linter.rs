//! A document judged with every rule.

use std::collections::HashMap;
use std::path::Path;

use super::check::RuleCheck;
use super::context::{Context, ServerChoice};
use super::defects::findings_of;
use super::dropped::findings_of_agent;
use super::finding::{Finding, Findings};
use super::fingerprint::relative_path;
use super::gate::{self, HiddenFinding};
use super::permissions::{PermissionContext, Project};
use super::repeated::{join_alike, leave_out_repeated};
use super::rules::{checks, not_covered};
use super::secrecy::conceal;
use super::settings::Settings;
use super::severity::Class;
use super::statements::Asked;
use super::vetting::{leave_out_harmful, vet};
use crate::catalogue::Catalogue;
use crate::policy::{self, Agent, Defect, DefectKind, Dialect, Location, Reading};
use crate::source::Document;
use crate::stop;

/// What came of judging one document.
#[derive(Debug)]
pub struct Report {
    /// The document, for showing places in it.
    pub document: Document,
    /// The findings, in the order of their places.
    pub findings: Vec<Finding>,
    /// The findings that are not shown.
    pub hidden: Vec<HiddenFinding>,
    /// The server that the policy was judged against, and how it was chosen.
    pub server: ServerChoice,
    /// The dialect, if the document is a policy.
    pub dialect: Option<Dialect>,
    /// What may have permission files that bear on the document and are not known, as words.
    pub unknown: Vec<&'static str>,
    /// Whether the document is the configuration, which is judged for its ignores only.
    pub is_config: bool,
}

impl Report {
    /// Whether the document could not be read to its end or is no policy, so that nothing is
    /// known about what it does.
    pub fn is_unreadable(&self) -> bool {
        self.dialect.is_none() && !self.is_config
    }

    /// How many findings of each rule there are for which the gateway refuses the policy.
    pub(super) fn refusals(&self) -> HashMap<&'static str, usize> {
        let hidden = self.hidden.iter().map(|hidden| &hidden.finding);
        let all = self.findings.iter().chain(hidden);
        let mut counts = HashMap::new();
        for finding in all.filter(|finding| finding.class == Class::Invalid) {
            *counts.entry(finding.rule.name).or_default() += 1;
        }
        counts
    }
}

/// Judges a document with every rule. `server` names the server that the policy is for; without
/// it the server is found from the names of the tools.
pub fn lint(
    document: Document,
    catalogue: &Catalogue,
    server: Option<&str>,
    dialect: Option<Dialect>,
) -> Report {
    let settings = Settings::default();
    Linter { catalogue, dialect, settings: &settings, root: None, project: None }
        .lint(document, server)
}

/// Judges documents.
#[derive(Clone, Copy, Debug)]
pub struct Linter<'a> {
    /// What is known of tools.
    pub catalogue: &'a Catalogue,
    /// The dialect; without it, it is found from the document.
    pub dialect: Option<Dialect>,
    /// What is asked for.
    pub settings: &'a Settings,
    /// The folder that the paths of ignores are below; without it, the current one.
    pub root: Option<&'a Path>,
    /// The project that the document is a permission file of, where it is known.
    pub project: Option<Project<'a>>,
}

impl Linter<'_> {
    /// Judges a document. `server` names the server that the policy is for; without it the server
    /// is found from the names of the tools.
    pub fn lint(&self, mut document: Document, server: Option<&str>) -> Report {
        let named = self.dialect.or_else(|| policy::agent_dialect(&document));
        if let Some(Agent::OpenCode | Agent::Gemini) = named.and_then(Dialect::agent) {
            document.take_json_comments();
        }
        let mut reading = policy::read(&document, named);
        reading.defects.extend(self.missing_files(&document));
        let agent = named.and_then(Dialect::agent);
        let mut findings = match agent {
            Some(agent) => findings_of_agent(&document, agent, &reading.defects),
            None => findings_of(&document, &reading.defects),
        };
        let path = relative_path(&document.name, self.root);
        let (choice, dialect) = self.judge(&document, &reading, &path, server, &mut findings);
        // What an agent drops is known for what it is.
        let dialect = dialect.or_else(|| named.filter(|dialect| dialect.agent().is_some()));
        let mut findings = findings.into_sorted();
        leave_out_repeated(&mut findings);
        vet(&document, reading.policy.as_ref(), named, &mut findings);
        leave_out_harmful(&document, &reading.defects, named, &mut findings);
        let (mut findings, mut hidden) = gate::pass(&document, &path, findings, self.settings);
        if agent.is_some() {
            join_alike(&mut findings);
        }
        let unshown = hidden.iter_mut().map(|hidden| &mut hidden.finding);
        conceal(&mut document, findings.iter_mut().chain(unshown));
        let unknown = Vec::new();
        Report { document, findings, hidden, server: choice, dialect, unknown, is_config: false }
    }

    /// The files that a document puts in and that are not there, which its surroundings tell.
    fn missing_files(&self, document: &Document) -> Vec<Defect> {
        let defects = self.project.map_or(&[][..], |project| project.defects);
        let missing = defects.iter().filter_map(|defect| match &defect.kind {
            DefectKind::MissingFile { reference, .. } => Some((defect, reference)),
            _ => None,
        });
        // What is put in may have moved the place.
        let placed = missing.map(|(defect, reference)| {
            let at = document.text.find(reference.as_str());
            let place = at.map_or(0..0, |at| at..at + reference.len());
            Defect { location: Location::Bytes(place), ..defect.clone() }
        });
        placed.collect()
    }

    fn judge(
        &self,
        document: &Document,
        reading: &Reading,
        path: &str,
        server: Option<&str>,
        findings: &mut Findings<'_>,
    ) -> (ServerChoice, Option<Dialect>) {
        let Some(policy) = &reading.policy else {
            return (ServerChoice::None(Vec::new()), None);
        };
        let unread = reading.defects.iter().filter_map(|defect| match &defect.location {
            Location::Place(place) => Some(&place.pointer),
            Location::Bytes(_) => None,
        });
        let is_refused = reading.defects.iter().any(|defect| defect.refused);
        let asked = |server| Asked { policy, path, server, is_refused, settings: self.settings };
        if let Dialect::Agent(agent) = policy.dialect {
            self.judge_permissions(agent, document, findings);
            asked(None).check(findings);
            return (ServerChoice::None(Vec::new()), Some(policy.dialect));
        }
        let said = document.root.as_ref().and_then(|root| root.get("description")?.as_str());
        let context = Context::new(policy, self.catalogue, server, said, self.settings);
        let context = context.with_unread(unread.collect());
        for (_, check) in checks().filter(|(rule, _)| self.settings.runs(rule)) {
            stop::look();
            if let RuleCheck::Policy(check) | RuleCheck::Both(check, _) = check {
                check(&context, findings);
            }
        }
        asked(context.server()).check(findings);
        (context.choice(), Some(policy.dialect))
    }

    fn judge_permissions(&self, agent: Agent, document: &Document, findings: &mut Findings<'_>) {
        let Linter { catalogue, settings, project, .. } = *self;
        let context = PermissionContext::new(agent, document, project, catalogue, settings);
        let Some(context) = context else { return };
        for (_, check) in checks().filter(|(rule, _)| self.settings.runs(rule)) {
            stop::look();
            if let RuleCheck::Permissions(check) | RuleCheck::Both(_, check) = check {
                context.prober.renew();
                check(&context, findings);
            }
        }
        not_covered(&context, findings);
    }
}

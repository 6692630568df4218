//! What an agent makes of a permission file in which something is wrong: it drops the file, others with it, or
//! does not work at all.

use serde::Serialize;

use super::defects::finding_of;
use super::finding::{Facts, Finding, Findings, Related};
use super::passed_over::weigh;
use super::rules::{FILE_DROPPED, UNREAD_FILE, outside_rules};
use super::severity::{Class, Severity};
use crate::policy::{Agent, AgentFile, Defect, DefectKind, Dialect, FileOwner, Location, Unread};
use crate::source::{Document, Format, Node, ProblemKind, ViolationKind, one_of};

/// What becomes of a file that an agent does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Effect {
    /// Nothing in it counts.
    FileDropped,
    /// Nor does any other file of rules.
    AllRulesDropped,
    /// The agent does not start.
    RefusesStart,
    /// The agent starts and answers every request with an error.
    RefusesRequests,
}

/// The rules that a file has, of which none counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
struct Lost {
    rules: usize,
    /// How many of them deny.
    denials: usize,
}

/// A file that the agent does not take.
#[derive(Serialize)]
struct Dropped {
    reason: &'static str,
    effect: Effect,
    /// What is wrong with it, in words.
    cause: String,
    /// None where the rules cannot be told, or nothing is lost as the agent does not work.
    lost: Option<Lost>,
    #[serde(skip)]
    agent: Agent,
    #[serde(skip)]
    help: Option<String>,
}

/// What an agent does for a defect for which it does not take a file, in words.
pub fn effect_in_words(agent: Agent, document: &Document, defect: &Defect) -> &'static str {
    match effect(agent, document, is_managed(document), defect) {
        Effect::FileDropped => "the agent drops the whole file",
        Effect::AllRulesDropped => "the agent drops this file, and every other file of rules",
        Effect::RefusesStart => "the agent does not start",
        Effect::RefusesRequests => "the agent answers every request with an error",
    }
}

impl Facts for Dropped {
    fn message(&self) -> String {
        let (agent, cause) = (Dialect::Agent(self.agent), &self.cause);
        let lost = self.lost.map(Lost::in_words).unwrap_or_default();
        match self.effect {
            Effect::FileDropped => format!("{agent} drops the whole file{lost}: {cause}"),
            Effect::AllRulesDropped => {
                format!("{agent} drops this file{lost}, and every other file of rules: {cause}")
            }
            Effect::RefusesStart => format!("{agent} does not start with this file: {cause}"),
            Effect::RefusesRequests => {
                format!("{agent} answers every request in this folder with an error: {cause}")
            }
        }
    }

    fn help(&self) -> Option<String> {
        self.help.clone()
    }
}

impl Lost {
    fn in_words(self) -> String {
        match (self.rules, self.denials) {
            (0, _) => String::new(),
            (1, 0) => " with its one rule".to_owned(),
            (1, _) => " with its one rule, a denial".to_owned(),
            (rules, 0) => format!(" with its {rules} rules"),
            (rules, denials) => format!(" with its {rules} rules ({denials} of them denials)"),
        }
    }
}

/// What reading a permission file found.
pub(super) fn findings_of_agent<'d>(
    document: &'d Document,
    agent: Agent,
    defects: &[Defect],
) -> Findings<'d> {
    let mut findings = Findings::new(document);
    let file = AgentFile::of_name(&document.name);
    if file.is_some_and(|file| file.owner == FileOwner::Nobody(Unread::OutsideRules)) {
        outside_rules(&mut findings);
        return findings;
    }
    let mut list = Vec::new();
    for defect in defects.iter().filter(|defect| !is_put_in(document, agent, defect)) {
        let mut finding = finding_of(document, defect);
        match defect.refused {
            true => drop_file(&mut finding, document, agent, defect),
            false => soften(&mut finding, document, agent, defect),
        }
        list.push(finding);
    }
    folded(list).into_iter().for_each(|finding| findings.push(finding));
    findings
}

/// What else is wrong in a file that is dropped belongs to that: nothing of it counts before the file is read.
fn folded(list: Vec<Finding>) -> Vec<Finding> {
    let is_dropped = |finding: &Finding| finding.rule.name == FILE_DROPPED.name;
    let (mut dropped, others): (Vec<_>, Vec<_>) = list.into_iter().partition(is_dropped);
    let Some(first) = dropped.first_mut() else { return others };
    first.related.extend(others.into_iter().map(|other| Related {
        pointer: other.pointer,
        span: other.span,
        message: other.message,
    }));
    dropped
}

/// Whether what is wrong is only known when the program has put something in its place.
fn is_put_in(document: &Document, agent: Agent, defect: &Defect) -> bool {
    let span = finding_of(document, defect).span;
    let written = document.text.get(span).unwrap_or_default();
    let is_reference = matches!(defect.kind, DefectKind::MissingFile { .. });
    agent == Agent::OpenCode
        && !is_reference
        && ["{env:", "{file:"].iter().any(|mark| written.contains(mark))
}

fn drop_file(finding: &mut Finding, document: &Document, agent: Agent, defect: &Defect) {
    let is_managed = is_managed(document);
    let effect = effect(agent, document, is_managed, defect);
    let loses = matches!(effect, Effect::FileDropped | Effect::AllRulesDropped);
    let facts = Dropped {
        reason: reason(agent, document, is_managed, defect, finding),
        effect,
        cause: defect.kind.to_string(),
        lost: lost(agent, document).filter(|_| loses),
        agent,
        help: help(agent, document.format, defect, &document.text[finding.span.clone()]),
    };
    finding.rule = FILE_DROPPED;
    finding.severity = Severity::Error;
    finding.class = Class::Invalid;
    finding.message = facts.message();
    finding.help = facts.help();
    finding.facts = serde_json::to_value(&facts).unwrap_or_default();
}

fn is_managed(document: &Document) -> bool {
    AgentFile::of_name(&document.name).is_some_and(|file| file.owner == FileOwner::Managed)
}

fn effect(agent: Agent, document: &Document, is_managed: bool, defect: &Defect) -> Effect {
    let is_of_agent = document.name.ends_with(".md");
    match agent {
        Agent::ClaudeCode if is_managed => Effect::RefusesStart,
        Agent::ClaudeCode => Effect::FileDropped,
        Agent::Codex if document.format == Format::Toml => Effect::RefusesStart,
        Agent::Codex => Effect::AllRulesDropped,
        Agent::OpenCode if is_of_agent && matches!(defect.kind, DefectKind::Text(_)) => {
            Effect::FileDropped
        }
        Agent::OpenCode => Effect::RefusesRequests,
        Agent::Gemini if is_empty_name(defect) || document.format == Format::Json => {
            Effect::RefusesStart
        }
        Agent::Gemini => Effect::FileDropped,
    }
}

fn is_empty_name(defect: &Defect) -> bool {
    defect.kind == DefectKind::Shape(ViolationKind::EmptyText)
}

/// The pitfall that it is.
fn reason(
    agent: Agent,
    document: &Document,
    is_managed: bool,
    defect: &Defect,
    finding: &Finding,
) -> &'static str {
    let written = document.text.get(finding.span.clone()).unwrap_or_default();
    let is_word = |word: &str| written.trim_matches(['"', '\'']) == word;
    let key = match &defect.location {
        Location::Place(place) => place.pointer.last().unwrap_or_default().into_owned(),
        Location::Bytes(_) => String::new(),
    };
    match agent {
        Agent::ClaudeCode if is_managed => "managed-invalid",
        Agent::ClaudeCode => "file-dropped",
        Agent::Codex if document.format != Format::Toml => match written {
            path if path.trim_matches(['"', '\'']).starts_with('~') => "host-executable-tilde",
            _ => "one-broken-file-drops-all",
        },
        Agent::Codex if key == "profile" || is_word("untrusted") => "retired-setting",
        Agent::Codex => "config-refused",
        Agent::OpenCode => match &defect.kind {
            DefectKind::Shape(ViolationKind::UnknownField { .. }) => "unknown-key",
            DefectKind::MissingFile { .. } => "missing-file",
            DefectKind::Shape(ViolationKind::WrongType { found, .. })
                if found == "an object" && key != "permission" =>
            {
                "object-for-action-only-key"
            }
            _ => "invalid-value-stops-everything",
        },
        Agent::Gemini if is_empty_name(defect) => "engine-refuses",
        Agent::Gemini if document.format == Format::Json => "config-refused",
        Agent::Gemini => "file-dropped",
    }
}

fn help(agent: Agent, format: Format, defect: &Defect, written: &str) -> Option<String> {
    let text = match &defect.kind {
        DefectKind::Shape(ViolationKind::NotAllowed { .. })
            if agent == Agent::Codex && written.contains("untrusted") =>
        {
            "remove it: `untrusted` is gone since version 0.149; what is to be asked about is said by rules: prefix_rule(pattern=[\"git\", \"push\"], decision=\"prompt\")"
        }
        DefectKind::Shape(ViolationKind::NotAllowed { allowed, .. }) if agent == Agent::Gemini => {
            return Some(format!("write {}", one_of(allowed.iter().map(String::as_str))));
        }
        DefectKind::Text(_) if agent == Agent::Gemini && written.starts_with('#') => {
            "remove it, or write it behind `//`"
        }
        DefectKind::Text(ProblemKind::JsonComment) => {
            "remove the comment: settings are strict JSON"
        }
        DefectKind::Text(ProblemKind::Empty) => match format {
            Format::Json => "write `{}` into it, or remove the file",
            _ => "remove the file",
        },
        DefectKind::Text(ProblemKind::TooDeep { .. }) => "look for a bracket too many",
        // Which modes there are is told; none that lets more run is advised.
        DefectKind::Shape(ViolationKind::NotAllowed { allowed, .. })
            if agent == Agent::ClaudeCode && allowed.iter().any(|mode| mode == "dontAsk") =>
        {
            "write the mode that is meant, such as `default`, `plan` or `dontAsk`"
        }
        _ => return defect.kind.help(),
    };
    Some(text.to_owned())
}

/// What is wrong with a file that the agent takes all the same.
fn soften(finding: &mut Finding, document: &Document, agent: Agent, defect: &Defect) {
    match &defect.kind {
        // Codex would run it; only what it says is not known.
        DefectKind::Text(ProblemKind::Syntax { .. }) if agent == Agent::Codex => {
            finding.rule = UNREAD_FILE;
            finding.severity = Severity::Info;
            finding.help = Some(
                "write the rules as calls with literal arguments, so that they can be judged"
                    .to_owned(),
            );
            finding.facts = serde_json::json!({ "reason": "program-not-run" });
        }
        DefectKind::Text(ProblemKind::DuplicateKey { .. }) => {
            finding.help = Some("keep one of the two; the last one counts".to_owned());
        }
        // Whoever asks for one of them is told so by Codex.
        DefectKind::MisplacedField { .. } if agent == Agent::Codex => {
            finding.severity = Severity::Info;
        }
        DefectKind::Shape(ViolationKind::UnknownField { field, nearest, .. })
            if agent == Agent::Gemini =>
        {
            weigh(finding, document, defect, (field, nearest.as_deref()));
        }
        _ => {}
    }
}

/// The rules of a file by its tree; none where it cannot be read so far.
fn lost(agent: Agent, document: &Document) -> Option<Lost> {
    let root = document.root.as_ref()?;
    let is_word =
        |node: &Node, field: &str, word: &str| node.get(field).and_then(Node::as_str) == Some(word);
    let count = |rules: Vec<&Node>, denies: &dyn Fn(&Node) -> bool| Lost {
        rules: rules.len(),
        denials: rules.into_iter().filter(|rule| denies(rule)).count(),
    };
    Some(match agent {
        Agent::ClaudeCode => {
            let permissions = root.get("permissions")?;
            let of = |list: &str| permissions.get(list).map_or(0, |list| list.elements().len());
            let denials = of("deny");
            Lost { rules: of("allow") + of("ask") + denials, denials }
        }
        Agent::Codex => {
            let rules = root.elements().iter();
            let rules = rules.filter(|call| is_word(call, "function", "prefix_rule")).collect();
            count(rules, &|rule| is_word(rule, "decision", "forbidden"))
        }
        Agent::Gemini => {
            let rules = root.get("rule")?.elements().iter().collect();
            count(rules, &|rule| is_word(rule, "decision", "deny"))
        }
        Agent::OpenCode => return None,
    })
}

//! Classifying a tool that nobody has reviewed: deterministic, from what its server announces.
//!
//! Name, description, arguments and annotations give evidence, and [`weigh`] judges it. Claims and
//! descriptions are those of the server that is being judged: they may raise what the name and the
//! arguments say, and lower only what those leave open.

use std::collections::BTreeSet;

use serde_json::Value;

use super::argument::{Arguments, Signal};

use super::category::{Category, Severity};
use super::evidence::{Evidence, Kind, weigh};
use super::given::Given;
use super::holds::HeldArguments;
use super::name;
use super::peers::Peers;
use super::record::{Annotations, Capabilities, Tool};
use super::said;
use super::signals;
use super::words;

/// The claim of a tool that it only reads.
const READ_ONLY: &str = "annotation: readOnlyHint=true";

/// The claims of which a server may not know: what mcp-go writes where its author claims nothing
/// (<https://github.com/mark3labs/mcp-go/blob/main/mcp/tools.go>, `NewTool`).
const UNSET: Annotations = Annotations {
    read_only_hint: Some(false),
    destructive_hint: Some(true),
    idempotent_hint: Some(false),
    open_world_hint: Some(true),
};

/// What a server announces about one tool.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The tool's name.
    pub name: &'a str,
    /// Its description.
    pub description: Option<&'a str>,
    /// Its arguments, when they are known.
    pub arguments: Option<&'a Arguments>,
    /// The JSON Schema of its arguments, when it is known.
    pub schema: Option<&'a Value>,
    /// The server's claims.
    pub annotations: Option<&'a Annotations>,
    /// What the server's other tools say about it.
    pub peers: Peers,
}

impl<'a> Subject<'a> {
    /// A tool of which only the name is known.
    pub fn named(name: &'a str) -> Subject<'a> {
        Subject {
            name,
            description: None,
            arguments: None,
            schema: None,
            annotations: None,
            peers: Peers::default(),
        }
    }
}

/// What a tool was taken for, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// What it does to the world.
    pub category: Category,
    /// The category's class; critical for a tool that runs code of the caller's making.
    pub severity: Severity,
    /// How sure that is: below 1, and below 0.5 when it is not much more than a guess.
    pub confidence: f64,
    /// What decided, in the order in which it was looked at.
    pub evidence: Vec<String>,
    /// What the arguments make possible. Reading many things at once is nothing special.
    pub signals: Vec<Signal>,
}

impl Verdict {
    /// The record of a tool of that name, about whose arguments and claims nothing is known.
    pub fn into_tool(self, name: impl Into<String>) -> Tool {
        let Verdict { category, severity, confidence, evidence, signals } = self;
        Tool {
            name: name.into(),
            category,
            severity,
            confidence,
            evidence,
            arguments: None,
            schema: None,
            holds: HeldArguments::new(),
            capabilities: Capabilities::new(),
            signals,
            annotations: None,
            reason: None,
        }
    }
}

/// Classifies a tool. What is unclear becomes the more severe category with low confidence.
pub fn classify(subject: &Subject<'_>) -> Verdict {
    let words = name::split(subject.name);
    let mut evidence = name::read(&words, subject.peers.trades);
    evidence.extend(subject.description.map(said::read).unwrap_or_default());
    let (mut found, mut is_closed) = (BTreeSet::new(), false);
    let claims = subject.annotations.copied().unwrap_or_default();
    if let Some(arguments) = subject.arguments {
        let (schema, said) = (subject.schema, subject.description);
        let given = Given { words: &words, said, arguments, schema };
        is_closed = given.choices().iter().any(|choice| choice.is_closed);
        if is_closed {
            evidence.retain(|one| !one.kind.is_empty());
        }
        let signals = given.signals();
        found.extend(signals.iter().map(|(signal, _)| *signal));
        // What is given nothing cannot make anything of the caller's.
        if arguments.is_empty() && claims.claims_read_only() {
            let writes = evidence.iter_mut().filter(|one| one.category == Category::Write);
            writes.for_each(|one| one.kind = Kind::VagueVerb);
        }
        let claim = claims.read_only_hint.filter(|reads| *reads || !subject.peers.none_reads);
        let category = weigh(&evidence).category;
        evidence.extend(given.evidence(category, claim, &signals));
    }
    let category = weigh(&evidence).category;
    evidence.extend(claimed(category, claims, subject.peers, &words, is_closed));
    if weigh(&evidence).category == Category::Read {
        evidence.extend(subject.description.and_then(said::cost));
    }
    let weighed = weigh(&evidence);
    found.extend(signals::of_name(&words, weighed.category));
    if weighed.category == Category::Read {
        found.remove(&Signal::Bulk);
    }
    let runs_code = weighed.category == Category::Execute && found.contains(&Signal::FreeformCode);
    Verdict {
        category: weighed.category,
        severity: if runs_code { Severity::Critical } else { weighed.category.class() },
        confidence: weighed.confidence,
        evidence: texts(evidence, claims, weighed.category),
        signals: found.into_iter().collect(),
    }
}

/// What the server claims of a tool that is of a category by all else, as far as that says
/// anything: where it is known what it may be told to do, that something destroys adds nothing.
fn claimed(
    category: Category,
    claims: Annotations,
    peers: Peers,
    words: &[String],
    is_closed: bool,
) -> Vec<Evidence> {
    let mut found = Vec::new();
    let mut add = |category, kind, text: &str| {
        found.push(Evidence::new(category, kind, text.to_owned()));
    };
    let read_only = claims.claims_read_only();
    if read_only {
        add(Category::Read, Kind::ClaimsToRead, READ_ONLY);
    }
    let admits = claims.read_only_hint == Some(false) && !peers.none_reads && claims != UNSET;
    if admits && category == Category::Read {
        add(Category::Write, Kind::AdmitsChange, "annotation: readOnlyHint=false");
    }
    let destroys = claims.destructive_hint == Some(true) && !read_only && !is_closed;
    if destroys && !peers.all_destructive {
        add(Category::Destructive, Kind::AdmitsDestruction, "annotation: destructiveHint=true");
        if let Some(verb) = words.iter().find(|word| words::overwrites(word)) {
            let text = format!("name: {verb} may overwrite");
            add(Category::Destructive, Kind::MayOverwrite, &text);
        }
    }
    found
}

/// The texts of evidence for people: what speaks for the category, then what does not, and claims
/// that it contradicts.
fn texts(mut evidence: Vec<Evidence>, claims: Annotations, category: Category) -> Vec<String> {
    evidence.sort_by_key(|one| one.category != category);
    let text = |one: Evidence| match one.kind == Kind::ClaimsToRead && category > Category::Read {
        true => format!("{} contradicts it", one.text),
        false => one.text,
    };
    let mut texts: Vec<String> = evidence.into_iter().map(text).collect();
    if claims.destructive_hint == Some(false) && category == Category::Destructive {
        texts.push("annotation: destructiveHint=false contradicts it".to_owned());
    }
    texts
}

#[cfg(test)]
mod tests;

//! Classifying a tool that nobody has reviewed: deterministic, from what its server announces.
//!
//! The name speaks first; arguments, description and annotations may raise what it says. Only
//! `readOnlyHint` may lower it, and only where the name does not say what the tool does and no
//! argument takes code: it is a claim of the server that is being judged.

use std::collections::BTreeSet;

use super::category::{Category, Severity};
use super::holds::HeldArguments;
use super::name::{self, Reading};
use super::record::{Annotations, Arguments, Capabilities, Signal, Tool};
use super::signals;
use super::words::{self, Meaning};

/// The greatest confidence of a guess; only a person's review is certain.
const MOST: f64 = 0.95;
/// How much a claim that agrees adds.
const AGREES: f64 = 0.05;
/// Confidence of a category that rests on a single hint beside the name.
const HINTED: f64 = 0.5;
/// Confidence of a category that contradicts the name.
const DOUBTFUL: f64 = 0.4;

/// What a server announces about one tool.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The tool's name.
    pub name: &'a str,
    /// Its description.
    pub description: Option<&'a str>,
    /// Its arguments, when they are known.
    pub arguments: Option<&'a Arguments>,
    /// The server's claims.
    pub annotations: Option<&'a Annotations>,
}

impl<'a> Subject<'a> {
    /// A tool of which only the name is known.
    pub fn named(name: &'a str) -> Subject<'a> {
        Subject { name, description: None, arguments: None, annotations: None }
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
    let mut reading = name::read(&words);
    let mut found = BTreeSet::new();
    let said = subject.description.unwrap_or_default();
    weigh_first_word(&mut reading, said);
    weigh_phrases(&mut reading, said);
    if let Some(arguments) = subject.arguments {
        weigh_arguments(&mut reading, arguments, subject, &mut found);
    }
    if let Some(claims) = subject.annotations {
        weigh_claims(&mut reading, claims, &found);
    }
    found.extend(signals::of_name(&words, reading.category));
    if reading.category == Category::Read {
        found.remove(&Signal::Bulk);
    }
    verdict(reading, found)
}

fn verdict(reading: Reading, found: BTreeSet<Signal>) -> Verdict {
    let runs_code = reading.category == Category::Execute && found.contains(&Signal::FreeformCode);
    Verdict {
        category: reading.category,
        severity: if runs_code { Severity::Critical } else { reading.category.class() },
        confidence: reading.confidence.min(MOST),
        evidence: reading.evidence,
        signals: found.into_iter().collect(),
    }
}

/// A description usually begins with what the tool does: "Deletes a branch", "Run a query". It
/// may raise a category; that it speaks of something milder proves nothing.
fn weigh_first_word(reading: &mut Reading, description: &str) {
    let mut said = description.split_whitespace();
    let (Some(first), next) = (said.next(), said.next()) else { return };
    let first = first.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let Some((verb, meaning)) = verb_of(&first) else { return };
    let acts = meaning.category > Category::Read && !words::is_vague(&verb);
    if acts && (!meaning.ambiguous || next.is_some_and(is_determiner)) {
        let evidence = format!("description: begins with {verb}");
        raise(reading, meaning.category, DOUBTFUL, evidence);
    }
}

/// The verb that a word is, or is the third person of: `deletes`, `pushes`, `applies`.
fn verb_of(word: &str) -> Option<(String, Meaning)> {
    let ending = |ending, replaced| Some(word.strip_suffix(ending)?.to_owned() + replaced);
    let stems = [ending("", ""), ending("s", ""), ending("es", ""), ending("ies", "y")];
    stems.into_iter().flatten().find_map(|stem| words::meaning(&stem).map(|found| (stem, found)))
}

/// Whether a word shows that the one before it was a verb: "Test a build" and not "Test results".
fn is_determiner(word: &str) -> bool {
    matches!(word, "a" | "an" | "the" | "all" | "any" | "one" | "your" | "this" | "multiple")
}

/// Phrases that a server does not write by chance.
const PHRASES: [(Category, &str); 9] = [
    (Category::Destructive, "cannot be undone"),
    (Category::Destructive, "can't be undone"),
    (Category::Destructive, "irreversibl"),
    (Category::Destructive, "permanently delet"),
    (Category::Destructive, "permanently remov"),
    (Category::Execute, "arbitrary code"),
    (Category::Execute, "arbitrary command"),
    (Category::Execute, "shell command"),
    (Category::Financial, "real money"),
];

fn weigh_phrases(reading: &mut Reading, description: &str) {
    let description = description.to_lowercase();
    for (category, phrase) in PHRASES {
        if description.contains(phrase) {
            raise(reading, category, HINTED, format!("description: \"{phrase}\""));
        }
    }
}

fn weigh_arguments(
    reading: &mut Reading,
    arguments: &Arguments,
    subject: &Subject<'_>,
    found: &mut BTreeSet<Signal>,
) {
    let read_only = subject.annotations.is_some_and(Annotations::claims_read_only);
    for (signal, argument) in signals::of_arguments(arguments) {
        found.insert(signal);
        // Code that a reading tool takes may be a query; without a claim that it only reads, and
        // for every tool that does more, it is run.
        let runs = !(reading.category == Category::Read && read_only);
        if signal == Signal::FreeformCode && runs {
            raise(reading, Category::Execute, HINTED, format!("argument: {argument} is code"));
        }
    }
    if signals::is_http_request(arguments) {
        let evidence = "arguments: any HTTP request".to_owned();
        raise(reading, Category::Execute, HINTED, evidence);
    }
    let payment = arguments.keys().find(|argument| signals::is_payment(argument));
    if let Some(argument) = payment.filter(|_| reading.category > Category::Read) {
        raise(reading, Category::Financial, HINTED, format!("argument: {argument} is a payment"));
    }
}

fn weigh_claims(reading: &mut Reading, claims: &Annotations, found: &BTreeSet<Signal>) {
    match claims.read_only_hint {
        Some(true) => weigh_read_only(reading, found.contains(&Signal::FreeformCode)),
        Some(false) if reading.category == Category::Read => {
            let evidence = "annotation: readOnlyHint=false".to_owned();
            raise(reading, Category::Write, HINTED, evidence);
        }
        _ => {}
    }
    match claims.destructive_hint {
        Some(true) if !claims.claims_read_only() => weigh_destructive(reading),
        Some(false) if reading.category == Category::Destructive => {
            reading.evidence.push("annotation: destructiveHint=false contradicts it".to_owned());
        }
        _ => {}
    }
}

fn weigh_read_only(reading: &mut Reading, takes_code: bool) {
    let hint = "annotation: readOnlyHint=true";
    if reading.category == Category::Read {
        reading.confidence += AGREES;
        reading.evidence.push(hint.to_owned());
    } else if reading.firm || takes_code {
        reading.evidence.push(format!("{hint} contradicts it"));
    } else {
        reading.category = Category::Read;
        reading.confidence = HINTED;
        reading.evidence.push(hint.to_owned());
    }
}

/// A server that admits destruction is believed, but what runs something stays with Execute:
/// its harm depends on the arguments either way.
fn weigh_destructive(reading: &mut Reading) {
    let hint = "annotation: destructiveHint=true".to_owned();
    if reading.category == Category::Execute && !reading.is_guess() {
        reading.evidence.push(hint);
    } else if reading.category >= Category::Destructive {
        reading.confidence += AGREES;
        reading.evidence.push(hint);
    } else {
        raise(reading, Category::Destructive, HINTED, hint);
    }
}

/// Takes the more severe category. What agrees with the name makes it firm, so that no claim to
/// only read outweighs the two.
fn raise(reading: &mut Reading, category: Category, confidence: f64, evidence: String) {
    if category < reading.category {
        return;
    }
    reading.confidence = match category == reading.category {
        true => reading.confidence.max(confidence),
        false => confidence,
    };
    reading.category = category;
    reading.firm = true;
    reading.evidence.push(evidence);
}

#[cfg(test)]
mod tests;

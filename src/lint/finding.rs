//! What the linter finds: facts with places.

use std::cell::OnceCell;
use std::ops::Range;

use serde::Serialize;

use super::fix::Fix;
use super::rule::Rule;
use super::severity::{Class, Severity};
use crate::policy::Origin;
use crate::source::{Document, Editor, LineTable, Node, Place, Pointer, Span};

/// The facts of a finding. Each rule has a type of its own for them; it is serialised into
/// machine-readable output, and knows the words for people.
pub trait Facts: Serialize {
    /// What is wrong, in one sentence without a full stop.
    fn message(&self) -> String;

    /// What to do about it.
    fn help(&self) -> Option<String>;
}

/// Something that a rule found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// How much it weighs.
    pub severity: Severity,
    /// Who minds it.
    pub class: Class,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The JSON Pointer of the place; none for what is wrong with the text.
    pub pointer: Option<String>,
    /// The bytes of the place.
    pub span: Range<usize>,
    /// Other places that belong to it, and what they are.
    pub related: Vec<Related>,
    /// The facts, for machines.
    pub facts: serde_json::Value,
    /// How it can be mended, where that is known.
    pub fix: Option<Fix>,
}

/// Another place that belongs to a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The JSON Pointer of the place; none for what is wrong with the text.
    pub pointer: Option<String>,
    /// The bytes of the place.
    pub span: Range<usize>,
    /// What it is.
    pub message: String,
}

impl Finding {
    /// Gives the finding a fix, if there is one.
    pub fn fixed_by(&mut self, fix: Option<Fix>) {
        self.fix = fix;
    }
}

/// Collects findings: the one place where places become spans.
#[derive(Debug)]
pub struct Findings<'d> {
    document: &'d Document,
    /// Where its lines begin, once that is asked.
    lines: OnceCell<LineTable>,
    list: Vec<Finding>,
}

impl<'d> Findings<'d> {
    /// An empty collection for a document.
    pub fn new(document: &'d Document) -> Findings<'d> {
        Findings { document, lines: OnceCell::new(), list: Vec::new() }
    }

    /// Adds a risk. The severity may be less than the rule's own, where less is certain.
    pub fn add(
        &mut self,
        rule: &'static Rule,
        severity: Severity,
        place: Place,
        facts: impl Facts,
    ) -> &mut Finding {
        self.add_related(rule, severity, place, facts, Vec::new())
    }

    /// What stands at a place of the document.
    pub fn node(&self, pointer: &Pointer) -> Option<&'d Node> {
        self.document.root.as_ref()?.at(pointer)
    }

    /// The document.
    pub(super) fn document(&self) -> &'d Document {
        self.document
    }

    /// Makes edits of the document.
    pub fn editor(&self) -> Editor<'d> {
        Editor::new(self.document)
    }

    /// Adds a risk that other places belong to.
    pub fn add_related(
        &mut self,
        rule: &'static Rule,
        severity: Severity,
        place: Place,
        facts: impl Facts,
        related: Vec<(Place, String)>,
    ) -> &mut Finding {
        let related = related.into_iter().map(|(place, message)| Related {
            span: self.document.span_of(&place),
            pointer: Some(self.existing(place.pointer).to_string()),
            message,
        });
        self.list.push(Finding {
            rule,
            severity,
            class: Class::Risk,
            message: facts.message(),
            help: facts.help(),
            span: self.document.span_of(&place),
            pointer: Some(self.existing(place.pointer).to_string()),
            related: related.collect(),
            facts: serde_json::to_value(&facts).unwrap_or_default(),
            fix: None,
        });
        self.list.last_mut().expect("it was just pushed")
    }

    /// Adds a risk of a permission rule, which stands in the document's tree or, where it has none, on a line
    /// of its text; with other rules of the document that belong to it.
    pub fn add_permission(
        &mut self,
        rule: &'static Rule,
        severity: Severity,
        origin: &Origin,
        facts: impl Facts,
        related: Vec<(&Origin, String)>,
    ) {
        let related = related.into_iter().map(|(origin, message)| {
            let (pointer, span) = self.place_of(origin);
            Related { pointer, span, message }
        });
        let related = related.collect();
        let (pointer, span) = self.place_of(origin);
        self.list.push(Finding {
            rule,
            severity,
            class: Class::Risk,
            message: facts.message(),
            help: facts.help(),
            span,
            pointer,
            related,
            facts: serde_json::to_value(&facts).unwrap_or_default(),
            fix: None,
        });
    }

    /// The place of a permission rule.
    fn place_of(&self, origin: &Origin) -> (Option<String>, Range<usize>) {
        if self.document.root.is_some() && origin.pointer != Pointer::root() {
            let pointer = self.existing(origin.pointer.clone()).to_string();
            return (Some(pointer), self.document.span_of(&Place::value(origin.pointer.clone())));
        }
        let text = &self.document.text;
        let before = (origin.line as usize).saturating_sub(1);
        let start = self.lines.get_or_init(|| LineTable::new(text)).start_of(before, text);
        let line = text[start..].lines().next().unwrap_or_default();
        (None, start..start + line.trim_end().len())
    }

    /// Adds something about the text itself, such as a comment.
    pub fn add_text(
        &mut self,
        rule: &'static Rule,
        severity: Severity,
        span: Span,
        facts: impl Facts,
    ) {
        self.list.push(Finding {
            rule,
            severity,
            class: Class::Risk,
            message: facts.message(),
            help: facts.help(),
            span: span.range(),
            pointer: None,
            related: Vec::new(),
            facts: serde_json::to_value(&facts).unwrap_or_default(),
            fix: None,
        });
    }

    /// A pointer that leads somewhere: for a part that is missing, what it is missing from.
    fn existing(&self, mut pointer: Pointer) -> Pointer {
        let root = self.document.root.as_ref();
        while root.is_some_and(|root| root.at(&pointer).is_none()) {
            pointer = pointer.parent();
        }
        pointer
    }

    /// Adds a finding as it is.
    pub(super) fn push(&mut self, finding: Finding) {
        self.list.push(finding);
    }

    /// The findings in the order of their places; at one place the gravest first.
    pub fn into_sorted(self) -> Vec<Finding> {
        let mut list = self.list;
        sort(&mut list);
        list
    }
}

/// Puts findings in the order of their places; at one place the gravest first.
pub(super) fn sort(list: &mut [Finding]) {
    list.sort_by(|a, b| {
        let place = |finding: &Finding| (finding.span.start, finding.span.end);
        place(a).cmp(&place(b)).then(b.severity.cmp(&a.severity)).then(a.rule.name.cmp(b.rule.name))
    });
}

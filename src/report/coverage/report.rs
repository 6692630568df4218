//! What calls have met of policies.

use crate::coverage::{Coverage, Part, Share};
use crate::report::access::words::Lines;
use crate::source::Document;

/// What calls have met of policies.
#[derive(Clone, Debug)]
pub struct CoverageReport<'a> {
    /// The policies.
    pub policies: Vec<CoveredPolicy<'a>>,
}

/// What calls have met of a policy.
#[derive(Clone, Debug)]
pub struct CoveredPolicy<'a> {
    /// Its document.
    pub document: &'a Document,
    /// What they met.
    pub coverage: Coverage<'a>,
}

/// A part with its place.
pub(super) struct Placed<'c, 'a> {
    pub(super) part: &'c Part<'a>,
    pub(super) file: &'c str,
    /// Counted from 1; 0 where it stands in no line.
    pub(super) line: usize,
}

impl CoverageReport<'_> {
    /// How much of all policies together was seen.
    pub fn share(&self) -> Share {
        self.policies.iter().map(|one| one.coverage.share()).fold(Share::default(), Share::plus)
    }
}

impl<'a> CoveredPolicy<'a> {
    /// The parts with their places, in the order in which they stand.
    pub(super) fn placed(&self) -> Vec<Placed<'_, 'a>> {
        let lines = Lines::new(self.document);
        let parts = self.coverage.parts.iter().map(|part| self.place(part, &lines));
        let mut placed: Vec<Placed<'_, 'a>> = parts.collect();
        placed.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        placed
    }

    fn place<'c>(&'c self, part: &'c Part<'a>, lines: &Lines<'_>) -> Placed<'c, 'a> {
        let own = &self.document.name;
        let (file, line) = match part.what.origin() {
            Some(origin) => (origin.file.as_deref().unwrap_or(own), origin.line as usize),
            None => (own.as_str(), lines.of(part.what.pointer())),
        };
        Placed { part, file, line }
    }
}

impl Placed<'_, '_> {
    /// The file and line, or the file alone.
    pub(super) fn place(&self) -> String {
        match self.line {
            0 => self.file.to_string(),
            line => format!("{}:{line}", self.file),
        }
    }
}

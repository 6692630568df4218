//! What calls have met of policies.

use crate::coverage::{Coverage, Part, Share};
use crate::policy::{Origin, paths};
use crate::report::access::words::Lines;
use crate::report::common::secrets::Secrets;
use crate::source::Document;

/// What calls have met of policies.
#[derive(Clone, Debug)]
pub struct CoverageReport<'a> {
    /// The policies.
    pub policies: Vec<CoveredPolicy<'a>>,
    /// The folder of the process, from which files in it are named; empty where it is not known.
    pub folder: String,
    /// Whose values are not shown.
    pub secrets: &'a Secrets,
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
    /// As code hosts name it.
    pub(super) file: String,
    /// Counted from 1; 0 where it stands in no line.
    pub(super) line: usize,
}

impl<'a> CoverageReport<'a> {
    /// How much of all policies together was seen.
    pub fn share(&self) -> Share {
        self.policies.iter().map(|one| one.coverage.share()).fold(Share::default(), Share::plus)
    }

    /// The file of a policy as code hosts name it.
    pub(super) fn name_of(&self, policy: &CoveredPolicy<'_>) -> String {
        plain_path(&policy.document.name, &self.folder)
    }

    /// The parts of a policy with their places, in the order in which they stand.
    pub(super) fn placed<'c>(&self, policy: &'c CoveredPolicy<'a>) -> Vec<Placed<'c, 'a>> {
        let (document, lines) = (policy.document, Lines::new(policy.document));
        let place = |part: &'c Part<'a>| {
            let (file, line) = match part.what.origin() {
                Some(Origin { file, line, .. }) => {
                    (file.as_deref().unwrap_or(&document.name), *line as usize)
                }
                None => (&*document.name, lines.of(part.what.pointer())),
            };
            Placed { part, file: plain_path(file, &self.folder), line }
        };
        let mut placed: Vec<Placed<'c, 'a>> = policy.coverage.parts.iter().map(place).collect();
        placed.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        placed
    }
}

impl Placed<'_, '_> {
    /// The file and line, or the file alone.
    pub(super) fn place(&self) -> String {
        match self.line {
            0 => self.file.clone(),
            line => format!("{}:{line}", self.file),
        }
    }
}

/// A path from the folder `base`, where it leads into it, without the steps that lead nowhere: as code hosts name files.
fn plain_path(path: &str, base: &str) -> String {
    let within = path.strip_prefix(base).and_then(|path| path.strip_prefix('/'));
    let path = within.filter(|_| !base.is_empty()).unwrap_or(path);
    paths::plain(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_the_steps_that_lead_nowhere_and_no_others() {
        for (path, plain) in [
            ("fixtures/tests/../policies/./p.json", "fixtures/policies/p.json"),
            ("./p.json", "p.json"),
            ("../p.json", "../p.json"),
            ("a/../../p.json", "../p.json"),
            ("/../p.json", "/../p.json"),
            ("/a//b", "/a//b"),
            ("/repository/.claude/settings.json", ".claude/settings.json"),
            ("/repository-2/p.json", "/repository-2/p.json"),
        ] {
            assert_eq!(plain_path(path, "/repository"), plain, "{path}");
        }
        assert_eq!(plain_path("/p.json", ""), "/p.json");
    }
}

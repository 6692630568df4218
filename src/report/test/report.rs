//! What came of test files.

use crate::engine::Walk;
use crate::policy::Policy;
use crate::report::assert::Assertions;
use crate::source::Document;
use crate::testing::{Case, Failure};

/// What came of all test files.
#[derive(Debug)]
pub struct TestReport<'a> {
    /// The files, in the order in which they were found.
    pub files: Vec<TestedFile<'a>>,
}

/// What came of a test file.
#[derive(Debug)]
pub struct TestedFile<'a> {
    /// Its document.
    pub document: &'a Document,
    /// What came of it under each policy that it is for.
    pub sets: Vec<TestedSet<'a>>,
}

/// What came of a test file under a policy, or under those of several servers.
#[derive(Debug)]
pub struct TestedSet<'a> {
    /// The documents and policies, by their numbers.
    pub policies: Vec<(&'a Document, &'a Policy)>,
    /// The cases that were run, each with its failure if it failed.
    pub cases: Vec<(&'a Case, Option<FailedCase<'a>>)>,
    /// How many more were left out by a filter, or because one before them had failed.
    pub left_out: usize,
    /// The statements and what came of them.
    pub statements: Assertions<'a>,
}

/// A case that failed.
#[derive(Debug)]
pub struct FailedCase<'a> {
    /// What failed of it.
    pub failure: Failure<'a, 'a>,
    /// Every step of the decision; none where no policy is for the call's server.
    pub walk: Option<(u32, Walk<'a, 'a>)>,
}

impl TestReport<'_> {
    /// How many cases and statements there were, and how many of them are as they must be.
    pub fn counts(&self) -> TestCounts {
        let sets = self.files.iter().flat_map(|file| &file.sets);
        sets.map(TestedSet::counts).fold(TestCounts::default(), TestCounts::plus)
    }
}

impl TestedSet<'_> {
    pub(super) fn counts(&self) -> TestCounts {
        let answers = || self.statements.policies.iter().flat_map(|policy| &policy.answers);
        TestCounts {
            cases: self.cases.len(),
            passed: self.cases.iter().filter(|(_, failed)| failed.is_none()).count(),
            statements: answers().count(),
            holding: answers().filter(|answer| answer.holds()).count(),
            left_out: self.left_out,
        }
    }

    /// What the policies are called together.
    pub(super) fn name(&self) -> String {
        let names = self.policies.iter().map(|(document, _)| document.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    }
}

/// How many expectations there were, and how many are met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TestCounts {
    /// Cases that were run.
    pub cases: usize,
    /// Those that came out as they must.
    pub passed: usize,
    /// Statements that were asked.
    pub statements: usize,
    /// Those that are proved.
    pub holding: usize,
    /// Cases that were left out.
    pub left_out: usize,
}

impl TestCounts {
    /// Whether everything is as it must be.
    pub fn are_met(self) -> bool {
        (self.passed, self.holding) == (self.cases, self.statements)
    }

    fn plus(self, other: TestCounts) -> TestCounts {
        TestCounts {
            cases: self.cases + other.cases,
            passed: self.passed + other.passed,
            statements: self.statements + other.statements,
            holding: self.holding + other.holding,
            left_out: self.left_out + other.left_out,
        }
    }
}

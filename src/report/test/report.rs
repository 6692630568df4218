//! What came of test files.

use crate::engine::Walk;
use crate::mutation::{Fate, Mutant};
use crate::policy::Policy;
use crate::report::access::words::Lines;
use crate::report::assert::Assertions;
use crate::report::common::secrets::Secrets;
use crate::report::coverage::CoverageReport;
use crate::solver::Why;
use crate::source::Document;
use crate::testing::{Case, Failure, Found, Slip};

/// What came of all test files.
#[derive(Debug)]
pub struct TestReport<'a> {
    /// The files, in the order in which they were found.
    pub files: Vec<TestedFile<'a>>,
    /// Those that could not be run.
    pub broken: Vec<BrokenTest>,
    /// What became of mutants, for each policy by all files that test it; none where none were made.
    pub mutants: Vec<Mutants<'a>>,
    /// What the cases met of the policies, where that is wanted.
    pub coverage: Option<CoverageReport<'a>>,
    /// How many per cent of them must be covered, where that is asked for.
    pub least: Option<f64>,
}

/// A test file that could not be run: it is none, says nothing, or is for a policy that is none.
#[derive(Debug)]
pub struct BrokenTest {
    /// Why it could not be run, with its name.
    pub title: String,
    /// What is wrong.
    pub mistakes: Vec<TestMistake>,
    /// Whether all that is wrong is that it says nothing.
    pub is_empty: bool,
}

/// Something that is wrong in a test file, or in a policy that it is for.
#[derive(Debug)]
pub struct TestMistake {
    /// The file in which it is wrong.
    pub file: String,
    /// The line, where it is about one.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
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
    /// Names in them that are slips of others.
    pub slips: Vec<Slip<'a>>,
    /// How many more were left out by a filter, or because one before them had failed.
    pub left_out: usize,
    /// How many statements were left out for the same reasons, of each policy.
    pub unasked: usize,
    /// The statements and what came of them.
    pub statements: Assertions<'a>,
    /// Whose values are not shown.
    pub secrets: &'a Secrets,
}

/// What became of the mutants of policies that are tested together.
#[derive(Debug)]
pub struct Mutants<'a> {
    /// The documents of the policies, by their numbers.
    pub policies: Vec<&'a Document>,
    /// The mutants, each with the number of its policy.
    pub judged: Vec<(usize, Mutant, Fate<'a>)>,
    /// Whose values are not shown.
    pub secrets: &'a Secrets,
}

impl Mutants<'_> {
    /// How many a case or a statement kills.
    pub fn killed(&self) -> usize {
        self.judged.iter().filter(|(.., fate)| fate.is_killed()).count()
    }

    /// How many decide every call as the policy does.
    pub fn equivalent(&self) -> usize {
        self.judged.iter().filter(|(.., fate)| matches!(fate, Fate::Equivalent)).count()
    }

    /// Whether all that are no equals of the policy are killed.
    pub fn are_killed(&self) -> bool {
        self.killed() + self.equivalent() == self.judged.len()
    }

    /// Those that are no equals of the policy, with what became of them.
    pub(super) fn told(&self) -> impl Iterator<Item = (usize, &Mutant, &Fate<'_>)> {
        let all = self.judged.iter().filter(|(.., fate)| !matches!(fate, Fate::Equivalent));
        all.map(|(number, mutant, fate)| (*number, mutant, fate))
    }

    /// Those that pass all tests although they decide some call differently, with the case that is missing.
    pub fn survivors(&self) -> impl Iterator<Item = (usize, &Mutant, &Case)> {
        self.judged.iter().filter_map(|(number, mutant, fate)| match fate {
            Fate::Survives(case) => Some((*number, mutant, &**case)),
            _ => None,
        })
    }

    /// The file and line of what a mutant edits.
    pub(super) fn place(&self, number: usize, mutant: &Mutant) -> (String, usize) {
        let document = self.policies[number];
        let of_document =
            || (document.name.clone(), Lines::new(document).of(mutant.pointer.as_str()));
        let of_file = mutant.rule.as_ref().and_then(|(_, origin)| {
            Some((origin.file.as_ref()?.to_string(), usize::try_from(origin.line).ok()?))
        });
        of_file.unwrap_or_else(of_document)
    }

    /// What the policies are called together.
    pub(super) fn name(&self) -> String {
        let names = self.policies.iter().map(|document| document.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    /// Those that pass all tests and of which it cannot be told whether they decide any call differently.
    pub fn unknown(&self) -> impl Iterator<Item = (usize, &Mutant, Why)> {
        self.judged.iter().filter_map(|(number, mutant, fate)| match fate {
            Fate::Unknown(why) => Some((*number, mutant, *why)),
            _ => None,
        })
    }
}

/// A case that failed.
#[derive(Debug)]
pub struct FailedCase<'a> {
    /// What failed of it.
    pub failure: Failure<'a, 'a>,
    /// Every step of the decision; none where no policy is for the call's server.
    pub walk: Option<(u32, Walk<'a, 'a>)>,
    /// What to write in the test file, where it cannot be told what comes of the call.
    pub remedy: Option<String>,
}

impl TestReport<'_> {
    /// How many cases and statements there were, and how many of them are as they must be.
    pub fn counts(&self) -> TestCounts {
        let sets = self.files.iter().flat_map(|file| &file.sets);
        let run = sets.map(TestedSet::counts).fold(TestCounts::default(), TestCounts::plus);
        TestCounts { broken: self.broken.len(), ..run }
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
            unasked: self.unasked,
            broken: 0,
        }
    }

    /// The file and line of the rule that decided a call; none where none did.
    pub(super) fn rule_at(&self, found: &Found<'_>) -> Option<String> {
        let of_policy = || {
            let (document, _) = self.policies.get(found.policy? as usize)?;
            (!found.pointer.is_empty()).then(|| Lines::new(document).place(found.pointer))
        };
        found.place.map(str::to_owned).or_else(of_policy)
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
    /// Statements that were left out.
    pub unasked: usize,
    /// Test files that could not be run.
    pub broken: usize,
}

impl TestCounts {
    /// How many cases and statements were left out.
    pub fn left_out(self) -> usize {
        self.left_out + self.unasked
    }

    /// Whether everything is as it must be.
    pub fn are_met(self) -> bool {
        (self.passed, self.holding, self.broken) == (self.cases, self.statements, 0)
    }

    fn plus(self, other: TestCounts) -> TestCounts {
        TestCounts {
            cases: self.cases + other.cases,
            passed: self.passed + other.passed,
            statements: self.statements + other.statements,
            holding: self.holding + other.holding,
            left_out: self.left_out + other.left_out,
            unasked: self.unasked + other.unasked,
            broken: self.broken + other.broken,
        }
    }
}

impl TestMistake {
    /// Where it is wrong.
    pub(super) fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.file),
            None => self.file.clone(),
        }
    }

    /// What is wrong and what to do about it.
    pub(super) fn words(&self) -> String {
        match &self.help {
            Some(help) => format!("{}; {help}", self.message),
            None => self.message.clone(),
        }
    }
}

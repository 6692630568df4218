//! What is made of a trace while it is read, call by call.

use std::io;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::grants::{GrantShard, Grants};
use crate::engine::{GrantId, Timestamp};
use crate::trace::{
    BadLine, Format, PassedOver, Record, Trace, TraceError, UnknownFields, Unmapped,
};

/// How many lines that are not valid are kept to be named one by one.
const NAMED_BAD_LINES: usize = 10;

/// What is done with the calls of a trace. Where several threads share the work, each has a visitor
/// of its own, which sees all calls of some grants, in their order.
pub trait Visitor {
    /// Takes the next call.
    ///
    /// # Errors
    /// What is made of the calls cannot be written. Nothing more is read then.
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()>;

    /// Called where more may take a while to come.
    ///
    /// # Errors
    /// As for a call.
    fn pause(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A call as it comes out of a trace.
#[derive(Clone, Copy, Debug)]
pub struct NumberedCall<'a> {
    /// Its number among all calls, counted from 1.
    pub number: u64,
    /// The call.
    pub record: &'a Record<'a>,
    /// The name of its file.
    pub file: &'a str,
    /// Who called.
    pub grant: GrantId,
    /// When: its own time, or the one that it was given.
    pub time: Option<Timestamp>,
}

/// What was read of a trace beside its calls, and what the visitors made of these.
#[derive(Debug, Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Run<V> {
    /// The files that were read, as they were given, with their formats.
    pub files: Vec<(String, Format)>,
    /// The files that gave no call, and why.
    pub passed_over: Vec<PassedOver>,
    /// Fields that were not read and in which arguments may stand.
    pub unknown_fields: UnknownFields,
    /// What was to stand for fields of a record and stands in no line.
    #[serde(skip)]
    pub unmapped: Vec<Unmapped>,
    /// The visitors. Which of them saw a call depends on the call's grant alone.
    #[serde(skip)]
    pub visitors: Vec<V>,
    /// The grants.
    #[serde(skip)]
    pub grants: Grants,
    /// How many calls there were.
    pub calls: u64,
    /// How many of them have no grant, and so are all of the one that has no name.
    pub without_grant: u64,
    /// How many more a person refused, so that they were never made.
    pub refused: u64,
    /// How many lines were not valid.
    pub bad_lines: u64,
    /// The first of them.
    pub bad_examples: Vec<BadLine>,
}

impl<V> Run<V> {
    /// The same without the visitors.
    pub fn without_visitors(self) -> Run<()> {
        Run {
            visitors: Vec::new(),
            files: self.files,
            passed_over: self.passed_over,
            unknown_fields: self.unknown_fields,
            unmapped: self.unmapped,
            grants: self.grants,
            calls: self.calls,
            without_grant: self.without_grant,
            refused: self.refused,
            bad_lines: self.bad_lines,
            bad_examples: self.bad_examples,
        }
    }
}

impl Run<()> {
    /// Adds what was read of another part of the trace.
    pub(super) fn merge(&mut self, other: Run<()>) {
        self.files.extend(other.files);
        self.passed_over.extend(other.passed_over);
        self.unknown_fields.merge(other.unknown_fields);
        self.calls += other.calls;
        self.without_grant += other.without_grant;
        self.refused += other.refused;
        self.bad_lines += other.bad_lines;
        self.bad_examples.extend(other.bad_examples);
        self.bad_examples.truncate(NAMED_BAD_LINES);
    }
}

/// Why a trace could not be read to its end.
#[derive(Debug, Error)]
pub enum RunError {
    /// The trace cannot be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// What is made of the calls cannot be written.
    #[error(transparent)]
    Visitor(io::Error),
}

/// What ends the reading of a trace before its end.
pub(super) enum Stop {
    /// Calls do not come in the order of time.
    OutOfOrder,
    Failed(RunError),
}

impl From<TraceError> for Stop {
    fn from(error: TraceError) -> Stop {
        Stop::Failed(RunError::Trace(error))
    }
}

impl Stop {
    pub(super) fn failed(error: io::Error) -> Stop {
        Stop::Failed(RunError::Visitor(error))
    }
}

/// Counts made while reading.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) calls: u64,
    pub(super) without_grant: u64,
    pub(super) unknown_fields: UnknownFields,
    pub(super) bad_lines: u64,
    pub(super) bad_examples: Vec<BadLine>,
}

impl Tally {
    pub(super) fn add_bad(&mut self, bad: BadLine) {
        self.bad_lines += 1;
        if self.bad_examples.len() < NAMED_BAD_LINES {
            self.bad_examples.push(bad);
        }
    }

    pub(super) fn finish<V>(
        self,
        trace: &Trace,
        visitors: Vec<V>,
        grants: Vec<GrantShard>,
    ) -> Run<V> {
        let files = trace.files().map(|(name, format)| (name.to_owned(), format)).collect();
        Run {
            files,
            passed_over: trace.passed_over().collect(),
            unknown_fields: self.unknown_fields,
            unmapped: trace.unmapped(),
            visitors,
            grants: Grants::new(grants),
            calls: self.calls,
            without_grant: self.without_grant,
            refused: trace.refused(),
            bad_lines: self.bad_lines,
            bad_examples: self.bad_examples,
        }
    }
}

//! What a part of a trace comes to, so that parts can be summed up to the whole.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::partition_key::{Parted, date};
use super::run::Run;
use super::totals::Totals;

/// The program that wrote a part, which alone can read it.
const PROGRAM: &str = concat!("gatelint ", env!("CARGO_PKG_VERSION"));

/// How many calls a part may have: far more than there are, and few enough to be added up.
const MOST_CALLS: u64 = 1 << 48;

/// What a part of a trace comes to.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    program: Box<str>,
    /// The options on which the summary rests, by their names.
    options: BTreeMap<String, String>,
    /// What was read beside the calls.
    pub run: Run<()>,
    /// What the calls come to.
    pub totals: Totals,
    /// The names of the grants.
    pub grants: BTreeSet<String>,
    /// What no other part may have.
    pub parted: Parted,
}

/// What tells a part from other JSON.
#[derive(Deserialize)]
struct Head {
    program: Option<Box<str>>,
    schema_version: Option<u32>,
}

/// Why parts cannot be summed up.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum PartError {
    /// It is no JSON, or other JSON.
    #[error("{0} is no part of a summary")]
    NoPart(String),
    /// It is a summary for machines, which names some of the grants only.
    #[error("{0} is a summary that names only some of the grants, so that it cannot be summed up")]
    Summary(String),
    /// Another version wrote it.
    #[error("{0} was written by {1}, and this is {PROGRAM}")]
    OtherProgram(String, Box<str>),
    /// It is not what was written.
    #[error("{0} is damaged: {1}")]
    Damaged(String, String),
    /// It was made with other options.
    #[error("{part} was written with {option} {theirs}, and this is with {ours}")]
    OtherOption {
        /// The part.
        part: String,
        /// The option.
        option: String,
        /// Its value there.
        theirs: String,
        /// Its value here.
        ours: String,
    },
    /// Calls without a time may change the counters of any day.
    #[error("{0} has calls without a time ({1}), which may be of any day")]
    Untimed(String, u64),
    /// What must be in one part is in two.
    #[error("{what} is in both {one} and {other}")]
    Twice {
        /// What.
        what: String,
        /// The first of the parts.
        one: String,
        /// The second.
        other: String,
    },
}

impl PartError {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            PartError::NoPart(_) | PartError::Summary(_) => {
                "write parts with `gatelint replay --format part`"
            }
            PartError::OtherProgram(..) => "write all parts with one version",
            PartError::Damaged(..) => "write it anew",
            PartError::OtherOption { .. } => "give the same options for all parts and for --merge",
            PartError::Untimed(..) => {
                "give the calls times, or replay the whole trace at once; see --partition-key"
            }
            PartError::Twice { .. } => {
                "name every part once, and part the trace by what --partition-key says"
            }
        }
    }
}

impl Part {
    /// What a part of a trace came to under some options.
    pub fn new(
        options: BTreeMap<String, String>,
        run: Run<()>,
        totals: Totals,
        grants: BTreeSet<String>,
        parted: Parted,
    ) -> Part {
        Part { program: PROGRAM.into(), options, run, totals, grants, parted }
    }

    /// Reads a part that was written.
    ///
    /// # Errors
    /// It is none, or none of this version.
    pub fn read(name: &str, text: &[u8]) -> Result<Part, PartError> {
        let name = || name.to_owned();
        let head: Head = serde_json::from_slice(text).map_err(|_| PartError::NoPart(name()))?;
        match head {
            Head { program: Some(program), .. } if &*program != PROGRAM => {
                return Err(PartError::OtherProgram(name(), program));
            }
            Head { program: None, schema_version: Some(_) } => {
                return Err(PartError::Summary(name()));
            }
            Head { program: None, .. } => return Err(PartError::NoPart(name())),
            Head { .. } => {}
        }
        let part: Part = serde_json::from_slice(text)
            .map_err(|error| PartError::Damaged(name(), error.to_string()))?;
        match part.is_sound() {
            true => Ok(part),
            false => Err(PartError::Damaged(name(), "its numbers do not agree".to_owned())),
        }
    }

    /// Whether only some of the calls that were read are counted.
    fn is_chosen(&self) -> bool {
        ["--since", "--until", "--tool"].iter().any(|option| self.options.contains_key(*option))
    }

    fn is_sound(&self) -> bool {
        let run = &self.run;
        let counted = [run.calls, run.refused, run.bad_lines, self.parted.untimed];
        let fields = run.unknown_fields.iter().map(|(_, lines)| lines);
        counted.into_iter().chain(fields).all(|count| count <= MOST_CALLS)
            && run.without_grant <= run.calls
            && self.totals.calls_are(run.calls, !self.is_chosen())
    }
}

/// Parts on their way to the whole.
#[derive(Debug, Default)]
pub struct Merging {
    whole: Option<Part>,
    /// Which part has what must be in one part alone.
    seen: HashMap<(String, i64), usize>,
    names: Vec<String>,
}

impl Merging {
    /// Adds a part that must have been made with these options.
    ///
    /// # Errors
    /// It does not belong to the others. Nothing of them is of use then.
    pub fn add(
        &mut self,
        name: &str,
        part: Part,
        options: &BTreeMap<String, String>,
    ) -> Result<(), PartError> {
        check_options(name, &part.options, options)?;
        if part.parted.untimed > 0 && part.parted.key.needs_time() {
            return Err(PartError::Untimed(name.to_owned(), part.parted.untimed));
        }
        let number = self.names.len();
        self.names.push(name.to_owned());
        for (what, day) in part.parted.each() {
            if let Some(other) = self.seen.insert((what.to_owned(), day), number) {
                let what = [what, &date(day)].join(if what.is_empty() { "" } else { " on " });
                let (one, other) = (self.names[other].clone(), name.to_owned());
                return Err(PartError::Twice { what, one, other });
            }
        }
        match &mut self.whole {
            None => self.whole = Some(part),
            Some(whole) => {
                whole.run.merge(part.run);
                whole.totals.merge(part.totals);
                whole.grants.extend(part.grants);
                whole.parted.merge(part.parted);
            }
        }
        Ok(())
    }

    /// All parts together; none where there were none.
    pub fn finish(self) -> Option<Part> {
        let mut whole = self.whole?;
        whole.totals.grants = whole.grants.len() as u64;
        Some(whole)
    }
}

fn check_options(
    part: &str,
    theirs: &BTreeMap<String, String>,
    ours: &BTreeMap<String, String>,
) -> Result<(), PartError> {
    let said = |options: &BTreeMap<String, String>, name: &str| {
        options.get(name).map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"))
    };
    let names: BTreeSet<&String> = theirs.keys().chain(ours.keys()).collect();
    let other = names.into_iter().find(|name| theirs.get(*name) != ours.get(*name));
    other.map_or(Ok(()), |option| {
        Err(PartError::OtherOption {
            part: part.to_owned(),
            option: option.clone(),
            theirs: said(theirs, option),
            ours: said(ours, option),
        })
    })
}

//! What a test file says.

use std::time::Duration;

use super::expected::Expected;
use crate::assertion::Statement;
use crate::engine::Timestamp;
use crate::source::Pointer;
use crate::trace::Record;

/// A test file.
#[derive(Debug)]
pub struct Suite {
    /// The policies under which all must hold, each of them alone; none where the file names none.
    pub policies: Vec<Tested>,
    /// The home folder of an agent, as a path from the file; none where the file names none.
    pub home: Option<String>,
    /// What is assumed where facts are missing, as `FACT=VALUE`, each with its place.
    pub assume: Vec<(String, Pointer)>,
    /// What must come of single calls.
    pub cases: Vec<Case>,
    /// What must hold for all.
    pub statements: Vec<Statement>,
}

impl Suite {
    /// Whether nothing must come of anything.
    pub fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.statements.is_empty()
    }
}

/// What is tested: one policy for all servers, or one for each of some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tested {
    /// The policies, as paths from the file, with the servers that they are for.
    pub members: Vec<(Option<String>, String)>,
    /// Where they are named.
    pub pointer: Pointer,
}

/// A call or a sequence of calls with what must come of them.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is called; of a row of a table also that row's name or number.
    pub name: String,
    /// When its first call is made, unless that comes later.
    pub start: Timestamp,
    /// Its calls, in the order in which they are made.
    pub steps: Vec<Step>,
    /// Where it stands.
    pub pointer: Pointer,
}

/// A call that is made once or several times.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The call, without a time.
    pub record: Record<'static>,
    /// How long after the start of the case it is first made.
    pub at: Duration,
    /// How often it is made.
    pub times: u64,
    /// How long after each other.
    pub every: Duration,
    /// What must come of it, each time.
    pub expected: Expected,
    /// Where it stands.
    pub pointer: Pointer,
}

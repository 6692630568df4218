//! How much a question may cost before the answer is "unknown".

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::Why;

/// How many states the automata of one search may visit.
const MAX_STATES: usize = 60_000;

/// How many conjunctions one question may branch into.
const MAX_BRANCHES: u32 = 20_000;

/// How many steps of a bounded budget one conjunction is worth: about what preparing it takes.
const STEPS_PER_BRANCH: u32 = 8;

/// How many steps pass between two looks at the clock.
const STEPS_PER_LOOK: u32 = 256;

/// What a question, or a whole comparison, may cost.
#[derive(Debug)]
pub struct Budget {
    deadline: Option<Instant>,
    steps: Cell<u32>,
    /// After how many steps it ends.
    most: Option<u32>,
    branches: Cell<u32>,
    /// How many states one search over texts may visit.
    pub(super) states: usize,
}

impl Budget {
    /// A budget that ends after a while; `None` for one that only the caps end.
    pub fn new(timeout: Option<Duration>) -> Budget {
        Budget {
            deadline: timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
            steps: Cell::new(0),
            most: None,
            branches: Cell::new(0),
            states: MAX_STATES,
        }
    }

    /// A budget that ends after so many steps in all, on a slow machine as on a fast one.
    pub fn of_steps(steps: u32) -> Budget {
        Budget { most: Some(steps), ..Budget::new(None) }
    }

    /// Whether all steps were taken, so that no question is answered any more.
    pub fn is_spent(&self) -> bool {
        self.most.is_some_and(|most| self.steps.get() > most)
    }

    /// Whether calls may be tried where there is no answer for this reason: a bounded budget and one that
    /// is used up leave no time for that.
    pub(super) fn may_sample(&self, why: Why) -> bool {
        self.most.is_none() && why != Why::Timeout
    }

    /// Starts the next question: the caps count anew, the deadline stays.
    pub(super) fn next_question(&self) {
        self.branches.set(0);
    }

    /// Counts one step of a search.
    ///
    /// # Errors
    /// The time is over.
    pub(super) fn step(&self) -> Result<(), Why> {
        let steps = self.take(1)?;
        if steps.is_multiple_of(STEPS_PER_LOOK) { self.look() } else { Ok(()) }
    }

    /// Counts one conjunction.
    ///
    /// # Errors
    /// There were too many, or the time is over.
    pub(super) fn branch(&self) -> Result<(), Why> {
        self.branches.set(self.branches.get() + 1);
        self.take(STEPS_PER_BRANCH)?;
        if self.branches.get() > MAX_BRANCHES { Err(Why::TooManyCases) } else { self.look() }
    }

    /// Takes some steps, and tells how many were taken in all.
    fn take(&self, steps: u32) -> Result<u32, Why> {
        let steps = self.steps.get().wrapping_add(steps);
        self.steps.set(steps);
        match self.most {
            Some(most) if steps > most => Err(Why::TooManyCases),
            _ => Ok(steps),
        }
    }

    /// Looks at the clock.
    ///
    /// # Errors
    /// The time is over.
    pub(super) fn look(&self) -> Result<(), Why> {
        let over = self.deadline.is_some_and(|deadline| Instant::now() >= deadline);
        if over { Err(Why::Timeout) } else { Ok(()) }
    }
}

//! How much a question may cost before the answer is "unknown".

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::Why;
use crate::stop;

/// How many states the automata of one search may visit.
const MAX_STATES: usize = 60_000;

/// How many conjunctions one question may branch into.
const MAX_BRANCHES: u32 = 20_000;

/// How many steps of a bounded budget one conjunction is worth: about what preparing it takes.
const STEPS_PER_BRANCH: u32 = 8;

/// How many steps pass between two looks at the clock.
const STEPS_PER_LOOK: u32 = 256;

/// How many steps a look at the clock stands for where it is all that is counted: about what deciding a call takes.
const STEPS_PER_LOOK_ALONE: u32 = 8;

/// How many steps a question may take that shares its time with others, whatever the clock says: so many that one
/// which is answered easily is answered on a slow machine too, and so few that nobody waits for them.
const SURE_STEPS: u32 = 10_000;

/// What a question, or a whole comparison, may cost.
#[derive(Clone, Debug)]
pub struct Budget {
    deadline: Option<Instant>,
    /// How many steps it takes whatever the clock says.
    sure: u32,
    /// How many steps are taken that no bound counts.
    beside: Cell<u32>,
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
            sure: 0,
            beside: Cell::new(0),
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

    /// The same with no step taken; the time goes on.
    pub fn anew(&self) -> Budget {
        let none = || Cell::new(0);
        Budget { beside: none(), steps: none(), branches: none(), ..self.clone() }
    }

    /// Whether all steps were taken, so that no question is answered any more.
    pub fn is_spent(&self) -> bool {
        self.most.is_some_and(|most| self.steps.get() > most)
    }

    /// Whether calls may be tried where there is no answer for this reason: a bounded budget and one that
    /// is used up leave no time for that.
    pub(super) fn may_sample(&self, why: Why) -> bool {
        self.most.is_none() && why != Why::Timeout && !self.is_over()
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

    /// Looks at the clock, and whether anybody waits.
    ///
    /// # Errors
    /// The time is over.
    pub(super) fn look(&self) -> Result<(), Why> {
        stop::look();
        self.beside.set(self.beside.get().saturating_add(STEPS_PER_LOOK_ALONE));
        let is_sure = self.beside.get().saturating_add(self.steps.get()) < self.sure;
        if !is_sure && self.is_over() { Err(Why::Timeout) } else { Ok(()) }
    }

    fn is_over(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }
}

/// A time that questions share: each has its part of what is left, and is sure of some steps whatever those before it
/// took.
#[derive(Debug)]
pub struct Shares {
    deadline: Option<Instant>,
    /// How many questions are still to come.
    left: Cell<u32>,
}

impl Shares {
    /// The time of so many questions.
    pub fn new(timeout: Duration, questions: usize) -> Shares {
        let left = Cell::new(u32::try_from(questions).unwrap_or(u32::MAX));
        Shares { deadline: Instant::now().checked_add(timeout), left }
    }

    /// What the next question may cost.
    pub fn share(&self) -> Budget {
        let left = self.left.get().max(1);
        self.left.set(left - 1);
        let now = Instant::now();
        let part = self.deadline.map(|end| now + end.saturating_duration_since(now) / left);
        Budget { deadline: part, sure: SURE_STEPS, ..Budget::new(None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_question_has_its_part_of_the_time_and_some_steps_whatever_the_clock_says() {
        let shares = Shares::new(Duration::from_secs(8_000), 4);
        let part = shares.share().deadline.unwrap().saturating_duration_since(Instant::now());
        assert!((1_000..=2_000).contains(&part.as_secs()), "{part:?}");
        let shares = Shares::new(Duration::ZERO, 2);
        for budget in [shares.share(), shares.share(), shares.share()] {
            assert_eq!(budget.look(), Ok(()));
            assert!(!budget.may_sample(Why::Pattern), "trying takes long, and the time is over");
            let end = (0..).find_map(|_| budget.step().err());
            assert_eq!(end, Some(Why::Timeout));
            assert_eq!(budget.anew().look(), Ok(()));
        }
        assert_eq!(Budget::new(Some(Duration::ZERO)).look(), Err(Why::Timeout));
    }
}

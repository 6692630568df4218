//! How often what is decided here is what an agent decided.

use std::fmt;

use gatelint::engine::Outcome;

use crate::Answers;
use crate::set::Set;

/// The counts of one dialect, and every difference in words.
#[derive(Default)]
pub struct Tally {
    equal: usize,
    milder: usize,
    stricter: usize,
    /// What differs.
    pub wrong: Vec<String>,
    /// What cannot be told.
    pub open: Vec<String>,
}

impl Tally {
    /// Adds a set: each call, or the failure of the agent, which counts as one.
    pub fn add(&mut self, set: &Set, answers: Answers) {
        let fatal = set.errors.as_ref().and_then(|errors| errors["fatal"].as_str());
        match (fatal, answers) {
            (Some(fatal), Err(failure)) if fatal == failure => self.equal += 1,
            (Some(fatal), Ok(answers)) if !answers.is_empty() && answers.iter().all(is_open) => {
                self.open.push(format!("{}: {fatal}", set.name));
            }
            (Some(fatal), answers) => {
                self.milder += 1;
                let ours = answers.map_or_else(|failure| failure, |_| "it works".to_owned());
                self.wrong.push(format!("{}: {fatal}, here: {ours}", set.name));
            }
            (None, Err(failure)) => {
                self.stricter += set.decisions.len();
                self.wrong.push(format!("{}: works, here: {failure}", set.name));
            }
            (None, Ok(answers)) => {
                assert_eq!(answers.len(), set.decisions.len(), "{}", set.name);
                answers.into_iter().enumerate().for_each(|(at, ours)| self.call(set, at, ours));
            }
        }
    }

    fn call(&mut self, set: &Set, at: usize, ours: Option<Outcome>) {
        let theirs = set.decisions[at]["decision"].as_str().unwrap_or("null");
        let line =
            format!("{} {}: {theirs}, here {}: {}", set.name, at + 1, name(ours), set.calls[at]);
        let access = match theirs {
            "deny" => Outcome::Deny.access(),
            "ask" => Outcome::Ask.access(),
            _ => Outcome::Allow.access(),
        };
        match ours.unwrap_or(Outcome::Allow).access() {
            // What nobody can know is told as such.
            None if theirs == "unknown" => self.equal += 1,
            None => self.open.push(line),
            Some(_) if name(ours) == theirs => self.equal += 1,
            found => {
                if found < access {
                    self.stricter += 1
                } else {
                    self.milder += 1
                }
                self.wrong.push(line);
            }
        }
    }
}

fn is_open(answer: &Option<Outcome>) -> bool {
    *answer == Some(Outcome::Indeterminate)
}

fn name(answer: Option<Outcome>) -> &'static str {
    answer.map_or("null", Outcome::name)
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tally { equal, milder, stricter, open, .. } = self;
        let all = equal + milder + stricter + open.len();
        let open = open.len();
        write!(
            f,
            "{equal} equal, {open} indeterminate, {milder} milder, {stricter} stricter, of {all}"
        )
    }
}

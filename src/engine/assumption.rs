//! What is chosen to be assumed where facts are missing, as it is written: `FACT=VALUE`.

use std::fmt;

use super::assume::{Assumptions, Choice};
use super::decision::Missing;
use crate::policy::Start;
use crate::source::{nearest, one_of};

/// A name, what it makes of no and yes, and the words for them.
type OtherChoice = (&'static str, fn(bool) -> Assumption, [&'static str; 2]);

/// What is chosen beside the facts that are missing, with the words for no and for yes: what came of
/// a call without a known answer, what a failed tool gives back, what a person who is asked says.
const CHOICES: [OtherChoice; 5] = [
    ("upstream", Assumption::Upstream, ["ok", "error"]),
    ("tool_error", Assumption::ToolError, ["charge", "refund"]),
    ("ask", Assumption::Ask, ["deny", "allow"]),
    ("trust", Assumption::Trust, ["no", "yes"]),
    ("interactive", Assumption::Interactive, ["no", "yes"]),
];

/// All arguments that a log may withhold, under one name.
const ARGUMENTS: &str = "arguments";

/// All facts but what came of a call.
const ANY: &str = "any";

/// One assumption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assumption {
    /// What is chosen for some facts.
    Facts(Vec<Missing>, Choice),
    /// Whether a call without a known answer failed.
    Upstream(bool),
    /// Whether a call that the tool itself says has failed gives back what it took.
    ToolError(bool),
    /// Whether a person who is asked says yes.
    Ask(bool),
    /// Whether the agent's user trusts the project.
    Trust(bool),
    /// Whether somebody is there whom the agent can ask.
    Interactive(bool),
    /// The permission mode of calls whose record tells none.
    Mode(String),
}

impl Assumption {
    /// Reads `FACT=VALUE`.
    ///
    /// # Errors
    /// There is no such fact, or it has no such value; nearest ones are named.
    pub fn parse(text: &str) -> Result<Assumption, String> {
        let (fact, value) =
            text.split_once('=').ok_or("write a fact and a value, such as `arguments=absent`")?;
        if let Some((_, make, words)) = CHOICES.into_iter().find(|(name, ..)| *name == fact) {
            let chosen = words.iter().position(|word| *word == value);
            let refused = || format!("`{fact}` may be {}", one_of(words.into_iter()));
            return chosen.map(|which| make(which == 1)).ok_or_else(refused);
        }
        if (fact, value.is_empty()) == ("mode", false) {
            return Ok(Assumption::Mode(value.to_owned()));
        }
        let facts = facts(fact)?;
        let values = match facts.iter().all(|fact| fact.is_argument()) {
            true => &[Choice::Allow, Choice::Deny, Choice::Absent][..],
            false => &[Choice::Allow, Choice::Deny],
        };
        let named = values.iter().find(|choice| choice.name() == value);
        let names = || one_of(values.iter().map(|choice| choice.name()));
        named
            .map(|choice| Assumption::Facts(facts, *choice))
            .ok_or_else(|| format!("`{fact}` may be {}", names()))
    }

    /// Puts assumptions together; of two on one fact the later counts.
    pub fn together(all: &[Assumption]) -> Assumptions {
        let mut together = Assumptions::default();
        for assumption in all {
            match assumption {
                Assumption::Facts(facts, choice) => {
                    facts.iter().for_each(|fact| together.set(*fact, *choice));
                }
                Assumption::Upstream(failed) => together.unanswered_failed = Some(*failed),
                Assumption::ToolError(refunds) => together.tool_error_refunds = Some(*refunds),
                Assumption::Ask(approved) => together.approved = Some(*approved),
                Assumption::Mode(mode) => together.mode = Some(mode.as_str().into()),
                // Not asked of a call: how the agent was started says which rules there are.
                Assumption::Trust(_) | Assumption::Interactive(_) => {}
            }
        }
        together
    }

    /// How an agent was started; of two assumptions the later counts.
    pub fn start(all: &[Assumption]) -> Start {
        let mut start = Start::default();
        for assumption in all {
            match assumption {
                Assumption::Trust(trusted) => start.trusted = Some(*trusted),
                Assumption::Interactive(interactive) => start.headless = !interactive,
                _ => {}
            }
        }
        start
    }
}

impl fmt::Display for Assumption {
    /// As it is written for `--assume`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (fact, value) = match self {
            Assumption::Mode(mode) => ("mode", mode.as_str()),
            Assumption::Facts(facts, choice) => match facts.as_slice() {
                [one] => (one.code(), choice.name()),
                all if *all == Missing::ALL => (ANY, choice.name()),
                _ => (ARGUMENTS, choice.name()),
            },
            other => {
                let chosen = CHOICES.into_iter().find_map(|(fact, make, words)| {
                    let which = [false, true].into_iter().position(|yes| make(yes) == *other)?;
                    Some((fact, words[which]))
                });
                chosen.unwrap_or_default()
            }
        };
        write!(f, "{fact}={value}")
    }
}

fn facts(name: &str) -> Result<Vec<Missing>, String> {
    match name {
        ANY => return Ok(Missing::ALL.to_vec()),
        ARGUMENTS => return Ok(Missing::WITHHELD.to_vec()),
        _ => {}
    }
    if let Some(fact) = Missing::ALL.into_iter().find(|fact| fact.code() == name) {
        return Ok(vec![fact]);
    }
    let chosen = CHOICES.map(|(name, ..)| name);
    let others = [ARGUMENTS, ANY, "mode"];
    let known = || Missing::ALL.map(Missing::code).into_iter().chain(others).chain(chosen);
    Err(match nearest(name, known()) {
        Some(nearest) => format!("there is no fact `{name}`, did you mean `{nearest}`?"),
        None => format!("there is no fact `{name}`; name {}", one_of(known())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_missing_fact_can_be_assumed_and_only_arguments_to_be_absent() {
        for fact in Missing::ALL {
            for choice in [Choice::Allow, Choice::Deny, Choice::Absent] {
                let text = format!("{}={}", fact.code(), choice.name());
                let valid = choice != Choice::Absent || fact.is_argument();
                let read = Assumption::parse(&text).map(|assumption| assumption.to_string());
                assert_eq!(read.ok(), valid.then_some(text));
            }
        }
        let others = CHOICES.iter().flat_map(|(name, _, words)| words.map(|word| (*name, word)));
        for (name, word) in others.chain([("any", "deny"), ("arguments", "absent"), ("mode", "a")])
        {
            let text = format!("{name}={word}");
            assert_eq!(Assumption::parse(&text).unwrap().to_string(), text);
        }
        assert_eq!(
            Assumption::parse("time=absent"),
            Err("`time` may be `allow` or `deny`".to_owned())
        );
        assert_eq!(Assumption::parse("upstream=error"), Ok(Assumption::Upstream(true)));
        assert!(
            Assumption::parse("upstream=allow").is_err() && Assumption::parse("arguments").is_err()
        );
        assert!(
            Assumption::parse("argument=deny").unwrap_err().contains("did you mean `arguments`?")
        );
    }

    #[test]
    fn of_two_assumptions_on_a_fact_the_later_counts() {
        let read = |texts: &[&str]| {
            let all: Vec<Assumption> =
                texts.iter().map(|text| Assumption::parse(text).unwrap()).collect();
            Assumption::together(&all)
        };
        let both = read(&["any=deny", "arguments=absent"]);
        assert_eq!(both.of(Missing::Time), Some(Choice::Deny));
        assert_eq!(both.of(Missing::HashedArguments), Some(Choice::Absent));
        assert_eq!(both.of(Missing::HugeNumber), Some(Choice::Deny));
        assert_eq!(read(&["arguments=absent", "any=deny"]), read(&["any=deny"]));
    }
}

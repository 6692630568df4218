//! A policy that gives recorded calls what they needed and no more.

use super::draft::{Choice, Condition, Draft, Drafted, recommended};
use super::observe::{Observed, Use};
use crate::catalogue::{Category, Recommendation};
use crate::policy::Dialect;

/// How closely a policy follows what was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// How many times the observed calls a minute a limit lets through; at least 1.
    pub headroom: f64,
    /// The share of the minutes, in percent, whose calls a limit must let through.
    pub percentile: f64,
    /// How many calls a tool must have had before what was always the same becomes a condition;
    /// `None` for no conditions at all.
    pub least_calls: Option<u64>,
    /// Tools that may be called although the catalogue recommends to hide or deny them, with the
    /// recorded values of their arguments.
    pub allowed: Vec<String>,
}

/// A point of the curve that says what a limit would have done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The limit, in calls a minute.
    pub max: u64,
    /// How many of the recorded calls it would have throttled.
    pub throttled: u64,
    /// Their share of the calls with a time, from 0 to 1.
    pub share: f64,
}

impl Fit {
    /// The policy for what was observed; `judge` gives a tool's category and how sure that is. Tools
    /// that were never called are left out.
    pub fn draft(
        &self,
        observed: &Observed,
        judge: impl Fn(&str) -> (Category, f64),
        dialect: Dialect,
    ) -> Draft {
        let tool = |(name, used): (&String, &Use)| self.tool(name, used, judge(name));
        Draft { dialect, tools: observed.tools.iter().map(tool).collect() }.writable()
    }

    fn tool(&self, name: &str, used: &Use, judgement: (Category, f64)) -> Drafted {
        let (category, confidence) = judgement;
        let allowed = self.allowed.iter().any(|allowed| allowed == name);
        let choice = match recommended(category) {
            Choice::Limit(recommended) => Choice::Limit(self.limit(used, recommended)),
            Choice::Hide | Choice::DenyAll if allowed => {
                let Recommendation::LimitPerMinute(recommended) =
                    Category::Execute.recommendation()
                else {
                    unreachable!("Execute tools are limited");
                };
                Choice::Limit(self.limit(used, recommended))
            }
            choice => choice,
        };
        let enough = self.least_calls.is_some_and(|least| used.calls >= least);
        let same = |condition: &&Condition| condition.values.len() == 1;
        let conditions = match choice {
            // What is dangerous may do what it did, and nothing else.
            Choice::Limit(_) if category > Category::Execute => used.values.clone(),
            Choice::Limit(_) if enough => used.values.iter().filter(same).cloned().collect(),
            _ => Vec::new(),
        };
        Drafted { name: name.to_owned(), category, confidence, choice, conditions }
    }

    /// The limit for what was observed, with headroom up to what is recommended: beyond that, only
    /// what was really needed.
    fn limit(&self, used: &Use, recommended: u32) -> u32 {
        let needed = u32::try_from(used.percentile(self.percentile)).unwrap_or(u32::MAX);
        if needed == 0 {
            return recommended;
        }
        let wanted = (f64::from(needed) * self.headroom).ceil() as u32;
        wanted.clamp(needed, needed.max(recommended))
    }
}

/// What limits would have throttled: a point for every number of calls a minute that was seen,
/// and for those asked for.
pub fn curve(used: &Use, more: &[u64]) -> Vec<Step> {
    let timed: u64 = used.minutes.iter().map(|(calls, minutes)| calls * minutes).sum();
    let mut points: Vec<u64> = used.minutes.keys().chain(more).copied().collect();
    points.sort_unstable();
    points.dedup();
    let step = |max| {
        let beyond = used.minutes.range(max..);
        let throttled = beyond.map(|(calls, minutes)| (calls - max) * minutes).sum();
        let share = if timed == 0 { 0.0 } else { throttled as f64 / timed as f64 };
        Step { max, throttled, share }
    };
    points.into_iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn used(minutes: &[(u64, u64)]) -> Use {
        let condition = |name: &str, values: &[&str]| Condition {
            path: vec![name.to_owned()],
            values: values.iter().map(|value| (*value).into()).collect(),
        };
        let values = vec![condition("env", &["dev"]), condition("name", &["a", "b"])];
        Use { calls: 50, minutes: minutes.iter().copied().collect(), values, ..Use::default() }
    }

    fn fit() -> Fit {
        Fit { headroom: 2.0, percentile: 100.0, least_calls: Some(10), allowed: Vec::new() }
    }

    fn drafted(fit: &Fit, used: Use, category: Category) -> Drafted {
        let observed =
            Observed { tools: BTreeMap::from([("t".to_owned(), used)]), ..Observed::default() };
        fit.draft(&observed, |_| (category, 1.0), Dialect::V1).tools.remove(0)
    }

    fn limit(fit: &Fit, minutes: &[(u64, u64)]) -> Choice {
        drafted(fit, used(minutes), Category::Execute).choice
    }

    #[test]
    fn a_limit_is_the_peak_with_headroom_but_headroom_ends_at_the_recommended() {
        assert_eq!(limit(&fit(), &[(1, 9), (3, 1)]), Choice::Limit(6));
        assert_eq!(limit(&fit(), &[(7, 1)]), Choice::Limit(10));
        assert_eq!(limit(&fit(), &[(25, 1)]), Choice::Limit(25));
        assert_eq!(limit(&fit(), &[]), Choice::Limit(10), "without times, what is recommended");
        assert_eq!(limit(&Fit { headroom: 1.4, ..fit() }, &[(3, 1)]), Choice::Limit(5));
        let fit = Fit { percentile: 90.0, ..fit() };
        assert_eq!(limit(&fit, &[(1, 9), (25, 1)]), Choice::Limit(2));
    }

    #[test]
    fn what_was_always_the_same_must_stay_so_where_there_were_enough_calls() {
        let conditions = |fit: &Fit, category| drafted(fit, used(&[(1, 50)]), category).conditions;
        assert_eq!(conditions(&fit(), Category::Execute).len(), 1);
        assert_eq!(conditions(&fit(), Category::Read), []);
        let more = Fit { least_calls: Some(51), ..fit() };
        assert_eq!(conditions(&more, Category::Execute), []);
        assert_eq!(conditions(&Fit { least_calls: None, ..fit() }, Category::Execute), []);
    }

    #[test]
    fn what_is_dangerous_stays_refused_unless_it_is_allowed_by_name() {
        let choice = |fit: &Fit, category| drafted(fit, used(&[(2, 25)]), category).choice;
        assert_eq!(choice(&fit(), Category::Destructive), Choice::Hide);
        assert_eq!(choice(&fit(), Category::Financial), Choice::DenyAll);
        let allowed = Fit { allowed: vec!["t".to_owned()], ..fit() };
        assert_eq!(choice(&allowed, Category::Destructive), Choice::Limit(4));
        let drafted = drafted(&allowed, used(&[(2, 25)]), Category::Destructive);
        assert_eq!(drafted.conditions.len(), 2, "only with the recorded values");
        assert_eq!(choice(&allowed, Category::Read), Choice::Allow);
    }

    #[test]
    fn the_curve_says_what_each_limit_would_have_throttled() {
        let steps = curve(&used(&[(1, 10), (4, 2), (12, 1)]), &[10]);
        let found: Vec<(u64, u64)> = steps.iter().map(|step| (step.max, step.throttled)).collect();
        assert_eq!(found, [(1, 17), (4, 8), (10, 2), (12, 0)]);
        assert!((steps[0].share - 17.0 / 30.0).abs() < 1e-12);
        assert_eq!(curve(&Use::default(), &[10])[0].share, 0.0);
    }
}

//! A policy that gives recorded calls what they needed and no more.

use std::borrow::Cow;

use super::choose::Chooser;
use super::draft::{Choice, Draft, Drafted, recommended};
use super::observe::{Observed, Use};
use crate::catalogue::{Argument, Category, Recommendation, Subject, Tool, classify};
use crate::policy::Dialect;

/// How closely a policy follows what was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// How many times the observed calls, and sums of money, a policy lets through; at least 1.
    pub headroom: f64,
    /// The share of the minutes, in percent, whose calls a limit must let through.
    pub percentile: f64,
    /// How many calls a tool must have had before its arguments get conditions; `None` for no conditions
    /// at all.
    pub least_calls: Option<u64>,
}

impl Fit {
    /// The policy for what was observed; `known` are the tools of a server. Tools that were never called are
    /// left out; what was called is let through, with a limit unless it only reads.
    pub fn draft<'t>(
        &self,
        observed: &Observed,
        known: impl Fn(&str) -> Option<&'t Tool>,
        dialect: Dialect,
    ) -> Draft {
        let tool = |(name, used): (&String, &Use)| {
            let tool = known(name).map_or_else(|| Cow::Owned(guessed(name, used)), Cow::Borrowed);
            self.tool(name, used, &tool)
        };
        Draft { dialect, tools: observed.tools.iter().map(tool).collect() }.writable()
    }

    fn tool(&self, name: &str, used: &Use, tool: &Tool) -> Drafted {
        let choice = match recommended(tool.category) {
            Choice::Limit(recommended) => Choice::Limit(self.limit(used, recommended)),
            Choice::Allow => Choice::Allow,
            _ => {
                let Recommendation::LimitPerMinute(recommended) =
                    Category::Execute.recommendation()
                else {
                    unreachable!("Execute tools are limited");
                };
                Choice::Limit(self.limit(used, recommended))
            }
        };
        // Money that is sent bit by bit is gone as well.
        let is_financial = tool.category == Category::Financial;
        let daily = is_financial.then(|| self.with_headroom(used.daily_peak()));
        let headroom = self.headroom;
        let chooser = |least_calls| Chooser { tool, used, least_calls, headroom };
        let chosen = self.least_calls.map(|least| {
            let conditions = chooser(least).conditions();
            let open = chooser(least).open(&conditions);
            (conditions, open)
        });
        let (conditions, open) = chosen.unwrap_or_default();
        Drafted {
            name: name.to_owned(),
            category: tool.category,
            confidence: tool.confidence,
            choice,
            daily,
            conditions,
            open,
        }
    }

    /// The limit for what was observed, with headroom up to what is recommended: beyond that, only
    /// what was really needed.
    fn limit(&self, used: &Use, recommended: u32) -> u32 {
        let needed = u32::try_from(used.percentile(self.percentile)).unwrap_or(u32::MAX);
        if needed == 0 {
            return recommended;
        }
        self.with_headroom(needed.into()).clamp(needed, needed.max(recommended))
    }

    fn with_headroom(&self, calls: u64) -> u32 {
        (calls as f64 * self.headroom).ceil() as u32
    }
}

/// A tool that nobody knows, as its name and the arguments that it was called with tell.
fn guessed(name: &str, used: &Use) -> Tool {
    let outer = used.arguments.iter().filter(|seen| seen.path.len() == 1);
    let argument = |seen: &super::seen::Seen| {
        let required = seen.calls == used.calls;
        (seen.path[0].clone(), Argument { kind: seen.kind(), required })
    };
    let arguments = Some(outer.map(argument).collect());
    Tool { arguments, ..classify(&Subject::named(name)).into_tool(name) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn fit() -> Fit {
        Fit { headroom: 2.0, percentile: 100.0, least_calls: Some(10) }
    }

    fn limit(fit: &Fit, minutes: &[(u64, u64)]) -> Choice {
        drafted(fit, minutes, Category::Execute).choice
    }

    fn drafted(fit: &Fit, minutes: &[(u64, u64)], category: Category) -> Drafted {
        let minutes: BTreeMap<u64, u64> = minutes.iter().copied().collect();
        let mut used = Use::default();
        (used.calls, used.days, used.minutes) = (50, minutes.clone(), minutes);
        let tools = BTreeMap::from([("t".to_owned(), used)]);
        let observed = Observed { tools, ..Observed::default() };
        let tool = Tool { category, ..classify(&Subject::named("t")).into_tool("t") };
        fit.draft(&observed, |_| Some(&tool), Dialect::V1).tools.remove(0)
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
    fn what_was_used_is_let_through_and_what_moves_money_is_limited_by_the_day_too() {
        let found = |category| {
            let tool = drafted(&fit(), &[(2, 25)], category);
            (tool.choice, tool.daily)
        };
        assert_eq!(found(Category::Read), (Choice::Allow, None));
        assert_eq!(found(Category::Destructive), (Choice::Limit(4), None));
        assert_eq!(found(Category::Financial), (Choice::Limit(4), Some(4)));
    }
}

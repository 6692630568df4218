use serde::Serialize;

use crate::catalogue::{Category, Held, Holds, Property, Tool};
use crate::lint::amount::Bounds;
use crate::lint::check::rule;
use crate::lint::finding::{Facts, Findings};
use crate::lint::{Context, RuleCheck, Severity};
use crate::policy::{Amount, Effect, Order, Predicate, Subject, ToolPolicy, Window, calls_within};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds tools that move money, or what is worth money, by an argument that no condition holds down, or that is capped in each call alone: neither a counter sums it up nor does a limit bound the calls of a day.
    /// It needs to know the tool's arguments, from the catalogue or the server's `tools/list`.
    ///
    /// ## Why is this bad?
    /// Sixty times 100.00 a minute is no cap. What is paid out does not come back.
    ///
    /// ## Example
    /// ```json
    /// {"tools": {"issue_refund": {
    ///   "require": [{"conditions": [{"path": "args.amount", "op": "lte", "value": 10000}]}],
    ///   "limits": [{"counter": "issue_refund_rate", "window": "minute", "max": 60, "scope": "grant"}]}}}
    /// ```
    ///
    /// ## Use instead
    /// A cap on each call and a limit on the calls of a day, or in Intercept a counter with `increment_from`:
    ///
    /// ```json
    /// {"tools": {"issue_refund": {
    ///   "require": [{"conditions": [{"path": "args.amount", "op": "lte", "value": 10000}]}],
    ///   "limits": [{"counter": "issue_refund_day", "window": "day", "max": 20, "scope": "grant"}]}}}
    /// ```
    "unbounded-amount", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct UnboundedAmount {
    tool: String,
    argument: String,
    /// Whether each call is capped, and only their sum is not.
    capped: bool,
}

impl Facts for UnboundedAmount {
    fn message(&self) -> String {
        let UnboundedAmount { tool, argument, capped } = self;
        match capped {
            true => format!(
                "`{argument}` of `{tool}` is capped in each call, but nothing bounds what the calls of a day come to"
            ),
            false => format!("nothing bounds `{argument}` of `{tool}` from above"),
        }
    }

    fn help(&self) -> Option<String> {
        let help = match self.capped {
            true => "limit the calls of a day, or sum the argument up in a counter",
            false => "require that it is at most so much, and limit the calls of a day",
        };
        Some(help.to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    for (listed, tool) in context.unasked() {
        if context.is_incomplete(listed) {
            continue;
        }
        let mut amounts = tool.holding(|held| is_money(tool, held));
        amounts.sort_by(|one, other| other.1.confidence.total_cmp(&one.1.confidence));
        let capped = |path: &[String]| is_capped(context, listed, tool, path);
        let is_summed = amounts.iter().any(|(path, _)| is_summed(context, listed, path));
        let cap = amounts.iter().find(|(path, _)| capped(path));
        let (path, window) = match (cap, amounts.first()) {
            _ if is_summed => continue,
            (None, Some((path, _))) => (path, None),
            (Some((path, _)), _) => (path, calls_within(context.limits(listed), Window::Day)),
            (None, None) => continue,
        };
        let bounded_by = window.map(|bound| bound.limit.window);
        if bounded_by == Some(Window::Day) || has_day(context, listed) && cap.is_some() {
            continue;
        }
        let facts = UnboundedAmount {
            tool: tool.name.clone(),
            argument: format!("args.{}", path.join(".")),
            capped: cap.is_some(),
        };
        // Some calls an hour come to so many a day as well.
        let most = if bounded_by == Some(Window::Hour) { Severity::Info } else { RULE.severity };
        let severity = context.weigh_announced(tool, most);
        findings.add(&RULE, severity, Place::key(listed.pointer.clone()), facts);
    }
}

/// Whether what an argument holds is money: in a tool that moves some, or by its name and the company
/// that it keeps.
fn is_money(tool: &Tool, held: &Held) -> bool {
    /// More than a name alone says.
    const SURE: f64 = 0.9;
    let moves = tool.category == Category::Financial;
    held.what == Holds::Amount
        && (moves || (tool.category > Category::Read && held.confidence > SURE))
}

fn has_day(context: &Context<'_>, listed: &ToolPolicy) -> bool {
    let own = listed.rules.limits.iter().chain(&context.policy.all_tools.limits);
    own.into_iter().any(|limit| limit.window == Window::Day && limit.calls().is_some())
}

/// Whether a counter sums an argument up and has an end.
fn is_summed(context: &Context<'_>, listed: &ToolPolicy, path: &[String]) -> bool {
    let mut own = listed.rules.limits.iter().chain(&context.policy.all_tools.limits);
    own.any(|limit| {
        limit.max.is_some() && matches!(&limit.amount, Amount::Argument(counted) if counted == path)
    })
}

/// Whether each call has an end: by the conditions, or by the schema.
fn is_capped<'a>(
    context: &Context<'a>,
    listed: &'a ToolPolicy,
    tool: &Tool,
    path: &[String],
) -> bool {
    let announced = match tool.property(path) {
        Property::Known(schema) => ["maximum", "exclusiveMaximum", "enum", "const"]
            .iter()
            .any(|key| schema.get(key).is_some()),
        _ => false,
    };
    let is_own = |subject: &Subject| matches!(subject, Subject::Argument(own) if own == path);
    let denies_more = context.policy.rules(Some(&listed.rules)).flat_map(|rules| &rules.checks).any(
        |check| match (check.effect, check.conditions.as_slice()) {
            (Effect::DenyIf | Effect::AskIf, [only]) => {
                let above = Order::Gt;
                is_own(&only.subject)
                    && matches!(only.predicate, Predicate::Compare { order, .. } if order == above || order == Order::Gte)
            }
            _ => false,
        },
    );
    let is_matched = context.required(listed).into_iter().any(|condition| {
        is_own(&condition.subject) && matches!(condition.predicate, Predicate::Matches(_))
    });
    announced || denies_more || is_matched || Bounds::of(context, Some(listed), path).has_most()
}

use serde::Serialize;

use crate::lint::check::rule;
use crate::lint::context::{denial, enumerate};
use crate::lint::contradiction::contradiction;
use crate::lint::finding::{Facts, Findings};
use crate::lint::solving::budget;
use crate::lint::{Context, RuleCheck};
use crate::policy::{Check, Effect, ToolPolicy};
use crate::solver::{Budget, Entries};
use crate::source::Place;

rule! {
    /// ## What it does
    /// Finds tools of which something is said about what may pass, by a `require` entry, a question to a person or a limit, and of which no call can: one entry denies every call, that of the tool or of all tools, or the entries do so between them.
    /// A denial that stands alone says what is meant and is none. Conditions are judged by solving them; where that takes too long the rule is silent.
    ///
    /// ## Why is this bad?
    /// Somebody meant calls to pass, and none does. Often a denial "for the rest" is at fault: every entry is asked, and the first that refuses a call decides, so that such a denial refuses everything.
    ///
    /// ## Example
    /// ```json
    /// {"query_table": {
    ///   "require": [{"conditions": [{"path": "args.sql", "op": "regex", "value": "^SELECT [a-z_]+$"}]}],
    ///   "deny_if": [{"conditions": [], "on_deny": "Only SELECT."}]}}
    /// ```
    ///
    /// ## Use instead
    /// What does not meet a `require` entry is denied already:
    ///
    /// ```json
    /// {"query_table": {
    ///   "require": [{"conditions": [{"path": "args.sql", "op": "regex", "value": "^SELECT [a-z_]+$"}], "on_deny": "Only SELECT."}]}}
    /// ```
    "unreachable-tool", Warning, RuleCheck::Policy(check)
}

#[derive(Serialize)]
struct Unreachable {
    tool: String,
    reason: Reason,
    /// Whether a person was to be asked about calls.
    #[serde(skip)]
    asks: bool,
    /// The entries that leave nothing, as few as were found.
    refusing: Vec<Refusing>,
}

#[derive(Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Reason {
    Denied,
    DeniedForAllTools,
    EntriesTogether,
}

/// An entry, and which calls it refuses.
#[derive(Serialize)]
struct Refusing {
    rule: String,
    refuses: Refuses,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum Refuses {
    /// Every call.
    All,
    /// Those that meet its conditions.
    Met,
    /// Those that do not.
    Unmet,
}

impl Refuses {
    fn of(check: &Check) -> Refuses {
        match check.effect {
            Effect::Require => Refuses::Unmet,
            Effect::DenyIf if check.conditions.is_empty() => Refuses::All,
            // One that asks is never among those that refuse.
            Effect::DenyIf | Effect::AskIf => Refuses::Met,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Refuses::All => "this one denies every call",
            Refuses::Met => "this one denies what meets it",
            Refuses::Unmet => "this one denies what does not meet it",
        }
    }
}

impl Facts for Unreachable {
    fn message(&self) -> String {
        let rules: Vec<String> = self.refusing.iter().map(|entry| entry.rule.clone()).collect();
        let rules = enumerate(&rules);
        let why = match self.reason {
            Reason::Denied => format!("{rules} denies every one, whatever its other entries say"),
            Reason::DeniedForAllTools => {
                format!("{rules}, which holds for all tools, denies every one")
            }
            Reason::EntriesTogether => format!("between them {rules} refuse every one"),
        };
        format!("no call of `{}` can pass: {why}", self.tool)
    }

    fn help(&self) -> Option<String> {
        let help = match self.reason {
            Reason::Denied | Reason::DeniedForAllTools if self.asks => {
                "nobody is asked about what is denied anyhow: give the denial the conditions that were meant; if no call is to pass, keep the denial alone or hide the tool"
            }
            Reason::EntriesTogether => "mend the entries, or hide the tool if no call is to pass",
            _ => {
                "an entry that says what must hold refuses the rest by itself, with no denial behind it; if no call is to pass, keep the denial alone or hide the tool"
            }
        };
        Some(help.to_owned())
    }
}

fn check(context: &Context<'_>, findings: &mut Findings<'_>) {
    let budget = budget(context.policy);
    let tools = context.policy.tools.iter().filter(|tool| tool.name != "*");
    for tool in tools.filter(|tool| is_judged(context, tool)) {
        let Some((reason, refusing)) = refusing(context, tool, &budget) else { continue };
        if refusing.iter().all(|check| context.is_read(&check.pointer)) {
            report(tool, reason, &refusing, findings);
        }
    }
}

/// Whether a tool was read to its end and says of some calls that they may pass; then what denies
/// every call of it is said by this rule.
pub(super) fn is_judged(context: &Context<'_>, tool: &ToolPolicy) -> bool {
    let lets_pass = |check: &Check| match check.effect {
        Effect::Require => !check.conditions.is_empty(),
        Effect::AskIf => true,
        Effect::DenyIf => false,
    };
    let is_limited = || tool.rules.limits.iter().any(|limit| limit.max.is_some());
    (tool.rules.checks.iter().any(lets_pass) || is_limited())
        && context.hidden(&tool.name).is_none()
        && !context.is_incomplete(tool)
        && context.is_read(&tool.pointer)
        && context.is_shared_read()
}

/// The entries that let no call of a tool pass, and why; none if calls pass, if that cannot be told,
/// or if it is said elsewhere.
fn refusing<'a>(
    context: &Context<'a>,
    tool: &'a ToolPolicy,
    budget: &Budget,
) -> Option<(Reason, Vec<&'a Check>)> {
    let (policy, equality) = (context.policy, context.policy.semantics.equality);
    if let Some(denial) = denial(&tool.rules) {
        return Some((Reason::Denied, vec![denial]));
    }
    if let Some(denial) = denial(&policy.all_tools) {
        return Some((Reason::DeniedForAllTools, vec![denial]));
    }
    let is_shut = context.limits(tool).any(|limit| limit.calls().is_some_and(|calls| calls <= 0));
    if is_shut || contradiction(&context.required(tool), equality).is_some() {
        return None;
    }
    let checks: Vec<&Check> = tool.rules.checks.iter().chain(&policy.all_tools.checks).collect();
    let refusing = Entries::new(checks.iter().copied(), equality).refusing_all(budget)?;
    let refusing: Vec<&Check> = refusing.into_iter().map(|entry| checks[entry]).collect();
    (!refusing.is_empty()).then_some((Reason::EntriesTogether, refusing))
}

fn report(tool: &ToolPolicy, reason: Reason, refusing: &[&Check], findings: &mut Findings<'_>) {
    let entry = |check: &&Check| Refusing { rule: check.rule.clone(), refuses: Refuses::of(check) };
    let facts = Unreachable {
        tool: tool.name.clone(),
        reason,
        asks: tool.rules.checks.iter().any(|check| check.effect == Effect::AskIf),
        refusing: refusing.iter().map(entry).collect(),
    };
    let related = refusing
        .iter()
        .map(|check| (Place::value(check.pointer.clone()), Refuses::of(check).words().to_owned()));
    let place = Place::key(tool.pointer.clone());
    findings.add_related(&RULE, RULE.severity, place, facts, related.collect());
}

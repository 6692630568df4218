//! One decision walked step by step, for people.

use std::fmt::Write;

use super::predicate::describe;
use crate::engine::{
    Answer, Cause, CheckStep, ConditionStep, Found, LimitStep, Missing, Outcome, Room, Sight,
};
use crate::policy::{Check, Condition, Effect, Limit};
use crate::replay::Explanation;
use crate::report::access::words::Lines;
use crate::report::common::escape::escape;
use crate::report::common::secrets::Secrets;
use crate::report::common::style::{Style, color};
use crate::report::common::words::{SPEAKS_OF_APPROVAL, precise_time, time, whole_secrets};
use crate::report::common::wrap::fitted;
use crate::source::Document;

/// How many characters of a value are shown.
const SHOWN: usize = 120;

/// Writes what a call was asked, what was found, and what came of it.
pub fn write_explanation(
    out: &mut String,
    explanation: &Explanation<'_>,
    document: &Document,
    secrets: &Secrets,
    style: &Style,
) {
    fitted(out, style, |out| {
        _ = writeln!(out, "{}\n", style.bold(&headline(explanation)));
        write_all_steps(out, explanation, true, secrets, style);
        write_decision(out, explanation, document, style);
    });
}

/// Writes only what was asked of a call and found, up to what decided it.
pub(in crate::report) fn write_steps(
    out: &mut String,
    explanation: &Explanation<'_>,
    secrets: &Secrets,
    style: &Style,
) {
    write_all_steps(out, explanation, false, secrets, style);
}

/// Writes what was asked of a call and found, with what was not asked or without it.
fn write_all_steps(
    out: &mut String,
    explanation: &Explanation<'_>,
    unasked: bool,
    secrets: &Secrets,
    style: &Style,
) {
    let is_refusal = explanation.is_refusal();
    let mut steps = Steps { out, style, secrets, number: 0, is_refusal };
    write_admission(&mut steps, explanation);
    write_unknown_fields(&mut steps, explanation);
    // What was settled before any rule was asked needs no rules.
    if matches!(
        explanation.decision().cause,
        Cause::Uninspected | Cause::Hidden(_) | Cause::Unlisted
    ) {
        return;
    }
    for (check, step) in explanation.checks().filter(|(_, step)| unasked || step.answer.is_some()) {
        write_check(&mut steps, check, step);
    }
    for (limit, step) in explanation.limits().filter(|(_, step)| unasked || step.room.is_some()) {
        write_limit(&mut steps, limit, step);
    }
}

/// Numbered steps.
struct Steps<'s> {
    out: &'s mut String,
    style: &'s Style,
    secrets: &'s Secrets,
    number: usize,
    is_refusal: bool,
}

impl Steps<'_> {
    fn step(&mut self, text: &str) {
        self.number += 1;
        _ = writeln!(self.out, "{:>3}. {text}", self.number);
    }

    fn detail(&mut self, result: &str, text: &str) {
        let line = format!("{result:14} {text}");
        let line = if result == NOT_ASKED { self.style.dim(&line) } else { line };
        _ = writeln!(self.out, "       {line}");
    }

    fn verdict(&mut self, text: &str) {
        _ = writeln!(self.out, "     {text}");
    }

    /// A refusal decides only where nothing before it is unknown that could decide otherwise.
    fn refused(&mut self) {
        let text =
            if self.is_refusal { "the call is refused" } else { "the call would be refused" };
        self.verdict(&self.style.bold(text));
    }

    fn unknown(&mut self, fact: Missing) {
        self.verdict(&self.style.bold(&format!("cannot be told: {fact}")));
    }
}

const NOT_ASKED: &str = "not asked";

fn headline(explanation: &Explanation<'_>) -> String {
    let record = explanation.record;
    let mut text = escape(&record.tool).into_owned();
    if !record.grant.is_empty() {
        text += &format!(", grant {}", escape(&record.grant));
    }
    match explanation.time {
        Some(time) => text += &format!(", {}", precise_time(time)),
        None => text += ", at an unknown time",
    }
    if let (Some(number), Some(file)) = (explanation.number, explanation.file) {
        text = format!("call {number}, {}:{}: {text}", escape(file), record.line);
    }
    text
}

fn write_admission(steps: &mut Steps<'_>, explanation: &Explanation<'_>) {
    match explanation.decision().cause {
        Cause::Uninspected => {
            return steps.step(
                "the arguments cannot be decoded, and the gateway forwards such calls without a look",
            );
        }
        Cause::Hidden(pointer) => {
            return steps.step(&format!("the tool is hidden by {}", escape(pointer)));
        }
        Cause::Check(reason) if explanation.policy.permissions.is_some() => {
            let place = reason.place.as_deref().unwrap_or_default();
            let (rule, place) = (escape(&reason.rule), escape(place));
            return steps.step(&format!("the rule that counts is {rule}, {place}"));
        }
        Cause::None if explanation.policy.permissions.is_some() => return,
        _ => steps.step("the tool is not hidden"),
    }
    match (explanation.walk.listed, explanation.decision().cause) {
        (true, _) => steps.step("the tool is listed"),
        (false, Cause::Unlisted) => steps.step("the tool is not listed, and the default denies it"),
        (false, _) => steps.step("the tool is not listed, and the default allows it"),
    }
}

/// Says where the arguments may stand that were not read.
fn write_unknown_fields(steps: &mut Steps<'_>, explanation: &Explanation<'_>) {
    let names = &explanation.record.unknown_fields;
    if !names.is_empty() {
        let names: Vec<String> = names.iter().map(|name| format!("`{}`", escape(name))).collect();
        steps.step(&format!(
            "the arguments are not known: they may stand in {}, which a record does not know",
            names.join(", ")
        ));
    }
}

fn write_check(steps: &mut Steps<'_>, check: &Check, step: &CheckStep<'_, '_>) {
    let pointer = check.pointer.as_str();
    let pointer = escape(pointer);
    let what = match (check.effect, check.conditions.is_empty()) {
        (Effect::Require, _) => "requires that every condition holds",
        (Effect::DenyIf, false) => "denies if every condition holds",
        (Effect::DenyIf, true) => "denies every call",
        (Effect::AskIf, false) => "asks a person if every condition holds",
        (Effect::AskIf, true) => "asks a person about every call",
    };
    steps.step(&format!("{pointer} {what}"));
    for (condition, step) in check.conditions.iter().zip(&step.conditions) {
        write_condition(steps, condition, step);
    }
    match step.answer {
        None => steps.verdict(&steps.style.dim(NOT_ASKED)),
        Some(Answer::Passes) => steps.verdict("the call goes on"),
        Some(Answer::Refuses) => steps.refused(),
        Some(Answer::Asks) => steps.verdict("a person is to be asked"),
        Some(Answer::Unknown(fact)) => steps.unknown(fact),
    }
}

fn write_condition(steps: &mut Steps<'_>, condition: &Condition, step: &ConditionStep<'_>) {
    let found = match &step.sight {
        Sight::Argument(Found::Nothing) => "there is none".to_owned(),
        Sight::Argument(Found::Unknown(fact)) => fact.to_string(),
        Sight::Price => Missing::Price.to_string(),
        Sight::Argument(found) => {
            let found = steps.secrets.found(&condition.subject, found);
            format!("found {}", shorten(&found.unwrap_or_default()))
        }
        Sight::Counter { least, most } => format!("it stands at {}", between(*least, *most)),
    };
    let result = match step.holds {
        None => NOT_ASKED,
        Some(Ok(true)) => "holds",
        Some(Ok(false)) => "does not hold",
        Some(Err(_)) => "cannot be told",
    };
    let words = describe(condition, steps.secrets);
    steps.detail(result, &format!("{words}; {found}"));
}

fn write_limit(steps: &mut Steps<'_>, limit: &Limit, step: &LimitStep<'_>) {
    let pointer = limit.pointer.as_str();
    let what = match limit.max {
        Some(max) => format!("lets {max} pass each {}", limit.window),
        None => "declares a counter that nothing limits".to_owned(),
    };
    steps.step(&format!("{} {what}", escape(pointer)));
    let amount = match step.amount {
        Ok(amount) => format!("the call takes {amount}"),
        Err(None) => "what the call takes is no number".to_owned(),
        Err(Some(fact)) => format!("what the call takes cannot be told: {fact}"),
    };
    let used = format!("{} used", between(step.least, step.most));
    let window = match step.window {
        Some((from, until)) => format!("{used} from {} to {}", time(from), time(until)),
        None => used,
    };
    let result = match step.room {
        None => NOT_ASKED,
        Some(Room::Unlimited) => "no limit",
        Some(Room::Enough) => "has room",
        Some(Room::Full) => "is full",
        Some(Room::NoAmount) => "has no amount",
        Some(Room::Unknown(_)) => "cannot be told",
    };
    steps.detail(result, &format!("{window}; {amount}"));
    match step.room {
        Some(Room::Full | Room::NoAmount) => steps.refused(),
        Some(Room::Unknown(fact)) => steps.unknown(fact),
        _ => {}
    }
}

fn write_decision(
    out: &mut String,
    explanation: &Explanation<'_>,
    document: &Document,
    style: &Style,
) {
    let decision = explanation.decision();
    let mut text = decision.outcome.name().to_owned();
    let has_rule = explanation.is_refusal() || decision.outcome == Outcome::Ask;
    if has_rule {
        text += &format!(" by {}", escape(decision.cause.rule()));
    }
    if let Some(fact) = decision.missing {
        text += &format!(": {fact}");
    }
    _ = writeln!(out, "\n{}", style.paint(color(decision.outcome), &text));
    if decision.outcome == Outcome::Indeterminate
        && let Some(fact) = decision.missing
    {
        let value = if fact == Missing::Mode { "default" } else { "deny" };
        _ = writeln!(out, "  help: `--assume {}={value}` settles it", fact.code());
    }
    if has_rule {
        let place = match (decision.cause.place(), decision.cause.pointer()) {
            (Some(place), _) => place.to_owned(),
            (None, pointer) => format!("{} {pointer}", Lines::new(document).place(pointer)),
        };
        _ = writeln!(out, "  place: {}", escape(&place));
        let message = decision.cause.message(&explanation.record.tool);
        if !message.is_empty() {
            _ = writeln!(out, "  message: {}", escape(&message));
        }
        if decision.only_speaks_of_approval() {
            _ = writeln!(
                out,
                "  {SPEAKS_OF_APPROVAL}: nobody is asked, and every such call is denied"
            );
        }
    }
    if let Some(retry) = decision.retry_at {
        let retry = time(retry);
        _ = writeln!(out, "  the same call finds room at {retry}, if no other is made before");
    }
}

/// A count of which perhaps only bounds are known.
fn between(least: i64, most: i64) -> String {
    match (least, most) {
        (i64::MIN, i64::MAX) => "an unknown amount".to_owned(),
        (least, most) if least == most => least.to_string(),
        (i64::MIN, most) => format!("at most {most}"),
        (least, i64::MAX) => format!("at least {least}"),
        (least, most) => format!("between {least} and {most}"),
    }
}

/// The start of a long text. JSON keeps it whole.
fn shorten(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => {
            let shown = &text[..whole_secrets(text, end)];
            format!("{shown}… ({} characters)", text.chars().count())
        }
        None => text.to_owned(),
    }
}

//! One rule: a check, a limit, or both.

use super::rule_text::{ASK, RuleText, own_limit, text_of};
use super::unread::{is_all, is_in_tool};
use super::{ALL_TOOLS, GLOBAL, Reader, rate_limit, scalar};
use crate::policy::defect::value as at_value;
use crate::policy::legacy::Legacy;
use crate::policy::model::*;
use crate::policy::quote::quote;
use crate::policy::window::Window;
use crate::policy::{Defect, DefectKind, RuleFault};
use crate::source::{Node, Place, Pointer};

impl Reader {
    pub(super) fn rules(&mut self, tool: &str, node: &Node, pointer: &Pointer) -> Rules {
        let pointer = pointer.key("rules");
        let scope = if tool == ALL_TOOLS { GLOBAL } else { tool };
        let is_read = node.is_null() || node.is_map() && !Legacy::is_in(node) && !is_in_tool(node);
        let mut rules = Rules::default();
        if !is_read {
            rules.gaps = Gaps::ALL;
        }
        let elements = node.get("rules").map(Node::elements).unwrap_or_default();
        for (index, node) in elements.iter().enumerate().filter(|(_, node)| node.is_map()) {
            let before = self.defects.iter().filter(|defect| defect.refused).count();
            let text = RuleText::of(node);
            let at = pointer.index(index);
            let (check, limit) = if text.has_unread_limit() || is_all(&text) {
                self.name(&text, &at);
                (None, None)
            } else if text.rate_limit.is_empty() {
                self.rule(scope, &text, &at)
            } else {
                self.rate_limit(scope, &text, &at)
            };
            // What the schema has already refused is no new defect here.
            let after = self.defects.iter().filter(|defect| defect.refused).count();
            if check.is_none() || after > before {
                rules.gaps = Gaps::ALL;
            }
            rules.checks.extend(check);
            rules.limits.extend(limit);
        }
        rules
    }

    pub(super) fn rate_limit(
        &mut self,
        scope: &str,
        text: &RuleText<'_>,
        pointer: &Pointer,
    ) -> (Option<Check>, Option<Limit>) {
        let at = pointer.key("rate_limit");
        let expanded = text.expanded().filter(|_| self.is_action_beside_rate_limit(text, pointer));
        let Some((max, window)) = expanded else {
            self.refuse_rate_limit(text, pointer);
            return (None, None);
        };
        self.name(text, pointer);
        let counter = format!("_rate_{window}");
        let key = format!("{scope}.{counter}");
        self.undeclared(&key, &at);
        let message = match text.message.as_str() {
            "" => format!("Rate limit of {max} per {window} reached. Try again later."),
            message => message.to_owned(),
        };
        let predicate = Predicate::Compare { order: Order::Lte, bound: max as f64 };
        let subject = Subject::Counter(key.clone());
        let check = Check {
            effect: Effect::Require,
            conditions: vec![Condition { subject, predicate, pointer: at.clone() }],
            message: message.clone(),
            has_message: !text.message.is_empty(),
            rule: text.name.clone(),
            pointer: pointer.clone(),
        };
        let limit = Limit {
            counter,
            key,
            window,
            max: Some(max),
            amount: Amount::Fixed(1),
            scope: Scope::Gateway,
            message,
            has_message: !text.message.is_empty(),
            rule: text.name.clone(),
            pointer: pointer.clone(),
            max_pointer: at,
        };
        (Some(check), Some(limit))
    }

    pub(super) fn refuse_rate_limit(&mut self, text: &RuleText<'_>, pointer: &Pointer) {
        let at = at_value(&pointer.key("rate_limit"));
        if let Err(reason) = rate_limit::parse(&text.rate_limit) {
            let kind = DefectKind::InvalidRateLimit { found: text.rate_limit.clone(), reason };
            self.defects.push(Defect::refused(kind, at.clone()));
        }
        let beside = [
            (!text.conditions.is_empty() || text.state.is_some(), "`conditions` or `state`"),
            (text.action == "deny", "`action: deny`"),
            (self.is_newer() && text.action == ASK, "`action: require_approval`"),
        ];
        for (_, what) in beside.into_iter().filter(|(present, _)| *present) {
            let kind = DefectKind::InvalidRule(RuleFault::RateLimitBeside(what));
            self.defects.push(Defect::refused(kind, at.clone()));
        }
    }

    pub(super) fn rule(
        &mut self,
        scope: &str,
        text: &RuleText<'_>,
        pointer: &Pointer,
    ) -> (Option<Check>, Option<Limit>) {
        self.name(text, pointer);
        let mut conditions = self.conditions(text, pointer);
        let Some(effect) = self.effect(text, pointer) else { return (None, None) };
        if effect == Effect::DenyIf && !text.conditions.is_empty() {
            let kind = DefectKind::InvalidRule(RuleFault::DenyWithConditions);
            self.defects.push(Defect::refused(kind, Place::key(pointer.key("conditions"))));
            return (None, None);
        }
        if effect == Effect::AskIf && text.state.is_some() {
            let kind = DefectKind::InvalidRule(RuleFault::StateBesideApproval);
            self.defects.push(Defect::refused(kind, Place::key(pointer.key("state"))));
            return (None, None);
        }
        let spend = text.spend.filter(|_| effect == Effect::Require && self.is_newer());
        if effect == Effect::Require && text.conditions.is_empty() && spend.is_none() {
            let kind = DefectKind::InvalidRule(RuleFault::NoConditions);
            self.defects.push(Defect::refused(kind, Place::start(pointer.clone())));
            return (None, None);
        }
        let limit = text.state.and_then(|state| self.limit(scope, text, state, pointer));
        if let Some(conditions) = &mut conditions
            && let Some(spend) = spend
        {
            let most = |field| Some(text_of(spend, field)).filter(|text| !text.is_empty());
            conditions.push(Condition {
                subject: Subject::Price { per_call: most("per_call"), daily: most("daily") },
                predicate: Predicate::Exists(true),
                pointer: pointer.key("spend"),
            });
        }
        let Some(conditions) = conditions else { return (None, limit) };
        let message = match text.message.as_str() {
            "" if effect == Effect::AskIf => {
                format!("Approval required by rule {}", quote(&text.name))
            }
            "" => format!("Denied by rule {}", quote(&text.name)),
            message => message.to_owned(),
        };
        let check = Check {
            effect,
            conditions,
            message,
            has_message: !text.message.is_empty(),
            rule: text.name.clone(),
            pointer: pointer.clone(),
        };
        (Some(check), limit)
    }

    /// What the rule's action makes of its conditions; none where this version refuses it.
    fn effect(&mut self, text: &RuleText<'_>, pointer: &Pointer) -> Option<Effect> {
        match text.action.as_str() {
            "" | "evaluate" => Some(Effect::Require),
            "deny" => Some(Effect::DenyIf),
            ASK if self.is_newer() => Some(Effect::AskIf),
            other => {
                let fault = match other {
                    ASK => RuleFault::ApprovalInOldVersion,
                    other if !text.conditions.is_empty() => {
                        RuleFault::ActionUnderConditions(other.to_owned())
                    }
                    other if text.state.is_some() => RuleFault::ActionBesideState(other.to_owned()),
                    other => RuleFault::UnknownAction(other.to_owned()),
                };
                let kind = DefectKind::InvalidRule(fault);
                self.defects.push(Defect::refused(kind, at_value(&pointer.key("action"))));
                None
            }
        }
    }

    /// Whether the action of a rule with a `rate_limit` is one that may stand there. Version 1.1
    /// overwrites every action but `deny`; newer ones do not.
    fn is_action_beside_rate_limit(&mut self, text: &RuleText<'_>, pointer: &Pointer) -> bool {
        if matches!(text.action.as_str(), "" | "evaluate") {
            return true;
        }
        let place = at_value(&pointer.key("action"));
        let action = text.action.clone();
        if !self.is_newer() {
            let kind = DefectKind::InvalidRule(RuleFault::ActionOverwritten(action));
            self.defects.push(Defect::accepted(kind, place));
            return true;
        }
        if action != ASK {
            let kind = DefectKind::InvalidRule(RuleFault::ActionBesideLimit(action));
            self.defects.push(Defect::refused(kind, place));
        }
        false
    }

    pub(super) fn name(&mut self, text: &RuleText<'_>, pointer: &Pointer) {
        // A rule that is to be removed needs no name.
        if text.name.is_empty() && !text.decides_nothing() {
            let kind = DefectKind::InvalidRule(RuleFault::Unnamed);
            let place = match text.node.get("name") {
                Some(_) => at_value(&pointer.key("name")),
                None => Place::start(pointer.clone()),
            };
            self.defects.push(Defect::refused(kind, place));
        }
    }

    pub(super) fn limit(
        &mut self,
        scope: &str,
        text: &RuleText<'_>,
        state: &Node,
        pointer: &Pointer,
    ) -> Option<Limit> {
        let at = pointer.key("state");
        let counter = text_of(state, "counter");
        if counter.is_empty() && state.get("counter").is_some() {
            let kind = DefectKind::InvalidRule(RuleFault::UnnamedCounter);
            self.defects.push(Defect::refused(kind, at_value(&at.key("counter"))));
        }
        let from = text_of(state, "increment_from");
        let amount = match from.strip_prefix("args.") {
            Some(path) => Amount::Argument(path.split('.').map(str::to_owned).collect()),
            None if from.is_empty() => {
                Amount::Fixed(match state.get("increment").and_then(scalar::whole) {
                    None | Some(0) => 1,
                    Some(amount) => amount,
                })
            }
            None => {
                let kind = DefectKind::InvalidRule(RuleFault::AmountPath(from));
                self.defects.push(Defect::refused(kind, at_value(&at.key("increment_from"))));
                return None;
            }
        };
        let window = Window::of_name(&text_of(state, "window"))?;
        let key = format!("{scope}.{counter}");
        let bound = own_limit(text, &key, pointer);
        Some(Limit {
            max: bound.as_ref().map(|(max, _)| *max),
            max_pointer: bound.map_or(at, |(_, pointer)| pointer),
            message: match text.message.as_str() {
                "" => format!("Rate limit exceeded for {}", text.name),
                message => message.to_owned(),
            },
            has_message: !text.message.is_empty(),
            rule: text.name.clone(),
            pointer: pointer.clone(),
            scope: Scope::Gateway,
            counter,
            key,
            window,
            amount,
        })
    }

    /// Makes a limit of "*" into the one that a tool literally called "*" meets.
    pub(super) fn rename_scope(&self, limit: &mut Limit, tool: &Node) {
        let key = format!("{ALL_TOOLS}.{}", limit.counter);
        let index = limit.pointer.last().and_then(|index| index.parse::<usize>().ok());
        let rule = index.and_then(|index| tool.get("rules")?.elements().get(index));
        let bound = rule.and_then(|rule| own_limit(&RuleText::of(rule), &key, &limit.pointer));
        limit.max = bound.map(|(max, _)| max);
        limit.key = key;
    }
}

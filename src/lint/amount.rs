//! What conditions say of an argument that a limit counts.

use super::Context;
use crate::policy::{Limit, Order, Predicate, Subject, ToolPolicy, Value};
use crate::source::Place;

/// The bounds that hold for an argument in every call that reaches the limits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Whether it is zero or more, once its fraction is cut off.
    pub(super) not_negative: bool,
    /// It is not above this.
    most: f64,
}

impl Bounds {
    /// The bounds of an argument of a tool; with no tool those that hold for every tool.
    pub(super) fn of<'a>(
        context: &Context<'a>,
        tool: Option<&'a ToolPolicy>,
        path: &[String],
    ) -> Bounds {
        let mut bounds = Bounds { not_negative: false, most: f64::INFINITY };
        for condition in context.required_of(tool) {
            if matches!(&condition.subject, Subject::Argument(own) if own == path) {
                bounds.narrow(&condition.predicate);
            }
        }
        bounds
    }

    fn narrow(&mut self, predicate: &Predicate) {
        let values = match predicate {
            Predicate::Compare { order: Order::Gte, bound } => {
                return self.not_negative |= *bound > -1.0;
            }
            Predicate::Compare { order: Order::Gt, bound } => {
                return self.not_negative |= *bound >= -1.0;
            }
            Predicate::Compare { bound, .. } => return self.most = self.most.min(*bound),
            Predicate::Equal { value, negated: false } => std::slice::from_ref(value),
            Predicate::OneOf { values, negated: false } => values,
            _ => return,
        };
        // What is no number is refused when it is counted.
        let numbers = || values.iter().filter_map(Value::as_number);
        self.not_negative |= numbers().all(|number| number > -1.0);
        self.most = self.most.min(numbers().fold(f64::NEG_INFINITY, f64::max));
    }

    /// Whether it has an end.
    pub(super) fn has_most(self) -> bool {
        self.most.is_finite()
    }

    /// Whether the largest amount can be added to a counter that a limit keeps small, without
    /// going beyond 64 bits.
    pub(super) fn fits(self, max: i64) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "near the bound both answers are right")]
        let room = i64::MAX as f64 - max.max(0) as f64;
        self.most < room
    }
}

/// Where the amount of a limit is written.
pub(super) fn place(limit: &Limit) -> Place {
    let state = limit.pointer.key("state");
    Place::value(match limit.amount {
        crate::policy::Amount::Argument(_) => state.key("increment_from"),
        crate::policy::Amount::Fixed(_) => state.key("increment"),
    })
}

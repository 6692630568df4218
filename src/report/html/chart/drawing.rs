//! What all drawings are made of: their frame, fills, labels and scales.

use std::fmt::Display;

use crate::engine::Outcome;
use crate::report::html::markup::Markup;

/// Writes the fills of all charts: an outcome is told by its pattern as well as by its colour.
pub(in crate::report::html) fn patterns(out: &mut Markup) {
    let attributes: [(&str, &dyn Display); 4] =
        [("class", &"patterns"), ("aria-hidden", &"true"), ("width", &0), ("height", &0)];
    out.element("svg", &attributes, |out| {
        out.element("defs", &[], |out| Outcome::ALL.iter().for_each(|one| pattern(out, *one)));
    });
}

/// The strokes of an outcome's pattern, in a tile of six by six.
fn strokes(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allow => "",
        Outcome::Ask => "M0 3H6",
        Outcome::Deny => "M-1 1L1-1M-1 7L7-1M5 7L7 5",
        Outcome::Throttle => "M3 0V6",
        Outcome::Indeterminate => "M2 2H4V4H2Z",
    }
}

fn pattern(out: &mut Markup, outcome: Outcome) {
    let id = format!("fill-{}", outcome.name());
    let attributes: [(&str, &dyn Display); 4] =
        [("id", &id), ("width", &6), ("height", &6), ("patternUnits", &"userSpaceOnUse")];
    out.element("pattern", &attributes, |out| {
        out.empty("rect", &[("width", &6), ("height", &6), ("class", &outcome.name())]);
        out.empty("path", &[("d", &strokes(outcome)), ("class", &"strokes")]);
    });
}

/// The fill of an outcome.
pub(super) fn fill(outcome: Outcome) -> String {
    format!("url(#fill-{})", outcome.name())
}

/// Writes a drawing of a size, with what it shows in words, in a frame that scrolls where it is too wide.
pub(super) fn drawing(
    out: &mut Markup,
    [width, height]: [u32; 2],
    [title, description]: [&str; 2],
    inside: impl FnOnce(&mut Markup),
) {
    let frame: [(&str, &dyn Display); 4] =
        [("class", &"chart"), ("role", &"region"), ("aria-label", &title), ("tabindex", &0)];
    out.element("div", &frame, |out| {
        let view = format!("0 0 {width} {height}");
        let attributes: [(&str, &dyn Display); 4] =
            [("viewBox", &view), ("width", &width), ("height", &height), ("role", &"img")];
        out.element("svg", &attributes, |out| {
            out.leaf("title", &[], title);
            out.leaf("desc", &[], description);
            inside(out);
        });
    });
}

/// Writes which fill stands for which outcome.
pub(super) fn legend(out: &mut Markup, outcomes: &[Outcome]) {
    out.element("ul", &[("class", &"legend"), ("aria-hidden", &"true")], |out| {
        for outcome in outcomes {
            out.element("li", &[], |out| {
                out.element("svg", &[("width", &12), ("height", &12)], |out| {
                    out.empty(
                        "rect",
                        &[("width", &12), ("height", &12), ("fill", &fill(*outcome))],
                    );
                });
                out.text(outcome.name());
            });
        }
    });
}

/// Writes a text within a drawing.
pub(super) fn label(out: &mut Markup, [x, y]: [f64; 2], anchor: &str, text: &str) {
    let attributes: [(&str, &dyn Display); 3] =
        [("x", &short(x)), ("y", &short(y)), ("text-anchor", &anchor)];
    out.leaf("text", &attributes, text);
}

/// A coordinate to the tenth.
pub(super) fn short(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// The end of a scale that has room for a number: one, two or five of a power of ten.
pub(super) fn top(most: u64) -> u64 {
    let powers = std::iter::successors(Some(1_u64), |power| power.checked_mul(10));
    let steps = powers.flat_map(|power| [1, 2, 5].map(|step| power.saturating_mul(step)));
    steps.into_iter().find(|step| *step >= most).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_ends_at_a_round_number_above_all() {
        assert_eq!([0, 1, 3, 5, 11, 999, u64::MAX].map(top), [1, 1, 5, 5, 20, 1_000, u64::MAX]);
    }
}

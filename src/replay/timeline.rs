//! Calls over time, in as many buckets as fit into little memory however long the trace is.

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use crate::engine::Outcome;

/// How many buckets are kept.
const MAX_BUCKETS: i128 = 240;

/// Widths below a day, in seconds; each divides the next, so that buckets can be joined exactly.
const WIDTHS: [i64; 12] = [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 43_200];

/// A day and its doublings follow.
const DAY: i64 = 86_400;

/// Calls by the time of their bucket. Its width is the smallest that suffices for the time between
/// the first call and the last, so it does not depend on the order in which calls are added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    rung: usize,
    /// The number of the first bucket, counted from 1970 in its width.
    first: i64,
    buckets: Vec<Counts>,
    #[serde(skip)]
    latest: Latest,
}

/// Where the latest call fell; the next one mostly falls there too.
#[derive(Clone, Copy, Debug, Default)]
struct Latest {
    from: i64,
    until: i64,
    index: usize,
}

/// What was last added to says nothing of what a timeline holds.
impl PartialEq for Latest {
    fn eq(&self, _: &Latest) -> bool {
        true
    }
}

impl Eq for Latest {}

impl Timeline {
    /// Counts a call at a Unix second.
    pub(super) fn add(&mut self, second: i64, outcome: Outcome) {
        if !(self.latest.from..self.latest.until).contains(&second) {
            self.go_to(second);
        }
        self.buckets[self.latest.index].add(outcome);
    }

    /// Whether it is one that calls make, and none that was only written down.
    pub(super) fn is_sound(&self) -> bool {
        let end = self.first.checked_add(self.buckets.len() as i64);
        let is_time = |number: i64| number.checked_mul(self.width()).is_some();
        self.rung < WIDTHS.len() + LAST
            && self.buckets.len() as i128 <= MAX_BUCKETS
            && end.is_some_and(is_time)
            && is_time(self.first)
    }

    /// Adds the calls of another.
    pub(super) fn merge(&mut self, other: &Timeline) {
        self.widen_to(other.rung);
        for (from, counts) in other.buckets().filter(|(_, counts)| counts.calls() > 0) {
            self.go_to(from);
            self.buckets[self.latest.index].merge(counts);
        }
    }

    /// How many seconds a bucket spans.
    pub fn width(&self) -> i64 {
        width(self.rung)
    }

    /// Each bucket from the first call's to the last one's: the second that it starts at, and its
    /// calls.
    pub fn buckets(&self) -> impl Iterator<Item = (i64, &Counts)> {
        let number = |index: usize| self.first.saturating_add(index as i64);
        let start = move |index| number(index).saturating_mul(self.width());
        self.buckets.iter().enumerate().map(move |(index, counts)| (start(index), counts))
    }

    /// The same in at most so many buckets; four at least, which even the widest may need.
    pub fn within(&self, most: usize) -> Timeline {
        let mut timeline = self.clone();
        while timeline.buckets.len() > most.max(4) {
            timeline.widen_to(timeline.rung + 1);
        }
        timeline
    }

    /// How many of these calls fall into each bucket of a timeline of all calls, these among them.
    pub fn along(&self, all: &Timeline) -> Vec<u64> {
        let mut own = self.clone();
        own.widen_to(all.rung);
        let mut calls = vec![0; all.buckets.len()];
        for (number, counts) in (own.first..).zip(&own.buckets) {
            calls[(number - all.first) as usize] += counts.calls();
        }
        calls
    }

    /// Makes the bucket of a second the latest one.
    fn go_to(&mut self, second: i64) {
        if self.buckets.is_empty() {
            self.first = second.div_euclid(self.width());
            self.buckets.push(Counts::default());
        }
        loop {
            let number = second.div_euclid(self.width());
            let last = i128::from(self.first) + self.buckets.len() as i128 - 1;
            let span = i128::from(number).max(last) - i128::from(number.min(self.first)) + 1;
            if span > MAX_BUCKETS {
                self.widen_to(self.rung + 1);
                continue;
            }
            if number < self.first {
                let missing = vec![Counts::default(); (self.first - number) as usize];
                self.buckets.splice(0..0, missing);
                self.first = number;
            }
            let index = (number - self.first) as usize;
            if index >= self.buckets.len() {
                self.buckets.resize(index + 1, Counts::default());
            }
            let from = number.saturating_mul(self.width());
            self.latest = Latest { from, until: from.saturating_add(self.width()), index };
            return;
        }
    }

    fn widen_to(&mut self, rung: usize) {
        if rung <= self.rung {
            return;
        }
        let factor = width(rung) / self.width();
        let first = self.first.div_euclid(factor);
        let mut buckets: Vec<Counts> = Vec::new();
        for (number, counts) in (self.first..).zip(&self.buckets) {
            let index = (number.div_euclid(factor) - first) as usize;
            buckets.resize(buckets.len().max(index + 1), Counts::default());
            buckets[index].merge(counts);
        }
        *self = Timeline { rung, first, buckets, latest: Latest::default() };
    }
}

/// How often the last width doubles a day: so often that it spans all times.
const LAST: usize = 46;

/// The width of a rung, in seconds.
fn width(rung: usize) -> i64 {
    let days = || DAY << (rung - WIDTHS.len()).min(LAST);
    WIDTHS.get(rung).copied().unwrap_or_else(days)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(seconds: &[i64]) -> Timeline {
        let mut timeline = Timeline::default();
        seconds.iter().for_each(|second| timeline.add(*second, Outcome::Allow));
        timeline
    }

    fn shown(timeline: &Timeline) -> Vec<(i64, u64)> {
        timeline.buckets().map(|(start, counts)| (start, counts.calls())).collect()
    }

    #[test]
    fn buckets_are_as_narrow_as_the_time_between_first_and_last_allows() {
        assert_eq!(shown(&of(&[7, 5, 7])), [(5, 1), (6, 0), (7, 2)]);
        assert_eq!((of(&[0, 239]).width(), of(&[0, 240]).width()), (1, 5));
        assert_eq!(of(&[0, 30 * DAY - 1]).width(), 10_800);
        let all = of(&[i64::MIN, i64::MAX, 0]);
        assert_eq!(all.buckets().map(|(_, counts)| counts.calls()).sum::<u64>(), 3);
        assert_eq!(all.within(1).buckets().count(), 4);
    }

    #[test]
    fn fewer_buckets_hold_the_same_calls() {
        let few = of(&[-3, 0, 4, 61]).within(4);
        assert_eq!((few.width(), shown(&few)), (30, vec![(-30, 1), (0, 2), (30, 0), (60, 1)]));
    }

    #[test]
    fn some_calls_stand_along_all_of_them() {
        let all = of(&[0, 7, 100, 230]).within(60);
        assert_eq!(all.width(), 5);
        assert_eq!(of(&[7, 8, 230]).along(&all).iter().sum::<u64>(), 3);
        assert_eq!((of(&[7, 8, 230]).along(&all)[1], of(&[230]).along(&all)[46]), (2, 1));
        assert_eq!(Timeline::default().along(&all), vec![0; 47]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_order_of_calls_and_how_they_are_split_make_no_difference(
            seconds in prop::collection::vec(-4_000_000i64..4_000_000, 0..40),
            extreme in prop::option::of(any::<i64>()),
            split in 0usize..40,
        ) {
            let mut seconds = seconds;
            seconds.extend(extreme);
            let whole = of(&seconds);
            let (first, rest) = seconds.split_at(split.min(seconds.len()));
            let mut merged = of(rest);
            merged.merge(&of(first));
            prop_assert_eq!(&merged, &whole);
            prop_assert_eq!(whole.buckets().map(|(_, counts)| counts.calls()).sum::<u64>(), seconds.len() as u64);
            prop_assert!(whole.buckets().count() <= 240);
        }
    }
}

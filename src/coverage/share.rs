//! How much was seen.

/// How much there is to be seen, and how much of it was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many items there are.
    pub items: usize,
    /// How many of them were seen.
    pub covered: usize,
}

impl Share {
    /// Both together.
    pub fn plus(self, other: Share) -> Share {
        Share { items: self.items + other.items, covered: self.covered + other.covered }
    }

    /// The share in per cent, cut to a tenth, so that only all is 100; of nothing it is 100.
    pub fn percent(self) -> f64 {
        match self.items {
            0 => 100.0,
            items => (self.covered * 1000 / items) as f64 / 10.0,
        }
    }

    /// Whether it is less than so many per cent.
    pub fn is_below(self, percent: f64) -> bool {
        ((self.covered * 100) as f64) < percent * self.items as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_all_is_100_per_cent_and_a_bound_is_held_against_the_exact_share() {
        let share = |covered, items| Share { items, covered };
        assert_eq!(share(2999, 3000).percent(), 99.9);
        assert_eq!([share(0, 0), share(3, 3)].map(Share::percent), [100.0; 2]);
        assert!(share(2999, 3000).is_below(100.0) && !share(3, 3).is_below(100.0));
        assert!(share(8, 9).is_below(88.9) && !share(9, 10).is_below(90.0));
        assert!(!share(0, 0).is_below(100.0));
    }
}

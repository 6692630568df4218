//! How often different things were seen, and whether the next one is likely to be new.

/// Where something was seen: the session of a call, or the call itself where the log names no session.
pub(super) type Session = Option<u64>;

/// Different things, counted while they are few.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Census<T> {
    counted: Vec<Counted<T>>,
    is_overfull: bool,
}

/// A thing, and where it was seen.
#[derive(Clone, Debug, PartialEq)]
struct Counted<T> {
    what: T,
    calls: u64,
    /// The session that had it first.
    first: Session,
    /// The one that had it last.
    last: Session,
    /// Whether another session than the first had it.
    elsewhere: bool,
    /// How often a session had it that was not the last one to have it. Sessions that run beside each
    /// other count more than once.
    turns: u64,
}

impl<T> Default for Census<T> {
    fn default() -> Census<T> {
        Census { counted: Vec::new(), is_overfull: false }
    }
}

impl<T: PartialEq> Census<T> {
    /// So many different things are kept apart; of more nothing is known.
    const MOST: usize = 64;

    /// Counts a thing. `own` makes it one to be kept.
    pub(super) fn add<B: ?Sized>(&mut self, what: &B, session: Session, own: impl FnOnce() -> T)
    where
        T: PartialEq<B>,
    {
        if self.is_overfull {
            return;
        }
        let has_room = self.counted.len() < Self::MOST;
        match self.counted.iter_mut().find(|counted| counted.what == *what) {
            Some(known) => {
                let is_other = |before: Session| session.is_none() || session != before;
                known.calls += 1;
                known.elsewhere |= is_other(known.first);
                known.turns += u64::from(is_other(known.last));
                known.last = session;
            }
            None if has_room => self.counted.push(Counted {
                what: own(),
                calls: 1,
                first: session,
                last: session,
                elsewhere: false,
                turns: 1,
            }),
            None => {
                self.counted.clear();
                self.is_overfull = true;
            }
        }
    }

    /// The different things in the order in which they were first seen; none where there were too many.
    pub(super) fn all(&self) -> impl ExactSizeIterator<Item = &T> {
        self.counted.iter().map(|counted| &counted.what)
    }

    /// Whether there were more than are kept apart.
    pub(super) fn is_overfull(&self) -> bool {
        self.is_overfull
    }

    /// How likely the next one is to be new, from 0 to 1: the share of those seen that were seen but once
    /// (I. J. Good, The Population Frequencies of Species, 1953). A session counts what it repeats as one,
    /// for who tries again says nothing about others; where sessions are too few to tell, calls do.
    pub(super) fn novelty(&self, by_session: bool) -> f64 {
        let (once, all) = self.once_of(by_session);
        if all == 0 { 1.0 } else { once as f64 / all as f64 }
    }

    /// The same, as if one more had been seen, and once: of few things little is told.
    pub(super) fn cautious_novelty(&self, by_session: bool) -> f64 {
        let (once, all) = self.once_of(by_session);
        (once + 1) as f64 / (all + 1) as f64
    }

    /// How many were seen but once, and how many were seen.
    fn once_of(&self, by_session: bool) -> (u64, u64) {
        let (mut once, mut all) = (0, 0);
        for counted in &self.counted {
            let is_once = if by_session { !counted.elsewhere } else { counted.calls == 1 };
            once += u64::from(is_once);
            all += if by_session { counted.turns } else { counted.calls };
        }
        (once, all)
    }

    /// How often a thing was seen on average, as novelty counts.
    pub(super) fn repetition(&self, by_session: bool) -> f64 {
        let times = |counted: &Counted<T>| if by_session { counted.turns } else { counted.calls };
        let all: u64 = self.counted.iter().map(times).sum();
        all as f64 / self.counted.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(seen: &[(&str, Session)]) -> Census<String> {
        let mut census = Census::default();
        seen.iter().for_each(|(what, session)| census.add(*what, *session, || (*what).to_owned()));
        census
    }

    #[test]
    fn the_next_is_as_likely_new_as_those_seen_were_seen_once() {
        assert_eq!(of(&[("a", None), ("b", None), ("a", None), ("c", None)]).novelty(true), 0.5);
        assert_eq!(of(&[("a", None), ("a", None)]).novelty(true), 0.0);
        assert_eq!(of(&[]).novelty(true), 1.0);
    }

    #[test]
    fn a_session_that_tries_again_is_no_second_one() {
        let again = of(&[("a", Some(1)), ("b", Some(2)), ("b", Some(2)), ("a", Some(3))]);
        assert_eq!((again.novelty(true), again.novelty(false)), (1.0 / 3.0, 0.0));
        assert_eq!((again.repetition(true), again.repetition(false)), (1.5, 2.0));
    }

    #[test]
    fn of_too_many_nothing_is_kept() {
        let mut census = Census::default();
        (0..65).for_each(|number| census.add(&number, None, || number));
        assert_eq!((census.all().len(), census.is_overfull()), (0, true));
    }
}

//! Which arguments get a condition, and which one: decided by rule, from what the argument holds and from how
//! what it was called with repeats itself. A condition that the next honest call breaks is switched off, and
//! the policy with it.
//!
//! Three things decide. *What the argument is to a condition* ([`Role`]): where a call goes to is what an attacker
//! must change, so that such arguments get a condition wherever they repeat themselves at all; a choice of few gets
//! one only where it hardly ever changes; text, dates, questions and numbers of rows get none. *How likely the next
//! value is new* ([`Census::novelty`]): ids of records, which are seen once, are all new. *How often the tool was
//! called*: what is all the same in a few calls may be so by chance.

use serde_json::Value;

use super::census::Census;
use super::condition::{Condition, Test};
use super::observe::Use;
use super::seen::{ADDRESS, Seen};
use crate::catalogue::{Category, Holds, Tool, names_place, words_of};

/// Above this chance that the next place is a new one, no list of places is written: one honest call in five
/// that goes somewhere new and is refused is what people bear for a list that attacks do not get around.
const NEW_PLACES: f64 = 0.2;
/// The same of what destroys or moves money: a payee whom nobody has paid before is worth a question.
const NEW_DANGERS: f64 = 0.33;
/// A list of choices is written where each was seen so often on average.
const OFTEN: f64 = 3.0;
/// A choice is one of so many.
const MOST_CHOICES: usize = 8;
/// Longer text is no choice.
const LONGEST_CHOICE: usize = 64;
/// What destroys or moves money gets conditions from so many calls on, if not from fewer.
const FEW_CALLS: u64 = 3;
/// So many texts without an address in any of them make it likely, 95 to 5, that fewer than one in twenty has
/// one (the rule of three: J. A. Hanley, A. Lippman-Hand, If Nothing Goes Wrong, 1983).
const MANY_TEXTS: u64 = 60;
/// So many different paths tell what they have in common.
const ENOUGH_PATHS: usize = 3;

/// Names of arguments that ask, count or date: what they are called with says nothing about the next call.
const PASSING: &str =
    "query queries search q keyword keywords term terms pattern filter question date dates time day month year
     start end since until before after from limit offset page cursor count size n max min top depth timeout
     number rows lines line column position index version reason title subject label tags";

/// Words of tools that look for something: what they are asked is new each time, whatever it holds.
const SEARCHING: &str = "search find lookup query grep glob";

/// What an argument is to a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An address, of which the host counts.
    Url,
    /// A path in a file system.
    Path,
    /// An e-mail address, of which the domain counts.
    Email,
    /// Another name of where a call goes: a host, an account, a channel, a person.
    Place,
    /// A sum of money.
    Amount,
    /// One of a few, or the same always.
    Choice,
    /// The id of the record that is destroyed.
    Record,
    /// Text for people.
    Text,
    /// Anything.
    Free,
}

/// How conditions are chosen.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chooser<'a> {
    pub(super) tool: &'a Tool,
    pub(super) used: &'a Use,
    /// How many calls a tool must have had.
    pub(super) least_calls: u64,
    /// How many times the observed sum a call may move.
    pub(super) headroom: f64,
}

impl Chooser<'_> {
    /// The conditions on the arguments of a tool, all of which every recorded call meets.
    pub(super) fn conditions(&self) -> Vec<Condition> {
        // Where a call's arguments are not known, nothing holds for all of them.
        if self.used.unknown > 0 {
            return Vec::new();
        }
        let dangerous = self.is_dangerous();
        let arguments = self.used.arguments.iter();
        let mut chosen: Vec<Condition> =
            arguments.clone().filter_map(|seen| self.condition(seen, self.role(seen))).collect();
        if dangerous && chosen.iter().all(|condition| condition.is_optional) {
            // One record a call, by its id: neither all, nor a pattern, nor a path.
            chosen.extend(arguments.filter_map(|seen| self.condition(seen, Role::Record)));
        }
        chosen
    }

    fn is_dangerous(&self) -> bool {
        self.tool.category > Category::Execute
    }

    /// Whether the tool was called often enough to tell what all calls have.
    pub(super) fn is_enough(&self) -> bool {
        let least = self.least_calls;
        self.used.calls >= if self.is_dangerous() { least.min(FEW_CALLS) } else { least }
    }

    fn held(&self, seen: &Seen) -> Option<Holds> {
        self.tool.held(&seen.path).filter(|held| held.is_fair()).map(|held| held.what)
    }

    /// What an argument is, whatever the tool does with it.
    pub(super) fn means(&self, seen: &Seen) -> Role {
        let name = seen.path.last().map_or("", String::as_str);
        let all = |count: u64| seen.is_text() && count == seen.texts;
        match self.held(seen) {
            _ if seen.is_withheld() => Role::Url,
            Some(Holds::Url) => Role::Url,
            Some(Holds::Path) => Role::Path,
            Some(Holds::Email) => Role::Email,
            Some(Holds::Host) => Role::Place,
            Some(Holds::Amount) => Role::Amount,
            Some(Holds::Text) => Role::Text,
            Some(Holds::Secret) => Role::Free,
            _ if all(seen.urls.count) => Role::Url,
            _ if all(seen.emails) => Role::Email,
            _ if all(seen.paths.absolute) => Role::Path,
            _ if names_place(name) => Role::Place,
            _ if words_of(name).last().is_some_and(|last| lists(PASSING, last)) => Role::Free,
            _ => Role::Choice,
        }
    }

    /// Whether a tool only looks for something.
    pub(super) fn is_searching(&self) -> bool {
        let words = words_of(&self.tool.name);
        self.is_reading() && words.iter().any(|word| lists(SEARCHING, word))
    }

    /// Whether a call may do harm by an argument of this role. What a tool reads is no harm to anybody; where it
    /// goes for it, and whose files, may be.
    pub(super) fn is_risky(&self, seen: &Seen, role: Role) -> bool {
        let reads = self.is_reading();
        match role {
            Role::Url | Role::Path => true,
            Role::Place => !reads || self.held(seen) == Some(Holds::Host),
            Role::Email => !reads,
            Role::Amount => self.tool.category == Category::Financial,
            Role::Choice | Role::Record | Role::Text | Role::Free => false,
        }
    }

    /// What an argument is to a condition.
    fn role(&self, seen: &Seen) -> Role {
        let role = self.means(seen);
        match role {
            _ if self.is_searching() => Role::Free,
            _ if self.is_risky(seen, role) => role,
            Role::Amount => Role::Free,
            _ if self.is_reading() => Role::Free,
            _ => role,
        }
    }

    pub(super) fn is_reading(&self) -> bool {
        self.tool.category == Category::Read
    }

    /// Whether a pattern fits the values of an argument, although there may be calls without it.
    pub(super) fn is_patterned(&self, seen: &Seen, role: Role) -> bool {
        matches!(self.test(seen, role), Some(Test::Matches(_)))
    }

    fn test(&self, seen: &Seen, role: Role) -> Option<Test> {
        match role {
            Role::Url => self.values(seen).or_else(|| self.hosts(seen)),
            Role::Email => self.values(seen).or_else(|| self.domains(seen)),
            Role::Place => self.values(seen),
            Role::Path if self.is_reading() => self.folders(seen),
            Role::Path => self.choices(seen).or_else(|| self.folders(seen)),
            Role::Choice => self.choices(seen),
            Role::Amount => self.cap(seen),
            Role::Record => seen.shape().map(|shape| Test::Matches(shape.to_owned())),
            Role::Text => self.no_address(seen),
            Role::Free => None,
        }
    }

    fn condition(&self, seen: &Seen, role: Role) -> Option<Condition> {
        let test = self.test(seen, role)?;
        let is_optional = seen.given() < self.used.calls || matches!(test, Test::Without(_));
        // There is no operator for what does not match, and a pattern that must match must be given.
        if is_optional && matches!(test, Test::Matches(_)) {
            return None;
        }
        Some(Condition { path: seen.path.clone(), test, is_optional, calls: Some(seen.given()) })
    }

    /// The values, where calls go to few places.
    fn values(&self, seen: &Seen) -> Option<Test> {
        let values = seen.all_values().filter(|values| self.is_settled(values))?;
        Some(Test::OneOf(values.all().cloned().collect()))
    }

    /// The hosts of addresses, where the addresses themselves are too many.
    fn hosts(&self, seen: &Seen) -> Option<Test> {
        let urls = &seen.urls;
        let are_all =
            seen.is_text() && urls.count + urls.bare == seen.texts && self.is_settled(urls.hosts());
        are_all.then(|| urls.pattern().map(Test::Matches)).flatten()
    }

    /// The domains of e-mail addresses, where the people are too many.
    fn domains(&self, seen: &Seen) -> Option<Test> {
        let are_all = seen.is_text() && seen.emails == seen.texts && self.is_settled(&seen.domains);
        let domains: Vec<String> =
            seen.domains.all().map(|one| regex_syntax::escape(one)).collect();
        let is_few = domains.len() <= MOST_CHOICES;
        let pattern = format!("^[A-Za-z0-9._+-]+@(?:{})$", domains.join("|"));
        (are_all && is_few).then_some(Test::Matches(pattern))
    }

    /// The folders of paths, where there were enough to tell what they have in common.
    fn folders(&self, seen: &Seen) -> Option<Test> {
        let paths = &seen.paths;
        let is_settled = (paths.absolute == 0 && self.is_enough()) || self.is_settled(paths.tops());
        let are_enough = seen.values.is_overfull() || seen.values.all().len() >= ENOUGH_PATHS;
        let is_known = seen.is_text() && is_settled && are_enough;
        is_known.then(|| paths.pattern().map(Test::Matches)).flatten()
    }

    /// The values, where there is a choice of few that were all seen again and again.
    fn choices(&self, seen: &Seen) -> Option<Test> {
        let by_session = self.used.tells_sessions();
        let values = seen.all_values()?;
        // Of records others come; only where it was one all the time, it is more than a record.
        let is_id = words_of(seen.path.last()?).last().is_some_and(|last| lists("id ids", last));
        if is_id && values.all().len() > 1 {
            return None;
        }
        let is_choice = |value: &Value| match value {
            Value::String(text) => {
                text.len() <= LONGEST_CHOICE && !text.contains('\n') && !is_date(text)
            }
            // Both truth values are all that there are.
            Value::Bool(_) => values.all().len() == 1,
            _ => false,
        };
        let is_kept = self.is_enough()
            && values.all().len() <= MOST_CHOICES
            && values.all().all(is_choice)
            && values.novelty(by_session) == 0.0
            && values.repetition(by_session) >= OFTEN;
        is_kept.then(|| Test::OneOf(values.all().cloned().collect()))
    }

    /// No address, where none of many texts had one: to have somebody follow it is what an attacker sends.
    fn no_address(&self, seen: &Seen) -> Option<Test> {
        let is_known = seen.texts >= MANY_TEXTS && self.used.tells_sessions();
        (is_known && seen.addressed == 0).then(|| Test::Without(ADDRESS.to_owned()))
    }

    /// The largest sum with headroom, in two figures.
    fn cap(&self, seen: &Seen) -> Option<Test> {
        let most = seen.largest().filter(|most| *most > 0.0)? * self.headroom;
        let unit = 10_f64.powf(most.log10().floor() - 1.0);
        let cap = ((most / unit).ceil() * unit).max(most);
        let whole = cap.fract() == 0.0 && cap < 9e15;
        let number = if whole { Value::from(cap as i64) } else { Value::from(cap) };
        Some(Test::AtMost(number))
    }

    fn is_settled<T: PartialEq>(&self, census: &Census<T>) -> bool {
        let by_session = self.used.tells_sessions();
        let is_likely_known = match self.is_dangerous() {
            true => self.is_enough() && census.novelty(by_session) <= NEW_DANGERS,
            false => census.cautious_novelty(by_session) <= NEW_PLACES,
        };
        is_likely_known && !census.is_overfull()
    }
}

/// Whether a text begins as a date does.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = |part: &[u8]| part.iter().all(u8::is_ascii_digit);
    bytes.len() >= 7 && digits(&bytes[..4]) && bytes[4] == b'-' && digits(&bytes[5..7])
}

fn lists(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|listed| listed == word)
}

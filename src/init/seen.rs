//! What an argument of a tool was called with.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::census::{Census, Session};
use super::places::{Paths, Urls, is_domain};
use super::shape::shape_of;
use crate::catalogue::ArgumentType;

/// The pattern of what people follow as an address where it stands in a text.
pub(super) const ADDRESS: &str = r"(?i)(?:https?://|www\.)";
/// Longer text is no name or choice that a condition could be about.
const LONGEST_TEXT: usize = 200;
/// Of so many elements a list is remembered.
const MOST_ELEMENTS: usize = 8;

/// What an argument was called with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The keys that lead to the argument.
    pub path: Vec<String>,
    /// How many calls had it, `null` or not.
    pub calls: u64,
    /// How many of them had `null`, which asks for nothing.
    pub nulls: u64,
    /// Its values that can be compared.
    pub(super) values: Census<Value>,
    /// How many calls had a value that cannot be compared: an object, a long text.
    pub(super) others: u64,
    /// The addresses that its texts are.
    pub(super) urls: Urls,
    /// The paths that they are.
    pub(super) paths: Paths,
    /// The domains of the e-mail addresses that they are.
    pub(super) domains: Census<String>,
    /// How many calls had a text.
    pub(super) texts: u64,
    /// In how many of the texts an address stands ([`ADDRESS`]).
    pub(super) addressed: u64,
    /// How many of the texts are e-mail addresses.
    pub(super) emails: u64,
    /// The largest number, where all values are numbers.
    largest: Option<f64>,
    numbers: u64,
    /// The form that all texts have, such as letters and a number behind them.
    shape: Option<String>,
    /// Whether its values may be secrets: of them only the hosts are remembered.
    is_withheld: bool,
}

impl Seen {
    /// An argument that no call has had yet.
    pub(super) fn new(path: &[String]) -> Seen {
        Seen { path: path.to_vec(), ..Seen::default() }
    }

    /// Counts a value.
    pub(super) fn add(&mut self, value: &Value, session: Session) {
        self.calls += 1;
        match value {
            Value::Null => return self.nulls += 1,
            Value::String(text) => self.add_text(text, session),
            Value::Number(number) => {
                self.numbers += 1;
                self.largest = number.as_f64().into_iter().chain(self.largest).reduce(f64::max);
            }
            _ => {}
        }
        match is_comparable(value) {
            true => self.values.add(value, session, || value.clone()),
            false => self.others += 1,
        }
    }

    /// Counts an address of which only its start is known, up to the end of the host. From then on nothing else is
    /// remembered.
    pub(super) fn add_host(&mut self, start: &str, session: Session) {
        if !self.is_withheld {
            (self.values, self.paths) = (Census::default(), Paths::default());
            self.is_withheld = true;
        }
        self.calls += 1;
        self.others += 1;
        self.add_text(start, session);
        self.shape = None;
    }

    /// Whether its values may be secrets.
    pub(super) fn is_withheld(&self) -> bool {
        self.is_withheld
    }

    /// Whether all values are addresses.
    pub(super) fn are_addresses(&self) -> bool {
        self.is_text() && self.urls.count == self.texts
    }

    fn add_text(&mut self, text: &str, session: Session) {
        let shape = shape_of(text);
        match self.texts {
            0 => self.shape = shape,
            _ if self.shape != shape => self.shape = None,
            _ => {}
        }
        static IN_TEXT: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(ADDRESS).expect("the pattern is ours"));
        self.texts += 1;
        self.addressed += u64::from(IN_TEXT.is_match(text));
        self.urls.add(text, session);
        self.paths.add(text, session);
        if let Some(domain) = domain_of(text) {
            self.emails += 1;
            self.domains.add(domain, session, || domain.to_owned());
        }
    }

    /// Whether a value would be remembered that is not yet.
    pub(super) fn is_new(&self, value: &Value) -> bool {
        !self.values.is_overfull() && !self.values.all().any(|known| known == value)
    }

    /// How many calls had a value.
    pub(super) fn given(&self) -> u64 {
        self.calls - self.nulls
    }

    /// All values, where all can be compared and were few.
    pub(super) fn all_values(&self) -> Option<&Census<Value>> {
        let is_whole = self.others == 0 && !self.values.is_overfull() && self.given() > 0;
        is_whole.then_some(&self.values)
    }

    /// The largest value, where all are numbers.
    pub(super) fn largest(&self) -> Option<f64> {
        self.largest.filter(|_| self.numbers == self.given())
    }

    /// Whether all values are texts.
    pub(super) fn is_text(&self) -> bool {
        self.texts > 0 && self.texts == self.given()
    }

    /// The type of the values, where all have one.
    pub(super) fn kind(&self) -> Option<ArgumentType> {
        match self.given() {
            0 => None,
            all if self.texts == all => Some(ArgumentType::String),
            all if self.numbers == all => Some(ArgumentType::Number),
            _ => None,
        }
    }

    /// The pattern of the form that all values have.
    pub(super) fn shape(&self) -> Option<&str> {
        self.shape.as_deref().filter(|_| self.is_text())
    }
}

/// The domain of an e-mail address without quotes or comments.
fn domain_of(text: &str) -> Option<&str> {
    let (name, domain) = text.split_once('@')?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte);
    let is_plain = !name.is_empty() && name.bytes().all(is_name) && is_domain(domain);
    is_plain.then_some(domain)
}

/// Whether a value can be compared exactly: no object, no number that loses digits; of lists those of plain
/// words, whose printed text, which Intercept compares, is that of no other list.
fn is_comparable(value: &Value) -> bool {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Bool(_) => true,
        Value::String(text) => text.len() <= LONGEST_TEXT,
        Value::Number(number) => number.as_f64().is_some_and(|number| number.abs() < EXACT),
        Value::Array(elements) => elements.len() <= MOST_ELEMENTS && elements.iter().all(is_word),
        Value::Null | Value::Object(_) => false,
    }
}

fn is_word(value: &Value) -> bool {
    let is_part = |letter: char| !letter.is_whitespace() && !matches!(letter, '[' | ']');
    value.as_str().is_some_and(|text| {
        !text.is_empty() && text.len() <= LONGEST_TEXT / 2 && text.chars().all(is_part)
    })
}

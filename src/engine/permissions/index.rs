//! Which rules may hold for a subject, so that not every rule is asked about every one.

use std::borrow::Cow;
use std::collections::HashMap;

use super::parts::PartForms;
use super::subjects::Subject;
use crate::policy::paths::resolved;
use crate::policy::{
    CommandPattern, CommandTest, JsPattern, PermissionRule, SubjectTest, ToolTest, Wildcard,
    first_word,
};

/// The rules by the names that they are about, and by the first words of what they hold for. Rules are known by
/// their places in the order in which they are asked.
#[derive(Debug, Default)]
pub(super) struct RuleIndex {
    /// The numbers of the rules in the order in which they are asked.
    order: Vec<u32>,
    named: HashMap<Box<str>, Places>,
    /// Rules for more than one name, each with the pattern of the names; none holds for whole calls.
    patterns: Places,
    wildcards: HashMap<u32, Wildcard>,
}

/// Places of rules in the order.
#[derive(Debug, Default)]
struct Places {
    all: Vec<u32>,
    /// Those of rules that hold for nothing that begins with another word.
    by_word: HashMap<Box<str>, Vec<u32>>,
    others: Vec<u32>,
}

impl Places {
    fn add(&mut self, place: u32, words: &Option<Vec<Cow<'_, str>>>) {
        self.all.push(place);
        match words {
            None => self.others.push(place),
            Some(words) => {
                for word in words {
                    let known = self.by_word.entry((&**word).into()).or_default();
                    if known.last() != Some(&place) {
                        known.push(place);
                    }
                }
            }
        }
    }

    /// Those that may hold for something that begins with one of some words; with anything where there are none.
    fn of<'p>(&'p self, words: Option<&'p [Cow<'_, str>]>) -> impl Iterator<Item = u32> + 'p {
        let all = if words.is_none() { &self.all } else { &self.others };
        let known = words.unwrap_or_default().iter().filter_map(|word| self.by_word.get(&**word));
        all.iter().chain(known.flatten()).copied()
    }
}

impl RuleIndex {
    /// Sorts rules that are asked in an order.
    pub(super) fn new(rules: &[PermissionRule], order: Vec<u32>) -> RuleIndex {
        let mut index = RuleIndex { order, ..RuleIndex::default() };
        for place in 0..index.order.len() {
            let rule = &rules[index.order[place] as usize];
            let (place, words) = (place as u32, words_of(&rule.test));
            let names: Vec<&str> = match &rule.test {
                SubjectTest::Call(test) => test.tool.named().iter().map(|name| &**name).collect(),
                _ => rule.name.only().into_iter().collect(),
            };
            let is_named = match &rule.test {
                SubjectTest::Call(test) => matches!(test.tool, ToolTest::Named(_)),
                _ => !names.is_empty(),
            };
            if !is_named {
                index.patterns.add(place, &words);
                if !matches!(rule.test, SubjectTest::Call(_)) {
                    index.wildcards.insert(place, rule.name.clone());
                }
            }
            for name in names {
                index.named.entry(name.into()).or_default().add(place, &words);
            }
        }
        index
    }

    /// The numbers of the rules that are about a name, in the order in which they are asked.
    pub(super) fn named<'i>(&'i self, name: &'i str) -> impl Iterator<Item = u32> + 'i {
        let own = self.named.get(name).map_or(&[][..], |known| &known.all);
        let mut own = own.iter().peekable();
        let is_about = |place: &&u32| self.wildcards.get(place).is_none_or(|own| own.matches(name));
        let mut patterns = self.patterns.all.iter().filter(is_about).peekable();
        let next = move || match (own.peek(), patterns.peek()) {
            (Some(one), Some(other)) if other < one => patterns.next(),
            (Some(_), _) => own.next(),
            (None, _) => patterns.next(),
        };
        std::iter::from_fn(next).map(|place| self.order[*place as usize])
    }

    /// The numbers of the rules that are about one of some names and may hold for what begins with one of some
    /// words, in the order in which they are asked.
    pub(super) fn about<N: AsRef<str>>(
        &self,
        names: &[N],
        words: Option<&[Cow<'_, str>]>,
    ) -> Vec<u32> {
        let named = names.iter().filter_map(|name| self.named.get(name.as_ref()));
        let mut places: Vec<u32> = named.flat_map(|known| known.of(words)).collect();
        places.extend(self.patterns.of(words).filter(|place| {
            let wildcard = self.wildcards.get(place);
            wildcard.is_none_or(|known| names.iter().any(|name| known.matches(name.as_ref())))
        }));
        places.sort();
        places.dedup();
        places.into_iter().map(|place| self.order[place as usize]).collect()
    }
}

/// The first words of all that a test holds for; none where there may be any.
fn words_of(test: &SubjectTest) -> Option<Vec<Cow<'_, str>>> {
    let one = |word: &'_ str| vec![Cow::Owned(word.to_owned())];
    match test {
        SubjectTest::Text(pattern) | SubjectTest::Unsure(pattern, _) => {
            pattern.first_word().map(|word| vec![word.into()])
        }
        SubjectTest::Command(CommandTest::Matches(pattern, _)) => match pattern {
            CommandPattern::Exact(text) | CommandPattern::Prefix(text) => {
                Some(vec![first_word(text).into()])
            }
            CommandPattern::Glob(glob) => glob.first_word().map(|word| vec![word.into()]),
        },
        SubjectTest::Words(places) => {
            Some(places.first()?.iter().map(|word| Cow::Borrowed(&**word)).collect())
        }
        SubjectTest::Program(places, _) => {
            Some(places.first()?.iter().map(|name| Cow::Owned(format!("/{name}"))).collect())
        }
        SubjectTest::Call(test) => test.arguments.as_ref()?.command_word().map(one),
        _ => None,
    }
}

/// The words that a subject may be said to begin with; none where that is not known.
pub(super) fn words_of_subject<'s>(subject: &'s Subject<'_>) -> Option<Vec<Cow<'s, str>>> {
    match subject {
        Subject::Text(text) => Some(vec![first_word(text).into()]),
        Subject::Path(text, _) => Some(vec![first_word(text).into()]),
        Subject::Command(text, words) => {
            let first = words.as_ref().and_then(|words| words.first());
            let path = first.filter(|word| word.starts_with('/')).map(|word| {
                let path = resolved("/", word);
                let (_, name) = path.rsplit_once('/').unwrap_or_default();
                Cow::Owned(format!("/{name}"))
            });
            let first = first.map(|word| Cow::Borrowed(&**word));
            Some([Some(first_word(text).into()), first, path].into_iter().flatten().collect())
        }
        Subject::Part(part) => Some(words_of_part(part)),
        Subject::Nothing | Subject::Unknown(_) => None,
    }
}

fn words_of_part(part: &PartForms) -> Vec<Cow<'_, str>> {
    let mut words: Vec<&str> = part.texts().map(first_word).collect();
    words.sort_unstable();
    words.dedup();
    words.into_iter().map(Cow::Borrowed).collect()
}

/// The first words of the commands in the text of a call's arguments.
pub(super) fn words_of_arguments(text: &str) -> Vec<Cow<'_, str>> {
    JsPattern::command_words(text).map(Cow::Borrowed).collect()
}

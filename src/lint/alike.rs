//! Tools of a server that do the same to the same things, by their names.

use std::collections::{BTreeSet, HashMap};

use crate::catalogue::{Server, Tool, words_of};

/// What tools do, by the verbs in their names. Those in one line do the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Read,
    List,
    Put,
    Send,
    Visit,
    Remove,
}

const VERBS: [(Doing, &str); 6] = [
    (Doing::Read, "read get fetch view show download cat retrieve load"),
    (Doing::List, "list search find query browse"),
    (
        Doing::Put,
        "write put push create update edit set save upload insert upsert add append modify patch replace
         overwrite store commit apply",
    ),
    (Doing::Send, "send post reply publish forward schedule"),
    (Doing::Visit, "navigate goto visit open"),
    (Doing::Remove, "delete remove erase purge destroy wipe"),
];

/// Verbs of which each may do what another one does, with whatever is there.
const OVERWRITING: &str = "write put push upsert overwrite save upload store commit apply";

/// Words of tools that go where an address leads, whatever their verb is.
const GOING: &str = "http https request curl scrape crawl browse tab";

/// Words of tools that look at what is run, and run nothing.
const INSPECTING: &str =
    "explain validate format lint parse check analyze analyse translate describe verify";

/// Words that name nothing.
const FILLING: &str = "or and the a an of in for to from by with multiple many all single text batch bulk media binary raw new";

/// A tool's name, read.
pub(super) struct Alike {
    pub(super) doing: Option<Doing>,
    /// What it does it to, in the singular.
    pub(super) things: BTreeSet<String>,
    verbs: Vec<String>,
}

impl Alike {
    /// Reads the name of a tool; words that most names of the server begin with name nothing.
    pub(super) fn of(tool: &Tool, common: &BTreeSet<String>) -> Alike {
        let words: Vec<String> = words_of(&tool.name);
        let doing = |word: &String| has(word).map(|(doing, _)| *doing);
        let verbs: Vec<String> = words.iter().filter(|word| has(word).is_some()).cloned().collect();
        let is_thing = |word: &&String| {
            has(word).is_none() && !common.contains(*word) && !lists(FILLING, word)
        };
        let things = words.iter().filter(is_thing).map(|word| singular(word)).collect();
        Alike { doing: verbs.first().and_then(doing), things, verbs }
    }

    /// Whether two tools do the same to the same things.
    pub(super) fn does_as(&self, other: &Alike) -> bool {
        let same = self.doing.is_some() && self.doing == other.doing;
        same && !self.things.is_empty() && self.things == other.things
    }

    /// Whether both send something at once, whatever it is called.
    pub(super) fn sends_as(&self, other: &Alike) -> bool {
        let sends = |alike: &Alike| {
            alike.doing == Some(Doing::Send) && alike.verbs.iter().all(|verb| verb != "schedule")
        };
        sends(self) && sends(other)
    }

    /// Whether it goes where an address leads.
    pub(super) fn goes(&self) -> bool {
        match self.doing {
            Some(Doing::Visit | Doing::Read) => true,
            Some(Doing::Put | Doing::Remove) => false,
            Some(Doing::List | Doing::Send) | None => {
                self.verbs.iter().chain(&self.things).any(|word| lists(GOING, word))
            }
        }
    }

    /// Whether what it is given is run, not only looked at.
    pub(super) fn runs(&self) -> bool {
        !self.things.iter().any(|thing| lists(INSPECTING, thing))
    }

    /// Whether it can do all that the other one does: by the same verb, or by one that overwrites.
    pub(super) fn replaces(&self, other: &Alike) -> bool {
        let overwrites = |alike: &Alike| {
            let creates =
                ["create", "update"].iter().all(|verb| alike.verbs.iter().any(|own| own == verb));
            creates || alike.verbs.iter().any(|verb| lists(OVERWRITING, verb))
        };
        let same = !self.verbs.is_empty() && self.verbs.first() == other.verbs.first();
        let removes = self.doing == Some(Doing::Remove);
        self.does_as(other) && (same || removes || overwrites(self) && overwrites(other))
    }
}

/// The words that at least half of a server's tools begin with.
pub(super) fn common_words(server: &Server) -> BTreeSet<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for tool in &server.tools {
        *counts.entry(words_of(&tool.name).into_iter().next().unwrap_or_default()).or_default() +=
            1;
    }
    let is_common = |(word, count): &(String, usize)| {
        has(word).is_none() && server.tools.len() > 2 && count * 2 >= server.tools.len()
    };
    counts.into_iter().filter(is_common).map(|(word, _)| word).collect()
}

fn has(word: &str) -> Option<&'static (Doing, &'static str)> {
    VERBS.iter().find(|(_, verbs)| lists(verbs, word))
}

fn lists(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|listed| listed == word)
}

/// A word in the singular.
pub(super) fn singular(word: &str) -> String {
    let stem = word.strip_suffix("ies").map(|stem| format!("{stem}y"));
    stem.unwrap_or_else(|| {
        word.strip_suffix('s').filter(|_| !word.ends_with("ss")).unwrap_or(word).to_owned()
    })
}

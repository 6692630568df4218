//! Which server the tools of a policy or a trace belong to.
//!
//! A name counts by how few servers have it: what many have, such as `create_issue`, hardly tells
//! one from another, and a word such as `search` proves nothing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use super::name::split;
use super::record::{Server, Tool};
use super::{Catalogue, Place};

/// Words, without the `s` of several, of which the names of many servers' tools are made: what is made
/// of nothing else, such as `create_issue`, is likely to be found anywhere, and one alone proves nothing.
const PLAIN: &str = "access account action active activity add agent ai alert all analyze and annotation api app append
    application apply archive as ask asset assign attach attachment attribute audit auth automation back
    backup batch branch branche browser bucket build bulk by cache calendar call cancel catalog
    categorie category change channel chart chat check clear click clone close cluster code collection
    column command comment complete component config configuration connect connection console contact
    content context conversation convert copy cost count create credential current custom dashboard data
    database dataset default definition delete deploy deployment describe detail device diff doc
    document documentation domain download draft edit element email endpoint entitie entity environment
    error event execute explain export extract feedback fetch field file fill filter find folder for
    form format forward from function generate get graph group guide health history hover id image
    import in incident index indexe info insert insight install instance instruction is issue item job
    key knowledge label library link lint list local log manage map member memory merge message metadata
    metric migration mode model monitor move name namespace navigate network new node note notification
    number object on open option or order org organization overview package page patch payment pdf
    performance permission pipeline place plan policie policy post press preview product profile project
    propertie property provider publish pull push put querie query queue range reaction read recent
    record recording region related release remove rename replace repo report repositorie repository
    request reset resize resolve resource restart restore result retrieve review role route row rule run
    save scan schedule schema screenshot script search secret section select send server service session
    set setting setup show snapshot source space sql stack start stat state statu status statuse stop
    storage style subscription suggest summary switch sync system tab table tag take task team template
    test text thread time to token tool top topic trace transfer tree trigger type update upgrade upload
    url usage user validate value variable verify version video view wait web webhook with workflow
    workspace write";

/// As much as one name that no other server has: with less, nothing is recognised.
const ENOUGH: f64 = 1.0;
/// As much is enough for all of so many names, where no other server knows them nearly as well.
const ALONE: f64 = 0.5;
const MANY: usize = 3;
/// A server with this share of the best one's weight is a rival.
const RIVAL: f64 = 0.75;
/// More servers that are tied are not named.
const NAMED: usize = 4;
/// A name that more servers have tells little.
const FEW: usize = 3;

/// A server that was recognised by the names of its tools.
#[derive(Clone, Debug, PartialEq)]
pub struct Match<'a> {
    /// The server.
    pub server: &'a Server,
    /// How many of the names it knows.
    pub known: usize,
    /// How many different names there were.
    pub of: usize,
    /// How many of those that it knows hardly another server has, and are of more than one word.
    pub telling: usize,
    /// Another server that knows them nearly as well.
    pub rival: Option<&'a str>,
}

/// What came of recognising.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recognised<'a> {
    /// The server, if one stands out.
    pub found: Option<Match<'a>>,
    /// The servers of which one may well be meant: they know the names equally well, or they are a few
    /// that have every one.
    pub tied: Vec<&'a str>,
    /// Where none stands out: servers that have every name, none of which tells one from others.
    pub having: Vec<&'a str>,
}

/// A server that knows some of the names.
#[derive(Clone, Copy, Debug, Default)]
struct Candidate {
    weight: f64,
    known: usize,
    telling: usize,
}

/// Where a candidate stands: with what the user added, or in an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Added(usize),
    Indexed(Place),
}

impl Catalogue {
    /// The server that the tools of a policy or a trace seem to belong to: it knows at least half of
    /// the names, among them some that tell it from others. `None` when two know them equally well.
    pub fn recognise(&self, tool_names: &[&str]) -> Option<Match<'_>> {
        self.recognise_said(tool_names, None).found
    }

    /// The same, with the servers that are tied, where a text about the tools may say whose they are:
    /// one that it calls by its name is right if it knows any of them.
    pub fn recognise_said(&self, tool_names: &[&str], said: Option<&str>) -> Recognised<'_> {
        let names: BTreeSet<&str> = tool_names.iter().copied().collect();
        let of = names.len();
        let half = self.candidates(&names).into_iter().filter(|(_, one)| one.known * 2 >= of);
        let mut half: Vec<(Standing, Candidate)> = half.collect();
        for (standing, one) in half.iter_mut().filter(|(_, one)| one.known == of && of > 1) {
            // What names all tools of a server and no other is hardly meant for another one.
            let has_no_other = self.standing(*standing).is_some_and(|it| it.tools.len() == of);
            one.weight += if has_no_other && one.weight > 0.0 { ENOUGH } else { 0.0 };
        }
        // What the user added is what the user works with, whatever the policy was once written for.
        let is_added = half.iter().any(|(standing, _)| matches!(standing, Standing::Added(_)));
        if let Some(found) = said.filter(|_| !is_added).and_then(|text| self.said(text, &names)) {
            return Recognised { found: Some(found), ..Recognised::default() };
        }
        let preference = |standing| self.preference(standing);
        half.sort_by(|(a, one), (b, other)| {
            let order = other.weight.total_cmp(&one.weight);
            order.then_with(|| (preference(*a), *a).cmp(&(preference(*b), *b)))
        });
        // One that another hides is not there.
        let is_there = |(standing, one): &(Standing, Candidate)| {
            self.is_found(*standing, one, of) && self.standing(*standing).is_some()
        };
        let name = |(standing, _): &(Standing, Candidate)| Some(&*self.standing(*standing)?.name);
        let having = || {
            let all = || half.iter().filter(|(_, one)| one.known == of);
            let having: Vec<&str> = all().filter_map(name).take(NAMED).collect();
            let tells = all().any(|(_, one)| one.weight > 0.0);
            match all().collect::<Vec<_>>()[..] {
                // The only one that has them is likely meant, if not for sure.
                [(standing, one)] if tells => {
                    let Candidate { known, telling, .. } = *one;
                    let found = |server| Match { server, known, of, telling, rival: None };
                    Recognised {
                        found: self.standing(*standing).map(found),
                        ..Recognised::default()
                    }
                }
                // Of a few that have every name, one may well be meant.
                _ if having.len() <= FEW && tells => {
                    Recognised { tied: having, ..Recognised::default() }
                }
                _ => Recognised { having, ..Recognised::default() },
            }
        };
        let Some(best) = half.iter().copied().find(is_there) else { return having() };
        let others = || half.iter().filter(|(standing, _)| *standing != best.0);
        let alike = |(standing, other): &&(Standing, Candidate)| {
            preference(*standing) == preference(best.0) && other.weight == best.1.weight
        };
        let knows = |standing: &Standing, name: &str| {
            self.standing(*standing).is_some_and(|server| server.tool(name).is_some())
        };
        let shares = |(standing, _): &&(Standing, Candidate)| {
            names.iter().all(|name| knows(standing, name) == knows(&best.0, name))
        };
        if others().any(|other| alike(&other) && !shares(&other)) {
            // Servers that know other halves of the names are both meant, or none.
            return having();
        }
        let mut tied: Vec<&str> = others().filter(alike).filter_map(name).take(NAMED).collect();
        if !tied.is_empty() {
            tied.extend(name(&best));
            tied.sort_unstable();
            return Recognised { tied, ..Recognised::default() };
        }
        let rival = others().next().filter(|(_, other)| other.weight >= best.1.weight * RIVAL);
        let Candidate { known, telling, weight } = best.1;
        if weight < ENOUGH && rival.is_some() && self.is_shipped(best.0) {
            return having();
        }
        let rival = rival.and_then(name);
        let found = |server| Match { server, known, of, telling, rival };
        Recognised { found: self.standing(best.0).map(found), ..Recognised::default() }
    }

    /// A tool as it may be where it is not known which of some servers is meant: as dangerous as the worst
    /// of them has it, with the arguments of all. `None` where one of them lacks it.
    pub fn one_of(&self, servers: &[&str], name: &str) -> Option<Tool> {
        /// How sure it is at most.
        const EITHER: f64 = 0.6;
        let records = servers.iter().map(|server| self.server(server)?.tool(name));
        let records: Vec<&Tool> = records.collect::<Option<_>>()?;
        let mut tool = (*records.iter().max_by_key(|tool| (tool.category, tool.severity))?).clone();
        tool.confidence = tool.confidence.min(EITHER);
        tool.evidence = vec![format!("a tool of {}", servers.join(" or of "))];
        (tool.reason, tool.schema) = (None, None);
        let arguments = tool.arguments.get_or_insert_default();
        for (name, argument) in records.iter().flat_map(|tool| tool.arguments.iter().flatten()) {
            arguments.entry(name.clone()).or_insert(*argument);
        }
        for argument in arguments.iter_mut().map(|(_, argument)| argument) {
            argument.required = false;
        }
        Some(tool)
    }

    /// Whether what a server knows of so many names is enough to take it for theirs.
    fn is_found(&self, standing: Standing, candidate: &Candidate, of: usize) -> bool {
        let is_known = candidate.weight >= ENOUGH || !self.is_shipped(standing);
        let is_whole = candidate.known == of && of >= MANY && candidate.weight >= ALONE;
        is_known || is_whole
    }

    /// The smaller, the sooner a server is taken: what the user added, what is built in, one of the many of
    /// an index.
    fn preference(&self, standing: Standing) -> u8 {
        match standing {
            Standing::Added(_) => 0,
            Standing::Indexed(_) if self.is_shipped(standing) => 1,
            Standing::Indexed(_) => 2,
        }
    }

    /// Every server that knows some of the names.
    fn candidates(&self, names: &BTreeSet<&str>) -> BTreeMap<Standing, Candidate> {
        let mut candidates: BTreeMap<Standing, Candidate> = BTreeMap::new();
        for name in names {
            let added = self.servers.iter().enumerate();
            let mut added = added.filter(|(_, server)| server.tool(name).is_some()).peekable();
            let indexed = self.holders(name);
            if indexed.is_empty() && added.peek().is_none() {
                continue;
            }
            let (words, count) = (split(name), indexed.len());
            let weight = weight(&words, count, names.len());
            let telling = tells(&words, count);
            let mut add = |standing, weight| {
                let candidate = candidates.entry(standing).or_default();
                candidate.weight += weight;
                candidate.known += 1;
                candidate.telling += usize::from(telling);
            };
            // What the user works with needs no proof.
            added.for_each(|(at, _)| add(Standing::Added(at), 1.0));
            indexed.into_iter().for_each(|place| add(Standing::Indexed(place), weight));
        }
        candidates
    }

    /// The server that a text calls by a name with an owner, if it knows a good part of the tools. Of
    /// several, such as those of one repository or several versions, it is the one that knows most.
    fn said(&self, text: &str, names: &BTreeSet<&str>) -> Option<Match<'_>> {
        /// With a smaller part, what is known is no help for the rest.
        const PART: usize = 5;
        let is_mark = |c: char| !c.is_alphanumeric() && c != '@';
        let words = text.split_whitespace().filter(|word| word.contains('/'));
        let words: BTreeSet<String> =
            words.map(|word| word.trim_matches(is_mark).to_ascii_lowercase()).collect();
        let is_called = |name: &&String| {
            words.contains(name.split_once('#').map_or(&***name, |(repository, _)| repository))
        };
        let indexed = self.indexes.iter().flat_map(|index| self.noted(index.names()));
        let indexed: BTreeSet<String> = indexed.flatten().collect();
        let called = indexed.iter().filter(is_called).filter_map(|name| self.server(name));
        let other_name = words.iter().filter_map(|word| self.server(word));
        let known =
            |server: &Server| names.iter().filter(|name| server.tool(name).is_some()).count();
        let (known, server) = called
            .chain(other_name)
            .map(|server| (known(server), server))
            .max_by_key(|(known, server)| (*known, Reverse(&server.name)))?;
        let is_telling = |name: &&&str| {
            server.tool(name).is_some() && tells(&split(name), self.holders(name).len())
        };
        let telling = names.iter().filter(is_telling).count();
        let of = names.len();
        let found = Match { server, known, of, telling, rival: None };
        (known > 0 && known * PART >= of).then_some(found)
    }

    fn standing(&self, standing: Standing) -> Option<&Server> {
        match standing {
            Standing::Added(at) => self.servers.get(at),
            Standing::Indexed(place) => self.at(place),
        }
    }

    /// Whether it is one of the servers that are built in.
    fn is_shipped(&self, standing: Standing) -> bool {
        matches!(standing, Standing::Indexed((layer, _)) if layer + 1 == self.indexes.len())
    }
}

/// Whether a name that so many servers have tells a server from others.
fn tells(words: &[String], servers: usize) -> bool {
    words.len() > 1 && servers <= FEW && !is_plain(words)
}

/// How much a name says that so many servers have, where so many are named.
fn weight(words: &[String], servers: usize, of: usize) -> f64 {
    /// How fast a name loses its weight with the servers that have it.
    const DECLINE: f64 = 0.75;
    /// A single word of its own, such as `kubectl`, may yet be anybody's.
    const WORD: f64 = 0.6;
    /// Three plain names that no other server has are as good as one that is not plain.
    const LESS: f64 = 0.35;
    const LEAST: f64 = 0.1;
    let share = (servers.max(1) as f64).powf(-DECLINE);
    match (words.len(), is_plain(words)) {
        // Where it is the one tool that a policy names, one of a few is a better guess than none.
        (0 | 1, true) => {
            if of == 1 && servers <= FEW {
                LEAST
            } else {
                0.0
            }
        }
        (0 | 1, false) if of == 1 && servers == 1 => 1.0,
        (0 | 1, false) => share * WORD,
        (_, true) => share * LESS,
        (_, false) => share,
    }
}

/// Whether a name is made of plain words alone.
fn is_plain(words: &[String]) -> bool {
    static WORDS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| PLAIN.split_ascii_whitespace().collect());
    let is_in = |word: &str| WORDS.contains(word);
    let is_plain = |word: &String| is_in(word) || word.strip_suffix('s').is_some_and(is_in);
    words.iter().all(is_plain)
}

#[cfg(test)]
mod tests;

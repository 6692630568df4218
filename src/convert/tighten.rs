//! Makes a draft stricter where deeds show that what it becomes is milder than what it is made from.

use std::collections::BTreeSet;

use super::check::Difference;
use super::deed::{Deed, Kind};
use super::draft::{AgentDraft, Area, AreaRule};
use super::standings::Standings;
use super::tool_names::{OTHER_SERVER, is_same_name};
use super::trials::FINDER;
use super::wording::Wording;
use crate::policy::Ruling;
use crate::shell::FIND_DOES;

impl AgentDraft {
    /// Makes the draft stricter, as little as it can: what may be named is named, all at once; only where that
    /// is not enough a rule goes, or all of a kind is met more strictly. Whether it could be made so.
    pub fn tighten(&mut self, milder: &[Difference]) -> bool {
        let mut is_tighter = false;
        if let Some(area) = self.areas.get_mut(&Kind::Command) {
            for Difference { deed, from, .. } in
                milder.iter().filter(|milder| milder.deed.kind == Kind::Command)
            {
                is_tighter |= area.name_command(&deed.object, from.strictest);
            }
        }
        if is_tighter {
            return true;
        }
        // What one change mends may have shown itself in many deeds.
        let mut done = BTreeSet::new();
        for Difference { deed, from, .. } in milder {
            if deed.kind == Kind::Server {
                is_tighter |= self.tighten_server(deed, from.strictest);
            } else if done.insert(deed.kind)
                && let Some(area) = self.areas.get_mut(&deed.kind)
            {
                is_tighter |= area.tighten(deed, from.strictest);
            }
        }
        is_tighter
    }

    fn tighten_server(&mut self, deed: &Deed, wanted: Ruling) -> bool {
        let other = deed.server.strip_suffix(OTHER_SERVER);
        if let Some(standings) = other.and_then(|server| self.servers.get_mut(server)) {
            return raise(&mut standings.others, wanted);
        }
        // Servers whose names are the same to an agent share what is said of them.
        let of_name = |name: &str| is_same_name(name, &deed.server);
        let servers = self.servers.iter_mut().filter(|(name, _)| of_name(name));
        servers.fold(false, |is_tighter, (_, standings)| {
            standings.tighten(&deed.object, wanted) | is_tighter
        })
    }
}

impl Standings {
    fn tighten(&mut self, tool: &str, wanted: Ruling) -> bool {
        let named = self.tools.iter_mut().find(|(name, _)| is_same_name(name, tool));
        if raise(named.map_or(&mut self.others, |(_, standing)| standing), wanted) {
            return true;
        }
        // What is left cannot be told from the rest.
        let all = self.tools.values_mut().chain([&mut self.others]);
        all.fold(false, |is_tighter, standing| raise(standing, wanted) | is_tighter)
    }
}

/// Makes a ruling at least as strict; whether that is new.
fn raise(ruling: &mut Ruling, wanted: Ruling) -> bool {
    std::mem::replace(ruling, wanted.max(*ruling)) < wanted
}

/// Whether a word may be the name of a program.
fn is_name(word: &str) -> bool {
    !word.is_empty()
        && word.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_[".contains(letter))
}

/// Whether a command is made of names alone.
fn is_bare(command: &str) -> bool {
    command.split(' ').all(is_name)
}

fn program(command: &str) -> &str {
    command.split(' ').next().unwrap_or(command)
}

/// What stands before words in a command: a program that runs them, or a variable that is set for them.
fn before(command: &str, words: &str) -> Option<Wording> {
    let first = Some(program(command)).filter(|_| !command.starts_with(words))?;
    if first.contains('=') {
        return Some(Wording::Pattern(format!("*=* {words}*")));
    }
    is_name(first).then(|| begins_with(first))
}

/// The commands that find files and do with them what this one does, by the letters that such actions begin with.
fn acting(command: &str) -> Option<Wording> {
    let mut words = command.strip_prefix(FINDER)?.strip_prefix(' ')?.split(' ');
    let action = words.find_map(|word| FIND_DOES.iter().find(|known| word.starts_with(**known)))?;
    Some(Wording::Pattern(format!("{FINDER} *{action}*")))
}

/// The commands beside one another in a text.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(['&', ';', '|', '(', ')']).map(str::trim).filter(|part| !part.is_empty())
}

/// Whether words stand in a command, and not within longer ones.
fn has_words(command: &str, words: &str) -> bool {
    let is_of_word = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    command.match_indices(words).any(|(at, _)| {
        !command[..at].ends_with(is_of_word) && !command[at + words.len()..].starts_with(is_of_word)
    })
}

fn begins_with(text: &str) -> Wording {
    Wording::Words { text: text.to_owned(), exact: false }
}

impl AreaRule {
    /// The words by which it may be what lets a command pass.
    fn lets(&self, command: &str) -> Option<&str> {
        match &self.wording {
            Wording::Words { text, .. }
                if self.ruling == Ruling::Allow && has_words(command, text) =>
            {
                Some(text)
            }
            _ => None,
        }
    }

    /// Whether it lets commands of a program pass.
    fn lets_program(&self, name: &str) -> bool {
        self.ruling == Ruling::Allow
            && !matches!(&self.wording, Wording::Words { text, .. } if program(text) != name)
    }
}

impl Area {
    /// Says what becomes of a command, or of what runs beside it, before anything else is said; whether that is new.
    fn name_command(&mut self, command: &str, wanted: Ruling) -> bool {
        if !self.rules.iter().any(|rule| rule.ruling == Ruling::Allow) {
            return self.name_everything(wanted);
        }
        let words = self.rules.iter().find_map(|rule| rule.lets(command)).map(str::to_owned);
        if let Some(words) = words {
            if let Some(named) = before(command, &words)
                && !parts(command).any(|part| part != command)
            {
                return self.name(named, wanted);
            }
            if let Some(named) = acting(command) {
                return self.name(named, wanted);
            }
            let others = parts(command).filter(|part| !part.contains(&*words));
            let named: Vec<Wording> = others.filter_map(|part| self.of_program(part)).collect();
            return named
                .into_iter()
                .fold(false, |is_new, named| self.name(named, wanted) | is_new);
        }
        self.of_program(command).is_some_and(|named| self.name(named, wanted))
    }

    /// The commands of the program that one begins with, or those that begin with all of its words, where a
    /// rule lets others pass.
    fn of_program(&self, command: &str) -> Option<Wording> {
        let name = program(command);
        if self.rules.iter().any(|rule| rule.lets_program(name)) {
            return is_bare(command).then(|| begins_with(command));
        }
        is_name(name).then(|| begins_with(name))
    }

    /// Says of all commands what becomes of them, also of those that the agent runs unasked.
    fn name_everything(&mut self, wanted: Ruling) -> bool {
        if wanted == Ruling::Deny {
            let is_milder = self.floor < wanted;
            self.floor = wanted;
            return is_milder;
        }
        self.unasked.retain(|_, ruling| *ruling > wanted);
        self.rules
            .retain(|rule| rule.ruling == Ruling::Deny || rule.wording == Wording::Everything);
        let everything = AreaRule { ruling: wanted, wording: Wording::Everything };
        let is_new = !self.rules.contains(&everything);
        self.rules.extend(is_new.then_some(everything));
        is_new
    }

    fn name(&mut self, wording: Wording, ruling: Ruling) -> bool {
        if let Wording::Words { text, exact: false } = wording {
            let known = self.unasked.entry(text).or_insert(Ruling::Allow);
            return raise(known, ruling);
        }
        let rule = AreaRule { ruling, wording };
        let is_new = !self.rules.contains(&rule);
        if is_new {
            self.rules.insert(0, rule);
        }
        is_new
    }

    /// Takes out the rules that let a command pass; where there is none, is stricter on all that no rule names.
    fn tighten(&mut self, deed: &Deed, wanted: Ruling) -> bool {
        let before = self.clone();
        if deed.kind == Kind::Command {
            self.rules.retain(|rule| rule.lets(&deed.object).is_none());
            if *self == before {
                self.floor = self.floor.max(wanted);
            }
            if *self != before {
                return true;
            }
        }
        self.rules.retain(|rule| rule.ruling != Ruling::Allow);
        self.inside = self.inside.max(wanted);
        self.floor = self.floor.max(wanted);
        if *self == before {
            // Nothing milder can be said of a part of it.
            (self.inside, self.floor) = (Ruling::Deny, Ruling::Deny);
            self.rules.clear();
            self.unasked.clear();
        }
        *self != before
    }
}

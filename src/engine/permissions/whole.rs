//! Rules that are held against whole calls, and what revises them.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::called::Called;
use super::canonical::canonical;
use super::guard::Guard;
use super::index::{RuleIndex, words_of_arguments};
use super::notes::Notes;
use super::reach::Reach;
use crate::engine::decision::Missing;
use crate::policy::paths::{is_within, resolved};
use crate::policy::{CallTest, PermissionRule, Permissions, Ruling, SubjectTest};
use crate::shell::{Command, Script, Sense, sense};

/// How many commands within a command are looked at.
const MAX_PARTS: usize = 256;

/// A call under the rules.
pub(super) struct Whole<'w> {
    pub(super) called: Called<'w>,
    pub(super) permissions: &'w Permissions,
    /// The rules in the order in which they are asked, by what they are about.
    pub(super) index: &'w RuleIndex,
}

/// A shell command, as far as it revises what rules say.
struct Shell<'t> {
    /// Its text, taken apart; none where that takes too long.
    script: Option<Script<'t>>,
    /// What is thought of it, where that is asked.
    sense: Option<Sense>,
    /// The same if every path that is not known to lie in the project does not.
    strict: Option<Sense>,
    /// Whether it runs outside of the project.
    is_outside: bool,
}

impl<'w> Whole<'w> {
    /// Everything that may come of the call.
    pub(super) fn reach(&self, notes: &mut Notes<'_>) -> Reach {
        let arguments = match &self.called.arguments {
            Ok(arguments) => arguments.as_ref(),
            Err(fact) => return self.without_arguments(*fact, notes),
        };
        let ruled = self.ruled(arguments, &mut HashSet::new(), true, notes);
        ruled.strictest(Guard { called: &self.called }.reach(arguments), &self.permissions.rules)
    }

    /// What may come of the call where its arguments are not known: rules that do not ask for them hold all the
    /// same, and anything may revise them.
    fn without_arguments(&self, fact: Missing, notes: &mut Notes<'_>) -> Reach {
        let mut reach = Reach::default();
        for number in self.index.about(self.called.names(), None) {
            let rule = self.rule(number);
            match self.called.holds_for(rule, Err(fact)) {
                Ok(false) => {}
                Ok(true) if rule.ruling == Ruling::Deny => {
                    let is_sure = reach.is_empty();
                    reach.add(Ruling::Deny, Some(number));
                    notes.add(number, reach, is_sure);
                    return reach;
                }
                found => {
                    reach.add_unsure(rule.ruling, number, found.err().unwrap_or(fact));
                    // Whatever it rules may be revised.
                    if found == Ok(true) {
                        break;
                    }
                }
            }
        }
        Reach::anything(fact).either(reach)
    }

    fn rule(&self, number: u32) -> &'w PermissionRule {
        &self.permissions.rules[number as usize]
    }

    /// What happens where no rule holds.
    fn unmatched(&self) -> Ruling {
        match self.called.is_mode(&[self.called.rules.profile.careless_mode]) {
            true => Ruling::Allow,
            false => self.permissions.unmatched,
        }
    }

    /// What rules say of arguments, and of every command in a shell text beside it.
    fn ruled(
        &self,
        arguments: Option<&Value>,
        seen: &mut HashSet<String>,
        is_top: bool,
        notes: &mut Notes<'_>,
    ) -> Reach {
        let (command_key, folder_key) = self.called.rules.profile.shell_arguments;
        let is_shell = self.called.rules.profile.shell_tools.contains(&self.called.call.tool);
        let value = |key: &str| arguments.filter(|_| is_shell)?.get(key);
        let command = value(command_key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let folder = value(folder_key);
        let shell = command.map(|command| self.shell(command, folder, is_top));
        let mut reach = self.by_rules(arguments, shell.as_ref(), notes);
        let (Some(command), Some(shell)) = (command, shell) else { return reach };
        let Some(script) = shell.script else {
            return reach.strictest(Reach::anything(Missing::LongCommand), &self.permissions.rules);
        };
        if is_unreadable(&script) {
            return reach;
        }
        for part in parts(&script) {
            if part == command || !seen.insert(part.to_owned()) {
                continue;
            }
            if seen.len() > MAX_PARTS {
                return reach
                    .strictest(Reach::anything(Missing::LongCommand), &self.permissions.rules);
            }
            let mut arguments = Map::new();
            arguments.insert(command_key.to_owned(), part.into());
            folder.map(|folder| arguments.insert(folder_key.to_owned(), folder.clone()));
            let part = self.ruled(Some(&Value::Object(arguments)), seen, false, notes);
            reach = reach.strictest(part, &self.permissions.rules);
        }
        reach
    }

    /// What the rules say, in their order, each revised by what is thought of the command.
    fn by_rules(
        &self,
        arguments: Option<&Value>,
        shell: Option<&Shell<'_>>,
        notes: &mut Notes<'_>,
    ) -> Reach {
        let text = arguments.map(canonical);
        let mut reach = Reach::default();
        let words = text.as_deref().map(words_of_arguments);
        for number in self.index.about(self.called.names(), words.as_deref()) {
            match self.called.holds_for(self.rule(number), Ok(text.as_deref())) {
                Ok(false) => {}
                Ok(true) => {
                    let is_sure = reach.is_empty();
                    self.add(&mut reach, Some(number), shell);
                    notes.add(number, reach, is_sure);
                    return reach;
                }
                Err(fact) => {
                    self.add(&mut reach, Some(number), shell);
                    reach.depend_on(fact);
                }
            }
        }
        self.add(&mut reach, None, shell);
        reach
    }

    fn shell<'t>(&self, command: &'t str, folder: Option<&Value>, is_top: bool) -> Shell<'t> {
        let start = self.called.folder();
        let within = |path: &str, unknown: bool| match (path.starts_with('/'), start) {
            _ if path.split('/').any(|part| part == "..") => false,
            (true, Some(start)) => is_within(&resolved(start, path), start),
            (true, None) => unknown,
            (false, _) => true,
        };
        let thought = |unknown| sense(command, &|path| within(path, unknown));
        let outside = |folder: &str| match start {
            Some(start) => !is_within(&resolved(start, folder), start),
            None => folder.starts_with(['/', '.']),
        };
        Shell {
            script: Script::read(command).ok(),
            sense: is_top.then(|| thought(true)),
            strict: is_top.then(|| thought(false)),
            is_outside: folder.and_then(Value::as_str).is_some_and(outside),
        }
    }

    /// Adds what a rule says, or what happens without one.
    fn add(&self, reach: &mut Reach, number: Option<u32>, shell: Option<&Shell<'_>>) {
        let rule = number.map(|number| self.rule(number));
        let ruling = rule.map_or_else(|| self.unmatched(), |rule| rule.ruling);
        let test = rule.and_then(|rule| match &rule.test {
            SubjectTest::Call(test) => Some(&**test),
            _ => None,
        });
        let Some(shell) = shell else { return reach.add(ruling, number) };
        let is_plain = test.is_none_or(|test| test.arguments.is_none());
        for sense in [shell.sense, shell.strict] {
            let (first, second) = match sense {
                Some(sense) if is_plain => self.thought(ruling, sense, shell.is_outside),
                _ => (ruling, None),
            };
            for ruling in [Some(first), second].into_iter().flatten() {
                reach.add(self.taken_apart(ruling, test, is_plain, shell), number);
            }
            if second.is_some() {
                reach.depend_on(Missing::Trust);
            }
        }
        if self.called.folder().is_none() {
            reach.depend_on(Missing::Folder);
        }
    }

    /// A ruling as it is revised by what is thought of a command; a second one where trust decides.
    fn thought(&self, ruling: Ruling, sense: Sense, is_outside: bool) -> (Ruling, Option<Ruling>) {
        let is_careless = self.called.is_mode(&[self.called.rules.profile.careless_mode]);
        if ruling == Ruling::Deny {
            return (ruling, None);
        }
        if is_outside && !is_careless {
            return (Ruling::Ask, None);
        }
        let rest = match sense {
            Sense { is_dangerous: true, .. } if is_careless => ruling,
            Sense { is_dangerous: true, .. } => Ruling::Ask,
            Sense { is_safe: true, .. } => Ruling::Allow,
            _ => ruling,
        };
        match (sense.runs_git, self.called.rules.trusted) {
            (false, _) | (true, Some(true)) => (rest, None),
            (true, Some(false)) => (Ruling::Ask, None),
            (true, None) => (rest, Some(Ruling::Ask)),
        }
    }

    /// A ruling as it is revised by what is in the command.
    fn taken_apart(
        &self,
        ruling: Ruling,
        test: Option<&CallTest>,
        is_plain: bool,
        shell: &Shell<'_>,
    ) -> Ruling {
        let profile = self.called.rules.profile;
        let Some(script) = &shell.script else { return ruling };
        if ruling == Ruling::Deny {
            return ruling;
        }
        if is_unreadable(script) {
            return match self.called.is_mode(&[profile.careless_mode]) {
                true if is_plain => Ruling::Allow,
                true => Ruling::Deny,
                false => self.permissions.unmatched,
            };
        }
        let passes = test.is_some_and(|test| test.redirects)
            || self.called.is_mode(profile.redirecting_modes);
        if script.redirects && !passes { ruling.max(Ruling::Ask) } else { ruling }
    }
}

/// Whether a command cannot be taken apart, or nothing is in it.
fn is_unreadable(script: &Script<'_>) -> bool {
    let is_empty = script.commands.is_empty() && script.others.is_empty();
    script.is_broken || script.expands_prompt || is_empty
}

/// The commands in a text, and those that it gives to a shell.
fn parts<'s>(script: &'s Script<'_>) -> impl Iterator<Item = &'s str> {
    let own =
        script.commands.iter().map(|command| command.text).chain(script.others.iter().copied());
    let given = script.commands.iter().filter_map(given_to_shell);
    own.chain(given).map(str::trim).filter(|part| !part.is_empty())
}

/// The text that a command gives to a shell.
fn given_to_shell<'s>(command: &'s Command<'_>) -> Option<&'s str> {
    let [shell, option, script, ..] = command.words.as_slice() else { return None };
    let name = shell.text.rsplit_once('/').map_or(shell.text, |(_, name)| name);
    (["sh", "bash", "zsh"].contains(&name) && option.text == "-c").then(|| script.unquoted())
}

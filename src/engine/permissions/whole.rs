//! Rules that are held against whole calls, and what revises them.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::canonical::canonical;
use super::guard::Guard;
use super::reach::Reach;
use super::{PermissionGate, is_there};
use crate::engine::arguments::Arguments;
use crate::engine::call::Call;
use crate::engine::decision::Missing;
use crate::policy::paths::{is_within, resolved};
use crate::policy::{CallRules, CallTest, PermissionRule, Ruling, SubjectTest, ToolTest};
use crate::shell::{Command, Script, Sense, sense};

/// How many commands within a command are looked at.
const MAX_PARTS: usize = 256;

/// A call that rules are held against.
pub(super) struct Whole<'w> {
    pub(super) gate: &'w PermissionGate,
    pub(super) rules: &'w CallRules,
    pub(super) call: &'w Call<'w>,
    pub(super) mode: Option<&'w str>,
    /// The names of its tool.
    names: Vec<String>,
    /// The server whose tool it is.
    server: Option<String>,
    /// Its arguments; none where it has none.
    arguments: Result<Option<Value>, Missing>,
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
    pub(super) fn new(
        gate: &'w PermissionGate,
        rules: &'w CallRules,
        call: &'w Call<'w>,
        mode: Option<&'w str>,
    ) -> Whole<'w> {
        let (before, between) = rules.profile.server_tools;
        let arguments = arguments(call.arguments);
        let given = Some(call.around.server).filter(|server| !server.is_empty());
        let named = || Some(call.tool.strip_prefix(before)?.split_once(between)?.0);
        let mut names = vec![call.tool.to_owned()];
        if let Some(server) = given {
            names.push(format!("{before}{server}{between}{}", call.tool));
        }
        let (agent_tool, agent) = rules.profile.agent_tool;
        if call.tool == agent_tool
            && let Ok(Some(arguments)) = &arguments
        {
            names.extend(arguments[agent].as_str().map(str::to_owned));
        }
        let server = given.or_else(named).map(str::to_owned);
        Whole { gate, rules, call, mode, names, server, arguments }
    }

    /// Everything that may come of the call.
    pub(super) fn reach(&self) -> Reach {
        let arguments = match &self.arguments {
            Ok(arguments) => arguments.as_ref(),
            Err(fact) => return self.without_arguments(*fact),
        };
        let ruled = self.ruled(arguments, &mut HashSet::new(), true);
        ruled.strictest(Guard { whole: self }.reach(arguments))
    }

    /// What may come of the call where its arguments are not known: rules that do not ask for them hold all the
    /// same, and anything may revise them.
    fn without_arguments(&self, fact: Missing) -> Reach {
        let mut reach = Reach::default();
        for number in &self.gate.order {
            let rule = self.rule(*number);
            match self.holds_for(rule, Err(fact)) {
                Ok(false) => {}
                Ok(true) if rule.ruling == Ruling::Deny => {
                    reach.add(Ruling::Deny, Some(*number));
                    return reach;
                }
                found => {
                    reach.add_unsure(rule.ruling, *number, found.err().unwrap_or(fact));
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
        &self.gate.permissions.rules[number as usize]
    }

    /// Where the agent works.
    pub(super) fn folder(&self) -> Option<&str> {
        let recorded = Some(self.call.around.folder).filter(|folder| folder.starts_with('/'));
        recorded.or(self.gate.permissions.ground.start.as_deref())
    }

    /// What happens where no rule holds.
    fn unmatched(&self) -> Ruling {
        match self.is_mode(&[self.rules.profile.careless_mode]) {
            true => Ruling::Allow,
            false => self.gate.permissions.unmatched,
        }
    }

    fn is_mode(&self, modes: &[&str]) -> bool {
        self.mode.is_some_and(|mode| modes.contains(&mode))
    }

    /// What rules say of arguments, and of every command in a shell text beside it.
    fn ruled(&self, arguments: Option<&Value>, seen: &mut HashSet<String>, is_top: bool) -> Reach {
        let (command_key, folder_key) = self.rules.profile.shell_arguments;
        let is_shell = self.rules.profile.shell_tools.contains(&self.call.tool);
        let value = |key: &str| arguments.filter(|_| is_shell)?.get(key);
        let command = value(command_key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let folder = value(folder_key);
        let shell = command.map(|command| self.shell(command, folder, is_top));
        let mut reach = self.by_rules(arguments, shell.as_ref());
        let (Some(command), Some(shell)) = (command, shell) else { return reach };
        let Some(script) = shell.script else {
            return reach.strictest(Reach::anything(Missing::LongCommand));
        };
        if is_unreadable(&script) {
            return reach;
        }
        for part in parts(&script) {
            if part == command || !seen.insert(part.to_owned()) {
                continue;
            }
            if seen.len() > MAX_PARTS {
                return reach.strictest(Reach::anything(Missing::LongCommand));
            }
            let mut arguments = Map::new();
            arguments.insert(command_key.to_owned(), part.into());
            folder.map(|folder| arguments.insert(folder_key.to_owned(), folder.clone()));
            reach = reach.strictest(self.ruled(Some(&Value::Object(arguments)), seen, false));
        }
        reach
    }

    /// What the rules say, in their order, each revised by what is thought of the command.
    fn by_rules(&self, arguments: Option<&Value>, shell: Option<&Shell<'_>>) -> Reach {
        let text = arguments.map(canonical);
        let mut reach = Reach::default();
        for number in &self.gate.order {
            match self.holds_for(self.rule(*number), Ok(text.as_deref())) {
                Ok(false) => {}
                Ok(true) => {
                    self.add(&mut reach, Some(*number), shell);
                    return reach;
                }
                Err(fact) => {
                    self.add(&mut reach, Some(*number), shell);
                    reach.depend_on(fact);
                }
            }
        }
        self.add(&mut reach, None, shell);
        reach
    }

    fn holds_for(
        &self,
        rule: &PermissionRule,
        text: Result<Option<&str>, Missing>,
    ) -> Result<bool, Missing> {
        let SubjectTest::Call(test) = &rule.test else { return Ok(false) };
        // What is certain not to hold needs no fact.
        if !self.is_about(test) {
            return Ok(false);
        }
        if !is_there(rule, self.mode)? {
            return Ok(false);
        }
        self.holds(test, text)
    }

    /// Whether a test is about the tool.
    fn is_about(&self, test: &CallTest) -> bool {
        let (before, between) = self.rules.profile.server_tools;
        let server = self.server.as_deref();
        let is_tool = match &test.tool {
            ToolTest::Any => true,
            ToolTest::OfServers => server.is_some(),
            ToolTest::OfServer(of) => {
                let start = format!("{before}{of}{between}");
                // The whole name is made for tools alone that are named without their server.
                let is_whole = self.call.tool.starts_with(before);
                let names = if is_whole { &self.names[..1] } else { &self.names };
                server == Some(of) && names.iter().any(|name| name.starts_with(&start))
            }
            ToolTest::Named(names) => {
                names.iter().any(|known| self.names.iter().any(|name| **name == **known))
            }
        };
        is_tool && test.server.as_deref().is_none_or(|of| server == Some(of))
    }

    /// Whether the rest of a test holds.
    fn holds(&self, test: &CallTest, text: Result<Option<&str>, Missing>) -> Result<bool, Missing> {
        if test.interactive.is_some_and(|interactive| interactive == self.rules.headless) {
            return Ok(false);
        }
        if let Some(pattern) = &test.arguments {
            let Some(text) = text? else { return Ok(false) };
            if !pattern.is_match(text).map_err(|_| Missing::LongSearch)? {
                return Ok(false);
            }
        }
        if let Some(caller) = &test.caller {
            let known = self.call.around.caller.ok_or(Missing::Caller)?;
            if known != &**caller {
                return Ok(false);
            }
        }
        if test.annotations.is_empty() {
            return Ok(true);
        }
        let known = self.call.around.annotations.ok_or(Missing::Annotations)?;
        let known: Value = serde_json::from_str(known).unwrap_or_default();
        Ok(test.annotations.iter().all(|(name, value)| is_same(known.get(&**name), value)))
    }

    /// Whether a test holds for the call, all in all.
    pub(super) fn passes(&self, test: &CallTest) -> Result<bool, Missing> {
        let text = self.arguments.as_ref().ok().and_then(Option::as_ref).map(canonical);
        Ok(self.is_about(test) && self.holds(test, Ok(text.as_deref()))?)
    }

    fn shell<'t>(&self, command: &'t str, folder: Option<&Value>, is_top: bool) -> Shell<'t> {
        let start = self.folder();
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
        if self.folder().is_none() {
            reach.depend_on(Missing::Folder);
        }
    }

    /// A ruling as it is revised by what is thought of a command; a second one where trust decides.
    fn thought(&self, ruling: Ruling, sense: Sense, is_outside: bool) -> (Ruling, Option<Ruling>) {
        let is_careless = self.is_mode(&[self.rules.profile.careless_mode]);
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
        match (sense.runs_git, self.rules.trusted) {
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
        let profile = self.rules.profile;
        let Some(script) = &shell.script else { return ruling };
        if ruling == Ruling::Deny {
            return ruling;
        }
        if is_unreadable(script) {
            return match self.is_mode(&[profile.careless_mode]) {
                true if is_plain => Ruling::Allow,
                true => Ruling::Deny,
                false => self.gate.permissions.unmatched,
            };
        }
        let passes =
            test.is_some_and(|test| test.redirects) || self.is_mode(profile.redirecting_modes);
        if script.redirects && !passes { ruling.max(Ruling::Ask) } else { ruling }
    }
}

/// Whether an annotation is strictly equal to a value, as JavaScript has it: lists and objects never are.
fn is_same(known: Option<&Value>, value: &Value) -> bool {
    match (known, value) {
        (Some(Value::Number(one)), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (_, Value::Array(_) | Value::Object(_)) => false,
        (known, value) => known == Some(value),
    }
}

/// The arguments as a value; none where there are none, which is so of everything that JavaScript takes for false.
fn arguments(arguments: Arguments<'_>) -> Result<Option<Value>, Missing> {
    let text = match arguments {
        Arguments::Json(text) | Arguments::Members { text, .. } => text,
        Arguments::Absent => return Ok(None),
        Arguments::Names(_) => return Err(Missing::ArgumentValues),
        Arguments::Unknown(fact) => return Err(fact),
    };
    let value: Value = serde_json::from_str(text).map_err(|_| Missing::UnreadableArguments)?;
    let is_nothing = match &value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Number(number) => number.as_f64() == Some(0.0),
        _ => false,
    };
    Ok((!is_nothing).then_some(value))
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

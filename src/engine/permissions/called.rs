//! A call as a whole, and what rules and checkers ask of it.

use serde_json::Value;

use super::canonical::canonical;
use crate::engine::arguments::Arguments;
use crate::engine::call::Call;
use crate::engine::decision::Missing;
use crate::policy::{CallRules, CallTest, PermissionRule, Permissions, SubjectTest, ToolTest};

/// A call that rules are held against.
pub(super) struct Called<'w> {
    pub(super) rules: &'w CallRules,
    pub(super) call: &'w Call<'w>,
    pub(super) mode: Option<&'w str>,
    /// Where the agent was started.
    start: Option<&'w str>,
    /// The names of its tool.
    names: Vec<String>,
    /// The server whose tool it is.
    server: Option<String>,
    /// Its arguments; none where it has none.
    pub(super) arguments: Result<Option<Value>, Missing>,
}

impl<'w> Called<'w> {
    pub(super) fn new(
        permissions: &'w Permissions,
        rules: &'w CallRules,
        call: &'w Call<'w>,
        mode: Option<&'w str>,
    ) -> Called<'w> {
        let (before, between) = rules.profile.server_tools;
        let arguments = arguments(call.arguments);
        let given = Some(call.around.server).filter(|server| !server.is_empty());
        // Records seldom name the server: of those that are configured it is the one with the longest name.
        let of_tool = rules.servers.iter().filter(|(_, start)| call.tool.starts_with(start));
        let configured = of_tool.max_by_key(|(_, start)| start.len());
        let given = given.or(configured.map(|(server, _)| server.as_str()));
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
        Called {
            rules,
            call,
            mode,
            start: permissions.ground.start.as_deref(),
            names,
            server,
            arguments,
        }
    }

    /// The names of its tool.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Where the agent works.
    pub(super) fn folder(&self) -> Option<&str> {
        let recorded = Some(self.call.around.folder).filter(|folder| folder.starts_with('/'));
        recorded.or(self.start)
    }

    /// Whether the agent works in one of these modes.
    pub(super) fn is_mode(&self, modes: &[&str]) -> bool {
        self.mode.is_some_and(|mode| modes.contains(&mode))
    }

    /// Whether a rule holds, given the text of all arguments.
    pub(super) fn holds_for(
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

    /// Whether a rule holds for the call as it is.
    pub(super) fn holds_as_written(&self, rule: &PermissionRule) -> Result<bool, Missing> {
        let text = self.arguments.as_ref().map(|arguments| arguments.as_ref().map(canonical));
        match &text {
            Ok(text) => self.holds_for(rule, Ok(text.as_deref())),
            Err(fact) => self.holds_for(rule, Err(**fact)),
        }
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
}

/// Whether a rule is there in a mode.
pub(super) fn is_there(rule: &PermissionRule, mode: Option<&str>) -> Result<bool, Missing> {
    match (&rule.modes, mode) {
        (None, _) => Ok(true),
        (Some(modes), Some(mode)) => Ok(modes.iter().any(|known| **known == *mode)),
        (Some(_), None) => Err(Missing::Mode),
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

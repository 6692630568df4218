//! Calls that rules are about: what is tried where nothing is proved.

use serde_json::{Map, Value, json};

use super::texts::{COMMANDS, PATHS, arguments, both, fills, texts};
use crate::policy::{
    CallTest, Ground, Matter, PathUse, PermissionRule, Permissions, SubjectTest, Subjects,
    ToolMatters, ToolTest,
};

/// What stands for a text of which nothing is known.
const TEXT: &str = "x";

/// The arguments that name a file in the calls of agents that rule on whole calls.
const FILES: [&str; 2] = ["file_path", "path"];

/// How many calls are tried for a tool in a mode.
pub(super) const MAX_CALLS: usize = 400;

/// What a sampler knows.
pub(super) struct Sampler<'s> {
    pub(super) permissions: &'s Permissions,
    /// The rules that calls are wanted for, the most telling first.
    pub(super) rules: Vec<&'s PermissionRule>,
    /// Pairs of them that are wanted for one subject.
    pub(super) pairs: Vec<[&'s PermissionRule; 2]>,
}

impl Sampler<'_> {
    /// The arguments of calls of a tool that the rules are about.
    pub(super) fn of_tool(&self, tool: &str) -> Vec<Value> {
        let mut found = match (&self.permissions.calls, self.table(tool)) {
            (Some(_), _) => self.whole_calls(tool),
            (None, Some(tool)) => self.of_matters(tool),
            (None, None) => self.named(),
        };
        let mut seen = std::collections::HashSet::new();
        found.retain(|arguments| seen.insert(arguments.to_string()));
        found
    }

    /// The names of tools that the rules are about by patterns.
    pub(super) fn names(&self, known: &[String]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for rule in self.rules.iter().filter(|rule| !rule.name.is_all()) {
            let of_calls = match &rule.test {
                SubjectTest::Call(test) => tools(test, self.permissions),
                _ => Vec::new(),
            };
            let is_meant = |name: &&String| rule.name.matches(name);
            let fills =
                fills(rule.name.source()).into_iter().filter(|name| !name.contains([' ', '/']));
            let spelt = fills.filter(|_| of_calls.is_empty());
            for name in known.iter().filter(is_meant).cloned().chain(of_calls.clone()).chain(spelt)
            {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        names
    }

    fn table(&self, tool: &str) -> Option<&'static ToolMatters> {
        self.permissions.tools.iter().find(|known| known.tool == tool)
    }

    /// The arguments of calls that raise the matters of a tool with the subjects that rules are about.
    fn of_matters(&self, tool: &'static ToolMatters) -> Vec<Value> {
        let ground = &self.permissions.ground;
        let mut found = Vec::new();
        let Some(own) = tool.matters.last() else { return found };
        for rule in &self.rules {
            for matter in tool.matters.iter().filter(|matter| rule.name.matches(matter.name)) {
                if let SubjectTest::Argument(name, pattern) = &rule.test {
                    let values = fills(pattern.source());
                    let given =
                        |value: String| with(own, TEXT, [((**name).to_owned(), json!(value))]);
                    found.extend(values.into_iter().map(given));
                    continue;
                }
                let texts = texts(&rule.test, ground);
                let open = texts.is_empty().then(|| any(&matter.of)).into_iter().flatten().copied();
                let all = texts.iter().map(String::as_str).chain(open);
                found.extend(all.map(|text| placed(own, matter, text)));
            }
        }
        for [one, other] in &self.pairs {
            for matter in tool.matters.iter().filter(|matter| one.name.matches(matter.name)) {
                let texts = both(&one.test, &other.test, ground);
                found.extend(texts.iter().map(|text| placed(own, matter, text)));
            }
        }
        let any = any(&own.of).iter().map(|text| placed(own, own, text));
        found.extend(any);
        found
    }

    /// The arguments of a tool that raises nothing but its name.
    fn named(&self) -> Vec<Value> {
        let given = self.rules.iter().filter_map(|rule| match &rule.test {
            SubjectTest::Argument(name, pattern) => {
                Some(fills(pattern.source()).into_iter().map(|text| json!({ (&**name): text })))
            }
            _ => None,
        });
        std::iter::once(json!({})).chain(given.flatten()).collect()
    }

    /// The arguments of calls on which rules rule as a whole.
    fn whole_calls(&self, tool: &str) -> Vec<Value> {
        let calls = self.permissions.calls.as_ref();
        let profile = calls.map(|calls| calls.profile);
        let shell = profile.filter(|profile| profile.shell_tools.contains(&tool));
        let tests = self.rules.iter().filter_map(|rule| match &rule.test {
            SubjectTest::Call(test) => Some(test),
            _ => None,
        });
        let pairs = tests.filter_map(|test| test.arguments.as_ref()).flat_map(arguments);
        let mut found: Vec<Value> = pairs.map(|(name, text)| json!({ name: text })).collect();
        if let Some((tool_of_agents, argument)) = profile.map(|profile| profile.agent_tool)
            && tool_of_agents == tool
        {
            let named = self.rules.iter().flat_map(|rule| match &rule.test {
                SubjectTest::Call(test) => test.tool.named(),
                _ => &[],
            });
            found.extend(named.map(|name| json!({ (argument): name })));
        }
        match shell {
            Some(profile) => {
                let command = |text| json!({ (profile.shell_arguments.0): text });
                found.extend(COMMANDS.map(command));
            }
            None => {
                found.push(json!({}));
                let paths = |name: &str| PATHS.map(|path| json!({ (name): path }));
                found.extend(FILES.into_iter().flat_map(paths));
            }
        }
        found
    }
}

/// The tools that a test of whole calls is about.
fn tools(test: &CallTest, permissions: &Permissions) -> Vec<String> {
    let named = |server: &str| permissions.server_tools.name(server, TEXT);
    match &test.tool {
        ToolTest::Named(names) => names.iter().map(|name| name.to_string()).collect(),
        ToolTest::OfServers => vec![named(test.server.as_deref().unwrap_or(TEXT))],
        ToolTest::OfServer(server) => vec![named(server)],
        ToolTest::Any => vec![TEXT.to_owned(), named(test.server.as_deref().unwrap_or(TEXT))],
    }
}

/// The subjects of a matter of which nothing is known.
fn any(of: &Subjects) -> &'static [&'static str] {
    match of {
        Subjects::Commands(_)
        | Subjects::Parts(..)
        | Subjects::Launched(_)
        | Subjects::LaunchedOutside(_) => &COMMANDS,
        Subjects::Text("url") => &["https://example.com/"],
        Subjects::Whole | Subjects::Text(_) | Subjects::Name(_) | Subjects::TextOr(..) => &[TEXT],
        _ => &PATHS,
    }
}

/// The arguments of a call that raises a matter with a subject, beside what the tool needs.
fn placed(own: &Matter, matter: &Matter, text: &str) -> Value {
    if std::ptr::eq(own, matter) {
        return match &own.of {
            Subjects::LaunchedPatch(launch) => json!({ (launch.command): patch(text) }),
            _ => with(own, text, []),
        };
    }
    let default = any(&own.of).first().copied().unwrap_or(TEXT);
    with(own, default, given(&matter.of, text))
}

fn with(own: &Matter, text: &str, more: impl IntoIterator<Item = (String, Value)>) -> Value {
    Value::Object(given(&own.of, text).into_iter().chain(more).collect::<Map<_, _>>())
}

/// The arguments that have something as a subject.
fn given(of: &Subjects, text: &str) -> Vec<(String, Value)> {
    let one = |key: &str, text: String| vec![(key.to_owned(), Value::String(text))];
    match of {
        Subjects::Whole => Vec::new(),
        Subjects::Text(key)
        | Subjects::Name(key)
        | Subjects::TextOr(key, _)
        | Subjects::Commands(key)
        | Subjects::Path(key)
        | Subjects::LinkedPath(key)
        | Subjects::Outside(key, _)
        | Subjects::Parts(key, _)
        | Subjects::Search { folder: key, .. } => one(key, text.to_owned()),
        Subjects::PatchPaths(key) | Subjects::OutsidePatch(key) => one(key, patch(text)),
        Subjects::OutsideCommands { command, .. } => one(command, format!("cat {text}")),
        Subjects::PartPaths(key, PathUse::Reads, _) => one(key, format!("cat {text}")),
        Subjects::PartPaths(key, PathUse::Writes, _) => one(key, format!("touch {text}")),
        Subjects::PartPaths(key, PathUse::Redirects, _) => one(key, format!("echo x > {text}")),
        Subjects::Launched(launch) => one(launch.command, text.to_owned()),
        Subjects::LaunchedOutside(launch) => {
            let (key, value) = launch.outside;
            [one(launch.command, text.to_owned()), one(key, value.to_owned())].concat()
        }
        Subjects::LaunchedPatch(launch) => {
            one(launch.command, format!("apply_patch <<'EOF'\n{}\nEOF", patch(text)))
        }
    }
}

/// A patch of a file.
pub(super) fn patch(path: &str) -> String {
    format!("*** Begin Patch\n*** Update File: {path}\n@@\n-a\n+b\n*** End Patch")
}

/// The folder that calls are made in where neither policy knows one.
pub(super) fn folder(ground: &Ground) -> Option<&'static str> {
    ground.start.is_none().then_some("/project")
}

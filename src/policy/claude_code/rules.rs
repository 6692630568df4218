//! A rule as it is written, and what it stands for.

use super::layers::Source;
use super::path_rules;
use super::tools::{EDITORS, READERS, READS, REDIRECTS, WRITES};
use crate::policy::commands::{CommandPattern, CommandTest, Reach};
use crate::policy::permissions::{
    FileScope, Ground, Origin, PermissionRule, Ruling, SubjectTest, VoidRule,
};
use crate::policy::wildcard::{Wildcard, WildcardSyntax};

/// The steps of a decision: the higher counts.
pub(super) const DENY: i32 = 90;
pub(super) const ASK: i32 = 80;
pub(super) const SAFETY: i32 = 75;
pub(super) const BYPASS: i32 = 70;
pub(super) const PROTECTED: i32 = 60;
pub(super) const PLAN: i32 = 55;
pub(super) const ALLOW: i32 = 50;
pub(super) const MODE: i32 = 40;
pub(super) const BUILT_IN: i32 = 30;
pub(super) const NOTHING: i32 = 20;

/// The modes in which a question is one.
pub(super) const ASKING: [&str; 5] =
    ["default", "acceptEdits", "plan", "auto", "bypassPermissions"];

/// The argument that is the tool's subject, which a rule about a parameter may not name.
pub(super) const MAIN: [(&str, &str); 10] = [
    ("Bash", "command"),
    ("Read", "file_path"),
    ("Edit", "file_path"),
    ("Write", "file_path"),
    ("NotebookEdit", "notebook_path"),
    ("Glob", "path"),
    ("Grep", "path"),
    ("WebFetch", "url"),
    ("WebFetch", "prompt"),
    ("Skill", "skill"),
];

/// The list of rules as it grows.
pub(super) struct List<'g> {
    pub(super) rules: Vec<PermissionRule>,
    pub(super) void: Vec<VoidRule>,
    pub(super) ground: &'g Ground,
    /// The modes in which a classifier decides what else would be asked.
    pub(super) classified: Vec<Box<str>>,
}

/// What a rule of a file becomes: for which names, and what it asks.
type Meaning = (Vec<String>, SubjectTest);

impl<'g> List<'g> {
    pub(super) fn new(ground: &'g Ground, auto_in_plan: bool) -> List<'g> {
        let mut classified: Vec<Box<str>> = vec!["auto".into()];
        classified.extend(auto_in_plan.then(|| "plan".into()));
        List { rules: Vec::new(), void: Vec::new(), ground, classified }
    }

    /// Adds what a rule of a file says.
    pub(super) fn rule(&mut self, ruling: Ruling, text: &str, source: &Source, origin: Origin) {
        let rank = match ruling {
            Ruling::Deny => DENY,
            Ruling::Ask => ASK,
            Ruling::Allow => ALLOW,
        };
        let meanings = self.meanings(ruling, text, source);
        if meanings.is_empty() {
            self.void.push(VoidRule { ruling, text: text.into(), origin: origin.clone() });
        }
        for (names, test) in meanings {
            for name in names {
                let rule = PermissionRule {
                    ruling,
                    name: Wildcard::new(&name, WildcardSyntax::default()),
                    test: test.clone(),
                    modes: None,
                    rank,
                    text: format!("{} {text}", ruling.name()).into(),
                    origin: origin.clone(),
                };
                if ruling == Ruling::Ask {
                    let refused = Some(vec!["dontAsk".into()]);
                    self.rules.push(PermissionRule {
                        ruling: Ruling::Deny,
                        modes: refused,
                        ..rule.clone()
                    });
                }
                self.rules.push(rule);
            }
        }
    }

    /// What a rule means; nothing where it never matches.
    fn meanings(&self, ruling: Ruling, text: &str, source: &Source) -> Vec<Meaning> {
        let Some((tool, spec)) = parts(text) else { return Vec::new() };
        if tool.starts_with("mcp__") {
            return of_server(ruling, tool, spec, source.scope == FileScope::Session);
        }
        let forbids = ruling != Ruling::Allow;
        let names: Vec<String> = match tool {
            "Task" | "Agent" => vec!["Task".to_owned(), "Agent".to_owned()],
            _ if tool.contains('*') => {
                let reaches = forbids && tool != "mcp*" && (tool != "**" || ruling == Ruling::Ask);
                return reaches
                    .then(|| (vec![tool.to_owned()], SubjectTest::Anything))
                    .into_iter()
                    .collect();
            }
            _ => vec![tool.to_owned()],
        };
        if spec == Some("*") && matches!(tool, "Glob" | "Grep") && !forbids {
            return Vec::new();
        }
        // What `Read(*)` allows is what lies below, but it denies the tool.
        let is_path = tool == "Read" && !forbids;
        let Some(spec) = spec.filter(|spec| *spec != "*" || is_path) else {
            let mut names = names;
            if spec.is_some() && tool == "Read" && ruling == Ruling::Deny {
                names.extend(EDITORS[..2].iter().map(|name| (*name).to_owned()));
            }
            if tool == "Bash" && !forbids {
                names.extend([READS, WRITES, REDIRECTS].map(str::to_owned));
            }
            return vec![(names, SubjectTest::Anything)];
        };
        let mut meanings = Vec::new();
        meanings
            .extend(forbids.then(|| parameter(tool, spec)).flatten().map(|t| (names.clone(), t)));
        meanings.extend(self.subject(ruling, tool, spec, names, source));
        meanings
    }

    /// What a rule about the tool's own subject means.
    fn subject(
        &self,
        ruling: Ruling,
        tool: &str,
        spec: &str,
        names: Vec<String>,
        source: &Source,
    ) -> Vec<Meaning> {
        let owned =
            |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let paths = |names: &[&str]| -> Vec<Meaning> {
            let tests = path_rules::tests(&unescaped_path(spec), ruling, source, self.ground);
            tests.into_iter().map(|test| (owned(names), test)).collect()
        };
        let test = match tool {
            "Bash" => command(&unescaped(spec)).map(|pattern| {
                let reach = match ruling {
                    Ruling::Allow => Reach::Narrow,
                    Ruling::Ask => Reach::Wide,
                    Ruling::Deny => Reach::WideAndWhole,
                };
                SubjectTest::Command(CommandTest::Matches(pattern, reach))
            }),
            "Read" => {
                let names = match ruling {
                    Ruling::Deny => [&READERS[..], &EDITORS[..2], &[READS]].concat(),
                    Ruling::Ask => READERS.to_vec(),
                    Ruling::Allow => [&READERS[..], &[READS]].concat(),
                };
                return paths(&names);
            }
            "Edit" => {
                let names = match ruling {
                    Ruling::Ask => EDITORS.to_vec(),
                    Ruling::Allow | Ruling::Deny => [&EDITORS[..], &[WRITES, REDIRECTS]].concat(),
                };
                return paths(&names);
            }
            "WebFetch" => spec.strip_prefix("domain:").and_then(domain),
            "Agent" | "Task" => (!spec.contains('*')).then(|| SubjectTest::Named(spec.into())),
            "Skill" => skill(spec),
            _ => None,
        };
        test.map(|test| (names, test)).into_iter().collect()
    }

    /// Adds a rule that the agent brings along.
    pub(super) fn built_in(
        &mut self,
        ruling: Ruling,
        names: &[&str],
        test: &SubjectTest,
        modes: &[&str],
        rank: i32,
    ) {
        let modes = (!modes.is_empty()).then_some(modes);
        for name in names {
            self.rules.push(PermissionRule {
                ruling,
                name: Wildcard::new(name, WildcardSyntax::default()),
                test: test.clone(),
                modes: modes.map(|modes| modes.iter().map(|mode| (*mode).into()).collect()),
                rank,
                text: format!("{} {name}", ruling.name()).into(),
                origin: Origin::built_in(),
            });
        }
    }
}

/// The name of the tool and what stands in parentheses; none where the rule never matches.
fn parts(text: &str) -> Option<(&str, Option<&str>)> {
    let Some((tool, rest)) = text.split_once('(') else {
        return (!text.is_empty() && text.trim() == text && !text.contains(')'))
            .then_some((text, None));
    };
    let spec = rest.strip_suffix(')')?;
    (!tool.is_empty() && tool.trim() == tool && !spec.is_empty()).then_some((tool, Some(spec)))
}

/// What a rule about the tools of a server means.
fn of_server(ruling: Ruling, tool: &str, spec: Option<&str>, is_session: bool) -> Vec<Meaning> {
    let parameter = match spec {
        None => None,
        Some("*") if is_session => None,
        Some(spec) if is_session && ruling != Ruling::Allow => match parameter(tool, spec) {
            Some(test) => Some(test),
            None => return Vec::new(),
        },
        Some(_) => return Vec::new(),
    };
    let rest = &tool["mcp__".len()..];
    let (server, part) = rest.split_once("__").unwrap_or((rest, "*"));
    if server.is_empty() || part.is_empty() {
        return Vec::new();
    }
    if ruling != Ruling::Allow {
        let whole = rest.contains("__") || rest.contains('*');
        let name = if whole { tool.to_owned() } else { format!("{tool}__*") };
        // Where the name of a server may go on with the sign that ends it, the server has to be just this.
        let test = match rest.ends_with('_') && !whole {
            true => SubjectTest::Server(rest.into()),
            false => parameter.unwrap_or(SubjectTest::Anything),
        };
        return vec![(vec![name], test)];
    }
    if server.contains('*') {
        return Vec::new();
    }
    let name = format!("mcp__{server}__{part}");
    let test = match part.contains('*') {
        true => SubjectTest::Server(server.into()),
        false => SubjectTest::Anything,
    };
    vec![(vec![name], test)]
}

/// A rule about a parameter of a tool.
fn parameter(tool: &str, spec: &str) -> Option<SubjectTest> {
    let (name, value) = spec.split_once(':')?;
    let (name, value) = (name.trim(), value.trim());
    let is_name =
        |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if name.is_empty() || !is_name(name) || value.is_empty() || MAIN.contains(&(tool, name)) {
        return None;
    }
    if value == "*" && matches!(tool, "Read" | "WebSearch") {
        return None;
    }
    let value = Wildcard::new(value, WildcardSyntax::default());
    Some(SubjectTest::Argument(name.into(), value))
}

/// The pattern of a rule for commands; none where it never matches.
fn command(spec: &str) -> Option<CommandPattern> {
    // A blank and a star are everything.
    if spec == " *" {
        return Some(CommandPattern::glob("*"));
    }
    if spec.trim() != spec || spec.is_empty() {
        return None;
    }
    let prefix = |text: &str| CommandPattern::Prefix(text.into());
    if let Some(text) = spec.strip_suffix(":*") {
        return (!text.is_empty() && text.trim() == text).then(|| prefix(text));
    }
    Some(match spec.strip_suffix(" *") {
        Some(text) if !text.contains('*') => prefix(text),
        _ if spec.contains('*') => CommandPattern::glob(spec),
        _ => CommandPattern::Exact(spec.into()),
    })
}

/// A specification with its escaped parentheses and backslashes.
fn unescaped(spec: &str) -> String {
    spec.replace("\\(", "(").replace("\\)", ")").replace("\\\\", "\\")
}

/// The same for paths, whose backslashes are gitignore's.
fn unescaped_path(spec: &str) -> String {
    spec.replace("\\(", "(").replace("\\)", ")")
}

/// What a rule for a domain asks.
fn domain(domain: &str) -> Option<SubjectTest> {
    if domain.is_empty() || domain.contains(['/', '@', ' ']) {
        return None;
    }
    let domain = domain.strip_suffix('.').unwrap_or(domain).to_lowercase();
    let within_label = domain != "*";
    let pattern = Wildcard::new(&domain, WildcardSyntax::default());
    Some(SubjectTest::UrlHost { pattern, within_label })
}

/// What a rule for skills asks.
fn skill(spec: &str) -> Option<SubjectTest> {
    let name = spec.strip_prefix('/').unwrap_or(spec);
    let wildcard = |text: &str| SubjectTest::Text(Wildcard::new(text, WildcardSyntax::default()));
    let prefix = name.strip_suffix(" *").or_else(|| name.strip_suffix(":*"));
    match prefix {
        Some(prefix) if !prefix.contains('*') => Some(wildcard(&format!("{prefix}*"))),
        None if !name.contains([' ', '*']) => Some(wildcard(name)),
        _ => None,
    }
}

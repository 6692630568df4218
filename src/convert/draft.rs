//! The rules of an agent as they are to be written for another: what it does by itself, kind by kind, and
//! the tools of servers by name.
//!
//! A draft never says that something passes that the rules it is made from do not let pass. What cannot be
//! said exactly is asked about, or refused where that was a denial.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::deed::{Deed, FOLDER, Kind, is_own_tool};
use super::oracle::{Oracle, usual_mode};
use super::standings::Standings;
use super::tool_names::{ToolNames, tool_names};
use super::wording::{self, Wording, is_plain};
use crate::policy::{
    Agent, PermissionRule, Permissions, Policy, Ruling, ServerTools, SubjectTest, Subjects,
    ToolTest,
};

/// What an agent is to be told.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentDraft {
    /// What it does by itself; kinds that are not there are left alone.
    pub areas: BTreeMap<Kind, Area>,
    /// The tools of servers, by the servers' names.
    pub servers: BTreeMap<String, Standings>,
    /// The tools of whichever server that are denied.
    pub denied: Vec<ToolNames>,
}

/// The rules about one kind of thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Area {
    /// The rules, of which the first that holds counts.
    pub rules: Vec<AreaRule>,
    /// The beginnings of commands that the agent it is written for would run by itself, and what is to become of
    /// them before any rule counts.
    pub unasked: BTreeMap<String, Ruling>,
    /// What becomes of what lies in the project, where that is told from the rest.
    pub inside: Ruling,
    /// What becomes of all else.
    pub floor: Ruling,
}

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AreaRule {
    /// What it does.
    pub ruling: Ruling,
    /// What it is about.
    pub wording: Wording,
}

impl Area {
    /// What becomes of everything alike.
    fn of(floor: Ruling) -> Area {
        Area { rules: Vec::new(), unasked: BTreeMap::new(), inside: floor, floor }
    }

    /// The strictest that a rule or the rest comes to.
    pub fn strictest(&self) -> Ruling {
        let rules = self.rules.iter().map(|rule| rule.ruling);
        rules.chain([self.inside, self.floor]).max().unwrap_or(Ruling::Deny)
    }

    /// Whether a rule denies.
    pub fn denies_some(&self) -> bool {
        self.rules.iter().any(|rule| rule.ruling == Ruling::Deny)
    }
}

impl AgentDraft {
    /// The draft of an agent's rules; none where the policy is that of a gateway.
    pub fn of_agent(policy: &Policy, oracle: &Oracle) -> Option<AgentDraft> {
        let (permissions, agent) = (policy.permissions.as_ref()?, policy.dialect.agent()?);
        let reader = Reader { permissions, agent, oracle };
        let areas = Kind::OWN.into_iter().filter(|kind| reader.knows(*kind));
        let areas = areas.map(|kind| (kind, reader.area(kind))).collect();
        Some(AgentDraft { areas, servers: reader.servers(), denied: reader.denied_anywhere() })
    }

    /// The draft of a gateway's policy, which is about the tools of one server alone.
    pub fn of_gateway(server: &str, standings: Standings) -> AgentDraft {
        let servers = BTreeMap::from([(server.to_owned(), standings)]);
        AgentDraft { servers, ..AgentDraft::default() }
    }

    /// Whether all that no rule names is denied.
    pub fn denies_by_default(&self) -> bool {
        self.areas.get(&Kind::Command).is_some_and(|area| area.floor == Ruling::Deny)
    }
}

/// Reads the rules of an agent.
struct Reader<'r> {
    permissions: &'r Permissions,
    agent: Agent,
    oracle: &'r Oracle,
}

/// What lies in a project.
const INSIDE: [&str; 3] = ["src/a.rs", "notes/b.txt", "README.md"];

/// What does not.
const OUTSIDE: [&str; 2] = ["/etc/hosts", "../other/x.txt"];

impl Reader<'_> {
    /// The rules that are there in the mode of the agent, in the order in which they are asked.
    fn in_order(&self) -> impl Iterator<Item = &PermissionRule> {
        let mode = self.permissions.mode.as_deref().unwrap_or(usual_mode(self.agent));
        let is_there = move |rule: &&PermissionRule| {
            rule.modes.as_ref().is_none_or(|modes| modes.iter().any(|known| **known == *mode))
        };
        let order = self.permissions.order();
        let rules = order.into_iter().map(|number| &self.permissions.rules[number as usize]);
        rules.filter(is_there)
    }

    /// Whether the agent may be asked about what another one has a tool of its own for.
    fn knows(&self, kind: Kind) -> bool {
        !matches!(kind, Kind::Skill | Kind::Todo)
            || !Deed::own(kind, "").calls(Some(self.agent)).is_empty()
    }

    fn area(&self, kind: Kind) -> Area {
        match kind {
            Kind::Read | Kind::Change => self.files(kind),
            // What lists folders in Claude Code is the search for files.
            Kind::List if self.agent == Agent::ClaudeCode => self.looking(Kind::Glob),
            Kind::Grep | Kind::Glob | Kind::List => self.looking(kind),
            Kind::Skill => self.probed(kind, &["review", "a_skill_that_nobody_names"]),
            Kind::Todo => self.probed(kind, &[""]),
            Kind::Search => self.probed(kind, &["weather"]),
            Kind::Delegate => self.probed(kind, &["general-purpose", "general", "helper"]),
            _ => {
                let (mut rules, everything) = self.rules(kind);
                if kind == Kind::Command {
                    rules = [self.denied_parts(), rules].concat();
                    let allowed = rules.iter().position(|rule| rule.ruling == Ruling::Allow);
                    if let Some(first) = allowed.filter(|_| self.agent == Agent::ClaudeCode) {
                        let wording = Wording::Longer(LONGEST);
                        rules.insert(first, AreaRule { ruling: Ruling::Ask, wording });
                    }
                }
                let floor = everything.unwrap_or(Ruling::Ask);
                // What Codex runs without a rule, it runs in its sandbox, which others do not have.
                let is_confined = self.agent == Agent::Codex && floor == Ruling::Allow;
                let floor = if is_confined { Ruling::Ask } else { floor };
                Area { rules, ..Area::of(floor) }
            }
        }
    }

    /// What may not be read or changed, which Claude Code refuses to commands as well; and where what lies outside
    /// of the project is refused by name.
    fn denied_parts(&self) -> Vec<AreaRule> {
        if self.agent != Agent::ClaudeCode {
            return self.outside().0;
        }
        let denied = |kind| {
            let (mut rules, all) = self.rules(kind);
            rules.retain(|rule| rule.ruling == Ruling::Deny);
            (rules, all == Some(Ruling::Deny))
        };
        let ((read, _), (mut changed, no_changes)) = (denied(Kind::Read), denied(Kind::Change));
        if no_changes {
            let deny = |wording| AreaRule { ruling: Ruling::Deny, wording };
            let programs = CHANGING.map(|name| Wording::Words { text: name.into(), exact: false });
            let led = Wording::Pattern("*>*".to_owned());
            changed.extend(programs.into_iter().chain([led]).map(deny));
        }
        let known: HashSet<AreaRule> = read.iter().cloned().collect();
        changed.retain(|rule| !known.contains(rule));
        [read, changed].concat()
    }

    /// The rules that forbid or ask about folders outside of the project, and what they do with all of them.
    fn outside(&self) -> (Vec<AreaRule>, Option<Ruling>) {
        let matters = self.permissions.tools.iter().flat_map(|tool| tool.matters);
        let names: BTreeSet<&str> = matters
            .filter(|matter| matches!(matter.of, Subjects::Outside(..)))
            .map(|matter| matter.name)
            .collect();
        let (mut rules, mut all) = (Vec::new(), None);
        for rule in self.in_order().filter(|rule| rule.is_written() && rule.ruling != Ruling::Allow)
        {
            let is_about = names.iter().any(|name| rule.name.source() == *name);
            for wording in wording::wordings(rule, Kind::Read).into_iter().filter(|_| is_about) {
                match wording {
                    Wording::Part(_) => rules.push(AreaRule { ruling: rule.ruling, wording }),
                    _ => all = all.max(Some(rule.ruling)),
                }
            }
        }
        (rules, all)
    }

    /// What is told as a whole alone: what a rule refuses or asks about some of it holds for all.
    fn probed(&self, kind: Kind, objects: &[&str]) -> Area {
        let deeds: Vec<Deed> = objects.iter().map(|object| Deed::own(kind, *object)).collect();
        let part = self.part(kind);
        let named = self.called_agents().filter(|_| kind == Kind::Delegate);
        let floor = part.into_iter().chain(named);
        Area::of(floor.fold(self.oracle.strictest(&deeds), Ruling::max))
    }

    /// The strictest that rules of files do with some of a kind.
    fn part(&self, kind: Kind) -> Option<Ruling> {
        let names = wording::names(self.agent, kind, false);
        let written = self.in_order().filter(|rule| rule.origin.file.is_some());
        let stricter = written.filter(|rule| {
            rule.ruling != Ruling::Allow
                && wording::is_about(rule, names)
                && rule.test != SubjectTest::Anything
        });
        stricter.map(|rule| rule.ruling).max()
    }

    /// What looks into files: where they may not be read either, and as a whole where rules are about some of what
    /// is looked for. Claude Code has rules for folders alone, by which it reads as well.
    fn looking(&self, kind: Kind) -> Area {
        let mut area = self.files(kind);
        area.rules.extend(self.rules(Kind::Read).0);
        if let Some(part) = self.part(kind).filter(|_| self.agent != Agent::ClaudeCode) {
            area.inside = area.inside.max(part);
            area.floor = area.floor.max(part);
        }
        let mut known = HashSet::new();
        area.rules.retain(|rule| rule.ruling > area.inside && known.insert(rule.clone()));
        area
    }

    /// The strictest that rules do with an agent which they know by its name as if it were a tool.
    fn called_agents(&self) -> Option<Ruling> {
        let calls = self.permissions.calls.as_ref()?;
        let own = self.permissions.rules.iter().filter(|rule| !rule.is_written());
        let tools: HashSet<&str> = own.flat_map(named).collect();
        let (before, _) = calls.profile.server_tools;
        let is_agent = |name: &str| {
            !tools.contains(name) && !is_own_tool(self.agent, name) && !name.starts_with(before)
        };
        let written = self.in_order().filter(|rule| rule.is_written());
        written.filter(|rule| named(rule).any(is_agent)).map(|rule| rule.ruling).max()
    }

    fn files(&self, kind: Kind) -> Area {
        let (mut rules, _) = self.rules(kind);
        // Of folders that may be read or changed only the whole project is told.
        rules.retain(|rule| rule.ruling != Ruling::Allow);
        let deeds = |paths: &[&str]| -> Vec<Deed> {
            paths.iter().map(|path| Deed::own(kind, *path)).collect()
        };
        let mut inside = deeds(&INSIDE);
        inside.push(Deed::own(kind, format!("{FOLDER}/src/c.rs")));
        let inside = self.oracle.strictest(&inside);
        let (outside, all) = self.outside();
        let floor = self.oracle.strictest(&deeds(&OUTSIDE)).max(inside);
        let floor = all.into_iter().fold(floor, Ruling::max);
        rules.extend(outside);
        if kind == Kind::Change {
            rules.extend(self.guarded());
        }
        // What becomes of everything else anyway need not be said.
        rules.retain(|rule| rule.ruling > inside);
        Area { rules, inside, ..Area::of(floor) }
    }

    /// The files that the agent asks about whatever rules say.
    fn guarded(&self) -> impl Iterator<Item = AreaRule> + use<> {
        let files = self.permissions.calls.as_ref().map(|calls| &calls.profile.guarded);
        let lists =
            files.into_iter().flat_map(|files| [files.names, files.beginnings, files.endings]);
        let names: Vec<&str> = lists.flatten().copied().collect();
        let holds_another =
            |name: &&str| names.iter().any(|other| other != name && name.contains(other));
        let least: Vec<&str> = names.iter().copied().filter(|name| !holds_another(name)).collect();
        let wording = |name: &str| Wording::Part(name.to_owned());
        least.into_iter().map(wording).map(|wording| AreaRule { ruling: Ruling::Ask, wording })
    }

    /// The rules about a kind, and what the first one does that is about everything.
    fn rules(&self, kind: Kind) -> (Vec<AreaRule>, Option<Ruling>) {
        let mut rules: Vec<AreaRule> = Vec::new();
        let mut known = HashSet::new();
        for rule in self.in_order() {
            let allows = rule.ruling == Ruling::Allow;
            if !wording::is_about(rule, wording::names(self.agent, kind, allows)) {
                continue;
            }
            for wording in wording::wordings(rule, kind) {
                let is_own = rule.origin.file.is_none();
                match wording {
                    Wording::Everything => return (rules, Some(rule.ruling)),
                    // What cannot be said is not allowed, and else holds for everything.
                    Wording::Unsaid if allows || is_own => {}
                    Wording::Unsaid => return (rules, Some(rule.ruling)),
                    Wording::Words { .. }
                    | Wording::Pattern(_)
                    | Wording::Part(_)
                    | Wording::Longer(_) => {
                        let wording = if allows { wording.narrowed() } else { wording };
                        let rule = AreaRule { ruling: rule.ruling, wording };
                        if is_sayable(&rule) && known.insert(rule.clone()) {
                            rules.push(rule);
                        }
                    }
                }
            }
        }
        (rules, None)
    }

    /// The servers that rules name, with what becomes of their tools.
    fn servers(&self) -> BTreeMap<String, Standings> {
        let mut named: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let of_files = self.permissions.rules.iter().filter(|rule| rule.origin.file.is_some());
        for (server, tool) in of_files.flat_map(|rule| self.server_tools(rule)) {
            named.entry(server).or_default().extend(tool);
        }
        named.into_iter().map(|(server, tools)| self.standings(server, tools)).collect()
    }

    /// The servers that a rule may be about, each with its tool where that is one: where a server's name ends is not
    /// told. What begins with the server's name is allowed of none.
    fn server_tools(&self, rule: &PermissionRule) -> Vec<(String, Option<String>)> {
        if let Some(told) = told_server(rule) {
            return vec![told];
        }
        let ServerTools { before, between, .. } = self.permissions.server_tools;
        let Some(name) = rule.name.source().strip_prefix(before) else { return Vec::new() };
        if before.is_empty() && (rule.ruling == Ruling::Allow || self.is_own(name)) {
            return Vec::new();
        }
        let ends = name.match_indices(between);
        let ends = ends.map(|(at, _)| (&name[..at], &name[at + between.len()..]));
        let is_one = |name: &str| !name.is_empty() && !name.contains('*');
        let ends = ends.filter(|(server, _)| is_one(server));
        let ends = ends.map(|(server, tool)| {
            (server.to_owned(), Some(tool.to_owned()).filter(|tool| is_one(tool)))
        });
        ends.take(MAX_ENDS).collect()
    }

    /// Whether a name is that of a tool or a matter of the agent's own.
    fn is_own(&self, name: &str) -> bool {
        self.permissions.tools.iter().any(|known| {
            known.tool == name || known.matters.iter().any(|matter| matter.name == name)
        })
    }

    /// The tools that a denial is about whichever server has them. What no other rule lets pass is told by one
    /// of them.
    fn denied_anywhere(&self) -> Vec<ToolNames> {
        let denials =
            self.in_order().filter(|rule| rule.is_written() && rule.ruling == Ruling::Deny);
        let names = denials.filter_map(|rule| tool_names(self.permissions, rule));
        // Where a server's name ends is not told, others may begin with it.
        let is_open = self.permissions.server_tools.before.is_empty();
        let is_denied = |names: &ToolNames| {
            (is_open || names.is_of_any())
                && names.sample().is_none_or(|deed| self.oracle.strictest(&[deed]) == Ruling::Deny)
        };
        let names: BTreeSet<ToolNames> = names.filter(is_denied).collect();
        names.into_iter().collect()
    }

    fn standings(&self, server: String, tools: BTreeSet<String>) -> (String, Standings) {
        let ruling = |tool: &str| self.oracle.strictest(&[Deed::of_server(&server, tool)]);
        // What one pattern of several tools forbids, an unknown tool may be among.
        let patterns = self.permissions.rules.iter().filter(|rule| {
            rule.ruling != Ruling::Allow
                && rule.is_written()
                && tool_names(self.permissions, rule).is_some_and(|names| names.may_be_of(&server))
        });
        let others = patterns.map(|rule| rule.ruling).chain([ruling(UNKNOWN_TOOL)]).max();
        let others = others.unwrap_or(Ruling::Ask);
        let tools = tools.iter().map(|tool| (tool.clone(), ruling(tool))).collect();
        (server, Standings { tools, others, losses: Vec::new() })
    }
}

/// How many places are looked at in which a server's name may end.
const MAX_ENDS: usize = 8;

/// The server that a rule about whole calls names, and its tool where that is one.
fn told_server(rule: &PermissionRule) -> Option<(String, Option<String>)> {
    let SubjectTest::Call(test) = &rule.test else { return None };
    if let Some(server) = &test.server {
        let tool = rule.name.source().strip_prefix(&format!("mcp_{server}_"));
        let tool = tool.filter(|tool| *tool != "*").map(str::to_owned);
        return Some((server.to_string(), tool));
    }
    match &test.tool {
        ToolTest::OfServer(server) => Some((server.to_string(), None)),
        _ => None,
    }
}

/// How many letters a command may have that is allowed as in Claude Code, which allows none of ten times as many: an
/// expression that counts them all is too large.
const LONGEST: usize = 1_000;

/// The programs that change the files they are given, as Claude Code knows them.
const CHANGING: [&str; 7] = ["tee", "touch", "rm", "mkdir", "sed", "cp", "mv"];

/// The names of tools that a rule about whole calls spells out.
fn named(rule: &PermissionRule) -> impl Iterator<Item = &str> {
    let test = match &rule.test {
        SubjectTest::Call(test) if test.server.is_none() => Some(test),
        _ => None,
    };
    test.into_iter().flat_map(|test| test.tool.named()).map(|name| &**name)
}

/// The name of a tool that no rule names.
pub const UNKNOWN_TOOL: &str = "a_tool_that_nobody_names";

/// Whether a rule can be said in the words of another agent: what it allows is plain.
fn is_sayable(rule: &AreaRule) -> bool {
    match &rule.wording {
        _ if rule.ruling != Ruling::Allow => true,
        Wording::Words { text, .. } => is_plain(text),
        _ => false,
    }
}

//! What rules know: the policy, and what the catalogue says of its tools.

mod arguments;
mod lets;
mod parts;
mod weight;

use std::collections::HashMap;

use super::Settings;
use super::contradiction::contradiction;
use super::name::is_pattern;
use crate::catalogue::{self, Catalogue, Category, Match, Recognised, Server, Tool, classify};
use crate::policy::{Check, Condition, Effect, Gaps, Hidden, Limit, Policy, Rules, ToolPolicy};
use crate::source::Pointer;
use crate::stop;

/// A policy and what it is judged against.
pub struct Context<'a> {
    /// The policy.
    pub policy: &'a Policy,
    settings: &'a Settings,
    server: Option<Known<'a>>,
    /// The servers that know the tools equally well, where that is why none was found.
    tied: Vec<&'a str>,
    /// Servers that have every tool, where no name tells one from others.
    having: Vec<&'a str>,
    guesses: HashMap<&'a str, Tool>,
    hidden: HashMap<&'a str, &'a Hidden>,
    /// The places of what was not read as it stands.
    unread: Vec<&'a Pointer>,
}

/// The server that a policy is for.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Its record.
    pub server: &'a Server,
    /// Whether the user named it; otherwise it was found from the names of the tools.
    pub named: bool,
    /// How many of the policy's tools it has.
    pub known: usize,
    /// How many tools the policy names.
    pub of: usize,
    /// Whether the user added it to the catalogue.
    added: bool,
    /// How many of those that it has tell it from other servers.
    telling: usize,
    /// Another server that knows the tools nearly as well.
    pub rival: Option<&'a str>,
}

impl Known<'_> {
    /// Whether it is surely the right server: the user said so, or it has nearly all of several
    /// tools, of which hardly another server has some, and none knows them nearly as well. Names of
    /// one word, such as `get` and `run`, may be anybody's.
    pub fn is_certain(&self) -> bool {
        let fits = self.telling >= 2 && self.known * 4 >= self.of * 3;
        self.is_given() || (fits && self.rival.is_none())
    }

    /// Whether the record is built in, so that whoever writes the policy has no say in it.
    pub fn is_built_in(&self) -> bool {
        !self.added
    }

    /// Whether what the server lacks is surely wrong: where its record is of one version, another may have it.
    pub fn is_complete(&self) -> bool {
        let is_of_all = self.server.is_reviewed() && self.server.version.is_none();
        self.is_given() || (self.is_certain() && is_of_all)
    }

    /// Whether the user named it or added it to the catalogue, so that proofs may rest on its schemas.
    pub fn is_given(&self) -> bool {
        self.named || self.added
    }
}

/// The server that a policy was judged against, for showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerChoice {
    /// It knows so many of the policy's tools, or the user named it.
    Known {
        /// The server.
        server: String,
        /// Whether the user named it.
        named: bool,
        /// Whether it is surely the right one.
        certain: bool,
        /// How many of the policy's tools it has.
        known: usize,
        /// How many tools the policy names.
        of: usize,
    },
    /// Several servers know the tools equally well, so that none is taken.
    Tied(Vec<String>),
    /// No server of the catalogue fits; tools are classified by their names, which these servers have, as
    /// others may.
    None(Vec<String>),
}

impl<'a> Context<'a> {
    /// Finds the server of a policy and classifies the tools that it does not know. Where no server
    /// is named, what the policy says of itself may tell.
    pub fn new(
        policy: &'a Policy,
        catalogue: &'a Catalogue,
        server: Option<&str>,
        said: Option<&str>,
        settings: &'a Settings,
    ) -> Context<'a> {
        let hidden = policy.hide.iter().map(|hidden| hidden.name.as_str());
        let listed = policy.tools.iter().map(|tool| tool.name.as_str());
        let mut names: Vec<&str> = listed.chain(hidden).filter(|name| *name != "*").collect();
        names.sort_unstable();
        names.dedup();
        let exact: Vec<&str> = names.iter().copied().filter(|name| !is_pattern(name)).collect();
        let (server, Recognised { tied, having, .. }) =
            find_server(catalogue, server, &exact, said);
        let record = |name| server.and_then(|known| known.server.tool(name));
        let guesses = names.into_iter().filter(|name| record(name).is_none());
        let tool = |name: &str| catalogue.one_of(&tied, name).unwrap_or_else(|| guess(name));
        let guesses = guesses.map(|name| (name, tool(name))).collect();
        let hidden =
            policy.hide.iter().rev().map(|hidden| (hidden.name.as_str(), hidden)).collect();
        Context { policy, settings, server, tied, having, guesses, hidden, unread: Vec::new() }
    }

    /// The same, where some parts of the document were not read as they stand.
    pub fn with_unread(self, unread: Vec<&'a Pointer>) -> Context<'a> {
        Context { unread, ..self }
    }

    /// Whether all that stands at a place was read. What was not may say that it is another thing
    /// than it seems.
    pub fn is_read(&self, place: &Pointer) -> bool {
        !self.unread.iter().any(|unread| place.holds(unread))
    }

    /// Whether all that stands in the entries of some conditions was read.
    pub fn are_read(&self, conditions: &[&Condition]) -> bool {
        let has = |check: &Check| {
            let own = check.conditions.iter();
            own.into_iter().any(|own| conditions.iter().any(|one| std::ptr::eq(*one, own)))
        };
        self.own_checks().filter(|check| has(check)).all(|check| self.is_read(&check.pointer))
    }

    /// Whether all that is said of every tool was read: the rules of all tools, and what stands
    /// beside them at the top, which may lift or narrow them.
    pub fn is_shared_read(&self) -> bool {
        /// What says nothing of the tools that are listed.
        const OTHERS: [&str; 4] = ["/default", "/version", "/description", "/$schema"];
        let all_tools = [Pointer::root().key("all_tools"), Pointer::root().key("tools").key("*")];
        self.unread.iter().all(|unread| {
            let is_shared = all_tools.iter().any(|place| place.holds(unread));
            let is_at_top = unread.as_str().matches('/').count() == 1;
            !is_shared && (!is_at_top || OTHERS.contains(&unread.as_str()))
        })
    }

    /// What is asked for, and what the house allows.
    pub fn settings(&self) -> &'a Settings {
        self.settings
    }

    /// How many calls a minute are recommended for a category, if calls of it are to be limited.
    pub fn recommended_per_minute(&self, category: Category) -> Option<u32> {
        self.settings.recommended_per_minute(category)
    }

    /// The server that the policy is for, if it is known.
    pub fn server(&self) -> Option<Known<'a>> {
        self.server
    }

    /// The same, for showing.
    pub fn choice(&self) -> ServerChoice {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        match self.server {
            None if self.tied.is_empty() => ServerChoice::None(owned(&self.having)),
            None => ServerChoice::Tied(owned(&self.tied)),
            Some(it) => ServerChoice::Known {
                server: it.server.name.clone(),
                named: it.named,
                certain: it.is_certain(),
                known: it.known,
                of: it.of,
            },
        }
    }

    /// What is known of a tool that the policy names: its record, else a guess from its name.
    pub fn tool(&self, name: &str) -> &Tool {
        stop::look();
        let record = self.server.and_then(|known| known.server.tool(name));
        record.or_else(|| self.guesses.get(name)).expect("every name of the policy is classified")
    }

    /// The entry of `hide` that hides a tool.
    pub fn hidden(&self, name: &str) -> Option<&'a Hidden> {
        self.hidden.get(name).or_else(|| self.hidden.get("*")).copied()
    }

    /// The tools of the server that nobody may call because the policy says so by their names, and whether
    /// they are hidden rather than denied.
    pub fn shut_by_name(&self) -> impl Iterator<Item = (&Tool, bool)> {
        let hidden = self.policy.hide.iter().map(|hidden| (&*hidden.name, true));
        let is_denied = |tool: &&ToolPolicy| denies_all(&tool.rules);
        let denied = self.policy.tools.iter().filter(is_denied).map(|tool| (&*tool.name, false));
        hidden
            .chain(denied)
            .filter_map(|(name, hidden)| Some((self.server?.server.tool(name)?, hidden)))
    }

    /// The listed tools that are neither hidden nor denied without a condition.
    pub fn undenied(&self) -> impl Iterator<Item = &'a ToolPolicy> {
        let tools = self.policy.tools.iter().filter(|tool| tool.name != "*");
        tools.filter(|tool| {
            self.hidden(&tool.name).is_none()
                && !denies_all(&tool.rules)
                && !denies_all(&self.policy.all_tools)
        })
    }

    /// The rules of all tools, unless they deny every call or every tool is hidden.
    pub fn undenied_all_tools(&self) -> Option<&'a Rules> {
        let rules = &self.policy.all_tools;
        (!self.hidden.contains_key("*") && !denies_all(rules)).then_some(rules)
    }

    /// The listed tools of which some call may pass, with what is known of them.
    pub fn reachable(&self) -> impl Iterator<Item = (&'a ToolPolicy, &Tool)> {
        // A pattern is the name of no tool.
        let names_tool = |tool: &&ToolPolicy| !is_pattern(&tool.name) || self.is_known(tool);
        let passable = |tool: &&ToolPolicy| {
            let shut = self.limits(tool).any(|limit| limit.calls().is_some_and(|calls| calls <= 0));
            let equality = self.policy.semantics.equality;
            !shut && contradiction(&self.required(tool), equality).is_none()
        };
        self.undenied()
            .filter(names_tool)
            .filter(passable)
            .map(|tool| (tool, self.tool(&tool.name)))
    }

    /// Whether a tool that is not listed may be called.
    pub fn unlisted_is_reachable(&self) -> bool {
        self.policy.default.allows()
            && !self.hidden.contains_key("*")
            && !denies_all(&self.policy.all_tools)
    }

    /// The same where the catalogue has a record of the tool; with its arguments, if they are known.
    pub fn undenied_known(&self) -> impl Iterator<Item = (&'a ToolPolicy, &Tool)> {
        let known = self.undenied().filter(|tool| self.is_known(tool));
        known.map(|tool| (tool, self.tool(&tool.name)))
    }

    /// Whether the record that the catalogue has of a tool is surely that of the right server.
    pub fn is_certain(&self, tool: &ToolPolicy) -> bool {
        self.is_known(tool) && self.server.is_some_and(|known| known.is_certain())
    }

    /// Whether the catalogue has a record of a tool.
    pub fn is_known(&self, tool: &ToolPolicy) -> bool {
        self.server.is_some_and(|known| known.server.tool(&tool.name).is_some())
    }

    /// The reachable tools of a category, but those that nobody calls without a person being asked.
    pub fn reachable_of(
        &self,
        category: Category,
    ) -> impl Iterator<Item = (&'a ToolPolicy, &Tool)> {
        self.unasked().filter(move |(_, tool)| tool.category == category)
    }

    /// The reachable tools, but those that nobody calls without a person being asked.
    pub fn unasked(&self) -> impl Iterator<Item = (&'a ToolPolicy, &Tool)> {
        let asks = |rules: &Rules| {
            let is_always = |check: &Check| check.conditions.is_empty();
            rules.checks.iter().any(|check| check.effect == Effect::AskIf && is_always(check))
        };
        let is_asked = move |listed: &ToolPolicy| self.policy.rules(Some(&listed.rules)).any(asks);
        self.reachable().filter(move |(listed, _)| !is_asked(listed))
    }

    /// Every limit that a call of a tool meets: its own, then those of all tools.
    pub fn limits(&self, tool: &'a ToolPolicy) -> impl Iterator<Item = &'a Limit> + Clone {
        tool.rules.limits.iter().chain(&self.policy.all_tools.limits)
    }

    /// Whether a part of what applies to a tool could not be read, so that nothing may be
    /// concluded from what seems to be absent.
    pub fn is_incomplete(&self, tool: &ToolPolicy) -> bool {
        self.gaps(tool).is_any()
    }

    /// What could not be read of what applies to a tool.
    pub fn gaps(&self, tool: &ToolPolicy) -> Gaps {
        let (own, shared) = (tool.rules.gaps, self.policy.all_tools.gaps);
        Gaps { checks: own.checks || shared.checks, bounds: own.bounds || shared.bounds }
    }
}

fn find_server<'a>(
    catalogue: &'a Catalogue,
    named: Option<&str>,
    names: &[&str],
    said: Option<&str>,
) -> (Option<Known<'a>>, Recognised<'a>) {
    // Where a server is named that nobody knows, no other one is taken for it.
    if let Some(name) = named {
        let known =
            |server: &Server| names.iter().filter(|&&name| server.tool(name).is_some()).count();
        let named = |server| Known {
            server,
            named: true,
            known: known(server),
            of: names.len(),
            added: catalogue.is_added(server),
            telling: 0,
            rival: None,
        };
        return (catalogue.server(name).map(named), Recognised::default());
    }
    let recognised = catalogue.recognise_said(names, said);
    let found = recognised.found.clone().map(|Match { server, known, of, telling, rival }| {
        // What the user added is what the user works with.
        let added = catalogue.is_added(server);
        Known { server, named: false, known, of, added, telling, rival }
    });
    (found, recognised)
}

fn guess(name: &str) -> Tool {
    classify(&catalogue::Subject::named(name)).into_tool(name)
}

/// Whether rules deny every call, whatever its arguments.
fn denies_all(rules: &Rules) -> bool {
    denial(rules).is_some()
}

/// The entry that denies every call, if there is one.
pub(super) fn denial(rules: &Rules) -> Option<&Check> {
    rules.checks.iter().find(|check| check.effect == Effect::DenyIf && check.conditions.is_empty())
}

/// Names in a row; more than a few hide the point.
pub(super) fn enumerate(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
    match names.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

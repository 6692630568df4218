//! The list of rules: what the files say of commands and of servers' tools, and what the program itself
//! asks about. What a person would be asked is refused where nobody may be asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::config::{Approval, Config, Sandbox, Server, ToolApproval};
use super::tools::{COMMANDS, OUTSIDE, PATCH, REMOVAL, SERVER_TOOLS};
use super::written::{HostExecutable, PrefixRule};
use crate::policy::permissions::{Origin, PermissionRule, Ruling, SubjectTest, Unsure};
use crate::policy::setting::{ServerTool, Setting};
use crate::policy::wildcard::{Wildcard, WildcardSyntax};

/// What the files of rules say together.
#[derive(Debug, Default)]
pub(super) struct RuleSet {
    /// The rules, each with its file and line.
    pub(super) rules: Vec<(PrefixRule, Origin)>,
    /// The last one of a name counts.
    pub(super) executables: Vec<HostExecutable>,
    /// What the files say of hosts, which decides nothing here.
    pub(super) networks: Vec<String>,
    /// The files that would have to be run, with the line where that begins.
    pub(super) programs: Vec<(Arc<str>, u32)>,
    /// A number that is another one for other texts of the files with rules.
    pub(super) fingerprint: u64,
}

impl RuleSet {
    /// The paths that a program goes by; none where it goes by every path.
    pub(super) fn paths(&self, name: &str) -> Option<&[Box<str>]> {
        let of_name = |known: &&HostExecutable| *known.name == *name;
        self.executables.iter().rev().find(of_name).map(|known| &*known.paths)
    }
}

/// Ranks, from the one that counts most.
mod rank {
    /// A tool of which not even the name is known.
    pub(super) const HASHED: i32 = 10;
    /// A tool that is not there at all.
    pub(super) const HIDDEN: i32 = 9;
    /// What holds whatever a rule says.
    pub(super) const FIRST: i32 = 8;
    /// A rule for a command as it is written; what is said of a tool.
    pub(super) const WRITTEN: i32 = 7;
    /// A rule for the program that a path leads to.
    pub(super) const RESOLVED: i32 = 6;
    /// What is done where nothing is said.
    pub(super) const UNSAID: i32 = 0;
    /// What is done with tools of which nobody has heard.
    pub(super) const UNHEARD: i32 = -1;
}

/// The modes in which nobody is asked.
const NEVER: &[&str] = &["never"];

/// The modes in which a kind of question is not asked, where the files keep it from being.
const KEPT: &[&str] = &["never", "granular"];

/// All rules.
pub(super) fn all(set: &RuleSet, config: &Config, setting: &Setting) -> Vec<PermissionRule> {
    let (asks_rules, asks_sandbox) = match config.approval {
        Some(Approval::Granular { rules, sandbox }) => (rules, sandbox),
        _ => (true, true),
    };
    let kept = |asks: bool| if asks { NEVER } else { KEPT };
    let mut list = List { rules: Vec::new(), unasked: kept(asks_rules) };
    if set.programs.is_empty() {
        set.rules.iter().for_each(|(rule, origin)| list.prefix_rule(set, rule, origin));
    }
    for (file, line) in &set.programs {
        list.program(file, *line, set.fingerprint);
    }
    list.unasked = NEVER;
    let removal = SubjectTest::ForcedRemoval;
    list.asking(REMOVAL, removal, rank::UNSAID, "rm by force", &Origin::built_in());
    list.outside(kept(asks_sandbox));
    list.unasked = kept(asks_sandbox);
    list.patches(config, setting);
    list.servers(config, setting);
    list.rules
}

struct List {
    rules: Vec<PermissionRule>,
    /// The modes in which what would be asked is refused.
    unasked: &'static [&'static str],
}

impl List {
    fn add(
        &mut self,
        ruling: Ruling,
        (name, test): (&str, SubjectTest),
        rank: i32,
        (text, origin): (&str, &Origin),
    ) -> &mut PermissionRule {
        self.rules.push(PermissionRule {
            ruling,
            name: Wildcard::new(name, WildcardSyntax::default()),
            test,
            modes: None,
            rank,
            text: text.into(),
            origin: origin.clone(),
        });
        self.rules.last_mut().expect("one has just been added")
    }

    /// A question, and the refusal in its place.
    fn asking(&mut self, name: &str, test: SubjectTest, rank: i32, text: &str, origin: &Origin) {
        let modes = self.unasked.iter().map(|mode| (*mode).into()).collect();
        let [told, text] = [format!("deny {text} (nobody is asked)"), format!("ask {text}")];
        self.add(Ruling::Deny, (name, test.clone()), rank, (&told, origin)).modes = Some(modes);
        self.add(Ruling::Ask, (name, test), rank, (&text, origin));
    }

    fn ruled(
        &mut self,
        ruling: Ruling,
        (name, test): (&str, SubjectTest),
        rank: i32,
        (text, origin): (&str, &Origin),
    ) {
        match ruling {
            Ruling::Ask => self.asking(name, test, rank, text, origin),
            _ => {
                let text = format!("{} {text}", ruling.name());
                self.add(ruling, (name, test), rank, (&text, origin));
            }
        }
    }

    fn prefix_rule(&mut self, set: &RuleSet, rule: &PrefixRule, origin: &Origin) {
        let text = described(rule);
        let test = SubjectTest::Words(rule.pattern.clone());
        self.ruled(rule.ruling, (COMMANDS, test), rank::WRITTEN, (&text, origin));
        // Programs that go by the same paths are one rule.
        let mut by_paths: BTreeMap<Option<&[Box<str>]>, Vec<Box<str>>> = BTreeMap::new();
        for name in &rule.pattern[0] {
            by_paths.entry(set.paths(name)).or_default().push(name.clone());
        }
        for (paths, names) in by_paths {
            let pattern = [&[names], &rule.pattern[1..]].concat();
            let test = SubjectTest::Program(pattern, paths.map(<[_]>::to_vec));
            let text = format!("{text} by its path");
            self.ruled(rule.ruling, (COMMANDS, test), rank::RESOLVED, (&text, origin));
        }
    }

    /// What a file may do to any command that would have to be run.
    fn program(&mut self, file: &Arc<str>, line: u32, fingerprint: u64) {
        let origin = Origin { file: Some(file.clone()), line, ..Origin::built_in() };
        for ruling in [Ruling::Deny, Ruling::Ask] {
            let test = SubjectTest::AnythingUnsure(Unsure::Program(fingerprint));
            let text = "what a program among the rules says";
            self.add(ruling, (COMMANDS, test), rank::WRITTEN, (text, &origin));
        }
    }

    /// Commands that are to run outside of the sandbox and that no rule allows.
    fn outside(&mut self, unasked: &'static [&'static str]) {
        let (text, built_in) = ("a command outside the sandbox", Origin::built_in());
        let refused = format!("deny {text}");
        let subject = || (OUTSIDE, SubjectTest::Anything);
        let never = self.add(Ruling::Deny, subject(), rank::FIRST, (&refused, &built_in));
        never.modes = Some(vec!["never".into()]);
        self.unasked = unasked;
        self.asking(OUTSIDE, SubjectTest::Anything, rank::UNSAID, text, &built_in);
    }

    /// Patches change files within the folders that may be written to, and there all but the agent's own.
    fn patches(&mut self, config: &Config, setting: &Setting) {
        let built_in = Origin::built_in();
        let sandbox = config.sandbox.unwrap_or(match setting.trusted {
            Some(false) => Sandbox::ReadOnly,
            _ => Sandbox::WorkspaceWrite,
        });
        if config.sandbox.is_none() && setting.trusted.is_none() {
            let test = SubjectTest::AnythingUnsure(Unsure::Trust);
            let text = "a patch where the project is not trusted";
            self.asking(PATCH, test, rank::WRITTEN, text, &built_in);
        }
        match sandbox {
            Sandbox::FullAccess => {
                let anything = (PATCH, SubjectTest::Anything);
                self.add(
                    Ruling::Allow,
                    anything,
                    rank::FIRST,
                    ("allow patches without a sandbox", &built_in),
                );
            }
            Sandbox::WorkspaceWrite => {
                let roots = roots(config, setting);
                let own = |root: &str| {
                    [".git", ".codex"].map(|own| format!("{root}/{own}").into_boxed_str())
                };
                let own =
                    SubjectTest::Below(roots.iter().map(|root| &**root).flat_map(own).collect());
                let text = "a patch of .git or .codex";
                self.asking(PATCH, own, rank::FIRST, text, &built_in);
                let roots = (PATCH, SubjectTest::Below(roots));
                let text = "allow a patch of the workspace";
                self.add(Ruling::Allow, roots, rank::WRITTEN, (text, &built_in));
            }
            Sandbox::ReadOnly => {}
        }
        let text = "a patch outside of what may be written";
        self.asking(PATCH, SubjectTest::Anything, rank::UNSAID, text, &built_in);
    }

    fn servers(&mut self, config: &Config, setting: &Setting) {
        for (name, server) in &config.servers {
            self.server(name, server, setting);
            let alike = |other: &&String| *other != name && kept(other) == kept(name);
            if config.servers.keys().any(|other| alike(&other)) {
                self.hashed(&named(&format!("{}*", kept(name)), "*"));
            }
        }
        let text = "deny a tool of a server that is not set up";
        let anything = (&*named("*", "*"), SubjectTest::Anything);
        self.add(Ruling::Deny, anything, rank::UNHEARD, (text, &Origin::built_in()));
        if setting.home.is_none() {
            let unsure = SubjectTest::AnythingUnsure(Unsure::Home);
            self.rules.last_mut().expect("one has just been added").test = unsure.clone();
            let unheard = (&*named("*", "*"), unsure);
            self.add(Ruling::Ask, unheard, rank::UNHEARD, (text, &Origin::built_in()));
        }
    }

    fn server(&mut self, name: &str, server: &Server, setting: &Setting) {
        let built_in = Origin::built_in();
        let every = every_tool(name);
        let known = |tool: &&ServerTool| tool.server == *name;
        let tools: Vec<&ServerTool> = setting.tools.iter().filter(known).collect();
        let hide = |list: &mut List, tool: &str, test: SubjectTest, text: &str, origin: &Origin| {
            list.add(Ruling::Deny, (tool, test), rank::HIDDEN, (text, origin));
        };
        if let Some((false, origin)) = &server.enabled {
            hide(self, &every, SubjectTest::Anything, &format!("{name} is not enabled"), origin);
        }
        if !name.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-.".contains(letter)) {
            let text = format!("{name} is no name of a server");
            hide(self, &every, SubjectTest::Anything, &text, &built_in);
        }
        for (tool, origin) in server.disabled_tools.iter().flatten() {
            // Names are compared as the server has them, which are not known from those of calls.
            if tools.is_empty() || tools.iter().any(|known| known.tool == **tool) {
                let text = format!("{tool} of {name} is disabled");
                hide(self, &tool_name(name, tool), SubjectTest::Anything, &text, origin);
            }
        }
        for tool in &tools {
            let alike = |other: &&&ServerTool| {
                other.tool != tool.tool && kept(&other.tool) == kept(&tool.tool)
            };
            if tools.iter().any(|other| alike(&other)) {
                self.hashed(&named(&kept(name), &format!("{}*", kept(&tool.tool))));
            }
        }
        let default = server.approval.clone().unwrap_or((ToolApproval::Auto, built_in));
        let is_offered = |tool: &str| {
            let enabled = server.enabled_tools.as_ref();
            enabled.is_none_or(|(enabled, _)| enabled.iter().any(|name| **name == *tool))
        };
        for tool in tools.iter().filter(|tool| is_offered(&tool.tool)) {
            let said = server.tools.get(&tool.tool).unwrap_or(&default);
            self.tool(&tool_name(name, &tool.tool), said, Some(tool), rank::WRITTEN);
        }
        let of_others =
            server.tools.iter().filter(|(tool, _)| tools.is_empty() && is_offered(tool));
        for (tool, said) in of_others {
            self.tool(&tool_name(name, tool), said, None, rank::WRITTEN);
        }
        let Some((enabled, origin)) = &server.enabled_tools else {
            return self.tool(&every, &default, None, rank::UNSAID);
        };
        let is_there =
            |tool: &&str| tools.is_empty() || tools.iter().any(|known| known.tool == **tool);
        for tool in enabled.iter().map(|tool| &**tool).filter(is_there) {
            self.tool(&tool_name(name, tool), &default, None, rank::UNSAID);
        }
        let text = format!("{name} has other tools enabled");
        let others = (&*every, SubjectTest::Anything);
        self.add(Ruling::Deny, others, rank::UNHEARD, (&text, origin));
    }

    /// Names that more than one has get something more behind them, and which is whose is not known.
    fn hashed(&mut self, name: &str) {
        for ruling in [Ruling::Deny, Ruling::Ask] {
            let test = SubjectTest::AnythingUnsure(Unsure::Annotations);
            let text = "a name that more than one has";
            self.add(ruling, (name, test), rank::HASHED, (text, &Origin::built_in()));
        }
    }

    /// When a tool is asked about; what it says of itself is not always known.
    fn tool(
        &mut self,
        name: &str,
        (approval, origin): &(ToolApproval, Origin),
        said: Option<&ServerTool>,
        rank: i32,
    ) {
        let text = match approval {
            ToolApproval::Auto => "approval `auto`",
            ToolApproval::Prompt => "approval `prompt`",
            ToolApproval::Writes => "approval `writes`",
            ToolApproval::Approve => "approval `approve`",
        };
        let passes = match approval {
            ToolApproval::Approve => Some(true),
            ToolApproval::Prompt => Some(false),
            ToolApproval::Auto => said.map(|tool| {
                let is_closed = (tool.destructive, tool.open_world) == (Some(false), Some(false));
                tool.read_only == Some(true) || is_closed
            }),
            ToolApproval::Writes => said.map(|tool| tool.read_only == Some(true)),
        };
        let never = (name, SubjectTest::Anything);
        let never =
            self.add(Ruling::Allow, never, rank::FIRST, ("allow, as nobody is asked", origin));
        never.modes = Some(vec!["never".into()]);
        if passes.is_none() {
            let unsure = SubjectTest::AnythingUnsure(Unsure::Annotations);
            // Of equal ranks the stricter comes first; this one must be heard before it.
            self.add(Ruling::Allow, (name, unsure), rank + 1, (text, origin));
        }
        let ruling = if passes == Some(true) { Ruling::Allow } else { Ruling::Ask };
        self.add(ruling, (name, SubjectTest::Anything), rank, (text, origin));
    }
}

/// The name that a tool of a server has.
fn tool_name(server: &str, tool: &str) -> String {
    named(&kept(server), &kept(tool))
}

/// The pattern of the names of all tools of a server.
fn every_tool(server: &str) -> String {
    named(&kept(server), "*")
}

fn named(server: &str, tool: &str) -> String {
    format!("{}{server}{}{tool}", SERVER_TOOLS.before, SERVER_TOOLS.between)
}

fn kept(name: &str) -> String {
    let is_kept = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.chars().map(|letter| if is_kept(letter) { letter } else { '_' }).collect()
}

/// The folders that may be written to.
fn roots(config: &Config, setting: &Setting) -> Vec<Box<str>> {
    let tmp = (config.without_tmp != Some(true)).then(|| Box::from("/tmp"));
    let own = setting.environment.get("TMPDIR").map(|folder| folder.trim_end_matches('/').into());
    let more = config.writable_roots.iter().flatten().cloned();
    std::iter::once(Box::from(".")).chain(tmp).chain(own).chain(more).collect()
}

/// How many words of a place, and places of a pattern, are named.
const SHOWN: usize = 50;

/// The pattern of a rule in words.
fn described(rule: &PrefixRule) -> String {
    let place = |words: &Vec<Box<str>>| match &**words {
        [word] => format!("`{word}`"),
        words => {
            let shown: Vec<String> =
                words.iter().take(SHOWN).map(|word| format!("`{word}`")).collect();
            let more = if words.len() > SHOWN { "|…" } else { "" };
            format!("{}{more}", shown.join("|"))
        }
    };
    let pattern: Vec<String> = rule.pattern.iter().take(SHOWN).map(place).collect();
    let more = if rule.pattern.len() > SHOWN { " …" } else { "" };
    format!("{}{more}", pattern.join(" "))
}

//! What an agent's own permission files say, whatever the agent: rules in an order, and what of a call
//! they are held against. Everything in which agents differ is a named value here.

use std::sync::Arc;

use super::call_rules::{CallRules, CallTest};
use super::commands::{CommandTest, PartsProfile};
use super::other_settings::OtherSetting;
use super::own_modes::OwnModes;
use super::path_pattern::PathPattern;
use super::wildcard::Wildcard;
use crate::source::Pointer;

/// The rules of an agent, from all files that make them, and how it asks them.
///
/// A call raises matters ([`Permissions::tools`]), each with one or more subjects. The first rule of
/// the order ([`Permissions::order`]) that holds for a subject rules on it; the strictest ruling on
/// any subject decides the call. A call that raises no matter passes.
#[derive(Clone, Debug, PartialEq)]
pub struct Permissions {
    /// Which of several rules that hold for a subject counts.
    pub precedence: Precedence,
    /// The rules, in the order in which the files have them.
    pub rules: Vec<PermissionRule>,
    /// The rules of the files that the agent does not take for any, so that they never hold.
    pub void: Vec<VoidRule>,
    /// What happens to a subject for which no rule holds.
    pub unmatched: Ruling,
    /// What the tools' calls raise; of any other tool, its name with nothing more to look at.
    pub tools: &'static [ToolMatters],
    /// How the agent names the tools of servers.
    pub server_tools: ServerTools,
    /// Whether a tool is not offered at all where the rule that counts for its name, whatever the
    /// subject, denies everything: then no subject is looked at.
    pub hides: bool,
    /// The mode of calls whose record tells none; none where that is not known either.
    pub mode: Option<Box<str>>,
    /// The folders that paths are understood by.
    pub ground: Ground,
    /// What the agent sees of a shell command.
    pub shell: &'static ShellProfile,
    /// The files that were found, in the order in which they were put together.
    pub files: Vec<RuleFile>,
    /// How whole calls are ruled on, where the agent asks no single subjects: then nothing is raised.
    pub calls: Option<CallRules>,
    /// What the files set beside rules.
    pub others: Vec<OtherSetting>,
    /// What some modes do whatever the files say.
    pub own_modes: OwnModes,
}

/// What a rule does to a subject, from the mildest to the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ruling {
    /// It passes.
    Allow,
    /// A person is asked.
    Ask,
    /// It is refused.
    Deny,
}

impl Ruling {
    /// All rulings, the mildest first.
    pub const ALL: [Ruling; 3] = [Ruling::Allow, Ruling::Ask, Ruling::Deny];

    /// The word for it in most files.
    pub fn name(self) -> &'static str {
        match self {
            Ruling::Allow => "allow",
            Ruling::Ask => "ask",
            Ruling::Deny => "deny",
        }
    }
}

/// Which of several rules that hold for a subject counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precedence {
    /// The one of the highest rank; of equal ones one that denies, else one that asks: lists of rules
    /// one after the other, with the agent's own steps between them as ranks.
    DenyAskAllow,
    /// The strictest, wherever it stands.
    Strictest,
    /// The last.
    LastMatch,
    /// The one of the highest rank; of equal ones the first.
    HighestPriority,
}

impl Precedence {
    /// The name of the precedence.
    pub fn name(self) -> &'static str {
        match self {
            Precedence::DenyAskAllow => "deny-ask-allow",
            Precedence::Strictest => "strictest",
            Precedence::LastMatch => "last-match",
            Precedence::HighestPriority => "highest-priority",
        }
    }
}

/// A rule.
#[derive(Clone, Debug, PartialEq)]
pub struct PermissionRule {
    /// What it does.
    pub ruling: Ruling,
    /// The names of matters that it is about: tools, or what the agent calls them.
    pub name: Wildcard,
    /// What it asks of the subject.
    pub test: SubjectTest,
    /// The modes in which it is there; none stands for every mode.
    pub modes: Option<Vec<Box<str>>>,
    /// Its rank, where the precedence looks at one; the higher counts.
    pub rank: i32,
    /// The rule as people know it, in the words of its file.
    pub text: Box<str>,
    /// Where it stands.
    pub origin: Origin,
}

impl PermissionRule {
    /// Whether a file has it, and not the agent itself.
    pub fn is_written(&self) -> bool {
        self.origin.file.is_some()
    }
}

/// A rule of a file that never holds for anything.
#[derive(Clone, Debug, PartialEq)]
pub struct VoidRule {
    /// What it would do.
    pub ruling: Ruling,
    /// The rule as it is written.
    pub text: Box<str>,
    /// Where it stands.
    pub origin: Origin,
}

/// Where a rule stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin {
    /// The file as it is named in messages; none for a rule that the agent brings along.
    pub file: Option<Arc<str>>,
    /// The line of the file, counted from 1; 0 where there is none.
    pub line: u32,
    /// The place in the file's tree.
    pub pointer: Pointer,
}

impl Origin {
    /// The agent's own: no file has it.
    pub fn built_in() -> Origin {
        Origin { file: None, line: 0, pointer: Pointer::root() }
    }
}

/// What a rule asks of a subject.
#[derive(Clone, Debug, PartialEq)]
pub enum SubjectTest {
    /// Nothing.
    Anything,
    /// Nothing, where whether the rule is there depends on something that is not known.
    AnythingUnsure(Unsure),
    /// That its whole text matches.
    Text(Wildcard),
    /// The same, where a part of the pattern is not known: a `*` stands in its place.
    Unsure(Wildcard, Unsure),
    /// That it is a command whose first words are these: in each place one of several.
    Words(Vec<Vec<Box<str>>>),
    /// The same of a command that is called by an absolute path, by whose last part it goes; only by one
    /// of these paths, where there are some.
    Program(Vec<Vec<Box<str>>>, Option<Vec<Box<str>>>),
    /// That it is a command that removes files by force, seen or within a shell text that it is given.
    ForcedRemoval,
    /// That it is a path in one of these folders, which are absolute or lead from where the agent was
    /// started.
    Below(Vec<Box<str>>),
    /// That it is a path which a line of gitignore names.
    Path(PathPattern),
    /// That it is an address whose host matches.
    Host(Wildcard),
    /// That it is a whole call such as this.
    Call(Box<CallTest>),
    /// That it is an address, as browsers read it, whose host matches.
    UrlHost {
        /// The pattern of the host, in small letters.
        pattern: Wildcard,
        /// Whether a `*` stays within one label.
        within_label: bool,
    },
    /// That a direct argument of the call, a scalar, has a text that matches.
    Argument(Box<str>, Wildcard),
    /// That the tool is of just this server, by the name that the agent gives it.
    Server(Box<str>),
    /// That it is this name, or one that is this name but for large letters.
    Named(Box<str>),
    /// That it is a path in the folder where the agent was started or in one of these.
    Inside(Vec<Box<str>>),
    /// That the path is itself a symbolic link.
    Link,
    /// What is asked of a part of a shell command.
    Command(CommandTest),
    /// What a classifier of the agent's decides, which nobody can know: of everything, or of these
    /// paths.
    Classified(Option<PathPattern>),
}

/// What a part of a rule depends on that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsure {
    /// The home folder.
    Home,
    /// The environment of the process, or a file that is put in.
    Environment,
    /// What the server says of its tools.
    Annotations,
    /// What a program among the files does when it runs: a number that is another one for other files.
    Program(u64),
    /// The folder that the agent was started in.
    Folder,
    /// Whether the user trusts the project.
    Trust,
}

/// What the calls of a tool raise.
#[derive(Debug, PartialEq)]
pub struct ToolMatters {
    /// The tool's name.
    pub tool: &'static str,
    /// The matters, in the order in which they are asked; the last one is the tool's own, by whose
    /// name it may be hidden.
    pub matters: &'static [Matter],
}

/// Something about a call that rules are asked for.
#[derive(Debug, PartialEq)]
pub struct Matter {
    /// The name that rules know it by.
    pub name: &'static str,
    /// The subjects that it is made of.
    pub of: Subjects,
}

/// Where the subjects of a matter are found. An argument that is not there raises nothing, but for
/// the tool's own matter, which is unknown then.
#[derive(Debug, PartialEq)]
pub enum Subjects {
    /// The text `*`: nothing is looked at.
    Whole,
    /// The text of an argument.
    Text(&'static str),
    /// The same without a slash in front.
    Name(&'static str),
    /// The text of an argument, or the one that stands for it where there is none.
    TextOr(&'static str, &'static str),
    /// The commands of an argument's shell text, as the profile has them.
    Commands(&'static str),
    /// The path of an argument, as it leads from the project's root.
    Path(&'static str),
    /// The same, where `~/` leads to the home folder, and what it leads to by links.
    LinkedPath(&'static str),
    /// The paths of a patch, likewise.
    PatchPaths(&'static str),
    /// The folder of an argument's path with `/*` behind it, if it is outside of the project.
    Outside(&'static str, Outer),
    /// The same of the paths of a patch.
    OutsidePatch(&'static str),
    /// The same of the paths that the commands of a shell text are given.
    OutsideCommands {
        /// The argument that has the shell text.
        command: &'static str,
        /// The argument that names the folder it runs in.
        folder: &'static str,
    },
    /// The commands that are launched: those of a shell text or a shell's argument that is nothing but
    /// plain commands one after the other, else the one that is started.
    Launched(&'static Launch),
    /// The same where the call asks to leave the sandbox.
    LaunchedOutside(&'static Launch),
    /// The paths of the patch that is given or applied, as they lead from where the agent was started;
    /// commands are none then.
    LaunchedPatch(&'static Launch),
    /// The folder that is searched: that of an argument, else where the agent stands; and of a pattern
    /// that is an absolute path.
    Search {
        /// The argument with the folder.
        folder: &'static str,
        /// The argument with the pattern, where patterns may be paths.
        pattern: Option<&'static str>,
    },
    /// The parts of an argument's shell text, each with the forms in which rules know it.
    Parts(&'static str, &'static PartsProfile),
    /// The paths that the parts read, write, or lead their output to.
    PartPaths(&'static str, PathUse, &'static PartsProfile),
}

/// The arguments of a tool that launches programs.
#[derive(Debug, PartialEq)]
pub struct Launch {
    /// The words of a command, or a text for a shell.
    pub command: &'static str,
    /// The shell for a text; else the user's.
    pub shell: &'static str,
    /// Whether the shell is a login shell, as it is where this is not `false`.
    pub login: &'static str,
    /// The folder it runs in.
    pub folder: &'static str,
    /// The argument, and its value, by which a call asks to leave the sandbox.
    pub outside: (&'static str, &'static str),
}

/// What a part of a shell text does with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathUse {
    /// It reads there.
    Reads,
    /// It changes what is there.
    Writes,
    /// Its output is led there.
    Redirects,
}

/// Which folder stands for a path outside of the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outer {
    /// The path itself.
    Itself,
    /// The folder that it lies in.
    Parent,
    /// The path itself if it is a folder, which only the disk tells, else the one that it lies in.
    Either,
}

/// How an agent names the tools of servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerTools {
    /// What stands before the server.
    pub before: &'static str,
    /// What stands between the server and the tool.
    pub between: &'static str,
    /// The characters that are kept beside ASCII letters and digits; each other one becomes `_`.
    pub kept: &'static str,
}

/// What an agent sees of a shell command.
#[derive(Debug, PartialEq)]
pub struct ShellProfile {
    /// Whether the text of a command has its redirections in it.
    pub with_redirections: bool,
    /// The programs whose commands raise nothing.
    pub silent: &'static [&'static str],
    /// The programs whose arguments are looked at as paths, by their unquoted names alone.
    pub path_programs: &'static [&'static str],
}

/// The folders that paths are understood by, absolute and with `/`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    /// Where the agent was started; what a record says of its call counts for more.
    pub start: Option<String>,
    /// The root of the project; none where there is none, so that paths lead from `/`.
    pub project: Option<String>,
    /// The home folder.
    pub home: Option<String>,
    /// The user's shell, which is no folder, and where it lies.
    pub shell: Option<String>,
    /// The symbolic links that were found below the start, each with the path that it leads to.
    pub links: Vec<(String, String)>,
}

/// A file that rules come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFile {
    /// Its name in messages.
    pub name: Arc<str>,
    /// Whose it is.
    pub scope: FileScope,
}

/// Whose a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileScope {
    /// The user's.
    User,
    /// The project's.
    Project,
    /// What the environment of the process says.
    Environment,
    /// The administrator's.
    Managed,
    /// What a session was given.
    Session,
}

impl FileScope {
    /// The scope's name.
    pub fn name(self) -> &'static str {
        match self {
            FileScope::User => "user",
            FileScope::Project => "project",
            FileScope::Environment => "environment",
            FileScope::Managed => "managed",
            FileScope::Session => "session",
        }
    }
}

impl Permissions {
    /// The numbers of the rules in the order in which they are asked: the first that holds counts.
    pub fn order(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..).take(self.rules.len()).collect();
        let rule = |number: &u32| &self.rules[*number as usize];
        let strictest = |number: &u32| std::cmp::Reverse(rule(number).ruling);
        let highest = |number: &u32| std::cmp::Reverse(rule(number).rank);
        match self.precedence {
            Precedence::LastMatch => order.reverse(),
            Precedence::Strictest => order.sort_by_key(strictest),
            Precedence::HighestPriority => order.sort_by_key(highest),
            Precedence::DenyAskAllow => {
                order.sort_by_key(|number| (highest(number), strictest(number)));
            }
        }
        order
    }

    /// Whether a person may be asked.
    pub fn asks(&self) -> bool {
        self.unmatched == Ruling::Ask || self.rules.iter().any(|rule| rule.ruling == Ruling::Ask)
    }

    /// What the calls of a tool raise, by the name that the agent has for it; none for a tool of which
    /// only the name is looked at.
    pub fn matters(&self, tool: &str) -> Option<&'static [Matter]> {
        self.tools.iter().find(|known| known.tool == tool).map(|known| known.matters)
    }
}

impl ServerTools {
    /// The name that the agent has for a tool of a server.
    pub fn name(self, server: &str, tool: &str) -> String {
        format!("{}{}{}{}", self.before, self.server(server), self.between, self.server(tool))
    }

    /// The name that the agent has for a server, or for a tool within its server.
    pub fn server(self, name: &str) -> String {
        let is_kept = |letter: char| letter.is_ascii_alphanumeric() || self.kept.contains(letter);
        name.chars().map(|letter| if is_kept(letter) { letter } else { '_' }).collect()
    }
}

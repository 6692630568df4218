//! Rules that are held against whole calls, where the agent asks no single subjects: the name of the tool, its
//! server, and a regular expression over the text of all arguments.

use super::js_pattern::JsPattern;

/// How an agent that rules on whole calls does so. Where a policy has it, the first rule counts that holds
/// for the call, and what is said here may revise it.
#[derive(Clone, Debug, PartialEq)]
pub struct CallRules {
    /// What is the same wherever the agent works.
    pub profile: &'static CallProfile,
    /// What looks at calls beside the rules, the first to look first.
    pub checkers: Vec<Checker>,
    /// The servers that are configured, each with what the names of its tools begin with.
    pub servers: Vec<(String, String)>,
    /// Whether the user trusts the folder; none where that is not known.
    pub trusted: Option<bool>,
    /// Whether nobody is there to be asked.
    pub headless: bool,
}

/// What an agent always does with calls.
#[derive(Debug, PartialEq)]
pub struct CallProfile {
    /// What stands before the names of servers' tools, and between their parts.
    pub server_tools: (&'static str, &'static str),
    /// The tool that calls another agent, and the argument that names the one: its calls go by that name as well.
    pub agent_tool: (&'static str, &'static str),
    /// The agents that it brings along, which rules name as they name tools.
    pub agents: &'static [&'static str],
    /// The tools that run shell commands.
    pub shell_tools: &'static [&'static str],
    /// The argument with the shell text, and the one with its folder.
    pub shell_arguments: (&'static str, &'static str),
    /// The mode in which nothing is dangerous, and what cannot be taken apart passes.
    pub careless_mode: &'static str,
    /// The modes in which a redirection is nothing to ask about.
    pub redirecting_modes: &'static [&'static str],
    /// The path to the lists of paths that a call wants beyond the project, and the lists.
    pub wishes: (&'static [&'static str], &'static [&'static str]),
    /// What is never changed without a question.
    pub guarded: GuardedFiles,
}

/// Files that are never changed without a question.
#[derive(Debug, PartialEq)]
pub struct GuardedFiles {
    /// The tools that change files.
    pub tools: &'static [&'static str],
    /// The words of which one in the name of a tool says that it changes files.
    pub words: &'static [&'static str],
    /// The arguments that name the file.
    pub arguments: &'static [&'static str],
    /// The names of the files.
    pub names: &'static [&'static str],
    /// What their names may begin with.
    pub beginnings: &'static [&'static str],
    /// What their names may end with, in any case.
    pub endings: &'static [&'static str],
}

/// What a rule asks of a call. All of it must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct CallTest {
    /// The tool.
    pub tool: ToolTest,
    /// The server, exactly.
    pub server: Option<Box<str>>,
    /// The agent within the agent that calls.
    pub caller: Option<Box<str>>,
    /// What the tool says of itself.
    pub annotations: Vec<(Box<str>, serde_json::Value)>,
    /// What the text of all arguments must match.
    pub arguments: Option<JsPattern>,
    /// Whether somebody is there to be asked.
    pub interactive: Option<bool>,
    /// Whether redirections pass as well.
    pub redirects: bool,
}

/// Which tools a rule is about.
#[derive(Clone, Debug, PartialEq)]
pub enum ToolTest {
    /// All.
    Any,
    /// The tools of all servers.
    OfServers,
    /// The tools of one server.
    OfServer(Box<str>),
    /// One, by any of its names.
    Named(Vec<Box<str>>),
}

impl ToolTest {
    /// The names that it spells out.
    pub fn named(&self) -> &[Box<str>] {
        match self {
            ToolTest::Named(names) => names,
            ToolTest::Any | ToolTest::OfServers | ToolTest::OfServer(_) => &[],
        }
    }
}

/// What looks at a call beside the rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Checker {
    /// The calls that it looks at.
    pub test: CallTest,
    /// The modes in which it is there; none stands for every mode.
    pub modes: Option<Vec<Box<str>>>,
    /// Its priority; the higher looks first.
    pub priority: i64,
    /// What it does.
    pub kind: CheckerKind,
}

/// What a checker does.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckerKind {
    /// It refuses paths outside of the project and some within.
    Paths(&'static CheckedPaths),
    /// It is none that the agent knows: it refuses everything.
    Unknown,
}

/// What a checker of paths looks at.
#[derive(Debug, PartialEq)]
pub struct CheckedPaths {
    /// The parts of keys whose texts are paths.
    pub key_parts: &'static [&'static str],
    /// The keys whose texts are paths.
    pub keys: &'static [&'static str],
    /// The parts of a path that are refused, in any case.
    pub refused: &'static [&'static str],
    /// The parts of a path that are asked about.
    pub asked: &'static [&'static str],
}

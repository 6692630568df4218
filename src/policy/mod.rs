//! Policies: a document's tree read as one [`Policy`], whatever its dialect, with everything
//! that is wrong with it listed as [`Defect`]s.

mod agent_file;
mod argument_path;
mod bound;
mod call_kind;
mod call_rules;
mod claude_code;
mod codex;
mod command_words;
mod commands;
mod dead_form;
mod defect;
mod detect;
mod dialect;
mod document;
mod edited;
mod folders;
mod foreign;
mod gemini;
mod host;
mod intercept;
mod js_pattern;
mod legacy;
mod model;
mod modes;
mod opencode;
mod other_settings;
mod own_modes;
mod path_pattern;
mod pattern;
mod permissions;
mod quote;

mod renamed;
mod rule_fault;
mod setting;
mod slips;
mod tool_names;
mod v1;
mod value;
mod wildcard;
mod window;

pub use agent_file::{AgentFile, FileOwner, Unread};
pub use argument_path::{ArgumentPath, argument_path};
pub use bound::{CallBound, calls_within};
pub use call_kind::{CallKind, KindTool};
pub use call_rules::{
    CallProfile, CallRules, CallTest, CheckedPaths, Checker, CheckerKind, GuardedFiles, ToolTest,
};
pub use command_words::{begins, is_program};
pub use commands::{CommandPattern, CommandTest, PartsProfile, PlainCommand, Reach, Wrapper};
pub use dead_form::{BARE_EDIT, DeadForm};
pub use defect::{Defect, DefectKind, Location};
pub use detect::{
    Appearance, Fragment, Likeness, agent, agent_dialect, appearance, in_notation,
    looks_like_policy,
};
pub use dialect::{Agent, Dialect, InterceptVersion};
pub use document::{
    Intercept, InterceptRule, InterceptTool, Ordered, PolicyDocument, V1, V1Entry, V1Limit, V1Tool,
    WrittenCondition,
};
pub use edited::{Edited, real_path};
pub use foreign::operator_meant;
pub use host::{host, url_host};
pub use js_pattern::{BadJsPattern, JsPattern, TooManySteps};
pub use legacy::{Holder, Legacy, bare_limit, deny_rule, limit_rule, rate_limit, whole};
pub use model::{
    Amount, Charging, Check, Condition, Default, Effect, Equality, Gaps, Hidden, Limit, Order,
    Policy, Predicate, Rules, Scope, Semantics, Subject, ToolPolicy, Unreadable,
};
pub use other_settings::OtherSetting;
pub use own_modes::OwnModes;
pub use path_pattern::PathPattern;
pub use pattern::{Anchors, Pattern, PatternError};
pub use permissions::{
    FileScope, Ground, Launch, Matter, Origin, Outer, PathUse, PermissionRule, Permissions,
    Precedence, RuleFile, Ruling, ServerTools, ShellProfile, SubjectTest, Subjects, ToolMatters,
    Unsure, VoidRule,
};
pub use quote::quote;
pub use rule_fault::RuleFault;
pub use setting::{
    AgentReading, Disk, Failure, Files, Missed, ServerTool, Setting, Start, real_folder,
};
pub use value::{Key, Value, go_int64};
pub use wildcard::{Wildcard, WildcardSyntax, first_word};
pub use window::Window;

/// Paths as agents compare them.
pub mod paths {
    pub use super::folders::{below, followed, is_within, parent, plain, relative, resolved};
}

use crate::source::{Document, Node, Place, Pointer, Problem, ProblemKind};

/// What came of reading a document as a policy.
#[derive(Debug)]
pub struct Reading {
    /// The policy, as far as it could be read; absent when the document is none.
    pub policy: Option<Policy>,
    /// Everything that is wrong, in the order in which it was found.
    pub defects: Vec<Defect>,
}

impl Reading {
    /// Whether the gateway would refuse the document.
    pub fn is_refused(&self) -> bool {
        self.policy.is_none() || self.defects.iter().any(|defect| defect.refused)
    }
}

/// Reads a document as a policy. The dialect is found from the content where none is given.
pub fn read(document: &Document, dialect: Option<Dialect>) -> Reading {
    let dialect = dialect.or_else(|| detect::agent_dialect(document));
    if let Some(Dialect::Agent(agent)) = dialect {
        return read_alone(agent, document);
    }
    let text = document.problems.iter().map(|problem| text_defect(document, problem));
    let mut reading = Reading { policy: None, defects: text.collect() };
    let Some(root) = &document.root else {
        return reading;
    };
    let dialect = match dialect.map(Ok).unwrap_or_else(|| detect::dialect(document, root)) {
        Ok(dialect) => dialect,
        Err((found, fragment)) => {
            let place = Place::start(Pointer::root());
            reading
                .defects
                .push(Defect::refused(DefectKind::NotAPolicy { found, fragment }, place));
            return reading;
        }
    };
    let (policy, defects) = read_tree(root, dialect);
    reading.policy = Some(policy);
    reading.defects.extend(defects);
    reading
}

/// Reads the files of an agent that apply to a setting.
pub fn read_agent(agent: Agent, setting: &Setting, files: &dyn Files) -> AgentReading {
    let mut reading = match agent {
        Agent::OpenCode => opencode::read(setting, files),
        Agent::Codex => codex::read(setting, files),
        Agent::Gemini => gemini::read(setting, files),
        Agent::ClaudeCode => claude_code::read(setting, files),
    };
    let missed = files.missed();
    reading.unknown.extend(missed.is_beyond.then_some("folders outside of the one that is served"));
    reading.unread = missed.unread;
    reading
}

/// The bytes of a file as the agent decodes it that reads it at its place: some take what is no UTF-8.
pub fn decoded(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    match AgentFile::of_name(name).map(|file| file.agent) {
        Some(Agent::ClaudeCode) => claude_code::decoded(bytes),
        Some(Agent::OpenCode) => String::from_utf8_lossy(&bytes).into_owned().into_bytes(),
        _ => bytes,
    }
}

/// The form of a rule, if it is such a one: by its text as it is written, without its ruling, and by what the
/// agent makes of it, if it makes something of it.
pub fn dead_form(
    agent: Agent,
    ruling: Ruling,
    text: &str,
    rule: Option<&PermissionRule>,
) -> Option<DeadForm> {
    match agent {
        Agent::ClaudeCode => claude_code::dead_form(ruling, text, rule.is_none()),
        Agent::Codex => codex::dead_form(rule?),
        Agent::OpenCode => opencode::dead_form(rule?),
        Agent::Gemini => rule.map_or(Some(gemini::EMPTY_LIST), gemini::dead_form),
    }
}

/// The files whose texts a file of an agent puts in, by their paths. Those below the home are left out where
/// that is not known.
pub fn referenced_files(agent: Agent, name: &str, text: &str, home: Option<&str>) -> Vec<String> {
    if agent != Agent::OpenCode {
        return Vec::new();
    }
    let references = opencode::references(text, folders::parent(name), home);
    references.into_iter().map(|reference| reference.path).collect()
}

/// Reads one file of an agent as if it were the only one.
fn read_alone(agent: Agent, document: &Document) -> Reading {
    let (policy, defects) = match agent {
        Agent::OpenCode => opencode::read_alone(document),
        Agent::Codex => codex::read_alone(document),
        Agent::Gemini => gemini::read_alone(document),
        Agent::ClaudeCode => claude_code::read_alone(document),
    };
    Reading { policy, defects }
}

/// Reads a tree as a policy of a dialect: what is misspelt is left out of it, and what is wrong there
/// is found all the same.
pub fn read_tree(root: &Node, dialect: Dialect) -> (Policy, Vec<Defect>) {
    let read = |tree: &Node| match dialect {
        Dialect::V1 => v1::read(tree),
        Dialect::Intercept(version) => intercept::read(tree, version),
        Dialect::Agent(Agent::OpenCode) => opencode::read_tree(tree),
        Dialect::Agent(Agent::Codex) => codex::read_tree(tree),
        Dialect::Agent(Agent::Gemini) => gemini::read_tree(tree),
        Dialect::Agent(Agent::ClaudeCode) => claude_code::read_tree(tree),
    };
    let (policy, defects) = read(root);
    (policy, slips::see_through(root, defects, |tree| read(tree).1))
}

fn text_defect(document: &Document, problem: &Problem) -> Defect {
    // JSON readers take the last of two keys in silence; YAML readers refuse the file.
    let refused = match problem.kind {
        ProblemKind::DuplicateKey { .. } => document.format == crate::source::Format::Yaml,
        ProblemKind::ExtraDocument => false,
        _ => true,
    };
    let related =
        problem.related.map(|span| (Location::Bytes(span.range()), "it stands here first"));
    Defect {
        kind: DefectKind::Text(problem.kind.clone()),
        location: Location::Bytes(problem.span.range()),
        related,
        refused,
    }
}

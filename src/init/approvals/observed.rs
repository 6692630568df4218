//! What a transcript tells of questions and their answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::{Gate, GrantId, Outcome};
use crate::policy::paths::resolved;
use crate::replay::Replay;
use crate::trace::{Permitted, Record, RecordArguments};

/// How many different calls are kept; what comes after them is counted and no more.
const MOST: usize = 100_000;

/// A call as far as it decides what is asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AskedCall {
    /// The tool.
    pub tool: String,
    /// Its server; empty for the agent's own tools.
    pub server: String,
    /// The arguments, as JSON.
    pub arguments: String,
    /// The folder that the agent worked in.
    pub folder: String,
    /// The folders that belong to its work.
    pub roots: Vec<Box<str>>,
}

/// The calls of a transcript by what became of them.
#[derive(Clone, Debug, Default)]
pub struct Approvals {
    /// The calls that ran in the mode `default` and that the rules there are would have asked about, each with
    /// how often.
    pub asked: BTreeMap<AskedCall, u64>,
    /// The calls that a person, a rule or a mode refused.
    pub refused: BTreeMap<AskedCall, u64>,
    /// How many calls ran without a question.
    pub passed: u64,
    /// How many ran in another mode, in which nobody is asked.
    pub other_mode: u64,
    /// How many ran in a mode that is not known.
    pub unknown_mode: u64,
    /// How many had no arguments that are known, or an end that is not.
    pub unknown: u64,
    /// How many were one too many to be kept.
    pub beyond: u64,
}

impl AskedCall {
    /// The call of a record; none where its arguments are not known.
    fn of(record: &Record<'_>) -> Option<AskedCall> {
        let arguments = match &record.arguments {
            RecordArguments::Absent => "{}",
            arguments => arguments.json()?,
        };
        Some(AskedCall {
            tool: record.tool.to_string(),
            server: record.server.to_string(),
            arguments: arguments.to_owned(),
            folder: record.folder.to_string(),
            roots: record.roots.as_deref().unwrap_or_default().to_vec(),
        })
    }

    /// The call as a record, in the mode in which questions are asked.
    pub fn record(&self) -> Record<'_> {
        let mut record = Record::of_tool(&*self.tool);
        record.server = (&*self.server).into();
        record.folder = (&*self.folder).into();
        record.roots = Some(Arc::from(&*self.roots));
        record.mode = ASKING.into();
        record.arguments = RecordArguments::Json((&*self.arguments).into());
        record
    }

    /// The outcome under rules, with the rule that decided.
    pub(super) fn decide(&self, gate: &Gate) -> (Outcome, String) {
        let record = self.record();
        let decision = Replay::new(gate).decide(&record, GrantId(0), None);
        (decision.outcome, decision.cause.rule().to_owned())
    }

    /// The same with another command.
    pub(super) fn with_command(&self, command: &str) -> AskedCall {
        let arguments = serde_json::json!({ "command": command }).to_string();
        AskedCall { arguments, ..self.clone() }
    }

    /// The change of a file that lies on a path from the root of the project, or from where the call was made.
    pub(super) fn changing(&self, path: &str) -> AskedCall {
        let root = if path.contains('/') { &*self.folder } else { self.root() };
        let text = serde_json::json!({ "file_path": resolved(root, path) }).to_string();
        let (tool, server) = ("Edit".to_owned(), String::new());
        AskedCall { tool, server, arguments: text, ..self.clone() }
    }

    /// The folder of the project.
    pub(super) fn root(&self) -> &str {
        self.roots.first().map_or(&*self.folder, |root| root)
    }

    /// A text among the arguments.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let arguments: serde_json::Value = serde_json::from_str(&self.arguments).ok()?;
        arguments.get(name)?.as_str().map(str::to_owned)
    }
}

/// The mode in which what no rule decides is asked about.
const ASKING: &str = "default";

impl Approvals {
    /// Takes a call. What the rules there are let pass is no question; a mode that they assume counts where a
    /// record tells none.
    pub fn add(&mut self, record: &Record<'_>, gate: &Gate) {
        let Some(call) = AskedCall::of(record) else {
            self.unknown += 1;
            return;
        };
        match record.permitted {
            Some(Permitted::Refused | Permitted::Denied) => {
                return count(&mut self.refused, call, &mut self.beyond);
            }
            None => {
                self.unknown += 1;
                return;
            }
            Some(Permitted::Passed | Permitted::Approved | Permitted::Ran) => {}
        }
        match mode(record, gate) {
            None => self.unknown_mode += 1,
            Some(ASKING) if call.decide(gate).0 == Outcome::Ask => {
                count(&mut self.asked, call, &mut self.beyond);
            }
            Some(ASKING) => self.passed += 1,
            Some(_) => self.other_mode += 1,
        }
    }

    /// Whether a call ran, and in the mode in which questions are asked.
    pub fn is_approved(record: &Record<'_>, gate: &Gate) -> bool {
        let ran = matches!(
            record.permitted,
            Some(Permitted::Passed | Permitted::Approved | Permitted::Ran)
        );
        ran && mode(record, gate) == Some(ASKING)
    }

    /// How many questions there were.
    pub fn questions(&self) -> u64 {
        self.asked.values().sum::<u64>() + self.beyond
    }
}

/// The mode of a call, as its record tells it or as it is assumed.
fn mode<'m>(record: &'m Record<'_>, gate: &'m Gate) -> Option<&'m str> {
    let assumed = || gate.assumptions().mode.as_deref();
    Some(&*record.mode).filter(|mode| !mode.is_empty()).or_else(assumed)
}

fn count(calls: &mut BTreeMap<AskedCall, u64>, call: AskedCall, beyond: &mut u64) {
    if calls.len() >= MOST && !calls.contains_key(&call) {
        *beyond += 1;
        return;
    }
    *calls.entry(call).or_default() += 1;
}

//! What comes of a call, and which rule counts for it.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::engine::{
    Arguments, Call, CallResult, Cause, Counters, Gate, GrantId, Holding, Outcome, Surroundings,
};
use crate::policy::{Agent, Origin, Policy};
use crate::stop;

/// A call to be asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// The tool, by the name that the agent has for it.
    pub tool: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
    /// The call as people write it: a command, or the tool with what it is about.
    pub shown: String,
}

/// What comes of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The outcome.
    pub outcome: Outcome,
    /// The rule that counts, in the words of its file; empty where none does.
    pub rule: String,
    /// The file and line of the rule; none where the agent brings it along.
    pub place: Option<String>,
    /// Its place in the file's tree.
    pointer: String,
}

/// How many bytes the arguments of a call may have that rules are tried with.
const LONGEST: usize = 8_192;

/// How much work one check may have decided for a file. It is counted, so that the result is the same on every
/// machine.
const WORK: usize = 8_000_000;

/// What a decision costs whatever the rules, and with each so many rules more.
const DECISION: usize = 100;
const RULES: usize = 25;

/// Decides calls by the rules of a policy.
#[derive(Debug)]
pub struct Prober {
    gate: Gate,
    agent: Agent,
    mode: String,
    /// What came of calls so far, by tool, arguments and mode.
    known: RefCell<HashMap<[String; 3], Verdict>>,
    rules: usize,
    /// The work that is left for the check that runs.
    left: Cell<usize>,
    /// How many calls were not decided, for their length or the work.
    untried: Cell<usize>,
}

/// The tool that runs shell commands, and its argument.
pub fn shell_of(agent: Agent) -> (&'static str, &'static str) {
    match agent {
        Agent::ClaudeCode => ("Bash", "command"),
        Agent::Codex => ("exec_command", "cmd"),
        Agent::Gemini => ("run_shell_command", "command"),
        Agent::OpenCode => ("bash", "command"),
    }
}

impl Probe {
    /// A shell command.
    pub fn command(agent: Agent, command: &str) -> Probe {
        let (tool, argument) = shell_of(agent);
        let shown = command.to_owned();
        Probe { shown, ..Probe::of(tool, [(argument, command)]) }
    }

    /// A call of a tool with some texts.
    pub fn of<'t>(tool: &str, texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Probe {
        let texts = texts.into_iter().map(|(name, text)| (name.to_owned(), Value::from(text)));
        let arguments: Map<String, Value> = texts.collect();
        let first = arguments.values().next().and_then(Value::as_str);
        let shown = first.map_or_else(|| tool.to_owned(), |text| format!("{tool} {text}"));
        Probe { tool: tool.to_owned(), arguments, shown }
    }

    /// What tells the call in a mode from others.
    pub fn key(&self, mode: Option<&str>) -> [String; 3] {
        let text = Value::from(self.arguments.clone()).to_string();
        [self.tool.clone(), text, mode.unwrap_or_default().to_owned()]
    }
}

impl Verdict {
    /// What comes of a call that is not decided.
    fn unknown() -> Verdict {
        let (rule, pointer) = (String::new(), String::new());
        Verdict { outcome: Outcome::Indeterminate, rule, place: None, pointer }
    }

    /// Whether the rule that counts stands there.
    pub fn is_of(&self, origin: &Origin) -> bool {
        self.pointer == origin.pointer.as_str()
            && match (self.place.as_deref(), origin.file.as_deref()) {
                (None, file) => file.is_none(),
                (Some(place), file) => file.is_some_and(|file| is_place(place, file, origin.line)),
            }
    }

    /// The file of the rule that counts; none where it is the agent's own.
    pub fn file(&self) -> Option<&str> {
        let place = self.place.as_deref()?;
        match place.rsplit_once(':') {
            Some((file, line)) if line.parse::<u32>().is_ok() => Some(file),
            _ => Some(place),
        }
    }
}

/// The file and line of a rule.
pub fn place(origin: &Origin) -> Option<String> {
    let file = origin.file.as_deref()?;
    Some(if origin.line == 0 { file.to_owned() } else { format!("{file}:{}", origin.line) })
}

/// Whether a place is that line of a file, or the file where no line is known.
fn is_place(place: &str, file: &str, line: u32) -> bool {
    match place.strip_prefix(file) {
        Some("") => line == 0,
        Some(rest) => {
            line != 0 && rest.strip_prefix(':').and_then(|told| told.parse().ok()) == Some(line)
        }
        None => false,
    }
}

impl Prober {
    /// Prepares to decide by a policy of an agent, in the mode in which its sessions start.
    pub fn new(agent: Agent, policy: &Policy) -> Prober {
        let set = policy.permissions.as_ref().and_then(|permissions| permissions.mode.as_deref());
        let usual = match agent {
            Agent::OpenCode => "build",
            Agent::ClaudeCode | Agent::Gemini => "default",
            Agent::Codex => "on-request",
        };
        let mode = set.unwrap_or(usual).to_owned();
        let rules = policy.permissions.as_ref().map_or(0, |permissions| permissions.rules.len());
        Prober {
            gate: Gate::new(policy),
            agent,
            mode,
            known: RefCell::default(),
            rules,
            left: Cell::new(WORK),
            untried: Cell::new(0),
        }
    }

    /// Gives the next check as much work as every other had.
    pub fn renew(&self) {
        self.left.set(WORK);
    }

    /// How many calls were not decided, for their length or because there were too many.
    pub fn untried(&self) -> usize {
        self.untried.get()
    }

    /// Counts calls that are not tried.
    pub fn pass_over(&self, calls: usize) {
        self.untried.set(self.untried.get() + calls);
    }

    /// Whether a call may be decided that costs so much; counted if not.
    fn affords(&self, text: &str, cost: usize) -> bool {
        let left = self.left.get().checked_sub(text.len() + DECISION + cost);
        let left = left.filter(|_| text.len() <= LONGEST);
        match left {
            Some(left) => self.left.set(left),
            None => self.pass_over(1),
        }
        left.is_some()
    }

    /// The agent.
    pub fn agent(&self) -> Agent {
        self.agent
    }

    /// What comes of a shell command.
    pub fn command(&self, command: &str) -> Verdict {
        self.decide(&Probe::command(self.agent, command), None)
    }

    /// What comes of a call in a mode, or in the one in which sessions start.
    pub fn decide(&self, probe: &Probe, mode: Option<&str>) -> Verdict {
        let key = probe.key(mode.or(Some(&self.mode)));
        if let Some(verdict) = self.known.borrow().get(&key) {
            return verdict.clone();
        }
        if !self.affords(&key[1], self.rules / RULES) {
            return Verdict::unknown();
        }
        let verdict = self.ask(probe, &key[1], mode, |call| {
            let decision = self.gate.decide(call, &mut Counters::default());
            let place = decision.cause.place().filter(|place| !place.starts_with('('));
            Verdict {
                outcome: decision.outcome,
                rule: match decision.cause {
                    Cause::None => String::new(),
                    cause => cause.rule().to_owned(),
                },
                place: place.map(str::to_owned),
                pointer: decision.cause.pointer().to_owned(),
            }
        });
        self.known.borrow_mut().insert(key, verdict.clone());
        verdict
    }

    /// Which of some rules, by their numbers, hold for a call, whether they count or not; of none is that known
    /// where the call is not decided.
    pub fn holding(&self, probe: &Probe, mode: Option<&str>, wanted: &[u32]) -> Holding {
        let text = Value::from(probe.arguments.clone()).to_string();
        if !self.affords(&text, wanted.len()) {
            return Holding { unsure: wanted.to_vec(), ..Holding::default() };
        }
        self.ask(probe, &text, mode, |call| self.gate.holding(call, wanted))
    }

    fn ask<T>(
        &self,
        probe: &Probe,
        text: &str,
        mode: Option<&str>,
        ask: impl Fn(&Call<'_>) -> T,
    ) -> T {
        stop::look();
        ask(&Call {
            tool: &probe.tool,
            grant: GrantId(0),
            time: None,
            in_order: true,
            after: None,
            arguments: Arguments::Json(text),
            result: CallResult::Ok,
            around: Surroundings {
                mode: mode.unwrap_or(&self.mode),
                annotations: Some("{}"),
                caller: Some(""),
                ..Surroundings::default()
            },
        })
    }
}

//! `gatelint explain`.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};

use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input;
use super::common::input::Loaded;
use super::common::output::{OutputFormat, OutputOptions, stdout};
use super::common::trace_input;
use super::common::trace_input::TraceOptions;
use crate::engine::{Gate, GrantId, Outcome};
use crate::replay::{Explanation, NumberedCall, Replay};
use crate::report::{Style, write_explanation, write_explanation_json};
use crate::trace::parse_record;

/// Options that say how a trace is read, and nothing of one call.
const OF_TRACES: [&str; 6] =
    ["pace", "order", "threads", "trace_format", "allow_bad_lines", "allow_empty"];

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("subject").required(true).args(["call", "traces"]))]
pub(super) struct ExplainArguments {
    /// The policy.
    #[arg(long, value_name = "FILE")]
    policy: PathBuf,
    /// The call, as a record such as `{"tool":"run_job","args":{"a":1}}`; `-` reads it from standard
    /// input, `@FILE` from a file. Its counters are empty.
    #[arg(long, value_name = "CALL", conflicts_with_all = OF_TRACES)]
    call: Option<String>,
    /// Recorded calls, one of which is explained with the counters as they stood: files, folders, or
    /// `-`. More than one are one trace.
    #[arg(long = "trace", value_name = "TRACE", requires = "which")]
    traces: Vec<PathBuf>,
    #[command(flatten)]
    which: Which,
    /// Outcomes that make the exit status 1, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "OUTCOME")]
    fail_on: Vec<FailOn>,
    /// How the explanation is written.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
    #[command(flatten)]
    trace: TraceOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Deny,
    Throttle,
    Indeterminate,
    None,
}

impl FailOn {
    fn outcome(self) -> Option<Outcome> {
        match self {
            FailOn::Deny => Some(Outcome::Deny),
            FailOn::Throttle => Some(Outcome::Throttle),
            FailOn::Indeterminate => Some(Outcome::Indeterminate),
            FailOn::None => None,
        }
    }
}

#[derive(Debug, Args)]
#[group(id = "which", multiple = false)]
struct Which {
    /// The call on this line of the trace, which must be one file.
    #[arg(long, value_name = "LINE", requires = "traces")]
    line: Option<u64>,
    /// The call with this number, as `replay --decisions` counts them.
    #[arg(long, value_name = "NUMBER", requires = "traces")]
    n: Option<u64>,
}

/// What came of explaining: the text, and how the call was decided.
struct Explained {
    text: Vec<u8>,
    outcome: Outcome,
}

pub(super) fn run(
    arguments: &ExplainArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let loaded = input::policy(&arguments.policy)?;
    let style = output.style();
    let (explained, bad) = match &arguments.call {
        Some(call) => (one_call(arguments, &loaded, call, &style)?, false),
        None => call_of_trace(arguments, &loaded, &style)?,
    };
    let mut out = stdout();
    out.write_all(&explained.text)?;
    out.flush()?;
    let failing = |fail_on: &FailOn| fail_on.outcome() == Some(explained.outcome);
    Ok(ExitStatus::of(bad, false, arguments.fail_on.iter().any(failing)))
}

fn one_call(
    arguments: &ExplainArguments,
    loaded: &Loaded,
    call: &str,
    style: &Style,
) -> Result<Explained, CliError> {
    let text = call_text(call)?;
    let record = parse_record(text.trim(), arguments.trace.grant_by()).map_err(CliError::Call)?;
    let gate = Gate::new(&loaded.policy);
    let walk = Replay::new(&gate).walk(&record, GrantId(0), record.time);
    let explanation = Explanation {
        policy: &loaded.policy,
        record: &record,
        number: None,
        time: record.time,
        walk,
    };
    Ok(explain(arguments, loaded, &explanation, style)?)
}

/// Decides the calls before the one that is wanted, and explains that one.
fn call_of_trace(
    arguments: &ExplainArguments,
    loaded: &Loaded,
    style: &Style,
) -> Result<(Explained, bool), CliError> {
    let which = &arguments.which;
    let many = arguments.traces.len() > 1 || arguments.traces.iter().any(|path| path.is_dir());
    if which.line.is_some() && many {
        return Err(CliError::NoCall {
            what: "a line is named, and the trace is more than one file".to_owned(),
            help: "name the call by its number with `--n`",
        });
    }
    let gate = Gate::new(&loaded.policy);
    let mut replay = arguments.trace.replay(&gate);
    let mut explained = Vec::new();
    let mut numbers = Vec::new();
    let run = trace_input::read(&arguments.traces, &arguments.trace, |call| {
        if !which.is(&call) {
            replay.decide(call.record, call.grant, call.time);
            return Ok(());
        }
        let walk = replay.walk(call.record, call.grant, call.time);
        let explanation = Explanation {
            policy: &loaded.policy,
            record: call.record,
            number: Some(call.number),
            time: call.time,
            walk,
        };
        numbers.push(call.number.to_string());
        explained.push(explain(arguments, loaded, &explanation, style)?);
        Ok(())
    })?;
    match explained.pop() {
        Some(only) if explained.is_empty() => Ok((only, arguments.trace.is_bad(&run))),
        Some(_) => Err(CliError::NoCall {
            what: format!("{} holds more than one call: {}", which.words(), numbers.join(", ")),
            help: "name one of these numbers with `--n`",
        }),
        None => Err(CliError::NoCall {
            what: format!("{} holds no call; the trace has {}", which.words(), run.calls),
            help: "`gatelint replay --decisions` lists the calls with their numbers",
        }),
    }
}

fn explain(
    arguments: &ExplainArguments,
    loaded: &Loaded,
    explanation: &Explanation<'_>,
    style: &Style,
) -> io::Result<Explained> {
    let mut text = Vec::new();
    match arguments.format {
        OutputFormat::Json => {
            write_explanation_json(&mut text, &loaded.document.name, explanation)?;
        }
        OutputFormat::Human => {
            let mut words = String::new();
            write_explanation(&mut words, explanation, style);
            text = words.into_bytes();
        }
    }
    Ok(Explained { text, outcome: explanation.decision().outcome })
}

/// The text of the call: itself, or what stands in a file or on standard input.
fn call_text(call: &str) -> Result<String, CliError> {
    let unreadable = |what: &str| {
        let what = what.to_owned();
        move |cause: io::Error| CliError::Call(format!("{what} cannot be read: {cause}"))
    };
    match call.strip_prefix('@') {
        Some(file) => std::fs::read_to_string(file).map_err(unreadable(file)),
        None if call == "-" => {
            let mut text = String::new();
            let read = io::stdin().read_to_string(&mut text);
            read.map(|_| text).map_err(unreadable("standard input"))
        }
        None => Ok(call.to_owned()),
    }
}

impl Which {
    fn is(&self, call: &NumberedCall<'_>) -> bool {
        self.n == Some(call.number) || self.line == Some(call.record.line)
    }

    fn words(&self) -> String {
        match (self.line, self.n) {
            (Some(line), _) => format!("line {line}"),
            (_, Some(number)) => format!("number {number}"),
            _ => "the trace".to_owned(),
        }
    }
}

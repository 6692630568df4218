//! `gatelint explain`.

use std::io::{self, Read, Write};
use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};

use super::common::assume::{AssumeOptions, check_mode, check_mode_of};
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::fail_on;
use super::common::input::Loaded;
use super::common::output::{OutputFormat, OutputOptions, stdout};
use super::common::policies;
use super::common::policies::{Chosen, PolicyOptions};
use super::common::trace_input;
use super::common::trace_input::TraceOptions;
use crate::engine::{GrantId, Outcome, Timestamp, Walk};
use crate::replay::{Explanation, Gateway, NumberedCall, Policies, Replay};
use crate::report::{Secrets, Style, without_commands, write_explanation, write_explanation_json};
use crate::trace::{Record, Toolset};

/// Options that say how a trace is read, and nothing of one call.
const OF_TRACES: [&str; 6] =
    ["pace", "order", "threads", "trace_format", "allow_bad_lines", "allow_empty"];

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("subject").required(true).args(["call", "traces"]))]
pub(super) struct ExplainArguments {
    #[command(flatten)]
    policies: PolicyOptions,
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
    #[command(flatten)]
    assume: AssumeOptions,
    /// Outcomes that make the exit status 1, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "LIST")]
    fail_on: Vec<FailOn>,
    /// Show the values of arguments that are called like a secret, that `secret-arguments` names, or that look like a
    /// credential.
    #[arg(long)]
    show_args: bool,
    /// How the explanation is written.
    #[arg(long, value_enum, default_value_t = OutputFormat::Human)]
    format: OutputFormat,
    #[command(flatten)]
    trace: TraceOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum FailOn {
    Ask,
    Deny,
    Throttle,
    Indeterminate,
    None,
}

impl FailOn {
    fn outcome(self) -> Option<Outcome> {
        match self {
            FailOn::Ask => Some(Outcome::Ask),
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
    fail_on::check(&arguments.fail_on, &FailOn::None)?;
    let assumptions = arguments.assume.together();
    let chosen = arguments.policies.load(arguments.assume.start())?;
    check_mode(&assumptions, chosen.iter().map(|chosen| &chosen.loaded.policy))?;
    let policies = policies::compile(&chosen, &[], &assumptions)?;
    let secrets = arguments.policies.secrets(arguments.show_args)?;
    let explainer = Explainer { arguments, chosen, secrets, style: output.style() };
    let (explained, bad) = match &arguments.call {
        Some(call) => (explainer.one_call(&policies, &call_text(call)?, arguments.format)?, false),
        None => explainer.call_of_trace(&policies)?,
    };
    let mut out = stdout();
    out.write_all(&explained.text)?;
    out.flush()?;
    let failing = |fail_on: &FailOn| fail_on.outcome() == Some(explained.outcome);
    Ok(ExitStatus::of(bad, false, arguments.fail_on.iter().any(failing)))
}

/// Explains one call under a policy that was read already, in each of some formats.
#[cfg(feature = "mcp")]
pub(super) fn explain_asked<const N: usize>(
    arguments: &ExplainArguments,
    policy: Loaded,
    call: &str,
    secrets: &Secrets,
    style: Style,
    formats: [OutputFormat; N],
) -> Result<[Vec<u8>; N], CliError> {
    let assumptions = arguments.assume.together();
    let chosen = vec![Chosen { server: None, loaded: policy }];
    check_mode(&assumptions, chosen.iter().map(|chosen| &chosen.loaded.policy))?;
    let policies = policies::compile(&chosen, &[], &assumptions)?;
    let explainer = Explainer { arguments, chosen, secrets: secrets.clone(), style };
    let mut texts = [const { Vec::new() }; N];
    for (text, format) in texts.iter_mut().zip(formats) {
        *text = explainer.one_call(&policies, call, format)?.text;
    }
    Ok(texts)
}

/// Explains calls under the policies of their servers.
struct Explainer<'a> {
    arguments: &'a ExplainArguments,
    chosen: Vec<Chosen>,
    secrets: Secrets,
    style: Style,
}

impl Explainer<'_> {
    fn one_call(
        &self,
        policies: &Policies,
        text: &str,
        format: OutputFormat,
    ) -> Result<Explained, CliError> {
        let grant_by = self.arguments.trace.grant_by();
        let map = self.arguments.trace.field_map()?;
        let record = map.parse(text.trim(), grant_by).map_err(CliError::Call)?;
        if !record.mode.is_empty() {
            let chosen = self.chosen.iter().map(|chosen| &chosen.loaded.policy);
            check_mode_of(&record.mode, chosen)?;
        }
        let mut gateway = Gateway::new(policies, Replay::new);
        let walked = gateway.walk(&record, GrantId(0), record.time);
        self.explained(walked, &record, None, record.time, format)
    }

    /// Decides the calls before the one that is wanted, and explains that one.
    fn call_of_trace(&self, policies: &Policies) -> Result<(Explained, bool), CliError> {
        let (which, traces) = (&self.arguments.which, &self.arguments.traces);
        let servers = self.chosen.iter().filter_map(|chosen| chosen.server.as_ref());
        let options = &self.arguments.trace.for_servers(servers);
        let many = traces.len() > 1 || traces.iter().any(|path| path.is_dir());
        if which.line.is_some() && many {
            return Err(CliError::NoCall {
                what: "a line is named, and the trace is more than one file".to_owned(),
                help: "name the call by its number with `--n`",
            });
        }
        let mut gateway = Gateway::new(policies, |gate| options.replay(gate));
        let mut explained = Vec::new();
        let mut numbers = Vec::new();
        let run = trace_input::read(traces, options, |call| {
            if !which.is(&call) {
                gateway.decide(call.record, call.grant, call.time);
                return Ok(());
            }
            let walked = gateway.walk(call.record, call.grant, call.time);
            numbers.push(call.number.to_string());
            let place = Some((call.number, call.file));
            let format = self.arguments.format;
            explained.push(self.explained(walked, call.record, place, call.time, format));
            Ok(())
        })?;
        trace_input::say_whose_calls(&run, policies.count_by_grant());
        match explained.pop() {
            Some(only) if explained.is_empty() => Ok((only?, options.is_bad(&run))),
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

    /// Writes down how a call was decided.
    fn explained<'x>(
        &'x self,
        walked: Option<(u32, Walk<'x, 'x>)>,
        record: &'x Record<'x>,
        place: Option<(u64, &'x str)>,
        time: Option<Timestamp>,
        format: OutputFormat,
    ) -> Result<Explained, CliError> {
        let Some((policy, walk)) = walked else {
            return Err(CliError::NoCall {
                what: match &*record.server {
                    _ if record.toolset == Toolset::Agent => {
                        "the tool is the agent's own, which no gateway sees".to_owned()
                    }
                    "" => "the call names no server, and there is no policy for all".to_owned(),
                    server => format!("the call is to server `{server}`, which has no policy"),
                },
                help: match record.toolset {
                    Toolset::Agent => "give the agent's own tools a policy as --policy agent=PATH",
                    _ => {
                        "give it one as --policy NAME=PATH, or one for all servers as --policy PATH"
                    }
                },
            });
        };
        let Loaded { document, policy } = &self.chosen[policy as usize].loaded;
        let (number, file) = place.unzip();
        let explanation = Explanation { policy, record, number, file, time, walk };
        let (mut text, secrets) = (Vec::new(), &self.secrets);
        match format {
            OutputFormat::Json => {
                write_explanation_json(&mut text, &document.name, &explanation, secrets)?;
            }
            OutputFormat::Human => {
                let mut words = String::new();
                write_explanation(&mut words, &explanation, document, secrets, &self.style);
                text = without_commands(&words).into_owned().into_bytes();
            }
        }
        Ok(Explained { text, outcome: explanation.decision().outcome })
    }
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

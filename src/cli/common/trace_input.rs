//! Traces as commands take them.

use std::cell::Cell;
use std::io;
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::error::CliError;
use super::interrupt;
use super::output::print_error;
use super::{unread, watch};
use crate::engine::Gate;
use crate::replay::{
    NumberedCall, Pace, Replay, Run, RunError, RunOptions, Visitor, run, run_alone,
};
use crate::report::{cut, escape};
use crate::source::nearest;
use crate::trace::{self, BadLine, FieldMap, FieldMapping, Format, GrantBy, Order, Trace};

/// Options of every command that reads a trace.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct TraceOptions {
    /// The format of the trace; without it, it is found from the first lines.
    #[arg(long, value_parser = format_parser(), value_name = "FORMAT")]
    trace_format: Option<Format>,
    /// What stands for the grant: `grant`, `session`, `server`, `client`, `file`, or a field of the record.
    #[arg(long, default_value = "grant", value_name = "FIELD")]
    grant_by: GrantBy,
    /// Where the lines of a log that is nobody's format have what a record has: TARGET is a field of a
    /// record (`args`, `tool`, `ts`, `grant`, …), FIELD a name in the line, in which dots walk into
    /// objects. May be given more than once.
    #[arg(long, value_name = "TARGET=FIELD")]
    map: Vec<FieldMapping>,
    /// Give calls without a time one, so long after each other: `1s`, `250ms`, `2m`.
    #[arg(long, value_parser = parse_duration, value_name = "TIME")]
    pace: Option<Duration>,
    /// The order of the calls: that of their times, or that in which they stand. As they stand they
    /// are decided as soon as they are read.
    #[arg(long, value_enum, default_value_t = OrderName::Time)]
    order: OrderName,
    /// How many threads share the work, where it can be shared. As many as there are processors
    /// otherwise. The results are the same.
    #[arg(long, value_name = "N", value_parser = parse_threads)]
    threads: Option<NonZero<usize>>,
    /// The servers that policies are named for.
    #[arg(skip)]
    servers: Vec<String>,
    /// Lines that are not valid do not make the exit status 2.
    #[arg(long)]
    pub(in crate::cli) allow_bad_lines: bool,
    /// That there is nothing to work on, such as a trace without calls, is not an error.
    #[arg(long)]
    pub(in crate::cli) allow_empty: bool,
}

impl Default for TraceOptions {
    /// For commands to which a trace is only an example: the format is found, and nothing is mapped.
    fn default() -> TraceOptions {
        TraceOptions {
            trace_format: None,
            grant_by: GrantBy::default(),
            map: Vec::new(),
            pace: None,
            order: OrderName::Input,
            threads: None,
            servers: Vec::new(),
            allow_bad_lines: true,
            allow_empty: true,
        }
    }
}

impl TraceOptions {
    /// The same where nothing rests on the order of the calls: they come as they stand, unless their
    /// order makes their times.
    pub(in crate::cli) fn in_any_order(&self) -> TraceOptions {
        let order = if self.pace.is_some() { self.order } else { OrderName::Input };
        TraceOptions { order, ..self.clone() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OrderName {
    /// By time, files and lines.
    Time,
    /// As they stand.
    Input,
}

/// Reads a number of threads; more than any machine can use would only take memory.
fn parse_threads(text: &str) -> Result<NonZero<usize>, String> {
    const MOST: usize = 256;
    let number: Option<NonZero<usize>> = text.parse().ok();
    number
        .filter(|number| number.get() <= MOST)
        .ok_or_else(|| format!("write a number from 1 to {MOST}"))
}

/// The formats by their names, with a line about each.
fn format_parser() -> impl TypedValueParser<Value = Format> {
    let values =
        Format::ALL.map(|format| PossibleValue::new(format.name()).help(format.description()));
    PossibleValuesParser::new(values)
        .map(|name| Format::named(&name).expect("the name is one of those offered"))
}

/// Reads a trace to its end call by call; lines that are not valid are counted and named on standard
/// error. A failing visitor ends the visits.
pub(in crate::cli) fn read(
    paths: &[PathBuf],
    options: &TraceOptions,
    visit: impl FnMut(NumberedCall<'_>) -> io::Result<()>,
) -> Result<Run<()>, CliError> {
    Ok(read_alone(paths, options, Closure(visit))?.without_visitors())
}

/// The same with a visitor that is not a closure.
pub(in crate::cli) fn read_alone<V: Visitor>(
    paths: &[PathBuf],
    options: &TraceOptions,
    visitor: V,
) -> Result<Run<V>, CliError> {
    let run = read_quietly(paths, options, visitor)?;
    say_what_is_wrong(&run, options);
    Ok(run)
}

/// Reads a trace call by call, and says nothing of what was said when it was read before.
pub(in crate::cli) fn read_again(
    paths: &[PathBuf],
    options: &TraceOptions,
    visit: impl FnMut(NumberedCall<'_>) -> io::Result<()>,
) -> Result<Run<()>, CliError> {
    Ok(read_quietly(paths, options, Closure(visit))?.without_visitors())
}

fn read_quietly<V: Visitor>(
    paths: &[PathBuf],
    options: &TraceOptions,
    visitor: V,
) -> Result<Run<V>, CliError> {
    let mut trace = open(paths, options)?;
    // What was made of the calls cannot be taken back once they turn out to be out of order.
    trace.ensure_order()?;
    let visitor = Cell::new(Some(visitor));
    let make = || visitor.take().expect("calls in order are read once");
    watched(&mut trace, options, |trace, pace| run_alone(trace, pace, make))
}

/// The same with visitors made anew where calls turn out not to be in order, so that the trace need
/// not be read once to find that out.
pub(in crate::cli) fn read_in_order<V: Visitor>(
    paths: &[PathBuf],
    options: &TraceOptions,
    make_visitor: impl Fn() -> V,
) -> Result<Run<V>, CliError> {
    let run = watched(&mut open(paths, options)?, options, |trace, pace| {
        run_alone(trace, pace, make_visitor)
    })?;
    say_what_is_wrong(&run, options);
    Ok(run)
}

/// Reads a trace to its end, several threads sharing the work; lines that are not valid are counted
/// and named on standard error. Visitors are made anew where calls turn out not to be in order.
pub(in crate::cli) fn read_parallel<V: Visitor + Send>(
    paths: &[PathBuf],
    options: &TraceOptions,
    make_visitor: impl Fn() -> V,
) -> Result<Run<V>, CliError> {
    let threads = options.threads.or_else(|| std::thread::available_parallelism().ok());
    let threads = threads.map_or(1, NonZero::get);
    let run = watched(&mut open(paths, options)?, options, |trace, pace| {
        run(trace, RunOptions { threads, pace }, make_visitor)
    })?;
    say_what_is_wrong(&run, options);
    Ok(run)
}

/// A visitor that is a closure.
pub(in crate::cli) struct Closure<F>(pub(in crate::cli) F);

impl<F: FnMut(NumberedCall<'_>) -> io::Result<()>> Visitor for Closure<F> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        (self.0)(call)
    }
}

fn open(paths: &[PathBuf], options: &TraceOptions) -> Result<Trace, CliError> {
    let order = match options.order {
        OrderName::Time => Order::Time,
        OrderName::Input => Order::Input,
    };
    let trace = Trace::open(
        paths,
        trace::TraceOptions {
            format: options.trace_format,
            grant_by: options.grant_by.clone(),
            order,
            servers: options.servers.clone(),
            map: options.field_map()?,
            is_paced: options.pace.is_some(),
        },
    )?;
    if !options.map.is_empty() && !trace.has_records() {
        print_error("warning: --map changes nothing: no file is read as records\n");
    }
    if trace.reads_streams() {
        interrupt::stop_on_interrupt();
    }
    Ok(trace)
}

/// Reads a trace and shows how far it has come.
fn watched<V>(
    trace: &mut Trace,
    options: &TraceOptions,
    read: impl FnOnce(&mut Trace, Option<Pace>) -> Result<Run<V>, RunError>,
) -> Result<Run<V>, CliError> {
    let progress = watch::show_progress(trace.progress());
    let run = read(trace, options.pace.map(Pace::new));
    drop(progress);
    let run = run.map_err(|error| match error {
        RunError::Trace(error) => CliError::Trace(error),
        RunError::Visitor(error) => CliError::Output(error),
    })?;
    if let GrantBy::Field(field) = &options.grant_by
        && run.without_grant == run.calls
        && run.calls > 0
    {
        return Err(unknown_field(field));
    }
    Ok(run)
}

/// Says what was wrong with a trace that was read.
pub(in crate::cli) fn say_what_is_wrong<V>(run: &Run<V>, options: &TraceOptions) {
    name_bad_lines(run.bad_lines, &run.bad_examples);
    if run.refused > 0 {
        let calls = if run.refused == 1 { "call was" } else { "calls were" };
        print_error(&format!(
            "note: {} more {calls} refused by a person and never made, so that nothing decided on them\n",
            run.refused
        ));
    }
    unread::say(run);
    if run.calls == 0 && !options.allow_empty {
        print_error(
            "error: the trace holds no call\n  help: check that it is the right file, or allow this with --allow-empty\n",
        );
    }
}

/// Says that calls without a grant are counted as those of one, where the result rests on that.
pub(in crate::cli) fn say_whose_calls<V>(run: &Run<V>, counts_by_grant: bool) {
    if run.without_grant < 2 || !counts_by_grant {
        return;
    }
    let whose = match run.without_grant == run.calls {
        true => "no call names a grant, so that the limits count all of them".to_owned(),
        false => format!(
            "{} of {} calls name no grant, so that the limits count these together",
            run.without_grant, run.calls
        ),
    };
    print_error(&format!(
        "note: {whose} as those of one\n  help: name what stands for the grant with --grant-by, such as `session` or `client`\n"
    ));
}

/// Says how many calls were left out because no gateway sees them.
pub(in crate::cli) fn say_of_agent(calls_of_agent: u64, calls: u64) {
    if calls_of_agent > 0 {
        print_error(&format!(
            "note: {calls_of_agent} of {calls} calls are of the agent's own tools, which no gateway sees; they are left out\n"
        ));
    }
}

/// Without an error a misspelt field would make one grant of all.
fn unknown_field(field: &str) -> CliError {
    let help = match nearest(field, ["grant", "session", "server", "client", "file"]) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => "name a field that the records of the trace have".to_owned(),
    };
    CliError::UnknownName { what: "call with a field", name: field.to_owned(), help }
}

/// How many characters of what is wrong with a line are shown.
const LONG_REASON: usize = 200;

fn name_bad_lines(count: u64, examples: &[BadLine]) {
    for bad in examples {
        let BadLine { file, line, reason } = bad;
        let reason = escape(reason);
        print_error(&format!("error: {}:{line}: {}\n", escape(file), cut(&reason, LONG_REASON)));
    }
    if count > 0 {
        let more = count - examples.len() as u64;
        if more > 0 {
            print_error(&format!("error: and {more} more like these\n"));
        }
        let lines = if count == 1 { "line is" } else { "lines are" };
        print_error(&format!(
            "error: {count} {lines} not valid and decided nothing\n  help: mend them, or let them pass with --allow-bad-lines\n",
        ));
    }
}

impl TraceOptions {
    /// What stands for the grant.
    pub(in crate::cli) fn grant_by(&self) -> &GrantBy {
        &self.grant_by
    }

    /// The same, with the servers of which policies are known.
    pub(in crate::cli) fn for_servers<'s>(
        &self,
        servers: impl IntoIterator<Item = &'s String>,
    ) -> TraceOptions {
        TraceOptions { servers: servers.into_iter().cloned().collect(), ..self.clone() }
    }

    /// Where the fields of a record stand.
    pub(in crate::cli) fn field_map(&self) -> Result<FieldMap, CliError> {
        FieldMap::new(self.map.clone()).map_err(|message| CliError::Usage {
            message,
            help: "name one place for each field of a record".to_owned(),
        })
    }

    /// Refuses what parts of a trace would have each for itself.
    pub(in crate::cli) fn check_parts(&self) -> Result<(), CliError> {
        if self.grant_by == GrantBy::File {
            return Err(CliError::usage(
                "a part does not know the files of the whole, by which --grant-by file tells grants",
                "make records that name their grant first: `gatelint trace convert --grant-by file`",
            ));
        }
        if self.pace.is_some() {
            return Err(CliError::usage(
                "--pace gives times by all calls before, which a part does not have",
                "give the calls times first: `gatelint trace convert --pace TIME`",
            ));
        }
        if self.order == OrderName::Input {
            return Err(CliError::usage(
                "in --order input a call may change the counters of another day",
                "leave it out: each part is put into the order of time",
            ));
        }
        Ok(())
    }

    /// A replay of the calls of the trace.
    pub(in crate::cli) fn replay<'g>(&self, gate: &'g Gate) -> Replay<'g> {
        match self.order {
            OrderName::Time => Replay::in_time_order(gate),
            OrderName::Input => Replay::new(gate),
        }
    }

    /// Whether lines that are not valid must make the command fail.
    pub(in crate::cli) fn is_bad<V>(&self, run: &Run<V>) -> bool {
        run.bad_lines > 0 && !self.allow_bad_lines
    }

    /// Whether nothing was read though something should have been.
    pub(in crate::cli) fn is_empty<V>(&self, run: &Run<V>) -> bool {
        run.calls == 0 && !self.allow_empty
    }
}

/// Reads how long something may take: a length of time, or a number of seconds.
pub(in crate::cli) fn parse_timeout(text: &str) -> Result<Duration, String> {
    let is_bare = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_bare { parse_duration(&format!("{text}s")) } else { parse_duration(text) }
}

/// Reads a length of time such as `1s`.
pub(in crate::cli) fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(|byte| byte.is_ascii_digit()).count();
    let number: u64 =
        text[..digits].parse().map_err(|_| "write a number and a unit, such as `1s`")?;
    let milliseconds = match &text[digits..] {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ => None,
    };
    if number == 0 {
        return Err("the time must be more than nothing".to_owned());
    }
    let product = milliseconds.and_then(|unit| number.checked_mul(unit));
    product
        .map(Duration::from_millis)
        .ok_or_else(|| "the unit is one of `ms`, `s`, `m`, `h`".to_owned())
}

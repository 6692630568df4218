//! `gatelint init --trace`: a policy for each server that was called.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use super::arguments::InitArguments;
use super::folder;
use super::output::{is_unclean, say, say_idle, written};
use crate::catalogue::{Catalogue, Server};
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::input;
use crate::cli::common::output::{OutputFormat, OutputOptions, print_error, stdout};
use crate::cli::common::spooled::Spooled;
use crate::cli::common::trace_input;
use crate::cli::common::trace_input::TraceOptions;
use crate::engine::Gate;
use crate::init::{Draft, Observed, Observer, Proof};
use crate::lint::Report;
use crate::policy::{self, Dialect};
use crate::replay::Counts;
use crate::report::{Begun, escape, policy_text, write_begun_all_json, write_begun_json};
use crate::source::{Document, nearest};
use crate::trace::{Record, Toolset};

/// Whose calls a policy is for.
#[derive(Clone, Copy)]
pub(super) enum Whose<'c> {
    /// Those to each server that the trace names.
    Any,
    /// Those to a server of the catalogue.
    Known(&'c Server),
    /// Those to a server that the catalogue does not have.
    Own(&'c str),
}

/// A policy that was made from the calls to a server.
struct Fitted<'c> {
    known: Option<&'c Server>,
    observed: Observed,
    draft: Draft,
    report: Report,
    document: Document,
}

/// Policies by the name that the trace gives the server; one that is empty where it gives none.
type ByServer<T> = BTreeMap<String, T>;

/// The policies that let recorded calls through, and little else.
pub(super) fn fitted(
    arguments: &InitArguments,
    traces: &[PathBuf],
    catalogue: &Catalogue,
    whose: Whose<'_>,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let spooled = Spooled::of(traces)?;
    let traces = spooled.paths();
    let is_named = match whose {
        Whose::Own(own) => names_server(traces, &arguments.trace, own)?,
        _ => false,
    };
    // Who names a server says that the policy is for it, whatever the trace calls it; of one's own server the trace
    // may have the calls to others beside.
    let key = |record: &Record<'_>| match whose {
        Whose::Own(own) if is_named => (record.server == own).then(String::new),
        Whose::Known(_) | Whose::Own(_) => Some(String::new()),
        Whose::Any => Some(record.server.clone().into_owned()),
    };
    let (mut observers, mut of_agent, mut of_others) = (ByServer::<Observer>::new(), 0, 0);
    let by_grant = arguments.to == Dialect::V1;
    let run = trace_input::read(traces, &arguments.trace, |call| {
        match (call.record.toolset, key(call.record)) {
            (Toolset::Agent, _) => of_agent += 1,
            (_, None) => of_others += 1,
            (_, Some(name)) => {
                let observer = observers.entry(name);
                let observer = observer.or_insert_with(|| Observer::new(by_grant));
                observer.add(call.record, call.grant, call.time);
            }
        }
        Ok(())
    })?;
    if arguments.trace.is_bad(&run) || run.calls == 0 {
        let (bad, empty) = (arguments.trace.is_bad(&run), arguments.trace.is_empty(&run));
        return Ok(ExitStatus::of(bad, empty, false));
    }
    trace_input::say_whose_calls(&run, by_grant);
    trace_input::say_of_agent(of_agent, run.calls);
    whose.say(catalogue, (of_others, run.calls));
    let observed: ByServer<Observed> =
        observers.into_iter().map(|(name, observer)| (name, observer.finish())).collect();
    say_never_called(&arguments.fit.allow, &observed);
    if observed.len() > 1
        && arguments.file.path().is_none()
        && arguments.format == OutputFormat::Human
    {
        return Err(needs_folder(observed.keys()));
    }
    let fit = |(name, observed)| {
        let known = match whose {
            Whose::Known(server) => Some(server),
            Whose::Own(_) => None,
            Whose::Any => recognised(catalogue, &observed),
        };
        (name, fit_one(arguments, catalogue, known, observed))
    };
    let fitted: ByServer<Fitted<'_>> = observed.into_iter().map(fit).collect();
    input::sound(catalogue)?;
    let counts = replayed(&fitted, traces, &arguments.trace, key)?;
    finish(arguments, whose, fitted, counts, output)
}

impl Whose<'_> {
    /// Says of one's own server what is not known of it.
    fn say(self, catalogue: &Catalogue, (of_others, calls): (u64, u64)) {
        let Whose::Own(own) = self else { return };
        let meant = catalogue.nearest_server(own);
        let meant = meant.map(|near| format!("did you mean `{near}`? else ")).unwrap_or_default();
        let (own, meant) = (escape(own), escape(&meant));
        let note = format!(
            "note: the catalogue has no server `{own}`; what its tools do is told from their names and from what they were called with\n  help: {meant}add its tools with `--catalogue FILE`, such as its answer to `tools/list`\n"
        );
        print_error(&note);
        if of_others > 0 {
            print_error(&format!(
                "note: {of_others} of {calls} calls are to other servers and are left out\n"
            ));
        }
    }
}

/// Whether a trace calls a server by this name.
fn names_server(traces: &[PathBuf], options: &TraceOptions, name: &str) -> Result<bool, CliError> {
    let mut is_named = false;
    let options = options.in_any_order();
    trace_input::read_again(traces, &options, |call| {
        is_named |= call.record.server == name;
        Ok(())
    })?;
    Ok(is_named)
}

fn fit_one<'c>(
    arguments: &InitArguments,
    catalogue: &Catalogue,
    known: Option<&'c Server>,
    observed: Observed,
) -> Fitted<'c> {
    let fit = arguments.fit.fit();
    let tool = |name: &str| known.and_then(|server| server.tool(name));
    let mut draft = fit.draft(&observed, tool, arguments.to);
    say_idle(&arguments.fit.allow, &draft, &draft);
    let name = known.map(|server| &*server.name);
    loop {
        let (report, document) = written(&draft, catalogue, name);
        match draft.without_faulty(&report.findings) {
            Some(without) => draft = without,
            None => return Fitted { known, observed, draft, report, document },
        }
    }
}

/// Decides the trace again, now under the policies. Calls that the recording gateway refused are no
/// need and are passed over.
fn replayed(
    fitted: &ByServer<Fitted<'_>>,
    traces: &[PathBuf],
    options: &TraceOptions,
    key: impl Fn(&Record<'_>) -> Option<String>,
) -> Result<ByServer<Counts>, CliError> {
    let gate = |fitted: &Fitted<'_>| {
        let policy = policy::read(&fitted.document, Some(fitted.draft.dialect)).policy;
        Gate::new(&policy.expect("what was just written is a policy"))
    };
    let gates: ByServer<Gate> =
        fitted.iter().map(|(name, one)| (name.clone(), gate(one))).collect();
    let mut replays: ByServer<_> = gates
        .iter()
        .map(|(name, gate)| (name.clone(), (options.replay(gate), Counts::default())))
        .collect();
    trace_input::read_again(traces, options, |call| {
        if !Observer::is_refused(call.record)
            && call.record.toolset != Toolset::Agent
            && let Some((replay, counts)) = key(call.record).and_then(|name| replays.get_mut(&name))
        {
            counts.add(replay.decide(call.record, call.grant, call.time).outcome);
        }
        Ok(())
    })?;
    Ok(replays.into_iter().map(|(name, (_, counts))| (name, counts)).collect())
}

/// Tells people, and writes the policies down.
fn finish(
    arguments: &InitArguments,
    whose: Whose<'_>,
    fitted: ByServer<Fitted<'_>>,
    mut counts: ByServer<Counts>,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let exact = arguments.fit.percentile >= 100.0;
    let parts: Vec<_> = fitted
        .into_iter()
        .map(|(name, Fitted { known, observed, draft, report, .. })| {
            let counts = counts.remove(&name).unwrap_or_default();
            let own = match whose {
                Whose::Own(own) => Some(own.to_owned()),
                _ => None,
            };
            let server = known.map(|server| server.name.clone()).or(own).or(Some(name.clone()));
            let server = server.filter(|server| !server.is_empty());
            (name, server, draft, report, Proof { observed, counts, exact })
        })
        .collect();
    let begun: Vec<(&str, Begun<'_>)> = parts
        .iter()
        .map(|(name, server, draft, report, proof)| {
            let server = server.as_deref();
            (&**name, Begun { draft, report, server, proof: Some(proof) })
        })
        .collect();
    begun.iter().for_each(|(_, begun)| say(begun, output));
    if begun.iter().all(|(_, begun)| begun.draft.tools.is_empty()) {
        return Ok(ExitStatus::Nothing);
    }
    match (arguments.file.path(), begun.as_slice()) {
        (Some(path), several) if several.len() > 1 || arguments.file.is_folder() => {
            let several: Vec<_> = several.iter().map(|(name, begun)| (*name, begun)).collect();
            folder::write(arguments, path, &several)?;
        }
        (None, _) if arguments.format == OutputFormat::Json => {}
        (_, [(_, only)]) => arguments.file.write(&policy_text(&only.draft.document()))?,
        _ => {}
    }
    if arguments.format == OutputFormat::Json {
        let mut out = stdout();
        match begun.as_slice() {
            [(_, only)] => write_begun_json(&mut out, only)?,
            several => write_begun_all_json(&mut out, several.iter().map(|(_, begun)| begun))?,
        }
        out.flush()?;
    }
    Ok(ExitStatus::of(false, false, begun.iter().any(|(_, begun)| is_unclean(begun))))
}

/// Warns of tools that were to be allowed and were never called.
fn say_never_called(allowed: &[String], observed: &ByServer<Observed>) {
    let called = || observed.values().flat_map(|one| one.tools.keys()).map(String::as_str);
    for name in allowed.iter().filter(|name| !called().any(|called| called == **name)) {
        let help = nearest(name, called()).map(|near| format!(", did you mean `{near}`?"));
        let help = help.unwrap_or_default();
        let warning = format!("warning: --allow {name} changes nothing: no call is of it{help}");
        print_error(&format!("{}\n", escape(&warning)));
    }
}

/// The error for calls to several servers, whose policies are no one document.
fn needs_folder<'s>(servers: impl ExactSizeIterator<Item = &'s String>) -> CliError {
    /// How many servers are named.
    const NAMED: usize = 10;
    let more = servers.len().saturating_sub(NAMED);
    let named = servers.take(NAMED).map(|name| match &**name {
        "" => "one without a name".to_owned(),
        name => format!("`{name}`"),
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    CliError::Refused {
        message: format!("the calls are to several servers: {named}{more}"),
        help: "write a policy for each with `-o FOLDER`, or say with --server or --from that all are one"
            .to_owned(),
    }
}

fn recognised<'c>(catalogue: &'c Catalogue, observed: &Observed) -> Option<&'c Server> {
    let names: Vec<&str> = observed.tools.keys().map(String::as_str).collect();
    // Of a server that is only likely, the tools would be taken for other tools.
    let found =
        catalogue.recognise(&names).filter(|found| found.telling > 1 && found.rival.is_none());
    found.map(|found| found.server)
}

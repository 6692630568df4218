//! `--trace`: cases from recorded calls.

use std::io;
use std::path::{Path, PathBuf};

use super::arguments::TestArguments;
use crate::cli::common::coverage;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::output::print_error;
use crate::cli::common::{policies, test_file, trace_input};
use crate::coverage::Picker;
use crate::engine::{Assumption, CallResult};
use crate::replay::{Gateway, NumberedCall};
use crate::report::escape;
use crate::testing::Case;
use crate::trace::{Record, RecordArguments, Redaction};

/// Writes the fewest calls of a trace that meet what all of them do, as cases that expect what policies say.
pub(super) fn write(arguments: &TestArguments, to: &Path) -> Result<ExitStatus, CliError> {
    let chosen = arguments.policies.load(Assumption::start(&arguments.assume))?;
    let compiled = policies::compile(&chosen, &[], &Assumption::together(&arguments.assume))?;
    let servers = chosen.iter().filter_map(|chosen| chosen.server.as_ref());
    let options = &arguments.trace.for_servers(servers);
    let redaction = Redaction::new(arguments.redact.clone());
    let unseen = coverage::unseen(&chosen, &compiled);
    let gateway = Gateway::new(&compiled, |gate| options.replay(gate));
    let mut picker = Picker::new(&compiled, gateway, unseen);
    let redacted =
        |call: NumberedCall<'_>, take: &mut dyn FnMut(&NumberedCall<'_>)| -> io::Result<()> {
            if arguments.redact.is_empty() {
                take(&call);
                return Ok(());
            }
            let mut record = call.record.clone();
            redaction.apply(&mut record);
            take(&NumberedCall { record: &record, ..call });
            Ok(())
        };
    let run = trace_input::read(&arguments.traces, options, |call| {
        redacted(call, &mut |call| picker.add(call))
    })?;
    trace_input::read_again(&arguments.traces, options, |call| {
        redacted(call, &mut |call| picker.add_again(call))
    })?;
    let (cases, untold) = picker.finish();
    let members = chosen
        .iter()
        .map(|chosen| (chosen.server.as_deref(), PathBuf::from(&chosen.loaded.document.name)));
    let tested = test_file::Tested {
        command: "gatelint test --trace",
        policies: members.collect(),
        home: arguments.policies.home(),
        assumed: &arguments.assume,
    };
    let shown = escape(&to.display().to_string()).into_owned();
    let left = match untold {
        0 => String::new(),
        more => format!(
            "; what {more} more calls meet is not in them, for they rest on too many others"
        ),
    };
    match cases.is_empty() {
        true => print_error(&format!(
            "error: no call meets anything of the policies, {shown} is not written\n  help: check --policy, and `gatelint replay` for what the calls come to\n"
        )),
        false => {
            let written = test_file::write(to, arguments.force, &tested, cases.iter())?.len();
            print_error(&format!(
                "note: {written} cases that meet what {} calls do were written to {shown}{left}\n",
                run.calls
            ));
            if !arguments.redact.is_empty() {
                print_error(&format!("note: {}\n", kept(&cases)));
            }
        }
    }
    Ok(ExitStatus::of(options.is_bad(&run), cases.is_empty() && !options.allow_empty, false))
}

/// What stands in cases as it was recorded, although values of arguments are left out.
fn kept(cases: &[Case]) -> String {
    let records = || cases.iter().flat_map(|case| &case.steps).map(|step| &step.record);
    let any = |is: fn(&Record<'_>) -> bool| records().any(is);
    let parts = [
        ("names of tools", true),
        ("times", true),
        ("names of arguments", any(|one| matches!(one.arguments, RecordArguments::Names(_)))),
        (
            "arguments of calls that have none of those names",
            any(|one| one.arguments.json().is_some()),
        ),
        ("grants", any(|one| !one.grant.is_empty())),
        ("servers", any(|one| !one.server.is_empty())),
        ("folders", any(|one| !one.folder.is_empty() || one.roots.is_some())),
        ("modes", any(|one| !one.mode.is_empty())),
        ("results", any(|one| one.result != CallResult::Ok)),
    ];
    let there: Vec<&str> =
        parts.into_iter().filter(|(_, is_there)| *is_there).map(|(part, _)| part).collect();
    format!("only values of arguments are left out; as recorded there stand: {}", there.join(", "))
}

//! `--trace`: cases from recorded calls.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::arguments::TestArguments;
use crate::cli::common::coverage;
use crate::cli::common::error::CliError;
use crate::cli::common::exit::ExitStatus;
use crate::cli::common::output::print_error;
use crate::cli::common::{config_input, policies, test_file, trace_input};
use crate::coverage::{Picker, Picks};
use crate::replay::Gateway;
use crate::report::{by_number, count, escape};
use crate::trace::{Record, Redaction};

/// Writes the fewest calls of a trace that meet what all of them do, as cases that expect what policies say.
pub(super) fn write(arguments: &TestArguments, to: &Path) -> Result<ExitStatus, CliError> {
    let chosen = arguments.policies.load(arguments.assume.start())?;
    let compiled = policies::compile(&chosen, &[], &arguments.assume.together())?;
    let servers = chosen.iter().filter_map(|chosen| chosen.server.as_ref());
    let options = &arguments.trace.for_servers(servers);
    let config = config_input::read(arguments.policies.config())?;
    let redaction = Redaction::new([&arguments.redact[..], &config.secret_arguments].concat());
    let unseen = coverage::unseen(&chosen, &compiled);
    let gateway = || Gateway::new(&compiled, |gate| options.replay(gate));
    let mut picker = Picker::new(&compiled, [gateway(), gateway()], unseen);
    let mut secrets = BTreeSet::new();
    let mut shown = |record: &Record<'_>| {
        let mut shown = record.clone().into_owned();
        redaction.cover(&mut shown, &mut secrets);
        shown
    };
    let run = trace_input::read(&arguments.traces, options, |call| {
        picker.add(&call, &shown(call.record));
        Ok(())
    })?;
    let name = escape(&to.display().to_string()).into_owned();
    if options.is_bad(&run) || run.calls == 0 {
        print_error(&format!("note: {name} is not written\n"));
        return Ok(ExitStatus::of(options.is_bad(&run), options.is_empty(&run), false));
    }
    trace_input::read_again(&arguments.traces, options, |call| {
        picker.add_again(&call, &shown(call.record));
        Ok(())
    })?;
    let Picks { cases, untold, withheld } = picker.finish();
    let members = chosen
        .iter()
        .map(|chosen| (chosen.server.as_deref(), PathBuf::from(&chosen.loaded.document.name)));
    let tested = test_file::Tested {
        command: "gatelint test --trace",
        policies: members.collect(),
        home: arguments.policies.home(),
        assumed: &arguments.assume.all,
    };
    let left = match untold {
        0 => String::new(),
        more => format!(
            "; what {} meet{} is not in them, for it rests on too many others",
            count(more as u64, "more call"),
            by_number(more as u64, "s", "")
        ),
    };
    match cases.is_empty() {
        true => print_error(&format!(
            "error: no call meets anything of the policies, {name} is not written\n  help: check --policy, and `gatelint replay` for what the calls come to\n"
        )),
        false => {
            let written = test_file::write(to, arguments.force, &tested, cases.iter())?.len();
            print_error(&format!(
                "note: {} to {name} that {} to all that {} {}{left}\n",
                test_file::written(written),
                by_number(written as u64, "comes", "come"),
                count(run.calls, "call"),
                by_number(run.calls, "does", "do"),
            ));
        }
    }
    say_redacted(&secrets, withheld);
    Ok(ExitStatus::of(false, cases.is_empty() && !options.allow_empty, false))
}

/// Says which values were left out, and which calls because of that.
fn say_redacted(secrets: &BTreeSet<String>, withheld: usize) {
    if !secrets.is_empty() {
        let names: Vec<String> = secrets.iter().map(|name| format!("`{name}`")).collect();
        let names = escape(&names.join(", ")).into_owned();
        print_error(&format!("note: secrets in arguments are written as `redacted`: {names}\n"));
    }
    if withheld > 0 {
        let (calls, them) = match withheld {
            1 => ("1 call".to_owned(), "it"),
            more => (format!("{more} calls"), "them"),
        };
        print_error(&format!(
            "warning: {calls} could not be written because what decides {them} is redacted\n  help: write such a case by hand, with a value that is no secret\n"
        ));
    }
}

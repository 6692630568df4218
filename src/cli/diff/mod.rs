//! `gatelint diff`.

mod arguments;
mod git;
mod output;
mod pair;
mod revisions;
mod written;

use std::io;
use std::mem::ManuallyDrop;
use std::panic::resume_unwind;
use std::path::Path;
use std::thread;

pub(super) use self::arguments::DiffArguments;
use self::arguments::DiffFormat;
use self::pair::Pair;
use super::common::error::CliError;
use super::common::exit::ExitStatus;
use super::common::input::Loaded;
use super::common::output::OutputOptions;
use super::common::trace_input;
use super::common::{agents, config_input, input, test_file};
#[cfg(feature = "mcp")]
use crate::catalogue::Catalogue;
use crate::diff::{AccessChanges, Comparison, Gates, edits};
use crate::replay::{NumberedCall, Visitor};
#[cfg(feature = "mcp")]
use crate::report::{Style, write_diff_json};
use crate::solver::Budget;
use crate::trace::Toolset;

/// How many calls of each group people are shown unless they ask for all.
const SHOWN: usize = 10;

/// How large a file is that is read at the same time as another, in bytes.
const LARGE: u64 = 1 << 20;

/// Compares two policies that were read already, and writes what comes of it for reading and as JSON.
#[cfg(feature = "mcp")]
pub(super) fn diff_asked(
    arguments: &DiffArguments,
    (old, new): (Loaded, Loaded),
    catalogue: &Catalogue,
    style: &Style,
    text: &mut String,
    json: &mut Vec<u8>,
) -> Result<(), CliError> {
    arguments.catalogue.check(catalogue)?;
    let pair = Pair { old, new, history: None, options: Vec::new() };
    let access = arguments.access(&pair, catalogue, &Budget::new(Some(arguments.timeout)));
    let edits = edits(pair.old_root(), pair.new_root());
    let compared = pair.compared(&edits);
    arguments.write_human(text, &(&compared, &access, None), style);
    Ok(write_diff_json(json, &compared, &access, None, false)?)
}

pub(super) fn run(
    arguments: &DiffArguments,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    arguments.check()?;
    if let Some(to) = &arguments.write {
        test_file::check(to, arguments.force)?;
    }
    let catalogue = arguments.catalogue.load()?;
    if let Some(range) = &arguments.git {
        return revisions::run(arguments, range, &catalogue, output);
    }
    let [old, new] = arguments.policies.as_slice() else {
        let help = "write `gatelint diff OLD NEW`, or `gatelint diff --git REV [PATH]…`";
        return Err(CliError::usage("two policies are needed", help));
    };
    let config = config_input::read(&arguments.config)?;
    let dialects = arguments.dialect.beside(&config);
    let home = arguments.home.as_deref();
    let named = |path: &Path| dialects.of(&path.display().to_string());
    let read = |path: &Path, other: &Path| {
        let beside = agents::of_folder(other, named(other));
        agents::policy(path, named(path), home, beside.ok().flatten())
    };
    let (old, new) = match is_large(old) && is_large(new) {
        true => {
            let read = |path: &Path| input::policy(path, named(path));
            let (old, new) = thread::scope(|scope| {
                let old = scope.spawn(|| read(old));
                let new = read(new);
                (old.join().unwrap_or_else(|panic| resume_unwind(panic)), new)
            });
            let noted = |policy: Result<Loaded, CliError>| policy.inspect(agents::note_alone);
            (noted(old)?, noted(new)?)
        }
        false => (read(old, new)?, read(new, old)?),
    };
    let options = agents::options(&new, arguments.dialect.named().is_some(), home);
    // The end of the process gives it all back at once; piece by piece that takes as long as to read it.
    let pair = ManuallyDrop::new(arguments.assuming(Pair { old, new, history: None, options }));
    let pair = &*pair;
    let budget = Budget::new(Some(arguments.timeout));
    let access = arguments.access(pair, &catalogue, &budget);
    if let Some(to) = &arguments.write {
        written::write(arguments, to, std::iter::once((pair, &access)))?;
    }
    if !arguments.traces.is_empty() {
        return run_traced(arguments, pair, &access, output);
    }
    let edits = edits(pair.old_root(), pair.new_root());
    arguments.write(&[(&pair.compared(&edits), &access, None)], &output.style())?;
    Ok(ExitStatus::of(false, false, arguments.is_failed_by(&access, None)))
}

/// Whether a path is that of a file that takes so long to be read that another is better read at the same time.
fn is_large(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.len() >= LARGE)
}

/// Decides recorded calls under both policies as well.
fn run_traced(
    arguments: &DiffArguments,
    pair: &Pair,
    access: &AccessChanges<'_>,
    output: &OutputOptions,
) -> Result<ExitStatus, CliError> {
    let gates =
        Gates::new((&pair.old.policy, pair.old_root()), (&pair.new.policy, pair.new_root()));
    let every = arguments.all || arguments.format == DiffFormat::Json;
    let shown = if every { usize::MAX } else { SHOWN };
    let options = &arguments.trace;
    let compare = || Compare {
        comparison: Comparison::new(&gates, shown, |gate| options.replay(gate)),
        decides_agent: gates.are_of_agents(),
        of_agent: 0,
    };
    let mut run = trace_input::read_in_order(&arguments.traces, options, compare)?;
    let Compare { comparison, of_agent, .. } = run.visitors.pop().expect("every run has a visitor");
    let flips = comparison.finish();
    let compared = pair.compared(gates.edits());
    arguments.write(&[(&compared, access, Some(&flips))], &output.style())?;
    trace_input::say_of_agent(of_agent, run.calls);
    trace_input::say_whose_calls(&run, gates.count_by_grant());
    let found = arguments.is_failed_by(access, Some(&flips));
    Ok(ExitStatus::of(options.is_bad(&run), options.is_empty(&run), found))
}

/// Compares call by call.
struct Compare<'g> {
    comparison: Comparison<'g>,
    /// Whether the policies are about the agent's own tools.
    decides_agent: bool,
    /// Calls of the agent's own tools, which no gateway that these policies are for sees.
    of_agent: u64,
}

impl Visitor for Compare<'_> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        match call.record.toolset {
            Toolset::Agent if !self.decides_agent => self.of_agent += 1,
            _ => self.comparison.add(call.record, call.grant, call.time),
        }
        Ok(())
    }
}

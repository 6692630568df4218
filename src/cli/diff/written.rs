//! `--write`: what changes between two policies as cases.
//!
//! A case expects what the stricter of the two policies says: what a change closes stays closed, and what it opens
//! fails until somebody has decided that it may be open.

use std::path::{Path, PathBuf};

use super::arguments::DiffArguments;
use super::pair::Pair;
use crate::cli::common::error::CliError;
use crate::cli::common::input::Loaded;
use crate::cli::common::output::print_error;
use crate::cli::common::test_file;
use crate::diff::AccessChanges;
use crate::engine::{Gate, Outcome};
use crate::mutation::missing_cases;
use crate::replay::Policies;
use crate::report::escape;
use crate::testing::{Case, first_failure};

/// Writes the calls that are shown as cases, and says under which policy they fail.
pub(super) fn write(
    arguments: &DiffArguments,
    to: &Path,
    pair: &Pair,
    access: &AccessChanges<'_>,
) -> Result<(), CliError> {
    let [old, new] = [&pair.old, &pair.new].map(compiled);
    let name = |tool: &str, rule: &str| format!("{tool}: {rule}");
    let opened = missing_cases(access.lost(), "", [&old, &new], name);
    let closed = missing_cases(access.gained(), "", [&new, &old], name);
    let all = opened.chain(closed).collect::<Vec<_>>();
    let untold = all.iter().filter(|case| case.is_err()).count();
    let cases = all.into_iter().flatten().map(|case| told(case, pair, [&old, &new]));
    let cases: Vec<Case> = cases.collect();
    let shown = escape(&to.display().to_string()).into_owned();
    if cases.is_empty() {
        print_error(&format!("note: no call shows a change, {shown} is not written\n"));
        return Ok(());
    }
    let policy = PathBuf::from(&pair.new.document.name);
    let tested = test_file::Tested {
        command: "gatelint diff",
        policies: vec![(None, policy)],
        home: arguments.home.as_deref(),
        ..test_file::Tested::default()
    };
    let written = test_file::write(to, arguments.force, &tested, cases.iter())?;
    let left = match untold {
        0 => String::new(),
        more => format!("; {more} changes have no call that shows them"),
    };
    print_error(&format!("note: {} cases were written to {shown}{left}\n", written.len()));
    let fails = |policies| {
        written.iter().filter(|case| first_failure(case, policies, None).is_some()).count()
    };
    let [old_name, new_name] =
        [&pair.old, &pair.new].map(|loaded| escape(&loaded.document.name).into_owned());
    let (closed, opened) = (fails(&old), fails(&new));
    if closed > 0 {
        print_error(&format!(
            "  {closed} of them keep closed what {new_name} closes: they pass under it and fail under {old_name}\n"
        ));
    }
    if opened > 0 {
        print_error(&format!(
            "warning: {opened} of them fail under {new_name}, which opens what {old_name} does not let pass\n  help: mend the policy, or write what it says into `expect` where that is meant\n"
        ));
    }
    Ok(())
}

fn compiled(loaded: &Loaded) -> Policies {
    let mut policies = Policies::default();
    policies.add(None, loaded.document.name.clone(), Gate::new(&loaded.policy));
    policies
}

/// A case with what becomes of its call in its name, for whoever finds it failing.
fn told(case: Case, pair: &Pair, [old, new]: [&Policies; 2]) -> Case {
    let of = |policies| {
        let failure = first_failure(&case, policies, None)?;
        Some((failure.played.step.expected.outcome, failure.found.outcome?))
    };
    let (old_name, new_name) = (&pair.old.document.name, &pair.new.document.name);
    let step = |verb: &str, [before, after]: [Outcome; 2]| {
        format!("{}, {verb}: {before} under {old_name}, {after} under {new_name}", case.name)
    };
    let name = match (of(old), of(new)) {
        (_, Some((before, after))) => step("opened", [before, after]),
        (Some((after, before)), None) => step("closed", [before, after]),
        (None, None) => case.name.clone(),
    };
    Case { name, ..case }
}

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
use crate::diff::{AccessChanges, Origin};
use crate::engine::{Gate, Outcome};
use crate::mutation::missing_cases;
use crate::replay::Policies;
use crate::report::{by_number, command, count, escape};
use crate::testing::{Case, first_failure};

/// The cases of one policy that changed.
struct Shown<'p> {
    pair: &'p Pair,
    /// The policy, where it lies.
    policy: PathBuf,
    cases: Vec<Case>,
    /// How many changes have no call that shows them.
    untold: usize,
}

/// Writes the calls that are shown of the one policy that changed as cases, and says under which version they fail.
pub(super) fn write<'p>(
    arguments: &DiffArguments,
    to: &Path,
    changed: impl Iterator<Item = (&'p Pair, &'p AccessChanges<'p>)>,
) -> Result<(), CliError> {
    let all = changed.filter_map(|(pair, access)| shown(pair, access).transpose());
    let all = all.collect::<Result<Vec<Shown<'_>>, CliError>>()?;
    let name = escape(&to.display().to_string()).into_owned();
    let Shown { pair, policy, cases, untold } = match all.as_slice() {
        [] => {
            print_error(&format!("note: no call shows a change, {name} is not written\n"));
            return Ok(());
        }
        [only] => only,
        several => {
            let names = several.iter().map(|one| one.policy.display().to_string());
            let names: Vec<String> = names.collect();
            let message = format!("several policies changed: {}", names.join(", "));
            let help = format!(
                "name the one whose calls are written: --git REV {}",
                command::operand(&names[0])
            );
            return Err(CliError::usage(&message, &help));
        }
    };
    let tested = test_file::Tested {
        command: "gatelint diff",
        policies: vec![(None, policy.clone())],
        home: arguments.home.as_deref(),
        ..test_file::Tested::default()
    };
    let written = test_file::write(to, arguments.force, &tested, cases.iter())?;
    let left = match untold {
        0 => String::new(),
        more => {
            let have = by_number(*more as u64, "has", "have");
            format!("; {} {have} no call that shows it", count(*more as u64, "change"))
        }
    };
    print_error(&format!("note: {} to {name}{left}\n", test_file::written(written.len())));
    let [old, new] = [&pair.old, &pair.new].map(compiled);
    let fails = |policies| {
        written.iter().filter(|case| first_failure(case, policies, None).is_some()).count()
    };
    let [old_name, new_name] =
        [&pair.old, &pair.new].map(|loaded| escape(&loaded.document.name).into_owned());
    let (closed, opened) = (fails(&old), fails(&new));
    if closed > 0 {
        print_error(&format!(
            "  {closed} of them {} closed what {new_name} closes: {} under it and {} under {old_name}\n",
            by_number(closed as u64, "keeps", "keep"),
            by_number(closed as u64, "it passes", "they pass"),
            by_number(closed as u64, "fails", "fail")
        ));
    }
    if opened > 0 {
        print_error(&format!(
            "warning: {opened} of them {} under {new_name}, which opens what {old_name} does not let pass\n  help: mend the policy, or write what it says into `expect` where that is meant\n",
            by_number(opened as u64, "fails", "fail")
        ));
    }
    Ok(())
}

/// The calls that show how one policy changed; none where no call does.
fn shown<'p>(pair: &'p Pair, access: &AccessChanges<'_>) -> Result<Option<Shown<'p>>, CliError> {
    let [old, new] = [&pair.old, &pair.new].map(compiled);
    let name = |tool: &str, rule: &str| format!("{tool}: {rule}");
    let opened = missing_cases(access.lost(), "", [&old, &new], name);
    let closed = missing_cases(access.gained(), "", [&new, &old], name);
    let all = opened.chain(closed).collect::<Vec<_>>();
    let untold = all.iter().filter(|case| case.is_err()).count();
    let cases = all.into_iter().flatten().map(|case| told(case, pair, [&old, &new]));
    let cases: Vec<Case> = cases.collect();
    if cases.is_empty() {
        return Ok(None);
    }
    let policy = match pair.history.as_ref().map(|history| &history.new) {
        None => &pair.new.document.name,
        Some(Some(Origin::File(path))) => path,
        Some(_) => {
            let message = "a test file is for a policy that lies in a file, not in a revision";
            let help = "compare a revision with the files as they are: --git REV";
            return Err(CliError::usage(message, help));
        }
    };
    Ok(Some(Shown { pair, policy: policy.into(), cases, untold }))
}

fn compiled(loaded: &Loaded) -> Policies {
    let mut policies = Policies::default();
    policies.add(None, loaded.document.name.clone(), Gate::new(&loaded.policy));
    policies
}

/// The name of a file, without the folders that it lies in here.
fn short(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// A case with what becomes of its call in its name, for whoever finds it failing.
fn told(case: Case, pair: &Pair, [old, new]: [&Policies; 2]) -> Case {
    let of = |policies| {
        let failure = first_failure(&case, policies, None)?;
        Some((failure.played.step.expected.outcome, failure.found.outcome?))
    };
    let [old_name, new_name] = [&pair.old, &pair.new].map(|loaded| short(&loaded.document.name));
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

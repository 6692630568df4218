//! `--write`: the calls that show a change as a test file.

use std::path::{Path, PathBuf};

use super::arguments::DiffArguments;
use super::pair::Pair;
use crate::cli::common::error::CliError;
use crate::cli::common::output::print_error;
use crate::cli::common::test_file;
use crate::diff::{AccessChanges, Certainty, Origin};
use crate::engine::Gate;
use crate::mutation::missing_cases;
use crate::replay::Policies;
use crate::report::escape;
use crate::testing::Case;

/// The cases of one policy that changed.
struct Shown {
    policy: PathBuf,
    cases: Vec<Case>,
    /// How many changes have no call that shows them.
    untold: usize,
    /// Whether the new policy lets pass what the old one refused.
    opens: bool,
}

/// Writes the calls that are shown as cases for the new policy, which fail under the old one.
pub(super) fn write<'p>(
    arguments: &DiffArguments,
    to: &Path,
    changed: impl Iterator<Item = (&'p Pair, &'p AccessChanges<'p>)>,
) -> Result<(), CliError> {
    let shown = changed.filter_map(|(pair, access)| shown(pair, access).transpose());
    let shown = shown.collect::<Result<Vec<Shown>, CliError>>()?;
    let name = escape(&to.display().to_string()).into_owned();
    let Shown { policy, cases, untold, opens } = match shown.as_slice() {
        [] => {
            print_error(&format!("note: no call shows a change, {name} is not written\n"));
            return Ok(());
        }
        [only] => only,
        several => {
            let names = several.iter().map(|one| one.policy.display().to_string());
            let names: Vec<String> = names.collect();
            let message = format!("several policies changed: {}", names.join(", "));
            let help = format!("name the one whose calls are written: --git REV {}", names[0]);
            return Err(CliError::usage(&message, &help));
        }
    };
    let policies = [(None, policy.clone())];
    let written = test_file::write(to, arguments.force, &policies, cases.iter())?;
    let left = match untold {
        0 => String::new(),
        more => format!("; {more} changes have no call that shows them"),
    };
    let opened = match opens {
        true => "; some of them let pass what the old policy refused: read them",
        false => "",
    };
    let written = test_file::written(written);
    print_error(&format!("note: {written} to {name}{left}{opened}\n"));
    Ok(())
}

/// The calls that show how one policy changed; none where no call does.
fn shown(pair: &Pair, access: &AccessChanges<'_>) -> Result<Option<Shown>, CliError> {
    let both = [&pair.new, &pair.old].map(|loaded| {
        let mut policies = Policies::default();
        policies.add(None, loaded.document.name.clone(), Gate::new(&loaded.policy));
        policies
    });
    let name = |tool: &str, rule: &str| format!("{tool}: {rule}");
    let (mut cases, mut untold): (Vec<Case>, usize) = (Vec::new(), 0);
    for case in missing_cases(access, "", both.each_ref(), name) {
        match case {
            Ok(case) => cases.push(case),
            Err(_) => untold += 1,
        }
    }
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
    let opens = access.loosens() > Certainty::No;
    Ok(Some(Shown { policy: policy.into(), cases, untold, opens }))
}

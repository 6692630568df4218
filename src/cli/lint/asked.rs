//! Linting what somebody asks about who is handed the answer: nothing is mended, and nothing written.

use super::arguments::LintArguments;
use super::format::name_unreadable;
use super::judge::Judged;
use super::{Ground, find_files, say_doubtful, say_unknown, unused};
use crate::catalogue::Catalogue;
use crate::cli::common::error::CliError;
use crate::cli::common::input;
use crate::config::Config;
use crate::lint::{Rule, all_rules};
use crate::report::Linted;
use crate::source::Document;

/// What is asked about.
pub(in crate::cli) enum Asked {
    /// The paths of the arguments.
    Paths,
    /// A text, in place of what stands in its file.
    Text(Box<Document>),
}

/// Lints as the command does, and shows what was found, if there was something to judge.
pub(in crate::cli) fn lint_asked<T>(
    asked: Asked,
    arguments: &LintArguments,
    (config, catalogue): (&Config, &Catalogue),
    show: impl FnOnce(&Linted<'_>) -> T,
) -> Result<T, CliError> {
    let ground = Ground::new(arguments, config, catalogue)?;
    let judge = ground.judge(arguments, config, catalogue);
    let is_of_paths = matches!(asked, Asked::Paths);
    let Judged { mut reports, unreadable, passed_over, stale, .. } = match asked {
        Asked::Text(document) => {
            Judged { reports: vec![judge.document(*document)], ..Judged::default() }
        }
        Asked::Paths => judge.all(find_files(arguments, config)),
    };
    input::sound(catalogue)?;
    let is_empty = reports.is_empty();
    if is_of_paths {
        reports.extend(unused::report(config, &ground.settings, &reports, &passed_over));
    }
    let rules: Vec<&Rule> = all_rules(&ground.settings.house).collect();
    let (reports, unreadable, passed_over) = (&*reports, &*unreadable, &*passed_over);
    let linted =
        Linted { asked: &arguments.paths, reports, rules: &rules, unreadable, passed_over, stale };
    name_unreadable(&linted);
    say_doubtful(&linted);
    say_unknown(&linted);
    // What could not be read is told as what was judged is.
    if is_empty && unreadable.is_empty() {
        let help = "name a policy, or a folder that holds one";
        return Err(CliError::usage("no policy was judged", help));
    }
    Ok(show(&linted))
}

//! Policies in a folder, each in a file that is named after its server.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::arguments::InitArguments;
use crate::cli::common::error::CliError;
use crate::cli::common::input;
use crate::cli::common::output::print_error;
use crate::cli::common::output_file::write_folder;
use crate::policy::{self, Dialect};
use crate::report::{Begun, escape, policy_text};

/// The longest name of a file, without its ending: file systems have room for 255 bytes.
const LONGEST_NAME: usize = 100;

/// Names that Windows keeps for devices, whatever their ending
/// (<https://learn.microsoft.com/windows/win32/fileio/naming-a-file>).
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Writes policies by the names that the trace gives their servers: all of them or none.
pub(super) fn write(
    arguments: &InitArguments,
    folder: &Path,
    begun: &[(&str, &Begun<'_>)],
) -> Result<(), CliError> {
    let mut taken = HashSet::new();
    let files: Vec<(PathBuf, String)> = begun
        .iter()
        .map(|(name, begun)| {
            let named = if name.is_empty() { begun.server } else { Some(*name) };
            let name = file_name(named.unwrap_or_default(), arguments.to, &mut taken);
            (folder.join(name), policy_text(&begun.draft.document()))
        })
        .collect();
    write_folder(folder, &files, arguments.file.is_forced())?;
    for (path, _) in &files {
        print_error(&format!("wrote {}\n", escape(&path.display().to_string())));
    }
    if arguments.file.is_forced() {
        say_stale(folder, &files);
    }
    Ok(())
}

/// Names the policies in the folder that were not written now: who uses the folder uses them as well.
fn say_stale(folder: &Path, files: &[(PathBuf, String)]) {
    let is_policy = |path: &PathBuf| {
        let ending = path.extension().and_then(|ending| ending.to_str());
        let has_ending = ending.is_some_and(|ending| ["json", "yaml", "yml"].contains(&ending));
        has_ending
            && input::document(path).is_ok_and(|read| policy::read(&read, None).policy.is_some())
    };
    let is_new = |path: &PathBuf| files.iter().any(|(written, _)| written == path);
    let there = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut stale: Vec<PathBuf> =
        there.map(|file| file.path()).filter(|path| is_policy(path) && !is_new(path)).collect();
    stale.sort();
    for path in stale {
        let path = path.display().to_string();
        print_error(&format!(
            "warning: {} is from before and was left as it is: no call is to a server of that name\n",
            escape(&path)
        ));
    }
}

/// A name for the file of a server's policy, which no other has: what is no plain sign of a name is `_`.
fn file_name(server: &str, dialect: Dialect, taken: &mut HashSet<String>) -> String {
    let is_plain = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.');
    let plain: String = server
        .chars()
        .take(LONGEST_NAME)
        .map(|sign| if is_plain(sign) { sign } else { '_' })
        .collect();
    let plain = plain.trim_start_matches('.');
    let device = plain.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let stem = match plain {
        "" => "policy".to_owned(),
        // Programs take it for an option.
        plain if plain.starts_with('-') => format!("_{}", &plain[1..]),
        plain if DEVICES.contains(&&*device) => format!("_{plain}"),
        plain => plain.to_owned(),
    };
    let ending = if dialect.is_intercept() { "yaml" } else { "json" };
    let numbered = (2..).map(|number| format!("{stem}-{number}.{ending}"));
    let mut names = std::iter::once(format!("{stem}.{ending}")).chain(numbered);
    names.find(|name| taken.insert(name.to_lowercase())).expect("numbers do not end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_has_a_file_that_any_system_can_have_and_no_other_has() {
        let long = "x".repeat(300);
        let mut taken = HashSet::new();
        let mut name = |server: &str| file_name(server, Dialect::V1, &mut taken);
        for (server, file) in [
            ("git", "git.json"),
            ("Git", "Git-2.json"),
            ("-o", "_o.json"),
            ("con", "_con.json"),
            ("NUL.txt", "_NUL.txt.json"),
            ("../x", "_x.json"),
            ("", "policy.json"),
            ("...", "policy-2.json"),
            ("a/b", "a_b.json"),
            ("a\u{202e}b", "a_b-2.json"),
        ] {
            assert_eq!(name(server), file, "{server}");
        }
        assert_eq!(name(&long).len(), LONGEST_NAME + ".json".len());
        assert_ne!(name(&format!("{long}y")), format!("{}.json", "x".repeat(LONGEST_NAME)));
    }
}

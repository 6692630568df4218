//! What a call launches: commands by their words, and patches.

use std::borrow::Cow;

use super::subjects::{All, Finder, Subject, patched};
use crate::engine::arguments::{Found, Value};
use crate::engine::decision::Missing;
use crate::policy::Launch;
use crate::policy::paths::{relative, resolved};
use crate::shell::{TooLong, plain_commands, shell_text};

/// The shells that a user may have, where it is not known which.
const SHELLS: [&str; 3] = ["/bin/bash", "/bin/zsh", "/bin/sh"];

/// What begins a patch that stands alone.
const PATCH: &str = "*** Begin Patch";

/// The programs that apply one.
const PATCHERS: [&str; 2] = ["apply_patch", "applypatch"];

/// The folder that is gone to before, and the patch.
type Patch<'t> = (Option<&'t str>, &'t str);

/// What a call gives to be launched.
enum Given<'a> {
    Words(Vec<String>),
    Text(Cow<'a, str>),
    Nothing,
}

impl<'a> Finder<'_, 'a> {
    /// The commands. Where there is a patch instead, there are none.
    pub(super) fn launched(&self, launch: &Launch, is_own: bool) -> All<'a> {
        let given = match self.given(launch) {
            Ok(given) => given,
            Err(fact) => return unknown(fact),
        };
        let lines = match given {
            Given::Nothing if is_own => {
                return vec![vec![Subject::Unknown(Missing::UnrecordedArguments)]];
            }
            Given::Nothing => return Vec::new(),
            Given::Words(words) if patch_of_words(&words).is_some() => return Vec::new(),
            Given::Text(text) if patch(&text).is_some() => return Vec::new(),
            Given::Words(words) => vec![words],
            Given::Text(text) => match self.shells(launch) {
                Ok(shells) => {
                    shells.into_iter().map(|(shell, flag)| line(shell, flag, &text)).collect()
                }
                Err(fact) => return unknown(fact),
            },
        };
        commands(lines).unwrap_or_else(|_| unknown(Missing::LongCommand))
    }

    /// The commands, where the call asks to leave the sandbox.
    pub(super) fn launched_outside(&self, launch: &Launch) -> All<'a> {
        let (key, value) = launch.outside;
        match self.argument(key) {
            Ok(Some(asked)) if asked == value => self.launched(launch, false),
            Ok(_) => Vec::new(),
            Err(fact) => unknown(fact),
        }
    }

    /// The paths of a patch.
    pub(super) fn launched_patch(&self, launch: &Launch) -> All<'a> {
        let found = match self.given(launch) {
            Ok(Given::Words(words)) => patch_of_words(&words).map(owned),
            Ok(Given::Text(text)) => patch(&text).map(owned),
            Ok(Given::Nothing) => None,
            Err(fact) => return unknown(fact),
        };
        let Some((below, patch)) = found else { return Vec::new() };
        let Some(start) = self.start() else {
            return vec![vec![Subject::Unknown(Missing::Folder)]];
        };
        let folder = self.argument(launch.folder).ok().flatten();
        let folder = folder.map_or_else(|| start.to_owned(), |folder| resolved(start, &folder));
        let folder = below.map_or_else(|| folder.clone(), |below| resolved(&folder, &below));
        let path = |path| {
            let whole = resolved(&folder, path);
            vec![Subject::Path(relative(start, &whole), whole)]
        };
        patched(&patch).map(path).collect()
    }

    fn given(&self, launch: &Launch) -> Result<Given<'a>, Missing> {
        match self.call.arguments.find(&[launch.command.to_owned()]) {
            Found::Value(Value::String(text)) => Ok(Given::Text(text)),
            Found::Value(Value::List(json)) => {
                let words =
                    serde_json::from_str(json).ok().filter(|words: &Vec<String>| !words.is_empty());
                Ok(words.map_or(Given::Nothing, Given::Words))
            }
            Found::Value(_) | Found::Nothing => Ok(Given::Nothing),
            Found::Unknown(fact) => Err(fact),
        }
    }

    /// The shells that may run a text, each with its option.
    fn shells(&self, launch: &Launch) -> Result<Vec<(String, &'static str)>, Missing> {
        let shells = match self.argument(launch.shell)? {
            Some(shell) => vec![shell.into_owned()],
            None => match &self.ground().shell {
                Some(shell) => vec![shell.clone()],
                None => SHELLS.map(str::to_owned).to_vec(),
            },
        };
        let flag = match self.call.arguments.find(&[launch.login.to_owned()]) {
            Found::Value(Value::Bool(false)) => "-c",
            Found::Unknown(fact) => return Err(fact),
            _ => "-lc",
        };
        Ok(shells.into_iter().map(|shell| (shell, flag)).collect())
    }
}

fn line(shell: String, flag: &str, text: &str) -> Vec<String> {
    vec![shell, flag.to_owned(), text.to_owned()]
}

/// The commands of lines of which one is the true one: those of their texts, which all have, where these
/// are plain; else the lines themselves.
fn commands<'a>(lines: Vec<Vec<String>>) -> Result<All<'a>, TooLong> {
    let text = lines.first().and_then(|line| shell_text(line));
    let plain = text.map(plain_commands).transpose()?.flatten();
    Ok(match plain.filter(|commands| !commands.is_empty()) {
        Some(commands) => commands.into_iter().map(|words| vec![command(words)]).collect(),
        None => vec![lines.into_iter().map(command).collect()],
    })
}

fn command<'a>(words: Vec<String>) -> Subject<'a> {
    Subject::Command(words.join(" "), Some(words))
}

/// Something that is not known, and may be nothing.
fn unknown<'a>(fact: Missing) -> All<'a> {
    vec![vec![Subject::Unknown(fact), Subject::Nothing]]
}

/// The patch that a command is given as its argument.
fn patch_of_words(words: &[String]) -> Option<Patch<'_>> {
    match words {
        [program, patch] if PATCHERS.contains(&&**program) => Some((None, patch)),
        _ => patch(shell_text(words)?),
    }
}

fn owned((folder, patch): Patch<'_>) -> (Option<String>, String) {
    (folder.map(str::to_owned), patch.to_owned())
}

/// The patch that a text is, or applies as a heredoc; with the folder that it goes to before.
fn patch(text: &str) -> Option<Patch<'_>> {
    let text = text.trim();
    if text.starts_with(PATCH) {
        return Some((None, text));
    }
    let (folder, rest) = match text.strip_prefix("cd ") {
        Some(rest) => {
            let (folder, rest) = rest.split_once("&&")?;
            (Some(folder.trim().trim_matches(['\'', '"'])), rest.trim_start())
        }
        None => (None, text),
    };
    let rest = PATCHERS.iter().find_map(|program| rest.strip_prefix(program))?;
    let (mark, body) = rest.trim_start().strip_prefix("<<")?.split_once('\n')?;
    let mark = mark.trim().trim_matches(['\'', '"']);
    let body = body.strip_suffix(mark)?;
    body.trim_start().starts_with(PATCH).then_some((folder, body))
}

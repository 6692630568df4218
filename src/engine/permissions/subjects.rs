//! What rules are held against: the texts, paths and commands in a call.

use std::borrow::Cow;

use super::part_paths;
use super::parts::{self, PartForms, Places};
use crate::engine::arguments::{Found, Value};
use crate::engine::call::Call;
use crate::engine::decision::Missing;
use crate::policy::paths::{below, followed, is_within, parent, relative, resolved};
use crate::policy::{Ground, Outer, Permissions, Subjects};
use crate::shell::{Command, Script, Word, WordKind};

/// One thing that rules are held against.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Subject<'a> {
    /// A text.
    Text(Cow<'a, str>),
    /// A command: its text, and its words where all of them are fixed.
    Command(String, Option<Vec<String>>),
    /// A path: as rules know it, and as an absolute one.
    Path(String, String),
    /// A part of a shell text.
    Part(PartForms),
    /// Nothing after all.
    Nothing,
    /// It is there, or may be, and is not known.
    Unknown(Missing),
}

/// Finds the subjects of a call.
pub(super) struct Finder<'f, 'a> {
    pub(super) permissions: &'f Permissions,
    pub(super) call: &'f Call<'a>,
}

/// Subjects, each of which is one of several.
pub(super) type All<'a> = Vec<Vec<Subject<'a>>>;

/// What begins a line of a patch that names a file.
const PATCH_LINES: [&str; 4] =
    ["*** Add File: ", "*** Update File: ", "*** Delete File: ", "*** Move to: "];

/// What ends the part of a path that is known, where the shell puts in names of files.
const GLOB: [char; 3] = ['?', '*', '['];

impl Subject<'_> {
    /// The text that patterns of texts are held against.
    pub(super) fn text(&self) -> Result<&str, Missing> {
        match self {
            Subject::Text(text) => Ok(text),
            Subject::Command(text, _) | Subject::Path(text, _) => Ok(text),
            Subject::Part(part) => Ok(part.text()),
            Subject::Unknown(fact) => Err(*fact),
            Subject::Nothing => Ok(""),
        }
    }
}

impl<'a> Finder<'_, 'a> {
    /// The subjects of a matter. What is not there raises nothing, unless the matter is the tool's own.
    pub(super) fn subjects(&self, of: &Subjects, is_own: bool) -> All<'a> {
        let argument = match of {
            Subjects::Whole => return one(Subject::Text("*".into())),
            Subjects::Search { folder, pattern } => return self.search(folder, *pattern),
            Subjects::Text(key)
            | Subjects::Name(key)
            | Subjects::TextOr(key, _)
            | Subjects::Commands(key)
            | Subjects::Path(key)
            | Subjects::LinkedPath(key)
            | Subjects::PatchPaths(key)
            | Subjects::Parts(key, _)
            | Subjects::PartPaths(key, ..)
            | Subjects::Outside(key, _)
            | Subjects::OutsidePatch(key)
            | Subjects::OutsideCommands { command: key, .. } => self.argument(key),
            Subjects::Launched(launch) => return self.launched(launch, is_own),
            Subjects::LaunchedOutside(launch) => return self.launched_outside(launch),
            Subjects::LaunchedPatch(launch) => return self.launched_patch(launch),
        };
        let text = match argument {
            Ok(Some(text)) => text,
            Ok(None) if matches!(of, Subjects::TextOr(..)) => match of {
                Subjects::TextOr(_, absent) => Cow::Borrowed(*absent),
                _ => return Vec::new(),
            },
            Ok(None) if is_own => return one(Subject::Unknown(Missing::UnrecordedArguments)),
            Ok(None) => return Vec::new(),
            // It may be that nothing is raised.
            Err(fact) => return vec![vec![Subject::Unknown(fact), Subject::Nothing]],
        };
        match of {
            Subjects::Whole
            | Subjects::Text(_)
            | Subjects::TextOr(..)
            | Subjects::Search { .. } => one(Subject::Text(text)),
            Subjects::Parts(_, profile) => match parts::forms(&text, profile, &self.places()) {
                Ok(forms) => forms.into_iter().map(|form| vec![Subject::Part(form)]).collect(),
                Err(_) => too_long(),
            },
            Subjects::PartPaths(_, way, profile) => {
                match part_paths::paths(&text, *way, profile, &self.places()) {
                    Ok(paths) => paths
                        .into_iter()
                        .flat_map(|path| self.with_target(known_path(path)))
                        .collect(),
                    Err(_) => too_long(),
                }
            }
            Subjects::Commands(_) => self.commands(&text),
            Subjects::Path(_) => one(self.path(&text)),
            Subjects::LinkedPath(_) => self.with_target(self.path(&self.at_home(&text))),
            Subjects::Name(_) => {
                one(Subject::Text(text.strip_prefix('/').unwrap_or(&text).to_owned().into()))
            }
            Subjects::PatchPaths(_) => patched(&text).map(|path| vec![self.path(path)]).collect(),
            Subjects::Outside(_, outer) => vec![self.outside(self.start(), &text, *outer)],
            Subjects::OutsidePatch(_) => {
                patched(&text).map(|path| self.outside(self.start(), path, Outer::Parent)).collect()
            }
            Subjects::OutsideCommands { folder, .. } => self.outside_commands(&text, folder),
            Subjects::Launched(_) | Subjects::LaunchedOutside(_) | Subjects::LaunchedPatch(_) => {
                Vec::new()
            }
        }
    }

    /// The text of an argument; none where there is none.
    pub(super) fn argument(&self, key: &str) -> Result<Option<Cow<'a, str>>, Missing> {
        match self.call.arguments.find(&[key.to_owned()]) {
            Found::Value(Value::String(text)) => Ok(Some(text)),
            Found::Value(_) | Found::Nothing => Ok(None),
            Found::Unknown(fact) => Err(fact),
        }
    }

    /// The folder that is searched, and the pattern where it is a path of its own.
    fn search(&self, folder: &str, pattern: Option<&str>) -> All<'a> {
        let folder = match self.argument(folder) {
            Ok(Some(folder)) => self.path(&folder),
            Ok(None) => self.path("."),
            Err(fact) => Subject::Unknown(fact),
        };
        let pattern = pattern.map(|pattern| self.argument(pattern));
        let pattern = match pattern {
            Some(Ok(Some(pattern))) if pattern.starts_with('/') => {
                let fixed = pattern.find(GLOB).map_or(&*pattern, |at| &pattern[..at]);
                Some(self.path(fixed))
            }
            Some(Err(fact)) => Some(Subject::Unknown(fact)),
            _ => None,
        };
        std::iter::once(folder).chain(pattern).flat_map(|path| self.with_target(path)).collect()
    }

    /// A path whose `~` is the home folder, as far as that is known.
    fn at_home<'p>(&self, path: &'p str) -> Cow<'p, str> {
        match (path.strip_prefix("~/"), &self.ground().home) {
            (Some(rest), Some(home)) => below(home, rest).into(),
            _ => path.into(),
        }
    }

    /// A path and what it leads to by links: rules are held against both.
    fn with_target(&self, path: Subject<'a>) -> All<'a> {
        let target = match &path {
            Subject::Path(_, whole) => followed(whole, &self.ground().links),
            _ => None,
        };
        let target = target.map(|target| Subject::Path(target.clone(), target));
        std::iter::once(path).chain(target).map(|path| vec![path]).collect()
    }

    fn places(&self) -> Places<'_> {
        Places { start: self.start(), home: self.ground().home.as_deref() }
    }

    pub(super) fn ground(&self) -> &Ground {
        &self.permissions.ground
    }

    /// The folder that the agent works in.
    pub(super) fn start(&self) -> Option<&str> {
        let recorded = Some(self.call.around.folder).filter(|folder| folder.starts_with('/'));
        recorded.or(self.ground().start.as_deref())
    }

    fn commands(&self, text: &str) -> All<'a> {
        let Ok(script) = Script::read(text) else { return too_long() };
        let shell = self.permissions.shell;
        let is_heard = |command: &&Command<'_>| {
            command.words.first().is_some_and(|name| !shell.silent.contains(&name.text))
        };
        let source = |command: &Command<'_>| {
            let text = if shell.with_redirections { command.redirected } else { command.text };
            let words = command.words.iter().map(|word| word.value());
            vec![Subject::Command(text.trim().to_owned(), words.collect())]
        };
        script.commands.iter().filter(is_heard).map(source).collect()
    }

    /// A path as it leads from the root of the project.
    fn path(&self, path: &str) -> Subject<'a> {
        let Some(start) = self.start() else { return Subject::Unknown(Missing::Folder) };
        let root = self.ground().project.as_deref().unwrap_or("/");
        let whole = resolved(start, path);
        Subject::Path(relative(root, &whole), whole)
    }

    /// A path outside of the project, as the folder that stands for it; nothing for one inside.
    fn outside(&self, folder: Option<&str>, path: &str, outer: Outer) -> Vec<Subject<'a>> {
        let (Some(folder), Some(start)) = (folder, self.start()) else {
            return vec![Subject::Unknown(Missing::Folder), Subject::Nothing];
        };
        let path = resolved(folder, path);
        let project = self.ground().project.as_deref();
        if is_within(&path, start) || project.is_some_and(|project| is_within(&path, project)) {
            return vec![Subject::Nothing];
        }
        let star = |folder: &str| Subject::Text(below(folder, "*").into());
        match outer {
            Outer::Itself => vec![star(&path)],
            Outer::Parent => vec![star(parent(&path))],
            Outer::Either if self.is_folder(&path) => vec![star(&path)],
            Outer::Either => vec![star(parent(&path)), star(&path)],
        }
    }

    /// Whether a path is surely a folder: one that is known lies below it.
    fn is_folder(&self, path: &str) -> bool {
        let Ground { project, home, .. } = self.ground();
        let known = [project.as_deref(), home.as_deref(), self.start()];
        known.into_iter().flatten().any(|folder| is_within(folder, path))
    }

    fn outside_commands(&self, text: &str, folder: &str) -> All<'a> {
        let Ok(script) = Script::read(text) else { return too_long() };
        let folder = match (self.start(), self.argument(folder)) {
            (Some(start), Ok(Some(folder))) => Some(resolved(start, &folder)),
            (Some(start), Ok(None)) => Some(start.to_owned()),
            _ => None,
        };
        let programs = self.permissions.shell.path_programs;
        let paths =
            script.commands.iter().filter_map(|command| match command.words.split_first() {
                Some((name, words)) if programs.contains(&name.text) => Some((name.text, words)),
                _ => None,
            });
        let words = paths.flat_map(|(name, words)| words.iter().map(move |word| (name, word)));
        words
            .filter(|(name, word)| is_path(name, word))
            .filter_map(|(_, word)| self.outside_word(folder.as_deref(), word.unquoted()))
            .collect()
    }

    /// A word of a command as a path outside of the project; none where its text is not fixed.
    fn outside_word(&self, folder: Option<&str>, word: &str) -> Option<Vec<Subject<'a>>> {
        if word.contains(['$', '`']) || word.starts_with('(') {
            return None;
        }
        let fixed = word.find(GLOB).map_or(word, |at| &word[..at]);
        if fixed.is_empty() {
            return None;
        }
        let of_home =
            fixed.strip_prefix('~').filter(|rest| rest.is_empty() || rest.starts_with('/'));
        Some(match (of_home, self.ground().home.as_deref()) {
            (None, _) => self.outside(folder, fixed, Outer::Either),
            (Some(rest), Some(home)) => {
                self.outside(Some(home), &format!("{home}{rest}"), Outer::Either)
            }
            (Some(_), None) => vec![Subject::Unknown(Missing::Home), Subject::Nothing],
        })
    }
}

/// A path of a command, if it is known.
fn known_path<'a>(path: Option<String>) -> Subject<'a> {
    path.map_or(Subject::Unknown(Missing::Folder), |path| Subject::Path(path.clone(), path))
}

fn one(subject: Subject<'_>) -> All<'_> {
    vec![vec![subject]]
}

/// A text whose commands are not known.
fn too_long<'a>() -> All<'a> {
    vec![vec![Subject::Unknown(Missing::LongCommand), Subject::Nothing]]
}

/// The files that a patch names.
pub(super) fn patched(patch: &str) -> impl Iterator<Item = &str> {
    let path = |line| PATCH_LINES.iter().find_map(|start| str::strip_prefix(line, *start));
    patch.lines().filter_map(path)
}

/// Whether a word of a command is taken for a path: no option, and no mode of `chmod`.
fn is_path(program: &str, word: &Word<'_>) -> bool {
    use WordKind::{Joined, Plain, Quoted, Raw};
    let is_text = matches!(word.kind, Plain | Quoted | Raw | Joined);
    let is_mode = program == "chmod" && word.text.starts_with('+');
    is_text && !word.text.starts_with('-') && !is_mode
}

//! The permission files of an agent, found from the folder of a project.

use std::io;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::input::{self, Loaded};
use super::output::{is_heard, print_error};
use super::withheld::withhold;
use crate::lint::{WalkError, effect_in_words, findings_of, mark_secrets};
use crate::policy::{
    Agent, AgentFile, AgentReading, Defect, DefectKind, Dialect, Disk, FileOwner, Files, Location,
    Policy, Setting, Start, paths, read_agent, real_folder,
};
use crate::report::{Notice, command, escape};
use crate::source::{Document, LineTable, one_of};

/// Reads one policy: a file, or of a folder the permission files of an agent. `named` is the dialect that the
/// user chose, `other` the agent of a policy that it is compared with.
pub(in crate::cli) fn policy(
    path: &Path,
    named: Option<Dialect>,
    home: Option<&Path>,
    other: Option<Agent>,
) -> Result<Loaded, CliError> {
    let of_other = other.filter(|_| path.is_dir() && named.is_none());
    if let Some(agent) = of_folder(path, named)?.or(of_other) {
        return load(agent, path, home, Start::default());
    }
    let loaded = input::policy(path, named)?;
    note_alone(&loaded);
    Ok(loaded)
}

/// The options by which a policy that was read is read again, as words of a command.
pub(in crate::cli) fn options(loaded: &Loaded, is_named: bool, home: Option<&Path>) -> Vec<String> {
    let Loaded { document, policy } = loaded;
    let Some(agent) = policy.dialect.agent() else { return Vec::new() };
    let is_folder = Path::new(&document.name).is_dir();
    let is_told = !is_named
        && (is_folder
            || AgentFile::of_name(&document.name).is_some_and(|file| file.agent == agent));
    let dialect = || command::option("--dialect", Dialect::Agent(agent).code());
    let home = home.map(|home| command::option("--home", &home.display().to_string()));
    (!is_told).then(dialect).into_iter().chain(home).collect()
}

/// The agent whose permissions a folder is to be read for: the one that was named, or else the only one
/// that has files there. None for what is no folder, and where a policy of another kind was named.
pub(in crate::cli) fn of_folder(
    path: &Path,
    named: Option<Dialect>,
) -> Result<Option<Agent>, CliError> {
    if !path.is_dir() {
        return Ok(None);
    }
    if let Some(dialect) = named {
        return Ok(dialect.agent());
    }
    match Agent::of_folder(path).as_slice() {
        [] => {
            // Nothing else can be told of a folder at whose places something cannot be read.
            check_readable(path, None)?;
            Ok(None)
        }
        [only] => Ok(Some(*only)),
        several => {
            let dialects = several.iter().map(|agent| Dialect::Agent(*agent));
            let names: Vec<String> = dialects.clone().map(|dialect| dialect.to_string()).collect();
            let codes: Vec<&str> = dialects.map(Dialect::code).collect();
            let option = if is_heard() { "`dialect`" } else { "--dialect" };
            Err(CliError::usage(
                &format!("{} has files of several agents: {}", path.display(), names.join(", ")),
                &format!("say whose count: {option} {}", one_of(codes.into_iter())),
            ))
        }
    }
}

/// Refuses a folder where something stands at the place of a permission file that cannot be read: what it would
/// say is not known.
fn check_readable(folder: &Path, agent: Option<Agent>) -> Result<(), CliError> {
    for (path, stands) in AgentFile::in_folder(folder, agent) {
        stands.map_err(|cause| WalkError { path, cause })?;
    }
    Ok(())
}

/// Says that a permission file is judged without those that stand around it.
pub(in crate::cli) fn note_alone(loaded: &Loaded) {
    let name = &loaded.document.name;
    let Some(agent) = loaded.policy.dialect.agent() else { return };
    let file = AgentFile::of_name(name).filter(|file| file.agent == agent);
    let is_of_project = |file: &AgentFile| {
        matches!(file.owner, FileOwner::Project | FileOwner::Local) && Path::new(name).exists()
    };
    let around = match file.filter(is_of_project) {
        Some(AgentFile { folder, .. }) => {
            let folder = if folder.is_empty() { "." } else { &folder };
            let option = match is_heard() {
                true => format!("the folder as `path` ({})", escape(folder)),
                false => command::option("--policy", folder),
            };
            format!("\n  help: {option} takes in what else applies there")
        }
        None => String::new(),
    };
    let text =
        format!("note: {name} is judged alone: no other file of {} counts", Dialect::Agent(agent));
    print_error(&format!("{}{}\n", escape(&text), around));
}

/// Says which files of an agent lie in its project where it does not read them.
fn note_unread(agent: Agent, folder: &Path, setting: &Setting) {
    if setting.home.as_deref() == Some(&*setting.start) {
        return;
    }
    for (path, _) in AgentFile::in_folder(folder, Some(agent)) {
        let name = path.display().to_string();
        if let Some(FileOwner::Nobody(unread)) = AgentFile::of_name(&name).map(|file| file.owner) {
            print_error(&format!("{}\n", escape(&format!("note: {name} is not read: {unread}"))));
        }
    }
}

/// Reads what applies in a folder, and says which scopes are not known.
pub(in crate::cli) fn load(
    agent: Agent,
    folder: &Path,
    home: Option<&Path>,
    start: Start,
) -> Result<Loaded, CliError> {
    let setting = Setting::in_folder(folder, home, start).map_err(gone)?;
    check_readable(folder, Some(agent))?;
    let here = absolute(Path::new("."))?;
    // As other files are named, so that editors and code hosts find them.
    let shown = |file: &str| {
        let is_within = |folder: &String| paths::is_within(file, folder);
        let is_own = folder.is_relative() && [&setting.start, &here].into_iter().any(is_within);
        is_own.then(|| paths::relative(&here, file))
    };
    let Loaded { policy, .. } = load_from(agent, &setting, &Disk::default(), &shown)?;
    note_unread(agent, folder, &setting);
    say_untrusted(agent, &setting, &policy);
    let document = Document::read(folder.display().to_string(), Vec::new());
    Ok(Loaded { document, policy })
}

/// Reads what applies in a setting from any files, each of which is called what `shown` says, and says which scopes are
/// not known. The document is empty.
pub(in crate::cli) fn load_from(
    agent: Agent,
    setting: &Setting,
    files: &dyn Files,
    shown: &dyn Fn(&str) -> Option<String>,
) -> Result<Loaded, CliError> {
    let reading = read_agent(agent, setting, files);
    let AgentReading { policy, mut files, unknown, unread, .. } = reading;
    // What it says may be what forbids.
    if let Some((path, cause)) = unread.into_iter().next() {
        let name = path.display().to_string();
        return Err(WalkError { path: shown(&name).unwrap_or(name).into(), cause }.into());
    }
    for (document, defects) in &mut files {
        let named = shown(&document.name);
        named.into_iter().for_each(|name| document.name = name);
        for defect in defects {
            if let DefectKind::MissingFile { path, .. } = &mut defect.kind {
                shown(path).into_iter().for_each(|shown| *path = shown);
            }
        }
        withhold(mark_secrets(document));
    }
    let Some(mut policy) = policy else { return Err(refused(files)) };
    if let Some(permissions) = &mut policy.permissions {
        let mut named = (**permissions).clone();
        named.rename(shown);
        *permissions = named.into();
    }
    files.iter().for_each(|(document, defects)| note(agent, document, defects));
    let of = unknown.join(", ");
    print_error(&format!("note: files of {of} are not known\n"));
    let document = Document::read(&*setting.start, Vec::new());
    Ok(Loaded { document, policy })
}

/// Says that files of a project do not count because the home that is known does not trust it.
fn say_untrusted(agent: Agent, setting: &Setting, policy: &Policy) {
    let own = format!("{}/", setting.start.trim_end_matches('/'));
    let files = policy.permissions.iter().flat_map(|permissions| &permissions.files);
    let counts = files.into_iter().any(|file| file.name.starts_with(&own));
    let has_some = agent.marks().iter().any(|mark| Path::new(&own).join(mark).exists());
    if setting.home.is_some() && setting.trusted.is_none() && has_some && !counts {
        let agent = Dialect::Agent(agent);
        print_error(&format!(
            "note: no file of the project counts, for the home does not say that it is trusted, as {agent} asks\n  help: `--assume trust=yes` takes them in where a command knows it\n"
        ));
    }
}

/// Says what the agent passes over in a file, which it works with all the same.
fn note(agent: Agent, document: &Document, defects: &[Defect]) {
    let lines = LineTable::new(&document.text);
    for defect in defects {
        let at = match &defect.location {
            Location::Bytes(range) => range.start,
            Location::Place(place) => document.span_of(place).start,
        };
        let line = lines.line_of(at.min(document.text.len())) + 1;
        let effect = defect.refused.then(|| effect_in_words(agent, document, defect));
        let what = effect.map(|effect| format!("; {effect}")).unwrap_or_default();
        let text = format!("note: {}:{line}: {}{what}", document.name, defect.kind);
        print_error(&format!("{}\n", escape(&text)));
    }
}

fn refused(files: Vec<(Document, Vec<Defect>)>) -> CliError {
    let is_refused =
        |(_, defects): &(Document, Vec<Defect>)| defects.iter().any(|defect| defect.refused);
    let Some((document, defects)) = files.into_iter().find(is_refused) else {
        return CliError::usage("the agent would not work with its files", "mend them");
    };
    let findings = findings_of(&document, &defects).into_sorted();
    let notices = findings.iter().map(Notice::from).collect();
    CliError::Invalid { what: "configuration", document: Box::new(document), notices }
}

/// A folder as agents name it.
pub(in crate::cli) fn absolute(folder: &Path) -> Result<String, CliError> {
    Ok(real_folder(folder).map_err(gone)?)
}

fn gone((path, cause): (PathBuf, io::Error)) -> WalkError {
    WalkError { path, cause }
}

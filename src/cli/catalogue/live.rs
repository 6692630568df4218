//! Importing from servers that run.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::imported::Import;
use crate::catalogue::{Changed, Imported, Lock};
use crate::cli::common::error::CliError;
use crate::cli::common::input;
use crate::cli::common::output::{OutputOptions, print_error};
use crate::live::{
    Announcement, Command, Endpoint, LiveError, Place, Secrets, announcement, read_config,
    written_of,
};
use crate::report::escape;
use crate::source::Document;

/// Imports from a program that is started and ended again.
pub(super) fn of_command(
    program: &OsString,
    arguments: &[OsString],
    server: Option<&str>,
    lock: Option<&Lock>,
    limit: Duration,
) -> Result<Import, CliError> {
    let shown = |text: &OsString| text.to_string_lossy().into_owned();
    let written = json!({ "command": shown(program), "args": arguments.iter().map(shown).collect::<Vec<_>>() });
    let written = written_of(&written);
    let objection = server.and_then(|name| lock?.objection(name, Some(&written)));
    // A server that the user names and starts need not be in the lock.
    if let Some(changed) = objection.filter(|changed| changed.commands.is_some()) {
        tell_objection(&changed, "the command");
        return Ok(Import { servers: Vec::new(), objections: vec![changed], failed: false });
    }
    let command =
        Command { program: program.clone(), arguments: arguments.to_vec(), ..Command::default() };
    let mut import = one(Place::Command(command), server, limit)?;
    import.servers.iter_mut().for_each(|one| one.command = Some(written.clone()));
    Ok(import)
}

/// Says why a server was not started, and where to look.
fn tell_objection(changed: &Changed, place: &str) {
    let why = if changed.commands.is_some() { "it has another command" } else { "it is not" };
    print_error(&format!(
        "warning: {} was not started: {why} in the lock\n  help: look at {}, and write the lock anew with --write-lock\n",
        escape(&changed.server),
        escape(place)
    ));
}

/// Imports from a server of this machine.
pub(super) fn of_url(url: &str, server: Option<&str>, limit: Duration) -> Result<Import, CliError> {
    one(Place::Url(url.to_owned()), server, limit)
}

fn one(place: Place, server: Option<&str>, limit: Duration) -> Result<Import, CliError> {
    let endpoint = Endpoint { place, secrets: Secrets::default() };
    let imported = ask(&endpoint.shown(), server, &endpoint, limit)?;
    Ok(Import { servers: vec![imported], objections: Vec::new(), failed: false })
}

/// Imports from the servers of an agent's configuration, or the one of them that is named. They
/// are called as the configuration calls them. What a lock does not have as it is written there is
/// not started.
pub(super) fn of_config(
    path: &Path,
    only: Option<&str>,
    lock: Option<&Lock>,
    limit: Duration,
    output: &OutputOptions,
) -> Result<Import, CliError> {
    let text = input::document(path)?.text;
    let configured = read_config(path, &text).map_err(|error| CliError::Refused {
        message: format!("{} names no MCP servers: {error}", path.display()),
        help: "name a `.mcp.json`, a `claude_desktop_config.json`, a `mcp.json` of VS Code or a \
               `config.toml` of Codex"
            .to_owned(),
    })?;
    if let Some(name) = only.filter(|name| configured.iter().all(|one| one.name != **name)) {
        let names = configured.iter().map(|one| one.name.as_str());
        let help = format!("it has {}", crate::source::one_of(names));
        return Err(CliError::UnknownName { what: "server", name: name.to_owned(), help });
    }
    let mut import = Import { servers: Vec::new(), objections: Vec::new(), failed: false };
    for one in configured.iter().filter(|one| only.is_none_or(|only| one.name == only)) {
        let name = &one.name;
        let objection = lock.and_then(|lock| lock.objection(name, Some(&one.written)));
        if let (Some(changed), Some(_)) = (objection, &one.endpoint) {
            tell_objection(&changed, &path.display().to_string());
            import.objections.push(changed);
            continue;
        }
        let imported = match &one.endpoint {
            None => {
                print_error(&format!("note: {} is switched off\n", escape(name)));
                continue;
            }
            Some(Err(why)) => Err(CliError::Refused {
                message: format!("{name}: {why}"),
                help: format!("mend it in {}", path.display()),
            }),
            Some(Ok(endpoint)) => ask(name, Some(name), endpoint, limit),
        };
        match imported {
            Ok(imported) => {
                let command = Some(one.written.clone());
                import.servers.push(Imported { command, ..imported });
            }
            Err(error) => {
                import.failed = true;
                error.show(output);
            }
        }
    }
    Ok(import)
}

/// Asks one server, which errors call as `shown`.
fn ask(
    shown: &str,
    server: Option<&str>,
    endpoint: &Endpoint,
    limit: Duration,
) -> Result<Imported, CliError> {
    let announcement =
        announcement(endpoint, limit).map_err(|error| refused(shown, &error, &endpoint.secrets))?;
    let Announcement { name, title, json, has_strays } = announcement;
    if has_strays {
        print_error(&format!(
            "warning: something that {} started has left its process group and may still run\n  help: look for it and end it\n",
            escape(shown)
        ));
    }
    let document = Document::read(format!("{shown}.json"), json.into_bytes());
    let page = input::servers(document)?;
    let name = server.or(name.as_deref()).unwrap_or(shown);
    let imported = Imported::of_pages(name, vec![page]).map_err(|error| CliError::Refused {
        message: format!("{shown}: {error}"),
        help: "this is for the server's makers to mend".to_owned(),
    })?;
    let mut imported = imported;
    imported.server.title = title;
    Ok(imported)
}

fn refused(shown: &str, error: &LiveError, secrets: &Secrets) -> CliError {
    CliError::Refused {
        message: format!("{shown}: {}", secrets.hide(&error.to_string())),
        help: error.help().to_owned(),
    }
}

//! Which policy applies to which server: `--policy`.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};

use super::agents;
use super::config_input::{self, ConfigOptions};
use super::dialect::DialectOptions;
use super::error::CliError;
use super::input::{self, Loaded};
use super::output::print_error;
use super::withheld::show_all;
use crate::config::Config;
use crate::engine::{Assumptions, Gate};
use crate::lint::{Wanted, find};
use crate::policy::{AgentFile, Policy, Start};
use crate::replay::{AGENT, Policies};
use crate::report::{Secrets, escape};
use crate::source::nearest;

/// Which policies decide which calls, for every command that decides some.
#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyOptions {
    /// The policy of the server NAME; without NAME that of all servers which have none of their own.
    /// `agent` names the agent's own tools, which no gateway sees and no other policy decides.
    /// A folder stands for the policies in it, that of a project for the permission files of its agent,
    /// whichever apply there. May be given more than once. Without it, the
    /// configuration says which policies are for which server.
    #[arg(long = "policy", value_parser = OsStringValueParser::new().try_map(parse_given), value_name = "[NAME=]PATH")]
    policies: Vec<PolicyChoice>,
    /// The home folder whose files the agent's own rules take in; without it the user's are not known.
    #[arg(long, value_name = "DIR")]
    home: Option<PathBuf>,
    #[command(flatten)]
    dialect: DialectOptions,
    #[command(flatten)]
    config: ConfigOptions,
}

/// A policy for one server, or for all that have none of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PolicyChoice {
    server: Option<String>,
    path: PathBuf,
}

/// A policy that was read, and the server whose calls it decides.
pub(in crate::cli) struct Chosen {
    pub(in crate::cli) server: Option<String>,
    pub(in crate::cli) loaded: Loaded,
}

/// Reads `PATH` or `NAME=PATH`. What exists under the whole name is that path, so that names with
/// `=` in them can be given.
fn parse(text: &str) -> Result<PolicyChoice, String> {
    let whole = PolicyChoice { server: None, path: PathBuf::from(text) };
    if Path::new(text).exists() {
        return Ok(whole);
    }
    match text.split_once('=') {
        None => Ok(whole),
        Some(("", _)) => Err("the name of the server is missing before `=`".to_owned()),
        // An address is no file either, but its error is to name no part of it alone.
        Some((server, _)) if server.contains("://") => Ok(whole),
        Some((_, "")) => Err("the file is missing behind `=`".to_owned()),
        Some((server, path)) => {
            Ok(PolicyChoice { server: Some(server.to_owned()), path: PathBuf::from(path) })
        }
    }
}

/// The same of what may be no text, and then is a path.
fn parse_given(given: OsString) -> Result<PolicyChoice, String> {
    match given.to_str() {
        Some(text) => parse(text),
        None => Ok(PolicyChoice { server: None, path: given.into() }),
    }
}

impl PolicyOptions {
    /// Whether policies are named, and not left to the configuration.
    pub(in crate::cli) fn are_given(&self) -> bool {
        !self.policies.is_empty()
    }

    /// The paths of the policies that are named.
    pub(in crate::cli) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.policies.iter().map(|choice| choice.path.as_path())
    }

    /// The home folder that is named.
    pub(in crate::cli) fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The configuration that holds.
    pub(in crate::cli) fn config(&self) -> &ConfigOptions {
        &self.config
    }

    /// Whose values are not shown, unless all are to be: what the configuration names is among them.
    pub(in crate::cli) fn secrets(&self, are_shown: bool) -> Result<Secrets, CliError> {
        let config = config_input::read(&self.config)?;
        if are_shown {
            show_all();
        }
        Ok(Secrets::new(config.secret_arguments, are_shown))
    }

    /// Reads the policies that were named, or those of the configuration. Whether the user of an agent
    /// trusts its project may be assumed.
    pub(in crate::cli) fn load(&self, start: Start) -> Result<Vec<Chosen>, CliError> {
        self.load_choices(&self.policies, self.home.as_deref(), start)
    }

    /// Reads policies that a file names for servers, in the place of those of the command line.
    pub(in crate::cli) fn load_these(
        &self,
        members: &[(Option<String>, PathBuf)],
        home: Option<&Path>,
        start: Start,
    ) -> Result<Vec<Chosen>, CliError> {
        let choice = |(server, path): &(Option<String>, PathBuf)| PolicyChoice {
            server: server.clone(),
            path: path.clone(),
        };
        let choices: Vec<PolicyChoice> = members.iter().map(choice).collect();
        self.load_choices(&choices, home, start)
    }

    /// Whether the dialect is named.
    pub(in crate::cli) fn is_dialect_named(&self) -> bool {
        self.dialect.named().is_some()
    }

    fn load_choices(
        &self,
        given: &[PolicyChoice],
        home: Option<&Path>,
        start: Start,
    ) -> Result<Vec<Chosen>, CliError> {
        let config = config_input::read(&self.config)?;
        let (mut choices, mut of_agents) = (Vec::new(), Vec::new());
        for choice in given {
            if let Some(agent) = agents::of_folder(&choice.path, self.dialect.named())? {
                let loaded = agents::load(agent, &choice.path, home, start)?;
                of_agents.push(Chosen { server: choice.server.clone(), loaded });
                continue;
            }
            match choice.path.is_dir() {
                true => choices.extend(in_folder(choice, &config)?),
                false => choices.push(choice.clone()),
            }
        }
        if given.is_empty() {
            choices = configured(&config)?;
        }
        let mut seen = BTreeSet::new();
        let servers = choices.iter().map(|choice| &choice.server);
        let mut servers = servers.chain(of_agents.iter().map(|chosen| &chosen.server));
        if let Some(twice) = servers.find(|server| !seen.insert(*server)) {
            return Err(given_twice(twice.as_deref()));
        }
        let load = |PolicyChoice { server, path }| {
            let name = path.display().to_string();
            let dialect = self.dialect.beside(&config).of(&name);
            let loaded = input::policy(&path, dialect)?;
            agents::note_alone(&loaded);
            Ok(Chosen { server, loaded })
        };
        choices.into_iter().map(load).chain(of_agents.into_iter().map(Ok)).collect()
    }
}

/// The policies of the configuration: each file for the server that its entry names.
fn configured(config: &Config) -> Result<Vec<PolicyChoice>, CliError> {
    let folder = if config.policies.is_empty() { None } else { Some(&*config.folder) };
    let found = folder.map_or(Ok(Vec::new()), |folder| policies_in(folder, config))?;
    let choices: Vec<_> = found.into_iter().filter(|choice| choice.server.is_some()).collect();
    if choices.is_empty() {
        return Err(CliError::usage(
            "no policy is given",
            "write --policy PATH, --policy NAME=PATH, or a list of `policies` in gatelint.yaml",
        ));
    }
    Ok(choices)
}

/// The policies of a folder: those for which the configuration names a server, and else one.
fn in_folder(folder: &PolicyChoice, config: &Config) -> Result<Vec<PolicyChoice>, CliError> {
    let path = folder.path.display();
    let mut found = policies_in(&folder.path, config)?;
    if found.is_empty() {
        let whole = folder.path.canonicalize().unwrap_or_default();
        let is_of_agent =
            whole.parent().is_some_and(|parent| AgentFile::hidden_folders(parent).contains(&whole));
        let help = match is_of_agent {
            true => {
                "name the folder of the project, in which this one lies, for what its agent reads there"
            }
            false => "name a policy, or a folder that holds one or is the project of an agent",
        };
        return Err(CliError::usage(&format!("{path} holds no policy"), help));
    }
    // A name that is given counts for more than that of the configuration.
    let is_open = |choice: &&mut PolicyChoice| folder.server.is_some() || choice.server.is_none();
    let mut open = found.iter_mut().filter(is_open);
    match (open.next(), open.next()) {
        (Some(one), Some(other)) => {
            let (one, other) = (one.path.display(), other.path.display());
            Err(CliError::usage(
                &format!("{path} holds several policies, such as {one} and {other}"),
                "say which is for which server: --policy NAME=FILE, or `policies` in gatelint.yaml",
            ))
        }
        (Some(only), None) => {
            only.server = folder.server.clone();
            Ok(found)
        }
        _ => Ok(found),
    }
}

/// The policies below a folder, with the servers that the configuration names for them.
fn policies_in(folder: &Path, config: &Config) -> Result<Vec<PolicyChoice>, CliError> {
    let mut choices = Vec::new();
    let takes = |path: &Path| config.includes(path);
    for found in find(&[folder.to_owned()], Wanted::shown(&takes)) {
        let found = found?;
        let server = config.server_of(&found.path.display().to_string()).map(str::to_owned);
        if server.is_some() || found.read()?.is_some() {
            choices.push(PolicyChoice { server, path: found.path });
        }
    }
    Ok(choices)
}

/// Compiles policies; `gated` are servers behind the gateway that may have none.
pub(in crate::cli) fn compile(
    chosen: &[Chosen],
    gated: &[String],
    assumptions: &Assumptions,
) -> Result<Policies, CliError> {
    compile_with(chosen, gated, assumptions, Gate::new)
}

/// The same, by another way to make a gate of a policy.
pub(in crate::cli) fn compile_with(
    chosen: &[Chosen],
    gated: &[String],
    assumptions: &Assumptions,
    gate: impl Fn(&Policy) -> Gate,
) -> Result<Policies, CliError> {
    let mut policies = Policies::default();
    for Chosen { server, loaded } in chosen {
        let gate = gate(&loaded.policy).assuming(assumptions.clone());
        policies.add(server.clone(), loaded.document.name.clone(), gate);
    }
    let is_for_all = chosen.iter().any(|chosen| chosen.server.is_none());
    let needless = gated.iter().find(|server| *server != AGENT);
    if let (true, Some(server)) = (is_for_all, needless) {
        return Err(CliError::usage(
            &format!("--behind-gateway {server} changes nothing: every call has a policy"),
            "give the policy that stands for all servers to those that have it, as NAME=PATH",
        ));
    }
    gated.iter().for_each(|server| policies.add_gated(server.clone()));
    Ok(policies)
}

/// Warns of policies for servers that no call was to: a misspelt name would leave its calls out.
pub(in crate::cli) fn warn_of_idle<'c>(
    idle: impl Iterator<Item = &'c Chosen>,
    not_covered: &[(String, u64)],
) {
    for server in idle.filter_map(|choice| choice.server.as_deref()) {
        let near = nearest(server, not_covered.iter().map(|(server, _)| server.as_str()));
        let help = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        let warning = format!("warning: no call of the trace is to server `{server}`{help}");
        print_error(&format!("{}\n", escape(&warning)));
    }
}

fn given_twice(server: Option<&str>) -> CliError {
    let message = match server {
        Some(server) => format!("two policies are given for server `{server}`"),
        None => "two policies are given for all servers".to_owned(),
    };
    CliError::usage(
        &message,
        "give one policy a server as --policy NAME=PATH, and one PATH for all others at most",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_file_wins_over_a_server_and_windows_paths_are_files() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a=b.json");
        std::fs::write(&path, "{}").unwrap();
        let choice = |server: Option<&str>, file: &str| {
            Ok(PolicyChoice { server: server.map(str::to_owned), path: file.into() })
        };
        let text = path.to_str().unwrap();
        assert_eq!(parse(text), choice(None, text));
        assert_eq!(parse(&format!("octopus={text}")), choice(Some("octopus"), text));
        assert_eq!(parse("C:\\policies\\ci.json"), choice(None, "C:\\policies\\ci.json"));
        let (server, file) = ("@scope/server", "C:\\a=b\\ci.json");
        assert_eq!(parse(&format!("{server}={file}")), choice(Some(server), file));
        assert!(parse("=x.json").is_err() && parse("octopus=").is_err());
    }
}

//! Which policy applies to which server: `--policy`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::CliError;
use super::input;
use super::output::print_error;
use crate::config::Config;
use crate::engine::{Assumptions, Gate};
use crate::lint::find;
use crate::replay::Policies;
use crate::report::escape;
use crate::source::nearest;

/// A policy for one server, or for all that have none of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct PolicyChoice {
    pub(in crate::cli) server: Option<String>,
    pub(in crate::cli) file: PathBuf,
}

/// Reads `FILE` or `SERVER=FILE`. A file that exists under the whole name is that file, so that
/// names with `=` in them can be given.
pub(in crate::cli) fn parse(text: &str) -> Result<PolicyChoice, String> {
    let whole = PolicyChoice { server: None, file: PathBuf::from(text) };
    if Path::new(text).exists() {
        return Ok(whole);
    }
    match text.split_once('=') {
        None => Ok(whole),
        Some(("", _)) => Err("the name of the server is missing before `=`".to_owned()),
        Some((_, "")) => Err("the file is missing behind `=`".to_owned()),
        Some((server, file)) => {
            Ok(PolicyChoice { server: Some(server.to_owned()), file: PathBuf::from(file) })
        }
    }
}

/// The policies of the configuration: each file for the server that its entry names.
pub(in crate::cli) fn configured(config: &Config) -> Result<Vec<PolicyChoice>, CliError> {
    let server_of = |path: &Path| config.server_of(&path.display().to_string());
    let is_wanted = |path: &Path| config.includes(path) && server_of(path).is_some();
    let folder =
        if config.policies.is_empty() { &[] } else { std::slice::from_ref(&config.folder) };
    let found = find(folder, &is_wanted);
    let mut choices = Vec::new();
    for found in found {
        let file = found?.path;
        let server = server_of(&file).map(str::to_owned);
        choices.push(PolicyChoice { server, file });
    }
    if choices.is_empty() {
        return Err(CliError::Usage {
            message: "no policy is given".to_owned(),
            help: "write --policy FILE, --policy SERVER=FILE, or a list of `policies` in gatelint.yaml"
                .to_owned(),
        });
    }
    Ok(choices)
}

/// Reads and compiles policies; `gated` are servers behind the gateway that may have none.
pub(in crate::cli) fn load(
    choices: &[PolicyChoice],
    gated: &[String],
    assumptions: &Assumptions,
) -> Result<Policies, CliError> {
    let mut policies = Policies::default();
    let mut seen = BTreeSet::new();
    for PolicyChoice { server, file } in choices {
        if !seen.insert(server) {
            return Err(twice(server.as_deref()));
        }
        let loaded = input::policy(file)?;
        let gate = Gate::new(&loaded.policy).assuming(assumptions.clone());
        policies.add(server.clone(), loaded.document.name.clone(), gate);
    }
    if let (true, Some(server)) = (seen.contains(&None), gated.first()) {
        return Err(CliError::Usage {
            message: format!("--behind-gateway {server} changes nothing: every call has a policy"),
            help:
                "give the policy that stands for all servers to those that have it, as SERVER=FILE"
                    .to_owned(),
        });
    }
    gated.iter().for_each(|server| policies.add_gated(server.clone()));
    Ok(policies)
}

/// Warns of policies for servers that no call was to: a misspelt name would leave its calls out.
pub(in crate::cli) fn warn_of_idle<'c>(
    idle: impl Iterator<Item = &'c PolicyChoice>,
    not_covered: &[(String, u64)],
) {
    for server in idle.filter_map(|choice| choice.server.as_deref()) {
        let near = nearest(server, not_covered.iter().map(|(server, _)| server.as_str()));
        let help = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        let warning = format!("warning: no call of the trace is to server `{server}`{help}");
        print_error(&format!("{}\n", escape(&warning)));
    }
}

fn twice(server: Option<&str>) -> CliError {
    CliError::Usage {
        message: match server {
            Some(server) => format!("two policies are given for server `{server}`"),
            None => "two policies are given for all servers".to_owned(),
        },
        help:
            "give one policy a server as --policy SERVER=FILE, and one FILE for all others at most"
                .to_owned(),
    }
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
            Ok(PolicyChoice { server: server.map(str::to_owned), file: file.into() })
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

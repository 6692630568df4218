//! The permissions of Claude Code 2.1.332 (`.claude/settings.json` and the like): the lists of all files
//! together, of which denials count first, then questions, then what allows.
//!
//! What is not public was measured with the program itself; `fixtures/conformance/claude-code` has what
//! it decided.

mod built_in;
mod config;
mod forms;
mod layers;
mod path_rules;
mod plain;
mod rules;
#[cfg(test)]
mod tests;
mod tools;
mod wrappers;

use super::agent_file::{AgentFile, FileOwner};
use super::defect::{Defect, DefectKind};
use super::dialect::{Agent, Dialect};
use super::folders::resolved;
use super::model::Policy;
use super::other_settings::OtherSetting;
use super::own_modes::OwnModes;
use super::permissions::{FileScope, Ground, Permissions, Precedence, RuleFile, Ruling};
use super::setting::{AgentReading, Failure, Files, Setting};
use crate::source::{Document, Node};
use config::Config;
pub(super) use forms::dead_form;
pub(super) use layers::utf8 as decoded;
use layers::{Layer, Source};
use rules::List;

/// What all files say together.
#[derive(Default)]
struct Sum {
    configs: Vec<(Config, Source)>,
    files: Vec<RuleFile>,
}

/// Reads what applies to a setting.
pub(super) fn read(setting: &Setting, files: &dyn Files) -> AgentReading {
    let unknown = unknown(setting);
    let mut reading = AgentReading { unknown, ..AgentReading::default() };
    let mut sum = Sum::default();
    for Layer { document, source } in layers::find(setting, files) {
        let is_managed = source.scope == FileScope::Managed;
        let (config, defects) = Config::read(&document, is_managed);
        let is_text = |defect: &Defect| matches!(defect.kind, DefectKind::Text(_));
        if is_managed && defects.iter().any(|defect| defect.refused) {
            let broken = defects.iter().any(is_text);
            reading.failure = Some(if broken { Failure::Text } else { Failure::Value });
        }
        sum.files.push(RuleFile { name: document.name.as_str().into(), scope: source.scope });
        sum.configs.push((config, source));
        reading.files.push((document, defects));
    }
    if reading.failure.is_none() {
        let ground = Ground {
            start: Some(setting.start.clone()),
            project: None,
            home: setting.home.clone(),
            links: layers::links(setting, files),
            ..Ground::default()
        };
        let permissions = permissions(sum, setting, ground, files);
        reading.policy = Some(Policy::of_permissions(Dialect::CLAUDE_CODE, permissions));
    }
    reading
}

/// Reads a settings file that stands alone: nothing is known of its surroundings.
pub(super) fn read_alone(document: &Document) -> (Option<Policy>, Vec<Defect>) {
    let file = AgentFile::of_name(&document.name);
    let is_managed = file.is_some_and(|file| file.owner == FileOwner::Managed);
    let (config, defects) = Config::read(document, is_managed);
    let refused = defects.iter().any(|defect| defect.refused);
    ((!refused).then(|| alone(config, &document.name)), defects)
}

/// The same of its tree, whose lines are not known.
pub(super) fn read_tree(root: &Node) -> (Policy, Vec<Defect>) {
    let (config, defects) = Config::of_tree(root, "", &|_| 0, false);
    (alone(config, ""), defects)
}

fn alone(config: Config, name: &str) -> Policy {
    let scope = FileScope::Project;
    let sum = Sum {
        configs: vec![(config, Source { scope, anchor: None, is_shared: true })],
        files: vec![RuleFile { name: name.into(), scope }],
    };
    let none = std::collections::BTreeMap::new();
    let permissions = permissions(sum, &Setting::default(), Ground::default(), &none);
    Policy::of_permissions(Dialect::CLAUDE_CODE, permissions)
}

/// What may have files that are not known.
fn unknown(setting: &Setting) -> Vec<&'static str> {
    let mut unknown = vec!["the organisation"];
    unknown.extend(setting.home.is_none().then_some("the user"));
    unknown.extend(setting.managed.is_none().then_some("the administrator"));
    unknown
}

/// The setting with further working folders.
const FOLDERS: &str = "permissions.additionalDirectories";

fn permissions(sum: Sum, setting: &Setting, ground: Ground, files: &dyn Files) -> Permissions {
    let Sum { configs, files: found } = sum;
    let asks_classifier = configs.iter().find_map(|(config, _)| config.auto_in_plan);
    let mut list = List::new(&ground, asks_classifier.unwrap_or(true));
    let managed_only = configs
        .iter()
        .any(|(config, source)| source.scope == FileScope::Managed && config.managed_only);
    let (mut folders, mut others) = (Vec::new(), Vec::new());
    for (config, source) in &configs {
        let scope = source.scope.name();
        let set =
            |one: &OtherSetting| OtherSetting::new(one.name, format!("{scope}: {}", one.value));
        others.extend(config.others.iter().map(set));
        if managed_only && source.scope != FileScope::Managed {
            continue;
        }
        let distrusted = source.is_shared && setting.trusted == Some(false);
        for (ruling, text, origin) in &config.rules {
            if *ruling != Ruling::Allow || !distrusted {
                list.rule(*ruling, text, source, origin.clone());
            }
        }
        if !distrusted {
            for text in &config.folders {
                match folder(text, &ground, files) {
                    Some(folder) => folders.push(folder),
                    None => others.push(OtherSetting::new(FOLDERS, text.clone())),
                }
            }
        }
    }
    if !managed_only {
        let source = Source { scope: FileScope::Session, anchor: None, is_shared: false };
        for (text, _, ruling) in &setting.session {
            list.rule(*ruling, text, &source, super::permissions::Origin::built_in());
        }
    }
    let no_reads_outside = configs.iter().any(|(config, _)| config.no_reads_outside);
    built_in::add(&mut list, &folders, no_reads_outside);
    Permissions {
        own_modes: OwnModes {
            classified: list.classified,
            known: Agent::ClaudeCode.modes(),
            ..OwnModes::default()
        },
        calls: None,
        precedence: Precedence::DenyAskAllow,
        rules: list.rules,
        void: list.void,
        unmatched: Ruling::Ask,
        tools: tools::TOOLS,
        server_tools: tools::SERVER_TOOLS,
        hides: false,
        mode: mode(&configs),
        ground,
        shell: &tools::SHELL,
        files: found,
        others,
    }
}

/// A further working folder as an absolute path; none where the program does not heed it.
fn folder(text: &str, ground: &Ground, files: &dyn Files) -> Option<Box<str>> {
    let path = match (text.strip_prefix('~'), &ground.home) {
        (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
            resolved("/", &format!("{home}{rest}"))
        }
        _ if text.is_empty() || text.starts_with("//") => return None,
        _ => resolved(ground.start.as_deref()?, text),
    };
    files.exists(&path).then(|| path.into())
}

/// The mode in which sessions start, where a file says so.
fn mode(configs: &[(Config, Source)]) -> Option<Box<str>> {
    let no_bypass = configs.iter().any(|(config, _)| config.no_bypass);
    let (mode, source) =
        configs.iter().find_map(|(config, source)| Some((config.mode.as_deref()?, source)))?;
    let is_of_project = source.scope == FileScope::Project;
    Some(match mode {
        "manual" => "default".into(),
        "bypassPermissions" if no_bypass || is_of_project => "default".into(),
        "auto" if is_of_project => "default".into(),
        mode => mode.into(),
    })
}

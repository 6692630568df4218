//! The permissions of OpenCode 1.18.33 (`opencode.json` and the like): several files put together into
//! one list, of which the last rule counts that matches.
//!
//! What is not public was measured with the program itself; `fixtures/conformance/opencode` has what it
//! decided.

mod block;
mod config;
mod fields;
mod forms;
mod layers;
mod merged;
mod references;
mod rules;
#[cfg(test)]
mod tests;
mod tools;

use super::defect::{Defect, DefectKind};
use super::dialect::Dialect;
use super::folders::{below, parent};
use super::model::Policy;
use super::own_modes::OwnModes;
use super::permissions::{FileScope, Ground, Permissions, Precedence, RuleFile, Ruling};
use super::setting::{AgentReading, Failure, Files, Setting};
use crate::source::{Document, Node};
use config::Config;
pub(super) use fields::is_top_field;
pub(super) use forms::dead_form;
use layers::{Kind, Layer};
use merged::Merged;
pub(super) use references::references;

/// Reads what applies to a setting.
pub(super) fn read(setting: &Setting, files: &dyn Files) -> AgentReading {
    let root = project(setting, files);
    let layers = layers::find(setting, root.as_deref(), files);
    let unknown = unknown(setting);
    let mut reading = AgentReading { unknown, ..AgentReading::default() };
    let (mut merged, mut found) = (Merged::default(), Vec::new());
    for Layer { document, scope, kind } in layers {
        let (mut config, mut defects) = Config::read(&document, &kind);
        if matches!(kind, Kind::Config) {
            // What a variable holds is read as from where the program is started.
            let name = match document.name.starts_with('$') {
                true => below(&setting.start, &document.name),
                false => document.name.clone(),
            };
            let home = setting.home.as_deref();
            defects.extend(references::missing(&document.text, &name, home, files));
        }
        // What is wrong there is passed over, with a line in the log at most.
        let is_text = |defect: &Defect| matches!(defect.kind, DefectKind::Text(_));
        let is_passed_over = match kind {
            Kind::Config => false,
            Kind::Permission | Kind::Mode(_) => true,
            Kind::Agent(_) => defects.iter().any(is_text),
        };
        if is_passed_over && defects.iter().any(|defect| defect.refused) {
            config = Config::default();
            defects.iter_mut().for_each(|defect| defect.refused = false);
        }
        reading.failure = reading.failure.or_else(|| failure(&defects, scope));
        found.push(RuleFile { name: document.name.as_str().into(), scope });
        merged.add(config);
        reading.files.push((document, defects));
    }
    if reading.failure.is_none() {
        let ground = Ground {
            start: Some(setting.start.clone()),
            project: root,
            home: setting.home.clone(),
            ..Ground::default()
        };
        let permissions = permissions(merged, setting, ground, found);
        reading.policy = Some(Policy::of_permissions(Dialect::OPENCODE, permissions));
    }
    reading
}

/// Reads a configuration that stands alone: nothing is known of its surroundings.
pub(super) fn read_alone(document: &Document) -> (Option<Policy>, Vec<Defect>) {
    let (config, defects) = Config::read(document, &layers::kind_at(&document.name));
    let refused = defects.iter().any(|defect| defect.refused);
    ((!refused).then(|| alone(config, &document.name)), defects)
}

/// The same of its tree, whose lines are not known.
pub(super) fn read_tree(root: &Node) -> (Policy, Vec<Defect>) {
    let (config, defects) = Config::of_tree(root, &Kind::Config, "", &|_| 0);
    (alone(config, ""), defects)
}

fn alone(config: Config, name: &str) -> Policy {
    let mut merged = Merged::default();
    merged.add(config);
    let files = vec![RuleFile { name: name.into(), scope: FileScope::Project }];
    let permissions = permissions(merged, &Setting::default(), Ground::default(), files);
    Policy::of_permissions(Dialect::OPENCODE, permissions)
}

/// The root of the project: the nearest folder with a `.git` in it.
fn project(setting: &Setting, files: &dyn Files) -> Option<String> {
    let mut folder = setting.start.as_str();
    loop {
        if files.exists(&below(folder, ".git")) {
            return Some(folder.to_owned());
        }
        if folder == "/" {
            return None;
        }
        folder = parent(folder);
    }
}

/// What may have files that are not known. The organisation's are on the network.
fn unknown(setting: &Setting) -> Vec<&'static str> {
    let mut unknown = vec!["the organisation"];
    unknown.extend(setting.home.is_none().then_some("the user"));
    unknown.extend(setting.managed.is_none().then_some("the administrator"));
    unknown
}

fn failure(defects: &[Defect], scope: FileScope) -> Option<Failure> {
    let refused = defects.iter().find(|defect| defect.refused)?;
    Some(match (scope, &refused.kind) {
        (FileScope::User, _) => Failure::Start,
        (_, DefectKind::Text(_)) => Failure::Text,
        _ => Failure::Value,
    })
}

fn permissions(
    merged: Merged,
    setting: &Setting,
    ground: Ground,
    files: Vec<RuleFile>,
) -> Permissions {
    let mode = merged.default_agent.clone().unwrap_or_else(|| "build".into());
    Permissions {
        precedence: Precedence::LastMatch,
        rules: rules::all(&merged, setting, &ground),
        void: Vec::new(),
        own_modes: OwnModes { idle: &rules::IDLE, ..OwnModes::default() },
        unmatched: Ruling::Ask,
        tools: tools::TOOLS,
        server_tools: tools::SERVER_TOOLS,
        hides: true,
        mode: Some(mode),
        ground,
        shell: &tools::SHELL,
        files,
        calls: None,
        others: merged.others,
    }
}

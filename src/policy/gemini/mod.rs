//! The policies of Gemini CLI (core 0.61.0): TOML files in tiers and the settings, put into one list by priority,
//! of which the first rule counts that holds for a call.
//!
//! What is not public was measured with the program itself; `fixtures/conformance/gemini` has what it decided.

mod built_in;
mod config;
mod fields;
mod forms;
mod heard;
mod layers;
mod rule_fields;
mod rules;
mod settings;
#[cfg(test)]
mod tests;
mod tools;
mod written;

use super::call_rules::CallRules;
use super::defect::Defect;
use super::dialect::{Agent, Dialect};
use super::model::Policy;
use super::own_modes::OwnModes;
use super::permissions::{FileScope, Ground, Permissions, Precedence, RuleFile, Ruling};
use super::setting::{AgentReading, Failure, Files, Setting};
use crate::source::{Document, Format, Node};
pub(super) use forms::{EMPTY_LIST, dead_form};
pub(super) use heard::is_unheard;
use layers::{Layer, Tier};
use rules::List;
use settings::Settings;
use written::TomlPolicy;

/// Reads what applies to a setting.
pub(super) fn read(setting: &Setting, files: &dyn Files) -> AgentReading {
    let mut list = List::default();
    let unknown = unknown(setting);
    let mut reading = AgentReading { unknown, ..AgentReading::default() };
    let (mut settings, mut found) = (Settings::default(), Vec::new());
    for Layer { document, tier, scope } in layers::find(setting, files) {
        let defects = match tier {
            Some(tier) => {
                let (policy, defects) = TomlPolicy::read(&document);
                if policy.refuses_start {
                    reading.failure = Some(Failure::Value);
                }
                list.tier(policy, tier);
                defects
            }
            None => {
                let defects = settings.add(&document);
                if defects.iter().any(|defect| defect.refused) {
                    reading.failure = Some(Failure::Text);
                }
                defects
            }
        };
        found.push(RuleFile { name: document.name.as_str().into(), scope });
        reading.files.push((document, defects));
    }
    if reading.failure.is_none() {
        let ground = Ground {
            start: Some(setting.start.clone()),
            project: Some(setting.start.clone()),
            home: setting.home.clone(),
            ..Ground::default()
        };
        let permissions = permissions(list, &settings, setting, ground, found);
        reading.policy = Some(Policy::of_permissions(Dialect::GEMINI, permissions));
    }
    reading
}

/// Reads a file that stands alone, as the user's: nothing is known of its surroundings.
pub(super) fn read_alone(document: &Document) -> (Option<Policy>, Vec<Defect>) {
    let mut settings = Settings::default();
    let (policy, defects) = match document.format == Format::Json {
        true => (TomlPolicy::default(), settings.add(document)),
        false => TomlPolicy::read(document),
    };
    let refused = defects.iter().any(|defect| defect.refused);
    ((!refused).then(|| alone(policy, &settings, &document.name)), defects)
}

/// The same of its tree, whose lines are not known.
pub(super) fn read_tree(root: &Node) -> (Policy, Vec<Defect>) {
    let (policy, defects) = TomlPolicy::of_tree(root, "", &|_| 0);
    (alone(policy, &Settings::default(), ""), defects)
}

fn alone(policy: TomlPolicy, settings: &Settings, name: &str) -> Policy {
    let mut list = List::default();
    list.tier(policy, Tier::User);
    let files = vec![RuleFile { name: name.into(), scope: FileScope::User }];
    let setting = Setting::default();
    let permissions = permissions(list, settings, &setting, Ground::default(), files);
    Policy::of_permissions(Dialect::GEMINI, permissions)
}

/// What may have files that are not known.
fn unknown(setting: &Setting) -> Vec<&'static str> {
    let mut unknown = Vec::new();
    unknown.extend(setting.home.is_none().then_some("the user"));
    unknown.extend(setting.managed.is_none().then_some("the administrator"));
    unknown.extend(setting.extensions.is_empty().then_some("extensions"));
    unknown
}

fn permissions(
    mut list: List,
    settings: &Settings,
    setting: &Setting,
    ground: Ground,
    files: Vec<RuleFile>,
) -> Permissions {
    settings.rules(&mut list);
    built_in::rules(&mut list);
    if settings.disables_always_allow {
        list.drop_answers();
    }
    list.checkers.sort_by_key(|checker| std::cmp::Reverse(checker.priority));
    Permissions {
        precedence: Precedence::HighestPriority,
        rules: list.rules,
        void: list.void,
        own_modes: OwnModes { known: Agent::Gemini.modes(), ..OwnModes::default() },
        unmatched: if setting.headless { Ruling::Deny } else { Ruling::Ask },
        tools: &[],
        server_tools: tools::SERVER_TOOLS,
        hides: false,
        mode: Some("default".into()),
        ground,
        shell: &tools::SHELL,
        files,
        others: settings.others.clone(),
        calls: Some(CallRules {
            profile: &tools::PROFILE,
            checkers: list.checkers,
            servers: settings.server_tools(),
            trusted: setting.trusted,
            headless: setting.headless,
        }),
    }
}

//! The permissions of Codex 0.171.0: rules about commands in `.codex/rules/*.rules`, and what
//! `.codex/config.toml` says of approval and of servers' tools.
//!
//! Files of rules are Starlark. What they say in literals is read as data; one that would have to be run
//! leaves commands undecided. What is not public was measured with the program itself;
//! `fixtures/conformance/codex` has what it decided.

mod config;
mod examples;
mod forms;
mod layers;
mod rules;
#[cfg(test)]
mod tests;
mod tools;
mod written;

use std::hash::{DefaultHasher, Hash, Hasher};

use super::command_words::{begins, is_program};
use super::defect::Defect;
use super::dialect::{Agent, Dialect};
use super::folders::{below, parent};
use super::model::Policy;
use super::other_settings::OtherSetting;
use super::own_modes::OwnModes;
use super::permissions::{FileScope, Ground, Origin, Permissions, Precedence, RuleFile, Ruling};
use super::setting::{AgentReading, Failure, Files, Setting};
use crate::source::{Document, LineTable, Node, Pointer};
use config::{Approval, Config};
pub(super) use forms::dead_form;
use layers::Layer;
use rules::RuleSet;
use written::Written;

/// Reads what applies to a setting.
pub(super) fn read(setting: &Setting, files: &dyn Files) -> AgentReading {
    let root = project(setting, files);
    let mut read = Read::default();
    layers::of_user(setting, files).into_iter().for_each(|layer| read.layer(layer));
    let levels = &read.config.trusted;
    let known = root.as_ref().and_then(|root| levels.get(root)).or(levels.get(&setting.start));
    let unheard = setting.home.is_some().then_some(false);
    let told = setting.trusted.or(known.copied());
    let trusted = told.or(unheard);
    let layers = layers::of_project(setting, root.as_deref(), files);
    // Where nothing tells, the project's files are what there is to go by.
    match trusted {
        Some(false) if told.is_some() => {}
        Some(false) => layers.iter().for_each(|layer| read.unheard(layer)),
        _ => layers.into_iter().for_each(|layer| read.layer(layer)),
    }
    let mut unknown = vec!["the organisation"];
    unknown.extend(setting.home.is_none().then_some("the user"));
    unknown.extend(setting.managed.is_none().then_some("the administrator"));
    let set = read.rule_set();
    let failure = read.is_refused.then_some(Failure::Start);
    let policy = failure.is_none().then(|| {
        let setting = Setting { trusted, ..setting.clone() };
        Policy::of_permissions(
            Dialect::CODEX,
            permissions(&set, &read.config, &setting, read.found),
        )
    });
    let rules = read.written.into_iter().map(|(document, written)| (document, written.defects));
    let files = read.files.into_iter().chain(rules).collect();
    AgentReading { policy, files, failure, unknown, unread: Vec::new() }
}

/// Reads a file that stands alone: nothing is known of its surroundings.
pub(super) fn read_alone(document: &Document) -> (Option<Policy>, Vec<Defect>) {
    let mut read = Read::default();
    if document.format == crate::source::Format::Toml {
        let (config, defects) = Config::read(document);
        let refused = defects.iter().any(|defect| defect.refused);
        read.config = config;
        let found = vec![file(document, FileScope::Project)];
        return ((!refused).then(|| alone(&RuleSet::default(), &read.config, found)), defects);
    }
    let text = document.text.clone().into_bytes();
    // What was no text before it was decoded still is none.
    let problems = document.problems.iter().filter(|problem| problem.kind.is_fatal());
    let problems = problems.cloned().collect();
    let document = Document { problems, ..Document::text_alone(document.name.clone(), text) };
    let found = vec![file(&document, FileScope::Project)];
    let written = Written::read(&document);
    read.written.push((document, written));
    let set = read.rule_set();
    let (_, Written { defects, .. }) = read.written.remove(0);
    let refused = defects.iter().any(|defect| defect.refused);
    ((!refused).then(|| alone(&set, &read.config, found)), defects)
}

/// The same of the tree of a configuration, whose lines are not known.
pub(super) fn read_tree(root: &Node) -> (Policy, Vec<Defect>) {
    let (config, defects) = Config::of_tree(root, "", &|_| 0);
    (alone(&RuleSet::default(), &config, Vec::new()), defects)
}

fn alone(set: &RuleSet, config: &Config, found: Vec<RuleFile>) -> Policy {
    let permissions = permissions(set, config, &Setting::default(), found);
    Policy::of_permissions(Dialect::CODEX, permissions)
}

/// What has been read so far.
#[derive(Default)]
struct Read {
    config: Config,
    is_refused: bool,
    found: Vec<RuleFile>,
    files: Vec<(Document, Vec<Defect>)>,
    written: Vec<(Document, Written)>,
}

impl Read {
    fn layer(&mut self, layer: Layer) {
        if let Some(document) = layer.config {
            let (config, defects) = Config::read(&document);
            self.is_refused |= defects.iter().any(|defect| defect.refused);
            self.config.add(config);
            self.found.push(file(&document, layer.scope));
            self.files.push((document, defects));
        }
        for document in layer.rules {
            let written = Written::read(&document);
            self.found.push(file(&document, layer.scope));
            self.written.push((document, written));
        }
    }

    /// Keeps what a layer says that is not heard, as long as the user has not said whether the project is trusted.
    fn unheard(&mut self, layer: &Layer) {
        let texts = layer.config.iter().chain(&layer.rules).map(|document| document.text.clone());
        let texts = texts.map(|text| OtherSetting::new("projects.*.trust_level", text));
        self.config.others.extend(texts);
    }

    /// What all files of rules say. Where one of them is refused none counts; nor is anything known where
    /// one of them would have to be run.
    fn rule_set(&mut self) -> RuleSet {
        let mut set = RuleSet::default();
        let mut texts = DefaultHasher::new();
        self.written.iter().for_each(|(document, _)| document.text.hash(&mut texts));
        set.fingerprint = texts.finish();
        for (document, written) in &mut self.written {
            set.executables.append(&mut written.executables.clone());
            set.networks.append(&mut written.networks);
            check_examples(written, &set);
            let lines = LineTable::new(&document.text);
            let line = |at: usize| {
                let line = lines.line_of(at.min(document.text.len())) + 1;
                u32::try_from(line).unwrap_or(u32::MAX)
            };
            let name: std::sync::Arc<str> = document.name.as_str().into();
            if written.is_program {
                set.programs.push((name, line(written.begins_at())));
                continue;
            }
            for rule in written.rules.drain(..) {
                let (file, line) = (Some(name.clone()), line(rule.at));
                let pointer = Pointer::root().index(rule.call);
                set.rules.push((rule, Origin { file, line, pointer }));
            }
        }
        match self.written.iter().any(|(_, written)| written.is_refused()) {
            true => RuleSet::default(),
            false => set,
        }
    }
}

/// Holds the rules of a file against their examples.
fn check_examples(written: &mut Written, set: &RuleSet) {
    let mut missed = Vec::new();
    for rule in &written.rules {
        for example in &rule.examples {
            let name = example.words.first().and_then(|path| path.rsplit('/').next());
            let paths = name.and_then(|name| set.paths(name));
            let holds = begins(&example.words, &rule.pattern)
                || is_program(&example.words, &rule.pattern, paths);
            if holds != example.matches {
                missed.push((example.matches, example.place.clone()));
            }
        }
    }
    for (matches, place) in missed {
        let message = match matches {
            true => "the rule does not hold for this example",
            false => "the rule holds for this example, which it must not",
        };
        written.wrong(message, place);
    }
}

fn file(document: &Document, scope: FileScope) -> RuleFile {
    RuleFile { name: document.name.as_str().into(), scope }
}

/// The root of the project: the nearest folder with a `.git` in it.
fn project(setting: &Setting, files: &dyn Files) -> Option<String> {
    let mut folder = setting.start.as_str();
    while !files.exists(&below(folder, ".git")) {
        if matches!(folder, "" | "/") {
            return None;
        }
        folder = parent(folder);
    }
    Some(folder.to_owned())
}

fn permissions(
    set: &RuleSet,
    config: &Config,
    setting: &Setting,
    files: Vec<RuleFile>,
) -> Permissions {
    // Without the user's files nobody knows whether they say otherwise.
    let unsaid = setting.home.is_some().then_some(Approval::OnRequest);
    let start = Some(setting.start.clone()).filter(|start| !start.is_empty());
    let ground = Ground {
        start,
        project: None,
        home: setting.home.clone(),
        shell: setting.environment.get("SHELL").cloned(),
        ..Ground::default()
    };
    let networks = set.networks.iter().map(|rule| OtherSetting::new("network_rule", rule.clone()));
    Permissions {
        precedence: Precedence::DenyAskAllow,
        rules: rules::all(set, config, setting),
        void: Vec::new(),
        own_modes: OwnModes { known: Agent::Codex.modes(), ..OwnModes::default() },
        unmatched: Ruling::Allow,
        tools: tools::TOOLS,
        server_tools: tools::SERVER_TOOLS,
        hides: false,
        mode: config.approval.or(unsaid).map(|approval| approval.name().into()),
        ground,
        calls: None,
        others: config.others.iter().cloned().chain(networks).collect(),
        shell: &tools::SHELL_PROFILE,
        files,
    }
}

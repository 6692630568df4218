//! What the configuration says in vain: entries that ignore nothing, or nothing any more, patterns that match
//! no file.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::ops::ControlFlow;
use std::path::Path;

use serde::Serialize;

use crate::config::Config;
use crate::disk::{Kind, Walk};
use crate::lint::{
    Expired, Facts, Findings, HiddenBy, Patterns, Report, Rule, ServerChoice, Settings, Severity,
    relative_path, rule_among,
};
use crate::report::PassedOver;
use crate::source::{Document, Node, Place, Pointer};

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Unused {
    /// Nothing of the rule is found.
    Rule(String),
    /// The rule may not be ignored.
    Unignorable(String),
    /// No file matches the pattern.
    Pattern(String),
}

impl Facts for Unused {
    fn message(&self) -> String {
        match self {
            Unused::Rule(rule) => {
                format!("nothing of `{rule}` is found there, so that there is nothing to ignore")
            }
            Unused::Unignorable(rule) => {
                format!("`{rule}` may not be ignored, so that this has no effect")
            }
            Unused::Pattern(pattern) => format!("there is no file that `{pattern}` matches"),
        }
    }

    fn help(&self) -> Option<String> {
        let text = match self {
            Unused::Rule(_) => "remove the entry",
            Unused::Unignorable(_) => "remove it",
            Unused::Pattern(_) => {
                "name the files as they are now, below the folder of the configuration, or remove it"
            }
        };
        Some(text.to_owned())
    }
}

/// A report on the configuration, if something that it says is in vain: entries that ignore nothing
/// though their rule ran and files that they are about were judged, and patterns without a file.
pub(super) fn report(
    config: &Config,
    settings: &Settings,
    reports: &[Report],
    passed_over: &[PassedOver],
) -> Option<Report> {
    let document = config.document.as_ref()?;
    let mut findings = Findings::new(document);
    if let Some((rule, severity)) = running("unused-ignore", settings) {
        let mut said = ignores(config, settings, reports);
        said.extend(patterns(config, settings, reports, passed_over));
        for (pointer, facts) in said {
            findings.add(rule, severity, Place::value(pointer), facts);
        }
    }
    if let Some((rule, severity)) = running("expired-ignore", settings) {
        for (pointer, facts) in expired(settings) {
            findings.add(rule, severity, Place::value(pointer), facts);
        }
    }
    let findings = findings.into_sorted();
    (!findings.is_empty()).then(|| Report {
        document: Document::read(document.name.clone(), document.text.clone().into_bytes()),
        findings,
        hidden: Vec::new(),
        server: ServerChoice::None(Vec::new()),
        dialect: None,
        unknown: Vec::new(),
        is_config: true,
    })
}

/// A rule with how much it weighs, if it runs.
fn running(name: &str, settings: &Settings) -> Option<(&'static Rule, Severity)> {
    let rule = rule_among(name, &settings.house).filter(|rule| settings.runs(rule))?;
    Some((rule, settings.severity(rule, rule.severity)))
}

/// The entries of `ignores` whose time is over.
fn expired(settings: &Settings) -> Vec<(Pointer, Expired)> {
    let entries = settings.ignores.iter().enumerate().filter(|_| !settings.no_ignores);
    let expired = entries.filter_map(|(index, entry)| {
        let expires = entry.expires.filter(|expires| settings.is_over(Some(*expires)))?;
        let facts = Expired { rules: vec![entry.rule.to_owned()], expires: expires.to_string() };
        Some((Pointer::root().key("ignores").index(index), facts))
    });
    expired.collect()
}

/// The names of rules, and entries of `ignores`, that ignore nothing.
fn ignores(config: &Config, settings: &Settings, reports: &[Report]) -> Vec<(Pointer, Unused)> {
    if settings.no_ignores {
        return Vec::new();
    }
    let hidden = reports.iter().flat_map(|report| &report.hidden);
    let mut used: HashMap<usize, usize> = HashMap::new();
    hidden.for_each(|hidden| {
        if let HiddenBy::Config(by, _) = hidden.by {
            *used.entry(by).or_default() += 1;
        }
    });
    let judged: Vec<String> =
        reports.iter().map(|report| config.path(&report.document.name)).collect();
    let unignorable = |rule: &str| {
        settings.unignorable.contains(rule).then(|| Unused::Unignorable(rule.to_owned()))
    };
    let names = config.ignore.iter().enumerate().filter_map(|(index, rule)| {
        Some((Pointer::root().key("ignore").index(index), unignorable(rule)?))
    });
    let entries = settings.ignores.iter().enumerate().filter_map(|(index, entry)| {
        let pointer = Pointer::root().key("ignores").index(index);
        if let Some(facts) = unignorable(entry.rule) {
            return Some((pointer, facts));
        }
        let ran = running(entry.rule, settings).is_some() && !settings.is_over(entry.expires);
        let is_about = judged.iter().any(|path| entry.is_about(path));
        (ran && is_about && !used.contains_key(&index))
            .then(|| (pointer, Unused::Rule(entry.rule.to_owned())))
    });
    names.chain(entries).collect()
}

/// The patterns that match no file, neither one that was looked at nor another one.
fn patterns(
    config: &Config,
    settings: &Settings,
    reports: &[Report],
    passed_over: &[PassedOver],
) -> Vec<(Pointer, Unused)> {
    let names = reports
        .iter()
        .map(|report| &report.document.name)
        .chain(passed_over.iter().map(|passed| &passed.file));
    let seen: Vec<String> = names.map(|name| config.path(name)).collect();
    let lists = lists(config, settings).into_iter();
    let texts = lists.flat_map(|(at, patterns)| {
        let texts = patterns.texts.iter().enumerate();
        texts.map(move |(index, text)| (at.clone(), index, text))
    });
    let unmatched = texts.filter(|(_, _, text)| {
        Patterns::new(vec![(*text).clone()]).is_ok_and(|pattern| {
            !seen.iter().any(|path| pattern.is_match(path))
                && !matches_a_file(&config.folder, text, &pattern)
        })
    });
    let root = config.document.as_ref().and_then(|document| document.root.as_ref());
    let is_list = |at: &Pointer| root.and_then(|root| root.at(at)).is_some_and(is_list);
    unmatched
        .map(|(at, index, text)| {
            let at = if is_list(&at) { at.index(index) } else { at };
            (at, Unused::Pattern(text.clone()))
        })
        .collect()
}

fn is_list(node: &Node) -> bool {
    node.as_str().is_none()
}

/// The patterns of the configuration that are to match something, with their places.
fn lists<'c>(config: &'c Config, settings: &'c Settings) -> Vec<(Pointer, &'c Patterns)> {
    let files = |list: &str, index| Pointer::root().key(list).index(index).key("files");
    let policies = config.policies.iter().enumerate();
    let policies = policies.map(|(index, entry)| (files("policies", index), &entry.files));
    let expected = config.expect.iter().map(|expect| (Pointer::root().key("expect"), expect));
    let excluded = config.exclude.iter().map(|exclude| (Pointer::root().key("exclude"), exclude));
    let ignores = config.ignores.iter().enumerate().filter(|(_, entry)| {
        !settings.no_ignores
            && running(entry.rule, settings).is_some()
            && !settings.unignorable.contains(entry.rule)
    });
    let ignores =
        ignores.filter_map(|(index, entry)| Some((files("ignores", index), entry.files.as_ref()?)));
    let statements = settings.house.iter().enumerate().filter(|(_, own)| settings.runs(own.rule));
    let statements = statements
        .filter_map(|(index, own)| Some((files("statements", index), own.files.as_ref()?)));
    policies.chain(expected).chain(excluded).chain(ignores).chain(statements).collect()
}

/// Whether a file below a folder matches a pattern. Where the pattern names a folder, files in it
/// count also if git ignores them.
fn matches_a_file(folder: &Path, text: &str, pattern: &Patterns) -> bool {
    let names = text.trim_start_matches("./").trim_matches('/').split('/');
    let plain: Vec<&str> = names.take_while(|name| !name.contains(['*', '?', '[', '{'])).collect();
    let is_anchored = text.trim_start_matches("./").trim_end_matches('/').contains('/');
    let below = if is_anchored { plain.join("/") } else { String::new() };
    let mut is_met = false;
    let walk = Walk { takes_hidden: true, takes_ignored: !below.is_empty() };
    walk.through(&folder.join(&below), |met| {
        is_met = match met {
            Ok((_, Kind::Folder)) => false,
            Ok((path, _)) => {
                pattern.is_match(&relative_path(&path.display().to_string(), Some(folder)))
            }
            // What cannot be looked into may hold one.
            Err((_, error)) => error.kind() != ErrorKind::NotFound,
        };
        if is_met { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    is_met
}

//! Sets of Claude Code.

use std::collections::BTreeMap;
use std::path::PathBuf;

use gatelint::engine::{Call, Counters, Gate, GrantId, Surroundings};
use gatelint::policy::{Agent, Files, Ruling, Setting, read_agent};
use gatelint::trace::{GrantBy, parse_record};
use serde_json::Value;

use crate::Answers;
use crate::set::Set;

const HOME: &str = "/home/dev";

/// The options with which a session was given rules.
const LISTS: [(&str, Ruling); 2] =
    [("--allowedTools", Ruling::Allow), ("--disallowedTools", Ruling::Deny)];

/// The sets, with the numbers of their calls, that are known to be decided otherwise here, and why.
const KNOWN: [(&str, &[&str], &str); 3] = [
    ("plain-default-mode", &["4", "5", "6", "7", "8", "10"], "nobody is there who could be asked"),
    ("block-outside-reads", &["7", "8"], "what it takes for a read of another place is not public"),
    ("bash-rule-deny-054", &["44"], "it sees the words before a substitution as a command too"),
];

/// Whether a difference, in words, is a known one.
pub fn is_known(line: &str) -> bool {
    let head = line.split(':').next().unwrap_or_default();
    let (name, number) = head.split_once(' ').unwrap_or((head, ""));
    KNOWN.iter().any(|(known, calls, _)| *known == name && calls.contains(&number))
}

/// Decides the calls of a set.
pub fn decide(set: &Set) -> Answers {
    let start = set.meta["cwd"].as_str().map_or(format!("{HOME}/project"), str::to_owned);
    let mut disk = Tree::default();
    set.files.iter().for_each(|(name, text)| place(&mut disk, name, text));
    let options: Vec<&str> =
        set.meta["cli"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let setting = Setting {
        home: Some(HOME.to_owned()),
        managed: Some("/etc/claude-code".to_owned()),
        trusted: Some(set.meta["trusted"] != false),
        settings: Some(format!("{HOME}/flag-settings.json")),
        session: LISTS.iter().flat_map(|list| rules(&options, list)).collect(),
        start,
        ..Setting::default()
    };
    for pair in options.windows(2) {
        match pair[0] {
            "--settings" if pair[1].starts_with('{') => {
                let path = format!("{HOME}/flag-settings.json");
                disk.files.insert(path.into(), pair[1].as_bytes().to_vec());
            }
            "--setting-sources" => disk.files.retain(|path, _| is_read(path, pair[1])),
            _ => {}
        }
    }
    let reading = read_agent(Agent::ClaudeCode, &setting, &disk);
    let Some(policy) = reading.policy else { return Err("start".to_owned()) };
    let gate = Gate::new(&policy);
    let mode = set.meta["mode"].as_str().unwrap();
    let decide = |call: &Value| {
        let line = call.to_string();
        let record = parse_record(&line, &GrantBy::Grant).unwrap();
        let (server, tool) = owner(set, &record.tool).unwrap_or(("", &record.tool));
        let call = Call {
            tool,
            grant: GrantId(0),
            time: None,
            in_order: true,
            after: None,
            arguments: record.arguments.as_arguments(),
            result: record.result,
            around: Surroundings {
                server,
                folder: &setting.start,
                mode,
                ..Surroundings::default()
            },
        };
        gate.decide(&call, &mut Counters::default()).outcome
    };
    Ok(set.calls.iter().map(decide).map(Some).collect())
}

/// What is on the disk: files, and symbolic links with what they lead to.
#[derive(Default)]
struct Tree {
    files: BTreeMap<PathBuf, Vec<u8>>,
    links: BTreeMap<String, String>,
}

impl Files for Tree {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.files.read(path)
    }

    fn exists(&self, path: &str) -> bool {
        self.files.exists(path)
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let links = self.links.keys().filter_map(|link| {
            let name = link.strip_prefix(folder)?.strip_prefix('/')?;
            (!name.contains('/')).then(|| name.to_owned())
        });
        self.files.names(folder).into_iter().chain(links).collect()
    }

    fn link(&self, path: &str) -> Option<String> {
        self.links.get(path).cloned()
    }
}

/// Where the files of a set lie: settings by their scope, and whatever else is on the disk.
fn place(disk: &mut Tree, name: &str, text: &str) {
    let path = match name {
        "user.json" => format!("{HOME}/.claude/settings.json"),
        "project.json" => format!("{HOME}/project/.claude/settings.json"),
        "local.json" => format!("{HOME}/project/.claude/settings.local.json"),
        "managed.json" => "/etc/claude-code/managed-settings.json".to_owned(),
        "flag.json" => format!("{HOME}/flag-settings.json"),
        "fs.json" => {
            let listed: BTreeMap<String, Value> = serde_json::from_str(text).unwrap();
            for (path, what) in listed {
                let text = what["text"].as_str().unwrap_or_default().as_bytes().to_vec();
                if let Some(target) = what["symlink"].as_str() {
                    disk.links.insert(path, target.to_owned());
                    continue;
                }
                let is_folder = what["dir"] == 1;
                let path = if is_folder { format!("{path}/.keep") } else { path };
                disk.files.entry(path.into()).or_insert(text);
            }
            return;
        }
        path => path.to_owned(),
    };
    disk.files.insert(path.into(), bytes(text));
}

/// The bytes of a file, written as hexadecimal digits where they are no UTF-8.
fn bytes(text: &str) -> Vec<u8> {
    let Some(digits) = text.strip_prefix("hex:") else { return text.as_bytes().to_vec() };
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// Whether a file is read where only some sources are.
fn is_read(path: &std::path::Path, sources: &str) -> bool {
    let source = match path.to_str().unwrap() {
        "/home/dev/.claude/settings.json" => "user",
        path if path.ends_with(".claude/settings.json") => "project",
        path if path.ends_with("settings.local.json") => "local",
        _ => return true,
    };
    sources.split(',').any(|known| known == source)
}

/// The rules of an option: blanks and commas in parentheses do not split.
fn rules(options: &[&str], (option, ruling): &(&str, Ruling)) -> Vec<(String, String, Ruling)> {
    let mut rules = Vec::new();
    let behind = options.iter().skip_while(|given| *given != option).skip(1);
    for text in behind.take_while(|given| !given.starts_with("--")) {
        let (mut depth, mut rule) = (0, String::new());
        for letter in text.chars().chain([',']) {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            if depth <= 0 && matches!(letter, ' ' | ',') {
                let rule = std::mem::take(&mut rule);
                rules.extend((!rule.is_empty()).then(|| (rule, String::new(), *ruling)));
            } else {
                rule.push(letter);
            }
        }
    }
    rules
}

/// The server that a tool is of, and its name there.
fn owner<'s>(set: &'s Set, name: &str) -> Option<(&'s str, &'s str)> {
    let servers = set.meta["mcp"].as_object()?;
    let plain =
        |text: &str| text.replace(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c), "_");
    servers.iter().find_map(|(server, tools)| {
        let mut tools = tools.as_array()?.iter().filter_map(Value::as_str);
        let tool = tools.find(|tool| format!("mcp__{}__{}", plain(server), plain(tool)) == name)?;
        Some((server.as_str(), tool))
    })
}

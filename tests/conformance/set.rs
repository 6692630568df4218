//! Sets of calls with what an agent decided of them, as folders or packed, a set a line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

/// A policy in its files, calls, and what became of them.
#[derive(Deserialize)]
pub struct Set {
    /// Its name.
    pub name: String,
    /// The files by their paths within the set.
    pub files: BTreeMap<String, String>,
    /// How the agent was started.
    pub meta: Value,
    /// The calls, as records.
    #[serde(default)]
    pub calls: Vec<Value>,
    /// What the agent decided of each.
    #[serde(default)]
    pub decisions: Vec<Value>,
    /// The agent's own list of rules, if it has one.
    pub rules: Option<Value>,
    /// How the agent failed, if it did.
    pub errors: Option<Value>,
}

impl Set {
    /// The text of a set with what stands for its folders filled in.
    pub fn filled(text: &str, folders: &[(&str, &str)]) -> String {
        folders.iter().fold(text.to_owned(), |text, (name, path)| text.replace(name, path))
    }
}

/// The sets that are packed in a file.
pub fn packed(path: &Path) -> Vec<Set> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The sets in the folders of a folder, and in the rows of its `*.sets.jsonl`; none where there is no such
/// folder. What lies on the disk of several sets stands beside them, by name, in `fs.json`.
pub fn folders(path: &Path) -> Vec<Set> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut entries: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let disks = fs::read_to_string(path.join("fs.json")).ok();
    let disks: Value = disks.map_or(Value::Null, |text| serde_json::from_str(&text).unwrap());
    let mut sets: Vec<Set> = Vec::new();
    for entry in &entries {
        if entry.is_dir() {
            sets.push(of_folder(entry));
        } else if entry.to_string_lossy().ends_with(".sets.jsonl") {
            let text = fs::read_to_string(entry).unwrap();
            sets.extend(text.lines().map(|line| of_row(serde_json::from_str(line).unwrap())));
        }
    }
    for set in &mut sets {
        if let Some(disk) = set.meta["fs"].as_str().and_then(|name| disks.get(name)) {
            set.files.entry("fs.json".to_owned()).or_insert_with(|| disk.to_string());
        }
    }
    sets
}

/// A set in a row: settings by their scope, calls as a tool and its arguments, decisions as a word and why.
fn of_row(row: Value) -> Set {
    let text = |text: &Value| match text["hex"].as_str() {
        Some(digits) => format!("hex:{digits}"),
        None => text.as_str().unwrap_or_default().to_owned(),
    };
    let settings = row["settings"].as_object().into_iter().flatten();
    let calls = row["calls"].as_array().into_iter().flatten();
    let decisions = row["decisions"].as_array().into_iter().flatten();
    let word =
        |said: &Value| said.as_str().and_then(|said| said.split(' ').next()).map(str::to_owned);
    Set {
        name: row["set"].as_str().unwrap().to_owned(),
        files: settings.map(|(scope, said)| (format!("{scope}.json"), text(said))).collect(),
        calls: calls.map(|call| json!({ "tool": call[0], "args": call[1] })).collect(),
        decisions: decisions.map(|said| json!({ "decision": word(said) })).collect(),
        rules: None,
        errors: None,
        meta: row,
    }
}

fn of_folder(folder: &Path) -> Set {
    let read = |name: &str| fs::read_to_string(folder.join(name)).ok();
    let json = |name: &str| read(name).map(|text| serde_json::from_str(&text).unwrap());
    let lines = |name: &str| -> Vec<Value> {
        let text = read(name).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let mut files = BTreeMap::new();
    collect(folder, folder, &mut files);
    Set {
        name: folder.file_name().unwrap().to_string_lossy().into_owned(),
        files,
        meta: json("meta.json").unwrap(),
        calls: lines("calls.jsonl"),
        decisions: lines("decisions.jsonl"),
        rules: json("rules.json"),
        errors: json("errors.json"),
    }
}

/// The files below a folder, but for those that say what became of the calls.
fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    const OWN: [&str; 5] =
        ["meta.json", "calls.jsonl", "decisions.jsonl", "rules.json", "errors.json"];
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        if path.is_dir() {
            collect(root, &path, files);
        } else if !OWN.contains(&&*name) {
            let text = String::from_utf8(fs::read(&path).unwrap()).unwrap_or_else(|error| {
                let digits = error.as_bytes().iter().map(|byte| format!("{byte:02x}"));
                format!("hex:{}", digits.collect::<String>())
            });
            files.insert(name, text);
        }
    }
}

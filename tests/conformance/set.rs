//! Sets of calls with what an agent decided of them, as folders or packed, a set a line.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

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

/// The sets in the folders of a folder; none where there is no such folder.
pub fn folders(path: &Path) -> Vec<Set> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut folders: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.is_dir());
    folders.sort();
    folders.iter().map(|folder| of_folder(folder)).collect()
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
            files.insert(name, String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned());
        }
    }
}

//! What stands above the rules that are held against whole calls: files that are never changed unasked, paths that
//! are asked for, and checkers.

use serde_json::Value;

use super::called::Called;
use super::reach::Reach;
use crate::engine::decision::Missing;
use crate::policy::paths::{is_within, resolved};
use crate::policy::{CheckedPaths, CheckerKind, Ruling};

/// What a call must at least be met with, whatever rules say.
pub(super) struct Guard<'g, 'w> {
    pub(super) called: &'g Called<'w>,
}

impl Guard<'_, '_> {
    pub(super) fn reach(&self, arguments: Option<&Value>) -> Reach {
        let unasked = if self.called.rules.headless { Ruling::Deny } else { Ruling::Ask };
        let mut least = if self.changes_guarded(arguments) { unasked } else { Ruling::Allow };
        let mut facts = Vec::new();
        match self.wishes_beyond(arguments) {
            Ok(true) => least = least.max(Ruling::Ask),
            Ok(false) => {}
            Err(fact) => facts.push((Ruling::Ask, fact)),
        }
        for checker in &self.called.rules.checkers {
            let is_there = match (&checker.modes, self.called.mode) {
                (Some(modes), Some(mode)) => modes.iter().any(|known| **known == *mode),
                _ => true,
            };
            if !is_there {
                continue;
            }
            let found = match &checker.kind {
                CheckerKind::Unknown => Ok(Ruling::Deny),
                CheckerKind::Paths(paths) => self.checked(paths, arguments),
            };
            match (self.called.passes(&checker.test), found) {
                (Ok(false), _) => {}
                (Ok(true), Ok(ruling)) => least = least.max(ruling),
                (Err(fact), _) | (_, Err(fact)) => facts.push((Ruling::Deny, fact)),
            }
        }
        let mut reach = Reach::default();
        reach.add(least, None);
        for (ruling, fact) in facts {
            reach.add(ruling.max(least), None);
            reach.depend_on(fact);
        }
        reach
    }

    /// Whether a path lies outside of the project.
    fn is_outside(&self, path: &str) -> Result<bool, Missing> {
        let folder = self.called.folder().ok_or(Missing::Folder)?;
        Ok(!is_within(&resolved(folder, path), folder))
    }

    /// Whether the call changes a file that is never changed unasked.
    fn changes_guarded(&self, arguments: Option<&Value>) -> bool {
        let guarded = &self.called.rules.profile.guarded;
        let tool = self.called.call.tool;
        let words = tool.split(|letter: char| !letter.is_ascii_alphanumeric());
        let is_word = |word: &str| guarded.words.contains(&&*word.to_ascii_lowercase());
        if !guarded.tools.contains(&tool) && !words.into_iter().any(is_word) {
            return false;
        }
        let named = |key: &&str| arguments?.get(*key)?.as_str();
        let is_guarded = |path: &str| {
            let name = path.rsplit_once(['/', '\\']).map_or(path, |(_, name)| name).trim();
            let lower = name.to_ascii_lowercase();
            guarded.names.contains(&name)
                || guarded.beginnings.iter().any(|start| name.starts_with(start))
                || guarded.endings.iter().any(|end| lower.ends_with(end))
        };
        guarded.arguments.iter().filter_map(named).any(is_guarded)
    }

    /// Whether the call wants paths outside of the project.
    fn wishes_beyond(&self, arguments: Option<&Value>) -> Result<bool, Missing> {
        let (path, lists) = self.called.rules.profile.wishes;
        let Some(arguments) = arguments else { return Ok(false) };
        let at = path.iter().try_fold(arguments, |value, key| value.get(*key));
        let lists = lists.iter().filter_map(|list| at?.get(*list)?.as_array());
        for wish in lists.flatten().filter_map(Value::as_str) {
            if self.is_outside(wish)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What a checker of paths says.
    fn checked(&self, paths: &CheckedPaths, arguments: Option<&Value>) -> Result<Ruling, Missing> {
        let mut found = Vec::new();
        if let Some(arguments) = arguments {
            collect(paths, arguments, &mut found);
        }
        let mut worst = Ruling::Allow;
        for path in found {
            let mut parts = path.split(['/', '\\']).map(str::to_ascii_lowercase);
            let ruling = match parts.clone().any(|part| paths.refused.contains(&&*part)) {
                true => Ruling::Deny,
                false if self.is_outside(path)? => Ruling::Deny,
                false if parts.any(|part| paths.asked.contains(&&*part)) => Ruling::Ask,
                false => Ruling::Allow,
            };
            worst = worst.max(ruling);
        }
        Ok(worst)
    }
}

/// Finds the paths in arguments, at any depth.
fn collect<'a>(paths: &CheckedPaths, value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let is_path = paths.keys.contains(&key.as_str())
                    || paths.key_parts.iter().any(|part| key.to_lowercase().contains(part));
                match value.as_str() {
                    Some(path) if is_path => found.push(path),
                    _ => collect(paths, value, found),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(paths, value, found)),
        _ => {}
    }
}

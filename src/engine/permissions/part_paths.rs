//! The paths that the parts of a shell text read and change.

use super::parts::Places;
use super::words::bare;
use crate::policy::paths::resolved;
use crate::policy::{PartsProfile, PathUse};
use crate::shell::{Part, Parts, TooLong};

/// What ends the part of a path that is known, where the shell puts in names of files.
const GLOB: [char; 3] = ['?', '*', '['];

/// Where output is led to be forgotten.
const NOWHERE: [&str; 4] = ["/dev/null", "/dev/stdout", "/dev/stderr", "/dev/tty"];

/// The absolute paths that are used in a way; none of one that cannot be told.
pub(super) fn paths(
    text: &str,
    way: PathUse,
    profile: &PartsProfile,
    places: &Places<'_>,
) -> Result<Vec<Option<String>>, TooLong> {
    let parts = Parts::read(text)?;
    let mut walk = Stand { places, folder: places.start.map(str::to_owned) };
    let mut paths = Vec::new();
    for (at, part) in parts.parts.iter().enumerate() {
        let words: Vec<String> = part.pieces.iter().map(|piece| bare(piece.text)).collect();
        let words = &words[part.assignments..];
        if !part.is_nested {
            let programs = match way {
                PathUse::Reads => profile.readers,
                PathUse::Writes => profile.writers,
                PathUse::Redirects => &[],
            };
            let mut given = operands(words, programs);
            // Where a copy goes to is not read.
            if way == PathUse::Reads
                && matches!(words.first().map(String::as_str), Some("cp" | "mv"))
            {
                given.pop();
            }
            paths.extend(given.into_iter().filter_map(|word| walk.path(word)));
        }
        let of_part = parts.redirects.iter().filter(|redirect| redirect.behind == at + 1);
        for redirect in of_part.filter(|redirect| redirect.is_simple) {
            if redirect.writes == (way == PathUse::Redirects) && way != PathUse::Writes {
                paths.extend(walk.path(&bare(redirect.target)));
            }
        }
        walk.step(words, part);
    }
    let alone = parts.redirects.iter().filter(|redirect| redirect.behind == 0);
    for redirect in alone.filter(|redirect| redirect.writes && way == PathUse::Redirects) {
        paths.extend(walk.path(&bare(redirect.target)));
    }
    // Where an earlier folder is not known, it cannot be told either.
    Ok(paths
        .into_iter()
        .filter(|path| !matches!(path, Some(path) if NOWHERE.contains(&&**path)))
        .collect())
}

/// Where a command stands.
struct Stand<'p> {
    places: &'p Places<'p>,
    folder: Option<String>,
}

impl Stand<'_> {
    /// A word as an absolute path; none where it is no path whose beginning is known.
    fn path(&self, word: &str) -> Option<Option<String>> {
        let fixed = match word.find(GLOB) {
            Some(at) => &word[..word[..at].rfind('/')? + 1],
            None => word,
        };
        let home = |rest: &str| self.places.home.map(|home| resolved(home, &format!("./{rest}")));
        let start =
            |rest: &str| self.places.start.map(|start| resolved(start, &format!("./{rest}")));
        for (name, value) in
            [("$HOME", &home as &dyn Fn(&str) -> Option<String>), ("~", &home), ("$PWD", &start)]
        {
            match fixed.strip_prefix(name) {
                Some(rest) if rest.is_empty() || rest.starts_with('/') => return Some(value(rest)),
                _ => {}
            }
        }
        if fixed.is_empty() || fixed.starts_with('~') || fixed.contains(['$', '`', '{']) {
            return None;
        }
        if fixed.starts_with('/') {
            return Some(Some(resolved("/", fixed)));
        }
        Some(self.folder.as_deref().map(|folder| resolved(folder, fixed)))
    }

    /// Goes on behind a part.
    fn step(&mut self, words: &[String], part: &Part<'_>) {
        if words.first().is_some_and(|name| name == "cd") && !part.is_nested {
            let to = words.get(1).filter(|word| *word != "-").map(|word| self.path(word));
            self.folder = to.flatten().flatten();
        }
    }
}

/// The words of a command that are paths.
fn operands<'w>(words: &'w [String], programs: &[(&str, usize)]) -> Vec<&'w str> {
    let fits = |(name, _): &&(&str, usize)| {
        let mut given = words.iter();
        name.split(' ').all(|word| given.next().is_some_and(|given| given == word))
    };
    let Some((name, skipped)) = programs.iter().filter(fits).max_by_key(|(name, _)| name.len())
    else {
        return Vec::new();
    };
    let rest = &words[name.split(' ').count()..];
    match *name {
        "cd" if rest.is_empty() => return vec!["~"],
        "cd" if rest[0] == "-" => return Vec::new(),
        "find" => return searched(rest),
        _ => {}
    }
    let is_operand = |word: &&String| !word.starts_with('-') && !word.is_empty();
    rest.iter().filter(is_operand).skip(*skipped).map(String::as_str).collect()
}

/// What `find` looks into, and the paths that it looks for.
fn searched(words: &[String]) -> Vec<&str> {
    let folders = words.iter().take_while(|word| !word.starts_with(['-', '(', '!']));
    let named = words.windows(2).filter(|pair| pair[0] == "-path").map(|pair| &pair[1]);
    folders.chain(named).map(String::as_str).collect()
}

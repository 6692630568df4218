//! What is asked of the sources beside their imports.

use super::tokens::tokens;
use super::tree::Arrows;

/// The most lines that a file may have.
const LONGEST: usize = 450;

/// What no source says.
const OPEN: [&str; 4] = ["TODO", "FIXME", "dbg!", "todo!"];

/// The imports that run against the order in which a crate declares its rooms.
pub fn against_the_order(arrows: &Arrows, lib: &str) -> Vec<String> {
    let tokens = tokens(lib);
    let declared = tokens.windows(3).filter(|three| three[0] == "mod" && three[2] == ";");
    let rooms: Vec<&String> = declared.map(|three| &three[1]).collect();
    let place = |file: &str| {
        let room = file.split('/').next().unwrap_or(file).trim_end_matches(".rs");
        rooms.iter().position(|name| *name == room)
    };
    let upward = arrows.iter().filter(
        |((from, to), _)| matches!((place(from), place(to)), (Some(from), Some(to)) if from < to),
    );
    upward.map(|((from, to), names)| format!("{from} takes {names:?} from {to}")).collect()
}

/// The files that are too long.
pub fn too_long(sources: &[(String, String)]) -> Vec<String> {
    let lines = |text: &str| text.lines().count();
    let long = sources.iter().filter(|(_, text)| lines(text) > LONGEST);
    long.map(|(file, text)| format!("{file} has {} lines", lines(text))).collect()
}

/// The lines that say that something is left to do.
pub fn left_open(sources: &[(String, String)]) -> Vec<String> {
    let lines = sources.iter().flat_map(|(file, text)| text.lines().map(move |line| (file, line)));
    let open = lines.filter(|(_, line)| OPEN.iter().any(|word| line.contains(word)));
    open.map(|(file, line)| format!("{file}: {}", line.trim())).collect()
}

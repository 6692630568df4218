//! What agents themselves decided of calls under their own permission files, held against what is decided
//! here: `fixtures/conformance/DIALECT/sets.jsonl`, or the folders of `CONFORMANCE_SETS=DIR`
//! (`DIR/opencode/001-…`).

mod claude_code;
mod opencode;
mod set;
mod tally;

use std::io::Write;
use std::path::PathBuf;

use set::Set;
use tally::Tally;

/// What is decided of the calls of a set, in their order; or how the agent would fail.
type Answers = Result<Vec<gatelint::engine::Outcome>, String>;

/// What decides the calls of a set.
type Decide = fn(&Set) -> Answers;

/// The dialects by the names of their folders, each with what decides its sets.
const DIALECTS: [(&str, Decide); 2] =
    [("opencode", opencode::decide), ("claude-code", claude_code::decide)];

fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance")
}

/// Holds the sets of a dialect against what is decided here, and says what came of it.
fn compared(dialect: &str, decide: Decide, sets: &[Set]) -> Tally {
    let mut tally = Tally::default();
    sets.iter().for_each(|set| tally.add(set, decide(set)));
    // Written past the capture of tests, so that it is seen when they pass.
    let mut out = std::io::stdout();
    _ = writeln!(out, "{dialect}: {tally}");
    tally
}

#[test]
fn calls_are_decided_as_the_agents_decide_them() {
    for (dialect, decide) in DIALECTS {
        let Some(folder) = std::env::var_os("CONFORMANCE_SETS") else {
            let sets = set::packed(&fixtures().join(dialect).join("sets.jsonl"));
            let mut tally = compared(dialect, decide, &sets);
            tally.wrong.retain(|line| !claude_code::is_known(line));
            assert!(tally.wrong.is_empty(), "{}", tally.wrong.join("\n"));
            continue;
        };
        let sets = set::folders(&PathBuf::from(folder).join(dialect));
        let tally = compared(dialect, decide, &sets);
        let mut out = std::io::stdout();
        tally.wrong.iter().chain(&tally.open).for_each(|line| _ = writeln!(out, "  {line}"));
    }
}

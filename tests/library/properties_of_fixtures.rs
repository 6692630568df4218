//! The properties that the fuzz targets try without end, on fixtures that are damaged in a few places.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;

use crate::properties;

/// A place, how many bytes go there, and what comes instead.
type Damage = (Index, usize, Vec<u8>);

/// The files of folders of the fixtures, each behind a byte.
fn files(byte: Option<u8>, folders: &[&str], ending: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let entries = folders.iter().flat_map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(ending))
        .collect();
    assert!(!paths.is_empty(), "{folders:?} has no {ending}");
    paths.sort();
    let read = |path: &PathBuf| byte.into_iter().chain(fs::read(path).unwrap()).collect();
    paths.iter().map(read).collect()
}

const POLICIES: [&str; 5] =
    ["policies/bad", "policies/good", "policies/mistakes", "policies/seed", "policies/examples"];

static POLICY: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    [files(Some(0), &POLICIES, ".json"), files(Some(1), &POLICIES, ".yaml")].concat()
});

static TRACE: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let files = |ending| files(Some(u8::MAX), &["traces"], ending);
    [files(".json"), files(".jsonl"), files(".log")].concat()
});

static CONFIG: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| files(None, &["config"], ".yaml"));

static LSP: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| files(None, &["lsp"], ".jsonl"));

static PATTERN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let seeds = [
        "^[ab]+$\n[ab]\nab\nxa\n",
        "(?i)^select\\b\n^(?:select|SELECT) \nSelect 1\nselect\n",
        "\\pL{0,20}\n[[:alpha:]]*\né\na\n",
        "^https://(a|b)\\.example/\n^https://a.example/\nhttps://axexample/\n",
        "\\Bx\n^x|x\nax\nx\n",
    ];
    seeds.map(|seed| seed.as_bytes().to_vec()).to_vec()
});

/// A seed with some damages.
fn damaged(seeds: &'static [Vec<u8>]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "", "{", "}", "]", ",", ":", "\"", "\n", "  ", "- ", "null", "é", "\u{202e}", "# why",
            "&a ", "*a", "^", "$", "+", "\\", "(", "1e999", "-0", "windw", "\r\n", "\u{feff}",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..3),
    ];
    let damages = prop::collection::vec((any::<Index>(), 0..6_usize, piece), 0..6);
    (prop::sample::select(seeds), damages).prop_map(|(mut bytes, damages)| {
        for (place, length, with) in damages as Vec<Damage> {
            let start = place.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.splice(start..end, with);
        }
        bytes
    })
}

#[test]
fn sound_fixtures_have_the_properties() {
    POLICY.iter().for_each(|seed| properties::policy::holds(seed));
    TRACE.iter().for_each(|seed| properties::trace::holds(seed));
    CONFIG.iter().for_each(|seed| properties::config::holds(seed));
    LSP.iter().for_each(|seed| properties::lsp::holds(seed));
    PATTERN.iter().for_each(|seed| properties::pattern::holds(seed));
    properties::index::holds(&[]);
}

#[test]
fn what_is_mended_safely_lets_nothing_more_pass() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = config.cases as usize;
    let mended = Cell::new(0);
    let choices = prop::collection::vec(any::<u8>(), 40..400);
    let ran = TestRunner::new(config).run(&choices, |data| {
        mended.set(mended.get() + properties::fixes::holds(&data));
        Ok(())
    });
    ran.unwrap();
    // Most policies have a slip that is one of the hand; else nothing would be tried.
    assert!(mended.get() * 2 > cases, "{} fixes in {cases} policies", mended.get());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn damaged_policies_are_read_linted_and_mended(data in damaged(&POLICY)) {
        properties::policy::holds(&data);
    }

    #[test]
    fn damaged_traces_give_the_same_calls_in_any_pieces(kind in any::<u8>(), data in damaged(&TRACE)) {
        properties::trace::holds(&data);
        properties::trace::holds(&[&[kind % 16], &data[1.min(data.len())..]].concat());
    }

    #[test]
    fn damaged_configurations_are_refused_with_places(data in damaged(&CONFIG)) {
        properties::config::holds(&data);
    }

    #[test]
    fn damaged_sessions_of_the_language_server_get_their_answers(data in damaged(&LSP)) {
        properties::lsp::holds(&data);
    }

    #[test]
    fn damaged_patterns_are_solved_as_the_engine_decides(data in damaged(&PATTERN)) {
        properties::pattern::holds(&data);
    }

    #[test]
    fn damaged_indexes_never_say_anything_else(data in prop::collection::vec(any::<u8>(), 3..30)) {
        properties::index::holds(&data);
    }
}

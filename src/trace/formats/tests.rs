use std::fs;
use std::path::Path;

use super::common::reader::Calls;
use super::*;

/// Formats without a recorded trace in `fixtures/traces`, and why there is none.
const WITHOUT_FIXTURE: [(&str, &str); 0] = [];

/// The recorded traces that do not bear the name of their format.
const OTHERWISE_NAMED: [(&str, &str); 5] = [
    ("anthropic", "messages"),
    ("openai-chat", "messages"),
    ("openai-responses", "messages"),
    ("openinference", "otlp"),
    ("runbook-burst", "record"),
];

/// A recorded trace.
struct Fixture {
    name: String,
    format: Format,
    /// Its lines, or all of a document.
    units: Vec<String>,
}

fn fixtures() -> Vec<Fixture> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/traces");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let traces = paths.filter(|path| path.extension().is_some_and(|ending| ending != "md"));
    traces
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let is_document =
                ["json", "har", "traj"].map(AsRef::as_ref).contains(&path.extension().unwrap());
            let units =
                if is_document { vec![text] } else { text.lines().map(str::to_owned).collect() };
            Fixture { format: format_of(&name), name, units }
        })
        .collect()
}

/// The format that a fixture must be found to have: the longest that its name begins with.
fn format_of(name: &str) -> Format {
    let otherwise = OTHERWISE_NAMED.iter().find(|(named, _)| *named == name);
    let formats = Format::ALL.into_iter();
    let named = match otherwise {
        Some((_, format)) => Format::named(format),
        None => formats
            .filter(|format| name.starts_with(format.name()))
            .max_by_key(|format| format.name().len()),
    };
    named.unwrap_or_else(|| panic!("{name} bears the name of no format"))
}

#[test]
fn every_format_has_a_fixture_or_a_reason_why_not_and_a_name_and_endings_of_its_own() {
    let fixtures = fixtures();
    for format in Format::ALL {
        let count = fixtures.iter().filter(|fixture| fixture.format == format).count();
        let reason = WITHOUT_FIXTURE.iter().find(|(name, _)| *name == format.name());
        assert_eq!(count == 0, reason.is_some(), "{format:?}");
        let same = Format::ALL.iter().filter(|other| **other == format).count();
        assert_eq!(same, 1, "{format:?}");
        assert!(!format.description().is_empty() && !format.0.endings.is_empty(), "{format:?}");
    }
}

#[test]
fn every_unit_of_a_fixture_is_of_its_format_or_of_none() {
    for Fixture { name, format, units } in fixtures() {
        let found: Vec<_> = units.iter().filter_map(|unit| Format::of_unit(unit)).collect();
        assert!(found.iter().all(|found| *found == format), "{name}: {found:?}");
        assert_eq!(found.first(), Some(&format), "{name}");
    }
}

#[test]
fn no_reader_panics_on_what_is_cut_off_or_not_its_own() {
    for Fixture { units, .. } in fixtures() {
        for mut reader in Format::ALL.map(Format::reader) {
            let mut calls = Calls::default();
            for unit in &units {
                for length in [unit.len(), unit.len() / 2, unit.len() / 5] {
                    let end = unit.floor_char_boundary(length);
                    _ = reader.take(&unit[..end], &mut calls);
                }
            }
            reader.finish(&mut calls);
        }
    }
}

#[test]
fn the_first_format_that_knows_a_unit_takes_it() {
    let both = r#"{"tool":"t","type":"tool_call","instance":"i","ts":1}"#;
    let named = |unit: &str| Format::of_unit(unit).map(Format::name);
    assert_eq!(named(both), Some("intercept"));
    assert_eq!(named(r#"[{"tool":"t"},{"jsonrpc":"2.0"}]"#), Some("record"));
    assert_eq!([named("[]"), named("7"), named("no JSON")], [None; 3]);
}

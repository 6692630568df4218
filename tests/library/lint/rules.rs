//! The rules of the linter on the policies of `fixtures/policies`.
//!
//! A policy in `bad/` is named after the rule that it breaks, with `-intercept` or the name of an agent behind it
//! where other dialects break the rule too. Beside it stands what that rule finds, one finding a
//! line: `<severity> <class> <line>:<column> <pointer>`. The pointer is `""` for the whole
//! document, and `-` for what is wrong with the text. The policies in `good/` must pass.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use gatelint::catalogue::{Catalogue, load};
use gatelint::lint::{Finding, Linter, RULES, Related, Report, Settings, Severity};
use gatelint::policy::{Agent, Dialect};
use gatelint::source::{Document, LineTable, Pointer};
use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::Index;

/// What stands behind a rule's name when the policy is one of Intercept.
const INTERCEPT: &str = "-intercept";

/// Rules that are only about Intercept's dialect, whose policies need not say so.
const INTERCEPT_ONLY: [&str; 17] = [
    "amount-buys-quota",
    "amount-overflow",
    "counter-never-counts",
    "dotted-tool-counter",
    "expired-ignore",
    "invalid-hide",
    "invalid-ignore",
    "invalid-rate-limit",
    "invalid-rule",
    "negation-on-missing-argument",
    "off-by-one-limit",
    "printed-number-equality",
    "spend-not-replayed",
    "undeclared-counter",
    "uninspected-arguments",
    "unused-ignore",
    "wildcard-misses-unlisted",
];

/// The built-in servers, one whose claims contradict the names of its tools, and two that announce what
/// their arguments may be.
static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let mut catalogue = Catalogue::builtin();
    for name in ["weather.json", "workbench.json", "desk.json"] {
        let bytes = fs::read(folder("../catalogue").join(name)).unwrap();
        catalogue.add(load(&Document::read(name, bytes)).unwrap());
    }
    catalogue
});

/// A policy of a folder.
#[derive(Clone, Debug)]
struct Fixture {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl Fixture {
    /// The file's name, by which the format is known.
    fn name(&self) -> String {
        self.path.file_name().unwrap().to_string_lossy().into_owned()
    }

    /// The file's name without its ending.
    fn stem(&self) -> String {
        self.path.file_stem().unwrap().to_string_lossy().into_owned()
    }

    /// The rule that the policy is named after.
    fn rule(&self) -> String {
        let stem = self.stem();
        let begins = |rule: &&str| {
            stem.strip_prefix(rule).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        };
        let names = RULES.iter().map(|rule| rule.name).filter(begins);
        names.max_by_key(|name| name.len()).unwrap_or(&stem).to_owned()
    }

    /// The agent whose permission file it is.
    fn agent(&self) -> Option<Agent> {
        let of =
            |agent: &Agent| self.stem().contains(&format!("-{}", Dialect::Agent(*agent).code()));
        Agent::ALL.into_iter().find(of)
    }

    /// With the rules that run unless somebody asks for others.
    fn judge_by_default(&self) -> Report {
        judge_with(&self.name(), self.bytes.clone(), Settings::default())
    }

    fn judge(&self) -> Report {
        judge(&self.name(), self.bytes.clone())
    }
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/policies").join(name)
}

/// The policies of a folder, in the order of their names.
fn fixtures(name: &str) -> Vec<Fixture> {
    let is_policy = |path: &PathBuf| {
        let ending = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        ["json", "yaml", "toml", "rules"].contains(&&*ending)
    };
    let entries = fs::read_dir(folder(name)).unwrap();
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.unwrap().path()).filter(is_policy).collect();
    paths.sort();
    assert!(!paths.is_empty(), "there is no policy in {name}");
    paths.into_iter().map(|path| Fixture { bytes: fs::read(&path).unwrap(), path }).collect()
}

fn judge(name: &str, bytes: Vec<u8>) -> Report {
    judge_with(name, bytes, Settings::every_rule())
}

/// On a day of its own, by which some ignores have expired.
fn judge_with(name: &str, bytes: Vec<u8>, mut settings: Settings) -> Report {
    settings.today = Some(date(2026, 1, 31));
    let settings = &settings;
    let agent = Agent::ALL.into_iter().find(|agent| {
        let (stem, _) = name.rsplit_once('.').unwrap_or((name, ""));
        stem.contains(&format!("-{}", Dialect::Agent(*agent).code()))
    });
    let dialect = agent.map(Dialect::Agent);
    let linter = Linter { catalogue: &CATALOGUE, dialect, settings, root: None, project: None };
    linter.lint(Document::read(name, bytes), None)
}

/// A finding as it is written in `.expected` files.
fn line(report: &Report, finding: &Finding) -> String {
    let text = &report.document.text;
    let at = LineTable::new(text).position(text, finding.span.start);
    let pointer = match finding.pointer.as_deref() {
        None => "-",
        Some("") => "\"\"",
        Some(pointer) => pointer,
    };
    let (severity, class) = (finding.severity.name(), finding.class.name());
    format!("{severity} {class} {}:{} {pointer}\n", at.line, at.column)
}

/// The findings of one rule as an `.expected` file; behind one that stands for several places, the others.
fn findings_of(report: &Report, rule: &str) -> String {
    let own = report.findings.iter().filter(|finding| finding.rule.name == rule);
    let text = &report.document.text;
    let lines = LineTable::new(text);
    let other = |related: &Related| {
        let at = lines.position(text, related.span.start);
        format!("  also {}:{} {}\n", at.line, at.column, related.pointer.as_deref().unwrap_or("-"))
    };
    let with_others = |finding: &Finding| {
        let others = finding.related.iter().filter(|_| finding.facts.get("count").is_some());
        line(report, finding) + &others.map(other).collect::<String>()
    };
    own.map(with_others).collect()
}

/// A finding for people who look for the cause of a failed test.
fn shown(report: &Report, finding: &Finding) -> String {
    let line = line(report, finding);
    format!("  {}: {}: {}\n", finding.rule.name, line.trim_end(), finding.message)
}

#[test]
fn every_bad_policy_has_the_findings_that_stand_beside_it() {
    let mut differences = String::new();
    for fixture in fixtures("bad") {
        let expected = fixture.path.with_extension("expected");
        let expected = fs::read_to_string(&expected)
            .unwrap_or_else(|error| panic!("{}: {error}", expected.display()));
        let report = fixture.judge();
        let found = findings_of(&report, &fixture.rule());
        assert!(!expected.trim().is_empty(), "{}: nothing is expected", fixture.name());
        if found != expected {
            let all: String =
                report.findings.iter().map(|finding| shown(&report, finding)).collect();
            differences += &format!(
                "{}\nexpected:\n{expected}found:\n{found}all findings:\n{all}\n",
                fixture.name()
            );
        }
    }
    assert!(differences.is_empty(), "{differences}");
}

#[test]
fn every_rule_has_a_bad_policy_and_every_bad_policy_a_rule() {
    let shown: BTreeSet<String> = fixtures("bad").iter().map(Fixture::rule).collect();
    let known: BTreeSet<String> = RULES.iter().map(|rule| rule.name.to_owned()).collect();
    assert_eq!(shown, known);
}

#[test]
fn every_expectation_belongs_to_a_policy() {
    let policies: BTreeSet<String> = fixtures("bad").iter().map(Fixture::stem).collect();
    let entries = fs::read_dir(folder("bad")).unwrap().map(|entry| entry.unwrap().path());
    let stems: BTreeSet<String> = entries
        .filter(|path| path.extension().is_some_and(|ending| ending == "expected"))
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(stems, policies);
}

#[test]
fn the_names_of_bad_policies_tell_their_dialect() {
    for fixture in fixtures("bad") {
        let Some(dialect) = fixture.judge().dialect else { continue };
        let rule = fixture.rule();
        let intercept =
            fixture.stem().ends_with(INTERCEPT) || INTERCEPT_ONLY.contains(&rule.as_str());
        // Several documents in one file are a matter of YAML.
        let expected = match (fixture.agent(), intercept || rule == "extra-document") {
            (Some(agent), _) => Dialect::Agent(agent),
            (None, true) => Dialect::INTERCEPT,
            (None, false) => Dialect::V1,
        };
        assert_eq!(dialect, expected, "{}", fixture.name());
    }
}

#[test]
fn good_policies_have_nothing_to_warn_of() {
    let mut fired = String::new();
    for fixture in fixtures("good") {
        let report = fixture.judge_by_default();
        assert!(!report.is_unreadable(), "{}", fixture.name());
        let heavy = report.findings.iter().filter(|finding| finding.severity >= Severity::Warning);
        let heavy: String = heavy.map(|finding| shown(&report, finding)).collect();
        if !heavy.is_empty() {
            fired += &format!("{}\n{heavy}", fixture.name());
        }
    }
    assert!(fired.is_empty(), "rules fired on good policies:\n{fired}");
}

#[test]
fn good_policies_are_of_both_dialects_and_formats() {
    let kinds: BTreeSet<(String, String)> = fixtures("good")
        .iter()
        .map(|fixture| {
            let dialect = fixture.judge().dialect.unwrap().to_string();
            let ending = fixture.path.extension().unwrap().to_string_lossy().into_owned();
            (dialect, ending)
        })
        .collect();
    for (dialect, ending) in
        [(Dialect::V1, "json"), (Dialect::V1, "yaml"), (Dialect::INTERCEPT, "yaml")]
    {
        let kind = (dialect.to_string(), ending.to_owned());
        assert!(kinds.contains(&kind), "no good policy is {kind:?}");
    }
}

#[test]
fn a_limit_of_all_tools_is_dead_where_no_tool_is_left() {
    let dead = |default: &str, hide: &str, tool: &str| {
        let limit = r#"{"counter": "c", "window": "hour", "max": 5, "scope": "grant"}"#;
        let text = format!(
            r#"{{"version": "1", "default": "{default}", "hide": {hide},
                "tools": {{"read": {tool}}}, "all_tools": {{"limits": [{limit}]}}}}"#
        );
        let report = judge("policy.json", text.into_bytes());
        let own = report.findings.iter().filter(|finding| finding.rule.name == "dead-limit");
        own.map(|finding| finding.facts["reason"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let denied = r#"{"deny_if": [{"conditions": []}]}"#;
    assert_eq!(dead("deny", r#"["*"]"#, "{}"), ["all-hidden"]);
    assert_eq!(dead("allow", r#"["*"]"#, "{}"), ["all-hidden"]);
    assert_eq!(dead("deny", "[]", denied), ["no-tool-left"]);
    assert_eq!(dead("deny", r#"["read"]"#, "{}"), ["no-tool-left"]);
    assert_eq!(dead("allow", "[]", denied), [""; 0]);
    assert_eq!(dead("deny", "[]", "{}"), [""; 0]);
}

#[test]
fn the_policy_with_ten_mistakes_has_ten_findings() {
    let [fixture] = <[Fixture; 1]>::try_from(fixtures("mistakes")).unwrap();
    let report = fixture.judge_by_default();
    let found: Vec<&str> = report.findings.iter().map(|finding| finding.rule.name).collect();
    assert_eq!(
        found,
        [
            "hidden-and-listed",
            "unknown-tool",
            "legacy-field",
            "unknown-field",
            "unbounded-execute-tool",
            "unknown-window",
            "bypassable-allow-list",
            "missing-argument-bypass",
            "unreachable-limit",
            "contradictory-conditions",
        ]
    );
}

#[test]
fn every_finding_points_at_something_and_says_something() {
    for fixture in ["bad", "good", "mistakes"].into_iter().flat_map(fixtures) {
        let report = fixture.judge();
        for finding in &report.findings {
            let what = shown(&report, finding);
            assert!(!finding.message.is_empty() && !finding.message.ends_with('.'), "{what}");
            let Some(pointer) = &finding.pointer else { continue };
            let root = report.document.root.as_ref().unwrap();
            assert!(root.at(&Pointer::parse(pointer)).is_some(), "{}\n{what}", fixture.name());
        }
    }
}

/// What must be true of the findings of any text at all.
fn check_sound(name: &str, bytes: &[u8]) {
    let report = judge(name, bytes.to_vec());
    let text = &report.document.text;
    let place = |finding: &Finding| (finding.span.start, finding.span.end);
    assert!(report.findings.is_sorted_by_key(place), "{name}: {text}");
    for finding in &report.findings {
        let related = finding.related.iter().map(|related| &related.span);
        for span in std::iter::once(&finding.span).chain(related) {
            assert!(text.get(span.clone()).is_some(), "{name}: {span:?} is no part of {text}");
        }
        assert!(finding.severity <= finding.rule.severity, "{name}: {}", finding.rule.name);
    }
    // What cannot be read is never passed over in silence.
    assert!(!report.is_unreadable() || !report.findings.is_empty(), "{name}: {text}");
    let again = judge(name, bytes.to_vec());
    let lines = |report: &Report| -> Vec<String> {
        report.findings.iter().map(|finding| shown(report, finding)).collect()
    };
    assert_eq!(lines(&report), lines(&again), "{name}: {text}");
}

static ALL: LazyLock<Vec<Fixture>> =
    LazyLock::new(|| ["bad", "good", "mistakes"].into_iter().flat_map(fixtures).collect());

#[test]
fn a_file_that_is_cut_off_is_judged_all_the_same() {
    // No power of two, so that the cuts fall on every kind of place.
    const STEP: usize = 13;
    for fixture in ALL.iter() {
        for length in (0..fixture.bytes.len()).step_by(STEP) {
            check_sound(&fixture.name(), &fixture.bytes[..length]);
        }
    }
}

/// A way to damage a file; places are shares of its length.
#[derive(Clone, Debug)]
enum Damage {
    Delete(Index, usize),
    Duplicate(Index, usize, Index),
    Overwrite(Index, Vec<u8>),
    /// Writes a part of another file into this one.
    Transplant(Index, Index, usize, Index),
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let range = |from: &Index, length: usize, of: &[u8]| {
            let start = from.index(of.len() + 1);
            start..(start + length).min(of.len())
        };
        match self {
            Damage::Delete(from, length) => {
                let range = range(from, *length, bytes);
                bytes.drain(range);
            }
            Damage::Duplicate(from, length, to) => {
                let copy = bytes[range(from, *length, bytes)].to_vec();
                let at = to.index(bytes.len() + 1);
                bytes.splice(at..at, copy);
            }
            Damage::Overwrite(from, with) => {
                let range = range(from, with.len(), bytes);
                bytes.splice(range, with.iter().copied());
            }
            Damage::Transplant(source, from, length, to) => {
                let source = &source.get(&ALL).bytes;
                let copy = source[range(from, *length, source)].to_vec();
                let at = to.index(bytes.len() + 1);
                bytes.splice(at..at, copy);
            }
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    // Characters that mean something to a reader are likelier than the others.
    let byte = prop_oneof![
        4 => prop::sample::select(b"{}[]\":,'#&*!|>-?\\/~<.$^()0179eE \t\n\r".as_slice()),
        1 => any::<u8>(),
    ];
    let index = any::<Index>;
    prop_oneof![
        (index(), 1..40_usize).prop_map(|(from, length)| Damage::Delete(from, length)),
        (index(), 1..120_usize, index())
            .prop_map(|(from, length, to)| Damage::Duplicate(from, length, to)),
        (index(), prop::collection::vec(byte, 1..8))
            .prop_map(|(from, with)| Damage::Overwrite(from, with)),
        (index(), index(), 1..120_usize, index())
            .prop_map(|(source, from, length, to)| Damage::Transplant(source, from, length, to)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_is_judged_all_the_same(
        fixture in any::<Index>(),
        damages in prop::collection::vec(damage(), 1..5),
    ) {
        let fixture = fixture.get(&ALL);
        let mut bytes = fixture.bytes.clone();
        for damage in &damages {
            damage.apply(&mut bytes);
        }
        check_sound(&fixture.name(), &bytes);
    }

    #[test]
    fn a_damaged_file_of_the_other_format_is_judged_all_the_same(
        fixture in any::<Index>(),
        damages in prop::collection::vec(damage(), 0..3),
    ) {
        let fixture = fixture.get(&ALL);
        let mut bytes = fixture.bytes.clone();
        for damage in &damages {
            damage.apply(&mut bytes);
        }
        let other = if fixture.name().ends_with(".json") { "policy.yaml" } else { "policy.json" };
        check_sound(other, &bytes);
    }
}

use proptest::prelude::*;

use super::*;
use crate::engine::{Assumptions, Charge, Choice};
use crate::policy;
use crate::replay::Replay;
use crate::replay::grants::{GrantHasher, GrantShard, Grants};
use crate::replay::peaks::Peak;
use crate::replay::{Gateway, Policies, Routed, Totals};
use crate::source::Document;
use crate::trace::{GrantBy, parse_record};

const POLICY: &str = r#"{"version": "1", "default": "deny", "hide": ["wipe"], "tools": {
    "run": {
        "deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 5}]}],
        "limits": [{"counter": "r", "window": "minute", "max": 3, "scope": "grant"}]},
    "pay": {
        "require": [{"conditions": [{"path": "args.n", "op": "lte", "value": 2}]}],
        "limits": [
            {"counter": "p", "window": "hour", "max": 4, "scope": "grant"},
            {"counter": "q", "window": "day", "max": 9, "scope": "grant"}]},
    "stop": {"limits": [{"counter": "s", "window": "day", "max": 0, "scope": "grant"}]},
    "read": {}, "wipe": {}}}"#;

fn gate(text: &str) -> Gate {
    let document = Document::read("policy.json", text.as_bytes().to_vec());
    let reading = policy::read(&document, None);
    Gate::new(&reading.policy.unwrap_or_else(|| panic!("{:?}", reading.defects)))
}

/// One policy for all servers.
fn one(gate: Gate) -> Policies {
    let mut policies = Policies::default();
    policies.add(None, "policy.json".to_owned(), gate);
    policies
}

/// A policy for each of two servers; a third is behind the gateway without one.
fn several() -> Policies {
    let mut policies = Policies::default();
    for server in ["s0", "s1"] {
        policies.add(Some(server.to_owned()), format!("{server}.json"), gate(POLICY));
    }
    policies.add_gated("s2".to_owned());
    policies
}

/// Replays those calls that are chosen; all of them count.
fn replay(
    policies: &Policies,
    by: By,
    lines: &[String],
    chosen: impl Fn(u32) -> bool,
) -> (Summary, Grants) {
    let mut summary = Summary::new(policies.iter(), by).comparing_recorded();
    let mut gateway = Gateway::new(policies, Replay::new);
    let hasher = GrantHasher::default();
    let mut grants = GrantShard::new(&hasher, (0, 1));
    for (number, line) in (1..).zip(lines) {
        let record = parse_record(line, &GrantBy::Grant).unwrap();
        let grant = grants.id(hasher.hash(&record.grant), &record.grant);
        if !chosen(grant.0) {
            continue;
        }
        let Some(Routed { policy, decision }) = gateway.decide(&record, grant, record.time) else {
            summary.add_uncovered(&record);
            continue;
        };
        summary.add(Decided {
            number,
            policy,
            record: &record,
            grant,
            time: record.time,
            decision: &decision,
            charged: gateway.charged(policy),
        });
    }
    (summary, Grants::new(vec![grants]))
}

fn totals(by: By, lines: &[&str]) -> Totals {
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    let (summary, grants) = replay(&one(gate(POLICY)), by, &lines, |_| true);
    summary.totals(&grants)
}

fn group(totals: &Totals, name: Option<&str>) -> [u64; Outcome::ALL.len()] {
    let named = |group: &&crate::replay::Group| group.name.as_deref() == name;
    totals.groups.iter().find(named).map(|group| group.counts.0).unwrap_or_default()
}

const TRACE: [&str; 9] = [
    r#"{"ts":10,"grant":"a","server":"s1","tool":"run","args":{"n":1}}"#,
    r#"{"ts":20,"grant":"a","server":"s1","tool":"run","args":{"n":9}}"#,
    r#"{"ts":30,"grant":"b","server":"s2","tool":"run","args":{}}"#,
    r#"{"ts":70,"grant":"b","server":"s2","tool":"run","args":{}}"#,
    r#"{"ts":71,"grant":"b","server":"s2","tool":"run","args":{}}"#,
    r#"{"ts":72,"grant":"b","server":"s2","tool":"run","args":{}}"#,
    r#"{"ts":73,"grant":"b","server":"s2","tool":"run","args":{}}"#,
    r#"{"ts":3600,"grant":"a","tool":"gone","args":{}}"#,
    r#"{"grant":"b","server":"s2","tool":"pay","args_hash":"sha256:0"}"#,
];

#[test]
fn rules_are_told_with_whom_they_refused_of_which_tools_and_when() {
    let totals = totals(By::Rule, &TRACE);
    let gist: Vec<_> = totals
        .rules
        .iter()
        .map(|rule| {
            let at = rule.first.map(|time| time.seconds);
            (rule.rule.as_str(), rule.outcome, rule.calls, at, rule.grants[0].0.as_str())
        })
        .collect();
    assert_eq!(
        gist,
        [
            ("(default deny)", Outcome::Deny, 1, Some(3_600), "a"),
            ("/tools/run/deny_if/args.n-gt", Outcome::Deny, 1, Some(20), "a"),
            ("/tools/run/limits/r", Outcome::Throttle, 1, Some(73), "b"),
        ]
    );
    assert_eq!(totals.rules[0].tools, [("gone".to_owned(), 1)]);
    assert_eq!(group(&totals, Some("/tools/run/limits/r")), [0, 0, 0, 1, 0]);
    assert_eq!(group(&totals, None), [5, 0, 0, 0, 1], "what no rule refused");
}

#[test]
fn the_peak_of_a_limit_is_that_of_its_fullest_window() {
    let totals = totals(By::Grant, &TRACE);
    let limit = |rule: &str| totals.limits.iter().find(|limit| limit.rule == rule).unwrap();
    let run = limit("/tools/run/limits/r");
    let peak = run.peak.as_ref().unwrap();
    assert_eq!((peak.used, peak.possible, peak.percent(3)), (3, 3, Some(100.0)));
    assert_eq!(
        (peak.grant(), peak.window(run.facts.as_ref().unwrap())),
        (Some("b"), Some(Timestamp::at_second(60)))
    );
    assert_eq!((run.calls, run.holds, run.held_seconds), (1, 1, 47));
    // The undecided call may have taken one, or none; all of a peak is of one window.
    let pay = limit("/tools/pay/limits/p").peak.as_ref().unwrap();
    assert_eq!((pay.used, pay.possible, pay.grant()), (0, 1, Some("b")));
    let nothing = limit("/tools/stop/limits/s").peak.as_ref().unwrap();
    assert_eq!((nothing.used, nothing.percent(0)), (0, None), "no share of nothing");
    let closest = |name: &str| {
        let group = totals.groups.iter().find(|group| group.name.as_deref() == Some(name)).unwrap();
        group.closest.as_ref().map(|share| (share.used, share.limit.max)).unwrap()
    };
    assert_eq!((closest("a"), closest("b")), ((1, 3), (3, 3)));
}

#[test]
fn a_call_that_is_given_back_or_refused_uses_nothing_up() {
    let totals = totals(
        By::Tool,
        &[
            r#"{"ts":1,"tool":"run","args":{},"result":"upstream_error"}"#,
            r#"{"ts":2,"tool":"run","args":{"n":6}}"#,
        ],
    );
    let used: Vec<i64> =
        totals.limits.iter().map(|limit| limit.peak.as_ref().unwrap().possible).collect();
    assert_eq!(used, [0, 0, 0, 0]);
}

#[test]
fn calls_are_grouped_by_server_and_hour_too() {
    let by_server = totals(By::Server, &TRACE);
    assert_eq!(group(&by_server, Some("s2")), [4, 0, 0, 1, 1]);
    assert_eq!(group(&by_server, Some("")), [0, 0, 1, 0, 0], "the log does not tell the server");
    let by_hour = totals(By::Hour, &TRACE);
    let names: Vec<_> = by_hour.groups.iter().map(|group| group.name.as_deref()).collect();
    assert_eq!(names, [None, Some("1970-01-01T00:00:00Z"), Some("1970-01-01T01:00:00Z")]);
    assert_eq!(group(&by_hour, Some("1970-01-01T00:00:00Z")), [5, 0, 1, 1, 0]);
    assert_eq!(group(&by_hour, None), [0, 0, 0, 0, 1]);
}

#[test]
fn the_largest_groups_are_shown_and_the_others_summed_up() {
    let totals = totals(By::Tool, &TRACE);
    let top = crate::replay::Top::of(&totals.groups, Some(1));
    assert_eq!(top.groups[0].name.as_deref(), Some("run"));
    assert_eq!((top.others, top.rest.0), (2, [0, 0, 1, 0, 1]));
    let all = crate::replay::Top::of(&totals.groups, None);
    assert_eq!((all.groups.len(), all.others, all.rest.calls()), (3, 0, 0));
}

#[test]
fn a_call_that_is_assumed_to_pass_is_charged_and_one_that_is_not_is_not() {
    let line = r#"{"ts":1,"tool":"pay","args_hash":"sha256:0"}"#;
    let lines = vec![line.to_owned(); 5];
    let gist = |choice: Choice| {
        let mut assumptions = Assumptions::default();
        assumptions.set(Missing::HashedArguments, choice);
        let policies = one(gate(POLICY).assuming(assumptions));
        let (summary, grants) = replay(&policies, By::Tool, &lines, |_| true);
        let totals = summary.totals(&grants);
        let peak = totals.limits[0].peak.clone().unwrap();
        assert_eq!(totals.limits[0].rule, "/tools/pay/limits/p");
        assert_eq!(totals.assumed, [(Missing::HashedArguments, 5)]);
        (totals.counts.0, peak.used, peak.possible)
    };
    assert_eq!(gist(Choice::Allow), ([4, 0, 0, 1, 0], 4, 4));
    assert_eq!(gist(Choice::Deny), ([0, 0, 5, 0, 0], 0, 0));
    assert_eq!(gist(Choice::Absent), ([0, 0, 5, 0, 0], 0, 0));
}

#[test]
fn a_limit_that_cannot_be_told_is_settled_by_choice() {
    let lines = vec![r#"{"tool":"run","args":{}}"#.to_owned(); 5];
    let counts = |choice: Choice| {
        let mut assumptions = Assumptions::default();
        assumptions.set(Missing::Time, choice);
        let policies = one(gate(POLICY).assuming(assumptions));
        replay(&policies, By::Tool, &lines, |_| true).0.counts.0
    };
    assert_eq!(counts(Choice::Allow), [5, 0, 0, 0, 0]);
    assert_eq!(counts(Choice::Deny), [3, 0, 0, 2, 0]);
}

/// Calls of a tool with room for three, and what was recorded of them.
fn compared(recorded: &[&str]) -> crate::replay::Comparison {
    let line = |decision: &&str| {
        let decision = decision.replace('?', "null");
        format!(r#"{{"ts":1,"tool":"run","args":{{}},"decision":{decision}}}"#)
    };
    let lines: Vec<String> = recorded.iter().map(line).collect();
    let (summary, grants) = replay(&one(gate(POLICY)), By::Tool, &lines, |_| true);
    summary.totals(&grants).recorded.unwrap()
}

#[test]
fn a_recorded_denial_agrees_with_a_throttle_only_where_the_record_never_throttles() {
    let (allow, deny, throttle) = ("\"allow\"", "\"deny\"", "\"throttle\"");
    let gist = |recorded: &[&str]| {
        let compared = compared(recorded);
        let examples: Vec<u64> = compared.examples.iter().map(|example| example.number).collect();
        (compared.calls(), compared.agreeing, compared.disagreeing, examples)
    };
    assert_eq!(gist(&["?", "?"]), (0, 0, 0, vec![]));
    assert_eq!(gist(&[allow, "?", allow, deny]), (3, 3, 0, vec![]));
    assert_eq!(gist(&[allow, deny, allow, deny, throttle]), (5, 3, 2, vec![2, 4]));
    assert_eq!(gist(&["?", "?", "?", allow, deny]), (2, 1, 1, vec![4]));
}

/// A line of a trace; the times are its own, so that they mostly grow.
fn line() -> impl Strategy<Value = (u64, String)> {
    let tool = prop::sample::select(vec!["run", "pay", "read", "wipe", "stop", "x", "y"]);
    let arguments = prop_oneof![
        (0..8).prop_map(|n| format!(r#""args":{{"n":{n}}}"#)),
        Just(r#""args_hash":"sha256:0""#.to_owned()),
        Just(r#""args_keys":["n"]"#.to_owned()),
    ];
    let result = prop::sample::select(vec!["ok", "ok", "upstream_error"]);
    let timed = prop::bool::weighted(0.95);
    let decision = prop::sample::select(vec!["null", "\"allow\"", "\"deny\"", "\"throttle\""]);
    (0..200u64, 0..4, 0..4, tool, arguments, result, timed, decision).prop_map(
        |(step, grant, server, tool, arguments, result, timed, decision)| {
            let time = if timed { "@" } else { "null" };
            let line = format!(
                r#"{{"ts":{time},"grant":"g{grant}","server":"s{server}","tool":"{tool}",{arguments},"result":"{result}","decision":{decision}}}"#
            );
            (step, line)
        },
    )
}

/// Lines with their times, which never go back.
fn in_order(lines: Vec<(u64, String)>) -> Vec<String> {
    let mut second = 0;
    let timed = lines.into_iter().map(|(step, line)| {
        second += step;
        line.replace('@', &second.to_string())
    });
    timed.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn summaries_of_shards_come_to_the_summary_of_the_whole(
        lines in prop::collection::vec(line(), 0..60),
        shards in 1u32..4,
        by in prop::sample::select(By::ALL.to_vec()),
        backwards: bool,
        split: bool,
    ) {
        let lines = in_order(lines);
        let policies = if split { several() } else { one(gate(POLICY)) };
        let (whole, grants) = replay(&policies, by, &lines, |_| true);
        let mut parts: Vec<Summary> = (0..shards)
            .map(|shard| replay(&policies, by, &lines, |grant| grant % shards == shard).0)
            .collect();
        if backwards {
            parts.reverse();
        }
        let mut merged = Summary::new(policies.iter(), by).comparing_recorded();
        parts.into_iter().for_each(|part| merged.merge(part));
        let totals = whole.totals(&grants);
        prop_assert_eq!(merged.totals(&grants), totals.clone());
        let uncovered: u64 = totals.not_covered.iter().map(|(_, calls)| calls).sum();
        prop_assert_eq!(totals.calls() + uncovered, lines.len() as u64);
        prop_assert_eq!(totals.idle_policies().count(), merged.totals(&grants).idle_policies().count());
        // Every grouping holds every call once.
        let mut grouped = crate::replay::Counts::default();
        totals.groups.iter().for_each(|group| grouped.merge(&group.counts));
        prop_assert_eq!(grouped, totals.counts);
    }

    #[test]
    fn with_everything_assumed_nothing_is_undecided_and_what_is_known_is_not_assumed(
        lines in prop::collection::vec(line(), 0..40),
        allow: bool,
    ) {
        let lines = in_order(lines);
        let mut any = Assumptions::default();
        let choice = if allow { Choice::Allow } else { Choice::Deny };
        Missing::ALL.into_iter().for_each(|fact| any.set(fact, choice));
        let totals = |gate: Gate| {
            let (summary, grants) = replay(&one(gate), By::Tool, &lines, |_| true);
            summary.totals(&grants)
        };
        let (plain, assumed) = (totals(gate(POLICY)), totals(gate(POLICY).assuming(any)));
        prop_assert_eq!(assumed.counts.of(Outcome::Indeterminate), 0);
        prop_assert_eq!(assumed.calls(), plain.calls());
        let lacking = |line: &String| line.contains("args_") || line.contains("\"ts\":null");
        prop_assert!(assumed.assumed.is_empty() || lines.iter().any(lacking));
        if assumed.assumed.is_empty() {
            prop_assert_eq!(plain, assumed);
        }
    }
}

#[test]
fn what_may_have_been_used_is_told_of_the_grant_that_may_have_used_it() {
    let mut peak = Peak::default();
    let mut take = |(least, most), (number, grant)| {
        let charge = Charge { limit: 0, least, most };
        peak.add(&charge, 2, (grant, None, number));
        (peak.used, peak.possible, peak.grant().unwrap().to_owned())
    };
    assert_eq!(take((1, 1), (1, "a")), (1, 1, "a".to_owned()));
    assert_eq!(take((0, 3), (2, "b")), (0, 2, "b".to_owned()), "no call leaves it above");
    assert_eq!(take((2, 2), (4, "c")), (2, 2, "c".to_owned()));
    assert_eq!(take((2, 2), (3, "d")), (2, 2, "d".to_owned()), "the first counts");
}

//! Parts of a trace, decided and summed up each alone, against the whole: on random policies of all
//! dialects and random traces, parted by what the partition key says.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::PathBuf;

use gatelint::engine::Gate;
use gatelint::policy::{self, Agent, Dialect, Setting, read_agent};
use gatelint::replay::{
    By, Decided, Gateway, Merging, NumberedCall, Part, PartError, Parted, PartitionKey, Policies,
    Replay, Routed, Summary, Totals, Visitor, run_alone,
};
use gatelint::source::Document;
use gatelint::trace::{GrantBy, Trace, TraceOptions, parse_record};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const TOOLS: [&str; 4] = ["a", "b", "c", "other"];
const DAY: i64 = 86_400;

/// A gate of a policy as it is written in a dialect.
fn gate(policy: &Value, dialect: Dialect) -> Gate {
    let document = Document::read("policy.json", policy.to_string().into_bytes());
    let reading = policy::read(&document, Some(dialect));
    assert!(!reading.is_refused(), "{policy}: {:?}", reading.defects);
    Gate::new(&reading.policy.unwrap())
}

fn gate_of_agent() -> Gate {
    let path = PathBuf::from("/h/.gemini/policies/a.toml");
    let rules = "[[rule]]\ntoolName = \"a\"\ndecision = \"deny\"\npriority = 100\n";
    let files = BTreeMap::from([(path, rules.as_bytes().to_vec())]);
    let home = Some("/h".to_owned());
    let setting = Setting { start: "/p".to_owned(), home, ..Setting::default() };
    Gate::new(&read_agent(Agent::Gemini, &setting, &files).policy.unwrap())
}

fn window() -> impl Strategy<Value = &'static str> {
    select(vec!["minute", "hour", "day"])
}

fn v1() -> impl Strategy<Value = Value> {
    let limits = || {
        btree_map((select(vec!["x", "y"]), window()), 1..4, 0..3).prop_map(|limits| {
            let limits = limits.into_iter().map(|((counter, window), max)| {
                json!({"counter": counter, "window": window, "max": max, "scope": "grant"})
            });
            json!({"limits": limits.collect::<Vec<_>>()})
        })
    };
    let tools = btree_map(select(&TOOLS[..3]), limits(), 1..4);
    (tools, limits(), select(vec!["allow", "deny"])).prop_map(|(tools, all, default)| {
        json!({"version": "1", "default": default, "tools": tools, "all_tools": all})
    })
}

/// Rules of a tool: rates, counters of its own, conditions on its own counter and on that of `a`.
fn intercept() -> impl Strategy<Value = Value> {
    let rule = prop_oneof![
        3 => (1..4, window()).prop_map(|(max, window)| {
            json!({"name": "rate", "rate_limit": format!("{max}/{window}")})
        }),
        1 => Just(json!({"name": "args", "conditions": [{"path": "args.n", "op": "lt", "value": 3}]})),
        1 => (1..6).prop_map(|most| {
            json!({"name": "reads", "conditions": [{"path": "state.a.n", "op": "lt", "value": most}]})
        }),
    ];
    let counts = (2..9, window()).prop_map(|(most, window)| {
        json!({"name": "counts", "conditions": [{"path": "state.a.n", "op": "lte", "value": most}],
            "state": {"counter": "n", "window": window, "increment_from": "args.n"}})
    });
    let tools = select(vec!["a", "b", "c", "*"]);
    let rules = btree_map(tools, rule, 0..3);
    (rules, counts, any::<bool>()).prop_map(|(rules, counts, is_counted)| {
        let reads = |rule: &Value| rule["name"] == "reads";
        let is_counted = is_counted || rules.values().any(reads);
        let mut tools: BTreeMap<&str, Vec<Value>> =
            rules.into_iter().map(|(tool, rule)| (tool, vec![rule])).collect();
        if is_counted {
            tools.entry("a").or_default().push(counts);
        }
        let tools: BTreeMap<_, _> =
            tools.into_iter().map(|(tool, rules)| (tool, json!({ "rules": rules }))).collect();
        json!({"version": "1", "tools": tools})
    })
}

/// What decides: one policy for all servers, or one for each of two.
#[derive(Clone, Debug)]
enum Written {
    V1(Value),
    Intercept(Value),
    Agent,
    Servers(Value, Value),
}

impl Written {
    fn policies(&self) -> Policies {
        let mut policies = Policies::default();
        let mut add = |server: Option<&str>, gate| {
            policies.add(server.map(str::to_owned), "policy".to_owned(), gate);
        };
        match self {
            Written::V1(policy) => add(None, gate(policy, Dialect::V1)),
            Written::Intercept(policy) => add(None, gate(policy, Dialect::INTERCEPT)),
            Written::Agent => add(None, gate_of_agent()),
            Written::Servers(one, other) => {
                add(Some("s0"), gate(one, Dialect::INTERCEPT));
                add(Some("s1"), gate(other, Dialect::INTERCEPT));
            }
        }
        policies
    }
}

fn written() -> impl Strategy<Value = Written> {
    prop_oneof![
        4 => v1().prop_map(Written::V1),
        6 => intercept().prop_map(Written::Intercept),
        1 => Just(Written::Agent),
        3 => (intercept(), intercept()).prop_map(|(one, other)| Written::Servers(one, other)),
    ]
}

/// Calls over some days around midnights, in any order, of which all have a time.
fn lines() -> impl Strategy<Value = Vec<String>> {
    let second = (0..3_i64, prop_oneof![-3..3_i64, -90..90_i64, 0..DAY]);
    let arguments = prop_oneof![
        8 => (0..5).prop_map(|n| format!(r#""args":{{"n":{n}}}"#)),
        1 => Just(r#""args_hash":"0""#.to_owned()),
    ];
    let result = select(vec!["ok", "ok", "ok", "upstream_error", "unknown"]);
    let call = (second, 0..3, 0..3, select(&TOOLS[..]), arguments, result);
    vec(call, 1..60).prop_map(|calls| {
        let line = |(id, ((day, second), grant, server, tool, arguments, result))| {
            let ts = 10 * DAY + day * DAY + second;
            format!(
                r#"{{"id":"{id}","ts":{ts},"grant":"g{grant}","server":"s{server}","tool":"{tool}",{arguments},"result":"{result}"}}"#
            )
        };
        (0..).zip(calls).map(line).collect()
    })
}

/// Sums calls up, and keeps their decisions by the ids of the calls.
struct Summing<'p> {
    gateway: Gateway<'p>,
    summary: Summary,
    parted: Parted,
    decisions: BTreeMap<String, String>,
}

impl Visitor for Summing<'_> {
    fn visit(&mut self, call: NumberedCall<'_>) -> io::Result<()> {
        self.parted.add(&call);
        let NumberedCall { number, record, grant, time, .. } = call;
        let Some(Routed { policy, decision }) = self.gateway.decide(record, grant, time) else {
            self.summary.add_uncovered(record);
            return Ok(());
        };
        self.decisions.insert(record.id.to_string(), format!("{decision:?}"));
        let charged = self.gateway.charged(policy);
        let decision = &decision;
        self.summary.add(Decided { number, policy, record, grant, time, decision, charged });
        Ok(())
    }
}

/// What calls come to, and how each is decided.
fn replay(policies: &Policies, by: By, lines: &[&String]) -> (Part, BTreeMap<String, String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trace.jsonl");
    std::fs::write(&path, lines.iter().flat_map(|line| [line, "\n"]).collect::<String>()).unwrap();
    let mut trace = Trace::open(&[path], TraceOptions::default()).unwrap();
    let mut run = run_alone(&mut trace, None, || Summing {
        gateway: Gateway::new(policies, Replay::in_time_order),
        summary: Summary::new(policies.iter(), by),
        parted: Parted::new(policies.partition_key()),
        decisions: BTreeMap::new(),
    })
    .unwrap();
    let Summing { summary, parted, decisions, .. } = run.visitors.pop().unwrap();
    let totals = summary.totals(&run.grants);
    let grants: BTreeSet<String> = run.grants.names(summary.grants()).map(str::to_owned).collect();
    let part = Part::new(BTreeMap::new(), run.without_visitors(), totals, grants, parted);
    (part, decisions)
}

/// The value of a key in a call.
fn key_of(key: PartitionKey, line: &str) -> Vec<String> {
    let record = parse_record(line, &GrantBy::Grant).unwrap();
    let field = |field: &str| match field {
        "call" => record.id.to_string(),
        "day" => record.time.unwrap().seconds.div_euclid(DAY).to_string(),
        "grant" => record.grant.to_string(),
        "tool" => record.tool.to_string(),
        "server" => record.server.to_string(),
        other => panic!("{other}"),
    };
    key.fields("grant").into_iter().map(field).collect()
}

/// Part by part, as they are written and read again.
fn merged<'p>(parts: impl IntoIterator<Item = &'p Part>) -> Result<Totals, PartError> {
    let mut merging = Merging::default();
    for (number, part) in parts.into_iter().enumerate() {
        let name = number.to_string();
        let part = Part::read(&name, &serde_json::to_vec(part).unwrap())?;
        merging.add(&name, part, &BTreeMap::new())?;
    }
    Ok(merging.finish().unwrap().totals)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 400, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn parts_are_decided_as_the_whole_and_sum_up_to_it(
        written in written(),
        lines in lines(),
        by in select(By::ALL.to_vec()),
        count in 1..5_usize,
        salt: u64,
    ) {
        let policies = written.policies();
        let key = policies.partition_key();
        let (whole, decisions) = replay(&policies, by, &lines.iter().collect::<Vec<_>>());
        // Every key goes to one part, and every part has several.
        let mut numbers: BTreeMap<Vec<String>, usize> = BTreeMap::new();
        let mut parts: Vec<Vec<&String>> = vec![Vec::new(); count];
        for line in &lines {
            let next = (salt >> (numbers.len() % 60)) as usize % count;
            parts[*numbers.entry(key_of(key, line)).or_insert(next)].push(line);
        }
        parts.retain(|part| !part.is_empty());
        let replayed: Vec<_> = parts.iter().map(|part| replay(&policies, by, part)).collect();
        let of_parts: BTreeMap<String, String> =
            replayed.iter().flat_map(|(_, decisions)| decisions.clone()).collect();
        prop_assert_eq!(of_parts, decisions, "{:?}", key);
        let parts: Vec<&Part> = replayed.iter().map(|(part, _)| part).collect();
        prop_assert_eq!(&merged(parts.iter().copied()).unwrap(), &whole.totals);
        prop_assert_eq!(&merged(parts.iter().rev().copied()).unwrap(), &whole.totals);
        if key.needs_time() {
            let twice = merged(parts.iter().chain([&parts[0]]).copied());
            prop_assert!(matches!(twice, Err(PartError::Twice { .. })), "{:?}", twice);
        }
    }
}

#[test]
fn each_key_is_that_of_some_policy_and_a_finer_one_would_change_decisions() {
    let shared = |tools: [&str; 2]| {
        let rule = json!({"rules": [{"name": "r", "rate_limit": "1/day"}]});
        json!({"version": "1", "tools": {tools[0]: rule, tools[1]: rule}})
    };
    let of_grant = json!({"version": "1", "default": "allow", "tools": {
        "a": {"limits": [{"counter": "x", "window": "day", "max": 1, "scope": "grant"}]}}});
    let call = |id: u32, grant: u32, server: u32, tool: &str| {
        format!(
            r#"{{"id":"{id}","ts":{id},"grant":"g{grant}","server":"s{server}","tool":"{tool}","args":{{}}}}"#
        )
    };
    // The second call is throttled by the first, which a finer key would put elsewhere.
    for (written, key, second) in [
        (Written::V1(of_grant), PartitionKey::Grant, call(2, 1, 2, "a")),
        (Written::Intercept(shared(["a", "b"])), PartitionKey::Tool, call(2, 2, 2, "a")),
        (
            Written::Servers(shared(["a", "*"]), shared(["a", "*"])),
            PartitionKey::Server,
            call(2, 2, 1, "b"),
        ),
        (Written::Intercept(shared(["a", "*"])), PartitionKey::Day, call(2, 2, 2, "b")),
    ] {
        let policies = written.policies();
        assert_eq!(policies.partition_key(), key, "{written:?}");
        let (_, decisions) = replay(&policies, By::Tool, &[&call(1, 1, 1, "a"), &second]);
        assert!(
            decisions["1"].contains("Allow") && decisions["2"].contains("Throttle"),
            "{decisions:?}"
        );
    }
    assert_eq!(Written::Agent.policies().partition_key(), PartitionKey::Call);
}

#[test]
fn a_call_without_a_time_keeps_parts_from_being_summed_up() {
    let shared =
        json!({"version": "1", "tools": {"a": {"rules": [{"name": "r", "rate_limit": "1/day"}]}}});
    let line = r#"{"tool":"a","args":{}}"#.to_owned();
    let part = |written: Written| replay(&written.policies(), By::Tool, &[&line]).0;
    let counting = merged([&part(Written::Intercept(shared))]);
    assert_eq!(counting, Err(PartError::Untimed("0".to_owned(), 1)));
    assert!(merged([&part(Written::Agent)]).is_ok());
}

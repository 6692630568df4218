//! Rules made for the purpose, under every precedence.

use gatelint::policy::{
    Dialect, Ground, Matter, Origin, Outer, OwnModes, PathPattern, PermissionRule, Permissions,
    Policy, Precedence, Ruling, ServerTools, ShellProfile, SubjectTest, Subjects, ToolMatters,
    Wildcard, WildcardSyntax,
};
use gatelint::source::Pointer;
use serde_json::json;

use super::{Made, Tally, pairs};
use crate::solver::random::Random;

static TOOLS: &[ToolMatters] = &[
    ToolMatters {
        tool: "run",
        matters: &[Matter { name: "run", of: Subjects::Commands("command") }],
    },
    ToolMatters {
        tool: "open",
        matters: &[
            Matter { name: "outside", of: Subjects::Outside("path", Outer::Parent) },
            Matter { name: "open", of: Subjects::Path("path") },
        ],
    },
    ToolMatters { tool: "fetch", matters: &[Matter { name: "fetch", of: Subjects::Text("url") }] },
];

static SHELL: ShellProfile =
    ShellProfile { with_redirections: false, silent: &["cd"], path_programs: &[] };

const NAMES: [&str; 9] =
    ["run", "open", "fetch", "outside", "*", "mcp__*", "mcp__a__b", "mcp__a__*", "?un"];

const HOSTS: [&str; 4] = ["*", "a.test", "*.test", "*.a.test"];

const TEXTS: [&str; 13] =
    ["*", "**", "a", "a*", "a *", "*a", "a b", "?", "a?b", "b*", "https://*", "/out/*", "src/*"];

fn test(random: &mut Random, syntax: WildcardSyntax) -> SubjectTest {
    let word = |random: &mut Random| -> Vec<Box<str>> {
        let words = [&["a"][..], &["b"], &["a", "b"]];
        random.pick(&words).iter().map(|word| (*word).into()).collect()
    };
    match random.below(8) {
        0..=1 => SubjectTest::Anything,
        2 => SubjectTest::Words((0..=random.below(2)).map(|_| word(random)).collect()),
        3 => {
            let (folder, line) = *random.pick(&[
                ("/p", "/src"),
                ("/p", "*.env"),
                ("/p", "*"),
                ("/", "/p/src/a"),
                ("/p/src", "/a"),
                ("/p", "/src/**"),
                ("/p", "/src/*"),
            ]);
            SubjectTest::Path(PathPattern::new(folder, line, random.below(2) == 0).unwrap())
        }
        4 => SubjectTest::Host(Wildcard::new(random.pick::<&str>(&HOSTS), syntax)),
        5 => SubjectTest::UrlHost {
            pattern: Wildcard::new(random.pick::<&str>(&HOSTS), syntax),
            within_label: random.below(2) == 0,
        },
        _ => SubjectTest::Text(Wildcard::new(random.pick::<&str>(&TEXTS), syntax)),
    }
}

fn rule(random: &mut Random, syntax: WildcardSyntax) -> PermissionRule {
    let ruling = *random.pick(&Ruling::ALL);
    let name = *random.pick(&NAMES);
    let modes = match random.below(4) {
        0 => Some(vec![(*random.pick(&["calm", "wild"])).into()]),
        _ => None,
    };
    let test = test(random, syntax);
    PermissionRule {
        ruling,
        name: Wildcard::new(name, syntax),
        text: format!("{} {name} {test:?} {modes:?}", ruling.name()).into(),
        test,
        modes,
        rank: random.below(3) as i32,
        origin: Origin { file: Some("rules".into()), line: 1, pointer: Pointer::root() },
    }
}

fn permissions(precedence: Precedence, rules: Vec<PermissionRule>, hides: bool) -> Policy {
    let permissions = Permissions {
        void: Vec::new(),
        own_modes: OwnModes::default(),
        precedence,
        rules,
        unmatched: Ruling::Ask,
        tools: TOOLS,
        server_tools: ServerTools { before: "mcp__", between: "__", kept: "_-" },
        hides,
        mode: Some("calm".into()),
        ground: Ground {
            start: Some("/p".to_owned()),
            project: Some("/p".to_owned()),
            ..Ground::default()
        },
        shell: &SHELL,
        files: Vec::new(),
        calls: None,
        others: Vec::new(),
    };
    Policy::of_permissions(Dialect::OPENCODE, permissions)
}

fn calls() -> Vec<Made> {
    let commands = ["a", "b", "a b", "b a", "a a; b", "cd x", "", "ab", "a && b b", "c"];
    let paths = ["a", "src", "src/a", "x.env", "src/.env", "/out/a", "SRC/a", "b"];
    let urls = ["a", "b", "aa", "https://a.test", "http://b.a.test/", "https://test", "x"];
    let tools =
        [("run", "command", &commands[..]), ("open", "path", &paths), ("fetch", "url", &urls)];
    let known = tools.iter().flat_map(|(tool, name, texts)| {
        texts.iter().map(move |text| ((*tool).to_owned(), json!({ *name: text }).to_string()))
    });
    let others = ["mcp__a__b", "mcp__a__c", "mcp__x__y", "sun", "other"];
    let all = known.chain(others.map(|tool| (tool.to_owned(), "{}".to_owned())));
    let all: Vec<(String, String)> = all.collect();
    ["", "calm", "wild", "third"]
        .iter()
        .flat_map(|mode| {
            all.iter().map(|(tool, text)| (tool.clone(), text.clone(), (*mode).into()))
        })
        .collect()
}

#[test]
fn what_is_proved_of_rules_in_any_order_is_so() {
    let mut random = Random(7);
    let mut tally = Tally::default();
    let calls = calls();
    let precedences = [
        Precedence::DenyAskAllow,
        Precedence::Strictest,
        Precedence::LastMatch,
        Precedence::HighestPriority,
    ];
    for number in 0..pairs() * 8 {
        let syntax = WildcardSyntax {
            question: random.below(2) == 0,
            backslash_is_slash: random.below(2) == 0,
            open_end: random.below(2) == 0,
        };
        let length = random.below(7);
        let old: Vec<PermissionRule> = (0..length).map(|_| rule(&mut random, syntax)).collect();
        let mut new = old.clone();
        for _ in 0..=random.below(2) {
            let at = random.below(new.len() + 1);
            match random.below(6) {
                0 if at < new.len() => _ = new.remove(at),
                1 if at < new.len() => new[at].ruling = *random.pick(&Ruling::ALL),
                2 if at + 1 < new.len() => new.swap(at, at + 1),
                3 if at < new.len() => new[at].test = test(&mut random, syntax),
                4 if at < new.len() => new[at].rank = random.below(3) as i32,
                _ => new.insert(at, rule(&mut random, syntax)),
            }
        }
        let precedence = precedences[number % 4];
        let hides = random.below(2) == 0;
        let [old, new] = [old, new].map(|rules| permissions(precedence, rules, hides));
        tally.compare([&old, &new], &calls);
        let mut same = Tally::default();
        same.compare([&old, &old], &[]);
        assert_eq!(same.proved, 2);
    }
    let tried = pairs() * 8;
    assert!(tally.proved >= tried / 4 && tally.shown >= tried / 4, "{tally:?}");
    assert!(tally.unknown < tally.shown, "{tally:?}");
}

//! Rules of agents, made for the purpose: what each part of the model does.

use gatelint::engine::{
    Arguments, Call, CallResult, Counters, Decision, Gate, GrantId, Missing, Outcome, Surroundings,
};
use gatelint::policy::{
    Dialect, Ground, Matter, Origin, Outer, OwnModes, PathPattern, PermissionRule, Permissions,
    Policy, Precedence, Ruling, ServerTools, ShellProfile, SubjectTest, Subjects, ToolMatters,
    Unsure, Wildcard, WildcardSyntax,
};
use gatelint::solver::{Budget, Evidence, Shape, Version, Why, lost};
use gatelint::source::Pointer;

static TOOLS: &[ToolMatters] = &[
    ToolMatters {
        tool: "run",
        matters: &[Matter { name: "run", of: Subjects::Commands("command") }],
    },
    ToolMatters {
        tool: "open",
        matters: &[
            Matter { name: "outside", of: Subjects::Outside("path", Outer::Either) },
            Matter { name: "open", of: Subjects::Path("path") },
        ],
    },
    ToolMatters { tool: "fetch", matters: &[Matter { name: "fetch", of: Subjects::Text("url") }] },
];

static SHELL: ShellProfile =
    ShellProfile { with_redirections: false, silent: &["cd"], path_programs: &[] };

fn pattern(text: &str) -> Wildcard {
    Wildcard::new(text, WildcardSyntax::default())
}

fn rule(ruling: Ruling, name: &str, test: SubjectTest, rank: i32) -> PermissionRule {
    let text = format!("{} {name}", ruling.name());
    PermissionRule {
        ruling,
        name: pattern(name),
        test,
        modes: None,
        rank,
        text: text.into(),
        origin: Origin { file: Some("rules".into()), line: 1, pointer: Pointer::root() },
    }
}

fn text(pattern_text: &str) -> SubjectTest {
    SubjectTest::Text(pattern(pattern_text))
}

fn permissions(precedence: Precedence, rules: Vec<PermissionRule>) -> Permissions {
    Permissions {
        precedence,
        rules,
        void: Vec::new(),
        own_modes: OwnModes::default(),
        unmatched: Ruling::Ask,
        tools: TOOLS,
        server_tools: ServerTools { before: "mcp__", between: "__", kept: "_-" },
        hides: false,
        mode: None,
        ground: Ground {
            start: Some("/p/sub".to_owned()),
            project: Some("/p".to_owned()),
            home: None,
            ..Ground::default()
        },
        shell: &SHELL,
        files: Vec::new(),
        calls: None,
        others: Vec::new(),
    }
}

/// The outcome of a call, and the fact that is missing.
fn decided(permissions: &Permissions, tool: &str, arguments: &str) -> (Outcome, Option<Missing>) {
    decided_in(permissions, tool, arguments, Surroundings::default())
}

fn decided_in(
    permissions: &Permissions,
    tool: &str,
    arguments: &str,
    around: Surroundings<'_>,
) -> (Outcome, Option<Missing>) {
    let gate = Gate::new(&Policy::of_permissions(Dialect::OPENCODE, permissions.clone()));
    let call = Call {
        tool,
        grant: GrantId(0),
        time: None,
        in_order: true,
        after: None,
        arguments: Arguments::Json(arguments),
        result: CallResult::Ok,
        around,
    };
    let Decision { outcome, missing, .. } = gate.decide(&call, &mut Counters::default());
    (outcome, missing)
}

#[test]
fn the_precedence_says_which_of_several_rules_counts() {
    let rules = || {
        vec![
            rule(Ruling::Allow, "fetch", text("*a*"), 1),
            rule(Ruling::Deny, "fetch", text("*b*"), 0),
            rule(Ruling::Ask, "fetch", text("*c*"), 1),
            rule(Ruling::Allow, "*", SubjectTest::Anything, -1),
        ]
    };
    use Outcome::{Allow, Ask, Deny};
    for (precedence, [ab, ac, bc, none]) in [
        (Precedence::LastMatch, [Allow, Allow, Allow, Allow]),
        (Precedence::HighestPriority, [Allow, Allow, Ask, Allow]),
        (Precedence::Strictest, [Deny, Ask, Deny, Allow]),
        (Precedence::DenyAskAllow, [Allow, Ask, Ask, Allow]),
    ] {
        let permissions = permissions(precedence, rules());
        for (url, expected) in [("ab", ab), ("ac", ac), ("bc", bc), ("x", none)] {
            let arguments = format!("{{\"url\":\"{url}\"}}");
            let found = decided(&permissions, "fetch", &arguments);
            assert_eq!(found, (expected, None), "{} {url}", precedence.name());
        }
    }
    let none = permissions(Precedence::LastMatch, Vec::new());
    assert_eq!(decided(&none, "fetch", "{\"url\":\"x\"}").0, Ask);
}

#[test]
fn a_call_is_decided_by_the_strictest_ruling_on_its_commands() {
    let words = |words: &[&str]| {
        SubjectTest::Words(words.iter().map(|word| vec![(*word).into()]).collect())
    };
    let permissions = permissions(
        Precedence::Strictest,
        vec![
            rule(Ruling::Allow, "run", text("git *"), 0),
            rule(Ruling::Deny, "run", words(&["git", "push"]), 0),
        ],
    );
    for (command, outcome) in [
        ("git status", Outcome::Allow),
        ("git status; ls", Outcome::Ask),
        ("ls || git pu''sh x", Outcome::Deny),
        ("git $X", Outcome::Allow),
        ("cd x", Outcome::Allow),
        ("", Outcome::Allow),
    ] {
        let arguments = serde_json::json!({ "command": command }).to_string();
        assert_eq!(decided(&permissions, "run", &arguments), (outcome, None), "{command}");
    }
    let long = format!("{{\"command\":\"{}\"}}", "a ".repeat(40_000));
    let found = decided(&permissions, "run", &long);
    assert_eq!(found, (Outcome::Indeterminate, Some(Missing::LongCommand)));
}

#[test]
fn paths_and_hosts_are_held_against_rules_and_what_is_not_known_is_said() {
    let secret = PathPattern::new("/p", "*.env", false).unwrap();
    let permissions = permissions(
        Precedence::Strictest,
        vec![
            rule(Ruling::Allow, "*", SubjectTest::Anything, 0),
            rule(Ruling::Deny, "open", SubjectTest::Path(secret), 0),
            rule(Ruling::Deny, "outside", text("/opt/x/*"), 0),
            rule(Ruling::Ask, "outside", SubjectTest::Unsure(pattern("*/keys/*"), Unsure::Home), 0),
            rule(Ruling::Deny, "fetch", SubjectTest::Host(pattern("*.evil.test")), 0),
        ],
    );
    for (tool, arguments, outcome, missing) in [
        ("open", r#"{"path":"a.rs"}"#, Outcome::Allow, None),
        ("open", r#"{"path":"../x/.env"}"#, Outcome::Deny, None),
        ("open", r#"{"path":"/opt/y"}"#, Outcome::Allow, None),
        // Only the disk tells whether it is a folder, so that it stands for itself.
        ("open", r#"{"path":"/opt/x"}"#, Outcome::Indeterminate, Some(Missing::Files)),
        ("open", r#"{"path":"/h/keys/a"}"#, Outcome::Indeterminate, Some(Missing::Home)),
        ("fetch", r#"{"url":"https://A.evil.test/x"}"#, Outcome::Deny, None),
        ("fetch", r#"{"url":"https://evil.test"}"#, Outcome::Allow, None),
        ("fetch", "{}", Outcome::Indeterminate, Some(Missing::UnrecordedArguments)),
    ] {
        assert_eq!(decided(&permissions, tool, arguments), (outcome, missing), "{arguments}");
    }
    let elsewhere = Surroundings { folder: "/opt/x", ..Surroundings::default() };
    let found = decided_in(&permissions, "open", r#"{"path":"z/a"}"#, elsewhere);
    assert_eq!(found, (Outcome::Allow, None), "the folder of the call counts");
}

#[test]
fn a_rule_of_a_mode_is_there_in_that_mode_only() {
    let mut permissions = permissions(
        Precedence::LastMatch,
        vec![
            rule(Ruling::Allow, "*", SubjectTest::Anything, 0),
            rule(Ruling::Deny, "fetch", SubjectTest::Anything, 0),
        ],
    );
    permissions.rules[1].modes = Some(vec!["plan".into()]);
    let fetch = |permissions: &Permissions, mode| {
        let around = Surroundings { mode, ..Surroundings::default() };
        decided_in(permissions, "fetch", "{\"url\":\"x\"}", around)
    };
    assert_eq!(fetch(&permissions, "plan"), (Outcome::Deny, None));
    assert_eq!(fetch(&permissions, "build"), (Outcome::Allow, None));
    assert_eq!(fetch(&permissions, ""), (Outcome::Indeterminate, Some(Missing::Mode)));
    permissions.mode = Some("build".into());
    assert_eq!(fetch(&permissions, ""), (Outcome::Allow, None));
}

#[test]
fn tools_of_servers_have_names_of_their_own() {
    let permissions = permissions(
        Precedence::Strictest,
        vec![
            rule(Ruling::Allow, "*", SubjectTest::Anything, 0),
            rule(Ruling::Deny, "mcp__my_notes__*", SubjectTest::Anything, 0),
        ],
    );
    let around = Surroundings { server: "my notes", ..Surroundings::default() };
    assert_eq!(decided_in(&permissions, "fetch", "{}", around), (Outcome::Deny, None));
}

#[test]
fn the_solver_never_takes_one_set_of_rules_for_another() {
    let policy = |rules| {
        Policy::of_permissions(Dialect::OPENCODE, permissions(Precedence::Strictest, rules))
    };
    let none = policy(Vec::new());
    let some = policy(vec![rule(Ruling::Deny, "fetch", SubjectTest::Anything, 0)]);
    let [none, some] = [&none, &some].map(Version::new);
    let (shape, budget) = (Shape::any(), Budget::new(None));
    let lost = lost(&some, &none, "fetch", &shape, &budget);
    assert!(matches!(
        lost[..],
        [gatelint::solver::Lost { evidence: Evidence::Unknown(Why::Permissions), .. }]
    ));
    assert!(gatelint::solver::lost(&some, &some, "fetch", &shape, &budget).is_empty());
}
